"""phone.assign_package, phone.remove_packages and phone.switch_package: calling packages after the phone is there."""

from dataclasses import replace

import pytest

from tests.people_of import Company, add_ons, breaches, do, one, outcome, seats
from tests.phone.phones import EXTRA, OTHER_PLAN, PLAN, add, buy, equip, phone
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.rows import beside
from usher.journal.verb import plan
from usher.phone import reads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("equipped")]
NAMES = ("phone.assign_package", "phone.remove_packages", "phone.switch_package")


def test_it_works(northlake: Company) -> None:
    """S3-24, S3-36, S3-60: assigned later, one plan replaces another, an extra stands beside it; undone one by one."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    assert phone(who)["packages"] == []
    do(northlake.owner, "phone.assign_package", {"package": "100", "subjects": one(who)})
    do(northlake.owner, "phone.assign_package", {"package": EXTRA, "subjects": one(who)})
    changed = do(northlake.owner, "phone.assign_package", {"package": PLAN, "subjects": one(who)})
    assert phone(who)["packages"] == [PLAN, EXTRA] and seats(northlake, OTHER_PLAN)["used"] == 0
    undo.start_undo(northlake.owner, changed.number or 0)
    assert phone(who)["packages"] == [OTHER_PLAN, EXTRA] and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    for name, wish in zip(NAMES, ({"package": PLAN}, {}, {"package": PLAN, "active": False}), strict=True):
        with pytest.raises(Refused) as no:
            do(northlake.member, name, {"subjects": one(northlake.admin.user_id or ""), **wish})
        assert no.value.kind == "forbidden"


def test_another_account_s_phones_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03; and what one account switches off is on in the other."""
    equip(southport)
    theirs = southport.member.user_id
    assert theirs
    add(southport, theirs, package=PLAN)
    assert do(northlake.owner, "phone.remove_packages", {"subjects": one(theirs)}).change_id is None
    assert do(northlake.owner, "phone.assign_package", {"package": OTHER_PLAN, "subjects": one(theirs)}).change_id is None
    do(northlake.owner, "phone.switch_package", {"package": PLAN, "active": False})
    assert phone(theirs)["packages"] == [PLAN] and not reads.is_inactive(southport.owner, PLAN)


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-08, S3-57: no such package; one that is inactive; nobody without a phone gets one."""
    for name, wish in (
        ("phone.assign_package", {"package": "x"}),
        ("phone.remove_packages", {"packages": ["x"]}),
        ("phone.switch_package", {"package": "x"}),
    ):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, name, {"subjects": one(northlake.admin.user_id or ""), **wish})
        assert (no.value.kind, no.value.code) == ("invalid", "unknown_package")
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.assign_package", {"package": PLAN, "subjects": one(northlake.admin.user_id or "")})
    assert no.value.code == "no_phone" and seats(northlake, PLAN)["used"] == 0


def test_direct_numbers_go_with_the_plan(northlake: Company) -> None:
    """S3-40, S3-54, S3-55: all packages away, and the numbers with them; undo brings back what is free."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, b, package=PLAN, numbers="next")
    do(northlake.owner, "phone.assign_package", {"package": EXTRA, "subjects": one(a)})
    numbers = phone(a)["numbers"]
    do(northlake.owner, "phone.remove_packages", {"packages": [EXTRA], "subjects": one(a)})
    assert phone(a)["numbers"] == numbers and len(numbers) == 1
    gone = do(northlake.owner, "phone.remove_packages", {"subjects": one(a)})
    assert (phone(a)["packages"], phone(a)["numbers"]) == ([], []) and phone(a)["state"] == "active" and add_ons(a) == ["phone"]
    undo.start_undo(northlake.owner, gone.number or 0)
    assert phone(a)["numbers"] == numbers
    gone = do(northlake.owner, "phone.remove_packages", {"subjects": one(a)})
    do(northlake.owner, "phone.assign_numbers", {"numbers": numbers, "holder": str(b)})
    undo.start_undo(northlake.owner, gone.number or 0)
    assert (phone(a)["packages"], phone(a)["numbers"]) == ([PLAN], []) and not breaches()


def test_an_inactive_package_is_found_and_replaced(northlake: Company) -> None:
    """S3-57, S3-60: who holds it keeps it, is found by the filter, and gets another one."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, package=PLAN)
    add(northlake, b, package=OTHER_PLAN)
    off = do(northlake.owner, "phone.switch_package", {"package": PLAN, "active": False})
    assert [r["id"] for r in reads.page(northlake.owner, {"package": ["inactive"]}).rows] == [a]
    assert {p["product"]: p["active"] for p in reads.packages(northlake.owner)} == {OTHER_PLAN: True, PLAN: False, EXTRA: True}
    started = do(
        northlake.owner, "phone.assign_package", {"package": OTHER_PLAN, "subjects": {"query": {"package": ["inactive"]}, "except": []}}
    )
    assert outcome(northlake.owner, started).done == 1 and phone(a)["packages"] == [OTHER_PLAN]
    undo.start_undo(northlake.owner, off.number or 0)
    assert not reads.is_inactive(northlake.owner, PLAN)


def test_numbers_come_with_the_plan(northlake: Company) -> None:
    """S3-27, S3-28: one change, one undo; a chosen number for one phone, the next free one for each of many that has none."""
    a, b, c = northlake.admin.user_id, northlake.member.user_id, northlake.owner.user_id
    assert a and b and c
    add(northlake, a, b, c)
    chosen = {"package": PLAN, "numbers": ["+47 22 00 00 07"]}
    planned = plan(northlake.owner, "phone.assign_package", {**chosen, "subjects": one(a)})
    assert [r["after"]["numbers"] for r in beside(planned, [a])] == [["+4722000007"]]
    given = do(northlake.owner, "phone.assign_package", {**chosen, "subjects": one(a)})
    assert (phone(a)["packages"], phone(a)["numbers"]) == ([PLAN], ["+4722000007"])
    do(northlake.owner, "phone.assign_package", {"package": PLAN, "numbers": "next", "subjects": one(a, b, c)})
    assert phone(a)["numbers"] == ["+4722000007"] and sorted(phone(b)["numbers"] + phone(c)["numbers"]) == ["+4722000000", "+4722000001"]
    assert sql.value("SELECT count(*) FROM phone_number WHERE caller AND account_id = %(a)s", {"a": northlake.account}) == 3
    undo.start_undo(northlake.owner, given.number or 0)
    assert (phone(a)["packages"], phone(a)["numbers"]) == ([], []) and not breaches()


def test_certain_numbers_need_the_right_to_numbers(northlake: Company) -> None:
    """AUTHZ-01: whoever may manage phone users alone gives packages, and the next free number, and restores what was somebody's own."""
    who = northlake.member.user_id
    assert who
    actor = replace(northlake.owner, privileges=frozenset({"phone:user:manage", "phone:user:view", "people:user:view"}))
    do(actor, "phone.add", {"subjects": one(who), "package": PLAN, "numbers": "next"})
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    with pytest.raises(Refused) as no:
        plan(actor, "phone.assign_package", {"package": PLAN, "numbers": ["+4722000007"], "subjects": one(who)})
    assert no.value.kind == "forbidden"
    do(actor, "phone.put_in_trash", {"subjects": one(who)})
    with pytest.raises(Refused) as no:
        plan(actor, "phone.restore", {"subjects": one(who), "numbers": ["+4722000007"]})
    assert no.value.kind == "forbidden"
    do(actor, "phone.restore", {"subjects": one(who), "numbers": ["+4722000000"]})
    assert phone(who)["numbers"] == ["+4722000000"] and not breaches()


def test_numbers_that_cannot_come_with_the_plan(northlake: Company) -> None:
    """MASS-08, TENANT-03, S3-25: somebody's number, one for two phones, no such number, an extra without a plan, none free: each is told, and the package comes."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, package=PLAN, numbers="next")
    add(northlake, b)
    for numbers, people, code in ((["+4722000001"], (a, b), "numbers"), (["+4799"], (b,), "no_number"), ("all", (b,), "numbers")):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, "phone.assign_package", {"package": PLAN, "numbers": numbers, "subjects": one(*people)})
        assert (no.value.kind, no.value.code) == ("invalid", code)
    for wish, why in (
        ({"package": EXTRA, "numbers": "next"}, "needs_plan"),
        ({"package": PLAN, "numbers": phone(a)["numbers"]}, "number_taken"),
    ):
        started = do(northlake.owner, "phone.assign_package", {**wish, "subjects": one(b)})
        left = "SELECT split_part(reason, ':', 1) FROM journal_effect WHERE change_id = %(c)s AND phase = 1 AND result = 'skipped'"
        assert sql.value(left, {"c": started.change_id}) == why
    sql.execute("UPDATE accounts_account SET country = 'SE' WHERE id = %(a)s", {"a": northlake.account})
    started = do(northlake.owner, "phone.assign_package", {"package": OTHER_PLAN, "numbers": "next", "subjects": one(b)})
    assert sql.value(left, {"c": started.change_id}) == "no_free_number"
    assert phone(b)["numbers"] == [] and phone(b)["packages"] == [OTHER_PLAN, EXTRA] and not breaches()


def test_whom_nothing_touches_gets_no_number_either(northlake: Company) -> None:
    """Of many chosen at once who is marked keeps everything: neither package nor number."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, b)
    do(northlake.owner, "people.mark", {"kind": "never", "subjects": one(a)})
    do(northlake.owner, "phone.assign_package", {"package": PLAN, "numbers": "next", "subjects": one(a, b)})
    assert (phone(a)["packages"], phone(a)["numbers"], phone(b)["numbers"]) == ([], [], ["+4722000000"]) and not breaches()


def test_who_finds_no_seat_gets_no_number(northlake: Company) -> None:
    """LIC-03: with one package left for two phones, the second gets neither."""
    buy(northlake, calling__200=1)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, b)
    do(northlake.owner, "phone.assign_package", {"package": PLAN, "numbers": "next", "subjects": one(a, b)}, short="first")
    assert sorted(map(len, (phone(a)["numbers"], phone(b)["numbers"]))) == [0, 1] and not breaches()
