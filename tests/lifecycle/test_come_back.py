"""Reactivate, restore."""

from uuid import UUID

import pytest

from tests.lifecycle.leavers import somebody
from tests.people_of import LICENSED, Company, add_ons, breaches, do, invite, one, outcome, seats, standing
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
REACTIVATE, RESTORE = "lifecycle.reactivate", "lifecycle.restore"


def deactivated(company: Company, name: str, *products: str) -> UUID:
    user = somebody(company, name, *products)
    do(company.admin, "lifecycle.deactivate", {"subjects": one(user)})
    return user


def deleted(company: Company, name: str, *products: str) -> UUID:
    user = somebody(company, name, *products)
    do(company.admin, "lifecycle.delete", {"subjects": one(user)})
    return user


def test_reactivate_brings_access_and_seats_back(northlake: Company) -> None:
    """S4-22, S4-53, S4-55."""
    ann = deactivated(northlake, "ann-back", "phone", "webinar:500")
    do(northlake.admin, REACTIVATE, {"subjects": one(ann)})
    now = standing(ann)
    assert (now["status"], now["license"], add_ons(ann)) == ("active", LICENSED, ["phone", "webinar:500"])
    assert sql.value("SELECT count(*) FROM lifecycle_departure WHERE user_id = %(u)s", {"u": ann}) == 0
    assert breaches() == []


@pytest.mark.parametrize(("verb", "params"), [(REACTIVATE, "subjects"), (RESTORE, "ids")])
def test_without_the_privilege(northlake: Company, verb: str, params: str) -> None:
    """S4-5."""
    wish = one(northlake.pending)
    with pytest.raises(Refused) as no:
        do(northlake.member, verb, {"subjects": wish} if params == "subjects" else wish)
    assert no.value.kind == "forbidden"


def test_another_account_s_people_are_nobody(northlake: Company, southport: Company) -> None:
    """TENANT-03."""
    theirs, gone = deactivated(southport, "theirs"), deleted(southport, "theirs-gone")
    assert do(northlake.owner, REACTIVATE, {"subjects": one(theirs)}).change_id is None
    assert do(northlake.owner, RESTORE, one(gone)).change_id is None
    assert [standing(u)["status"] for u in (theirs, gone)] == ["inactive", "gone"]


def test_what_does_not_fit_falls_back_and_is_listed(northlake: Company) -> None:
    """R2, LIC-06: no Licensed seat is free, so Basic; the webinar seat needs Licensed; the phone fits."""
    ann = deactivated(northlake, "ann-less", "phone", "webinar:500")
    used = seats(northlake, LICENSED)["used"] + seats(northlake, LICENSED)["pending"]
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": used})
    try:
        started = do(northlake.admin, REACTIVATE, {"subjects": one(ann)})
        assert (standing(ann)["license"], add_ons(ann)) == ("meetings:basic", ["phone"])
        after = sql.value("SELECT after FROM journal_effect WHERE change_id = %(c)s", {"c": started.change_id})
        assert '"not_back": ["meetings:licensed", "webinar:500"]' in str(after)
        assert breaches() == []
    finally:
        do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 10})


def test_seats_are_shared_out_in_order_to_a_set(northlake: Company) -> None:
    """R2, LIC-03: two Phone seats for three people, one Licensed; nobody is left out and nothing is oversold."""
    people = [deactivated(northlake, f"share{n}", "phone") for n in range(3)]
    phone, licensed = seats(northlake, "phone")["used"], seats(northlake, LICENSED)
    do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": phone + 2})
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": licensed["used"] + licensed["pending"] + 1})
    try:
        wish = {"subjects": one(*people)}
        seen = preview(plan(northlake.admin, REACTIVATE, wish))
        assert (seen.will, seen.missing) == (3, {})
        do(northlake.admin, REACTIVATE, wish)
        got = sorted((str(standing(u)["license"]), tuple(add_ons(u))) for u in people)
        assert got == [("meetings:basic", ()), ("meetings:basic", ("phone",)), (LICENSED, ("phone",))]
        assert breaches() == []
    finally:
        do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": 5})
        do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 10})


def test_without_any_seat_nobody_comes_back(northlake: Company) -> None:
    """R2 (3412/2033): refused only when not even Basic or Unassigned fits."""
    ann = deactivated(northlake, "ann-none")
    bought = {p: seats(northlake, p) for p in (LICENSED, "meetings:basic", "meetings:unassigned")}
    for product, seat in bought.items():
        do(northlake.operator, "licenses.set_seats", {"product": product, "quantity": seat["used"] + seat["pending"]})
    try:
        with pytest.raises(Refused, match="Basic or Unassigned"):
            do(northlake.admin, REACTIVATE, {"subjects": one(ann)})
    finally:
        for product, seat in bought.items():
            do(northlake.operator, "licenses.set_seats", {"product": product, "quantity": seat["bought"]})
    assert standing(ann)["status"] == "inactive"


@pytest.mark.parametrize("how", ["deactivated", "deleted"])
def test_undo_sends_them_away_again(northlake: Company, how: str) -> None:
    """The way back is as it was, with what they held before everything."""
    ann = (deactivated if how == "deactivated" else deleted)(northlake, f"ann-again-{how}", "phone")
    before = sql.row("SELECT how, was, license, add_ons FROM lifecycle_departure WHERE user_id = %(u)s", {"u": ann})
    started = do(northlake.admin, *((REACTIVATE, {"subjects": one(ann)}) if how == "deactivated" else (RESTORE, one(ann))))
    assert started.number
    undo.start_undo(northlake.admin, started.number)
    assert standing(ann)["status"] == ("inactive" if how == "deactivated" else "gone")
    assert sql.row("SELECT how, was, license, add_ons FROM lifecycle_departure WHERE user_id = %(u)s", {"u": ann}) == before
    assert breaches() == []


def test_the_trash_gives_back_everything(northlake: Company) -> None:
    """S0-2: groups, seats and address are theirs again; all of the trash at once, too."""
    ann, bob = deleted(northlake, "ann-trash", "phone"), deleted(northlake, "bob-trash")
    do(northlake.admin, RESTORE, {"all": True})
    assert (standing(ann)["status"], add_ons(ann), standing(bob)["license"]) == ("active", ["phone"], LICENSED)
    assert sql.value("SELECT count(*) FROM people_user WHERE id = ANY(%(u)s) AND left_at IS NULL", {"u": [ann, bob]}) == 2
    assert breaches() == []


def test_a_taken_address_is_listed_and_another_one_asked_for(northlake: Company) -> None:
    """R15: the address was free meanwhile; with another one they come back, with a login of their own."""
    ann = deleted(northlake, "ann-r15")
    invite(northlake.operator, f"ann-r15@{northlake.domain}")
    with pytest.raises(Refused) as no:
        do(northlake.admin, RESTORE, one(ann))
    assert no.value.code == "address_taken"
    do(northlake.admin, RESTORE, {**one(ann), "email": f"ann.second@{northlake.domain}"})
    found = sql.row(
        "SELECT u.email, u.left_at, l.canonical FROM people_user u JOIN people_login l ON l.id = u.login_id WHERE u.id = %(u)s", {"u": ann}
    )
    assert found == {"email": f"ann.second@{northlake.domain}", "left_at": None, "canonical": f"ann.second@{northlake.domain}"}
    assert breaches() == []


@pytest.mark.parametrize("email", ["nobody", "owner@{domain}", "аnn@{domain}"])
def test_an_address_that_does_not_do_is_refused(northlake: Company, email: str) -> None:
    """MAIL-01: no address, one in use, a look-alike."""
    with pytest.raises(Refused) as no:
        plan(northlake.admin, RESTORE, {**one(northlake.pending), "email": email.format(domain=northlake.domain)})
    assert no.value.field == "email"


def test_who_is_over_the_days_stays_gone(northlake: Company) -> None:
    """The clock purges them; until it comes by, nobody brings them back."""
    ann, bob = deleted(northlake, "ann-late"), deleted(northlake, "bob-late")
    sql.execute("UPDATE lifecycle_departure SET purge_at = now() WHERE user_id = %(u)s", {"u": ann})
    told = outcome(northlake.admin, do(northlake.admin, RESTORE, one(ann, bob)))
    assert (told.done, told.reasons) == (1, {"purged": 1})
