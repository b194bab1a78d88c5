"""Lists of users by the API: whom they hold, their pages and their parameters."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.caller import Caller, caller
from tests.people_of import Company, do
from usher.core import sql
from usher.core.ids import short
from usher.people import by_id
from usher.zoom_wire import people as wire


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_users_are_listed_by_status(northlake: Company, api: Caller) -> None:
    """S4-37: active ones by default; who is pending has no id."""
    status, found = api.get("/users")
    assert status == 200 and found["total_records"] == 3 and len(found["users"]) == 3 and found["page_size"] == 30
    assert found["page_count"] == 1 and found["page_number"] == 1 and found["next_page_token"] == ""
    owner = next(u for u in found["users"] if u["role_id"] == "0")
    assert owner["id"] == short(northlake.owner.user_id) and owner["type"] == 1 and owner["status"] == "active"  # type: ignore[arg-type]
    assert owner["first_name"] == "Olga" and owner["created_at"].endswith("Z") and len(owner["id"]) == 22
    status, found = api.get("/users?status=pending")
    assert [("id" in u, u["status"], u["verified"]) for u in found["users"]] == [(False, "pending", 0)]
    assert api.get("/users?role_id=1")[1]["total_records"] == 1
    assert api.get("/users?status=inactive")[1] == {
        "page_count": 0,
        "page_number": 1,
        "page_size": 30,
        "total_records": 0,
        "next_page_token": "",
        "users": [],
    }


def test_pages_follow_each_other_by_token_and_by_number(api: Caller) -> None:
    first = api.get("/users?page_size=2")[1]
    second = api.get(f"/users?page_size=2&next_page_token={first['next_page_token']}")[1]
    assert len(first["users"]) == 2 and len(second["users"]) == 1 and second["next_page_token"] == ""
    assert len({u["id"] for u in first["users"] + second["users"]}) == 3
    assert api.get("/users?page_size=2&page_number=2")[1]["users"] == second["users"]


def test_a_page_far_back_passes_over_ids_alone(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of whom a page number passes over the id is asked for, which an index has, and of nobody but the page's people anything else."""
    monkeypatch.setattr(by_id, "FAR", 0)
    near = by_id.written(northlake.owner, wire.LISTED, "active", limit=2)
    with CaptureQueriesContext(connection) as asked:
        far = by_id.written(northlake.owner, wire.LISTED, "active", offset=1, limit=1)
    assert json.loads(f"[{far.text}]") == json.loads(f"[{near.text}]")[1:]
    (query,) = asked.captured_queries
    text = sql.numbered(query["sql"]).text
    assert text in [known for known, _types in connection.connection.statements.names], "it is prepared"
    assert re.search(r"\(SELECT s\.user_id FROM people_standing s WHERE [^()]* OFFSET \$\d+::int\) p", text), text


@pytest.mark.parametrize("query", ["page_size=3", "page_size=2&status=inactive", "page_size=2&role_id=1"])
def test_a_page_token_is_for_its_own_query(api: Caller, query: str) -> None:
    """The contract: the same parameters go with a token, or 400 with code 300."""
    token = api.get("/users?page_size=2")[1]["next_page_token"]
    status, body = api.get(f"/users?{query}&next_page_token={token}")
    assert status == 400 and body["code"] == 300 and body["errors"][0]["field"] == "next_page_token"


def test_a_page_token_is_for_its_own_account(api: Caller, southport: Company) -> None:
    token = api.get("/users?page_size=2")[1]["next_page_token"]
    assert caller(southport.owner).get(f"/users?page_size=2&next_page_token={token}")[0] == 400
    for odd in ("x", token[:-2], token + "AA", "%00"):
        assert api.get(f"/users?page_size=2&next_page_token={odd}")[0] == 400


@pytest.mark.parametrize(
    "query", ["page_size=0", "page_size=-1", "page_size=a", "status=gone", "page_number=0", "status=active&status=pending"]
)
def test_wrong_parameters_are_named(api: Caller, query: str) -> None:
    """MASS-05, MASS-08."""
    status, body = api.get(f"/users?{query}")
    assert status == 400 and body["code"] == 300 and body["errors"][0]["field"] == query.split("=")[0]


def test_the_list_is_written_as_one_person_is(northlake: Company) -> None:
    """The database writes the list, Python the person: the same for everybody there is, whatever they have or lack."""
    quick, awkward = 'Ann "Q" \\ O\'\u2028Brien', "Zoë 🚀 </script>"
    do(northlake.owner, "people.create_group", {"name": "A"})
    do(northlake.owner, "people.create_im_group", {"name": "B"})
    group, im_group = (sql.value("SELECT id::text FROM people_group WHERE name = %(n)s", {"n": n}) for n in "AB")
    everybody = [str(p["user_id"]) for p in sql.rows("SELECT user_id FROM people_standing")]
    do(northlake.owner, "people.add_to_group", {"group": group, "subjects": {"ids": everybody[:2]}})
    do(northlake.owner, "people.set_im_group", {"group": im_group, "subjects": {"ids": everybody[1:]}})
    do(northlake.owner, "access.create_role", {"name": "Desk", "privileges": ["people:user:view"]})
    sql.execute(
        "UPDATE people_user SET first_name = %(q)s, department = %(a)s, employee_id = 'E1', language = 'de'", {"q": quick, "a": awkward}
    )
    sql.execute(
        "UPDATE people_user SET display_name = '', first_name = '', last_name = 'Only' WHERE id = %(u)s", {"u": northlake.admin.user_id}
    )
    role = sql.value("SELECT key FROM access_role WHERE name = 'Desk'")
    sql.execute(
        "UPDATE people_standing SET role = %(r)s, last_sign_in = now() WHERE user_id = %(u)s", {"r": role, "u": northlake.member.user_id}
    )
    caller(northlake.owner).patch(f"/users/{northlake.owner.email}", {"pmi": 1234567890, "language": "fr-FR"})
    seen = 0
    for status in by_id.STATUSES:
        found = by_id.written(northlake.owner, wire.LISTED, status, limit=100)
        rows = by_id.page(northlake.owner, status, limit=100)
        for told, row in zip(json.loads(f"[{found.text}]"), rows, strict=True):
            assert told == wire.listed(row)
        assert [list(told) for told in json.loads(f"[{found.text}]")] == [list(wire.listed(row)) for row in rows] or status == "pending"
        seen += len(rows)
    assert seen >= 4 and "1234567890" in by_id.written(northlake.owner, wire.LISTED, "active", limit=100).text
    first = by_id.written(northlake.owner, wire.LISTED, "active", limit=2)
    assert first.last and len(json.loads(f"[{first.text}]")) == 2
    assert by_id.written(northlake.owner, wire.LISTED, "active", after=first.last, limit=2).last is None
