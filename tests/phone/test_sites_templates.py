"""phone.set_site, the templates and phone.change_settings: what holds for many phones."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, breaches, do, finish, one, outcome
from tests.phone.phones import add, equip, own, phone
from tests.phone.test_extension import site
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.verb import plan
from usher.phone import reads
from usher.phone.verbs.templates import DeleteTemplate, TemplateGone

pytestmark = pytest.mark.django_db
NAMES = (
    "phone.set_site",
    "phone.create_template",
    "phone.edit_template",
    "phone.delete_template",
    "phone.apply_template",
    "phone.change_settings",
)


def test_it_works(northlake: Company) -> None:
    """S3-16, S3-46: made, applied with the phone and later, changed, deleted; each undone."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"voicemail": "off"}})
    add(northlake, a, template="desk")
    add(northlake, b)
    own(northlake.member, {"policy": {"voicemail": "on", "waiting": "off"}})
    applied = do(northlake.owner, "phone.apply_template", {"template": "Desk", "subjects": one(a, b)})
    assert (phone(a)["policy"], phone(b)["policy"]) == ({"voicemail": "off"}, {"voicemail": "off", "waiting": "off"})
    undo.start_undo(northlake.owner, applied.number or 0)
    assert phone(b)["policy"] == {"voicemail": "on", "waiting": "off"}
    edited = do(northlake.owner, "phone.edit_template", {"template": "Desk", "name": "Desks", "policy": {"recording": "ask"}})
    assert [t["name"] for t in reads.templates(northlake.owner)] == ["Desks"]
    undo.start_undo(northlake.owner, edited.number or 0)
    deleted = do(northlake.owner, "phone.delete_template", {"template": "Desk"})
    assert reads.templates(northlake.owner) == [] and phone(a)["policy"] == {"voicemail": "off"}
    undo.start_undo(northlake.owner, deleted.number or 0)
    assert [(t["name"], t["phones"]) for t in reads.templates(northlake.owner)] == [("Desk", 1)]
    switched = do(northlake.owner, "phone.change_settings", {"soft_delete": True, "welcome_mail": False})
    assert reads.settings(northlake.owner) == {"soft_delete": True, "welcome_mail": False, "site_codes": False, "automatic": False}
    undo.start_undo(northlake.owner, switched.number or 0)
    assert reads.settings(northlake.owner) == reads.DEFAULTS and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    place = site(northlake, "Oslo")
    for name in NAMES:
        with pytest.raises(Refused) as no:
            do(
                northlake.member,
                name,
                {"site": place, "template": "x", "subjects": one(northlake.admin.user_id or ""), "soft_delete": True},
            )
        assert no.value.kind == "forbidden"


def test_another_account_s_sites_and_templates_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    place = site(southport, "Lagos")
    do(southport.owner, "phone.create_template", {"name": "Desk", "policy": {}})
    theirs = str(sql.value("SELECT id FROM phone_template WHERE account_id = %(a)s", {"a": southport.account}))
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.set_site", {"site": place, "lowest": 2000})
    assert no.value.kind == "missing"
    for name in NAMES[2:5]:
        with pytest.raises(Refused) as no:
            do(northlake.owner, name, {"template": theirs, "name": "Mine", "subjects": one(northlake.admin.user_id or "")})
        assert no.value.code == "no_template"
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.create_template", {"name": "Desk", "site": place})
    assert no.value.code == "no_site"


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-08"""
    place = site(northlake, "Oslo")
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("phone.set_site", {"lowest": "9"}, "range"),
        ("phone.set_site", {"lowest": "5000", "highest": 400}, "range"),
        ("phone.set_site", {"lowest": 10, "highest": 99}, "range"),
        ("phone.set_site", {"code": "77", "lowest": 10, "highest": 99_999}, "range"),
        ("phone.set_site", {"code": "1234"}, "site_code"),
        ("phone.set_site", {"code": "a"}, "site_code"),
        ("phone.set_site", {"country": "XX"}, "country"),
        ("phone.set_site", {"emergency_address": "x" * 501}, "address"),
        ("phone.set_site", {"site": "x"}, "no_site"),
        ("phone.create_template", {"name": ""}, "name"),
        ("phone.create_template", {"name": "A", "policy": {"x": "y"}}, "policy"),
        ("phone.create_template", {"name": "A", "policy": {"voicemail": "maybe"}}, "policy"),
        ("phone.edit_template", {"template": "B", "name": "A"}, "no_template"),
        ("phone.delete_template", {}, "no_template"),
        ("phone.apply_template", {"subjects": one(northlake.pending)}, "no_template"),
        ("phone.change_settings", {}, "settings"),
        ("phone.change_settings", {"soft_delete": "yes"}, "settings"),
        ("phone.change_settings", {"trash": True}, "settings"),
    ]
    for name, wish, code in wrong:
        with pytest.raises(Refused) as no:
            plan(northlake.owner, name, {**({"site": place} if name == "phone.set_site" else {}), **wish})
        assert (no.value.kind, no.value.code) == ("invalid", code), (name, wish)


def test_ranges_and_codes_of_two_sites(northlake: Company) -> None:
    """A range may lie within another or beside it, never across; a code belongs to one site."""
    first, second = site(northlake, "Oslo", lowest=2000, highest=2999), site(northlake, "Bergen")
    for wish, code in (({"lowest": 2500, "highest": 3500}, "ranges_cross"), ({"lowest": 1500, "highest": 2500}, "ranges_cross")):
        with pytest.raises(Refused) as no:
            do(northlake.owner, "phone.set_site", {"site": second, **wish})
        assert no.value.code.startswith(code) and "Oslo" in no.value.words
    for fits in (
        {"lowest": 2000, "highest": 2999},
        {"lowest": 2100, "highest": 2199},
        {"lowest": 3000, "highest": 3999},
        {"lowest": 1000, "highest": 9999},
    ):
        do(northlake.owner, "phone.set_site", {"site": second, **fits})
    do(northlake.owner, "phone.set_site", {"site": first, "code": "47", "lowest": 100, "highest": 999})
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.set_site", {"site": second, "code": "47"})
    assert "Oslo has this site code" in no.value.words


def test_a_range_does_not_cross_that_of_a_site_of_which_nothing_was_said(northlake: Company) -> None:
    """It is 1000 to 9999; within it or beside it another one may lie, of a new site as of one that is here; once its own is said there is no crossing."""
    oslo, bergen = site(northlake, "Oslo"), site(northlake, "Bergen")
    for name, wish in (("phone.set_site", {"site": bergen}), ("phone.create_site", {"name": "Lyon"})):
        with pytest.raises(Refused) as no:
            do(northlake.owner, name, {**wish, "lowest": 500, "highest": 1500})
        assert no.value.code in ("ranges_cross:Oslo", "ranges_cross:Bergen")
    for lowest, highest in ((2000, 2999), (500, 999), (500, 20_000), (1000, 9999)):
        do(northlake.owner, "phone.set_site", {"site": bergen, "lowest": lowest, "highest": highest})
    do(northlake.owner, "phone.set_site", {"site": oslo, "lowest": 2000, "highest": 2999})
    do(northlake.owner, "phone.set_site", {"site": bergen, "lowest": 500, "highest": 1500})


def test_a_crossing_of_before_keeps_nobody_from_changing_something_else(northlake: Company) -> None:
    """Of a site made under Places nobody asked (docs/decisions/0122): address and policy of its neighbour are saved and undone, its range is not moved."""
    bergen = site(northlake, "Bergen", lowest=500, highest=1500)
    site(northlake, "Lyon")
    said = {"site": bergen, "lowest": 500, "highest": 1500, "emergency_address": "Torget 1"}
    wish = plan(northlake.owner, "phone.set_site", said)
    assert wish.verb.headline(wish.params, 1) == "The phone settings of the site Bergen will change."
    changed = do(northlake.owner, "phone.set_site", said)
    undo.start_undo(northlake.owner, changed.number or 0)
    assert reads.site(northlake.owner, UUID(bergen))["emergency_address"] == "" and not breaches()
    with pytest.raises(Refused) as no:
        do(northlake.owner, "phone.set_site", {**said, "highest": 1600})
    assert no.value.code == "ranges_cross:Lyon"


def test_a_template_whose_site_is_gone_does_not_come_back_for_every_site(northlake: Company) -> None:
    """The undo of its deletion says why."""
    site(northlake, "Oslo")
    bergen = site(northlake, "Bergen")
    do(northlake.owner, "phone.create_template", {"name": "Desk", "site": bergen})
    gone = do(northlake.owner, "phone.delete_template", {"template": "Desk"})
    do(northlake.owner, "phone.delete_site", {"site": bergen})
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, gone.number or 0)
    assert no.value.code == "site_gone" and reads.templates(northlake.owner) == []


def test_phones_have_a_template_again_that_comes_back(northlake: Company) -> None:
    """Of a person, of a room and of somebody in the trash; not who has another one by then, and nobody where another template has the name."""
    equip(northlake)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    for name in ("Desk", "Hall"):
        do(northlake.owner, "phone.create_template", {"name": name, "policy": {"waiting": "off"}})
    do(northlake.owner, "accounts.create_room", {"name": "Fjord", "kind": "Kiosk"})
    do(northlake.owner, "phone.add_rooms", {"subjects": {"query": {"phone": ["none"]}, "except": []}, "template": "Desk"})
    add(northlake, a, b, northlake.owner.user_id or a, template="Desk")
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a)})
    deleted = do(northlake.owner, "phone.delete_template", {"template": "Desk"})
    assert outcome(northlake.owner, deleted).done == 4 and having("Desk") == [] and phone(b)["policy"] == {"waiting": "off"}
    do(northlake.owner, "phone.apply_template", {"template": "Hall", "subjects": one(b)})
    undo.start_undo(northlake.owner, deleted.number or 0)
    assert having("Desk") == sorted(["Fjord", str(a), str(northlake.owner.user_id)]) and having("Hall") == [str(b)]
    again = do(northlake.owner, "phone.delete_template", {"template": "Desk"})
    do(northlake.owner, "phone.create_template", {"name": "DESK", "policy": {}})
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, again.number or 0)
    assert no.value.code == "template_taken" and having("DESK") == [] and not breaches()


def test_a_template_that_is_applied_while_it_is_deleted(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever got it meanwhile loses it in the same change, and has it again with the others."""
    equip(northlake)
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"waiting": "off"}})
    add(northlake, a, b)
    do(northlake.owner, "phone.apply_template", {"template": "Desk", "subjects": one(a)})
    with monkeypatch.context() as far:
        far.setattr(engine, "INLINE", 0)
        started = engine.start(plan(northlake.owner, "phone.delete_template", {"template": "Desk"}), "test:desk")
    do(northlake.owner, "phone.apply_template", {"template": "Desk", "subjects": one(b)})
    assert having("Desk") == sorted([str(a), str(b)])
    finish(started)
    assert reads.templates(northlake.owner) == [] and outcome(northlake.owner, started).done == 2
    undo.start_undo(northlake.owner, started.number or 0)
    assert having("Desk") == sorted([str(a), str(b)]) and not breaches()


def test_whose_phones_have_a_template_is_for_who_may_see_phones(northlake: Company) -> None:
    """S3-16: its deletion names them, so it asks for the right to; one that no phone has needs that of templates alone."""
    who = northlake.member.user_id
    assert who
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"waiting": "off"}})
    add(northlake, who, template="Desk")
    templates = replace(northlake.owner, privileges=frozenset({"phone:template:view", "phone:template:manage"}))
    with pytest.raises(Refused) as no:
        plan(templates, "phone.delete_template", {"template": "Desk"})
    assert no.value.kind == "forbidden"
    seeing = replace(templates, privileges=templates.privileges | {"phone:user:view"})
    assert plan(seeing, "phone.delete_template", {"template": "Desk"})
    do(northlake.owner, "phone.create_template", {"name": "Hall", "policy": {}})
    assert outcome(northlake.owner, do(templates, "phone.delete_template", {"template": "Hall"})).done == 0
    assert [t["name"] for t in reads.templates(northlake.owner)] == ["Desk"]


def test_a_template_deleted_by_an_older_usher_comes_back(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3-16: then its deletion was all of the Change, in the first phase; who had it was not written down."""
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"waiting": "off"}})
    with monkeypatch.context() as then:
        then.setattr(DeleteTemplate, "parts", (TemplateGone(),))
        old = do(northlake.owner, "phone.delete_template", {"template": "Desk"})
    undo.start_undo(northlake.owner, old.number or 0)
    assert [(t["name"], t["policy"]) for t in reads.templates(northlake.owner)] == [("Desk", {"waiting": "off"})]


def test_a_template_that_is_edited_while_it_is_deleted(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes as it was asked for, and comes back as it was then."""
    who = northlake.member.user_id
    assert who
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"waiting": "off"}})
    add(northlake, who, template="Desk")
    with monkeypatch.context() as far:
        far.setattr(engine, "INLINE", 0)
        started = engine.start(plan(northlake.owner, "phone.delete_template", {"template": "Desk"}), "test:edited")
    do(northlake.owner, "phone.edit_template", {"template": "Desk", "name": "Hall", "policy": {}})
    finish(started)
    assert reads.templates(northlake.owner) == [] and not breaches()
    undo.start_undo(northlake.owner, started.number or 0)
    assert having("Desk") == [str(who)] and not breaches()


def test_a_template_that_was_applied_since_stays(northlake: Company) -> None:
    """S3-16: an undo leaves alone who has another template by then, also one that set the same; a template that is deleted since is in nobody's way."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    for name in ("Desk", "Hall"):
        do(northlake.owner, "phone.create_template", {"name": name, "policy": {"waiting": "off"}})
    add(northlake, a, b)
    first = do(northlake.owner, "phone.apply_template", {"template": "Desk", "subjects": one(a, b)})
    do(northlake.owner, "phone.apply_template", {"template": "Hall", "subjects": one(a)})
    do(northlake.owner, "phone.delete_template", {"template": "Desk"})
    undo.start_undo(northlake.owner, first.number or 0)
    assert having("Hall") == [str(a)] and (phone(a)["policy"], phone(b)["policy"]) == ({"waiting": "off"}, {}) and not breaches()


def having(template: str) -> list[str]:
    """Whose phones have a template: the ids of people, the names of rooms."""
    query = """SELECT coalesce(r.name, h.user_id::text) AS who FROM phone_user h JOIN phone_template t ON t.id = h.template_id
      LEFT JOIN accounts_room r ON r.id = h.room_id WHERE t.name = %(t)s"""
    return sorted(row["who"] for row in sql.rows(query, {"t": template}))


def test_a_template_for_one_site(northlake: Company) -> None:
    """A phone at another site is passed over, and none is chosen for it."""
    equip(northlake)
    oslo, bergen = site(northlake, "Oslo"), site(northlake, "Bergen")
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "phone.create_template", {"name": "Oslo desk", "policy": {"waiting": "off"}, "site": oslo})
    add(northlake, a, site=oslo)
    add(northlake, b, site=bergen)
    started = do(northlake.owner, "phone.apply_template", {"template": "Oslo desk", "subjects": one(a, b)})
    assert outcome(northlake.owner, started).reasons == {"other_site": 1} and phone(a)["policy"] == {"waiting": "off"}
    with pytest.raises(Refused) as no:
        plan(northlake.owner, "phone.add", {"site": bergen, "template": "Oslo desk", "subjects": one(a)})
    assert no.value.code == "other_site"
