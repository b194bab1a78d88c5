"""lifecycle.resend_invitation, lifecycle.withdraw_invitation, lifecycle.expire_invitation."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.people_of import (
    LICENSED,
    Company,
    accept_invitation,
    add_ons,
    breaches,
    crowd,
    do,
    everybody,
    finish,
    invite,
    link_of,
    one,
    outcome,
    seats,
    standing,
)
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo
from usher.journal.verb import plan
from usher.lifecycle.accept import look_up
from usher.lifecycle.tasks import expire_invitations
from usher.people import reads as people_reads

pytestmark = pytest.mark.django_db
NAMES = RESEND, WITHDRAW, EXPIRE = "lifecycle.resend_invitation", "lifecycle.withdraw_invitation", "lifecycle.expire_invitation"
NAME = WITHDRAW


def invitation(user: UUID) -> dict[str, object]:
    found = sql.row("SELECT state, nonce, token_hash, sent_at, expires_at FROM people_invitation WHERE user_id = %(u)s", {"u": user})
    assert found is not None
    return found


def mails(user: UUID) -> list[str]:
    return [m["state"] for m in sql.rows("SELECT state FROM mail_message WHERE to_user = %(u)s ORDER BY created_at, id", {"u": user})]


def in_a_while(company: Company, **later: float) -> clock.datetime:
    """A moment after the pending person's invitation was sent."""
    sent = sql.value("SELECT sent_at FROM people_invitation WHERE user_id = %(u)s", {"u": company.pending})
    assert isinstance(sent, clock.datetime)
    return sent + timedelta(**later)


def test_it_works(northlake: Company) -> None:
    """S0-47, S0-49: an entry of the pending list is deleted; the seats come free, the waiting mail is not sent, the address is free."""
    (user,) = invite(northlake.owner, "p@away.test", license=LICENSED, add_ons=["phone", "webinar:500"])
    assert [p["id"] for p in people_reads.pending(northlake.owner, {"q": "p@away"}).rows] == [user]
    started = do(northlake.admin, WITHDRAW, {"subjects": one(user)})
    assert outcome(northlake.owner, started).done == 1
    assert (standing(user)["status"], add_ons(user), mails(user)) == ("gone", [], ["cancelled"])
    assert people_reads.pending(northlake.owner, {"q": "p@away"}).rows == []
    for product in (LICENSED, "phone", "webinar:500"):
        assert seats(northlake, product)["pending"] == 0
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    for name in NAMES:
        with pytest.raises(Refused) as no:
            plan(northlake.member, name, {"subjects": one(northlake.pending)})
        assert no.value.kind == "forbidden"


def test_another_account_s_pending_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03, AUTHZ-10"""
    before = invitation(southport.pending)
    with clock.travel(in_a_while(northlake, days=40)):
        for name in NAMES:
            do(northlake.owner, name, {"subjects": one(southport.pending)})
            do(northlake.owner, name, {"subjects": one(southport.pending, northlake.pending)})
    assert invitation(southport.pending) == before
    assert standing(southport.pending)["status"] == "pending"


def test_wrong_parameters(northlake: Company) -> None:
    for name in NAMES:
        for subjects in (None, {}, {"ids": []}, {"ids": "x"}, {"ids": [1]}, [], {"query": [1]}, {"query": None}):
            with pytest.raises(Refused) as no:
                plan(northlake.owner, name, {"subjects": subjects})
            assert no.value.kind == "invalid"


def test_a_new_mail_kills_the_old_link_and_starts_the_clock_anew(northlake: Company) -> None:
    """S0-48, S0-51"""
    old = link_of(northlake.pending)
    with clock.travel(in_a_while(northlake, days=20)):
        do(northlake.admin, RESEND, {"subjects": one(northlake.pending)})
    with pytest.raises(Refused) as no:
        look_up(northlake.pending, old)
    assert no.value.code == "bad_link"
    assert mails(northlake.pending) == ["cancelled", "waiting"]
    assert invitation(northlake.pending)["expires_at"] == invitation(northlake.pending)["sent_at"] + timedelta(days=30)  # type: ignore[operator]
    with clock.travel(in_a_while(northlake, days=29)):  # 49 days after the first mail
        assert look_up(northlake.pending, link_of(northlake.pending))


def test_not_twice_in_a_minute(northlake: Company) -> None:
    """INVITE-17: a button pressed often sends one mail."""
    with pytest.raises(Refused) as no:
        do(northlake.admin, RESEND, {"subjects": one(northlake.pending)})
    assert no.value.code == "too_soon"
    assert mails(northlake.pending) == ["waiting"]


def test_nobody_active_is_invited_again_or_withdrawn(northlake: Company) -> None:
    """S0-50: an active person is no pending entry; the owner whose setup link still waits cannot be withdrawn."""
    member = northlake.member.user_id or UUID(int=0)
    for name in NAMES:
        try:
            told = outcome(northlake.owner, do(northlake.owner, name, {"subjects": one(member)}))
            assert (told.done, told.reasons) == (0, {"not_pending": 1})
        except Refused as no:
            assert no.code == "not_pending"
    assert standing(member)["status"] == "active"


def test_expired_ones_disappear_by_themselves(northlake: Company) -> None:
    """S0-51, S0-52: by the clock, one day after 30 and not one before; who accepted in time stays."""
    joined, late = invite(northlake.owner, "in@time.test", "too@late.test", license=LICENSED, add_ons=["phone"])
    accept_invitation(joined)
    with clock.travel(in_a_while(northlake, days=29)):
        assert expire_invitations() == 0
    with clock.travel(in_a_while(northlake, days=31)):
        assert expire_invitations() >= 1
        assert expire_invitations() == 0
    assert (standing(joined)["status"], standing(late)["status"], standing(northlake.pending)["status"]) == ("active", "gone", "gone")
    assert [p["id"] for p in people_reads.pending(northlake.owner, {}).rows] == []
    assert (seats(northlake, LICENSED)["used"], seats(northlake, LICENSED)["pending"]) == (1, 0)
    newest = reads.changes(northlake.owner, limit=1)[0]
    assert (newest["verb"], newest["actor_kind"], newest["door"]) == (EXPIRE, "system", "clock")
    assert not breaches()


def test_one_sent_again_does_not_expire_with_the_first_mail(northlake: Company) -> None:
    """S0-51: neither does the clock find it, nor does the verb take it."""
    with clock.travel(in_a_while(northlake, days=29)):
        do(northlake.admin, RESEND, {"subjects": one(northlake.pending)})
    with clock.travel(in_a_while(northlake, days=2)):  # 31 days after the first mail
        expire_invitations()
        assert standing(northlake.pending)["status"] == "pending"
        started = do(northlake.operator, EXPIRE, {"subjects": one(northlake.pending)})
    assert outcome(northlake.owner, started).reasons == {"changed": 1}
    assert standing(northlake.pending)["status"] == "pending"


def test_an_owner_who_has_not_set_up_yet_is_left_alone_by_the_clock(committed: None) -> None:
    """S0-52: an account keeps its owner; the clock does not try again every minute for ever."""
    from usher.lifecycle.open_account import open_account

    account, _ = open_account("Late", "business", "late@owner.test")
    changes = sql.value("SELECT count(*) FROM journal_change WHERE account_id = %(a)s", {"a": account})
    for day in (31, 32, 60):
        with clock.travel(clock.now() + timedelta(days=day)):
            expire_invitations()
    assert sql.value("SELECT count(*) FROM journal_change WHERE account_id = %(a)s", {"a": account}) == changes
    assert sql.value("SELECT status FROM people_standing WHERE account_id = %(a)s", {"a": account}) == "pending"


def test_undo_of_withdrawing(northlake: Company) -> None:
    """They are asked in again with a new link, where the address and the seats are still free."""
    people = invite(northlake.owner, *[f"w{i}@again.test" for i in range(3)], license=LICENSED, add_ons=["phone"])
    old = link_of(people[0])
    started = do(northlake.owner, WITHDRAW, {"subjects": one(*people)})
    invite(northlake.owner, "w1@again.test")
    assert started.number
    undone = finish(undo.start_undo(northlake.owner, started.number))
    told = outcome(northlake.owner, undone)
    assert (told.done, told.reasons) == (2, {"address_taken": 1})
    assert [standing(p)["status"] for p in people] == ["pending", "gone", "pending"]
    assert (add_ons(people[0]), add_ons(people[1])) == (["phone"], [])
    assert mails(people[0]) == ["cancelled", "waiting"]
    with pytest.raises(Refused):
        look_up(people[0], old)
    assert look_up(people[0], link_of(people[0]))["email"] == "w0@again.test"
    assert (seats(northlake, LICENSED)["pending"], seats(northlake, "phone")["pending"]) == (2, 2)
    assert not breaches()


def test_undo_of_withdrawing_with_fewer_seats(northlake: Company) -> None:
    """LIC-05: the first come back as far as seats go; nobody is left with half."""
    people = invite(northlake.owner, *[f"w{i}@few.test" for i in range(4)], license=LICENSED, add_ons=["phone"])
    started = do(northlake.owner, WITHDRAW, {"subjects": one(*people)})
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 3})
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 2})
    assert started.number
    finish(undo.start_undo(northlake.owner, started.number))
    assert seats(northlake, LICENSED) == {"bought": 3, "used": 0, "pending": 3, "held": 0}
    assert seats(northlake, "phone") == {"bought": 2, "used": 0, "pending": 2, "held": 0}
    assert not breaches()


def test_the_whole_pending_list_at_once(northlake: Company) -> None:
    crowd(northlake.owner, 700, add_ons=[])
    started = engine.start(plan(northlake.owner, WITHDRAW, {"subjects": everybody(northlake, status=["pending"])}), "all")
    finish(started)
    assert outcome(northlake.owner, started).done == 701
    assert people_reads.pending(northlake.owner, {}).rows == []
    assert not breaches()
