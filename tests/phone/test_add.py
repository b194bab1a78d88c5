"""phone.add: seat, package, extension and number in one Change."""

import pytest

from tests.people_of import Company, accept_invitation, activate, breaches, crowd, do, one, outcome, seats, standing
from tests.phone.phones import PLAN, add, buy, extension, phone
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.rows import beside, sample
from usher.journal.verb import plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("equipped")]
NAME = "phone.add"


def test_it_works(northlake: Company) -> None:
    """S3-1, S3-2, S3-5, S3-15, S3-17, S3-18, S3-20: seat, package, the lowest free extension and the lowest free number."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, NAME, {"package": PLAN, "numbers": "next", "subjects": one(a, b)})
    assert sorted((extension(a), extension(b))) == ["1000", "1001"]
    assert sorted(phone(a)["numbers"] + phone(b)["numbers"]) == ["+4722000000", "+4722000001"]
    assert seats(northlake, "phone")["used"] == 2 and seats(northlake, PLAN)["used"] == 2
    assert add(northlake, a, b).state == "unchanged" and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"subjects": one(northlake.admin.user_id or "")})
    assert no.value.kind == "forbidden"


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    theirs = southport.member.user_id
    assert theirs and add(northlake, theirs).state == "unchanged" and not phone(theirs)


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-08, S3-25: an unknown site, template or package; a number without a calling plan; an inactive package."""
    do(northlake.owner, "phone.switch_package", {"package": PLAN, "active": False})
    for wish, code in (
        ({"site": "Atlantis"}, "no_site"),
        ({"template": "Nobody's"}, "no_template"),
        ({"package": "calling:7"}, "unknown_package"),
        ({"package": "phone"}, "unknown_package"),
        ({"numbers": "next"}, "needs_package"),
        ({"numbers": "all", "package": "100"}, "numbers"),
        ({"package": PLAN}, "package_inactive"),
    ):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, NAME, {"subjects": one(northlake.admin.user_id or ""), **wish})
        assert (no.value.kind, no.value.code) == ("invalid", code)


def test_the_plan_tells_extension_and_seats(northlake: Company) -> None:
    """S3-15, S3-17: nothing is written, and everything is told, number for number."""
    people = [northlake.admin.user_id, northlake.member.user_id]
    planned = plan(northlake.owner, NAME, {"package": PLAN, "subjects": one(*(p for p in people if p))})
    shown = preview(planned)
    assert (shown.will, shown.seats["phone"]["after"], shown.seats[PLAN]["after"], shown.missing) == (2, 3, 3, {})
    told = beside(planned, [r["obj"] for r in sample(planned)])
    assert sorted(t["after"]["extension"] for t in told) == ["1000", "1001"]
    assert sql.value("SELECT count(*) FROM phone_user") == 0


def test_who_is_not_active_waits(northlake: Company) -> None:
    """R9, S3-6, S3-33: somebody pending is passed over; deactivated too; each with the reason."""
    done = outcome(northlake.owner, do(northlake.owner, NAME, {"subjects": one(northlake.pending, northlake.member.user_id or "")}))
    assert done.done == 1 and done.reasons == {"phone_needs_active": 1}


def test_too_few_seats(northlake: Company) -> None:
    """LIC-03: nobody beyond the seats, the first ones in order; or nobody at all."""
    buy(northlake, calling__200=2)
    people = crowd(northlake.owner, 4)
    activate(*people)
    with pytest.raises(Refused) as no:
        add(northlake, *people, package=PLAN)
    assert no.value.code == "no_seat" and seats(northlake, "phone")["used"] == 0
    started = do(northlake.owner, NAME, {"package": PLAN, "subjects": one(*people)}, short="first")
    assert [bool(extension(p)) for p in sorted(people)] == [True, True, False, False]
    assert outcome(northlake.owner, started).reasons["no_seat"] == 2
    assert seats(northlake, "phone") == {"bought": 5, "used": 2, "pending": 0, "held": 0} and not breaches()


def test_undo(northlake: Company) -> None:
    """Everything comes free; whose phone was changed since keeps it."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    started = do(northlake.owner, NAME, {"package": PLAN, "numbers": "next", "subjects": one(a, b)})
    do(northlake.owner, "phone.set_extension", {"holder": str(b), "extension": "4127"})
    undo.start_undo(northlake.owner, started.number or 0)
    assert extension(a) == "" and extension(b) == "4127" and phone(b)["packages"] == [PLAN]
    assert seats(northlake, "phone")["used"] == 1 and seats(northlake, PLAN)["used"] == 1 and not breaches()
    assert sql.value("SELECT count(*) FROM phone_number WHERE holder_id IS NULL AND account_id = %(a)s", {"a": northlake.account}) == 9


def test_a_mail_tells_the_extension(northlake: Company) -> None:
    """S3-19: one mail each, and none where the account wants none."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a)
    do(northlake.owner, "phone.change_settings", {"welcome_mail": False})
    add(northlake, b)
    mails = sql.rows("SELECT to_user FROM mail_message WHERE kind = 'phone' AND account_id = %(a)s", {"a": northlake.account})
    assert [m["to_user"] for m in mails] == [a]


def test_the_seat_of_the_invitation_is_used(northlake: Company) -> None:
    """S3-29, S3-30, S3-31, S3-32: who holds Phone from their invitation needs no second seat."""
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.pending)})
    accept_invitation(northlake.pending)
    assert standing(northlake.pending)["status"] == "active"
    add(northlake, northlake.pending, package=PLAN)
    assert extension(northlake.pending) == "1000"
    assert seats(northlake, "phone") == {"bought": 5, "used": 1, "pending": 0, "held": 0} and not breaches()
