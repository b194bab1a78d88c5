"""How often an app calls, day by day: added up in memory, written now and then (issue 6)."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.people_of import Company, do
from tests.threads import at_once
from usher.access import api_apps, app_calls
from usher.core import clock, sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""
    app_calls.write()  # what other tests of this process counted


def made(company: Company) -> UUID:
    return api_apps.make(company.owner, "HR sync", "all", f"test:{uuid7()}")[0]


def test_it_works(northlake: Company) -> None:
    """Nothing is written by a call; then each day has its sum, also when several processes add to it, and days without calls are there."""
    app = made(northlake)
    with clock.travel(clock.now() - timedelta(days=2)):
        app_calls.count(app)
        app_calls.write()
    for _n in range(3):
        app_calls.count(app)
    assert sql.value("SELECT sum(calls) FROM access_appcalls") == 1
    app_calls.write()
    app_calls.count(app)
    app_calls.write()
    days = app_calls.by_day(northlake.owner, app)
    assert [d["calls"] for d in days] == [0] * 27 + [1, 0, 4] and days[-1]["day"] == clock.now().date()


def test_without_the_privilege(northlake: Company) -> None:
    with pytest.raises(Refused, match="API apps"):
        app_calls.by_day(northlake.member, made(northlake))


def test_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-05: an app of another account has no calls."""
    app = made(southport)
    app_calls.count(app)
    app_calls.write()
    assert sum(d["calls"] for d in app_calls.by_day(northlake.owner, app)) == 0
    assert sum(d["calls"] for d in app_calls.by_day(southport.owner, app)) == 1


def test_threads_lose_nothing(northlake: Company) -> None:
    app = made(northlake)
    at_once([lambda: [app_calls.count(app) for _n in range(500)] for _t in range(8)])
    app_calls.write()
    assert sum(d["calls"] for d in app_calls.by_day(northlake.owner, app)) == 4000


def test_an_app_that_is_gone_stops_nobody(northlake: Company) -> None:
    """Deleted between the call and the writing: the others are written; and deleting takes the counts along."""
    gone, app = made(northlake), made(northlake)
    app_calls.count(gone)
    app_calls.write()
    app_calls.count(gone)
    app_calls.count(app)
    do(northlake.owner, "access.delete_app", {"app": gone})
    app_calls.write()
    assert sql.rows("SELECT app_id, calls FROM access_appcalls") == [{"app_id": app, "calls": 1}]
    with clock.travel(clock.now() + timedelta(days=app_calls.KEPT_DAYS + 1)):
        assert app_calls.sweep() == 1
