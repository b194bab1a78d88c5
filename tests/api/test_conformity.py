"""Every field and every code the contract documents for users, groups, IM groups and roles (answers.json beside this file): there, with the right type;
or in a list with the reason why not. What stands in a list and is there all the same fails too.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api.caller import Caller, caller
from tests.lifecycle.test_managed_domain import manages
from tests.people_of import LICENSED, Company, actor_of, do, invite, one, seats
from usher.core import clock, sql
from usher.core.ids import short

CONTRACT: list[dict[str, Any]] = json.loads((Path(__file__).parent / "answers.json").read_text())
FIELDS = {row["call"]: row["answer"] for row in CONTRACT if row["answer"]}
CODES = [(row["call"], http, code, when) for row in CONTRACT for http, code, when in row["codes"]]
KINDS: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}

# Fields that are never there, by the end of their path.
UNKNOWN = {
    "last_client_version": "no client of ours tells it",
    "plan_united_type": "bundles are not sold",
    "zoom_one_type": "bundles are not sold",
    "license_info_list": "bundles are not sold",
    "division_ids": "there are no divisions",
    "account_number": "an account has an id only",
    "vanity_url": "there are no personal links",
    "sub_account_privileges": "there are no sub-accounts",
    "privilege_scopes": "what a role covers stands at each assignment",
}
ASKED_FOR = ("custom_attributes", "host_key")  # in a list, with include_fields

# Codes that nobody is ever told, by call or for all calls.
NEVER: dict[tuple[str, int], str] = {
    ("", 124): "401, tests/api/test_door.py",
    ("", 429): "tests/api/test_limits.py",
    ("", 2300): "of an address that is none, tests/api/test_door.py",
    ("", 4137): "IM groups are served (R16)",
    ("", 1010): "what is in another account does not exist: 4130 (TENANT-01)",
    ("", 4700): "403 with 4711, for every operation in tests/api/test_door.py (R8)",
    ("", 2034): "bundles are not sold",
    ("", 2038): "bundles are not sold",
    ("", 2039): "bundles are not sold",
    ("", 1109): "hosts are not sold apart",
    ("POST /users", 1000): "a new person operates nothing yet",
    ("DELETE /users/{userId}", 200): "rooms are no people, and who is deactivated can be deleted (decision 0080)",
    ("DELETE /users/{userId}", 1000): "call queues have no managers yet",
    ("POST /users", 1009): "whether an address has an account elsewhere is not told (R11)",
    ("POST /users", 1107): "no domain is blocked; only managed ones bind",
    ("POST /users", 1116): "an account is not limited to domains",
    ("POST /users", 11321): "no domain is blocked",
    ("POST /users", 1108): "a new person holds nothing that needs another type",
    ("POST /users", 2032): "2002 is told first: there is no single sign-on",
    ("POST /users", 2035): "accounts of that kind do not exist",
    ("POST /users", 2036): "accounts of that kind do not exist",
    ("POST /users", 2037): "nobody is flagged",
    ("POST /users", 4130): "a new person is put into a group afterwards",
    ("GET /users/email", 1001): "nobody is {existed_email: false}",
    ("PATCH /users/{userId}", 4100): "there are no personal links to take",
    ("PUT /users/{userId}/status", 2033): "who comes back falls back to any license that is free (R2); 3412 when none is",
    ("GET /groups", 4130): "a list names no group",
    ("POST /im/groups", 4130): "a new group names no group",
    ("GET /im/groups", 4130): "a list names no group",
}


@pytest.fixture(autouse=True)
def database(db: None, settings: Any) -> None:
    """Every test here is undone."""
    settings.API_LIMITS = False


@pytest.fixture
def api(northlake: Company) -> Caller:
    return caller(northlake.owner)


@pytest.fixture
def there(northlake: Company, api: Caller) -> dict[str, str]:
    """What the paths of the calls name: a member of whom everything is known, a group, an IM group and a role with members, somebody whose invitation expired."""
    member = northlake.member.email
    group, im_group = (api.post(path, {"name": "Sales"})[1]["id"] for path in ("/groups", "/im/groups"))
    for path in ("/groups", "/im/groups", "/roles"):
        assert api.post(path, {"name": "Other"})[0] in (200, 201)
    for path in (f"/groups/{group}", f"/im/groups/{im_group}"):
        assert api.post(f"{path}/members", {"members": [{"email": member}]})[0] == 201
    assert api.post("/roles", {"name": "Desk", "privileges": ["User:Read"]})[0] == 200
    role = next(r["id"] for r in api.get("/roles")[1]["roles"] if r["name"] == "Desk")
    own = {
        "custom_attributes": [{"key": "k", "name": "Badge", "value": "7"}],
        "host_key": "123456",
        "pronouns": "she",
        "pronouns_option": 1,
    }
    wish = {"manager": northlake.owner.email, "employee_unique_id": "E7", "dept": "Sales", "job_title": "Lead", **own}
    phones = [{"country": "DE", "code": "+49", "number": "301234567", "label": "Mobile"}]
    assert api.patch(f"/users/{member}", {**wish, "phone_numbers": phones}) == (204, None)
    sql.execute("UPDATE people_standing SET last_sign_in = now() WHERE user_id = %(u)s", {"u": northlake.member.user_id})
    (late,) = invite(northlake.operator, f"late@{northlake.domain}")
    with clock.travel(clock.now() + timedelta(days=31)):
        do(northlake.operator, "lifecycle.expire_invitation", {"subjects": one(late)})
    return {
        "userId": member,
        "memberId": member,
        "groupId": group,
        "imGroupId": im_group,
        "roleId": role,
        "late": f"late@{northlake.domain}",
        "admin": northlake.admin.email,
        "owner": northlake.owner.email,
        "pending": short(northlake.pending),
        "domain": northlake.domain,
    }


def address(path: str, there: Mapping[str, str]) -> str:
    if path.startswith("/im/"):
        path = path.replace("{groupId}", "{imGroupId}")
    return re.sub(r"\{(\w+)\}", lambda m: there[m.group(1)], path)


BODIES: dict[str, Any] = {
    "POST /users": {"action": "create", "user_info": {"email": "new@{domain}", "type": 1, "first_name": "Nora", "last_name": "Neu"}},
    "POST /users/features": {"feature_type": "zoom_whiteboard", "feature_value": "true", "users": [{"id": "me"}, {"id": "x"}]},
    "POST /groups": {"name": "New"},
    "POST /im/groups": {"name": "New"},
    "POST /groups/{groupId}/members": {"members": [{"id": "me"}]},
    "POST /im/groups/{groupId}/members": {"members": [{"id": "me"}]},
    "POST /roles/{roleId}/members": {"members": [{"email": "{admin}"}]},
}
QUERIES = {"GET /users/email": "?email=a@b.test"}


# Where the member of a path is not the one to ask about.
PATHS = {"GET /users/{userId}/permissions": "/users/{admin}/permissions", "GET /roles/{roleId}/members": "/roles/1/members"}


def filled(body: Any, there: Mapping[str, str]) -> Any:
    """A body with the people there are."""
    return json.loads(re.sub(r"\{(domain|admin|pending|userId|groupId)\}", lambda m: there[m.group(1)], json.dumps(body)))


@pytest.mark.parametrize("call", FIELDS)
def test_every_field_is_there(api: Caller, there: dict[str, str], call: str) -> None:
    """README 3 to 5: of the type the contract says, in the answer about somebody of whom everything is known."""
    method, path = call.split()
    answer = api(
        method, address(PATHS.get(call, path), there) + QUERIES.get(call, ""), filled(BODIES[call], there) if call in BODIES else None
    )
    assert answer.status_code in (200, 201), answer.content
    told = answer.json()
    for place, kind in FIELDS[call].items():
        found = values(told, place.replace("[]", ".[]").split("."))
        if (name := next((n for n in UNKNOWN if n in place), "")) or (
            call == "GET /users" and place.partition(".")[2].startswith(ASKED_FOR)
        ):
            assert not found, f"{place} is there after all: {UNKNOWN.get(name)}"
            continue
        assert found, f"{place} is not there"
        assert all(is_of(value, kind) for value in found), (place, found)


def values(told: Any, place: list[str]) -> list[Any]:
    """Everything that stands at a place of an answer."""
    if not place:
        return [told]
    if place[0] == "[]":
        return [value for item in told for value in values(item, place[1:])] if isinstance(told, list) else []
    return values(told[place[0]], place[1:]) if isinstance(told, dict) and place[0] in told else []


def is_of(value: Any, kind: str) -> bool:
    if kind.endswith("date-time"):
        return isinstance(value, str) and datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ") is not None
    return isinstance(value, KINDS[kind]) and not (kind == "integer" and isinstance(value, bool))


def test_fields_that_are_asked_for(api: Caller, there: dict[str, str]) -> None:
    """include_fields tells them in a list."""
    for name in ASKED_FOR:
        assert any(name in user for user in api.get(f"/users?include_fields={name}")[1]["users"]), name


@pytest.mark.parametrize("call", [c for c in FIELDS if c.startswith("GET") and "next_page_token" in FIELDS[c]])
def test_a_list_of_nobody_has_the_same_frame(northlake: Company, southport: Company, call: str) -> None:
    """README 1: total 0, an empty token, an empty list; the keys are those of a full one."""
    api, path = caller(southport.owner), call.split()[1]
    group = "/groups" if "{groupId}" not in path else path.partition("/{")[0]
    there = {"groupId": (made := api.post(group, {"name": "Empty"})[1].get("id", "")), "imGroupId": made, "roleId": "1"}
    if path in ("/groups", "/im/groups"):
        api.delete(f"{path}/{made}")
    if path == "/roles/{roleId}/members":
        api.post("/roles", {"name": "Nobody's"})
        there["roleId"] = next(r["id"] for r in api.get("/roles")[1]["roles"] if r["name"] == "Nobody's")
    told = api.get(address(path, there) + ("?status=inactive" if path == "/users" else ""))[1]
    assert told["total_records"] == 0 and told["next_page_token"] == "" and [] in told.values()
    assert {place.partition("[")[0] for place in FIELDS[call] if "." not in place} <= set(told)


def tight(company: Company, *products: str) -> None:
    """No seat is free of these."""
    for product in products:
        held = seats(company, product)
        do(company.operator, "licenses.set_seats", {"product": product, "quantity": held["used"] + held["pending"]})


def new(**info: Any) -> dict[str, Any]:
    return {"action": "create", "user_info": {"email": "new@{domain}", "type": 2, **info}}


# A call, how it is made, and the code it leads to.
WAYS: dict[tuple[str, int], tuple[str, Any]] = {
    ("GET /users", 300): ("/users?next_page_token=x", None),
    ("POST /users", 300): ("/users", new(email="none")),
    ("POST /users", 2033): ("/users", new(type=1)),
    ("POST /users", 3412): ("/users", new()),
    ("POST /users", 2002): ("/users", {**new(), "action": "ssoCreate"}),
    ("POST /users", 2016): ("/users", {**new(), "action": "autoCreate"}),
    ("POST /users", 1005): ("/users", new(email="{userId}")),
    ("POST /users", 1102): ("/users", new(feature={"zoom_phone": True})),
    ("GET /users/email", 300): ("/users/email", None),
    ("POST /users/features", 200): ("/users/features", {"feature_type": "zoom_clips_plus", "feature_value": "true", "users": []}),
    ("POST /users/features", 300): ("/users/features", {"feature_type": "webinar", "feature_value": "x", "users": []}),
    ("GET /users/{userId}", 1120): ("/users/{late}", None),
    ("PATCH /users/{userId}", 200): ("/users/{userId}", {"dept": "X"}),
    ("PATCH /users/{userId}", 300): ("/users/{userId}", {"type": 1, "zoom_one_type": 16}),
    ("PATCH /users/{userId}", 1108): ("/users/{userId}", {"type": 1}),
    ("PATCH /users/{userId}", 1120): ("/users/{late}", {"dept": "X"}),
    ("PATCH /users/{userId}", 2033): ("/users/{userId}", {"type": 1}),
    ("PATCH /users/{userId}", 3412): ("/users/{userId}", {"type": 2}),
    ("DELETE /users/{userId}", 300): ("/users/{userId}?transfer_email={userId}&transfer_meeting=true", None),
    ("DELETE /users/{userId}", 1107): ("/users/{userId}", None),
    ("DELETE /users/{userId}", 1117): ("/users/{admin}", None),
    ("DELETE /users/{userId}", 1120): ("/users/{late}", None),
    ("PUT /users/{userId}/status", 200): ("/users/{admin}/status", {"action": "deactivate"}),
    ("PUT /users/{userId}/status", 300): ("/users/{userId}/status", {"action": "clock_in"}),
    ("PUT /users/{userId}/status", 3412): ("/users/{userId}/status", {"action": "activate"}),
    ("PUT /users/{userId}/email", 200): ("/users/{userId}/email", {"email": "a@elsewhere.test"}),
    ("PUT /users/{userId}/email", 1000): ("/users/{owner}/email", {"email": "a@{domain}"}),
    ("POST /groups", 300): ("/groups", {"name": ""}),
    ("PATCH /groups/{groupId}", 4132): ("/groups/{groupId}", {"name": "OTHER"}),
    ("POST /groups", 4132): ("/groups", {"name": "SALES"}),
    ("POST /im/groups", 4132): ("/im/groups", {"name": "SALES"}),
    ("GET /groups/{groupId}/members", 300): ("/groups/{groupId}/members?next_page_token=x", None),
    ("GET /im/groups/{groupId}/members", 300): ("/im/groups/{groupId}/members?next_page_token=x", None),
    ("PATCH /groups/{groupId}/members/{memberId}", 300): ("/groups/{groupId}/members/{memberId}", {"action": "move"}),
    ("PATCH /groups/{groupId}/members/{memberId}", 4131): ("/groups/{groupId}/members/x@y.test", {"action": "set_primary"}),
    ("DELETE /groups/{groupId}/members/{memberId}", 4131): ("/groups/{groupId}/members/x@y.test", None),
    ("POST /roles", 1224): ("/roles", {"name": "DESK"}),
    ("PATCH /roles/{roleId}", 1224): ("/roles/{roleId}", {"name": "OTHER"}),
    ("POST /roles/{roleId}/members", 300): ("/roles/0/members", {"members": [{"id": "me"}]}),
}
# Codes of whatever a path names and is not there, and the body that a call wants.
MISSING = {1001: ("{userId}", "nobody@x.test"), 4130: ("{groupId}", "nothing"), 1034: ("{roleId}", "nothing")}


def any_body(path: str) -> dict[str, Any]:
    """What every call takes that wants something."""
    return {"name": "X", "members": [], "action": "set_primary" if "memberId" in path else "activate", "email": "a@b.test", "dept": "X"}


@pytest.mark.parametrize(("call", "http", "code", "when"), CODES, ids=[f"{c} {h} {n}" for c, h, n, _w in CODES])
def test_every_code_is_reached_or_has_a_reason(
    northlake: Company, there: dict[str, str], call: str, http: int, code: int, when: str
) -> None:
    """README 3 to 5: with the status the contract says. Who lacks a right is 403, and so is an account whose plan is without it (S4-41, AUTHZ-18)."""
    way, never = WAYS.get((call, code)), NEVER.get((call, code)) or NEVER.get(("", code))
    (method, path), wanted = call.split(), http
    if way is None and never is None and code == 200:
        api, wanted = without(northlake, when), 403
        way = (path, BODIES.get(call, any_body(path)))
    else:
        api = caller(actor_of(northlake.admin.user_id) if code == 1000 else northlake.owner)  # type: ignore[arg-type]
    if way is None and code in MISSING and MISSING[code][0] in path:
        way = (path.replace(*MISSING[code]), any_body(path))
    assert (way is None) is (never is not None), f"{call} {code}: {when} is neither reached nor has a reason, or both"
    if way is None:
        return
    prepare(northlake, call, code)
    answer = api(method, address(way[0], there), filled(way[1], there) if way[1] is not None else None)
    assert (answer.status_code, answer.json().get("code")) == (wanted, code), answer.content


def without(company: Company, when: str) -> Caller:
    """Somebody whose account's plan lacks the area, or who lacks the right."""
    api = caller(company.owner)
    if "paid" in when:
        sql.execute("UPDATE accounts_account SET plan = 'free' WHERE id = %(a)s", {"a": company.account})
        sql.execute("DELETE FROM accounts_plancapability WHERE plan = 'free'")
        return api
    do(company.owner, "access.create_role", {"name": "Apps", "privileges": ["access:app:manage"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Apps'", {"a": company.account})
    do(company.owner, "access.set_role", {"role": role, "subjects": one(company.member.user_id)})  # type: ignore[arg-type]
    return caller(actor_of(company.member.user_id))  # type: ignore[arg-type]


def prepare(company: Company, call: str, code: int) -> None:
    """What must be so before a call leads to its code."""
    member = company.member.user_id
    assert member is not None
    if code == 1108 or (call, code) == ("PATCH /users/{userId}", 2033):
        do(company.owner, "licenses.change_license", {"subjects": one(member), "license": LICENSED})
    if code == 1108:
        do(company.owner, "licenses.give_add_on", {"subjects": one(member), "add_on": "webinar:500"})
    if (call, code) in (("PATCH /users/{userId}", 200), ("PUT /users/{userId}/status", 3412)):
        do(company.owner, "lifecycle.deactivate", {"subjects": one(member)})
    if code in (1107, 1000):
        manages(company)
    if code in (2033, 3412):
        tight(company, LICENSED, "meetings:basic", "meetings:unassigned")
    if code == 1102:
        tight(company, "phone")
