"""phone.set_up and phone.put_away: a phone follows its seat, whichever door the seat came and went by."""

from time import monotonic
from typing import Any

import pytest

from tests.people_of import Company, accept_invitation, add_ons, breaches, do, one, seats
from tests.phone.phones import PLAN, add, buy, extension, phone
from usher.access.actors import system
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.phone import tasks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("equipped")]
NAMES = ("phone.set_up", "phone.put_away")


def test_it_works(northlake: Company) -> None:
    """R9, S3-33, S3-34: an extension only once the person is active; when the seat goes, the phone rests, and comes back with it as it was."""
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.pending)})
    assert tasks.keep_up() == 0 and not phone(northlake.pending)
    accept_invitation(northlake.pending)
    assert tasks.keep_up() == 1 and extension(northlake.pending) == "1000" and tasks.keep_up() == 0
    do(northlake.owner, "phone.assign_package", {"package": PLAN, "subjects": one(northlake.pending)})
    do(northlake.owner, "phone.assign_numbers", {"numbers": ["+4722000004"], "holder": str(northlake.pending)})
    before = phone(northlake.pending)
    do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(northlake.pending)})
    assert tasks.keep_up() == 1
    assert extension(northlake.pending) == "" and add_ons(northlake.pending) == [] and seats(northlake, PLAN)["used"] == 0
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.pending)})
    tasks.keep_up()
    assert phone(northlake.pending) == {**before, "packages": [], "numbers": []} and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    for name in NAMES:
        for actor, kind in ((northlake.member, "forbidden"), (northlake.owner, "forbidden")):
            with pytest.raises(Refused) as no:
                do(actor, name, {})
            assert no.value.kind == kind


def test_another_account_is_not_touched(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    for company in (northlake, southport):
        do(company.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(company.member.user_id or "")})
    do(system(northlake.account), "phone.set_up", {})
    assert northlake.member.user_id and southport.member.user_id
    assert extension(northlake.member.user_id) and not phone(southport.member.user_id)


def test_a_range_that_is_full_is_not_tried_for_ever(northlake: Company) -> None:
    """No Change for nothing: the one left over waits until a number is free."""
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    site = sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s", {"a": northlake.account})
    do(northlake.owner, "phone.set_site", {"site": str(site), "lowest": 2000, "highest": 2000})
    both = one(northlake.member.user_id or "", northlake.admin.user_id or "")
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": both})
    assert [tasks.keep_up(), tasks.keep_up()] == [1, 0]
    assert sql.value("SELECT count(*) FROM phone_user WHERE state = 'active'") == 1


@pytest.mark.parametrize("verb", ["lifecycle.deactivate", "lifecycle.delete", "lifecycle.unlink"])
def test_who_leaves_frees_everything(northlake: Company, verb: str) -> None:
    """S4-4, S4-46: extension, number, package and seat at once; the undo brings them back, as far as they are free."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    before = phone(who)
    left = do(northlake.owner, verb, {"subjects": one(who)})
    assert (extension(who), seats(northlake, "phone")["used"], seats(northlake, PLAN)["used"]) == ("", 0, 0)
    told = sql.value("SELECT before->'phone'->>'extension' FROM journal_effect WHERE change_id = %(c)s", {"c": left.change_id})
    assert told == "1000" and not breaches()
    undo.start_undo(northlake.owner, left.number or 0)
    tasks.keep_up()
    assert phone(who) == before and not breaches()


def test_who_is_reactivated_gets_what_is_free(northlake: Company) -> None:
    """S4-53, R2: another one has the extension and the number by now, and the only package."""
    buy(northlake, calling__200=1)
    a, b = northlake.member.user_id, northlake.pending
    assert a
    accept_invitation(b)
    add(northlake, a, package=PLAN, numbers="next")
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(a)})
    add(northlake, b, package=PLAN, numbers="next")
    do(northlake.owner, "lifecycle.reactivate", {"subjects": one(a)})
    tasks.keep_up()
    assert (extension(b), extension(a), phone(a)["numbers"], phone(a)["packages"]) == ("1000", "1001", [], [])
    assert not breaches()


def test_a_package_never_comes_back_alone(northlake: Company) -> None:
    """LIC-08: with no Phone seat free the package stays away too."""
    buy(northlake, phone=1)
    a = northlake.member.user_id
    assert a
    add(northlake, a, package=PLAN)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(a)})
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 0})
    do(northlake.owner, "lifecycle.reactivate", {"subjects": one(a)})
    assert add_ons(a) == [] and tasks.keep_up() == 0 and not breaches()


def test_of_many_who_hurry_the_last_one_looks(northlake: Company) -> None:
    """With another one waiting behind it none of them need look."""
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.member.user_id or "")})
    tasks.hurry.defer()
    tasks.hurry()
    assert not phone(northlake.member.user_id or "")
    sql.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'phone.hurry'")
    tasks.hurry()
    assert extension(northlake.member.user_id or "")


def test_where_no_seat_moved_nobody_is_looked_at(northlake: Company, southport: Company, django_assert_num_queries: Any) -> None:
    """One look at the ledger while all is quiet; a seat that moves in one account, by whichever verb, is followed there."""
    for company in (northlake, southport):
        do(company.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(company.member.user_id or "")})
    assert [tasks.keep_up(), tasks.keep_up()] == [2, 0]
    with django_assert_num_queries(1):
        assert tasks.keep_up() == 0
    do(southport.owner, "lifecycle.deactivate", {"subjects": one(southport.member.user_id or "")})
    do(southport.owner, "lifecycle.reactivate", {"subjects": one(southport.member.user_id or "")})
    assert tasks.keep_up() == 1 and southport.member.user_id and extension(southport.member.user_id)


def test_every_account_is_looked_at_now_and_then(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a seat that went by no verb is missed for a while only."""
    member = northlake.member.user_id
    assert member
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(member)})
    assert [tasks.keep_up(), tasks.keep_up()] == [1, 0]
    sql.execute("DELETE FROM licenses_seat WHERE user_id = %(u)s", {"u": member})
    assert tasks.keep_up() == 0 and extension(member)
    monkeypatch.setattr(tasks, "monotonic", lambda: monotonic() + tasks.TRUSTED_SECONDS)
    assert tasks.keep_up() == 1 and not extension(member)
