"""lifecycle.decline: an invited person says no."""

from uuid import UUID

import pytest

from tests.people_of import LICENSED, Company, add_ons, breaches, do, invite, link_of, one, rows_written, seats, standing
from tests.people_of import actor_of as person
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import reads, undo
from usher.journal.verb import plan
from usher.lifecycle.decline import decline
from usher.lifecycle.open_account import open_account

pytestmark = pytest.mark.django_db
NAME = "lifecycle.decline"


def no(user: UUID, secret: str) -> str:
    before = rows_written()
    with pytest.raises(Refused) as refused:
        decline(user, secret)
    assert rows_written() == before
    return refused.value.code


def test_it_works(northlake: Company) -> None:
    """S0-49, S0-50: off the list, the license and the add-on come free, the link is dead, and the change is theirs."""
    (user,) = invite(northlake.owner, "ann@no.test", license=LICENSED, add_ons=["phone"])
    secret = link_of(user)
    decline(user, secret, ip="192.0.2.9", request_id="r1")
    assert (standing(user)["status"], add_ons(user)) == ("gone", [])
    assert (seats(northlake, LICENSED)["pending"], seats(northlake, "phone")["pending"]) == (0, 0)
    assert sql.row("SELECT left_how FROM people_user WHERE id = %(u)s", {"u": user}) == {"left_how": "declined"}
    newest = reads.changes(northlake.owner, limit=1)[0]
    assert (newest["verb"], newest["actor_id"], newest["door"], newest["ip"]) == (NAME, user, "sign_in", "192.0.2.9")
    assert no(user, secret) == "declined"
    assert invite(northlake.owner, "ann@no.test") != [user]
    assert breaches() == []


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20: nobody declines for somebody else, not the owner and not another member."""
    for actor in (northlake.owner, northlake.operator, person(northlake.member.user_id or UUID(int=0))):
        with pytest.raises(Refused) as refused:
            plan(actor, NAME, {"subjects": one(northlake.pending)})
        assert refused.value.kind == "forbidden"


def test_another_account(northlake: Company, southport: Company) -> None:
    """INVITE-05: a link of one invitation declines no other."""
    assert no(southport.pending, link_of(northlake.pending)) == "bad_link"
    assert standing(southport.pending)["status"] == "pending"


def test_wrong_links(northlake: Company) -> None:
    """INVITE-04: withdrawn, cut, empty."""
    secret = link_of(northlake.pending)
    assert no(northlake.pending, secret[:-1]) == no(northlake.pending, "") == "bad_link"
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(northlake.pending)})
    assert no(northlake.pending, secret) == "withdrawn"


def test_the_owner_of_a_new_account_cannot(northlake: Company) -> None:
    """I4: an account keeps its owner; whoever does not want it leaves the link unused."""
    account, _ = open_account("Eastwick", "business", "eva@eastwick.test")
    owner = sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s", {"a": account})
    assert no(owner, link_of(owner)) == "is_owner"
    assert breaches() == []


def test_it_is_not_undone_by_others(northlake: Company) -> None:
    """Who declined is invited anew, with a mail of its own: nobody takes their answer back."""
    (user,) = invite(northlake.owner, "ann@no.test")
    decline(user, link_of(user))
    number = reads.changes(northlake.owner, limit=1)[0]["number"]
    with pytest.raises(Refused):
        undo.start_undo(northlake.owner, number)
    assert standing(user)["status"] == "gone"
