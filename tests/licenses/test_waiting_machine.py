"""Random lives of a waiting list: after every step `verify` is clean, and after every strike of the clock no seat is free that somebody waits for."""

import contextlib
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.people_of import LICENSED, accept_invitation, breaches, crowd, one, open_company, seats
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.verb import plan
from usher.licenses import giving

PRODUCTS = ["phone", "scheduler", "webinar:500", LICENSED]
some = st.lists(st.integers(0, 7), min_size=1, max_size=6)
product = st.sampled_from(PRODUCTS)
EMPTY = {LICENSED: 2, "phone": 1, "scheduler": 0, "webinar:500": 1}


class Queue(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.unit = contextlib.ExitStack()
        self.people: list[UUID] = []
        self.numbers: list[int] = []

    @initialize()
    def open(self) -> None:
        self.unit.enter_context(transaction.atomic())
        self.company = open_company("Queue", plan_code="business", **EMPTY)
        self.people = crowd(self.company.owner, 8, prefix="q")
        for person in self.people[:4]:
            accept_invitation(person)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.unit.close()

    def do(self, verb: str, params: dict[str, Any], how: str = "refuse") -> None:
        with contextlib.suppress(Refused):
            started = engine.start(plan(self.company.owner, verb, params), str(uuid4()), short=how)
            self.numbers += [started.number] if started.number else []

    def some_of(self, picks: list[int]) -> dict[str, list[str]]:
        return one(*{self.people[p] for p in picks})

    @rule(picks=some, wanted=product, how=st.sampled_from(["wait", "wait", "first"]))
    def ask(self, picks: list[int], wanted: str, how: str) -> None:
        verb, key = ("licenses.change_license", "license") if wanted == LICENSED else ("licenses.give_add_on", "add_on")
        self.do(verb, {key: wanted, "subjects": self.some_of(picks)}, how)

    @rule(picks=some, wanted=product)
    def take(self, picks: list[int], wanted: str) -> None:
        verb, wish = (
            ("licenses.change_license", {"license": "meetings:basic"})
            if wanted == LICENSED
            else ("licenses.take_add_on", {"add_on": wanted})
        )
        self.do(verb, {**wish, "subjects": self.some_of(picks)})

    @rule(
        picks=some, verb=st.sampled_from(["lifecycle.deactivate", "lifecycle.reactivate", "lifecycle.withdraw_invitation", "people.unmark"])
    )
    def come_and_go(self, picks: list[int], verb: str) -> None:
        self.do(verb, {"subjects": self.some_of(picks)})

    @rule(pick=st.integers(0, 7))
    def mark(self, pick: int) -> None:
        self.do("people.mark", {"kind": "never", "subjects": one(self.people[pick])})

    @rule(wanted=product, quantity=st.integers(0, 6))
    def buy(self, wanted: str, quantity: int) -> None:
        self.do("licenses.set_seats", {"product": wanted, "quantity": quantity})

    @precondition(lambda self: self.numbers)
    @rule(back=st.integers(1, 6))
    def undo(self, back: int) -> None:
        with contextlib.suppress(Refused):
            undo.start_undo(self.company.owner, self.numbers[-min(back, len(self.numbers))])

    @rule(verb=st.sampled_from(["licenses.stop_waiting", "licenses.wait_first"]), pick=st.integers(0, 7))
    def by_hand(self, verb: str, pick: int) -> None:
        ids = sql.rows("SELECT id FROM licenses_waiting WHERE state = 'waiting' AND user_id = %(u)s", {"u": self.people[pick]})
        if ids:
            self.do(verb, {"ids": [str(i["id"]) for i in ids]})

    @rule()
    def clock(self) -> None:
        """Nobody is served twice, and what is free is free because nobody waits who could have it."""
        before = {p: seats(self.company, p) for p in PRODUCTS}
        waited = sql.value("SELECT count(*) FROM licenses_waiting WHERE state = 'waiting'")
        given = giving.give()
        assert given <= waited
        for wanted in PRODUCTS:
            now = seats(self.company, wanted)
            free = now["bought"] - now["used"] - now["pending"] - now["held"]
            left = sql.value(
                """SELECT count(*) FROM licenses_waiting w JOIN people_standing s ON s.user_id = w.user_id WHERE w.state = 'waiting' AND w.product = %(p)s
                   AND (%(p)s <> 'webinar:500' OR s.license = 'meetings:licensed')""",
                {"p": wanted},
            )
            assert not (free and left), (wanted, before[wanted], now, left)

    @invariant()
    def verify_is_clean(self) -> None:
        assert not breaches()

    @invariant()
    def nobody_waits_twice(self) -> None:
        assert not sql.rows("SELECT user_id, family FROM licenses_waiting WHERE state = 'waiting' GROUP BY 1, 2 HAVING count(*) > 1")


@pytest.mark.usefixtures("committed")
@pytest.mark.django_db
@pytest.mark.parametrize("lives", [5, pytest.param(25, marks=pytest.mark.fault)])
def test_random_lives(lives: int) -> None:
    """LIC-02, LIC-03, S0-57: never oversold, never given twice, no seat free while somebody waits who could have it."""
    limits = settings(max_examples=lives, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    run_state_machine_as_test(Queue, settings=limits)
