"""lifecycle.activate: a set of pending people made active by the operator."""

import pytest

from tests.people_of import BASIC, LICENSED, Company, breaches, crowd, do, everybody, one, standing
from usher.core import sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.people.models import Login


def test_it_works(db: None, northlake: Company) -> None:
    """A set becomes active in one change: logins without a password, pending seats become used ones, invitations are closed."""
    people = crowd(northlake.operator, 2, license=LICENSED, add_ons=["phone"])
    started = do(northlake.operator, "lifecycle.activate", {"subjects": one(*people)})
    assert {standing(p)["status"] for p in people} == {"active"}
    rows = sql.rows(
        "SELECT l.password, u.personal_meeting_id, i.state FROM people_user u JOIN people_login l ON l.id = u.login_id "
        "JOIN people_invitation i ON i.user_id = u.id WHERE u.id = ANY(%(p)s)",
        {"p": people},
    )
    assert len(rows) == 2 and all(r["password"].startswith("!") and r["personal_meeting_id"] and r["state"] == "accepted" for r in rows)
    assert not Login.objects.get(
        canonical=sql.value("SELECT canonical FROM people_user WHERE id = %(p)s", {"p": people[0]})
    ).has_usable_password()
    assert sql.value("SELECT count(*) FROM journal_effect WHERE change_id = %(c)s AND result = 'done'", {"c": started.change_id}) == 4
    assert not breaches()


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """AUTHZ-01: not even the owner brings somebody in without their link; only the operator of the machine does."""
    for actor in (northlake.owner, northlake.admin, northlake.member):
        with pytest.raises(Refused) as no:
            do(actor, "lifecycle.activate", {"subjects": one(northlake.pending)})
        assert no.value.kind == "forbidden"
    assert standing(northlake.pending)["status"] == "pending"


def test_other_account_is_not_there(db: None, northlake: Company, southport: Company) -> None:
    """TENANT-01: ids of another account select nobody."""
    do(northlake.operator, "lifecycle.activate", {"subjects": one(southport.pending)})
    assert standing(southport.pending)["status"] == "pending"


def test_who_cannot_be_activated_keeps_everything(db: None, northlake: Company) -> None:
    """Somebody whose address has a login, and somebody active already, are skipped with the reason, with their add-ons; the others go ahead."""
    taken, free = crowd(northlake.operator, 2, license=LICENSED, add_ons=["phone"])
    address = sql.value("SELECT canonical FROM people_user WHERE id = %(p)s", {"p": taken})
    Login.objects.create(id=uuid7(), email=address, canonical=address, password="!")
    assert northlake.member.user_id is not None
    started = do(northlake.operator, "lifecycle.activate", {"subjects": one(taken, free, northlake.member.user_id)})
    found = sql.rows("SELECT obj, phase, reason FROM journal_effect WHERE change_id = %(c)s AND result <> 'done'", {"c": started.change_id})
    reasons = {(r["obj"], r["reason"]) for r in found if r["phase"] == 0}
    assert reasons == {(taken, "elsewhere"), (northlake.member.user_id, "not_pending")}
    assert standing(taken)["status"] == "pending" and standing(free)["status"] == "active"
    assert not breaches()


def test_all_pending_by_query(db: None, northlake: Company) -> None:
    crowd(northlake.operator, 3, license=BASIC)
    do(northlake.operator, "lifecycle.activate", {"subjects": everybody(northlake, status=["pending"])})
    waiting = "SELECT count(*) FROM people_standing WHERE account_id = %(a)s AND status = 'pending'"
    assert sql.value(waiting, {"a": northlake.account}) == 0
    assert not breaches()


def test_the_last_seats_are_their_own(db: None, northlake: Company) -> None:
    """LIC-07: whoever waits with the last seats needs no other one to become active."""
    people = crowd(northlake.operator, 3, license=LICENSED)
    held = sql.value(
        "SELECT used + pending FROM licenses_license WHERE account_id = %(a)s AND product = %(p)s", {"a": northlake.account, "p": LICENSED}
    )
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": held})
    started = do(northlake.operator, "lifecycle.activate", {"subjects": one(*people)})
    assert started.state == "done" and {standing(p)["status"] for p in people} == {"active"}
    assert not breaches()
