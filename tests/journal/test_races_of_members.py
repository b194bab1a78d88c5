"""All members at once while somebody else takes seats: what was held is kept, what was free at the start is all there is. Everything commits for real."""

from collections import Counter
from functools import partial

import pytest

from tests.journal.racing import UNASSIGNED, deadlocks, to
from tests.people_of import BASIC, LICENSED, Company, breaches, crowd, do, finish, one, outcome, seats
from tests.threads import at_once
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.plan import preview
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "licenses.change_members_license"
UP, DOWN = {"from": BASIC, "license": LICENSED}, {"from": LICENSED, "license": BASIC}


def test_seats_taken_between_the_plan_and_its_start(company: Company) -> None:
    """S0-57, LIC-03: another admin takes 40 of 500 while somebody reads; nothing, or exactly the 460 that are left, and a list of the others."""
    crowd(company.owner, 700)
    others = crowd(company.owner, 40, prefix="o", license=UNASSIGNED)
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 500})
    wish = plan(company.admin, NAME, UP)
    seen = preview(wish)
    assert (seen.will, seen.fits) == (702, 500)
    do(company.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(*others)})
    with pytest.raises(Refused) as no:
        engine.start(wish, "all", digest=seen.digest)
    assert (no.value.code, no.value.details) == ("no_seat", {"product": LICENSED, "needed": 702, "free": 460})
    assert seats(company, LICENSED)["held"] == 0
    told = outcome(company.admin, finish(engine.start(wish, "first", digest=seen.digest, short="first")))
    assert (told.done, told.reasons) == (460, {"no_seat": 242, "owner_stays": 1, "admin_stays": 1})
    assert sum(seats(company, LICENSED)[bucket] for bucket in ("used", "pending", "held")) == 500
    assert not breaches()


def test_seats_that_are_held_are_nobody_else_s(company: Company) -> None:
    """S0-57, LIC-07: between the start and the last chunk others find none free; the first 500 get theirs."""
    crowd(company.owner, 700)
    others = crowd(company.owner, 20, prefix="o", license=UNASSIGNED)
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 500})
    started = engine.start(plan(company.admin, NAME, UP), "held", short="first")
    assert started.state == "running" and seats(company, LICENSED)["held"] == 500
    told = at_once([partial(finish, started), *[to(LICENSED, p, company=company) for p in others]])
    assert Counter(t.code if isinstance(t, Refused) else t.state for t in told[1:]) == {"no_seat": 20}
    finish(started)
    assert outcome(company.admin, started).done == 500
    assert not breaches()


def test_up_and_down_at_once(company: Company) -> None:
    """F35, LIC-02: all Basic members up while all Licensed ones go down, twice over: no deadlock, nothing oversold, every seat is somebody's."""
    crowd(company.owner, 600)
    crowd(company.owner, 600, prefix="l", license=UNASSIGNED)
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 900})
    do(company.owner, NAME, {"from": UNASSIGNED, "license": LICENSED})
    before = deadlocks()
    told = at_once([partial(do, company.admin, NAME, way, short="first") for way in (UP, DOWN, UP, DOWN)])
    assert not [t for t in told if isinstance(t, Exception)], told
    assert deadlocks() == before
    assert not breaches()
