"""People join while others are withdrawn, move seats or join elsewhere. Everything here commits for real."""

import threading
from collections import Counter
from functools import partial
from uuid import UUID

import pytest
from django.db import connection, transaction

from tests.harness import wait_until
from tests.journal.racing import deadlocks
from tests.people_of import (
    LICENSED,
    PASSWORD,
    Company,
    accept_invitation,
    add_ons,
    breaches,
    crowd,
    do,
    finish,
    link_of,
    one,
    open_company,
    outcome,
    seats,
    standing,
)
from tests.threads import at_once
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.lifecycle import accept, join, staging

pytestmark = pytest.mark.django_db(transaction=True)


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
