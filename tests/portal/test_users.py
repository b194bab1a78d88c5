"""Users: the list, its search, selection and columns. Filters, order, pages and the export stand in test_users_many.py."""

import re
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.portal.rows_shown import names
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.core.keyset import Cursor, cursor_text


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-1, S0-7, S0-8, S0-19, S1-9: the area with its tabs, Add users and Import, and everybody active in it."""
    answer = owner.get("/people")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert names(answer) == [northlake.admin.name, northlake.member.name, "Olga Owner"]
    for there in ('href="/people/pending"', 'href="/people/new"', 'href="/people/imports/new"', "3 people"):
        assert there in text


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5, S4-23: refused with the right that is missing and whom to ask."""
    answer = signed_in(northlake.member.user_id).get("/people")
    assert answer.status_code == 403
    assert "This needs the right to see users. Ask Olga Owner (owner)" in answer.content.decode()


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-01: neither in the list, nor by search, nor by id."""
    assert names(owner.get("/people", {"q": southport.domain, "status": "any"})) == []
    assert owner.get(f"/people/{short(southport.member.user_id)}").status_code == 404


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/people").status_code == 405


def test_search_by_name_or_address(owner: Client, northlake: Company) -> None:
    """S4-6: without accents and case, every word must match, and % means itself."""
    sql.execute("UPDATE people_user SET first_name = 'Zoë', last_name = 'Sjöberg' WHERE id = %(u)s", {"u": northlake.member.user_id})
    assert names(owner.get("/people", {"q": "ZOE sjoberg"})) == ["Zoë Sjöberg"]
    assert names(owner.get("/people", {"q": northlake.member.email.upper()})) == ["Zoë Sjöberg"]
    assert names(owner.get("/people", {"q": "%"})) == []
    nothing = owner.get("/people", {"q": "zoe\x00 nobody"})
    assert "Nobody matches" in nothing.content.decode()


def test_filters_by_role_and_status(owner: Client) -> None:
    """S4-8, S4-9, S4-21, S4-53: several values of one filter mean or, two filters and; the deactivated stand in the same list."""
    assert names(owner.get("/people", {"role": "owner"})) == ["Olga Owner"]
    assert len(names(owner.get("/people", {"role": ["owner", "admin"]}))) == 2
    assert names(owner.get("/people", {"role": "owner", "status": "inactive"})) == []
    sql.execute("UPDATE people_standing SET status = 'inactive', license = NULL WHERE role = 'member' AND status = 'active'")
    assert len(names(owner.get("/people", {"status": "inactive"}))) == 1
    assert "Deactivated" in owner.get("/people", {"status": "inactive"}).content.decode()


@pytest.mark.parametrize(
    "garbage", ["x", "!!!", "W10", "WyJhIiwieCJd", "W251bGwsIkFhSUFOYTRqZDYtVDRwODc5QzJZYXciXQ", "W1sxXSwxXQ", "/" * 4000]
)
@pytest.mark.parametrize("sort", ["name", "created", "last_sign_in"])
def test_a_garbage_cursor_is_the_first_page(owner: Client, garbage: str, sort: str) -> None:
    answer = owner.get("/people", {"after": garbage, "sort": sort})
    assert answer.status_code == 200
    assert len(names(answer)) in (0, 3)


@pytest.mark.parametrize("sort", ["name", "email", "created"])
def test_a_cursor_of_a_search_is_the_first_page_without_its_words(owner: Client, northlake: Company, sort: str) -> None:
    """Behind those who begin so stand the others; without words there is no such stretch."""
    value = "2026-01-01T00:00:00+00:00" if sort == "created" else "a"
    after = cursor_text(Cursor("after", value, UUID(str(northlake.owner.user_id)), 1))
    answer = owner.get("/people", {"after": after, "sort": sort})
    assert answer.status_code == 200 and len(names(answer)) == 3


def test_htmx_gets_the_rows_and_nothing_else(owner: Client) -> None:
    answer = owner.get("/people", {"q": "olga"}, headers={"HX-Request": "true", "HX-Target": "rows"})
    text = answer.content.decode()
    assert text.strip().startswith('<div class="u-list" id="rows"')
    assert "<html" not in text and 'id="count" hx-swap-oob="true"' in text
    assert names(answer) == ["Olga Owner"]


def test_the_selection_is_in_the_address(owner: Client, northlake: Company) -> None:
    """S4-48: hand-picked people stay ticked; all that match is counted exactly at that moment, with exceptions."""
    text = owner.get("/people", {"sel": short(northlake.member.user_id)}).content.decode()
    assert text.count(" checked aria-label") == 1 and "1 selected" in text
    text = owner.get("/people", {"all": "1", "except": short(northlake.member.user_id)}).content.decode()
    assert "2 selected" in text and "All 3 that match" in text


def test_columns_are_chosen_by_the_address(owner: Client) -> None:
    text = owner.get("/people", {"cols": "job_title,status,unicorn"}).content.decode()
    head = text[text.index("<thead>") : text.index("</thead>")]
    assert [w.strip() for w in re.findall(r"<th[^>]*>(?:<a[^>]*>)?\s*([A-Z][\w -]+)", head)] == ["Name", "Job title", "Status"]


def test_export_of_the_selection(owner: Client, northlake: Company) -> None:
    """S0-13: the ticked people and nobody else."""
    answer = owner.get("/people/export", {"sel": short(northlake.member.user_id)})
    assert len(b"".join(answer.streaming_content).splitlines()) == 2  # type: ignore[attr-defined]


def test_what_may_not_be_done_says_why(owner: Client) -> None:
    """S4-23: the owner's role has no link in the menu, but a reason."""
    assert "moves only by a transfer" in owner.get("/people").content.decode()


def test_somebody_who_left_is_in_no_list(owner: Client, northlake: Company) -> None:
    """S0-49: a deleted entry is gone from lists and has no page."""
    do(northlake.operator, "lifecycle.withdraw_invitation", {"subjects": one(northlake.pending)})
    assert owner.get(f"/people/{short(northlake.pending)}").status_code == 404
    assert names(owner.get("/people/pending")) == []


def test_an_empty_search_tells_who_is_near(owner: Client, northlake: Company) -> None:
    """Nobody found among the active: how many others match, and the way there; with another filter, how many without it; else whose name is near."""
    sql.execute("UPDATE people_standing SET status = 'inactive', license = NULL WHERE user_id = %(u)s", {"u": northlake.member.user_id})
    answer = owner.get("/people", {"q": "member@"}).content.decode()
    assert "Nobody matches" in answer and "1 deactivated person matches" in answer
    assert 'href="/people?q=member%40&amp;status=inactive"' in answer
    answer = owner.get("/people", {"q": "olga", "department": "Nowhere"}).content.decode()
    assert "1 person matches without the filters" in answer and 'href="/people?q=olga&amp;status=any"' in answer
    assert "Olga Owner is close" in owner.get("/people", {"q": "olga ownr"}).content.decode()
    assert "is close" not in owner.get("/people", {"q": "zzzzzz"}).content.decode()
    assert "1 pending person matches" in owner.get("/people", {"q": "pending@"}).content.decode()


def test_with_very_many_groups_one_is_typed(owner: Client, northlake: Company, southport: Company) -> None:
    """S4-48, TENANT-01: the first fifty are ticked, any other is typed, in any spelling; by name or by id its chip says what it is called; another account's
    group of the name finds nobody here."""
    sql.execute(
        """INSERT INTO people_group (id, account_id, kind, name) SELECT gen_random_uuid(), c.id, 'user', 'Crew ' || lpad(n::text, 3, '0')
           FROM generate_series(1, 60) n, accounts_account c WHERE c.id = ANY(%(a)s)""",
        {"a": [northlake.account, southport.account]},
    )
    last = sql.value("SELECT id FROM people_group WHERE account_id = %(a)s AND name = 'Crew 059'", {"a": northlake.account})
    do(northlake.owner, "people.add_to_group", {"group": str(last), "subjects": one(northlake.member.user_id)})
    page = owner.get("/people").content.decode()
    assert 'hx-get="/groups/close"' in page and "Crew 050" in page and "Crew 051" not in page
    for value in ("crew 059", str(last)):
        page = owner.get("/people", {"group": value}).content.decode()
        assert northlake.member.email in page and northlake.admin.email not in page
        assert f"Group <b>{'Crew 059' if value == str(last) else value}</b>" in page and f'value="{value}" checked' in page
        address = re.search(r'href="(/people\?[^"]*all=1[^"]*)"', page)
        assert address and northlake.admin.email not in owner.get(address[1].replace("&amp;", "&")).content.decode()
        export = b"".join(owner.get("/people/export", {"group": value}).streaming_content).decode()  # type: ignore[attr-defined]
        assert northlake.member.email in export and northlake.admin.email not in export
    assert northlake.member.email not in owner.get("/people", {"group": "Crew 058"}).content.decode()
    assert northlake.member.email not in owner.get("/people", {"group": "no such group"}).content.decode()
    theirs = sql.value("SELECT id FROM people_group WHERE account_id = %(a)s AND name = 'Crew 059'", {"a": southport.account})
    assert "Crew 059" not in owner.get("/people", {"group": str(theirs)}).content.decode()
