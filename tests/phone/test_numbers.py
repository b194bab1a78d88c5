"""Numbers: into the inventory, to somebody, from one to another, out again; and the number a phone calls out with."""

from dataclasses import replace
from typing import Any

import pytest

from tests.people_of import Company, breaches, do, one, outcome
from tests.phone.phones import PLAN, add, equip, phone
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan
from usher.phone import reads
from usher.phone.verbs.numbers import change_own_caller_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("equipped")]
NAMES = (
    "phone.add_numbers",
    "phone.release_numbers",
    "phone.assign_numbers",
    "phone.move_numbers",
    "phone.unassign_numbers",
    "phone.set_caller_id",
)
FIRST, SECOND = "+4722000000", "+4722000001"


def holders(company: Company) -> dict[str, Any]:
    return {
        n["number"]: (n["holder_id"], n["caller"])
        for n in sql.rows("SELECT number, holder_id, caller FROM phone_number WHERE account_id = %(a)s", {"a": company.account})
    }


def test_it_works(northlake: Company) -> None:
    """S3-5, S3-27, S3-28, S3-39: given, moved, taken back, released; each undone."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, b, package=PLAN)
    do(northlake.owner, "phone.assign_numbers", {"numbers": [FIRST, "+47 22 00 00 01"], "holder": str(a)})
    assert holders(northlake)[FIRST] == (a, True) and holders(northlake)[SECOND] == (a, False)
    do(northlake.owner, "phone.set_caller_id", {"holder": str(a), "number": SECOND})
    assert holders(northlake)[FIRST] == (a, False) and holders(northlake)[SECOND] == (a, True)
    hidden = do(northlake.owner, "phone.set_caller_id", {"holder": str(a), "number": ""})
    assert not any(caller for _holder, caller in holders(northlake).values())
    undo.start_undo(northlake.owner, hidden.number or 0)
    assert holders(northlake)[SECOND] == (a, True)
    for number in (FIRST, "", SECOND):
        change_own_caller_id(northlake.admin, number, f"own{number}")
        assert [n for n, (_holder, caller) in holders(northlake).items() if caller] == [number] * bool(number)
    moved = do(northlake.owner, "phone.move_numbers", {"numbers": [SECOND], "holder": str(b)})
    assert phone(b)["numbers"] == [SECOND] and phone(a)["numbers"] == [FIRST]
    undo.start_undo(northlake.owner, moved.number or 0)
    assert phone(a)["numbers"] == [FIRST, SECOND]
    taken = do(northlake.owner, "phone.unassign_numbers", {"numbers": [FIRST, SECOND]})
    released = do(northlake.owner, "phone.release_numbers", {"numbers": [FIRST]})
    assert FIRST not in holders(northlake)
    undo.start_undo(northlake.owner, released.number or 0)
    undo.start_undo(northlake.owner, taken.number or 0)
    assert phone(a)["numbers"] == [FIRST, SECOND] and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    add(northlake, northlake.admin.user_id or northlake.pending)
    for name in NAMES:
        with pytest.raises(Refused) as no:
            do(northlake.member, name, {"numbers": [FIRST], "holder": str(northlake.admin.user_id)})
        assert no.value.kind == "forbidden"
    with pytest.raises(Refused) as no:
        do(replace(northlake.admin, privileges=frozenset()), "phone.change_own_caller_id", {"number": FIRST})
    assert no.value.kind == "forbidden"
    with pytest.raises(Refused):
        reads.numbers(northlake.member)


def test_another_account_s_numbers_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: neither by id nor by the number itself, nor another account's phone as the holder. Two accounts may know the same number."""
    equip(southport)
    theirs, ours = southport.member.user_id, northlake.member.user_id
    assert theirs and ours
    add(southport, theirs, package=PLAN)
    add(northlake, ours, package=PLAN)
    do(southport.owner, "phone.add_numbers", {"numbers": ["+442071838750"]})
    foreign = str(sql.value("SELECT id FROM phone_number WHERE number = '+442071838750'"))
    for name in NAMES[1:5]:
        for number in (foreign, "+442071838750"):
            with pytest.raises(Refused) as no:
                do(northlake.owner, name, {"numbers": [number], "holder": str(ours)})
            assert (no.value.kind, no.value.code) == ("invalid", "no_number")
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.assign_numbers", {"numbers": [FIRST], "holder": str(theirs)})
    assert no.value.code == "no_phone" and not breaches()


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-08"""
    add(northlake, northlake.member.user_id or northlake.pending)
    wrong: list[Any] = [None, [], "x", ["x"] * 10_001]
    for name in NAMES[:5]:
        for numbers in wrong:
            with pytest.raises(Refused) as no:
                plan(northlake.owner, name, {"numbers": numbers, "holder": str(northlake.member.user_id)})
            assert no.value.kind == "invalid"
    with pytest.raises(Refused) as no:
        plan(northlake.owner, "phone.set_caller_id", {"holder": str(northlake.member.user_id), "number": FIRST})
    assert no.value.code == "no_number"


def test_one_bad_line_never_stops_the_good_ones(northlake: Company) -> None:
    """S3-5, DOS-14: any usual spelling, the account's country for those without their own; what is none, twice or here already is told."""
    before = holders(northlake)
    lines = ["+48 12 555 01 27", "22000005", "(0)12", "tel:nothing", "0048125550127", "+48-12-555-0127", "1" * 50_000 + "!", "\x00"]
    started = do(northlake.owner, "phone.add_numbers", {"numbers": lines})
    assert holders(northlake) == {**before, "+48125550127": (None, False)}
    done = outcome(northlake.owner, started)
    assert done.done == 1 and done.reasons == {"number_here": 1, "number_twice": 2, "no_number": 4}
    undo.start_undo(northlake.owner, started.number or 0)
    assert holders(northlake) == before


def test_a_number_has_one_holder(northlake: Company) -> None:
    """A clash names the holder; without a calling plan there is no direct number; ten at most."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, package=PLAN)
    add(northlake, b)
    do(northlake.owner, "phone.assign_numbers", {"numbers": [FIRST], "holder": str(a)})
    for holder, number, words in ((b, FIRST, "has this number"), (b, SECOND, "calling plan")):
        with pytest.raises(Refused) as no:
            do(northlake.owner, "phone.assign_numbers", {"numbers": [number], "holder": str(holder)})
        assert words in no.value.words
    assert sql.value("SELECT display_name || first_name || email FROM people_user WHERE id = %(a)s", {"a": a}).split("@")[0] in "admin"
    do(northlake.owner, "phone.add_numbers", {"numbers": [f"+47 22 00 01 {n:02}" for n in range(5)]})
    every = sorted(holders(northlake))
    started = do(northlake.owner, "phone.assign_numbers", {"numbers": every, "holder": str(a)})
    assert outcome(northlake.owner, started).reasons["too_many_numbers"] == 5 and len(phone(a)["numbers"]) == 10
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.release_numbers", {"numbers": [FIRST]})
    assert no.value.code == "number_held" and not breaches()


def test_numbers_go_with_the_phone(northlake: Company) -> None:
    """S3-39: another gets it at once."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, package=PLAN, numbers="next")
    do(northlake.owner, "phone.remove", {"subjects": one(a)})
    add(northlake, b, package=PLAN, numbers="next")
    assert phone(b)["numbers"] == [FIRST]
