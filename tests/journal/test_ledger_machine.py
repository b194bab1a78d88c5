"""Random lives of one account, with runs that are stepped, cancelled and undone in between; after every step `usher verify` is clean."""

import contextlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.people_of import BASIC, LICENSED, accept_invitation, add_ons, breaches, everybody, one, open_company, seats, standing
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, run, undo
from usher.journal.verb import plan
from usher.lifecycle import join, staging

STEPS = 30
PRODUCTS = ["phone", "whiteboard", "webinar:500", "events:500"]
WORKPLACE = [BASIC, LICENSED, "meetings:unassigned"]
short = st.sampled_from(["refuse", "first"])
some = st.lists(st.integers(0, 11), min_size=1, max_size=6)


class Account(RuleBasedStateMachine):
    """Small chunks, so that a run of a few people takes several steps and everything else comes between them."""

    def __init__(self) -> None:
        super().__init__()
        self.unit = contextlib.ExitStack()
        self.people: list[UUID] = []
        self.numbers: list[int] = []
        self.runs: list[UUID] = []

    @initialize()
    def open(self) -> None:
        self.unit.enter_context(transaction.atomic())
        self.company = open_company("Machine", **{LICENSED: 4, "phone": 3, "webinar:500": 2})
        self.people = [self.company.member.user_id or UUID(int=0), self.company.pending]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.unit.close()

    def start(self, verb: str, params: dict[str, Any], how: str = "refuse") -> None:
        with contextlib.suppress(Refused):
            self.note(engine.start(plan(self.company.owner, verb, params), str(uuid4()), short=how))

    def note(self, started: engine.Started) -> None:
        if started.number and started.change_id:
            self.numbers.append(started.number)
            self.runs += [started.change_id] if started.state == "running" else []

    def some_of(self, picks: list[int]) -> dict[str, list[str]]:
        return one(*{self.people[p % len(self.people)] for p in picks})

    @rule(
        n=st.integers(1, 4), license=st.sampled_from([BASIC, LICENSED]), products=st.sets(st.sampled_from(PRODUCTS), max_size=2), how=short
    )
    def invite(self, n: int, license: str, products: set[str], how: str) -> None:
        addresses = [f"{uuid4().hex[:12]}@machine.test" for _ in range(n)]
        with contextlib.suppress(Refused):
            stage = staging.stage_addresses(self.company.owner, addresses, {})
            self.note(
                engine.start(
                    join.plan_invite(self.company.owner, stage, {"license": license, "add_ons": sorted(products)}), str(uuid4()), short=how
                )
            )
        self.people += [r["id"] for r in sql.rows("SELECT id FROM people_user WHERE canonical = ANY(%(a)s)", {"a": addresses})]

    @rule(picks=some)
    def withdraw(self, picks: list[int]) -> None:
        self.start("lifecycle.withdraw_invitation", {"subjects": self.some_of(picks)})

    @rule(pick=st.integers(0, 11))
    def accept(self, pick: int) -> None:
        with contextlib.suppress(Refused):
            accept_invitation(self.people[pick % len(self.people)])

    @rule(picks=some, license=st.sampled_from(WORKPLACE), how=short)
    def change_license(self, picks: list[int], license: str, how: str) -> None:
        self.start("licenses.change_license", {"license": license, "subjects": self.some_of(picks)}, how)

    @rule(license=st.sampled_from(WORKPLACE), status=st.sampled_from(["active", "pending"]), how=short)
    def change_license_of_all(self, license: str, status: str, how: str) -> None:
        self.start("licenses.change_license", {"license": license, "subjects": everybody(self.company, status=[status])}, how)

    @rule(picks=some, product=st.sampled_from(PRODUCTS), how=short)
    def give(self, picks: list[int], product: str, how: str) -> None:
        self.start("licenses.give_add_on", {"add_on": product, "subjects": self.some_of(picks)}, how)

    @rule(picks=some, product=st.sampled_from(PRODUCTS))
    def take(self, picks: list[int], product: str) -> None:
        self.start("licenses.take_add_on", {"add_on": product, "subjects": self.some_of(picks)})

    @rule(product=st.sampled_from([LICENSED, *PRODUCTS]), quantity=st.integers(0, 8))
    def buy(self, product: str, quantity: int) -> None:
        self.start("licenses.set_seats", {"product": product, "quantity": quantity})

    @precondition(lambda self: self.runs)
    @rule(pick=st.integers(0, 11))
    def step(self, pick: int) -> None:
        engine.step(self.runs[pick % len(self.runs)])

    @precondition(lambda self: self.runs)
    @rule(pick=st.integers(0, 11))
    def cancel(self, pick: int) -> None:
        engine.cancel(self.company.account, self.runs[pick % len(self.runs)])

    @precondition(lambda self: self.numbers)
    @rule(back=st.integers(1, 12))
    def undo(self, back: int) -> None:
        with contextlib.suppress(Refused):
            self.note(undo.start_undo(self.company.owner, self.numbers[-min(back, len(self.numbers))]))

    @invariant()
    def verify_is_clean(self) -> None:
        assert not breaches()

    @invariant()
    def an_add_on_stands_on_its_base_and_bears_no_rival(self) -> None:
        for person in self.people:
            held, now = add_ons(person), standing(person)
            assert not held or now["status"] in ("active", "pending")
            assert not {"webinar:500", "events:500"} & set(held) or now["license"] == LICENSED
            assert not {"webinar:500", "events:500"} <= set(held)

    @invariant()
    def nothing_is_held_without_a_run(self) -> None:
        if self.people and not sql.value("SELECT count(*) FROM journal_run WHERE state = 'running'"):
            assert all(seats(self.company, p)["held"] == 0 for p in (*WORKPLACE, *PRODUCTS))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(engine, "INLINE", 2)
    monkeypatch.setattr(engine, "CHUNK_MIN", 2)
    monkeypatch.setattr(run, "CHUNK_MIN", 2)
    monkeypatch.setattr(run, "CHUNK_MAX", 3)
    yield


@pytest.mark.usefixtures("committed", "small_chunks")
@pytest.mark.django_db
@pytest.mark.parametrize("lives", [6, pytest.param(20, marks=pytest.mark.fault)])
def test_random_lives(lives: int) -> None:
    """LIC-02, LIC-03, LIC-05, LIC-08, F31: I1 and I2 hold after every commit of any order of verbs, chunks, cancels and undos."""
    limits = settings(
        max_examples=lives, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(Account, settings=limits)
