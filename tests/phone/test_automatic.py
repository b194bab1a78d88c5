"""phone.assign_automatically: who gets a Licensed seat gets Phone with it, where the account wants it so."""

import pytest

from tests.people_of import BASIC, LICENSED, Company, add_ons, breaches, crowd, do, everybody, invite, one, seats
from tests.phone.phones import add, extension
from usher.access.actors import system
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.phone import automatic, tasks

pytestmark = pytest.mark.django_db
NAME = "phone.assign_automatically"


def switch(company: Company, *, on: bool) -> None:
    do(company.owner, "phone.change_settings", {"automatic": on})


def caused_by(change: object) -> list[dict[str, object]]:
    """What followed a change: verb and change."""
    return sql.rows("SELECT verb, id, number FROM journal_change WHERE cause = %(c)s ORDER BY number", {"c": change})


def test_it_works(northlake: Company) -> None:
    """S1-24, S1-25: off, a license is a license; on, Phone comes with it, once, as a change of its own whose cause is told, and the phone follows."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(a)})
    assert automatic.follow() == 0
    switch(northlake, on=True)
    given = do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(a, b)})
    assert (automatic.follow(), automatic.follow()) == (1, 0)
    assert (add_ons(a), add_ons(b)) == ([], ["phone"])  # who was Licensed before got nothing new
    (followed,) = caused_by(given.change_id)
    assert followed["verb"] == NAME and seats(northlake, "phone")["used"] == 1
    tasks.keep_up()
    assert extension(b) == "1000" and not breaches()
    undo.start_undo(northlake.owner, int(str(followed["number"])))
    assert add_ons(b) == [] and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """Only the clock does it."""
    given = do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.admin.user_id or "")})
    for actor in (northlake.member, northlake.owner):
        with pytest.raises(Refused) as no:
            do(actor, NAME, {"of": str(given.change_id)})
        assert no.value.kind == "forbidden"


def test_another_account_is_not_touched(northlake: Company, southport: Company) -> None:
    """TENANT-03: the switch is of one account, and a change of another one gives nobody here anything."""
    switch(northlake, on=True)
    theirs = southport.member.user_id
    given = do(southport.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(theirs or "")})
    assert automatic.follow() == 0
    started = do(system(northlake.account), NAME, {"of": str(given.change_id)})
    assert started.state == "unchanged" and add_ons(theirs) == []  # type: ignore[arg-type]


def test_wrong_parameters(northlake: Company) -> None:
    """No change is no cause."""
    with pytest.raises((KeyError, ValueError)):
        do(system(northlake.account), NAME, {"of": "x"})


def test_with_too_few_seats(northlake: Company) -> None:
    """LIC-03: the first of the change get Phone, the others keep their license without it, and the change says so; a seat that comes free later stays free."""
    switch(northlake, on=True)
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 2})
    people = crowd(northlake.owner, 3, license=LICENSED)
    assert automatic.follow() == 1
    assert sorted(len(add_ons(p)) for p in people) == [0, 1, 1] and seats(northlake, "phone")["pending"] == 2
    (row,) = sql.rows("SELECT id FROM journal_change WHERE verb = %(v)s AND account_id = %(a)s", {"v": NAME, "a": northlake.account})
    assert sql.value("SELECT count(*) FROM journal_effect WHERE change_id = %(c)s AND reason = 'no_seat'", {"c": row["id"]}) == 1
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 5})
    assert automatic.follow() == 0 and seats(northlake, "phone")["pending"] == 2 and not breaches()


def test_every_door_that_gives_a_license(northlake: Company) -> None:
    """S1-24: an invitation, a change of all members; never an undo, which gives back what was there, and nobody who was put in the trash or is marked."""
    switch(northlake, on=True)
    (new,) = invite(northlake.owner, f"new@{northlake.domain}", license=LICENSED)
    assert automatic.follow() == 1 and add_ons(new) == ["phone"]
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a)
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a)})
    do(northlake.owner, "people.mark", {"kind": "never", "subjects": one(b)})
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(a)})
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(b)})
    assert automatic.follow() == 0 and add_ons(a) == add_ons(b) == []
    do(northlake.owner, "people.unmark", {"subjects": one(b)})
    do(northlake.owner, "licenses.change_license", {"license": BASIC, "subjects": one(b)})
    all_members = do(northlake.owner, "licenses.change_members_license", {"from": BASIC, "license": LICENSED})
    assert automatic.follow() == 1 and add_ons(b) == ["phone"]
    down = do(northlake.owner, "licenses.change_license", {"license": BASIC, "subjects": everybody(northlake, status=["active"])})
    undo.start_undo(northlake.owner, down.number or 0)
    assert automatic.follow() == 0 and all_members.number and not breaches()
