"""The matrices over every operation there is: without a token, without its scope, of another account, by a member, with another method."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.api.caller import Caller, app_of, caller, told
from tests.api.every_operation import address, example
from tests.content.items import item, license_all, make
from tests.people_of import Company, do, one, rows_written
from tests.signed_in import signed_in
from usher.access import scopes, tokens
from usher.api.operations import OPERATIONS
from usher.core import sql

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(autouse=True)
def database(db: None, settings: Any) -> None:
    """Every test here is undone, and calls more often in a second than an account may."""
    settings.API_LIMITS = False


def test_without_a_token_nothing_is_there(northlake: Company) -> None:
    """AUTHZ-13, S4-40: every operation, and every address that is none, is 401 with code 124 for a stranger; a session is no way in."""
    for client in (Client(), signed_in(northlake.owner.user_id)):
        for path in [address(o.path, northlake) for o in OPERATIONS] + ["/nowhere"]:
            for method in METHODS:
                answer = client.generic(method, "/v2" + path)
                assert told(answer) == (401, {"code": 124, "message": "Invalid access token."}), (method, path)  # type: ignore[arg-type]
                assert answer["x-zm-trackingid"]


def test_every_operation_asks_for_its_scope(northlake: Company) -> None:
    """AUTHZ-07, S4-34, S4-41, R8: with every scope but its own, 403 with body code 4711 and the contract's text; nothing is written."""
    before = rows_written()
    for operation in (o for o in OPERATIONS if o.scopes.all):
        own = () if "{userId}" in operation.path else operation.scopes.own  # of what is one's own they open it
        others = [s for s in scopes.known() if s not in operation.scopes.all and s not in own]
        answer = caller(northlake.owner, others)(operation.method, address(operation.path, northlake), {})
        status, body = told(answer)
        assert (status, body["code"]) == (403, 4711), operation
        assert body["message"] == f"Invalid access token, does not contain scopes:[{', '.join(operation.scopes.granular)}]."
    changed = {t for t, n in rows_written().items() if n != before[t]}
    assert changed <= {
        "access_app",
        "access_appsecret",
        "access_token",
        "access_throttle",
        "journal_change",
        "journal_effect",
        "journal_denial",
    }
    assert sql.value("SELECT max(times) FROM journal_denial WHERE code = 'scope'")


def test_objects_of_another_account_do_not_exist(northlake: Company, southport: Company) -> None:
    """The account matrix, TENANT-01: every operation with an id x another account's object -> the same as for one that is nowhere, and nothing of theirs is
    changed. That is 404; of a role it is 400 with code 1034 (README 5),
    of a site, and of a number that is read, 400 as well (README 6).
    """
    for company in (northlake, southport):
        for verb in ("people.create_group", "people.create_im_group"):
            do(company.owner, verb, {"name": "Group"})
        license_all(company)
        do(company.operator, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(company.member.user_id)})
        make(company, *(item(company.member.user_id, kind) for kind in ("meeting", "webinar", "recording")))
        do(company.owner, "accounts.create_room", {"name": "Blue", "kind": "ZoomRoom"})
        do(company.owner, "accounts.create_site", {"name": "Oslo"})
        do(company.owner, "phone.create_template", {"name": "Desk"})
        do(company.owner, "phone.add_numbers", {"numbers": ["+4722000000"]})
    api, seen = caller(northlake.owner), 0
    before = sql.rows("SELECT * FROM people_standing WHERE account_id = %(a)s ORDER BY user_id", {"a": southport.account})
    for operation in OPERATIONS:
        if "{" in operation.path:
            status, body = told(api(operation.method, address(operation.path, southport), example(operation.body)))
            assert (status, body["code"]) in (
                (404, 1001),
                (404, 4130),
                (404, 2001),
                (404, 1012),
                (404, 3001),
                (404, 3301),
                (404, 1601),
                (400, 1034),
                (400, 400),
                (400, 404),
                (400, 300),
                (404, 404),
                (404, 15001),
                (404, 100002),
            ), (
                operation.method,
                operation.path,
                status,
                body,
            )
            nowhere = told(api(operation.method, re.sub(r"\{\w+\}", "AaIANazEdqyigcA1NyLlJg", operation.path), example(operation.body)))
            assert (nowhere[0], nowhere[1]["code"]) == (status, body["code"]), (operation.method, operation.path)
            seen += 1
    assert seen >= 7
    assert sql.rows("SELECT * FROM people_standing WHERE account_id = %(a)s ORDER BY user_id", {"a": southport.account}) == before


def test_a_member_may_nothing_of_an_admin(northlake: Company) -> None:
    """AUTHZ-13, AUTHZ-20: the app of a member with all scopes reads and writes nothing."""
    client = tokens.client(*_app_of_member(northlake), "192.0.2.9")
    assert client is not None
    api = Caller(tokens.issue(client)[0], Client())
    before = standing_of(northlake)
    for operation in OPERATIONS:
        asked = {"email": "a@b.test", "from": "2026-11-01", "to": "2026-11-02"}
        query = "?" + "&".join(f"{name}={asked.get(name, 'x')}" for name, field in operation.query.items() if field.required)
        status, _body = told(api(operation.method, address(operation.path, northlake) + query, example(operation.body)))
        assert status in (403, 404), (operation.method, operation.path, status)
    assert standing_of(northlake) == before


def _app_of_member(company: Company) -> tuple[str, str]:
    return app_of(company.operator, creator=company.member.user_id)


def standing_of(company: Company) -> Any:
    return sql.rows("SELECT * FROM people_standing WHERE account_id = %(a)s ORDER BY user_id", {"a": company.account})


def test_other_methods_do_nothing(northlake: Company) -> None:
    """AUTHZ-14: 405 for what an address does not know; an override is not honored."""
    api = caller(northlake.owner)
    by_path: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, set()).add(operation.method)
    for path, methods in by_path.items():
        for method in set(METHODS) - methods:
            answer = api(method, address(path, northlake), {})
            assert answer.status_code == 405 and set(answer["Allow"].split(", ")) == methods, (method, path)
    assert api("GET", f"/users/{northlake.member.email}?_method=DELETE", X_HTTP_Method_Override="DELETE").status_code == 200
    assert api("HEAD", "/users").status_code == 200
