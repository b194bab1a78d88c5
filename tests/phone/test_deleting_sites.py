"""phone.create_site and phone.delete_site: a site with its phone side, and where all that is there goes when it is deleted."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, breaches, do, one, outcome
from tests.phone.phones import add, equip, extension, phone
from tests.phone.test_extension import site
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import VERBS, plan
from usher.phone import reads

pytestmark = pytest.mark.django_db
NAMES = ("phone.create_site", "phone.delete_site")


def test_it_works(northlake: Company) -> None:
    """S3-12: made with its range, renamed, deleted with all that is there at another one; each undone."""
    equip(northlake)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    site(northlake, "Oslo")
    made = do(northlake.owner, "phone.create_site", {"name": "Bergen", "code": "55", "lowest": "200", "highest": "299", "country": "NO"})
    bergen = {s["name"]: s for s in reads.sites(northlake.owner)}["Bergen"]
    assert (bergen["code"], bergen["lowest"], bergen["highest"], bergen["main"]) == ("55", 200, 299, False)
    renamed = do(northlake.owner, "phone.set_site", {"site": str(bergen["id"]), "name": "Bryggen", "lowest": 300, "highest": 399})
    assert {s["name"] for s in reads.sites(northlake.owner)} == {"Oslo", "Bryggen"}
    undo.start_undo(northlake.owner, renamed.number or 0)
    assert {s["name"]: s["lowest"] for s in reads.sites(northlake.owner)}["Bergen"] == 200
    crowded(northlake, bergen["id"], a, b)
    deleted = do(northlake.owner, "phone.delete_site", {"site": str(bergen["id"]), "target": "oslo"})
    oslo = reads.sites(northlake.owner)[0]
    assert (oslo["name"], oslo["phones"], len(reads.sites(northlake.owner))) == ("Oslo", 1, 1) and extension(a) == "200"
    assert places(northlake) == {a: "Oslo", b: "Oslo", "Fjord": "Oslo", "Desk": "Oslo"} and phone(a)["site_id"] == oslo["id"]
    undo.start_undo(northlake.owner, deleted.number or 0)
    assert places(northlake) == {a: "Oslo", b: "Bergen", "Fjord": "Bergen", "Desk": "Bergen"} and phone(a)["site_id"] == bergen["id"]
    back = {s["name"]: s for s in reads.sites(northlake.owner)}["Bergen"]
    assert (back["code"], back["lowest"], back["country"], back["phones"]) == ("55", 200, "NO", 1)
    with pytest.raises(Refused):
        undo.start_undo(northlake.owner, made.number or 0)
    assert not breaches()


def crowded(company: Company, there: UUID, phone_of: UUID, who: UUID) -> None:
    """At the site: the phone of one person who is elsewhere, somebody without a phone, a room, a template."""
    add(company, phone_of, site=str(there))
    do(company.owner, "people.set_site", {"site": "Oslo", "subjects": one(phone_of)})
    do(company.owner, "people.set_site", {"site": str(there), "subjects": one(who)})
    do(company.owner, "accounts.create_room", {"name": "Fjord", "kind": "Kiosk", "site": str(there)})
    do(company.owner, "phone.create_template", {"name": "Desk", "policy": {"waiting": "off"}, "site": str(there)})


def places(company: Company) -> dict[Any, str]:
    """Who and what is at which site."""
    rows = sql.rows(
        """SELECT x.key, g.name FROM (SELECT id::text AS key, site_id, account_id FROM people_user UNION ALL SELECT name, site_id, account_id FROM accounts_room
           UNION ALL SELECT name, site_id, account_id FROM phone_template) x JOIN accounts_site g ON g.id = x.site_id WHERE x.account_id = %(a)s""",
        {"a": company.account},
    )
    people = {str(p): p for p in (company.admin.user_id, company.member.user_id)}
    return {people.get(r["key"], r["key"]): r["name"] for r in rows}


def test_without_the_privilege(northlake: Company) -> None:
    """The phone side alone is not enough: the place goes, and people go elsewhere."""
    place = site(northlake, "Oslo")
    other = site(northlake, "Bergen")
    do(northlake.owner, "people.set_site", {"site": other, "subjects": one(northlake.member.user_id or "")})
    for name in NAMES:
        with pytest.raises(Refused) as no:
            do(northlake.member, name, {"name": "Lagos", "site": place})
        assert no.value.kind == "forbidden"
    rights = frozenset({"phone:site:manage", "phone:site:view"})
    for more, name, wish in (
        (set(), "phone.create_site", {"name": "Lagos"}),
        (set(), "phone.set_site", {"site": other, "name": "Lagos"}),
        (set(), "phone.delete_site", {"site": other, "target": place}),
        ({"accounts:place:manage"}, "phone.delete_site", {"site": other, "target": place}),
    ):
        with pytest.raises(Refused) as no:
            plan(replace(northlake.owner, privileges=rights | more), name, wish)
        assert no.value.kind == "forbidden", name


def test_another_account_s_sites_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    site(northlake, "Oslo")
    ours, theirs = site(northlake, "Bergen"), site(southport, "Lagos")
    for wish in ({"site": theirs}, {"site": ours, "target": theirs}, {"site": ours, "target": "Lagos"}):
        with pytest.raises(Refused) as no:
            do(northlake.owner, "phone.delete_site", wish)
        assert no.value.code in ("not_found", "no_site")


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-08"""
    site(northlake, "Oslo", lowest=2000, highest=2999, code="22")
    second = site(northlake, "Bergen")
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("phone.create_site", {"name": ""}, "name"),
        ("phone.create_site", {"name": "Lagos", "lowest": "9"}, "range"),
        ("phone.create_site", {"name": "Lagos", "country": "XX"}, "country"),
        ("phone.create_site", {"name": "OSLO"}, "place_name_taken"),
        ("phone.create_site", {"name": "Lagos", "code": "22", "lowest": 500, "highest": 600}, "site_code_taken:Oslo"),
        ("phone.create_site", {"name": "Lagos", "code": "22", "lowest": 2500, "highest": 3500}, "site_code_taken:Oslo"),
        ("phone.set_site", {"site": second, "name": "oslo"}, "place_name_taken"),
        ("phone.delete_site", {"site": second, "target": second}, "same_site"),
        ("phone.delete_site", {"site": "x"}, "no_selection"),
    ]
    for name, wish, code in wrong:
        with pytest.raises(Refused) as no:
            do(northlake.owner, name, wish)
        assert no.value.code == code, (name, wish)
    do(northlake.owner, "people.set_site", {"site": second, "subjects": one(northlake.member.user_id or "")})
    with pytest.raises(Refused) as no:
        plan(northlake.owner, "phone.delete_site", {"site": second})
    assert (no.value.code, no.value.field) == ("target_needed", "target")


def test_the_first_site_is_the_main_one_and_phones_are_there(northlake: Company) -> None:
    """behaviour.md L: enabling sites moves everything to an automatic main site, which cannot be deleted."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    made = do(northlake.owner, "phone.create_site", {"name": "Oslo"})
    (oslo,) = reads.sites(northlake.owner)
    assert oslo["main"] and phone(who)["site_id"] == oslo["id"]
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.delete_site", {"site": str(oslo["id"])})
    assert (no.value.kind, no.value.code) == ("conflict", "is_main")
    undo.start_undo(northlake.owner, made.number or 0)
    assert reads.sites(northlake.owner) == [] and phone(who)["site_id"] is None and extension(who) == "1000" and not breaches()


def test_undo_where_another_site_has_the_code_or_the_name_by_now(northlake: Company) -> None:
    """The site stays gone, and the reason is told in words; one without a range of its own comes back without one."""
    site(northlake, "Oslo")
    bergen, plain = site(northlake, "Bergen", code="55", lowest=200, highest=299), site(northlake, "Lagos")
    gone = [do(northlake.owner, "phone.delete_site", {"site": place}) for place in (bergen, plain)]
    do(northlake.owner, "phone.create_site", {"name": "Trondheim", "code": "55", "lowest": 300, "highest": 399})
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, gone[0].number or 0)
    assert no.value.code == "site_code_taken:Trondheim"
    undo.start_undo(northlake.owner, gone[1].number or 0)
    assert {s["name"] for s in reads.sites(northlake.owner)} == {"Oslo", "Trondheim", "Lagos"}
    assert not sql.value("SELECT count(*) FROM phone_site WHERE site_id = %(s)s", {"s": plain})


def test_what_does_not_come_back_is_told(northlake: Company) -> None:
    """What programs kept with a site goes with it: the plan says so before it is done."""
    for verb in ("phone.delete_site", "accounts.delete_sites"):
        assert "programs kept" in str(VERBS[verb].lost)


def test_a_room_of_the_same_name_stops_it(northlake: Company) -> None:
    """The others have gone, the site stays, and the result says why."""
    oslo, bergen = site(northlake, "Oslo"), site(northlake, "Bergen")
    for place in (oslo, bergen):
        do(northlake.owner, "accounts.create_room", {"name": "Fjord", "kind": "Kiosk", "site": place})
    started = do(northlake.owner, "phone.delete_site", {"site": bergen, "target": oslo})
    told = outcome(northlake.owner, started)
    assert told.reasons["room_name_there"] == 1 and len(reads.sites(northlake.owner)) == 2


def test_a_site_that_templates_are_for_is_not_deleted_under_places(northlake: Company) -> None:
    """They would go with it, and no undo brought them back."""
    site(northlake, "Oslo")
    bergen = site(northlake, "Bergen")
    do(northlake.owner, "phone.create_template", {"name": "Desk", "site": bergen})
    with pytest.raises(Refused) as no:
        do(northlake.owner, "accounts.delete_sites", {"sites": [bergen]})
    assert no.value.code == "has_templates" and len(reads.templates(northlake.owner)) == 1
