"""content.create: meetings, webinars, whiteboards and notes for people."""

from typing import Any

import pytest

from tests.content.items import SOON, in_trash, item, license_all, make, owner_of
from tests.people_of import Company, breaches, do, one, outcome
from usher.content import reads
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "content.create"


def test_it_works(northlake: Company) -> None:
    """S4-14, S4-45: an item with its owner; undone, it is in the trash."""
    member = northlake.member.user_id
    started = do(northlake.admin, NAME, {"items": [item(member, "meeting", "Weekly", occurs="recurring", starts_at=SOON, seconds=1800)]})
    (made,) = reads.newest_of(northlake.admin, member, 5)  # type: ignore[arg-type]
    assert (made["title"], made["kind"], made["occurs"], made["seconds"], made["starts_at"].isoformat()) == (
        "Weekly", "meeting", "recurring", 1800, SOON,
    )  # fmt: skip
    assert owner_of(made["id"]) == member and not breaches()
    assert started.number
    undo.start_undo(northlake.admin, started.number)
    assert in_trash(made["id"]) and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"items": [item(northlake.member.user_id)]})
    assert no.value.kind == "forbidden"


def test_another_account_s_people_get_nothing(northlake: Company, southport: Company) -> None:
    """TENANT-03: to this actor they do not exist."""
    with pytest.raises(Refused) as no:
        do(northlake.admin, NAME, {"items": [item(southport.member.user_id)]})
    assert (no.value.kind, no.value.code) == ("conflict", "heir_gone")


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 201},
        {"title": "two\nlines"},
        {"title": "right\u202eleft"},
        {"kind": "phone"},
        {"occurs": "weekly"},
        {"starts_at": "tomorrow"},
        {"starts_at": "2026-11-22T10:00"},
        {"seconds": -1},
        {"seconds": "60"},
        {"owner": "nobody"},
    ],
)
def test_wrong_parameters(northlake: Company, wrong: dict[str, Any]) -> None:
    """MASS-08: a title that is none, a time without its zone, a number that is none."""
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"items": [{**item(northlake.member.user_id, "meeting", "Weekly"), **wrong}]})
    assert no.value.kind == "invalid" and no.value.field


def test_a_set_of_items_says_which_owner_lacks_what(northlake: Company) -> None:
    """behaviour.md B, E: Basic has no cloud recordings, nobody webinars without the add-on, pending people nothing."""
    member = northlake.member.user_id
    wish = {
        "items": [
            item(member, "note"),
            item(member, "recording", size=1),
            item(member, "webinar"),
            item(northlake.pending, "note"),
        ]
    }
    told = outcome(northlake.admin, do(northlake.admin, NAME, wish))
    assert (told.done, told.reasons) == (1, {"heir_not_licensed": 1, "heir_no_webinar": 1, "heir_inactive": 1})


def test_counts_and_moving_in_numbers(northlake: Company) -> None:
    """portal.md 7: how many of each kind somebody has; what a hand-over would move, in numbers and bytes, and why the rest stays."""
    license_all(northlake)
    member, admin = northlake.member.user_id, northlake.admin.user_id
    make(
        northlake,
        item(member, "recording", size=700),
        item(member, "recording", size=300),
        item(member, "meeting", occurs="personal"),
        item(member, "meeting", starts_at=SOON),
    )
    assert reads.counts_of(northlake.admin, member) == {"meeting": 2, "recording": 2}  # type: ignore[arg-type]
    planned = plan(
        northlake.admin,
        "content.hand_over",
        {"owners": one(str(member)), "heir": str(admin), "kinds": ["meetings", "recordings_and_webinars"]},
    )
    moving = {m.kind: m for m in reads.what_moves(planned)}
    assert (moving["recording"].n, moving["recording"].moves, moving["recording"].size) == (2, 2, 1000)
    assert (moving["meeting"].n, moving["meeting"].moves, moving["meeting"].stays) == (2, 1, {"personal_room": 1})
