"""The clocks of leaving strike in several workers at once, and people sign in meanwhile. Everything here commits for real."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.journal.racing import deadlocks
from tests.lifecycle.leavers import exists, somebody, with_content
from tests.people_of import Company, breaches, do, one, standing
from tests.threads import at_once
from usher.core import clock, sql
from usher.lifecycle import due
from usher.lifecycle.own_account import open_for
from usher.lifecycle.tasks import purge_due

pytestmark = pytest.mark.django_db(transaction=True)
LATER = datetime.now(UTC) + timedelta(days=40)
DAY = (datetime.now(UTC) + timedelta(days=10)).date()


def then(call: Any) -> Any:
    """The same call forty days from now."""
    with clock.travel(LATER):
        return call()


def changes(verb: str) -> int:
    found: int = sql.value("SELECT count(*) FROM journal_change WHERE verb = %(v)s", {"v": verb})
    return found


def login_of(user: UUID) -> UUID:
    found: UUID = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": user})
    return found


def test_a_date_is_done_once_by_eight_workers(company: Company) -> None:
    """FLOW-06: one Change, whoever is quicker; nobody waits in a ring."""
    people = [somebody(company, f"dated{n}") for n in range(3)]
    do(company.admin, "lifecycle.schedule", {"subjects": one(*people), "what": "deactivate", "day": str(DAY)})
    before = deadlocks()
    at_once([partial(then, due.do_due)] * 8)
    assert changes("lifecycle.deactivate") == 1
    assert {standing(p)["status"] for p in people} == {"inactive"}
    assert sql.value("SELECT array_agg(DISTINCT state) FROM lifecycle_dated") == ["done"]
    assert deadlocks() == before and not breaches()


def test_cancelled_at_the_same_moment(company: Company) -> None:
    """FLOW-08: either it was done, or it was cancelled and nobody lost access; never both."""
    for n in range(4):
        ann = somebody(company, f"either{n}")
        do(company.admin, "lifecycle.schedule", {"subjects": one(ann), "what": "deactivate", "day": str(DAY)})
        (found,) = due.dates_of(company.owner, ann)
        cancel = partial(do, company.admin, "lifecycle.cancel_date", {"ids": [str(found["id"])]})
        at_once([partial(then, due.do_due), cancel])
        state = sql.value("SELECT state FROM lifecycle_dated WHERE user_id = %(u)s", {"u": ann})
        assert (state, standing(ann)["status"]) in {("done", "inactive"), ("cancelled", "active")}
    assert not breaches()


def test_purged_and_restored_at_the_same_moment(company: Company) -> None:
    """F31: whole or gone, with all they had, never half."""
    for n in range(4):
        ann = somebody(company, f"half{n}")
        with_content(company, ann, "Weekly")
        do(company.admin, "lifecycle.delete", {"subjects": one(ann)})
        wishes: list[tuple[str, dict[str, Any]]] = [("lifecycle.purge", {"all": True}), ("lifecycle.restore", {"ids": [str(ann)]})]
        at_once([partial(do, company.owner, verb, params) for verb, params in wishes])
        items = sql.value("SELECT count(*) FROM content_standing WHERE owner_id = %(u)s", {"u": ann})
        assert (standing(ann)["status"] if exists(ann) else "purged", items) in {("active", 1), ("purged", 0)}
    assert not breaches()


def test_eight_workers_purge_once(company: Company) -> None:
    people = [somebody(company, f"over{n}") for n in range(3)]
    do(company.admin, "lifecycle.delete", {"subjects": one(*people)})
    told = at_once([partial(then, purge_due)] * 8)
    assert not [t for t in told if isinstance(t, Exception)], told
    assert (changes("lifecycle.purge"), [exists(p) for p in people]) == (1, [False] * 3)
    assert not breaches()


def test_eight_windows_sign_in_at_once(company: Company) -> None:
    """F20: one account is opened; and an undo of the unlinking at that moment gets them, or the account does."""
    ann, ben = somebody(company, "ann-windows"), somebody(company, "ben-undone")
    do(company.admin, "lifecycle.unlink", {"subjects": one(ann)})
    assert sorted(at_once([partial(open_for, login_of(ann))] * 8)) == [False] * 7 + [True]
    unlinked = do(company.admin, "lifecycle.unlink", {"subjects": one(ben)})
    assert unlinked.number

    from usher.journal import undo

    at_once([partial(open_for, login_of(ben)), partial(undo.start_undo, company.admin, unlinked.number)])
    living = sql.value("SELECT count(*) FROM people_user WHERE login_id = %(l)s AND left_at IS NULL", {"l": login_of(ben)})
    assert living == 1
    assert not breaches()
