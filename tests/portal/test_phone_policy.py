"""What phones may do, in the portal: the page of one phone, its form, and what the account and a site say for all of theirs."""

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.phone.phones import add, equip, phone
from tests.phone.test_extension import site
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.phone import reads
from usher.portal.effects import changes_of


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    equip(northlake)
    return signed_in(northlake.owner.user_id)


def path_of(company: Company) -> str:
    return f"/people/{short(company.member.user_id)}/phone"  # type: ignore[arg-type]


def test_it_is_told_where_each_comes_from(owner: Client, northlake: Company) -> None:
    """S3-4: from the account, from the site, from a template, or set for this phone."""
    who, oslo = northlake.member.user_id, site(northlake, "Oslo")
    assert who
    add(northlake, who, site=oslo)
    settings = {"welcome_mail": "on", "voicemail": "off", "recording": "off", "waiting": "on", "key": "1"}
    assert owner.post("/phone/settings", settings).status_code == 303
    assert reads.account_policy(northlake.owner) == {"voicemail": "off", "recording": "off", "waiting": "on"}
    form = {
        "name": "Oslo",
        "lowest": "1000",
        "highest": "9999",
        "code": "",
        "country": "",
        "emergency_address": "Main street 1",
        "recording": "ask",
    }
    path = f"/phone/sites/{short(reads.sites(northlake.owner)[0]['id'])}"
    assert "Like the account: Voicemail off" in owner.get(path).content.decode()
    assert owner.post(path, {**form, "key": "2"}).status_code == 303
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"waiting": "off"}})
    do(northlake.owner, "phone.apply_template", {"template": "Desk", "subjects": one(who)})
    told = " ".join(owner.get(path_of(northlake)).content.decode().split())
    for words, comes in (("Voicemail off", "account"), ("Recorded on demand", "site Oslo"), ("Call waiting off", "template Desk")):
        assert f'{words} <span class="mute small">from the {comes}</span>' in told, words
    assert "<dd>Main street 1</dd>" in told
    do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": {"voicemail": "on"}})
    assert 'Voicemail on <span class="mute small">set for this phone</span>' in owner.get(path_of(northlake)).content.decode()


def test_the_form_of_one_phone(owner: Client, northlake: Company) -> None:
    """S3-4: of a person and of a room; left empty it is as the site and the account have it."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(northlake.owner, "accounts.create_room", {"name": "Fjord", "kind": "Kiosk"})
    do(northlake.owner, "phone.add_rooms", {"subjects": {"query": {"phone": ["none"]}, "except": []}})
    fjord = sql.value("SELECT id FROM accounts_room WHERE account_id = %(a)s", {"a": northlake.account})
    for page, holder in ((path_of(northlake), who), (f"/phone/rooms/{short(fjord)}", fjord)):
        assert f'href="{page}/policy"' in owner.get(page).content.decode()
        assert "Like the site and the account: Voicemail on" in owner.get(f"{page}/policy").content.decode()
        given = {"voicemail": "off", "recording": "", "waiting": "", "key": f"1{holder}"}
        assert owner.post(f"{page}/policy", given).status_code == 303 and phone(holder)["policy"] == {"voicemail": "off"}
        assert owner.post(f"{page}/policy", {**given, "voicemail": "", "key": f"2{holder}"})["Location"] == page
        assert phone(holder)["policy"] == {}
        dialog = owner.get(f"{page}/policy", headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in dialog and 'id="dialog-title"' in dialog
        assert owner.put(f"{page}/policy").status_code == 405


def test_without_the_privilege(owner: Client, northlake: Company, southport: Company) -> None:
    """S0-5, TENANT-03: who may only look is shown no way there; nobody of another account is there."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(northlake.owner, "access.create_role", {"name": "Looks", "privileges": ["phone:user:view"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Looks'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.admin.user_id or "")})
    looker, page = signed_in(northlake.admin.user_id), path_of(northlake)
    told = looker.get(page).content.decode()
    assert "Voicemail on" in told and f"{page}/policy" not in told and looker.get(f"{page}/policy").status_code == 403
    theirs = f"/people/{short(southport.member.user_id)}/phone/policy"  # type: ignore[arg-type]
    assert owner.get(theirs).status_code == owner.post(theirs, {"key": "1"}).status_code == 404
    assert owner.get(f"/people/{short(northlake.owner.user_id)}/phone/policy").status_code == 404  # type: ignore[arg-type]


def test_my_phone_leaves_it_to_the_administrators(owner: Client, northlake: Company) -> None:
    """S3-35: what site and account say is the first choice, and saving the page once says nothing else; what a template set on the phone is not theirs."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(northlake.owner, "phone.change_settings", {"policy": {"voicemail": "off"}})
    me = signed_in(who)
    assert "Like the site and the account: Voicemail off" in me.get("/me/phone").content.decode()
    assert me.post("/me/phone", {"extension": "1000", "voicemail": "", "recording": "", "waiting": "", "key": "a"}).status_code == 303
    assert phone(who)["policy"] == {} and phone(who)["set_up_at"]
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"recording": "on"}})
    do(northlake.owner, "phone.apply_template", {"template": "Desk", "subjects": one(who)})
    mine = me.get("/me/phone").content.decode()
    assert "Like the site and the account: Never recorded" in mine and "administrators have it" not in mine


def test_a_phone_that_is_left_to_the_site_and_the_account_says_so_in_activity(owner: Client, northlake: Company) -> None:
    """S3-4: nothing of its own is an ordinary value, of which a change tells a word."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": {"voicemail": "off"}})
    left = do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": {"voicemail": None}})
    effect = sql.row("SELECT before, after FROM journal_effect WHERE change_id = %(c)s", {"c": left.change_id})
    assert effect and effect["after"]["policy"] == {}
    (line,) = changes_of(effect["before"], effect["after"])
    assert (line["label"], line["old"], line["new"]) == ("Phone settings", "Voicemail off", "none")
