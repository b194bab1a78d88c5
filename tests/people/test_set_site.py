"""people.set_site: the one site of each of a set; and a site where people are is not deleted."""

from uuid import UUID

import pytest

from tests.people.profiles import column
from tests.people_of import Company, accept_invitation, crowd, do, one, outcome
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import undo

pytestmark = pytest.mark.django_db
NAME = "people.set_site"


def site(actor: Actor, name: str) -> UUID:
    """A site of this name, made now."""
    do(actor, "accounts.create_site", {"name": name})
    return UUID(
        str(sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s AND name = %(n)s", {"a": actor.account_id, "n": name}))
    )


@pytest.fixture
def oslo(northlake: Company) -> UUID:
    return site(northlake.owner, "Oslo")


def test_it_works(northlake: Company, oslo: UUID) -> None:
    """Given by name in any spelling, kept at activation, and taken away; who is there already is passed over."""
    do(northlake.owner, NAME, {"site": "oslo", "subjects": one(northlake.pending)})
    accept_invitation(northlake.pending)
    assert column(northlake.pending, "site_id") == oslo
    assert do(northlake.owner, NAME, {"site": str(oslo), "subjects": one(northlake.pending)}).change_id is None
    do(northlake.owner, NAME, {"site": "", "subjects": one(northlake.pending)})
    assert column(northlake.pending, "site_id") is None


def test_without_the_privilege(northlake: Company, oslo: UUID) -> None:
    """S0-5"""
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"site": str(oslo), "subjects": one(northlake.pending)})
    assert no.value.kind == "forbidden"


def test_another_account_s_sites_and_people_do_not_exist(northlake: Company, southport: Company, oslo: UUID) -> None:
    """TENANT-03"""
    theirs = site(southport.owner, "Lagos")
    for given in (str(theirs), "Lagos"):
        with pytest.raises(Refused) as no:
            do(northlake.owner, NAME, {"site": given, "subjects": one(northlake.pending)})
        assert (no.value.kind, no.value.code) == ("invalid", "no_site")
    assert southport.member.user_id
    assert do(northlake.owner, NAME, {"site": str(oslo), "subjects": one(southport.member.user_id)}).change_id is None


def test_the_closest_site_is_named(northlake: Company, oslo: UUID) -> None:
    """MASS-08"""
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"site": "Osol", "subjects": one(northlake.pending)})
    assert no.value.words == "There is no site Osol. Closest: Oslo." and no.value.field == "site"


def test_undo(northlake: Company, oslo: UUID) -> None:
    """Back to the site of each; who was moved on since is left alone."""
    other = site(northlake.owner, "Bergen")
    people = crowd(northlake.owner, 3)
    do(northlake.owner, NAME, {"site": str(other), "subjects": one(people[0])})
    started = do(northlake.owner, NAME, {"site": str(oslo), "subjects": one(*people)})
    do(northlake.owner, NAME, {"site": str(other), "subjects": one(people[2])})
    assert started.number
    undone = undo.start_undo(northlake.owner, started.number)
    assert outcome(northlake.owner, undone).reasons == {"changed": 1}
    assert [column(p, "site_id") for p in people] == [other, None, other]


def test_where_people_are_a_site_stays(northlake: Company, oslo: UUID) -> None:
    """I11: nobody is at a site that is gone. Who left holds no site back, and an undo does not bring people to one that is gone."""
    bergen = site(northlake.owner, "Bergen")
    do(northlake.owner, NAME, {"site": str(bergen), "subjects": one(northlake.pending)})
    with pytest.raises(Refused) as no:
        do(northlake.owner, "accounts.delete_sites", {"sites": [str(bergen)]})
    assert no.value.code == "has_people" and column(northlake.pending, "site_id") == bergen
    moved = do(northlake.owner, NAME, {"site": str(oslo), "subjects": one(northlake.pending)})
    do(northlake.owner, "accounts.delete_sites", {"sites": [str(bergen)]})
    assert sql.value("SELECT count(*) FROM accounts_site WHERE id = %(s)s", {"s": bergen}) == 0
    with pytest.raises(Refused) as gone:
        undo.start_undo(northlake.owner, moved.number or 0)
    assert gone.value.code == "site_gone"


def test_who_left_holds_no_site_back(northlake: Company, oslo: UUID) -> None:
    bergen = site(northlake.owner, "Bergen")
    do(northlake.owner, NAME, {"site": str(bergen), "subjects": one(northlake.pending)})
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(northlake.pending)})
    do(northlake.owner, "accounts.delete_sites", {"sites": [str(bergen)]})
    assert column(northlake.pending, "site_id") is None
