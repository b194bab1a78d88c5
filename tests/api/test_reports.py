"""Reports by the API: the log of administrators, sign-ins and sign-outs, who hosted."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.caller import Caller, app_of, caller
from tests.content.items import item, make
from tests.people_of import Company, do, one
from tests.signed_in import signed_in
from usher.access import tokens
from usher.access.way_in import came_in, went_out
from usher.core import clock, sql
from usher.core.ids import short
from usher.journal import undo
from usher.journal.verb import VERBS
from usher.zoom_wire import reports as wire

TODAY = datetime.now(UTC)
MONTH = f"from={TODAY - timedelta(days=20):%Y-%m-%d}&to={TODAY + timedelta(days=1):%Y-%m-%d}"
PATHS = ("/report/operationlogs", "/report/activities", "/report/users")


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def got(api: Caller, path: str, query: str = MONTH) -> Any:
    status, told = api.get(f"{path}?{query}")
    assert status == 200, told
    return told


def caller_of(company: Company, creator: UUID | None) -> Caller:
    """The app of somebody who could not make one."""
    client = tokens.client(*app_of(company.operator, creator=creator), "192.0.2.9")
    assert client is not None
    return Caller(tokens.issue(client)[0], Client())


def pages(api: Caller, path: str, key: str, size: int) -> list[Any]:
    """All rows, page by page."""
    told = got(api, path, f"{MONTH}&page_size={size}")
    rows = told[key]
    while told["next_page_token"]:
        assert len(told[key]) == size
        told = got(api, path, f"{MONTH}&page_size={size}&next_page_token={told['next_page_token']}")
        rows += told[key]
    return list(rows)


def test_the_log_tells_what_was_done(northlake: Company, southport: Company, api: Caller) -> None:
    """AUDIT-01: who, when, what, in a sentence, newest first; an undo is told as one; nothing of another account."""
    do(northlake.admin, "people.create_group", {"name": "Sales"})
    started = do(northlake.admin, "people.rename_group", {"group": "Sales", "name": "Sales EMEA"})
    assert started.number
    undo.start_undo(northlake.owner, started.number)
    do(southport.owner, "people.create_group", {"name": "Theirs"})
    undone, renamed, created = got(api, PATHS[0])["operation_logs"][:3]
    assert created["category_type"] == "User" and created["action"] == "Add" and created["operator"] == northlake.admin.email
    assert "Sales" in created["operation_detail"] and created["time"].endswith("Z")
    assert renamed["action"] == undone["action"] == "Update" and undone["operator"] == northlake.owner.email
    assert undone["operation_detail"].startswith("Undone: ")
    assert not any("Theirs" in line["operation_detail"] for line in got(api, PATHS[0])["operation_logs"])


def test_the_log_by_category_and_pages(northlake: Company, api: Caller) -> None:
    """One category at a time, and page after page without one missing or twice."""
    for n in range(5):
        do(northlake.owner, "accounts.create_site", {"name": f"Site {n}"})
    do(northlake.owner, "access.create_role", {"name": "Help desk", "privileges": []})
    everything = pages(api, PATHS[0], "operation_logs", 300)
    assert pages(api, PATHS[0], "operation_logs", 2) == everything and len(everything) > 6
    role = got(api, PATHS[0], f"{MONTH}&category_type=role")["operation_logs"][0]
    assert role["category_type"] == "Role" and "Help desk" in role["operation_detail"]
    account = got(api, PATHS[0], f"{MONTH}&category_type=account&page_size=2")
    assert [line["category_type"] for line in account["operation_logs"]] == ["Account", "Account"] and account["next_page_token"]
    assert got(api, PATHS[0], f"{MONTH}&category_type=sub_account")["operation_logs"] == []


def test_the_log_walks_its_indexes(northlake: Company, api: Caller) -> None:
    """docs/decisions/0030: a page reads what it shows; two hundred changes cost as many statements as one."""
    with CaptureQueriesContext(connection) as few:
        got(api, PATHS[0], f"{MONTH}&page_size=1")
    with CaptureQueriesContext(connection) as many:
        got(api, PATHS[0], f"{MONTH}&page_size=300")
    assert len(many) <= len(few) <= 8
    asked = next(q["sql"] for q in many if "FROM journal_change c" in (q["sql"] or ""))
    sql.execute("SET LOCAL enable_seqscan = off")  # among so few changes any index will do, and which one depends on what ran before
    plan = "\n".join(r["QUERY PLAN"] for r in sql.rows("EXPLAIN " + asked.replace("%", "%%")))
    assert "Seq Scan on journal_change" not in plan


def test_every_verb_has_a_category() -> None:
    """What a program filters by is in none of the categories of a place that has no verbs."""
    found = {verb: wire.category_of(verb) for verb in VERBS}
    assert set(found.values()) <= set(wire.CATEGORIES)
    assert found["people.create_im_group"] == "im" and found["accounts.edit_room"] == "zoom_rooms" and found["access.set_role"] == "role"
    assert found["content.upload"] == "recording" and found["licenses.subscribe"] == "billing" and found["lifecycle.invite"] == "user"


def test_who_came_and_went(northlake: Company, southport: Company, api: Caller) -> None:
    """Sign-ins and sign-outs of the portal, newest first, page by page also within one moment; nobody of another account."""
    browser = signed_in(northlake.member.user_id)
    browser.post("/sign-out")
    assert sql.value("SELECT count(*) FROM people_signout WHERE user_id = %(u)s", {"u": northlake.member.user_id}) == 1
    Client().post("/sign-out")  # nobody's session
    member, owner = northlake.member, northlake.owner
    with clock.travel(clock.now() - timedelta(hours=1)):
        for person in (member, owner):
            came_in(person.user_id, "password", "192.0.2.7", "Browser")  # type: ignore[arg-type]
            went_out(person)
        came_in(southport.member.user_id, "password", "192.0.2.8", "Browser")  # type: ignore[arg-type]
    lines = pages(api, PATHS[1], "activity_logs", 300)
    assert [(line["type"], line["email"]) for line in lines] == [
        ("Sign out", member.email), ("Sign in", owner.email), ("Sign in", member.email), ("Sign out", owner.email), ("Sign out", member.email),
    ]  # fmt: skip
    assert lines[1]["ip_address"] == "192.0.2.7" and lines[1]["client_type"] == "Browser"
    for size in (1, 2, 3, 4):
        assert pages(api, PATHS[1], "activity_logs", size) == lines
    assert got(api, PATHS[1], "")["activity_logs"] == lines


def test_who_hosted(northlake: Company, api: Caller) -> None:
    """Meetings and minutes of the span; what is yet to come, in the trash, or a personal room, does not count. Everybody else is inactive."""
    member, admin = northlake.member.user_id, northlake.admin.user_id

    def held(owner: UUID | None, days: int, **more: Any) -> dict[str, Any]:
        return item(owner, "meeting", **{"starts_at": (TODAY - timedelta(days=days)).isoformat(), "seconds": 90, **more})

    ids = make(
        northlake,
        held(member, 1), held(member, 2, seconds=3600), held(member, 3, occurs="personal"), held(member, 60), held(admin, -2), held(admin, 4),
    )  # fmt: skip
    do(northlake.owner, "content.delete", {"items": {"ids": [str(ids[5])]}})
    attributes = [{"key": "k", "name": "Badge", "value": "7"}]
    api.patch(f"/users/{northlake.member.email}", {"custom_attributes": attributes})
    told = got(api, PATHS[2])
    (host,) = told["users"]
    assert host["custom_attributes"] == attributes
    assert (host["email"], host["meetings"], host["meeting_minutes"], host["id"]) == (northlake.member.email, 2, 62, short(member))  # type: ignore[arg-type]
    assert (told["total_records"], told["total_meetings"], told["total_meeting_minutes"], told["page_count"]) == (1, 2, 62, 1)
    others = got(api, PATHS[2], f"{MONTH}&type=inactive")
    assert northlake.admin.email in {u["email"] for u in others["users"]} and others["total_meetings"] == 0
    assert northlake.member.email not in {u["email"] for u in others["users"]}
    first = got(api, PATHS[2], f"{MONTH}&type=inactive&page_size=1")
    second = got(api, PATHS[2], f"{MONTH}&type=inactive&page_size=1&next_page_token={first['next_page_token']}")
    assert [first["users"] + second["users"]] == [others["users"][:2]]
    group = api.post("/groups", {"name": "Sales"})[1]["id"]
    api.post(f"/groups/{group}/members", {"members": [{"id": short(admin)}]})  # type: ignore[arg-type]
    assert got(api, PATHS[2], f"{MONTH}&group_id={group}")["users"] == []
    assert [u["email"] for u in got(api, PATHS[2], f"{MONTH}&group_id={group}&type=inactive")["users"]] == [northlake.admin.email]
    assert api.get(f"{PATHS[2]}?{MONTH}&group_id=x")[1]["code"] == 4130


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "query",
    ["from=2026-01-01&to=2026-02-02", "from=2026-01-02&to=2026-01-01", "from=soon&to=2026-01-01", "from=2026-02-30&to=2026-03-01"],
)
def test_spans_that_are_none(api: Caller, path: str, query: str) -> None:
    """MASS-08: at most a month, in its order, of days that there are; code 300. A month is also from the first to the first, as clients count."""
    assert api.get(f"{path}?{query}")[1]["code"] == 300
    assert got(api, path, "from=2026-01-01&to=2026-02-01")
    assert got(api, path, "from=0001-01-01&to=0001-01-02") and got(api, path, "from=9999-12-30&to=9999-12-31")


@pytest.mark.parametrize("path", PATHS)
def test_without_the_right(northlake: Company, path: str) -> None:
    """AUTHZ-13: the app of a member reads no report; nor does one without the scope."""
    status, told = caller_of(northlake, northlake.member.user_id).get(f"{path}?{MONTH}")
    assert (status, told["code"]) == (403, 200)
    assert caller(northlake.owner, ["user:read:admin"]).get(f"{path}?{MONTH}")[1]["code"] == 4711


def test_a_role_for_a_part_sees_that_part(northlake: Company) -> None:
    """AUTHZ-10, AUTHZ-11: of sign-ins and hosts whom the role covers, of the log what they did themselves."""
    admin, member = northlake.admin, northlake.member
    do(northlake.owner, "people.set_department", {"department": "Lab", "subjects": one(member.user_id)})
    for person in (northlake.owner, member):
        came_in(person.user_id, "password", "192.0.2.7", "Browser")  # type: ignore[arg-type]
    make(
        northlake,
        *(item(p.user_id, "meeting", starts_at=(TODAY - timedelta(days=1)).isoformat()) for p in (northlake.owner, member)),
    )
    do(northlake.owner, "access.create_role", {"name": "Lab desk", "privileges": ["people:user:view", "journal:change:view"]})
    role = sql.value("SELECT key FROM access_role WHERE name = 'Lab desk'", {})
    do(
        northlake.owner,
        "access.set_role",
        {"role": role, "scope": {"kind": "department", "values": ["Lab"]}, "subjects": one(admin.user_id)},
    )
    api = caller_of(northlake, admin.user_id)
    assert {line["email"] for line in got(api, PATHS[1])["activity_logs"]} == {member.email}
    assert [u["email"] for u in got(api, PATHS[2])["users"]] == [member.email]
    assert {line["operator"] for line in got(api, PATHS[0])["operation_logs"]} <= {admin.email}
