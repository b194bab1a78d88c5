"""The phone of a person in the portal: its page, who opens it, and what is done from it."""

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.phone.phones import EXTRA, PLAN, add, extension, own, phone
from tests.portal.test_phone import done
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.phone import reads


@pytest.fixture
def owner(db: None, equipped: Company) -> Client:
    return signed_in(equipped.owner.user_id)


def test_who_may_only_look(owner: Client, northlake: Company) -> None:
    """S0-5: the lists and the menus without what changes anything."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    do(
        northlake.owner,
        "access.create_role",
        {"name": "Looks", "privileges": ["phone:user:view", "phone:settings:view", "people:user:view"]},
    )
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Looks'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(who)})
    looker = signed_in(who)
    rows = looker.get("/phone/users").content.decode()
    assert "1000" in rows and "This needs the right to manage phone users." in rows and 'href="/phone/people"' not in rows
    assert looker.get(f"/people/{short(who)}/phone").status_code == 200
    assert looker.get("/phone/users/removals?ids=" + short(who)).status_code == 403
    assert looker.post("/phone/settings", {"soft_delete": "on", "key": "b"}).status_code == 403
    assert not reads.settings(northlake.owner)["soft_delete"]


def test_a_person_s_phone(owner: Client, northlake: Company) -> None:
    """S3-4, S3-20, S3-21, S3-23: the tab, the extension with its refusal, and the mail again until it is set up."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    tab = f"/people/{short(b)}/phone"
    assert b"5 seats are free" in owner.get(tab).content
    add(northlake, a, b, package=PLAN)
    assert b"Resend invite" in owner.get(tab).content and b"Unlimited US and Canada" in owner.get(tab).content
    taken = owner.post(f"{tab}/extension", {"extension": extension(a), "key": "a"})
    words = taken.content.decode()
    assert taken.status_code == 422 and f"Extension {extension(a)} belongs to <a" in words and "is free." in words
    assert f'href="/people/{short(a)}/phone"' in words
    assert owner.post(f"{tab}/extension", {"extension": "4127", "key": "b"}).status_code == 303 and extension(b) == "4127"
    assert b"Which direct number?" in owner.get(f"{tab}/numbers").content
    done(owner, f"{tab}/numbers?number_to=%2B4722000005")
    assert phone(b)["numbers"] == ["+4722000005"] and b"/phone/numbers/returns?ids=" in owner.get(tab).content
    done(owner, f"/phone/users/resends?ids={short(b)}")
    own(northlake.member, {})
    assert b"Resend invite" not in owner.get(tab).content


def test_who_sees_phones_but_no_people(owner: Client, northlake: Company) -> None:
    """S0-5, S3-4, S3-20: an administrator of phones alone opens the phone of anybody, changes it, and meets no closed page on the way."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    do(northlake.owner, "access.create_role", {"name": "Phones", "privileges": ["phone:user:manage", "phone:number:manage"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Phones'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(a)})
    desk, tab = signed_in(a), f"/people/{short(b)}/phone"
    assert desk.get(f"/people/{short(b)}").status_code == 403
    for path in ("/phone/people", "/phone/pending"):
        assert f'data-href="/people/{short(b)}"' not in desk.get(path).content.decode()
    assert b"Give a phone" in desk.get(tab).content
    add(northlake, b, package=PLAN)
    told = desk.get(tab).content.decode()
    assert "member@" in told and "1000" in told and "Resend invite" in told and f'href="/people/{short(b)}"' not in told
    assert 'href="/phone/users" aria-current="page"' in told and 'href="/people" aria-current="page"' in owner.get(tab).content.decode()
    ids = f"/phone/users/package-removals?ids={short(b)}"
    assert (
        f'href="/people/{short(b)}"' not in desk.get(ids).content.decode()
        and f'href="/people/{short(b)}"' in owner.get(ids).content.decode()
    )
    dialog = desk.get(f"{tab}/extension", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in dialog and 'value="1000"' in dialog and "<h1>" in desk.get(f"{tab}/extension").content.decode()
    assert desk.post(f"{tab}/extension", {"extension": "4127", "key": "a"}).status_code == 303 and extension(b) == "4127"
    done(desk, f"{tab}/numbers?number_to=%2B4722000005")
    assert phone(b)["numbers"] == ["+4722000005"]
    assert f"member@{northlake.domain}" in desk.get("/phone/numbers/holders?holder=member").content.decode()
    assert desk.get(f"/people/{short(northlake.pending)}/phone").status_code == 200


def test_somebody_of_another_account_has_no_phone_here(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03: also for who sees phones and no people."""
    role = {"name": "Phones", "privileges": ["phone:user:manage"]}
    do(northlake.owner, "access.create_role", role)
    key = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Phones'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": key, "subjects": one(northlake.admin.user_id or "")})
    for client in (owner, signed_in(northlake.admin.user_id)):
        assert client.get(f"/people/{short(southport.member.user_id or southport.pending)}/phone").status_code == 404


def test_the_page_of_a_phone_offers_what_its_row_does(owner: Client, northlake: Company) -> None:
    """S3-46, S3-47, S3-56: with soft delete on, the trash, and Remove closed with the reason; in the trash, who may only look is not offered Restore."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    tab = f"/people/{short(who)}/phone"
    before = owner.get(tab).content.decode()
    assert f"/phone/users/removals?ids={short(who)}" in before and "trashings" not in before and "template-applications" in before
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    after = owner.get(tab).content.decode()
    assert f"/phone/users/trashings?ids={short(who)}" in after and "Move it to the trash first." in after and "users/removals" not in after
    done(owner, f"/phone/users/trashings?ids={short(who)}")
    assert b"/phone/trash/restorations?ids=" in owner.get(tab).content
    do(northlake.owner, "access.create_role", {"name": "Looks", "privileges": ["phone:user:view"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Looks'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.admin.user_id or "")})
    told = signed_in(northlake.admin.user_id).get(tab).content.decode()
    assert "The phone is in the trash." in told and "restorations" not in told


def test_one_package_is_taken_back(owner: Client, northlake: Company) -> None:
    """S3-40, S3-54, S3-55: an extra alone, the plan with the numbers; the button says what it does, and the page that nobody calls out without a plan."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    do(northlake.owner, "phone.assign_package", {"package": EXTRA, "subjects": one(who)})
    tab, way = f"/people/{short(who)}/phone", f"/phone/users/package-removals?ids={short(who)}"
    assert f"{way.replace('&', '&amp;')}&amp;package_from={EXTRA.replace(':', '%3A')}" in owner.get(tab).content.decode()
    assert "Remove from 1 phone" in owner.get(way).content.decode()
    assert "The calling plan and the direct numbers stay." in owner.get(f"{way}&package_from={EXTRA}").content.decode()
    assert "also takes the direct numbers" in done(owner, f"{way}&package_from={PLAN}")
    assert phone(who)["packages"] == [EXTRA] and not phone(who)["numbers"]
    assert b"no calling plan: internal calls only" in owner.get(tab).content
    done(owner, f"{way}&package_from={EXTRA}")
    assert phone(who)["packages"] == [] and owner.get(f"{way}&package_from=x").status_code == 422
