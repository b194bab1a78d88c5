"""Phones at once: every extension once, every number with one holder, every phone at a site. Everything here commits for real."""

import threading
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from tests.harness import wait_until
from tests.journal.racing import deadlocks
from tests.people_of import LICENSED, Company, activate, breaches, crowd, do, one, seats
from tests.phone.phones import PLAN, equip, extension, phone
from tests.phone.test_extension import site
from tests.threads import at_once
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine

pytestmark = pytest.mark.django_db(transaction=True)
SOMEBODY_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def test_a_hundred_at_once(company: Company, many_connections: None) -> None:
    """S3-18: everybody gets an extension, and no two the same."""
    equip(company, phone=100)
    people = crowd(company.owner, 100)
    activate(*people)
    told = at_once([partial(do, company.owner, "phone.add", {"subjects": one(p)}) for p in people])
    assert all(isinstance(t, engine.Started) for t in told), told
    assert sorted(map(extension, people)) == [str(n) for n in range(1000, 1100)] and not breaches()


def test_two_want_one_number(company: Company) -> None:
    """A number belongs to one of them; the other is told whose it is."""
    equip(company)
    a, b = company.admin.user_id, company.member.user_id
    assert a and b
    do(company.owner, "phone.add", {"package": PLAN, "subjects": one(a, b)})
    for n in range(6):
        number = f"+4722000{n:03}"
        wishes = [partial(do, company.owner, "phone.assign_numbers", {"numbers": [number], "holder": str(p)}) for p in (a, b)]
        told = at_once(wishes)
        assert sorted(isinstance(t, Refused) for t in told) == [False, True], told
    assert sql.value("SELECT count(*) FROM phone_number WHERE holder_id IS NOT NULL") == 6 and not breaches()


def test_a_site_goes_while_phones_come(company: Company) -> None:
    """Either the site is gone and the phones have another, or it stays because phones are there."""
    for n in range(4):
        people = crowd(company.owner, 3)
        activate(*people)
        do(company.operator, "licenses.set_seats", {"product": "phone", "quantity": 50})
        do(company.owner, "accounts.create_site", {"name": f"Main {n}"})
        do(company.owner, "accounts.create_site", {"name": f"Short-lived {n}"})
        site = str(sql.value("SELECT id FROM accounts_site WHERE name = %(n)s", {"n": f"Short-lived {n}"}))
        told = at_once(
            [
                partial(do, company.owner, "phone.add", {"site": site, "subjects": one(*people)}),
                partial(do, company.owner, "accounts.delete_sites", {"sites": [site]}),
            ]
        )
        assert isinstance(told[0], engine.Started | Refused), told
        gone = not sql.value("SELECT count(*) FROM accounts_site WHERE id = %(s)s", {"s": site})
        at = sql.rows("SELECT site_id FROM phone_user WHERE id = ANY(%(p)s)", {"p": people})
        assert all(str(x["site_id"]) != site for x in at) if gone else all(str(x["site_id"]) == site for x in at)
    assert not breaches()


def test_a_site_goes_while_a_template_comes_to_it(company: Company) -> None:
    """Either the site is gone and the template stays as it was, or it stays because the template is for it."""
    before = deadlocks()
    site(company, "Main")
    do(company.owner, "phone.create_template", {"name": "Desk"})
    for n in range(4):
        place = site(company, f"Short-lived {n}")
        told = at_once(
            [
                partial(do, company.owner, "phone.edit_template", {"template": "Desk", "name": "Desk", "site": place}),
                partial(do, company.owner, "accounts.delete_sites", {"sites": [place]}),
            ]
        )
        assert all(isinstance(t, engine.Started | Refused) for t in told), told
        (at,) = sql.rows("SELECT site_id::text AS id FROM phone_template")
        there = sql.value("SELECT count(*) FROM accounts_site WHERE id = %(s)s", {"s": place})
        assert (at["id"] == place) == bool(there)
        do(company.owner, "phone.edit_template", {"template": "Desk", "name": "Desk"})
    assert deadlocks() == before and not breaches()


def test_two_admins_move_one_number(company: Company) -> None:
    """The later one has it; the journal says from whom to whom each time, and nothing is lost."""
    equip(company)
    a, b, c = (u for u in (company.owner.user_id, company.admin.user_id, company.member.user_id) if u)
    do(company.owner, "phone.add", {"package": PLAN, "subjects": one(a, b, c)})
    number = "+4722000003"
    do(company.owner, "phone.assign_numbers", {"numbers": [number], "holder": str(a)})
    told = at_once([partial(do, company.owner, "phone.move_numbers", {"numbers": [number], "holder": str(to)}) for to in (b, c)])
    assert any(isinstance(t, engine.Started) for t in told) and all(isinstance(t, engine.Started | Refused) for t in told), told
    moves = sql.rows(
        """SELECT e.before->>'holder_id' AS old, e.after->>'holder_id' AS new FROM journal_effect e JOIN journal_change c ON c.id = e.change_id
           WHERE c.verb LIKE 'phone.%%_numbers' AND e.after ? 'holder_id' AND e.result = 'done' ORDER BY c.number"""
    )
    by_holder = {m["old"]: m["new"] for m in moves}
    at = None
    for _ in moves:
        at = by_holder[at]
    assert str(sql.value("SELECT holder_id FROM phone_number WHERE number = %(n)s", {"n": number})) == at and not breaches()


def test_two_fill_one_phone(company: Company) -> None:
    """A phone has ten numbers at most, also when two admins give it six each."""
    equip(company)
    do(company.owner, "phone.add_numbers", {"numbers": [f"+4722000{n:03}" for n in range(10, 12)]})
    who = company.member.user_id
    assert who
    do(company.owner, "phone.add", {"package": PLAN, "subjects": one(who)})
    wishes = [{"numbers": [f"+4722000{n:03}" for n in some], "holder": str(who)} for some in (range(6), range(6, 12))]
    at_once([partial(do, company.owner, "phone.assign_numbers", wish) for wish in wishes])
    assert len(phone(who)["numbers"]) == 10 and not breaches()


@pytest.mark.parametrize("n", [1, 2])
def test_the_assignment_is_switched_on_while_a_license_waits(company: Company, n: int) -> None:
    """S1-24: a change that waits for its people finds the switch as it is by then, and Phone follows; of one person and of several."""
    equip(company, phone=10)
    people = [company.admin.user_id, company.member.user_id][:n]
    wish = partial(do, company.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(*people)})  # type: ignore[arg-type]
    told: list[Any] = []
    waiting = threading.Thread(target=lambda: told.extend(at_once([wish])))
    with transaction.atomic():
        sql.execute("SELECT 1 FROM people_standing WHERE account_id = %(a)s FOR UPDATE", {"a": company.account})
        waiting.start()
        wait_until(lambda: sql.value(SOMEBODY_WAITS), what="the license for its people")
        do(company.owner, "phone.change_settings", {"automatic": True})
    waiting.join()
    assert [t.state for t in told] == ["done"], told
    assert [r["change_id"] for r in sql.rows("SELECT change_id FROM phone_following")] == [told[0].change_id]


def test_the_last_packages(company: Company) -> None:
    """Six want four packages: four get phone and package, two are told that no seat is free and get neither."""
    equip(company, phone=10, calling__200=4)
    people = crowd(company.owner, 6)
    activate(*people)
    told = at_once([partial(do, company.owner, "phone.add", {"package": PLAN, "subjects": one(p)}) for p in people])
    assert sorted(t.code if isinstance(t, Refused) else "" for t in told) == ["", "", "", "", "no_seat", "no_seat"], told
    assert (seats(company, PLAN)["used"], seats(company, "phone")["used"]) == (4, 4) and not breaches()


def test_ranges_of_two_sites_at_once(company: Company) -> None:
    """Whoever is second is told that the ranges cross; that holds for a new site too."""
    places = [site(company, f"Site {n}") for n in range(3)]
    for n in range(4):
        low = 1000 + n * 2000
        wishes = [("phone.set_site", {"site": places[i], "lowest": low + i * 300, "highest": low + i * 300 + 500}) for i in range(3)]
        wishes.append(("phone.create_site", {"name": f"New {n}", "lowest": low + 900, "highest": low + 1400}))
        told = at_once([partial(do, company.owner, verb, wish) for verb, wish in wishes])
        assert all(isinstance(t, engine.Started) or t.code.startswith("ranges_cross") for t in told), told
        crossing = sql.value(
            """SELECT count(*) FROM phone_site a JOIN phone_site b ON b.account_id = a.account_id AND b.code = a.code
               WHERE a.lowest < b.lowest AND a.highest BETWEEN b.lowest AND b.highest - 1"""
        )
        assert crossing == 0


def test_two_sites_go_into_each_other(company: Company) -> None:
    """One goes, the other takes in all that was at both; nobody waits in a ring."""
    before = deadlocks()
    site(company, "Main")
    for n in range(3):
        places = [site(company, f"{name} {n}") for name in ("East", "West")]
        people = crowd(company.owner, 4, prefix=f"n{n}p")
        activate(*people)
        for place, some in zip(places, (people[:2], people[2:]), strict=True):
            do(company.owner, "people.set_site", {"site": place, "subjects": one(*some)})
        wishes = [{"site": place, "target": other} for place, other in (places, places[::-1])]
        told = at_once([partial(do, company.owner, "phone.delete_site", wish) for wish in wishes])
        assert all(isinstance(t, engine.Started | Refused) for t in told), told
        left = sql.rows("SELECT id FROM accounts_site WHERE id = ANY(%(s)s::uuid[])", {"s": places})
        at = sql.rows("SELECT DISTINCT site_id AS id FROM people_user WHERE id = ANY(%(p)s)", {"p": people})
        assert len(left) == 1 and at == left
    assert deadlocks() == before and not breaches()


def test_a_site_is_deleted_while_people_get_phones(company: Company) -> None:
    """Whichever comes first, the site is gone, and every phone stands at one that is there."""
    before = deadlocks()
    do(company.operator, "licenses.set_seats", {"product": "phone", "quantity": 50})
    main = site(company, "Main")
    for n in range(4):
        people = crowd(company.owner, 3, prefix=f"n{n}p")
        activate(*people)
        place = site(company, f"Short-lived {n}")
        told = at_once(
            [
                partial(do, company.owner, "phone.add", {"site": place, "subjects": one(*people)}),
                partial(do, company.owner, "phone.delete_site", {"site": place, "target": main}),
            ]
        )
        assert isinstance(told[0], engine.Started | Refused) and isinstance(told[1], engine.Started), told
        at = sql.rows("SELECT site_id::text AS id FROM phone_user WHERE id = ANY(%(p)s)", {"p": people})
        assert all(x["id"] == main for x in at) and len(at) == (0 if isinstance(told[0], Refused) else 3)
        assert not sql.value("SELECT count(*) FROM accounts_site WHERE id = %(s)s", {"s": place})
    assert deadlocks() == before and not breaches()
