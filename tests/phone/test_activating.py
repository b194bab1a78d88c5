"""phone.deactivate and phone.activate: a phone that nobody may use for now, and keeps everything."""

from dataclasses import replace

import pytest

from tests.people_of import Company, breaches, do, one, outcome, seats
from tests.phone.phones import PLAN, add, equip, extension, own, phone
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.phone import reads, tasks
from usher.phone.mails import given
from usher.phone.verbs.numbers import change_own_caller_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("equipped")]
NAMES = ("phone.deactivate", "phone.activate")


def deactivated(company: Company) -> list[bool]:
    """Of admin and member, whether their phones are."""
    people = [company.admin.user_id, company.member.user_id]
    return [bool((reads.phone(company.owner, p) or {}).get("deactivated_at")) for p in people if p]


def mails() -> int:
    """How many mails about a phone would go out."""
    return sum(told["alive"] for told in given(sql.rows("SELECT id FROM mail_message WHERE kind = 'phone'")).values())


def test_it_works(northlake: Company) -> None:
    """behaviour.md L: seat, package, extension and numbers stay; the person cannot change it; each is undone."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, b, package=PLAN, numbers="next")
    before = phone(b)
    off = do(northlake.owner, "phone.deactivate", {"subjects": one(a, b)})
    assert deactivated(northlake) == [True, True] and phone(b) == before and seats(northlake, PLAN)["used"] == 2
    for change in (lambda: own(northlake.member, {"extension": "4127"}), lambda: change_own_caller_id(northlake.member, "", "key")):
        with pytest.raises(Refused) as no:
            change()
        assert (no.value.kind, no.value.code) == ("conflict", "phone_deactivated")
    on = do(northlake.owner, "phone.activate", {"subjects": one(b)})
    assert deactivated(northlake) == [True, False]
    own(northlake.member, {"extension": "4127"})
    undo.start_undo(northlake.owner, on.number or 0)
    assert deactivated(northlake) == [True, True] and extension(b) == "4127"
    undo.start_undo(northlake.owner, off.number or 0)
    assert deactivated(northlake) == [False, False] and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    add(northlake, northlake.member.user_id or northlake.pending)
    actor = replace(northlake.owner, privileges=frozenset({"phone:user:view", "phone:number:manage"}))
    for name in NAMES:
        with pytest.raises(Refused) as no:
            do(actor, name, {"subjects": one(northlake.member.user_id or "")})
        assert no.value.kind == "forbidden"


def test_another_account_s_phones_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    equip(southport)
    theirs = southport.admin.user_id
    assert theirs
    add(southport, theirs)
    do(southport.owner, "phone.deactivate", {"subjects": one(theirs)})
    for name in NAMES:
        assert do(northlake.owner, name, {"subjects": one(theirs)}).change_id is None
    assert deactivated(southport) == [True, False]


def test_who_has_no_phone_is_told(northlake: Company) -> None:
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a)
    for name in NAMES[::-1]:
        with pytest.raises(Refused) as no:
            do(northlake.owner, name, {"subjects": one(b)})
        assert no.value.code == "no_phone"
    told = outcome(northlake.owner, do(northlake.owner, "phone.deactivate", {"subjects": one(a, b)}))
    assert (told.done, told.reasons) == (1, {"no_phone": 1})


def test_it_stays_so_through_everything(northlake: Company) -> None:
    """Away with its person and back, removed and undone: it is as it was."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(northlake.owner, "phone.deactivate", {"subjects": one(who)})
    for verb in ("lifecycle.deactivate", "lifecycle.reactivate"):
        do(northlake.owner, verb, {"subjects": one(who)})
    tasks.keep_up()
    assert extension(who) and deactivated(northlake) == [False, True]
    gone = do(northlake.owner, "phone.remove", {"subjects": one(who)})
    undo.start_undo(northlake.owner, gone.number or 0)
    tasks.keep_up()
    assert extension(who) and deactivated(northlake) == [False, True] and not breaches()


def test_given_anew_it_may_be_used(northlake: Company) -> None:
    """behaviour.md L: what was said of the phone before is not said of the new one."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(northlake.owner, "phone.deactivate", {"subjects": one(who)})
    do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(who)})
    tasks.keep_up()
    assert not extension(who)
    add(northlake, who)
    assert extension(who) and deactivated(northlake) == [False, False] and not breaches()


def test_an_undo_that_lets_it_be_used_sends_the_mail(northlake: Company) -> None:
    """S3-19: the mail of before was not delivered; the undo of activating sends none."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    off = do(northlake.owner, "phone.deactivate", {"subjects": one(who)})
    sql.execute("DELETE FROM mail_message WHERE kind = 'phone'")
    undo.start_undo(northlake.owner, off.number or 0)
    assert mails() == 1
    do(northlake.owner, "phone.deactivate", {"subjects": one(who)})
    on = do(northlake.owner, "phone.activate", {"subjects": one(who)})
    undo.start_undo(northlake.owner, on.number or 0)
    assert mails() == 0 and sql.value("SELECT count(*) FROM mail_message WHERE kind = 'phone'") == 2


def test_the_mail_comes_when_it_may_be_used(northlake: Company) -> None:
    """S3-19, S3-21: prepared before its day, its person hears of it on that day, once; nothing is sent again meanwhile."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(northlake.owner, "phone.deactivate", {"subjects": one(who)})
    assert mails() == 0
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.resend_invite", {"subjects": one(who)})
    assert no.value.code == "phone_deactivated"
    do(northlake.owner, "phone.activate", {"subjects": one(who)})
    assert mails() == 1
    own(northlake.member, {})
    for name in NAMES:
        do(northlake.owner, name, {"subjects": one(who)})
    assert sql.value("SELECT count(*) FROM mail_message WHERE kind = 'phone' AND to_user = %(u)s", {"u": who}) == 2
