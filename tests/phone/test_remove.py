"""phone.remove, phone.put_in_trash, phone.restore and phone.purge: how a phone is taken away, and comes back."""

from datetime import timedelta
from typing import Any

import pytest

from tests.people_of import Company, add_ons, breaches, do, one, seats
from tests.phone.phones import EXTRA, PLAN, add, buy, equip, extension, phone
from usher.access.actors import system
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.phone import tasks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("equipped")]
TRASH = {"query": {"phone": ["trash"]}}
NAMES = ("phone.remove", "phone.put_in_trash", "phone.restore", "phone.purge")


def test_it_works(northlake: Company) -> None:
    """S3-37, S3-38, S3-39, S3-42: seat, package, extension and number are free at once; undone, they are back."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    before = phone(who)
    removed = do(northlake.owner, "phone.remove", {"subjects": one(who)})
    assert phone(who) == {} and add_ons(who) == [] and seats(northlake, "phone")["used"] == seats(northlake, PLAN)["used"] == 0
    assert sql.value("SELECT count(*) FROM phone_number WHERE holder_id IS NOT NULL AND account_id = %(a)s", {"a": northlake.account}) == 0
    undo.start_undo(northlake.owner, removed.number or 0)
    tasks.keep_up()
    assert phone(who) == before and seats(northlake, PLAN)["used"] == 1 and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    for name in NAMES:
        with pytest.raises(Refused) as no:
            do(northlake.member, name, {"subjects": one(northlake.admin.user_id or ""), "ids": [str(northlake.admin.user_id)]})
        assert no.value.kind == "forbidden"
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.purge", {"until": clock.now().isoformat()})
    assert no.value.code == "clock_only"


def test_another_account_s_phones_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    equip(southport)
    theirs = southport.member.user_id
    assert theirs
    add(southport, theirs)
    for account in (northlake, southport):
        do(account.owner, "phone.change_settings", {"soft_delete": True})
    assert do(northlake.owner, "phone.put_in_trash", {"subjects": one(theirs)}).change_id is None
    do(southport.owner, "phone.put_in_trash", {"subjects": one(theirs)})
    assert do(northlake.owner, "phone.remove", {"subjects": one(theirs)}).change_id is None
    assert do(northlake.owner, "phone.restore", {"subjects": one(theirs)}).change_id is None
    do(northlake.owner, "phone.restore", {"subjects": TRASH})
    assert phone(theirs)["state"] == "trash"


def test_wrong_order(northlake: Company) -> None:
    """S3-46, S3-47: with soft delete a phone goes to the trash first; without it there is no trash; nobody without a phone loses one."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN)
    for actor, name, code in (
        (northlake.owner, "phone.put_in_trash", "no_trash"),
        (northlake.owner, "phone.remove", "no_phone"),
    ):
        with pytest.raises(Refused) as no:
            do(actor, name, {"subjects": one(who if code == "no_trash" else northlake.admin.user_id or "")})
        assert no.value.code == code
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.remove", {"subjects": one(who)})
    assert no.value.code == "trash_first" and extension(who) == "1000"
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(who)})
    do(northlake.owner, "phone.remove", {"subjects": one(who)})
    assert phone(who) == {} and not breaches()


def test_the_trash_frees_everything_at_once(northlake: Company) -> None:
    """S3-48, S3-52, R10: seat, package, extension and number; and restore brings them back while nobody took them."""
    buy(northlake, phone=1, calling__200=1)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    add(northlake, a, package=PLAN, numbers="next")
    before = phone(a)
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a)})
    add(northlake, b, package=PLAN, numbers="next")
    assert (extension(b), phone(b)["numbers"]) == ("1000", ["+4722000000"]) and extension(a) == ""
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(b)})
    back = do(northlake.owner, "phone.restore", {"subjects": one(a)})
    assert phone(a) == before and not breaches()
    undo.start_undo(northlake.owner, back.number or 0)
    assert phone(a)["state"] == "trash" and seats(northlake, PLAN)["used"] == 0 and not breaches()


def test_restore_tells_what_is_gone(northlake: Company) -> None:
    """S3-49, S3-53: extension and number were given away, the package is taken: the next extension instead, and the rest is told."""
    buy(northlake, calling__200=1)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    add(northlake, a, package=PLAN, numbers="next")
    do(northlake.owner, "phone.assign_package", {"package": EXTRA, "subjects": one(a)})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a)})
    add(northlake, b, package=PLAN, numbers="next")
    back = do(northlake.owner, "phone.restore", {"subjects": TRASH})
    assert (extension(a), phone(a)["numbers"], phone(a)["packages"]) == ("1001", [], [EXTRA])
    told = sql.rows("SELECT phase, after FROM journal_effect WHERE change_id = %(c)s ORDER BY phase", {"c": back.change_id})
    assert told[0]["after"]["not_back"] == [PLAN]
    assert (told[1]["after"]["extension"], told[1]["after"]["lost"]) == ("1001", ["1000", "+4722000000"]) and not breaches()


def test_only_whom_the_filter_finds_comes_back(northlake: Company) -> None:
    """S3-49, MASS-01: all that match a search of the trash, not the whole trash."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    for person in (a, b):
        add(northlake, person)
        do(northlake.owner, "phone.put_in_trash", {"subjects": one(person)})
    email = sql.value("SELECT email FROM people_user WHERE id = %(i)s", {"i": a})
    do(northlake.owner, "phone.restore", {"subjects": {"query": {"phone": ["trash"], "q": email}}})
    assert (phone(a)["state"], phone(b)["state"]) == ("active", "trash") and not breaches()


def test_no_seat_for_a_restore(northlake: Company) -> None:
    """LIC-03: without a seat nothing comes back."""
    buy(northlake, phone=1)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    add(northlake, a)
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a)})
    add(northlake, b)
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.restore", {"subjects": TRASH})
    assert no.value.code == "no_seat" and phone(a)["state"] == "trash"


def test_the_clock_empties_the_trash(northlake: Company) -> None:
    """S3-50: after 30 days and not before; what is gone does not come back."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    add(northlake, a, b)
    with clock.travel(clock.now() - timedelta(days=31)):
        do(northlake.owner, "phone.put_in_trash", {"subjects": one(a)})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(b)})
    assert tasks.purge_due() == 1 and tasks.purge_due() == 0
    assert phone(a) == {} and phone(b)["state"] == "trash" and not breaches()
    assert do(system(northlake.account), "phone.purge", {"until": clock.now().isoformat()}).state == "unchanged"


def test_undo_of_the_trash(northlake: Company) -> None:
    """The seat first; extension and numbers follow it."""
    who = northlake.member.user_id
    assert who
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    add(northlake, who, package=PLAN, numbers="next")
    before = phone(who)
    put = do(northlake.owner, "phone.put_in_trash", {"subjects": one(who)})
    undo.start_undo(northlake.owner, put.number or 0)
    tasks.keep_up()
    assert phone(who) == before and not breaches()


def test_another_extension_and_number_for_one(northlake: Company) -> None:
    """S3-53: chosen for one phone, undone with it; refused where it cannot be had, and for several at once."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    add(northlake, a, package=PLAN, numbers="next")
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a)})
    add(northlake, b, package=PLAN, numbers="next")
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"extension": "1000"}, "extension_taken"),
        ({"extension": "112"}, "extension_reserved"),
        ({"extension": "x"}, "extension"),
        ({"numbers": ["+4722000000"]}, "number_not_free"),
        ({"numbers": ["+4722\x00"]}, "number_not_free"),
        ({"extension": "4127", "subjects": one(a, b)}, "one_person"),
    )
    for wish, code in wrong:
        with pytest.raises(Refused) as no:
            do(northlake.owner, "phone.restore", {"subjects": one(a), **wish})
        assert (no.value.kind, no.value.code) == ("invalid", code), wish
    back = do(northlake.owner, "phone.restore", {"subjects": one(a), "extension": "4127", "numbers": ["+4722000007"]})
    assert (extension(a), phone(a)["numbers"]) == ("4127", ["+4722000007"]) and not breaches()
    undo.start_undo(northlake.owner, back.number or 0)
    assert phone(a)["state"] == "trash" and not breaches()
