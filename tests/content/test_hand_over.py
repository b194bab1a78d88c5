"""content.hand_over: what people made goes to an heir, or to each one's manager."""

from typing import Any
from uuid import UUID

import pytest

from tests.content.items import LONG_AGO, SOON, item, license_all, make, owner_of, reasons
from tests.people_of import Company, breaches, do, everybody, one, outcome
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "content.hand_over"
EVERYTHING = ["meetings", "recordings_and_webinars", "whiteboards_and_notes"]


def ids(company: Company) -> tuple[UUID, UUID, UUID]:
    """The owner, the admin, the member."""
    found = (company.owner.user_id, company.admin.user_id, company.member.user_id)
    assert all(found)
    return found  # type: ignore[return-value]


def hand_over(company: Company, leaver: UUID, heir: Any, kinds: list[str] | None = None) -> engine.Started:
    return do(company.admin, NAME, {"owners": one(leaver), "heir": str(heir), "kinds": kinds or EVERYTHING})


def test_it_works(northlake: Company) -> None:
    """S4-14, S4-15, S4-45, I8: the chosen kinds move, the others stay; undone, they are back."""
    _, heir, leaver = ids(northlake)
    license_all(northlake)
    meeting, recording, note = make(
        northlake, item(leaver, "meeting", starts_at=SOON), item(leaver, "recording", seconds=60, size=10), item(leaver, "note")
    )
    started = hand_over(northlake, leaver, heir, ["meetings"])
    assert [owner_of(i) for i in (meeting, recording, note)] == [heir, leaver, leaver]
    hand_over(northlake, leaver, heir, ["recordings_and_webinars", "whiteboards_and_notes"])
    assert [owner_of(i) for i in (meeting, recording, note)] == [heir, heir, heir]
    assert started.number
    undo.start_undo(northlake.admin, started.number)
    assert [owner_of(i) for i in (meeting, recording, note)] == [leaver, heir, heir]
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    _, heir, leaver = ids(northlake)
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"owners": one(leaver), "heir": str(heir), "kinds": EVERYTHING})
    assert no.value.kind == "forbidden"


def test_another_account_s_people_neither_give_nor_take(northlake: Company, southport: Company) -> None:
    """TENANT-04: an heir of another account is nobody; a leaver of another account is passed over."""
    _, heir, leaver = ids(northlake)
    _, stranger, foreign = ids(southport)
    (mine,) = make(northlake, item(leaver))
    (theirs,) = make(southport, item(foreign))
    for named in (str(stranger), southport.admin.email):
        with pytest.raises(Refused) as no:
            hand_over(northlake, leaver, named)
        assert (no.value.kind, no.value.code) == ("invalid", "no_heir")
    started = hand_over(northlake, foreign, heir)
    assert outcome(northlake.admin, started).done == 0
    assert (owner_of(mine), owner_of(theirs)) == (leaver, foreign)


@pytest.mark.parametrize("wrong", [{"kinds": []}, {"kinds": ["phones"]}, {"kinds": "meetings"}, {"heir": ""}, {"owners": {}}])
def test_wrong_parameters(northlake: Company, wrong: dict[str, Any]) -> None:
    """MASS-08"""
    _, heir, leaver = ids(northlake)
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"owners": one(leaver), "heir": str(heir), "kinds": EVERYTHING, **wrong})
    assert no.value.kind == "invalid"


def test_an_heir_who_is_not_active_is_refused(northlake: Company) -> None:
    """S4-17"""
    with pytest.raises(Refused) as no:
        hand_over(northlake, ids(northlake)[2], northlake.pending)
    assert no.value.code == "heir_inactive"


def test_what_cannot_move_says_why(northlake: Company) -> None:
    """S4-17, behaviour.md E: personal rooms and what is over never move; the heir needs what the kind needs. Nothing is skipped silently."""
    _, heir, leaver = ids(northlake)
    license_all(northlake)
    do(northlake.operator, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(leaver)})
    made = make(
        northlake,
        item(leaver, "meeting", "Room", occurs="personal"),
        item(leaver, "meeting", "Past", starts_at=LONG_AGO, seconds=3600),
        item(leaver, "meeting", "Every week", occurs="recurring", starts_at=LONG_AGO),
        item(leaver, "recording", "Film", size=1, seconds=1),
        item(leaver, "webinar", "Launch", starts_at=SOON),
    )
    do(northlake.operator, "licenses.change_license", {"license": "meetings:basic", "subjects": one(heir)})
    started = hand_over(northlake, leaver, heir)
    assert reasons(started.number, northlake.account) == {
        "Room": "personal_room",
        "Past": "over",
        "Film": "heir_not_licensed",
        "Launch": "heir_no_webinar",
    }
    assert [owner_of(i) for i in made] == [leaver, leaver, heir, leaver, leaver]
    do(northlake.operator, "licenses.change_license", {"license": "meetings:unassigned", "subjects": one(heir)})
    make(northlake, item(leaver, "meeting", "Later", starts_at=SOON))
    assert reasons(hand_over(northlake, leaver, heir).number, northlake.account)["Later"] == "heir_cannot_host"
    assert reasons(hand_over(northlake, leaver, leaver).number, northlake.account)["Film"] == "heir_is_owner"


def test_to_each_one_s_manager(northlake: Company) -> None:
    """S4-17: a selection, each to their own manager; who has none keeps everything, and it is said."""
    owner, admin, member = ids(northlake)
    do(northlake.operator, "people.edit_profile", {"subjects": one(member), "fields": {"manager": northlake.admin.email}})
    theirs, mine = make(northlake, item(member, "note", "Kept by the manager"), item(owner, "note", "Nobody above"))
    started = do(northlake.admin, NAME, {"owners": everybody(northlake), "heir": "manager", "kinds": EVERYTHING})
    assert (owner_of(theirs), owner_of(mine)) == (admin, owner)
    assert reasons(started.number, northlake.account) == {"Nobody above": "no_manager"}


def test_a_second_time_moves_what_came_since(northlake: Company) -> None:
    """F20: the same key is the same change; a new one moves only what is new."""
    _, heir, leaver = ids(northlake)
    (first,) = make(northlake, item(leaver))
    wish = {"owners": one(leaver), "heir": str(heir), "kinds": EVERYTHING}
    once = do(northlake.admin, NAME, wish, key="leave")
    (second,) = make(northlake, item(leaver))
    again = do(northlake.admin, NAME, wish, key="leave")
    assert (again.number, again.repeat, owner_of(second)) == (once.number, True, leaver)
    assert outcome(northlake.admin, do(northlake.admin, NAME, wish)).done == 1
    assert (owner_of(first), owner_of(second)) == (heir, heir)


def test_undo_leaves_alone_what_changed_hands_since(northlake: Company) -> None:
    owner, heir, leaver = ids(northlake)
    kept, gone = make(northlake, item(leaver, "note", "Kept"), item(leaver, "note", "Given on"))
    started = hand_over(northlake, leaver, heir)
    do(northlake.admin, "content.transfer", {"items": {"ids": [str(gone)]}, "heir": str(owner)})
    assert started.number
    back = undo.start_undo(northlake.admin, started.number)
    assert reasons(back.number, northlake.account) == {"Given on": "changed"}
    assert (owner_of(kept), owner_of(gone)) == (leaver, owner)
    assert not breaches()


def test_a_plan_counts_what_it_will_do(northlake: Company) -> None:
    """AUTHZ-19: what is shown is what is done; an item that came between is a changed world."""
    _, heir, leaver = ids(northlake)
    make(northlake, item(leaver), item(leaver, "meeting", occurs="personal"))
    planned = plan(northlake.admin, NAME, {"owners": one(leaver), "heir": str(heir), "kinds": EVERYTHING})
    seen = preview(planned)
    assert (seen.will, seen.skipped()) == (1, {"personal_room": 1})
    make(northlake, item(leaver))
    with pytest.raises(Refused) as no:
        engine.start(planned, "stale", digest=seen.digest)
    assert no.value.code == "stale"


def test_the_phase_asks_again_for_what_arrived_meanwhile(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """architecture.md: staging comes before the work; a recording that lands between is moved by the same run."""
    _, heir, leaver = ids(northlake)
    make(northlake, item(leaver))
    monkeypatch.setattr(engine, "INLINE", 0)
    planned = plan(northlake.admin, NAME, {"owners": one(leaver), "heir": str(heir), "kinds": EVERYTHING})
    started = engine.start(planned, "long")
    (late,) = make(northlake, item(leaver, "note", "Late"))
    assert started.change_id and started.state == "running"
    while engine.step(started.change_id):
        pass
    assert owner_of(late) == heir
    run = sql.row("SELECT totals, counts FROM journal_run WHERE change_id = %(c)s", {"c": started.change_id})
    assert run == {"totals": [2], "counts": {"0": {"done": 2}}}
    assert not breaches()
