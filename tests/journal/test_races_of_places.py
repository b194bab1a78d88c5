"""Places at once: never two main sites, never a room at a site that is gone. Everything commits for real."""

from functools import partial
from typing import Any

import pytest

from tests.people_of import Company, do
from tests.threads import at_once
from usher.accounts import places
from usher.core import sql
from usher.core.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def sites_of(company: Company, *names: str) -> list[str]:
    for name in names:
        do(company.owner, "accounts.create_site", {"name": name})
    return [str(s["id"]) for s in places.sites(company.owner) if s["name"] in names]


def clean(told: list[Any]) -> bool:
    """Done, or refused in words; nothing else ever comes back."""
    return all(isinstance(t, Refused) or not isinstance(t, Exception) for t in told)


def test_many_main_sites_at_once(company: Company) -> None:
    """F35: whoever is last wins; there is one main site at every moment."""
    sites = sites_of(company, "Oslo", "Bergen", "Voss", "Lagos")
    told = at_once([partial(do, company.owner, "accounts.make_main_site", {"site": site}) for site in sites * 3])
    assert clean(told), told
    assert sum(s["main"] for s in places.sites(company.owner)) == 1


def test_the_first_site_twice(company: Company) -> None:
    """Two first sites at once: both are made, one of them is the main one."""
    told = at_once([partial(do, company.owner, "accounts.create_site", {"name": name}) for name in ("Oslo", "Bergen")])
    assert clean(told), told
    assert sorted(s["main"] for s in places.sites(company.owner)) == [False, True]


def test_a_room_comes_while_its_site_goes(company: Company) -> None:
    """One of the two is refused; no room stands at a site that is gone, and the database never has to say so."""
    sites_of(company, "Oslo")
    for nth in range(6):
        (site,) = sites_of(company, f"Site {nth}")
        room = {"name": f"Room {nth}", "kind": "Kiosk", "site": site}
        told = at_once(
            [
                partial(do, company.owner, "accounts.create_room", room),
                partial(do, company.owner, "accounts.delete_sites", {"sites": [site]}),
            ]
        )
        assert clean(told), told
        assert [isinstance(t, Refused) for t in told].count(True) == 1, told
    assert sql.value("SELECT count(*) FROM accounts_room r LEFT JOIN accounts_site g ON g.id = r.site_id WHERE g.id IS NULL") == 0


def test_people_come_while_their_site_goes(company: Company) -> None:
    """The same for people: nobody is at a site that is gone."""
    sites_of(company, "Oslo")
    for nth in range(6):
        (site,) = sites_of(company, f"Site {nth}")
        told = at_once(
            [
                partial(do, company.owner, "people.set_site", {"site": site, "subjects": {"ids": [str(company.owner.user_id)]}}),
                partial(do, company.owner, "accounts.delete_sites", {"sites": [site]}),
            ]
        )
        assert clean(told), told
        assert [isinstance(t, Refused) for t in told].count(True) == 1, told
    assert (
        sql.value(
            "SELECT count(*) FROM people_user u LEFT JOIN accounts_site g ON g.id = u.site_id WHERE u.site_id IS NOT NULL AND g.id IS NULL"
        )
        == 0
    )
