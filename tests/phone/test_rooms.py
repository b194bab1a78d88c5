"""Rooms hold phones: phone.add_rooms and what is done to the phones of rooms after it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, breaches, do, one, outcome, seats
from tests.phone.call_files import as_json, call, take_in
from tests.phone.phones import EXTRA, OTHER_PLAN, PLAN, add, buy, equip, extension
from tests.phone.test_extension import site
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.rows import beside, sample
from usher.journal.verb import plan
from usher.phone import call_reads, reads, room_reads, tasks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("equipped")]
NAMES = (
    "phone.add_rooms",
    "phone.assign_room_package",
    "phone.remove_room_packages",
    "phone.move_rooms_to_site",
    "phone.apply_room_template",
    "phone.remove_rooms",
)
OF_THE_CLOCK = "phone.set_up_rooms"


def room(company: Company, name: str, **more: Any) -> UUID:
    """A room that stands there."""
    do(company.owner, "accounts.create_room", {"name": name, "kind": "ZoomRoom", **more})
    found: UUID = sql.value("SELECT id FROM accounts_room WHERE account_id = %(a)s AND name = %(n)s", {"a": company.account, "n": name})
    return found


def phone(company: Company, id: UUID) -> dict[str, Any]:
    """extension, numbers and packages of a room's phone; empty without one."""
    found = room_reads.room(company.owner, id)
    return {key: found[key] for key in ("extension", "numbers", "packages")} if found["state"] == "active" else {}


def wish(name: str, *rooms: UUID) -> dict[str, Any]:
    """What each verb is asked for."""
    more = {
        "phone.assign_room_package": {"package": PLAN},
        "phone.move_rooms_to_site": {"site": "Oslo"},
        "phone.apply_room_template": {"template": "Hall"},
    }
    return {**more.get(name, {}), "subjects": one(*rooms)}


def test_it_works(northlake: Company) -> None:
    """S3-2, S3-3, S3-5, S3-15: seat, package, extension and number in one change, counted in the ledger of people; rooms have a place in the list."""
    a, b = room(northlake, "Fjord"), room(northlake, "Fjell")
    planned = plan(northlake.owner, "phone.add_rooms", {"package": PLAN, "numbers": "next", "subjects": one(a, b)})
    shown = preview(planned)
    assert (shown.will, shown.seats["phone"]["after"], shown.seats[PLAN]["after"]) == (2, 3, 3)
    assert sorted(r["after"]["extension"] for r in beside(planned, [r["obj"] for r in sample(planned)])) == ["1000", "1001"]
    do(northlake.owner, "phone.add_rooms", {"package": PLAN, "numbers": "next", "subjects": one(a, b)})
    assert phone(northlake, b) == {"extension": "1000", "numbers": ["+4722000000"], "packages": [PLAN]}
    assert phone(northlake, a) == {"extension": "1001", "numbers": ["+4722000001"], "packages": [PLAN]}
    assert seats(northlake, "phone")["used"] == 2 and seats(northlake, PLAN)["used"] == 2
    assert [r["name"] for r in room_reads.page(northlake.owner, {"q": "1001"}).rows] == ["Fjord"]
    assert reads.totals(northlake.owner)["rooms"] == 2 and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    id = room(northlake, "Fjord")
    for name in NAMES:
        with pytest.raises(Refused) as no:
            plan(northlake.member, name, wish(name, id))
        assert no.value.kind == "forbidden"
    for name, by in ((OF_THE_CLOCK, northlake.member), (OF_THE_CLOCK, northlake.owner)):
        with pytest.raises(Refused) as no:
            plan(by, name, {})
        assert no.value.kind == "forbidden"
    with pytest.raises(Refused) as no:
        room_reads.page(northlake.member, {})
    assert no.value.kind == "forbidden"


def test_another_account_s_rooms_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: neither to a verb nor to a read."""
    equip(southport)
    for company in (northlake, southport):
        do(company.owner, "accounts.create_site", {"name": "Oslo"})
        do(company.owner, "phone.create_template", {"name": "Hall", "policy": {"voicemail": "off"}})
    theirs = room(southport, "Harbour")
    do(southport.owner, "phone.add_rooms", {"package": PLAN, "subjects": one(theirs)})
    before = phone(southport, theirs)
    for name in NAMES:
        started = do(northlake.owner, name, wish(name, theirs))
        assert started.change_id is None or outcome(northlake.owner, started).done == 0
    assert room_reads.page(northlake.owner, {}).rows == [] and phone(southport, theirs) == before
    with pytest.raises(Refused) as no:
        room_reads.room(northlake.owner, theirs)
    assert no.value.kind == "missing"


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-01, MASS-08: nothing chosen, no id, an unknown package; and nothing that was never there is changed."""
    id = room(northlake, "Fjord")
    for name, given, code in (
        ("phone.add_rooms", {"subjects": {"ids": []}}, "no_selection"),
        ("phone.add_rooms", {}, "no_selection"),
        ("phone.remove_rooms", {"subjects": {"ids": ["Fjord"]}}, "bad_id"),
        ("phone.remove_rooms", {"subjects": {"query": {}, "except": ["Fjord"]}}, "bad_id"),
        ("phone.add_rooms", {"package": "x", "subjects": one(id)}, "unknown_package"),
        ("phone.add_rooms", {"numbers": "next", "subjects": one(id)}, "needs_package"),
        ("phone.move_rooms_to_site", {"site": "Atlantis", "subjects": one(id)}, "no_site"),
    ):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, name, given)
        assert (no.value.kind, no.value.code) == ("invalid", code)
    for name in ("phone.remove_rooms", "phone.remove_room_packages"):
        with pytest.raises(Refused) as no:
            do(northlake.owner, name, wish(name, id))
        assert no.value.code == "no_phone"


def test_people_and_rooms_share_seats_extensions_and_numbers(northlake: Company) -> None:
    """S3-3, LIC-03: the last seat goes once, an extension is in use once, and a clash names the room."""
    buy(northlake, phone=2)
    id, other, who = room(northlake, "Fjord"), room(northlake, "Fjell"), northlake.member.user_id
    assert who
    do(northlake.owner, "phone.add_rooms", {"package": PLAN, "numbers": "next", "subjects": one(id)})
    add(northlake, who, package=PLAN)
    assert extension(who) == "1001"
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.add_rooms", {"subjects": one(other)})
    assert no.value.code == "no_seat" and not phone(northlake, other)
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.set_extension", {"holder": str(who), "extension": "1000"})
    assert no.value.code == "extension_taken:Fjord" and "Fjord" in no.value.words
    do(northlake.owner, "phone.set_extension", {"holder": str(id), "extension": "4127"})
    do(northlake.owner, "phone.move_numbers", {"numbers": ["+4722000000"], "holder": str(who)})
    assert phone(northlake, id) == {"extension": "4127", "numbers": [], "packages": [PLAN]} and not breaches()


def test_packages_of_a_room(northlake: Company) -> None:
    """S3-24, S3-27, S3-28, S3-40, S3-55, S3-60: one plan replaces another, an extra stands beside it; without a plan the numbers go, and undo brings them back."""
    id = room(northlake, "Fjord")
    do(northlake.owner, "phone.add_rooms", {"package": OTHER_PLAN, "subjects": one(id)})
    do(northlake.owner, "phone.assign_room_package", {"package": EXTRA, "subjects": one(id)})
    changed = do(northlake.owner, "phone.assign_room_package", {"package": "200", "numbers": ["+4722000003"], "subjects": one(id)})
    assert phone(northlake, id)["packages"] == [PLAN, EXTRA] and seats(northlake, OTHER_PLAN)["used"] == 0
    gone = do(northlake.owner, "phone.remove_room_packages", {"subjects": one(id)})
    assert phone(northlake, id) == {"extension": "1000", "numbers": [], "packages": []}
    undo.start_undo(northlake.owner, gone.number or 0)
    assert phone(northlake, id) == {"extension": "1000", "numbers": ["+4722000003"], "packages": [PLAN, EXTRA]}
    undo.start_undo(northlake.owner, changed.number or 0)
    assert (phone(northlake, id)["packages"], phone(northlake, id)["numbers"]) == ([OTHER_PLAN, EXTRA], []) and not breaches()


def test_site_and_template_of_a_room_s_phone(northlake: Company) -> None:
    """The phone's site is chosen, else where the room stands; moving it leaves room and extension alone."""
    for name in ("Bergen", "Oslo"):
        do(northlake.owner, "accounts.create_site", {"name": name})
    oslo = sql.value("SELECT id::text FROM accounts_site WHERE account_id = %(a)s AND name = 'Oslo'", {"a": northlake.account})
    id, other = room(northlake, "Fjord", site=oslo), room(northlake, "Fjell")
    do(northlake.owner, "phone.add_rooms", {"subjects": one(id, other)})
    assert [room_reads.room(northlake.owner, i)["site"] for i in (id, other)] == ["Oslo", "Bergen"]
    moved = do(northlake.owner, "phone.move_rooms_to_site", {"site": "bergen", "subjects": one(id)})
    found = room_reads.room(northlake.owner, id)
    assert (found["site"], found["place"], found["extension"]) == ("Bergen", "Oslo", "1001")
    undo.start_undo(northlake.owner, moved.number or 0)
    do(northlake.owner, "phone.create_template", {"name": "Hall", "policy": {"voicemail": "off"}})
    do(
        northlake.owner,
        "phone.apply_room_template",
        {"template": "Hall", "subjects": {"query": {"phone": ["active"]}, "except": [str(other)]}},
    )
    found, untouched = (room_reads.room(northlake.owner, i) for i in (id, other))
    assert (found["site"], found["template"], found["policy"]) == ("Oslo", "Hall", {"voicemail": "off"}) and untouched["template"] is None
    with pytest.raises(Refused) as no:
        do(northlake.owner, "accounts.delete_sites", {"sites": [oslo]})
    assert no.value.code in ("has_rooms", "has_phones")


def test_removing_frees_everything_and_undo_brings_it_back(northlake: Company) -> None:
    """S3-37, S3-38, S3-39: the room stays; there is no trash for it, whatever the account wants for people. What is taken meanwhile is told."""
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    id = room(northlake, "Fjord")
    do(northlake.owner, "phone.add_rooms", {"package": PLAN, "numbers": "next", "subjects": one(id)})
    before = phone(northlake, id)
    gone = do(northlake.owner, "phone.remove_rooms", {"subjects": one(id)})
    assert not phone(northlake, id) and (seats(northlake, "phone")["used"], seats(northlake, PLAN)["used"]) == (0, 0) and not breaches()
    undo.start_undo(northlake.owner, gone.number or 0)
    assert tasks.keep_up() == 1 and phone(northlake, id) == before and tasks.keep_up() == 0 and not breaches()
    gone = do(northlake.owner, "phone.remove_rooms", {"subjects": one(id)})
    add(northlake, northlake.member.user_id or id, package=PLAN, numbers="next")
    undo.start_undo(northlake.owner, gone.number or 0)
    tasks.keep_up()
    assert phone(northlake, id) == {"extension": "1001", "numbers": [], "packages": [PLAN]} and not breaches()


def test_undo_of_adding(northlake: Company) -> None:
    """Everything comes free; a room whose phone was changed since keeps it."""
    a, b = room(northlake, "Fjord"), room(northlake, "Fjell")
    started = do(northlake.owner, "phone.add_rooms", {"package": PLAN, "numbers": "next", "subjects": one(a, b)})
    do(northlake.owner, "phone.set_extension", {"holder": str(b), "extension": "4127"})
    undo.start_undo(northlake.owner, started.number or 0)
    assert not phone(northlake, a) and phone(northlake, b)["extension"] == "4127"
    assert (seats(northlake, "phone")["used"], seats(northlake, PLAN)["used"]) == (1, 1) and not breaches()
    assert outcome(northlake.owner, do(northlake.owner, "phone.add_rooms", {"subjects": one(a, b)})).done == 1


def test_calls_of_a_room_that_comes_back(northlake: Company) -> None:
    """S3-45: while it is gone they stand in the account log by its name; undone, they are its own again. The same of the site."""
    site(northlake, "Oslo")
    bergen = site(northlake, "Bergen")
    id = room(northlake, "Fjord", site=bergen)
    do(northlake.owner, "phone.add_rooms", {"subjects": one(id)})
    take_in(northlake.owner, as_json(call("a", "1000")))
    gone = do(northlake.owner, "accounts.delete_rooms", {"rooms": [str(id)]})
    deleted = do(northlake.owner, "phone.delete_site", {"site": bergen})
    assert [(c["who"], c["room_id"], c["site"]) for c in call_reads.page(northlake.owner, {}).rows] == [("Fjord", None, None)]
    for change in (deleted, gone):
        undo.start_undo(northlake.owner, change.number or 0)
    do(northlake.owner, "accounts.edit_room", {"room": str(id), "name": "Fjell", "kind": "Kiosk"})
    assert [(c["who"], c["room_id"], c["site"]) for c in call_reads.page(northlake.owner, {"q": "fjel"}).rows] == [("Fjell", id, "Bergen")]


def test_a_phone_goes_with_its_room_for_who_may_take_it(northlake: Company) -> None:
    """AUTHZ-01: the right to places is not that to phones; a room without one needs no more."""
    id, bare = room(northlake, "Fjord"), room(northlake, "Fjell")
    do(northlake.owner, "phone.add_rooms", {"subjects": one(id)})
    actor = replace(northlake.owner, privileges=frozenset({"accounts:place:manage"}))
    with pytest.raises(Refused) as no:
        do(actor, "accounts.delete_rooms", {"rooms": [str(id), str(bare)]})
    assert no.value.kind == "forbidden"
    do(actor, "accounts.delete_rooms", {"rooms": [str(bare)]})


def test_a_room_that_is_deleted_frees_its_phone(northlake: Company) -> None:
    """S3-38, S3-39: seats, extension and numbers come free with the room; undo brings back room and phone, as far as that is free."""
    buy(northlake, phone=1)
    id, bare = room(northlake, "Fjord"), room(northlake, "Fjell")
    do(northlake.owner, "phone.add_rooms", {"package": PLAN, "numbers": "next", "subjects": one(id)})
    before = phone(northlake, id)
    both = {"rooms": [str(id), str(bare)]}
    assert preview(plan(northlake.owner, "accounts.delete_rooms", both)).will == 2
    gone = do(northlake.owner, "accounts.delete_rooms", both)
    assert (seats(northlake, "phone")["used"], seats(northlake, PLAN)["used"]) == (0, 0) and not breaches()
    assert sql.value("SELECT count(*) FROM phone_user WHERE account_id = %(a)s", {"a": northlake.account}) == 0
    undo.start_undo(northlake.owner, gone.number or 0)
    tasks.keep_up()
    assert phone(northlake, id) == before and not phone(northlake, bare) and not breaches()
    gone = do(northlake.owner, "accounts.delete_rooms", {"rooms": [str(id)]})
    add(northlake, northlake.member.user_id or id)
    undo.start_undo(northlake.owner, gone.number or 0)
    tasks.keep_up()
    assert room_reads.room(northlake.owner, id)["state"] == "away" and seats(northlake, PLAN)["used"] == 0 and not breaches()
