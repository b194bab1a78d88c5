"""licenses.subscribe: quantity, price and term of a product together; and the ledger day by day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.people_of import BASIC, LICENSED, Company, breaches, do, outcome, seats
from usher.core import clock
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.licenses import history
from usher.licenses.subscribing import subscriptions

pytestmark = pytest.mark.django_db
NAME = "licenses.subscribe"


def wish(**terms: Any) -> dict[str, Any]:
    return {"product": LICENSED, "quantity": 12, "price": "12.50", "currency": "EUR", "starts": "2026-01-01", "ends": "2026-12-31", **terms}


def test_it_works(northlake: Company) -> None:
    """S4-24: subscription details; the quantity is the one the ledger counts by."""
    started = do(northlake.owner, NAME, wish())
    assert started.state == "done" and seats(northlake, LICENSED)["bought"] == 12
    assert subscriptions(northlake.owner)[LICENSED] == {
        "price": Decimal("12.50"),
        "currency": "EUR",
        "starts": date(2026, 1, 1),
        "ends": date(2026, 12, 31),
    }
    assert do(northlake.owner, NAME, wish()).state == "unchanged"
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    for refused in (
        lambda: do(northlake.member, NAME, wish()),
        lambda: subscriptions(northlake.member),
        lambda: history.weeks(northlake.member, BASIC),
    ):
        with pytest.raises(Refused) as no:
            refused()
        assert no.value.kind == "forbidden"
    assert seats(northlake, LICENSED)["bought"] == 10


def test_another_account_keeps_its_own(northlake: Company, southport: Company) -> None:
    """TENANT-12"""
    do(northlake.owner, NAME, wish())
    assert seats(southport, LICENSED)["bought"] == 10 and subscriptions(southport.owner) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"price": p} for p in ("-1", "1.005", "NaN", "Infinity", "x", 12.5, "1e9")),
        *({"currency": c} for c in ("eur", "EURO", "", None, 7)),
        {"price": None},
        *({"starts": d} for d in ("31.12.2026", "tomorrow", 7)),
        {"ends": "2025-12-31"},
        {"quantity": -1},
        {"product": "gold"},
        {"discount": "all"},
    ],
)
def test_wrong_parameters(northlake: Company, wrong: dict[str, object]) -> None:
    """MASS-01, MASS-08"""
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, wish(**wrong))
    assert no.value.kind == "invalid"


def test_fewer_than_in_use_is_refused(northlake: Company) -> None:
    """LIC-05"""
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, wish(product=BASIC, quantity=1))
    assert no.value.code == "in_use" and BASIC not in subscriptions(northlake.owner)


def test_terms_change_alone_and_quantity_changes_alone(northlake: Company) -> None:
    """A plan counts a change of either as one; `seats set` leaves the terms as they are."""
    do(northlake.owner, NAME, wish())
    dearer = plan(northlake.owner, NAME, wish(price="13"))
    seen = preview(dearer)
    assert seen.will == 1
    do(northlake.owner, NAME, wish(price="13"), digest=seen.digest)
    assert subscriptions(northlake.owner)[LICENSED]["price"] == Decimal("13.00")
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 20})
    assert subscriptions(northlake.owner)[LICENSED]["price"] == Decimal("13.00")


def test_undo_brings_both_back(northlake: Company) -> None:
    started = do(northlake.owner, NAME, wish())
    undone = undo.start_undo(northlake.owner, started.number or 0)
    assert outcome(northlake.owner, undone).done == 1
    assert seats(northlake, LICENSED)["bought"] == 10 and subscriptions(northlake.owner)[LICENSED]["price"] is None


def test_undo_leaves_terms_that_were_changed_since(northlake: Company) -> None:
    started = do(northlake.owner, NAME, wish())
    do(northlake.owner, NAME, wish(price="14.00"))
    with pytest.raises(Refused, match="changed meanwhile"):
        undo.start_undo(northlake.owner, started.number or 0)
    assert subscriptions(northlake.owner)[LICENSED]["price"] == Decimal("14.00")


def test_history_is_one_line_a_day(northlake: Company) -> None:
    """A day without a line is as the one before; the same day is written over; before the first day there is nothing."""
    today = clock.now()
    with clock.travel(today - timedelta(days=30)):
        assert history.write_today(northlake.account) > 0
        assert history.write_today(northlake.account) == 0
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 15})
    history.write_today()
    weeks = history.weeks(northlake.owner, LICENSED)
    assert [w["bought"] for w in weeks] == [10, 10, 10, 10, 15]
    assert weeks[-1]["day"] == today.date()
    assert history.taken_since(northlake.owner, 30)[LICENSED] == weeks[0]["used"] + weeks[0]["pending"]
    assert history.taken_since(northlake.owner, 31) == {}
