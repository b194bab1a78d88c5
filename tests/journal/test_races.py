"""Many at once: the last seat, one key, one run, two opposite mass changes. Everything here commits for real."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from tests.journal.racing import CHANGE_LICENSE, UNASSIGNED, deadlocks, to
from tests.people_of import (
    BASIC,
    LICENSED,
    Company,
    accept_invitation,
    add_ons,
    breaches,
    crowd,
    do,
    everybody,
    finish,
    one,
    outcome,
    seats,
)
from tests.threads import at_once
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads, run
from usher.journal.verb import plan

WITHOUT_SEAT = "SELECT user_id AS id FROM people_standing WHERE user_id = ANY(%(u)s) AND license = %(l)s"


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("rounds", [2, pytest.param(10, marks=pytest.mark.fault)])
def test_a_hundred_takers_of_the_last_seat(company: Company, rounds: int) -> None:
    """F30, LIC-07: exactly one gets it, 99 are told that none is free."""
    people = crowd(company.owner, 100)
    for bought in range(1, rounds + 1):
        do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": bought})
        waiting = [r["id"] for r in sql.rows(WITHOUT_SEAT, {"u": people, "l": BASIC})]
        told = at_once([to(LICENSED, p, company=company) for p in waiting])
        assert Counter(t.code if isinstance(t, Refused) else t.state for t in told) == {"done": 1, "no_seat": len(waiting) - 1}
        assert seats(company, LICENSED) == {"bought": bought, "used": 0, "pending": bought, "held": 0}
    assert not breaches()


def test_three_seats_and_five_who_are_asked_in_at_once(company: Company) -> None:
    """LIC-07: a pending person holds a seat, so the fourth and fifth invitation are refused, not the fourth and fifth acceptance."""
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 3})
    told = at_once([partial(crowd, company.owner, 1, prefix=f"five{n}x", license=LICENSED) for n in range(5)])
    invited = [t[0] for t in told if isinstance(t, list)]
    assert [t.code for t in told if isinstance(t, Refused)] == ["no_seat", "no_seat"]
    assert len(invited) == 3
    assert at_once([partial(accept_invitation, u) for u in invited]) == [None] * 3
    assert seats(company, LICENSED) == {"bought": 3, "used": 3, "pending": 0, "held": 0}
    assert not breaches()


def test_one_key_a_hundred_times_at_once(company: Company) -> None:
    """LIC-11, F20: one effect; every answer names the same change."""
    (person,) = crowd(company.owner, 1)
    told = at_once([to(LICENSED, person, company=company, key="gift")] * 100)
    assert {t.change_id for t in told} == {told[0].change_id}
    assert Counter(t.repeat for t in told) == {False: 1, True: 99}
    assert seats(company, LICENSED) == {"bought": 10, "used": 0, "pending": 1, "held": 0}


def test_one_key_twenty_times_at_once_for_a_run(company: Company) -> None:
    """F20: the same for a set that goes in chunks: it is staged, held and run once."""
    crowd(company.owner, 600)
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 700})
    wish = plan(company.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": everybody(company, status=["pending"])})
    told = at_once([partial(engine.start, wish, "button")] * 20)
    assert {t.change_id for t in told} == {told[0].change_id}
    assert seats(company, LICENSED) == {"bought": 700, "used": 0, "pending": 0, "held": 601}
    finish(told[0])
    assert seats(company, LICENSED) == {"bought": 700, "used": 0, "pending": 601, "held": 0}
    assert sql.value("SELECT count(*) FROM journal_planrow") == 0
    assert not breaches()


def test_eight_workers_on_one_run(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """F01, F03: every row is done once, whoever steps."""
    for module, name in ((engine, "CHUNK_MIN"), (run, "CHUNK_MIN"), (run, "CHUNK_MAX")):
        monkeypatch.setattr(module, name, 100)
    crowd(company.owner, 1_200)
    started = engine.start(
        plan(company.owner, CHANGE_LICENSE, {"license": UNASSIGNED, "subjects": everybody(company, status=["pending"])}), "eight"
    )
    assert started.number and started.change_id
    at_once([partial(finish, started)] * 8)
    finish(started)
    assert outcome(company.owner, started).done == 1_201
    effects = sql.row(
        "SELECT count(*)::int AS n, count(DISTINCT obj)::int AS people FROM journal_effect WHERE change_id = %(c)s",
        {"c": started.change_id},
    )
    assert effects == {"n": 1_201, "people": 1_201}
    assert (
        sql.value("SELECT max(version) FROM people_standing WHERE account_id = %(a)s AND status = 'pending'", {"a": company.account}) == 2
    )
    assert not breaches()


def test_seats_are_taken_beside_a_run_that_holds_some(company: Company) -> None:
    """LIC-07, F30: others take what is free, never what is held; the run keeps its promise."""
    people = crowd(company.owner, 700)
    others = crowd(company.owner, 30)
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 710})
    wish = plan(company.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(*people)})
    started = engine.start(wish, "holder")
    told = at_once([partial(finish, started), *[to(LICENSED, p, company=company) for p in others]])
    assert Counter(t.code if isinstance(t, Refused) else t.state for t in told[1:]) == {"done": 10, "no_seat": 20}
    finish(started)
    assert outcome(company.owner, started).done == 700
    assert seats(company, LICENSED) == {"bought": 710, "used": 0, "pending": 710, "held": 0}
    assert not breaches()


@pytest.mark.parametrize("size", [700, pytest.param(2_000, marks=pytest.mark.fault)])
def test_two_opposite_mass_changes_and_single_edits(company: Company, size: int) -> None:
    """F35: two runs over the same people in opposite directions beside single edits: no deadlock, and the ledger is right."""
    people = crowd(company.owner, size)
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 9_000})
    before, stop = deadlocks(), threading.Event()

    def back_and_forth(*licenses: str) -> int:
        for license in licenses:
            subjects = everybody(company, status=["pending"])
            finish(
                engine.start(plan(company.owner, CHANGE_LICENSE, {"license": license, "subjects": subjects}), str(uuid4()), short="first")
            )
        return 1

    def single_edits(offset: int) -> int:
        n = 0
        while not stop.is_set():
            for verb, params in ((CHANGE_LICENSE, {"license": UNASSIGNED}), (CHANGE_LICENSE, {"license": BASIC})):
                person = people[(offset + n * 37) % len(people)]
                try:
                    do(company.owner, verb, {**params, "subjects": one(person)})
                except Refused as no:
                    assert no.code == "changed", no
                n += 1
        return n

    def both(calls: list[Callable[[], int]]) -> list[Any]:
        try:
            return at_once(calls)
        finally:
            stop.set()

    began = time.monotonic()
    told = at_once(
        [partial(both, [partial(back_and_forth, LICENSED, UNASSIGNED, LICENSED), partial(back_and_forth, UNASSIGNED, LICENSED, BASIC)])]
        + [partial(single_edits, n * size // 4) for n in range(4)]
    )
    assert told[0] == [1, 1]
    assert sum(told[1:]) > 20, f"{told[1:]} single edits in {time.monotonic() - began:.1f} s"
    assert deadlocks() == before
    assert not breaches()


def test_a_base_goes_while_its_add_on_comes(company: Company) -> None:
    """LIC-08: Licensed away against Webinar given, and Webinar against Events: one of the two is refused, never both done."""
    do(company.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 100})
    people = crowd(company.owner, 5, license=LICENSED)
    give = "licenses.give_add_on"
    for person in people:
        told = at_once(
            [to(BASIC, person, company=company), partial(do, company.owner, give, {"add_on": "webinar:500", "subjects": one(person)})]
        )
        assert [isinstance(t, Refused) for t in told].count(True) == 1, told
        do(company.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(person)})
    for person in crowd(company.owner, 5, license=LICENSED):
        rivals = [
            partial(do, company.owner, give, {"add_on": product, "subjects": one(person)}) for product in ("webinar:500", "events:500")
        ]
        assert [isinstance(t, Refused) for t in at_once(rivals)].count(True) == 1
        assert len(add_ons(person)) == 1
    assert not breaches()


def test_numbers_of_changes_are_never_shared(company: Company) -> None:
    people = crowd(company.owner, 40)
    told = at_once([to(UNASSIGNED, p, company=company) for p in people])
    assert len({t.number for t in told}) == 40
    assert [c["number"] for c in reads.changes(company.owner, limit=40)] == sorted((t.number for t in told), reverse=True)
