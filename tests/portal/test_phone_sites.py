"""Sites and templates of Phone: their lists and forms, deleting a site with another one for all that is there, and applying a template."""

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.phone.phones import add, phone
from tests.phone.test_extension import site
from tests.portal.test_phone import done
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.phone import reads

SITES, TEMPLATES = "/phone/sites", "/phone/templates"


@pytest.fixture
def owner(db: None, equipped: Company) -> Client:
    return signed_in(equipped.owner.user_id)


def test_a_site_by_its_form(owner: Client, northlake: Company) -> None:
    """S3-12: added, listed with range, code, country and address, changed; a form that cannot be comes back with what was typed."""
    assert b"all extensions come from 1000 to 9999" in owner.get(SITES).content
    bergen = {
        "name": "Bergen",
        "lowest": "2000",
        "highest": "2999",
        "code": "",
        "country": "no",
        "emergency_address": "Bryggen 1",
        "key": "1",
    }
    assert owner.post(f"{SITES}/new", bergen, follow=True).redirect_chain[-1] == (SITES, 303)
    row = owner.get(SITES).content.decode()
    assert all(words in row for words in ("Bergen", "Main site", "2000–2999", "Bryggen 1", "NO"))
    crossing = owner.post(f"{SITES}/new", {**bergen, "name": "Oslo", "lowest": "2500", "highest": "3500", "key": "2"})
    assert crossing.status_code == 422 and "crosses that of Bergen" in crossing.content.decode() and b'value="2500"' in crossing.content
    (found,) = reads.sites(northlake.owner)
    one_site = f"{SITES}/{short(found['id'])}"
    assert b'value="2000"' in owner.get(one_site).content
    assert (
        owner.post(one_site, {**bergen, "name": "Bryggen", "code": "55", "lowest": "200", "highest": "299", "key": "3"}).status_code == 303
    )
    changed = reads.site(northlake.owner, found["id"])
    assert (changed["name"], changed["code"], changed["lowest"]) == ("Bryggen", "55", 200)
    dialog = owner.get(f"{SITES}/new", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in dialog and 'id="dialog-title"' in dialog


def test_deleting_a_site_asks_where_all_goes(owner: Client, northlake: Company) -> None:
    """behaviour.md L: the plan names who moves; the main site stays."""
    who = northlake.member.user_id
    assert who
    oslo, bergen = site(northlake, "Oslo"), site(northlake, "Bergen")
    add(northlake, who, site=bergen)
    listed = {s["name"]: s for s in reads.sites(northlake.owner)}
    path = f"{SITES}/{short(listed['Bergen']['id'])}/deletion"
    asked = owner.get(path).content.decode()
    assert "Where all goes that is there" in asked and "Oslo" in asked and ">Bergen</option>" not in asked
    told = done(owner, f"{path}?site_to={short(listed['Oslo']['id'])}")
    assert "The site Bergen will be deleted." in told and str(northlake.member.email) in told and "go to the other site" in told
    assert str(phone(who)["site_id"]) == oslo and [s["name"] for s in reads.sites(northlake.owner)] == ["Oslo"]
    assert b"It is the main site." in owner.get(SITES).content
    assert owner.get(f"{SITES}/{short(listed['Oslo']['id'])}/deletion").status_code == 409


def test_a_site_that_is_deleted_while_people_are_added(owner: Client, northlake: Company) -> None:
    """S3-11: whoever has the plan open is told that the site is gone, and asked again; nobody gets a phone."""
    who = northlake.member.user_id
    assert who
    site(northlake, "Oslo")
    bergen = site(northlake, "Bergen")
    listed = {s["name"]: short(s["id"]) for s in reads.sites(northlake.owner)}
    address = f"/phone/users/additions?ids={short(who)}&site_to={listed['Bergen']}&package_to=none"
    shown = owner.get(address)
    do(northlake.owner, "phone.delete_site", {"site": bergen})
    answer = owner.post(address, {"digest": shown.context["digest"], "key": shown.context["key"]})
    assert answer.status_code == 422 and b"There is no site" in answer.content and phone(who) == {}


def test_a_template_by_its_form(owner: Client, northlake: Company) -> None:
    """S3-16: made for a site, changed, applied to its phones with a preview, deleted. What it sets wins over what a phone had."""
    who = northlake.member.user_id
    assert who
    oslo = site(northlake, "Oslo")
    add(northlake, who)
    assert b"wins over what each had" in owner.get(TEMPLATES).content
    desk = {"name": "Desk", "site": oslo, "voicemail": "off", "recording": "", "waiting": "", "key": "1"}
    assert owner.post(f"{TEMPLATES}/new", desk).status_code == 303
    (found,) = reads.templates(northlake.owner)
    assert (found["policy"], found["site"]) == ({"voicemail": "off"}, "Oslo")
    listed = owner.get(f"{TEMPLATES}?phone_site={oslo}").content.decode()
    assert "Desk" in listed and "Voicemail off" in listed and "Apply to phones" in listed
    taken = owner.post(f"{TEMPLATES}/new", {**desk, "name": "desk", "key": "2"})
    assert taken.status_code == 422 and "another template has this name" in taken.content.decode() and b'value="desk"' in taken.content
    path = f"{TEMPLATES}/{short(found['id'])}"
    assert b"checked" in owner.get(path).content
    assert owner.post(path, {**desk, "waiting": "off", "key": "3"}).status_code == 303
    told = done(owner, f"/phone/users/template-applications?all=1&phone=active&phone_site={oslo}&template_to={short(found['id'])}")
    assert "will be applied to 1\u00a0phone" in told and "Call waiting off" in told and '<span class="to">Desk</span>' in told
    assert phone(who)["policy"] == {"voicemail": "off", "waiting": "off"}
    assert "Phones keep what it set." in done(owner, f"{path}/deletion") and reads.templates(northlake.owner) == []


def test_without_the_privilege(owner: Client, northlake: Company) -> None:
    """S0-5, AUTHZ-13: closed without the right; who may only look sees closed forms and reasons."""
    client = signed_in(northlake.member.user_id)
    for path in (SITES, f"{SITES}/new", TEMPLATES, f"{TEMPLATES}/new", f"{SITES}/export", f"{TEMPLATES}/export"):
        assert client.get(path).status_code == 403, path
    site(northlake, "Oslo")
    site(northlake, "Bergen")
    do(northlake.owner, "phone.create_template", {"name": "Desk"})
    do(northlake.owner, "access.create_role", {"name": "Looks", "privileges": ["phone:site:view", "phone:template:view"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Looks'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.member.user_id or "")})
    looker = signed_in(northlake.member.user_id)
    oslo, desk = (short(reads.sites(northlake.owner)[0]["id"]), short(reads.templates(northlake.owner)[0]["id"]))
    for path in (f"{SITES}/{oslo}", f"{TEMPLATES}/{desk}"):
        assert b"disabled" in looker.get(path).content and looker.post(path, {"name": "Mine", "key": "1"}).status_code == 403
    assert b"This needs the right to manage the phone side of sites." in looker.get(SITES).content
    assert b"This needs the right to manage phone templates." in looker.get(TEMPLATES).content
    assert looker.get(f"{SITES}/{oslo}/deletion").status_code == looker.get(f"{TEMPLATES}/{desk}/deletion").status_code == 403


def test_other_account_s_sites_and_templates_are_not_there(owner: Client, southport: Company) -> None:
    """TENANT-03"""
    site(southport, "Lagos")
    do(southport.owner, "phone.create_template", {"name": "Desk"})
    theirs, desk = short(reads.sites(southport.owner)[0]["id"]), short(reads.templates(southport.owner)[0]["id"])
    for path in (f"{SITES}/{theirs}", f"{SITES}/{theirs}/deletion", f"{TEMPLATES}/{desk}", f"{TEMPLATES}/{desk}/deletion"):
        assert owner.get(path).status_code == 404 and owner.post(path, {"key": "1"}).status_code == 404, path
    assert b"Lagos" not in owner.get(SITES).content and b"Desk" not in owner.get(TEMPLATES).content


def test_wrong_method(owner: Client) -> None:
    assert owner.post(SITES).status_code == owner.post(TEMPLATES).status_code == owner.put(f"{SITES}/new").status_code == 405


def test_lists_are_searched_and_exported(owner: Client, northlake: Company) -> None:
    site(northlake, "Årdal")
    site(northlake, "Oslo")
    assert "Oslo" not in (rows := owner.get(f"{SITES}?q=ardal").content.decode()) and "Årdal" in rows
    told = b"".join(owner.get(f"{SITES}/export").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert told.splitlines()[0].startswith("Name,Extensions,Site code") and "Oslo,1000–9999" in told
