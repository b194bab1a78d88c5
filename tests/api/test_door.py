"""The door of the API: tokens, scopes, methods, spellings, bodies; and the matrices over every operation there is."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.caller import Caller, caller, token_of, told
from tests.content.items import item, license_all, make
from tests.people_of import Company, actor_of, do, one, rows_written
from usher.access import scopes, tokens
from usher.api import door
from usher.api.operations import OPERATIONS
from usher.core import clock, sql
from usher.core.ids import short

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def address(path: str, company: Company) -> str:
    """An operation's path with objects of this company."""
    group = sql.value(
        "SELECT id FROM people_group WHERE account_id = %(a)s AND kind = %(k)s",
        {"a": company.account, "k": "im" if "/im/" in path else "user"},
    )
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND key <> 'admin'", {"a": company.account})
    room = sql.value("SELECT id FROM accounts_room WHERE account_id = %(a)s LIMIT 1", {"a": company.account})
    ids: dict[str, Any] = {
        "userId": company.member.user_id,
        "memberId": company.member.user_id,
        "groupId": group,
        "roleId": role,
        "accountId": company.account,
        "roomId": room,
        "recordingId": item_of(company, "recording"),
        "eventSubscriptionId": sql.value("SELECT id FROM webhooks_subscription WHERE account_id = %(a)s LIMIT 1", {"a": company.account}),
    }
    from uuid import UUID

    ids["meetingId"] = item_of(company, "recording" if "/recordings" in path else "meeting")
    ids["webinarId"] = item_of(company, "webinar")
    return re.sub(r"\{(\w+)\}", lambda m: short(UUID(str(ids[m.group(1)]))) if ids[m.group(1)] else "AaIANazEdqyigcA1NyLlJg", path)


def item_of(company: Company, kind: str) -> Any:
    """An item of this company; a recording without a meeting is also found as one."""
    return sql.value(
        "SELECT id FROM content_item WHERE account_id = %(a)s AND kind = %(k)s ORDER BY id LIMIT 1", {"a": company.account, "k": kind}
    )


def test_without_a_token_nothing_is_there(northlake: Company) -> None:
    """AUTHZ-13, S4-40: every operation, and every address that is none, is 401 with code 124 for a stranger; a session is no way in."""
    from tests.signed_in import signed_in

    for client in (Client(), signed_in(northlake.owner.user_id)):
        for path in [address(o.path, northlake) for o in OPERATIONS] + ["/nowhere"]:
            for method in METHODS:
                answer = client.generic(method, "/v2" + path)
                assert told(answer) == (401, {"code": 124, "message": "Invalid access token."}), (method, path)  # type: ignore[arg-type]
                assert answer["x-zm-trackingid"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x", "Basic x", "Token {t}", "Bearer {t}x", "Bearer \x00", "{t}"])
def test_a_token_is_taken_from_its_header_only(northlake: Company, header: str) -> None:
    """S4-35, OAUTH-10: Bearer and the whole token; never from the query."""
    token = token_of(northlake.owner)
    assert Client().get(f"/v2/users?access_token={token}", headers={"Authorization": header.replace("{t}", token)}).status_code == 401
    assert Client().get("/v2/users", headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_a_token_that_is_over_says_so(northlake: Company) -> None:
    """S4-40: clients look for these words and ask for another token."""
    api = caller(northlake.owner)
    with clock.travel(clock.now() + tokens.LIFE + timedelta(seconds=1)):
        assert api.get("/users") == (401, {"code": 124, "message": "Access token is expired."})


def test_whoever_left_is_out_at_the_next_request(northlake: Company) -> None:
    """AUTHZ-08, F14: demoted, the app may nothing of an admin; deactivated, its token is none."""
    api, admin = caller(northlake.admin), northlake.admin.user_id
    assert admin is not None and api.get("/users")[0] == 200
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(admin)})
    status, body = api.get("/users")
    assert (status, body["code"]) == (403, 200) and "people:user:view" in body["message"]
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(admin)})
    assert api.get("/users")[0] == 401


def test_every_operation_asks_for_its_scope(northlake: Company) -> None:
    """AUTHZ-07, S4-34, S4-41, R8: with every scope but its own, 403 with body code 4711 and the contract's text; nothing is written."""
    before = rows_written()
    for operation in (o for o in OPERATIONS if o.scopes.all):
        others = [s for s in scopes.known() if s not in operation.scopes.all]
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


def test_either_scope_opens_an_operation(northlake: Company) -> None:
    """Classic and granular scopes alike; who may write by a classic one may read."""
    for scope in ("user:read:list_users:admin", "user:read:admin", "user:write:admin"):
        assert caller(northlake.owner, [scope]).get("/users")[0] == 200, scope
    assert caller(northlake.owner, ["user:read:admin"]).post("/users", {})[0] == 403


def test_objects_of_another_account_do_not_exist(northlake: Company, southport: Company) -> None:
    """The account matrix, TENANT-01: every operation with an id x another account's object -> the same as for one that is nowhere, and nothing of theirs is
    changed. That is 404; of a role it is 400 with code 1034 (README 5).
    """
    for company in (northlake, southport):
        for verb in ("people.create_group", "people.create_im_group"):
            do(company.owner, verb, {"name": "Group"})
        license_all(company)
        do(company.operator, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(company.member.user_id)})
        make(company, *(item(company.member.user_id, kind) for kind in ("meeting", "webinar", "recording")))
        do(company.owner, "accounts.create_room", {"name": "Blue", "kind": "ZoomRoom"})
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


def example(fields: Any) -> dict[str, Any]:
    """A body that has what it must have."""
    plain = {"string": "x@y.test", "integer": 1, "boolean": True, "array": [], "object": {}}
    made = {n: example(f.fields) if f.fields else (f.one_of[0] if f.one_of else plain[f.kind]) for n, f in fields.items() if f.required}
    return {**made, **({"first_name": "A"} if "first_name" in fields else {})}


def test_a_member_may_nothing_of_an_admin(northlake: Company) -> None:
    """AUTHZ-13, AUTHZ-20: the app of a member with all scopes reads and writes nothing."""
    client = tokens.client(*_app_of_member(northlake), "192.0.2.9")
    assert client is not None
    api = Caller(tokens.issue(client)[0], Client())
    before = standing_of(northlake)
    for operation in OPERATIONS:
        asked = {"email": "a@b.test", "from": "2026-11-01", "to": "2026-11-02"}
        query = "?" + "&".join(f"{name}={asked[name]}" for name, field in operation.query.items() if field.required)
        status, _body = told(api(operation.method, address(operation.path, northlake) + query, example(operation.body)))
        assert status in (403, 404), (operation.method, operation.path, status)
    assert standing_of(northlake) == before


def _app_of_member(company: Company) -> tuple[str, str]:
    from tests.api.caller import app_of

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


def test_what_is_no_endpoint(northlake: Company) -> None:
    """400 with code 2300 as README 1 says; odd spellings lead nowhere else (AUTHZ-15)."""
    api = caller(northlake.owner)
    for path in ("/", "/nowhere", "/users/x/y/z", "/USERS", "/users;a=b", "/users%00", "//users"):
        status, body = api.get(path)
        assert (status, body["code"]) in ((400, 2300), (404, 1001)), path
    assert api.get("/users/")[0] == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('"x"', 400),
        ('{"action":"deactivate","action":"activate"}', 400),
        ('{"action":NaN}', 400),
        ('{"action":"deactivate","x":Infinity}', 400),
        ('{"action":"deactivate","x":-1e400}', 400),
        ('{"action":"deactivate","x":' + "9" * 5_000 + "}", 400),
        ('{"action":"deactivate","x":' + "[" * 100_000 + "]" * 100_000 + "}", 400),
        ('{"action":"deactivate",' + ",".join(f'"k{n}":{n}' for n in range(100_000)) + "}", 413),
        ('{"action":1e2,' + ",".join(f'"k{n}":{n}' for n in range(50_000)) + "}", 400),
        ("[" * 100_000, 400),
        (b"\xff\xfe", 400),
        ('{"action":"deactivate","x":"' + "a" * (1024 * 1024) + '"}', 413),
        ('{"action":{}}', 400),
        ("", 400),
    ],
)
def test_bodies_that_are_none(northlake: Company, body: Any, status: int) -> None:
    """DOS-06, MASS-05, MASS-08: refused as JSON with a code, and nothing is done."""
    answer = caller(northlake.owner)("PUT", f"/users/{northlake.member.email}/status", body)
    assert answer.status_code == status and json.loads(answer.content)["code"] == 300
    assert actor_of(northlake.member.user_id)  # type: ignore[arg-type]
    assert sql.value("SELECT status FROM people_standing WHERE user_id = %(u)s", {"u": northlake.member.user_id}) == "active"


@pytest.mark.parametrize("number", [2**31, 2**63, 2**70, -1, -(2**70), 0, "9" * 4_000])
def test_numbers_beyond_every_type(northlake: Company, number: Any) -> None:
    """DOS-08: in a query and in a body, refused with code 300 and nothing is done. A page that is only large is the largest there is."""
    api = caller(northlake.owner)
    assert api.get(f"/users?page_size={number}")[0] == (200 if number == 2**31 else 400)
    assert api.get(f"/users?page_number={number}")[0] == 400
    status, body = api.patch(f"/users/{northlake.member.email}", f'{{"zoom_one_type":{number}}}')
    assert (status, body["code"]) == (400, 300)


@pytest.mark.parametrize("path", ["/v2/users", "/v2/nowhere", "/oauth/token", "/oauth/revoke"])
@pytest.mark.parametrize("size", [9 * 1024 * 1024, 25 * 1024 * 1024, 4 * 1024**3])
def test_more_than_we_read(northlake: Company, path: str, size: int) -> None:
    """A body larger than any request is refused by its announced size, as JSON, before it is read."""
    headers = {"Authorization": f"Bearer {token_of(northlake.owner)}"} if path.startswith("/v2") else {}
    kind = "application/json" if path.startswith("/v2") else "application/x-www-form-urlencoded"
    answer = Client().generic("POST", path, b"x", content_type=kind, headers=headers, CONTENT_LENGTH=str(size))
    assert answer["Content-Type"] == "application/json"
    assert answer.status_code == (400 if path == "/v2/nowhere" and size < 24 * 1024 * 1024 else 413)


def test_a_method_nobody_knows(northlake: Company) -> None:
    answer = Client().generic("BREW", "/v2/users")
    assert answer.status_code == 405 and answer.json()["code"] == 405 and answer["Allow"]


@pytest.mark.parametrize("depth", [99, 500, 900, 5_000])
def test_a_deep_body_is_none_with_a_key_too(northlake: Company, depth: int) -> None:
    """DOS-06: what a key is bound to walks over the whole body; too deep for that is refused before."""
    body = '{"action":"deactivate","x":' + "[" * depth + "]" * depth + "}"
    answer = caller(northlake.owner)("PUT", f"/users/{northlake.member.email}/status", body, Idempotency_Key="k")
    assert answer.status_code == (204 if depth < 100 else 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_of_another_kind(northlake: Company, kind: str) -> None:
    """MASS-07: 415, whatever page sent it."""
    answer = Client().put(
        f"/v2/users/{northlake.member.email}/status",
        '{"action":"deactivate"}',
        content_type=kind,
        headers={"Authorization": f"Bearer {token_of(northlake.owner)}"},
    )
    assert answer.status_code == 415 and answer["Content-Type"] == "application/json"


def test_no_cookie_no_cache_no_other_origin(northlake: Company) -> None:
    """TENANT-11, WEB-04: what one account reads is kept by nobody and given to no page of another origin."""
    answer = caller(northlake.owner)("GET", "/users", Origin="https://evil.example")
    assert answer.status_code == 200 and not answer.cookies and answer["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer and answer["X-Content-Type-Options"] == "nosniff"


def test_a_call_asks_the_database_a_few_times(northlake: Company) -> None:
    """The token is one query; a list is its page, its number and the limit beside it."""
    api = caller(northlake.owner)
    with CaptureQueriesContext(connection) as seen:
        api.get("/users")
    assert len([q for q in seen if not (q["sql"] or "").startswith(("SAVEPOINT", "RELEASE"))]) <= 5
    with CaptureQueriesContext(connection) as seen:
        assert tokens.holder(api.token)
    assert len(seen) == 1


def test_a_broken_operation_tells_nothing(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """SECRET-07, AUTHZ-21: 500 as JSON with a number; a database that does not answer is 503, and nobody gets in meanwhile."""
    api = caller(northlake.owner)
    for error, status in ((RuntimeError("SELECT secret"), 500), (OperationalError("host=db"), 503)):

        def fail(*_a: Any, error: Exception = error, **_k: Any) -> Any:
            raise error

        monkeypatch.setattr(door.tokens, "holder", fail)
        found, body = api.get("/users")
        assert found == status and "secret" not in str(body) and "host" not in str(body)
