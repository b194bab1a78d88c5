"""Limits of the API per account, plan and label (S4-43)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.caller import Caller, caller
from tests.people_of import Company, actor_of, do
from usher.access import throttle, tokens
from usher.api import limits
from usher.api.door import purpose_of
from usher.api.limits import RATES, Rates
from usher.api.operations import HEAVY, LIGHT, MEDIUM, OPERATIONS, RESOURCE_INTENSIVE
from usher.core import clock, sql

LABELS = (LIGHT, MEDIUM, HEAVY, RESOURCE_INTENSIVE)


@pytest.fixture(autouse=True)
def database(db: None) -> Iterator[None]:
    """Every test here is undone; what was lowered is forgotten."""
    yield
    purpose_of.cache_clear()


def few(monkeypatch: pytest.MonkeyPatch, counter: str, plan: str, **rates: Any) -> None:
    """Lower the limits of a plan."""
    purpose_of.cache_clear()
    monkeypatch.setitem(
        RATES[counter], plan, Rates(**{"light": 99, "medium": 99, "heavy": 99, "intensive": 99, "heavy_a_day": 99, **rates})
    )


def status_of(company: Company) -> Any:
    return sql.value("SELECT status FROM people_standing WHERE user_id = %(u)s", {"u": company.member.user_id})


@pytest.mark.parametrize(
    ("counter", "plan", "at_once", "a_day"),
    [
        ("", "free", (4, 2, 1, 10), {LIGHT: 6000, MEDIUM: 2000, HEAVY: 1000, RESOURCE_INTENSIVE: 30000}),
        ("", "pro", (30, 20, 10, 10), {"heavy": 30000}),
        ("", "business", (80, 60, 40, 20), {"heavy": 60000}),
        ("phone", "pro", (20, 10, 5, 5), {"heavy": 15000}),
        ("phone", "business", (40, 20, 10, 10), {"heavy": 30000}),
        ("contact-center", "pro", (20, 10, 5, 5), {"heavy": 15000}),
        ("contact-center", "business", (40, 20, 10, 10), {"heavy": 30000}),
    ],
)
def test_the_table_is_the_contracts(counter: str, plan: str, at_once: tuple[int, ...], a_day: dict[str, int]) -> None:
    """README 1, Rate limits. Resource-intensive calls by the minute, which with heavy ones share a day."""
    rates = RATES[counter][plan]
    assert tuple(rates.at_once(label)[0] for label in LABELS) == at_once
    assert [rates.at_once(label)[1] for label in LABELS] == [1, 1, 1, 60]
    assert dict(day for label in LABELS if (day := rates.a_day(label))) == a_day


def test_every_operation_has_a_limit(northlake: Company) -> None:
    for operation in OPERATIONS:
        for counter, plans in RATES.items():
            for rates in plans.values():
                assert rates.at_once(operation.label)[0] > 0, (operation, counter)
        assert limits.limits_of("business", operation)


def test_beyond_the_limit_nothing_is_done(northlake: Company, southport: Company, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """DOS-05: 429 with the contract's headers and no effect; another account is not touched by it, another app of the same one is."""
    few(monkeypatch, "", "business", light=2)
    other = caller(northlake.admin)
    first = api("GET", "/users/me")
    assert first.status_code == 200 and (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("2", "1")
    assert other("GET", "/users/me")["X-RateLimit-Remaining"] == "0"
    answer = api("PUT", f"/users/{northlake.member.email}/status", {"action": "deactivate"})
    assert answer.status_code == 429 and answer.json()["code"] == 429 and "per-second" in answer.json()["message"]
    assert (answer["X-RateLimit-Type"], answer["X-RateLimit-Category"]) == ("QPS", "Light")
    assert (answer["X-RateLimit-Limit"], answer["X-RateLimit-Remaining"], answer["Retry-After"]) == ("2", "0", "1")
    assert 0 <= int(answer["X-RateLimit-Reset"]) - clock.now().timestamp() + 1 <= 2
    assert status_of(northlake) == "active"
    assert caller(southport.owner).get("/users/me")[0] == 200
    with clock.travel(clock.now() + timedelta(seconds=2)):
        assert api.put(f"/users/{northlake.member.email}/status", {"action": "deactivate"})[0] == 204


def test_labels_and_areas_are_counted_apart(northlake: Company, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, "", "business", light=1, medium=1)
    assert [api.get(path)[0] for path in ("/users/me", "/users", "/users/me", "/users")] == [200, 200, 429, 429]
    counters = {limits.COUNTERS.get(part, "") for part in ("users", "phone", "number_management", "contact_center")}
    assert counters == set(RATES)


def test_a_day_has_its_own_limit(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A free account: the header says when the day is over, as a time: midnight UTC. A call that a second refused is none of the day's."""
    sql.execute("UPDATE accounts_account SET plan = 'free' WHERE id = %(a)s", {"a": northlake.account})
    few(monkeypatch, "", "free", light=1, each_a_day={LIGHT: 2})
    now = clock.now().replace(hour=12)
    with clock.travel(now):
        api = caller(northlake.owner)
        status, body = api.get("/users/me")  # AUTHZ-18: a plan without User Management has none of it here either
        assert (status, body["code"]) == (403, 200) and "plan of this account" in body["message"]
        assert [api("GET", "/users/me")["X-RateLimit-Type"] for _ in range(3)] == ["QPS"] * 3
    with clock.travel(now + timedelta(seconds=2)):
        assert api.get("/users/me")[0] == 403
    with clock.travel(now + timedelta(seconds=4)):
        answer = api("GET", "/users/me")
        assert answer.status_code == 429 and (answer["X-RateLimit-Type"], answer["X-RateLimit-Limit"]) == ("Daily-limit", "2")
        assert answer["Retry-After"] == f"{now + timedelta(days=1):%Y-%m-%d}T00:00:00Z" and b"daily rate limit" in answer.content
    with clock.travel(now + timedelta(hours=12, seconds=1)):
        assert caller(northlake.owner).get("/users/me")[0] == 403, "another day"


def test_invitations_and_groups_of_a_day(northlake: Company, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """behaviour B and G, R14: so many by the API alone; one that was refused for another reason is none of them."""
    by_path = {(o.method, o.path): {c.name: dict(c.most) for c in o.caps} for o in OPERATIONS}
    assert by_path["POST", "/users"] == {"invited": {"free": 50, "pro": 1500, "business": 10000}}
    assert by_path["POST", "/groups"] == {"groups": dict.fromkeys(("free", "pro", "business"), 100)}
    (cap,) = next(o.caps for o in OPERATIONS if (o.method, o.path) == ("POST", "/users"))
    monkeypatch.setitem(cap.most, "business", 2)  # type: ignore[arg-type]
    purpose_of.cache_clear()

    def invited(name: str, **headers: str) -> int:
        return api.post("/users", {"action": "create", "user_info": {"email": f"{name}@{northlake.domain}", "type": 1}}, **headers)[0]

    assert [invited("a", Idempotency_Key="1"), invited("a", Idempotency_Key="1"), invited("a")] == [201, 201, 409]
    assert [invited("no address at all"), invited("b"), invited("c")] == [400, 201, 429]
    assert not sql.value("SELECT 1 FROM people_user WHERE email LIKE 'c@%%'")


def test_features_once_in_ten_seconds(northlake: Company, api: Caller) -> None:
    body = {"feature_type": "user_type", "feature_value": "1", "users": [{"id": "x"}]}
    now = clock.now()
    assert api.post("/users/features", {**body, "feature_type": "none"})[0] == 400, "it did nothing and is not counted"
    with clock.travel(now + timedelta(seconds=2)):
        assert [api.post("/users/features", body)[0] for _ in range(2)] == [201, 429]
    with clock.travel(now + timedelta(seconds=13)):
        assert api.post("/users/features", body)[0] == 201


def test_counted_with_the_token(northlake: Company, api: Caller) -> None:
    """The price: no statement of its own. A call that is told no writes nothing; one whose scopes do not open the operation is not counted."""
    limit = throttle.Limit("x", 2, 1)
    wish = tokens.Purpose(frozenset({"user:read:admin"}), {"": (limit,)})
    with CaptureQueriesContext(connection) as seen:
        held = tokens.holder(api.token, wish)
    assert held and held.tallies[0].tries == 1 and len(seen) == 1
    assert [tries_of(api, wish) for _ in range(4)] == [2, 3, 3, 3]
    narrow = caller(northlake.owner, ["group:read:admin"])
    assert tokens.holder(narrow.token, replace(wish, limits={"": (replace(limit, name="y"),)})).tallies == ()  # type: ignore[union-attr]
    assert narrow.get("/users")[0] == 403
    assert not sql.value("SELECT count(*) FROM access_throttle WHERE key LIKE 'y|%%' OR key LIKE 'api--MEDIUM|%%'")


def tries_of(api: Caller, purpose: tokens.Purpose) -> int:
    held = tokens.holder(api.token, purpose)
    assert held
    return held.tallies[0].tries


def test_each_plan_has_its_own_limits(northlake: Company, api: Caller) -> None:
    """S4-43: what the account's plan says, at the next call; a plan that is not named has what stands under none."""
    wish = tokens.Purpose(limits={"free": [throttle.Limit("z", 1, 60)], "": [throttle.Limit("z", 9, 60)]})
    assert [tries_of(api, wish) for _ in range(3)] == [1, 2, 3]
    sql.execute("UPDATE accounts_account SET plan = 'free' WHERE id = %(a)s", {"a": northlake.account})
    held = tokens.holder(api.token, wish)
    assert held and held.tallies[0].limit.most == 1 and held.tallies[0].is_exceeded


def test_one_account_without_limits(northlake: Company, southport: Company, api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """S4-43: the operator's switch holds from the next call on, for this account alone."""
    few(monkeypatch, "", "business", light=0)
    assert api.get("/users/me")[0] == 429
    do(northlake.operator, "accounts.switch_api_limits", {"on": False})
    answer = api("GET", "/users/me")
    assert answer.status_code == 200 and "X-RateLimit-Limit" not in answer.headers
    assert southport.owner.user_id and limits.are_on(actor_of(southport.owner.user_id))
    do(northlake.operator, "accounts.switch_api_limits", {"on": True})
    assert api.get("/users/me")[0] == 429


def test_whoever_runs_the_server_can_switch_them_off(
    northlake: Company, api: Caller, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """For measuring: USHER_API_LIMITS=off."""
    few(monkeypatch, "", "business", light=0)
    assert api.get("/users/me")[0] == 429
    settings.API_LIMITS = False
    assert api.get("/users/me")[0] == 200
