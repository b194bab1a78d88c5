"""Many at once: the last seat, one key, one run, two opposite mass changes. Everything here commits for real."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import override_settings

from tests.companies import CHEAP
from tests.harness import wait_until
from tests.people_of import (
    BASIC,
    LICENSED,
    PASSWORD,
    Company,
    accept_invitation,
    add_ons,
    breaches,
    crowd,
    do,
    everybody,
    finish,
    link_of,
    one,
    open_company,
    outcome,
    seats,
    standing,
)
from tests.threads import at_once, wide_pool
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads, run
from usher.journal.verb import plan
from usher.lifecycle import accept, join, staging

CHANGE_LICENSE = "licenses.change_license"
UNASSIGNED = "meetings:unassigned"
WITHOUT_SEAT = "SELECT user_id AS id FROM people_standing WHERE user_id = ANY(%(u)s) AND license = %(l)s"


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def many_connections(transactional_db: None) -> Iterator[None]:
    with wide_pool(), override_settings(PASSWORD_HASHERS=CHEAP):
        yield


@pytest.fixture
def company(many_connections: None) -> Company:
    return open_company("Race")


def deadlocks() -> int:
    connection.close()
    return int(sql.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


def to(license: str, *users: UUID, company: Company, **how: Any) -> Callable[[], engine.Started]:
    return partial(do, company.owner, CHANGE_LICENSE, {"license": license, "subjects": one(*users)}, **how)


@pytest.mark.parametrize("rounds", [2, pytest.param(20, marks=pytest.mark.fault)])
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


def test_accepting_beside_withdrawing_and_resending(company: Company) -> None:
    """F35, INVITE-01: a person either joined or was withdrawn, nobody waits for each other in a ring, and the seats add up."""
    do(company.owner, "licenses.set_seats", {"product": "phone", "quantity": 200})
    before = deadlocks()
    for round in range(3):
        people = crowd(company.owner, 12, prefix=f"ring{round}x", add_ons=["phone"])
        links = {p: link_of(p) for p in people}
        joins = [partial(accept.accept, p, links[p], first_name="A", last_name="B", password=PASSWORD) for p in people]
        aways = [partial(do, company.owner, "lifecycle.withdraw_invitation", {"subjects": one(p)}) for p in people]
        told = at_once([*joins, *aways])
        assert all(t is None or isinstance(t, Refused | engine.Started) for t in told), told
        for p, joined in zip(people, told[: len(people)], strict=True):
            assert (standing(p)["status"], add_ons(p)) == (("active", ["phone"]) if joined is None else ("gone", []))
    assert deadlocks() == before
    assert not breaches()


def test_withdrawing_a_crowd_while_it_joins(company: Company) -> None:
    """LIC-02, F31: a run takes the add-ons of pending people only, also of those who join while it works."""
    do(company.owner, "licenses.set_seats", {"product": "phone", "quantity": 2_000})
    people = crowd(company.owner, 560, add_ons=["phone"])
    joining = people[::28]
    links = {p: link_of(p) for p in joining}
    started = engine.start(plan(company.owner, "lifecycle.withdraw_invitation", {"subjects": one(*people)}), "away")
    joins = [partial(accept.accept, p, links[p], first_name="A", last_name="B", password=PASSWORD) for p in joining]
    told = at_once([partial(finish, started), *joins])
    finish(started)
    for p, joined in zip(joining, told[1:], strict=True):
        assert joined is None or isinstance(joined, Refused), joined
        assert (standing(p)["status"], add_ons(p)) in ((("active", ["phone"]), ("active", [])) if joined is None else (("gone", []),))
    assert not breaches()


def test_a_run_waits_for_whoever_is_just_joining(company: Company) -> None:
    """LIC-02, F31: the acceptance holds the person while the run wants their add-on; afterwards the add-on is theirs and counted as used."""
    do(company.owner, "licenses.set_seats", {"product": "phone", "quantity": 2_000})
    people = crowd(company.owner, 260, add_ons=["phone"])
    secret = link_of(people[7])
    started = engine.start(plan(company.owner, "lifecycle.withdraw_invitation", {"subjects": one(*people)}), "waits")
    assert started.state == "running"
    worker = threading.Thread(target=lambda: (finish(started), connection.close()))
    with transaction.atomic():
        accept.accept(people[7], secret, first_name="A", last_name="B", password=PASSWORD)
        worker.start()
        wait_until(lambda: somebody_waits(), what="the run meets the lock")
    worker.join(30)
    assert (standing(people[7])["status"], add_ons(people[7])) == ("active", ["phone"])
    assert outcome(company.owner, started).done == 259
    assert seats(company, "phone") == {"bought": 2_000, "used": 1, "pending": 0, "held": 0}
    assert not breaches()


def somebody_waits() -> bool:
    return bool(
        sql.value(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
        )
    )


def test_who_left_or_joined_between_the_phases_of_an_import(company: Company) -> None:
    """LIC-02: the second phase gives no add-on to somebody withdrawn meanwhile, and counts nobody as pending who has joined."""
    do(company.owner, "licenses.set_seats", {"product": "phone", "quantity": 2_000})
    stage = staging.stage_addresses(company.owner, [f"phase{n}@{company.domain}" for n in range(600)], {})
    started = engine.start(join.plan_invite(company.owner, stage, {"add_ons": ["phone"]}), "phases")
    assert started.change_id and engine.step(started.change_id)
    gone, joined = (sql.value("SELECT id FROM people_user WHERE email = %(e)s", {"e": f"phase{n}@{company.domain}"}) for n in (3, 4))
    do(company.owner, "lifecycle.withdraw_invitation", {"subjects": one(gone)})
    accept_invitation(joined)
    finish(started)
    assert add_ons(gone) == []
    assert seats(company, "phone")["held"] == 0
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


def test_twenty_accept_one_link(company: Company) -> None:
    """INVITE-01: one joins, nineteen are told that it was used; one login, one seat, one change."""
    (person,) = crowd(company.owner, 1, license=LICENSED)
    secret = link_of(person)
    told = at_once([partial(accept.accept, person, secret, first_name="Ann", last_name="B", password=PASSWORD)] * 20)
    assert Counter(t.code if isinstance(t, Refused) else t for t in told) == {None: 1, "used": 19}
    assert seats(company, LICENSED) == {"bought": 10, "used": 1, "pending": 0, "held": 0}
    assert sql.value("SELECT count(*) FROM people_login l JOIN people_user u ON u.login_id = l.id WHERE u.id = %(p)s", {"p": person}) == 1
    assert sql.value("SELECT count(*) FROM journal_effect WHERE obj = %(p)s AND result = 'done'", {"p": person}) == 2
    assert not breaches()


def test_one_address_joins_two_accounts_at_once(company: Company) -> None:
    """TENANT-08, MAIL-12: an address lives in one account; the other acceptance is refused, not a fault."""
    other = open_company("Rival")
    for n in range(5):
        address = f"both{n}@rivals{company.domain}"
        both = [(c, invite_one(c, address)) for c in (company, other)]
        told = at_once([partial(accept.accept, p, link_of(p), first_name="", last_name="", password=PASSWORD) for _, p in both])
        assert Counter(t.code if isinstance(t, Refused) else t for t in told) == {None: 1, "elsewhere": 1}, told
    assert not breaches()


def invite_one(company: Company, address: str) -> UUID:
    from tests.people_of import invite

    return invite(company.owner, address)[0]


def test_numbers_of_changes_are_never_shared(company: Company) -> None:
    people = crowd(company.owner, 40)
    told = at_once([to(UNASSIGNED, p, company=company) for p in people])
    assert len({t.number for t in told}) == 40
    assert [c["number"] for c in reads.changes(company.owner, limit=40)] == sorted((t.number for t in told), reverse=True)
