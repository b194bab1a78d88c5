"""Deactivate, unlink, delete."""

from uuid import UUID, uuid4

import pytest

from tests.lifecycle.leavers import somebody
from tests.people_of import (
    LICENSED,
    Company,
    add_ons,
    breaches,
    do,
    everybody,
    invite,
    one,
    outcome,
    seats,
    standing,
    why_no_way_back,
)
from usher.access import links
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import reads, undo
from usher.journal.plan import preview
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
DEACTIVATE, UNLINK, DELETE = WAYS = ("lifecycle.deactivate", "lifecycle.unlink", "lifecycle.delete")


@pytest.mark.parametrize(("verb", "status"), [(DEACTIVATE, "inactive"), (UNLINK, "gone"), (DELETE, "gone")])
def test_it_works_and_every_seat_comes_free(northlake: Company, verb: str, status: str) -> None:
    """S0-2, S4-3, S4-4, S4-20, S4-46, S4-47: no license and no add-on is held any more, at once, and the ledger says so."""
    ann = somebody(northlake, f"ann-{status}-{verb[10:]}", "phone", "webinar:500")
    before = {p: seats(northlake, p)["used"] for p in (LICENSED, "phone", "webinar:500")}
    epoch = standing(ann)["access_epoch"]
    started = do(northlake.admin, verb, {"subjects": one(ann)})
    now = standing(ann)
    assert (started.state, now["status"], now["license"], add_ons(ann)) == ("done", status, None, [])
    assert now["access_epoch"] > epoch
    assert {p: n - seats(northlake, p)["used"] for p, n in before.items()} == {LICENSED: 1, "phone": 1, "webinar:500": 1}
    assert breaches() == []


@pytest.mark.parametrize("verb", WAYS)
def test_without_the_privilege(northlake: Company, verb: str) -> None:
    """S4-5: only who may manage users."""
    with pytest.raises(Refused) as no:
        do(northlake.member, verb, {"subjects": one(northlake.pending)})
    assert no.value.kind == "forbidden"


@pytest.mark.parametrize("verb", WAYS)
def test_another_account_s_people_are_nobody(northlake: Company, southport: Company, verb: str) -> None:
    """TENANT-03."""
    assert southport.member.user_id
    assert do(northlake.owner, verb, {"subjects": one(southport.member.user_id)}).change_id is None
    assert standing(southport.member.user_id)["status"] == "active"


@pytest.mark.parametrize("verb", WAYS)
def test_administrators_and_pending_people_are_skipped_with_their_reason(northlake: Company, verb: str) -> None:
    """R12, S0-54: the owner, an admin and somebody pending stay; each is listed."""
    assert northlake.owner.user_id and northlake.admin.user_id
    seen = preview(plan(northlake.owner, verb, {"subjects": one(northlake.owner.user_id, northlake.admin.user_id, northlake.pending)}))
    assert (seen.will, seen.skipped()) == (0, {"is_owner": 1, "is_admin": 1, "still_pending": 1})
    with pytest.raises(Refused, match="owner must make them a member"):
        do(northlake.owner, verb, {"subjects": one(northlake.admin.user_id)})


def test_what_lets_somebody_in_ends_with_them(northlake: Company) -> None:
    """S4-3, P4, F14: the session's number moved on, a sign-in link no longer works, a mail that waits is not sent."""
    ann = somebody(northlake, "ann-links")
    links.send_reset(f"ann-links@{northlake.domain}")
    do(northlake.admin, DEACTIVATE, {"subjects": one(ann)})
    found = sql.rows("SELECT l.used_at FROM access_link l JOIN people_user u ON u.login_id = l.login_id WHERE u.id = %(u)s", {"u": ann})
    assert len(found) == 1
    assert found[0]["used_at"] is not None
    assert sql.value(
        "SELECT array_agg(DISTINCT state) FROM mail_message WHERE to_user = %(u)s AND kind = 'password_reset'", {"u": ann}
    ) == ["cancelled"]
    with pytest.raises(Refused):
        links.sign_in_link(f"ann-links@{northlake.domain}")


@pytest.mark.parametrize("verb", WAYS)
def test_undo_gives_everything_back(northlake: Company, verb: str) -> None:
    """S4-55: the same seats, the same status; old sessions stay dead (SESSION-06)."""
    ann = somebody(northlake, f"undone-{verb[10:]}", "phone")
    epoch = standing(ann)["access_epoch"]
    started = do(northlake.admin, verb, {"subjects": one(ann)})
    assert started.number
    undo.start_undo(northlake.admin, started.number)
    now = standing(ann)
    assert (now["status"], now["license"], add_ons(ann)) == ("active", LICENSED, ["phone"])
    assert now["access_epoch"] > epoch
    assert sql.value("SELECT left_at FROM people_user WHERE id = %(u)s", {"u": ann}) is None
    assert breaches() == []


def test_undo_lists_who_finds_no_seat_and_whose_address_is_taken(northlake: Company) -> None:
    """R15: nobody is forced back; who cannot come is listed with the reason."""
    ann, bob = somebody(northlake, "ann-short", "scheduler"), somebody(northlake, "bob-short")
    started = do(northlake.admin, DELETE, {"subjects": one(ann, bob)})
    assert started.number
    invite(northlake.operator, f"bob-short@{northlake.domain}")
    used = seats(northlake, "scheduler")
    do(northlake.operator, "licenses.set_seats", {"product": "scheduler", "quantity": used["used"]})
    try:
        wish = undo.plan_undo(northlake.owner, reads.change(northlake.owner, started.number))
        seen = preview(wish)
        assert (seen.skipped(), seen.fits) == ({"address_taken": 1}, 0)
        assert why_no_way_back(northlake.owner, started) in ("no_seat", "address_taken")
        assert {standing(u)["status"] for u in (ann, bob)} == {"gone"}
        assert breaches() == []
    finally:
        do(northlake.operator, "licenses.set_seats", {"product": "scheduler", "quantity": 5})


def test_a_deactivated_person_can_be_deleted_and_comes_back_deactivated(northlake: Company) -> None:
    """S0-2: the two are separate; what they held before is kept for the way back."""
    ann = somebody(northlake, "ann-twice", "phone")
    do(northlake.admin, DEACTIVATE, {"subjects": one(ann)})
    do(northlake.admin, DELETE, {"subjects": one(ann)})
    do(northlake.admin, "lifecycle.restore", {"ids": [str(ann)]})
    assert standing(ann)["status"] == "inactive"
    do(northlake.admin, "lifecycle.reactivate", {"subjects": one(ann)})
    assert (standing(ann)["status"], standing(ann)["license"], add_ons(ann)) == ("active", LICENSED, ["phone"])
    assert breaches() == []


@pytest.mark.parametrize(
    "content", [{"kinds": ["all"], "heir": "manager"}, {"kinds": ["meetings"]}, {"kinds": ["meetings"], "heir": str(uuid4())}]
)
def test_an_heir_who_is_not_there_is_refused(northlake: Company, content: dict[str, object]) -> None:
    """S4-17."""
    with pytest.raises(Refused) as no:
        plan(northlake.admin, DEACTIVATE, {"subjects": one(northlake.pending), "content": content})
    assert no.value.kind == "invalid"


@pytest.mark.parametrize("verb", WAYS)
def test_content_goes_to_the_heir_and_back_with_undo(northlake: Company, verb: str) -> None:
    """S4-13, S4-14, S4-15, S4-18, I8: meetings move, the personal room stays and is listed."""
    ann, ben = somebody(northlake, f"from-{verb[10:]}"), somebody(northlake, f"to-{verb[10:]}")
    items = [{"owner": str(ann), "kind": "meeting", "title": t, "occurs": o} for t, o in (("Weekly", "recurring"), ("Room", "personal"))]
    do(northlake.owner, "content.create", {"items": items})
    started = do(northlake.admin, verb, {"subjects": one(ann), "content": {"kinds": ["meetings"], "heir": str(ben)}})
    assert owners(ann, ben) == {"Weekly": ben, "Room": ann}
    assert started.number
    assert undo.start_undo(northlake.admin, started.number).state == "done"
    assert owners(ann, ben) == {"Weekly": ann, "Room": ann}
    assert standing(ann)["status"] == "active"
    assert breaches() == []


def owners(*users: UUID) -> dict[str, UUID]:
    """title -> owner of everything these people have."""
    found = sql.rows(
        "SELECT i.title, s.owner_id FROM content_item i JOIN content_standing s ON s.item_id = i.id WHERE s.owner_id = ANY(%(u)s)",
        {"u": list(users)},
    )
    return {f["title"]: f["owner_id"] for f in found}


def test_each_one_s_manager_inherits(northlake: Company) -> None:
    """S4-14: one heir per person; who has no manager keeps everything, with the reason."""
    ann, ben, eve = (somebody(northlake, f"{n}-managed") for n in ("ann", "ben", "eve"))
    do(northlake.owner, "people.edit_profile", {"subjects": one(ann), "fields": {"manager": str(ben)}})
    items = [{"owner": str(u), "kind": "meeting", "title": t, "occurs": "recurring"} for u, t in ((ann, "Ann's"), (eve, "Eve's"))]
    do(northlake.owner, "content.create", {"items": items})
    wish = {"subjects": one(ann, eve), "content": {"kinds": ["meetings"], "heir": "manager"}}
    seen = preview(plan(northlake.admin, DEACTIVATE, wish))
    assert [(t.phase, t.skip, t.n) for t in seen.tallies] == [(0, None, 2), (1, "no_manager", 1), (1, None, 1)]
    do(northlake.admin, DEACTIVATE, wish)
    assert owners(ann, ben, eve) == {"Ann's": ben, "Eve's": eve}
    assert {standing(u)["status"] for u in (ann, eve)} == {"inactive"}


def test_everybody_with_a_license_is_unlinked_but_no_administrator(northlake: Company) -> None:
    """S0-58, S0-59, R6, R12: a set by its Workplace license; they leave the account and are not deleted, the owner and the admin stay and are listed."""
    ann, bob, other = (somebody(northlake, f"{n}-by-license") for n in ("ann", "bob", "other"))
    for user in (ann, bob, northlake.owner.user_id, northlake.admin.user_id):
        do(northlake.operator, "licenses.change_license", {"license": "meetings:unassigned", "subjects": one(user or "")})
    told = outcome(northlake.owner, do(northlake.owner, UNLINK, {"subjects": everybody(northlake, license=["meetings:unassigned"])}))
    assert (told.done, told.reasons) == (2, {"is_owner": 1, "is_admin": 1})
    assert [standing(u)["status"] for u in (ann, bob, other)] == ["gone", "gone", "active"]
    logins = (
        "SELECT count(*) FROM people_login l JOIN people_user u ON u.login_id = l.id WHERE u.id = ANY(%(u)s) AND u.left_how = 'unlinked'"
    )
    assert sql.value(logins, {"u": [ann, bob]}) == 2
    assert breaches() == []


def test_content_stays_as_it_is_when_nobody_is_named(northlake: Company) -> None:
    """S4-16, R1: the default moves nothing, and no item is touched."""
    ann = somebody(northlake, "ann-keeps")
    do(northlake.owner, "content.create", {"items": [{"owner": str(ann), "kind": "note", "title": "Mine"}]})
    before = sql.rows("SELECT owner_id, version FROM content_standing WHERE owner_id = %(u)s", {"u": ann})
    started = do(northlake.admin, DEACTIVATE, {"subjects": one(ann)})
    assert sql.rows("SELECT owner_id, version FROM content_standing WHERE owner_id = %(u)s", {"u": ann}) == before
    assert sql.value("SELECT count(*) FROM journal_effect WHERE change_id = %(c)s", {"c": started.change_id}) == 1
