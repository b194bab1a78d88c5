"""Users when there are many: filters, every order there and back, and the export."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, crowd
from tests.portal.rows_shown import ids, link
from tests.signed_in import signed_in
from usher.core import sql


@pytest.fixture(scope="module")
def many(northlake: Company) -> Company:
    """120 people with names, departments and sign-ins that repeat and are missing; everybody active is Basic."""
    people = {"u": crowd(northlake.operator, 120, prefix="q"), "b": BASIC}
    numbered = "SELECT u, n::int - 1 AS n FROM unnest(%(u)s::uuid[]) WITH ORDINALITY AS x (u, n)"
    sql.execute(
        f"""UPDATE people_user SET first_name = 'Name' || lpad((n %% 40)::text, 2, '0'), last_name = 'Twin',
            department = (ARRAY['', 'Assembly', 'Finance'])[n %% 3 + 1] FROM ({numbered}) x WHERE id = u""",
        people,
    )
    sql.execute(
        f"""UPDATE people_standing SET status = 'active',
            last_sign_in = CASE WHEN n %% 4 > 0 THEN timestamptz '2026-01-01 00:00Z' + make_interval(days => n %% 7) END
            FROM ({numbered}) x WHERE user_id = u""",
        people,
    )
    sql.execute("UPDATE people_standing SET license = %(b)s WHERE status = 'active'", people)
    return northlake


@pytest.fixture
def owner(db: None, many: Company) -> Client:
    return signed_in(many.owner.user_id)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"license": LICENSED}, 0),
        ({"license": BASIC}, 123),
        ({"license": [LICENSED, BASIC]}, 123),
        ({"role": "admin"}, 1),
        ({"role": ["admin", "owner"]}, 2),
        ({"department": "Finance"}, 40),
        ({"department": "Finance", "q": "name01"}, 1),
        ({"status": "inactive"}, 0),
        ({"status": "unicorn"}, 0),
        ({"add_on": "phone"}, 0),
        ({"unknown": "x"}, 123),
    ],
)
def test_filters(owner: Client, query: dict[str, Any], expected: int) -> None:
    """S0-7: repeated keys mean or, different keys and; unknown keys are ignored, an unknown value finds nobody."""
    assert f"{expected} {'person' if expected == 1 else 'people'}" in owner.get("/people", query).content.decode()


@pytest.mark.parametrize(
    "sort",
    ["name", "-name", "email", "-email", "department", "-department", "license", "created", "-created", "last_sign_in", "-last_sign_in"],
)
def test_keyset_pages_show_everybody_once_in_both_directions(owner: Client, sort: str) -> None:
    """Every order, with repeated and with missing values: forward to the end and back again, nobody twice, nobody lost."""
    pages, address = [], f"/people?sort={sort}"
    for _ in range(4):
        answer = owner.get(address)
        pages.append(ids(answer))
        following = link(answer, "next")
        if following is None:
            break
        address = following
    assert [len(p) for p in pages] == [50, 50, 23]
    assert len({i for p in pages for i in p}) == 123
    back, backwards = [pages[-1]], link(owner.get(address), "prev")
    while backwards:
        answer = owner.get(backwards)
        back.append(ids(answer))
        backwards = link(answer, "prev")
    assert back[::-1] == pages


def test_missing_values_come_last_in_either_direction(owner: Client) -> None:
    def last_seen(answer: Any) -> list[bool]:
        return [">Never<" in row for row in answer.content.decode().split("<tr")[2:]]

    for sort in ("last_sign_in", "-last_sign_in"):
        seen = last_seen(owner.get("/people", {"sort": sort, "size": "200"}))
        assert sorted(seen) == seen
        assert True in seen and False in seen


def test_export_is_what_is_listed(owner: Client, many: Company) -> None:
    """S0-13, CSV-01: the same search, columns and order; UTF-8 with BOM; formula cells are neutral."""
    sql.execute("UPDATE people_user SET department = '=1+1' WHERE id = %(u)s", {"u": many.owner.user_id})
    answer = owner.get("/people/export", {"sort": "-name", "cols": "email,department"})
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert body.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert lines[0] == ["Name", "E-mail", "Department"]
    assert len(lines) == 124
    assert ["Olga Owner", many.owner.email, "'=1+1"] in lines
    assert lines[1][0] == "Olga Owner" and lines[-1][0] == many.admin.name
    assert answer["Content-Disposition"] == 'attachment; filename="users.csv"'
