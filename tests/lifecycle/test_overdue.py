"""Deactivated people are deleted after the account's days, with a warning before."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.lifecycle.leavers import departure, somebody
from tests.people_of import Company, breaches, do, one, standing
from usher.access.actors import system
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan
from usher.lifecycle import overdue
from usher.mail import letter

pytestmark = pytest.mark.django_db
NAME = "lifecycle.delete_overdue"
NOW = datetime.now(UTC)


def later(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days, minutes=5)


def deactivated(company: Company, name: str, days: int) -> object:
    """Somebody deactivated now, in an account that deletes after so many days."""
    do(company.owner, "accounts.change_settings", {"delete_after_days": days})
    ann = somebody(company, name)
    do(company.admin, "lifecycle.deactivate", {"subjects": one(ann)})
    return ann


def strike(days: float) -> tuple[int, int]:
    """The clock, so many days from now: mails, accounts in which somebody was deleted."""
    with clock.travel(later(days)):
        return overdue.warn(), overdue.delete_overdue()


def test_it_works(northlake: Company) -> None:
    """Warned 7 days before, deleted on the day, into the trash; undone like any deletion, back to deactivated."""
    ann = deactivated(northlake, "ann-overdue", 30)
    assert strike(22) == (0, 0)
    assert strike(23) == (2, 0)  # the owner and the admin
    assert strike(29) == (0, 0)
    assert standing(ann)["status"] == "inactive"
    assert strike(30.5) == (0, 1)
    assert standing(ann)["status"] == "gone"
    found = departure(ann)
    assert found and (found["how"], found["was"]) == ("deleted", "inactive") and found["purge_at"] > later(60)
    number = sql.value("SELECT number FROM journal_change WHERE verb = %(v)s", {"v": NAME})
    undo.start_undo(northlake.admin, number)
    assert standing(ann)["status"] == "inactive"
    assert breaches() == []


def test_without_the_privilege(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        plan(northlake.member, NAME, {"until": NOW.isoformat()})
    assert no.value.kind == "forbidden"


def test_another_account_keeps_its_people(northlake: Company, southport: Company) -> None:
    """TENANT-03: each by its own number; southport deletes nobody."""
    deactivated(northlake, "ann-north", 10)
    eve = somebody(southport, "eve-south")
    do(southport.admin, "lifecycle.deactivate", {"subjects": one(eve)})
    strike(4)
    strike(12)
    assert standing(eve)["status"] == "inactive"


def test_only_the_clock_may(northlake: Company) -> None:
    for actor in (northlake.owner, northlake.operator):
        with pytest.raises(Refused) as no:
            plan(actor, NAME, {"until": NOW.isoformat()})
        assert no.value.code == "clock_only"
    assert plan(system(northlake.account), NAME, {"until": NOW.isoformat()})


def test_the_mail_says_how_many_and_when(northlake: Company) -> None:
    """One to the owner, one to each admin; the link leads to the list."""
    deactivated(northlake, "ann-mailed", 30)
    strike(23)
    found = sql.rows(
        f"SELECT {letter.columns('m')} FROM mail_message m WHERE m.account_id = %(a)s AND kind = 'deletion_ahead'", {"a": northlake.account}
    )
    assert sorted(f["address"] for f in found) == sorted([northlake.owner.email, northlake.admin.email])
    context, urls = letter.contexts(found), letter.links(found)
    told = letter.write(found[0], context[found[0]["id"]], urls[found[0]["id"]])
    assert "somebody who has been deactivated for 30 days will be deleted" in told.text
    assert "/people?status=inactive" in told.text and told.alive
    do(northlake.owner, "accounts.change_settings", {"delete_after_days": 0})
    assert not letter.contexts(found)[found[0]["id"]]["alive"]


def test_nobody_is_deleted_without_a_warning(northlake: Company) -> None:
    """Deactivated for years when the number is chosen: still seven days."""
    ann = somebody(northlake, "ann-years")
    do(northlake.admin, "lifecycle.deactivate", {"subjects": one(ann)})
    with clock.travel(later(700)):
        do(northlake.owner, "accounts.change_settings", {"delete_after_days": 90})
    assert strike(700.1) == (2, 0)
    assert strike(706) == (0, 0)
    assert strike(707.5) == (0, 1)
    assert standing(ann)["status"] == "gone"


def test_reactivated_in_time(northlake: Company) -> None:
    """Who is reactivated after the warning stays; deactivated again, the days begin anew."""
    ann = deactivated(northlake, "ann-saved", 30)
    strike(23)
    with clock.travel(later(25)):
        do(northlake.admin, "lifecycle.reactivate", {"subjects": one(ann)})
    assert strike(31) == (0, 0)
    with clock.travel(later(32)):
        do(northlake.admin, "lifecycle.deactivate", {"subjects": one(ann)})
    assert strike(40) == (0, 0)
    assert standing(ann)["status"] == "inactive"


def test_a_raised_number_warns_anew(northlake: Company) -> None:
    """30 becomes 90 after the warning: nobody is deleted at 90 on the strength of the old mail."""
    ann = deactivated(northlake, "ann-raised", 30)
    strike(23)
    with clock.travel(later(24)):
        do(northlake.owner, "accounts.change_settings", {"delete_after_days": 90})
    assert strike(31) == (0, 0)
    assert strike(83.5) == (2, 0)
    assert strike(90.9) == (0, 1)
    assert standing(ann)["status"] == "gone"


def test_one_mail_a_day(northlake: Company) -> None:
    """Two people within hours: the second waits for the mail of the next day, and is deleted a day later."""
    deactivated(northlake, "ann-first", 30)
    strike(23)
    with clock.travel(later(0.2)):
        ben = somebody(northlake, "ben-second")
        do(northlake.admin, "lifecycle.deactivate", {"subjects": one(ben)})
    assert strike(23.3) == (0, 0)
    assert strike(24) == (2, 0)
    assert strike(30.5) == (0, 1)
    assert standing(ben)["status"] == "inactive"
    assert strike(31.2) == (0, 1)
