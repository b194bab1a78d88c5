"""Every field the contract documents for users, groups, IM groups and roles (answers.json beside this file): there, with the right type; or in a list with
the reason why not. What stands in a list and is there all the same fails too. The codes stand in test_conformity_codes.py.
"""

from typing import Any

import pytest
from django.test import override_settings

from tests.api.caller import Caller, caller
from tests.api.calls_of_contract import BODIES, CONTRACT, address, assert_answered, everything_known, filled
from tests.people_of import Company

FIELDS = {row["call"]: row["answer"] for row in CONTRACT if row["answer"]}

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


@pytest.fixture(autouse=True)
def database(db: None, settings: Any) -> None:
    """Every test here is undone."""
    settings.API_LIMITS = False


@pytest.fixture(scope="module")
def there(northlake: Company) -> dict[str, str]:
    """What the paths of the calls name, made once for all of them."""
    with override_settings(API_LIMITS=False):
        return everything_known(northlake)


QUERIES = {"GET /users/email": "?email=a@b.test"}

# Where the member of a path is not the one to ask about.
PATHS = {"GET /users/{userId}/permissions": "/users/{admin}/permissions", "GET /roles/{roleId}/members": "/roles/1/members"}


@pytest.mark.parametrize("call", FIELDS)
def test_every_field_is_there(api: Caller, there: dict[str, str], call: str) -> None:
    """README 3 to 5: of the type the contract says, in the answer about somebody of whom everything is known."""
    method, path = call.split()
    answer = api(
        method, address(PATHS.get(call, path), there) + QUERIES.get(call, ""), filled(BODIES[call], there) if call in BODIES else None
    )
    assert answer.status_code in (200, 201), answer.content
    assert_answered(answer.json(), FIELDS[call], lambda place: is_unknown(call, place))


def is_unknown(call: str, place: str) -> bool:
    return any(name in place for name in UNKNOWN) or (call == "GET /users" and place.partition(".")[2].startswith(ASKED_FOR))


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
