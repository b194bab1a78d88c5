"""Every code the contract documents for users, groups, IM groups and roles: reached, or in a list with the reason why nobody is ever told it."""

from typing import Any

import pytest
from django.test import override_settings

from tests.api.caller import Caller, caller
from tests.api.calls_of_contract import BODIES, CONTRACT, address, any_body, everything_known, filled
from tests.lifecycle.test_managed_domain import manages
from tests.people_of import LICENSED, Company, actor_of, do, one, seats
from usher.core import sql

CODES = [(row["call"], http, code, when) for row in CONTRACT for http, code, when in row["codes"]]

# Codes that nobody is ever told, by call or for all calls.
NEVER: dict[tuple[str, int], str] = {
    ("", 124): "401, tests/api/test_every_operation.py",
    ("", 429): "tests/api/test_limits.py",
    ("", 2300): "of an address that is none, tests/api/test_door.py",
    ("", 4137): "IM groups are served (R16)",
    ("", 1010): "what is in another account does not exist: 4130 (TENANT-01)",
    ("", 4700): "403 with 4711, for every operation in tests/api/test_every_operation.py (R8)",
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
    ("POST /users", 2002): "whoever is made for single sign-on waits for it (decision 0112)",
    ("POST /users", 2032): "whoever is made for single sign-on waits for it (decision 0112)",
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


@pytest.fixture(scope="module")
def there(northlake: Company) -> dict[str, str]:
    """What the paths of the calls name, made once for all of them."""
    with override_settings(API_LIMITS=False):
        return everything_known(northlake)


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
