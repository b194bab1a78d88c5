"""Sites and rooms: created, renamed, made main, edited, deleted, and all of it undone."""

from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, breaches, do, outcome, rows_written
from usher.accounts import places
from usher.core import sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
SITE, ROOM = "accounts.create_site", "accounts.create_room"


def test_it_works(northlake: Company) -> None:
    """S0-53: sites, the first of them the main one; rooms that stand there or nowhere, and are counted."""
    oslo, bergen = make_site(northlake, "Oslo"), make_site(northlake, "Bergen")
    assert [(s["name"], s["main"]) for s in places.sites(northlake.admin)] == [("Oslo", True), ("Bergen", False)]
    fjord = make_room(northlake, "Fjord", site=str(oslo))
    make_room(northlake, "Fjord", site=str(bergen), kind="Kiosk")
    make_room(northlake, "Lobby")
    assert places.how_many_rooms(northlake.admin) == 3
    do(northlake.admin, "accounts.edit_room", {"room": str(fjord), "name": "Fjell", "site": str(bergen)})
    assert {k: places.room(northlake.admin, fjord)[k] for k in ("name", "kind", "site")} == {
        "name": "Fjell",
        "kind": "ZoomRoom",
        "site": "Bergen",
    }
    do(northlake.admin, "accounts.rename_site", {"site": str(bergen), "name": "Bergen harbor"})
    do(northlake.admin, "accounts.make_main_site", {"site": str(bergen)})
    assert [(s["name"], s["main"]) for s in places.sites(northlake.admin)] == [("Bergen harbor", True), ("Oslo", False)]
    do(northlake.admin, "accounts.delete_rooms", {"rooms": [str(fjord)]})
    do(northlake.admin, "accounts.delete_sites", {"sites": [str(oslo)]})
    assert places.how_many_rooms(northlake.admin) == 2 and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20"""
    oslo = make_site(northlake, "Oslo")
    fjord = make_room(northlake, "Fjord")
    for name, params in every_verb(oslo, fjord).items():
        with pytest.raises(Refused) as no:
            plan(northlake.member, name, params)
        assert (no.value.kind, no.value.details) == ("forbidden", {"privilege": "accounts:place:manage"}), name


def test_another_account_s_places_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: foreign ids are missing, alone; among one's own they are nothing; no room of ours stands at a site of theirs."""
    theirs, room = make_site(southport, "Oslo"), make_room(southport, "Fjord")
    ours = make_room(northlake, "Fjord")
    for name, params in (("accounts.rename_site", {"site": str(theirs), "name": "X"}), ("accounts.make_main_site", {"site": str(theirs)})):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, name, params)
        assert no.value.kind == "missing"
    with pytest.raises(Refused) as no:
        plan(northlake.owner, "accounts.edit_room", {"room": str(room), "name": "X"})
    assert no.value.kind == "missing"
    for name, params in ((ROOM, {"name": "Quay", "kind": "Kiosk"}), ("accounts.edit_room", {"room": str(ours)})):
        with pytest.raises(Refused) as no:
            plan(northlake.owner, name, {**params, "site": str(theirs)})
        assert no.value.code == "no_site"
    do(northlake.owner, "accounts.delete_rooms", {"rooms": [str(room), str(ours)]})
    assert do(northlake.owner, "accounts.delete_sites", {"sites": [str(theirs)]}).change_id is None
    assert places.how_many_rooms(southport.owner) == 1 and places.how_many_rooms(northlake.owner) == 0


@pytest.mark.parametrize(
    ("name", "params", "field"),
    [
        (SITE, {"name": ""}, "name"),
        (SITE, {"name": "x" * 256}, "name"),
        (SITE, {"name": "two\nlines\x07"}, "name"),
        (SITE, {"name": 7}, "name"),
        (ROOM, {"name": "Fjord"}, "kind"),
        (ROOM, {"name": "Fjord", "kind": "Cinema"}, "kind"),
        (ROOM, {"name": "Fjord", "kind": "Kiosk", "site": "1"}, "site"),
        (ROOM, {"name": "Fjord", "kind": "Kiosk", "account_id": "1"}, ""),
        ("accounts.delete_rooms", {"rooms": []}, ""),
        ("accounts.delete_rooms", {"rooms": "all"}, ""),
        ("accounts.delete_sites", {"sites": ["1"]}, ""),
        ("accounts.make_main_site", {}, ""),
    ],
)
def test_wrong_parameters(northlake: Company, name: str, params: dict[str, Any], field: str) -> None:
    """MASS-01, MASS-08"""
    with pytest.raises(Refused) as no:
        plan(northlake.owner, name, params)
    assert (no.value.kind, no.value.field or "") == ("invalid", field)


def test_a_name_is_there_once(northlake: Company) -> None:
    """By canonical form; a room's name once at a site, and once where there is no site."""
    oslo = make_site(northlake, "Oslo")
    make_room(northlake, "Fjord")
    make_room(northlake, "Fjord", site=str(oslo))
    before = rows_written()
    for name, params in (
        (SITE, {"name": "OSLO"}),
        (ROOM, {"name": "FJORD", "kind": "Kiosk"}),
        (ROOM, {"name": "fjord", "kind": "Kiosk", "site": str(oslo)}),
    ):
        with pytest.raises(Refused) as no:
            do(northlake.owner, name, params)
        assert no.value.code == "place_name_taken", name
    assert rows_written() == before


def test_a_site_in_use_stays(northlake: Company) -> None:
    """Where rooms stand, and the main site of several: left alone, each with its reason; the last one may go."""
    oslo, bergen, voss = (make_site(northlake, name) for name in ("Oslo", "Bergen", "Voss"))
    make_room(northlake, "Fjord", site=str(bergen))
    told = outcome(northlake.owner, do(northlake.owner, "accounts.delete_sites", {"sites": [str(s) for s in (oslo, bergen, voss)]}))
    assert (told.done, told.reasons) == (1, {"has_rooms": 1, "is_main": 1})
    with pytest.raises(Refused) as no:
        do(northlake.owner, "accounts.delete_sites", {"sites": [str(bergen)]})
    assert no.value.code == "has_rooms"


def test_everything_can_be_undone(northlake: Company) -> None:
    """Step by step backwards to nothing, and what was deleted comes back with its site, its kind and its id."""
    oslo, bergen = make_site(northlake, "Oslo"), make_site(northlake, "Bergen")
    fjord = make_room(northlake, "Fjord", site=str(bergen), kind="Kiosk")
    steps = [
        do(northlake.owner, "accounts.edit_room", {"room": str(fjord), "name": "Fjell", "site": str(oslo), "kind": "ZoomRoom"}),
        do(northlake.owner, "accounts.rename_site", {"site": str(bergen), "name": "Harbor"}),
        do(northlake.owner, "accounts.make_main_site", {"site": str(bergen)}),
        do(northlake.owner, "accounts.delete_rooms", {"rooms": [str(fjord)]}),
        do(northlake.owner, "accounts.delete_sites", {"sites": [str(oslo)]}),
    ]
    for step in reversed(steps):
        assert step.number and outcome(northlake.owner, undo.start_undo(northlake.owner, step.number)).done == 1
    found = places.room(northlake.owner, fjord)
    assert (found["name"], found["kind"], found["site"]) == ("Fjord", "Kiosk", "Bergen")
    assert [(s["id"], s["main"]) for s in places.sites(northlake.owner)] == [(oslo, True), (bergen, False)]


def test_undo_leaves_alone_what_was_changed_since(northlake: Company) -> None:
    oslo = do(northlake.owner, SITE, {"name": "Oslo"})
    fjord = do(northlake.owner, ROOM, {"name": "Fjord", "kind": "Kiosk", "site": str(site_id(northlake, "Oslo"))})
    for made in (oslo, fjord):
        if made is fjord:
            do(northlake.owner, "accounts.edit_room", {"room": str(room_id(northlake, "Fjord")), "name": "Fjell"})
        assert made.number
        with pytest.raises(Refused) as no:
            undo.start_undo(northlake.owner, made.number)
        assert no.value.code == "changed"
    gone = do(northlake.owner, "accounts.delete_rooms", {"rooms": [str(room_id(northlake, "Fjell"))]})
    do(northlake.owner, "accounts.delete_sites", {"sites": [str(site_id(northlake, "Oslo"))]})
    assert gone.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, gone.number)
    assert no.value.code == "site_gone"


def every_verb(site: UUID, room: UUID) -> dict[str, dict[str, Any]]:
    return {
        "accounts.create_site": {"name": "Voss"},
        "accounts.rename_site": {"site": str(site), "name": "Voss"},
        "accounts.make_main_site": {"site": str(site)},
        "accounts.delete_sites": {"sites": [str(site)]},
        "accounts.create_room": {"name": "Quay", "kind": "Kiosk"},
        "accounts.edit_room": {"room": str(room), "name": "Quay"},
        "accounts.delete_rooms": {"rooms": [str(room), str(uuid7())]},
    }


def make_site(company: Company, name: str) -> UUID:
    do(company.owner, SITE, {"name": name})
    return site_id(company, name)


def make_room(company: Company, name: str, **more: Any) -> UUID:
    do(company.owner, ROOM, {"name": name, "kind": "ZoomRoom", **more})
    return room_id(company, name)


def site_id(company: Company, name: str) -> UUID:
    found: UUID = sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s AND name = %(n)s", {"a": company.account, "n": name})
    return found


def room_id(company: Company, name: str) -> UUID:
    """The newest room of this name."""
    found: UUID = sql.value(
        "SELECT id FROM accounts_room WHERE account_id = %(a)s AND name = %(n)s ORDER BY created_at DESC, version LIMIT 1",
        {"a": company.account, "n": name},
    )
    return found
