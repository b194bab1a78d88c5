"""Limits of the API per account, plan and label (S4-43)."""

from typing import Any

import pytest

from tests.api.caller import caller
from tests.people_of import Company
from usher.api import limits
from usher.core import sql


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


def test_beyond_the_limit_nothing_is_done(northlake: Company, southport: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with the contract's headers; another account is not touched by it, another app of the same one is."""
    monkeypatch.setitem(limits.BUSINESS_A_SECOND, "LIGHT", 2)
    api, other = caller(northlake.owner), caller(northlake.admin)
    assert api.get("/users/me")[0] == 200 and other.get("/users/me")[0] == 200
    answer = api("PUT", f"/users/{northlake.member.email}/status", {"action": "deactivate"})
    assert answer.status_code == 429 and answer["X-RateLimit-Type"] == "QPS" and answer["X-RateLimit-Category"] == "Light"
    assert answer["X-RateLimit-Limit"] == "2" and answer["X-RateLimit-Remaining"] == "0" and int(answer["Retry-After"]) >= 1
    assert sql.value("SELECT status FROM people_standing WHERE user_id = %(u)s", {"u": northlake.member.user_id}) == "active"
    assert caller(southport.owner).get("/users/me")[0] == 200


def test_a_day_has_its_own_limit(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A free account: the header says when the day is over, as a time."""
    sql.execute("UPDATE accounts_account SET plan = 'free' WHERE id = %(a)s", {"a": northlake.account})
    monkeypatch.setitem(limits.A_DAY["free"], "LIGHT", 1)
    api = caller(northlake.owner)
    status, body = api.get("/users/me")  # AUTHZ-18: a plan without User Management has none of it here either
    assert (status, body["code"]) == (403, 200) and "plan of this account" in body["message"]
    answer = api("GET", "/users/me")
    assert answer.status_code == 429 and answer["X-RateLimit-Type"] == "Daily-limit" and answer["Retry-After"].endswith("Z")
    assert b"daily rate limit" in answer.content


def test_whoever_runs_the_server_can_switch_them_off(northlake: Company, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """For measuring: USHER_API_LIMITS=off."""
    monkeypatch.setitem(limits.BUSINESS_A_SECOND, "LIGHT", 0)
    api = caller(northlake.owner)
    assert api.get("/users/me")[0] == 429
    settings.API_LIMITS = False
    assert api.get("/users/me")[0] == 200
