"""The token endpoint (README of the contract, section 2)."""

import base64
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.api.caller import app_of, token_of
from tests.people_of import Company, do
from usher.core import sql
from usher.core.ids import short, unshort

INVALID_CLIENT = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def basic(app: tuple[str, str]) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{app[0]}:{app[1]}".encode()).decode()}


def ask(app: tuple[str, str] | None, path: str = "/oauth/token", **form: str) -> tuple[int, Any]:
    answer: HttpResponse = Client(enforce_csrf_checks=True).post(path, form, headers=basic(app) if app else {})  # type: ignore[assignment]
    assert answer["Content-Type"] == "application/json" and answer["Cache-Control"] == "no-store" and not answer.cookies
    return answer.status_code, json.loads(answer.content)


def test_an_app_gets_a_token(northlake: Company) -> None:
    """S4-33: account_credentials by form and by query; client_credentials without an account."""
    app = app_of(northlake.owner, ["user:read:admin"])
    status, body = ask(app, grant_type="account_credentials", account_id=short(northlake.account))
    assert status == 200 and {k: body[k] for k in ("token_type", "expires_in", "scope")} == {
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": "user:read:admin",
    }
    assert body["api_url"].startswith("http") and "refresh_token" not in body
    assert Client().get("/v2/users", headers={"Authorization": f"Bearer {body['access_token']}"}).status_code == 200
    assert ask(app, f"/oauth/token?grant_type=account_credentials&account_id={short(northlake.account)}")[0] == 200
    assert ask(app, grant_type="client_credentials")[0] == 200
    assert ask(None, grant_type="client_credentials", client_id=app[0], client_secret=app[1])[0] == 200
    assert sql.value("SELECT last_used IS NOT NULL FROM access_app WHERE client_id = %(c)s", {"c": app[0]})


def test_wrong_clients_look_alike(northlake: Company, southport: Company) -> None:
    """TENANT-05, OAUTH-09: unknown, wrong, off, of another account: one answer."""
    app, account = app_of(northlake.owner), short(northlake.account)
    for wrong in (None, ("x", "y"), (app[0], "wrong"), (app[0], ""), ("", app[1]), (app[0] + "\x00", app[1])):
        assert ask(wrong, grant_type="account_credentials", account_id=account) == (400, INVALID_CLIENT), wrong
    for other in (short(southport.account), "", "x", str(southport.account)):
        assert ask(app, grant_type="account_credentials", account_id=other) == (400, INVALID_CLIENT)
    do(northlake.owner, "access.edit_app", {"app": unshort(app[0]), "is_on": False})
    assert ask(app, grant_type="account_credentials", account_id=account) == (400, INVALID_CLIENT)


@pytest.mark.parametrize("grant", ["", "password", "implicit", "token", "urn:ietf:params:oauth:grant-type:jwt-bearer"])
def test_other_grants(northlake: Company, grant: str) -> None:
    """OAUTH-14: no token."""
    assert ask(app_of(northlake.owner), grant_type=grant) == (400, {"reason": "unsupported grant type", "error": "unsupported_grant_type"})


def test_a_parameter_stands_once(northlake: Company) -> None:
    """MASS-05: not in the query and the form, and a secret never in the query."""
    app = app_of(northlake.owner)
    status, body = ask(app, "/oauth/token?grant_type=client_credentials", grant_type="client_credentials")
    assert status == 400 and body["error"] == "invalid_request"
    assert ask(None, f"/oauth/token?grant_type=client_credentials&client_id={app[0]}&client_secret={app[1]}")[1] == INVALID_CLIENT
    answer = Client().get("/oauth/token?grant_type=client_credentials", headers=basic(app))
    assert answer.status_code == 405 and answer["Allow"] == "POST"


def test_a_token_is_ended_by_its_own_client(northlake: Company) -> None:
    """OAUTH-08: another's stays, and the answer is the same."""
    app, other = app_of(northlake.owner), app_of(northlake.owner)
    body = ask(app, grant_type="client_credentials")[1]
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    assert ask(other, "/oauth/revoke", token=body["access_token"]) == (200, {"status": "success"})
    assert Client().get("/v2/users/me", headers=bearer).status_code == 200
    assert ask(app, f"/oauth/revoke?token={body['access_token']}") == (200, {"status": "success"})
    assert Client().get("/v2/users/me", headers=bearer).status_code == 401
    assert ask(None, "/oauth/revoke", token=token_of(northlake.owner)) == (400, INVALID_CLIENT)
