"""Dates: deactivate on a day, a license until a day; the clock does each once, or holds it back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.lifecycle.leavers import somebody, with_content
from tests.people_of import BASIC, LICENSED, Company, actor_of, add_ons, breaches, do, one, outcome, seats, standing
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.verb import plan
from usher.lifecycle import due
from usher.people.verbs.own import choose

pytestmark = pytest.mark.django_db
SCHEDULE, CANCEL = "lifecycle.schedule", "lifecycle.cancel_date"
TODAY = datetime.now(UTC).date()
LAST = TODAY + timedelta(days=10)


def schedule(company: Company, *users: UUID, what: str = "deactivate", day: date = LAST, **more: Any) -> engine.Started:
    return do(company.admin, SCHEDULE, {"subjects": one(*users), "what": what, "day": day.isoformat(), **more})


def state(user: UUID) -> list[str]:
    return [r["state"] for r in sql.rows("SELECT state FROM lifecycle_dated WHERE user_id = %(u)s ORDER BY id", {"u": user})]


def strike(day: date, hour: int = 0, minute: int = 1) -> int:
    """The clock at that time of UTC."""
    with clock.travel(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)):
        return due.do_due()


def test_it_works(northlake: Company) -> None:
    """S4-27: nothing before the day, everything when it begins, once; one Change by the clock, with the scheduling as its cause."""
    ann, ben = somebody(northlake, "ann-dated"), somebody(northlake, "ben-heir")
    with_content(northlake, ann, "Weekly")
    started = schedule(northlake, ann, content={"kinds": ["meetings"], "heir": str(ben)})
    assert (state(ann), strike(LAST - timedelta(days=1), 23, 59)) == (["waiting"], 0)
    assert standing(ann)["status"] == "active"
    assert (strike(LAST), strike(LAST)) == (1, 0)
    assert (standing(ann)["status"], state(ann)) == ("inactive", ["done"])
    assert sql.value("SELECT owner_id FROM content_standing WHERE account_id = %(a)s", {"a": northlake.account}) == ben
    change = sql.row("SELECT verb, actor_kind FROM journal_change WHERE cause = %(c)s", {"c": started.change_id})
    assert change == {"verb": "lifecycle.deactivate", "actor_kind": "system"}
    assert breaches() == []


def test_without_the_privilege(northlake: Company) -> None:
    for verb, params in (
        (SCHEDULE, {"subjects": one(northlake.pending), "what": "deactivate", "day": str(LAST)}),
        (CANCEL, {"ids": ["x"]}),
    ):
        with pytest.raises(Refused) as no:
            plan(northlake.member, verb, params)
        assert no.value.kind == "forbidden"


def test_another_account_s_people_and_dates_are_nobody(northlake: Company, southport: Company) -> None:
    """TENANT-03."""
    assert southport.member.user_id
    schedule(northlake, southport.member.user_id)
    assert state(southport.member.user_id) == []
    schedule(southport, southport.member.user_id)
    (theirs,) = due.dates_of(southport.owner, southport.member.user_id)
    do(northlake.owner, CANCEL, {"ids": [str(theirs["id"])]})
    assert state(southport.member.user_id) == ["waiting"]
    assert due.dates_of(northlake.owner, southport.member.user_id) == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"day": "soon"}, "bad_day"),
        ({"day": ""}, "bad_day"),
        ({"day": "2027-02-29"}, "bad_day"),
        ({"day": str(TODAY - timedelta(days=1))}, "past"),
        ({"day": str(TODAY + timedelta(days=3000))}, "too_far"),
        ({"what": "explode"}, "unknown_field"),
        ({"what": "end_license", "product": BASIC}, "unknown_product"),
        ({"what": "end_license", "product": "phone"}, "unknown_product"),
        ({"what": "end_add_on", "product": LICENSED}, "unknown_product"),
        ({"content": {"kinds": ["meetings"]}}, "no_heir"),
        ({"subjects": {}}, "no_selection"),
    ],
)
def test_wrong_parameters(northlake: Company, params: dict[str, Any], code: str) -> None:
    """FLOW-07: the past, and days that do not exist."""
    given = {"subjects": one(northlake.pending), "what": "deactivate", "day": str(LAST), **params}
    with pytest.raises(Refused) as no:
        plan(northlake.owner, SCHEDULE, given)
    assert (no.value.kind, no.value.code) == ("invalid", code)


def test_who_cannot_leave_gets_no_date(northlake: Company) -> None:
    """R12: the owner, an admin, somebody pending, somebody deactivated; and nobody has two dates for the same."""
    ann, ben = somebody(northlake, "ann-already"), somebody(northlake, "ben-away")
    schedule(northlake, ann)
    do(northlake.admin, "lifecycle.deactivate", {"subjects": one(ben)})
    assert northlake.owner.user_id and northlake.admin.user_id
    started = schedule(northlake, ann, ben, northlake.owner.user_id, northlake.admin.user_id, northlake.pending)
    told = outcome(northlake.owner, started)
    assert told.reasons == {"dated": 1, "away_already": 1, "is_owner": 1, "is_admin": 1, "still_pending": 1}


def test_a_license_until_a_day(northlake: Company) -> None:
    """S4-46: Licensed becomes Basic and the add-on is taken back; the seats come free."""
    ann = somebody(northlake, "ann-lent", "scheduler")
    used = seats(northlake, LICENSED)["used"]
    schedule(northlake, ann, what="end_license", product=LICENSED)
    schedule(northlake, ann, what="end_add_on", product="scheduler")
    assert strike(LAST) == 2
    assert (standing(ann)["license"], add_ons(ann), state(ann)) == (BASIC, [], ["done", "done"])
    assert seats(northlake, LICENSED)["used"] == used - 1
    assert breaches() == []


def test_the_day_begins_where_the_person_lives(northlake: Company) -> None:
    """FLOW-07: midnight in Auckland comes eleven hours or more before the one of UTC, in Los Angeles seven or more after."""
    early, late = somebody(northlake, "ann-auckland"), somebody(northlake, "ben-angeles")
    for user, zone in ((early, "Pacific/Auckland"), (late, "America/Los_Angeles")):
        do(northlake.owner, "people.edit_profile", {"subjects": one(user), "fields": {"time_zone": zone}})
    schedule(northlake, early, late)
    strike(LAST - timedelta(days=1), 14)
    assert (standing(early)["status"], standing(late)["status"]) == ("inactive", "active")
    strike(LAST, 6)
    assert standing(late)["status"] == "active"
    strike(LAST, 9)
    assert standing(late)["status"] == "inactive"


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/Berlin", "2027-03-28", "2027-03-27T23:00+00:00"),  # the clock is put forward at 02:00: the day begins as ever
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00+00:00"),
        ("America/Havana", "2027-03-14", "2027-03-14T05:00+00:00"),  # there is no midnight: 01:00 follows 23:59
        ("America/Havana", "2026-11-01", "2026-11-01T04:00+00:00"),  # there are two: the first
        ("UTC", "2028-02-29", "2028-02-29T00:00+00:00"),
        ("Nowhere/Land", "2027-01-01", "2027-01-01T00:00+00:00"),
    ],
)
def test_every_day_begins_once(zone: str, day: str, begins: str) -> None:
    """FLOW-07, F21: daylight saving, 29 February, a zone nobody knows."""
    from usher.lifecycle.dates import midnight

    assert midnight(date.fromisoformat(day), zone) == datetime.fromisoformat(begins)


def test_a_date_that_passed_while_the_service_was_down(northlake: Company) -> None:
    """It is done once, as soon as the clock strikes again."""
    ann, ben = somebody(northlake, "ann-down"), somebody(northlake, "ben-down")
    schedule(northlake, ann, ben)
    assert (strike(LAST + timedelta(days=40)), strike(LAST + timedelta(days=41))) == (1, 0)
    assert {standing(u)["status"] for u in (ann, ben)} == {"inactive"}
    assert sql.value("SELECT count(*) FROM journal_change WHERE verb = 'lifecycle.deactivate'") == 1


def test_somebody_changed_since_is_held_back(northlake: Company) -> None:
    """FLOW-06: what an administrator did to them since holds it back, what they did themselves does not; it never passes in silence."""
    ann, ben = somebody(northlake, "ann-rehired"), somebody(northlake, "ben-himself")
    schedule(northlake, ann, ben)
    do(northlake.owner, "people.edit_profile", {"subjects": one(ann), "fields": {"job_title": "Head of everything"}})
    choose(actor_of(ben), {"theme": "dark"})
    strike(LAST)
    assert (standing(ann)["status"], state(ann)) == ("active", ["held_back"])
    assert (standing(ben)["status"], state(ben)) == ("inactive", ["done"])
    (open_one,) = due.undecided(northlake.owner, 5)
    number = sql.value("SELECT max(number) FROM journal_change WHERE verb = 'people.edit_profile'")
    assert (open_one["user_id"], open_one["note"]) == (ann, str(number))
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(ann)})
    assert due.undecided(northlake.owner, 5) == []


def test_one_date_does_not_hold_back_another(northlake: Company) -> None:
    """Licensed until the 10th, gone on the 20th: both were planned."""
    ann = somebody(northlake, "ann-planned")
    schedule(northlake, ann, day=LAST + timedelta(days=10))
    schedule(northlake, ann, what="end_license", product=LICENSED)
    strike(LAST)
    strike(LAST + timedelta(days=10))
    assert (standing(ann)["status"], state(ann)) == ("inactive", ["done", "done"])


def test_what_cannot_be_done_is_told(northlake: Company) -> None:
    """Somebody made an admin meanwhile was changed; somebody with an add-on that needs Licensed keeps the license, with the reason."""
    ann = somebody(northlake, "ann-needs", "webinar:500")
    schedule(northlake, ann, what="end_license", product=LICENSED)
    strike(LAST)
    assert (standing(ann)["license"], state(ann)) == (LICENSED, ["failed"])
    (told,) = due.undecided(northlake.owner, 5)
    assert told["note"] == "needs_base"


def test_an_heir_who_left_does_not_keep_the_leaver_in(northlake: Company) -> None:
    """Access is cut on the day; what cannot move stays, with its reason in the Change."""
    ann, ben = somebody(northlake, "ann-cut"), somebody(northlake, "ben-gone")
    with_content(northlake, ann, "Weekly")
    schedule(northlake, ann, content={"kinds": ["meetings"], "heir": str(ben)})
    do(northlake.admin, "lifecycle.deactivate", {"subjects": one(ben)})
    strike(LAST)
    assert standing(ann)["status"] == "inactive"
    reasons = sql.rows(
        "SELECT reason FROM journal_effect e JOIN journal_change c ON c.id = e.change_id WHERE c.cause IS NOT NULL AND e.phase = 1"
    )
    assert [r["reason"] for r in reasons] == ["heir_inactive"]


def test_cancelled_and_undone_dates_do_nothing(northlake: Company) -> None:
    """FLOW-08: by hand, by undo of the scheduling; the undo of a cancelling makes it wait again."""
    ann, ben = somebody(northlake, "ann-cancel"), somebody(northlake, "ben-undo")
    schedule(northlake, ann)
    (found,) = due.dates_of(northlake.admin, ann)
    cancelled = do(northlake.admin, CANCEL, {"ids": [str(found["id"])]})
    scheduled = schedule(northlake, ben)
    assert cancelled.number and scheduled.number
    undo.start_undo(northlake.admin, scheduled.number)
    assert (state(ann), state(ben)) == (["cancelled"], ["cancelled"])
    strike(LAST)
    assert {standing(u)["status"] for u in (ann, ben)} == {"active"}
    undo.start_undo(northlake.admin, cancelled.number)
    assert state(ann) == ["waiting"]
    with pytest.raises(Refused) as no:
        do(northlake.admin, CANCEL, {"ids": [str(due.dates_of(northlake.admin, ann)[0]["id"])]}) and do(
            northlake.admin, CANCEL, {"ids": [str(found["id"])]}
        )
    assert no.value.code == "date_over"


def test_undo_after_the_day_lists_who_is_gone_already(northlake: Company) -> None:
    """Nothing is skipped silently."""
    ann = somebody(northlake, "ann-late-undo")
    started = schedule(northlake, ann)
    strike(LAST)
    assert started.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.admin, started.number)
    assert no.value.code == "date_over"


def test_how_many_leave_soon(northlake: Company) -> None:
    ann, ben = somebody(northlake, "ann-soon"), somebody(northlake, "ben-later")
    schedule(northlake, ann, day=TODAY + timedelta(days=3))
    schedule(northlake, ben)
    assert due.leaving_soon(northlake.owner, 7) == 1
