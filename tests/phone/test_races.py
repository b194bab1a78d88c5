"""Phones at once: every extension once, every number with one holder. Everything here commits for real."""

from functools import partial

import pytest

from tests.people_of import Company, activate, breaches, crowd, do, one
from tests.phone.phones import PLAN, equip, extension
from tests.threads import at_once
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine

pytestmark = pytest.mark.django_db(transaction=True)


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
