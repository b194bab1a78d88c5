"""The door of the API: tokens, scopes, spellings, failures. The matrices over every operation stand in test_every_operation.py, bodies in test_bodies.py."""

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from tests.api.caller import caller, token_of
from tests.people_of import Company, do, one
from usher.access import tokens
from usher.api import door
from usher.core import clock


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


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


def test_either_scope_opens_an_operation(northlake: Company) -> None:
    """Classic and granular scopes alike; who may write by a classic one may read."""
    for scope in ("user:read:list_users:admin", "user:read:admin", "user:write:admin"):
        assert caller(northlake.owner, [scope]).get("/users")[0] == 200, scope
    assert caller(northlake.owner, ["user:read:admin"]).post("/users", {})[0] == 403


def test_what_is_no_endpoint(northlake: Company) -> None:
    """400 with code 2300 as README 1 says; odd spellings lead nowhere else (AUTHZ-15)."""
    api = caller(northlake.owner)
    for path in ("/", "/nowhere", "/users/x/y/z", "/USERS", "/users;a=b", "/users%00", "//users"):
        status, body = api.get(path)
        assert (status, body["code"]) in ((400, 2300), (404, 1001)), path
    assert api.get("/users/")[0] == 200


def test_a_method_nobody_knows(northlake: Company) -> None:
    answer = Client().generic("BREW", "/v2/users")
    assert answer.status_code == 405 and answer.json()["code"] == 405 and answer["Allow"]


def test_no_cookie_no_cache_no_other_origin(northlake: Company) -> None:
    """TENANT-11, WEB-04: what one account reads is kept by nobody and given to no page of another origin."""
    answer = caller(northlake.owner)("GET", "/users", Origin="https://evil.example")
    assert answer.status_code == 200 and not answer.cookies and answer["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer and answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("https", [False, True])
def test_programs_get_the_headers_of_pages(northlake: Company, https: bool) -> None:
    """WEB-04: the same strict ones, although an answer to a program passes the middlewares of pages by."""
    with override_settings(SECURE_HSTS_SECONDS=600 if https else 0):
        page, client = Client().get("/sign-in", secure=https), Client()
        strict = {
            name: value
            for name, value in page.headers.items()
            if name not in ("Content-Type", "Content-Length", "Content-Language", "X-Request-Id", "Vary")
        }
        assert len(strict) == 8 + https
        bearer = {"Authorization": f"Bearer {token_of(northlake.owner)}"}
        for method, path in (("GET", "/users"), ("GET", "/nowhere"), ("PATCH", "/users"), ("BREW", "/users"), ("GET", "/users%0A")):
            answer = client.generic(method, f"/v2{path}", headers=bearer, secure=https)
            assert {name: answer[name] for name in strict} == strict and answer["Vary"] == "Accept-Encoding", path


def test_large_answers_are_compressed_for_who_asks(northlake: Company) -> None:
    api = caller(northlake.owner)
    packed = api("GET", "/users", Accept_Encoding="br, gzip")
    assert packed["Content-Encoding"] == "gzip" and len(packed.content) == int(packed["Content-Length"])
    assert json.loads(gzip.decompress(packed.content)) == api.get("/users")[1]


def test_what_a_query_says_is_remembered_for_its_operation(northlake: Company) -> None:
    """The same words mean something else to another operation, and what cannot be read is refused however often it comes (MASS-05)."""
    api = caller(northlake.owner)
    for _time in range(2):
        assert [len(api.get(f"/users?page_size={n}")[1]["users"]) for n in (1, 2)] == [1, 2]
        assert api.get("/groups?page_size=2")[0] == 200
        assert api.get("/users?page_size=2&status=pending")[1]["users"] != api.get("/users?page_size=2")[1]["users"]
        for wrong in ("page_size=x", "page_size=1&page_size=2", f"page_size=x&{'y' * 300}"):
            assert api.get(f"/users?{wrong}")[0] == 400, wrong


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
