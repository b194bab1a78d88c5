"""Limits on guessing: what is counted, by what, and that it cannot be got around."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from tests.people_of import PASSWORD, Company
from tests.threads import wide_pool
from usher.access import throttle, way_in
from usher.access.origin import client_ip, neighborhood
from usher.core import clock, sql
from usher.core.mode import Unsafe, read_mode
from usher.core.refusals import Refused

LIMIT = throttle.Limit("test", 3, 60)


def test_it_works(db: None) -> None:
    """DOS-01: three tries, then a refusal that says when to come again; the next window is open."""
    for _ in range(3):
        throttle.spend((LIMIT, "ann"))
    with pytest.raises(Refused) as refused:
        throttle.spend((LIMIT, "ann"))
    assert refused.value.kind == "later"
    assert 0 < refused.value.details["retry_after"] <= 60
    throttle.spend((LIMIT, "ben"))
    with clock.travel(clock.now() + timedelta(seconds=61)):
        throttle.spend((LIMIT, "ann"))


def test_a_refused_try_does_not_make_the_wait_longer(db: None) -> None:
    """DOS-03: whoever goes on trying is let in again no later."""
    start = clock.now()
    for second in range(59):
        with clock.travel(start + timedelta(seconds=second)):
            throttle.count((LIMIT, "ann"))
    with clock.travel(start + timedelta(seconds=61)):
        throttle.spend((LIMIT, "ann"))


def test_nothing_typed_stands_in_the_table(db: None) -> None:
    """SECRET-01: a password typed into the field of the address is not kept."""
    way_in.by_password("correct horse battery", "x", "192.0.2.1")
    assert "horse" not in repr(sql.rows("SELECT key FROM access_throttle"))


def test_fifty_at_once_reach_the_check_five_times(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """DOS-02: a burst of 50 parallel wrong passwords; at most 5 are looked at."""
    checked: list[str] = []

    def counting(password: str, encoded: str) -> bool:
        checked.append(password)
        return False

    monkeypatch.setattr(way_in, "check_password", counting)

    def attempt(n: int) -> str:
        try:
            way_in.by_password(northlake.owner.email, f"wrong {n}", "198.51.100.1")
            return "checked"
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with wide_pool(), ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(attempt, range(50)))
    assert len(checked) == 5
    assert sorted(set(answers)) == ["checked", "too_many"]


def test_success_gives_back(db: None, northlake: Company) -> None:
    """DOS-03: who signs in rightly all day, also from an office behind one address, is never limited."""
    for _ in range(60):
        assert way_in.by_password(northlake.owner.email, PASSWORD, "198.51.100.2") is not None


def test_one_origin_many_addresses(db: None) -> None:
    """DOS-01: spraying one password over many addresses from one origin stops after 50."""
    for n in range(50):
        way_in.by_password(f"p{n}@nowhere.test", "x", "198.51.100.3")
    with pytest.raises(Refused, match="Too many tries"):
        way_in.by_password("p51@nowhere.test", "x", "198.51.100.3")


def test_the_owner_is_not_locked_out(db: None, northlake: Company) -> None:
    """DOS-03: strangers everywhere fail with the owner's address; the owner still comes in from where they usually are."""
    way_in.came_in(northlake.owner.user_id, "password", "192.0.2.50", "")  # type: ignore[arg-type]
    for n in range(120):
        with contextlib.suppress(Refused):
            way_in.by_password(northlake.owner.email, "x", f"203.0.113.{n}")
    with pytest.raises(Refused):
        way_in.by_password(northlake.owner.email, PASSWORD, "203.0.113.200")
    assert way_in.by_password(northlake.owner.email, PASSWORD, "192.0.2.50") is not None


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("192.0.2.9", "", "192.0.2.9"),
        ("192.0.2.9", "1.2.3.4", "192.0.2.9"),  # not from a trusted proxy: ignored
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # what stands before the last hop is forged
        ("10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "a", "10.0.0.1"),  # nonsense does not skip the limit
        ("10.0.0.1", "1.2.3.4, a", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("", "1.2.3.4", "unknown"),
        ("::ffff:192.0.2.9", "", "192.0.2.9"),
    ],
)
def test_where_a_request_comes_from(settings: Any, remote: str, forwarded: str, expected: str) -> None:
    """DOS-01: X-Forwarded-For counts from trusted proxies only, up to the last hop that is not one of them."""
    settings.MODE = SimpleNamespace(trusted_proxies=("10.0.0.0/8",))
    assert client_ip({"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}) == expected


def test_a_proxy_that_is_none() -> None:
    """DOS-01: a typing error in the list of trusted proxies is told at the start, not at the first sign-in."""
    with pytest.raises(Unsafe, match=r"10\.0\.0\.0/80"):
        read_mode({"USHER_TRUSTED_PROXIES": "192.0.2.1, 10.0.0.0/80"})
    assert read_mode({"USHER_TRUSTED_PROXIES": "192.0.2.1,2001:db8::/32"}).trusted_proxies == ("192.0.2.1", "2001:db8::/32")


def test_an_ipv6_customer_is_one_origin() -> None:
    """DOS-01: the 2^64 addresses of one customer are one origin."""
    assert neighborhood("2001:db8:1:2::1") == neighborhood("2001:db8:1:2:ffff::9")
    assert neighborhood("2001:db8:1:2::1") != neighborhood("2001:db8:1:3::1")
    assert neighborhood("nonsense") == "unknown"
