"""The Rooms tab of Users & Rooms: rooms that have a phone, those that can be given one, and what is done to them."""

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.phone.call_files import as_json, call, take_in
from tests.phone.phones import PLAN, equip
from tests.phone.test_rooms import phone, room
from tests.portal.test_phone import done
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.phone import room_reads


@pytest.fixture
def owner(db: None, equipped: Company) -> Client:
    return signed_in(equipped.owner.user_id)


def test_it_works(owner: Client, northlake: Company) -> None:
    """S3-3, S3-10: a tab beside Users; rooms are chosen among those without, asked what they shall have, planned, done; then they stand in Rooms."""
    assert b'href="/phone/rooms"' in owner.get("/phone/users").content
    assert b"No room has a phone yet." in owner.get("/phone/rooms").content
    a, b = room(northlake, "Fjord"), room(northlake, "Fjell")
    listed = owner.get("/phone/rooms/without").content.decode()
    assert "Fjord" in listed and "Fjell" in listed and "Tick rooms" in listed
    ids = f"?ids={short(a)},{short(b)}"
    asked = owner.get(f"/phone/rooms/additions{ids}").content.decode()
    assert "What shall they have?" in asked and "5 free" in asked
    told = done(owner, f"/phone/rooms/additions{ids}&package_to={PLAN}&numbers_to=next")
    assert "2\u00a0rooms will have a phone with Unlimited US and Canada." in told and "1001" in told
    rows = owner.get("/phone/rooms?q=fjo").content.decode()
    assert "Fjord" in rows and "1001" in rows and "+47\u00a022\u00a000\u00a000\u00a001" in rows and "Fjell" not in rows
    assert b"Every room has a phone." in owner.get("/phone/rooms/without").content
    assert b"Fjord" in owner.get(f"/phone/rooms?package={PLAN}").content and b"Fjord" not in owner.get("/phone/rooms?package=none").content


def test_without_the_privilege(owner: Client, northlake: Company) -> None:
    """S0-5: who may only look sees the list without what changes it; a member sees nothing."""
    a = room(northlake, "Fjord")
    do(northlake.owner, "phone.add_rooms", {"subjects": one(a)})
    do(northlake.owner, "access.create_role", {"name": "Looks", "privileges": ["phone:user:view"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Looks'", {"a": northlake.account})
    member = signed_in(northlake.member.user_id)
    assert member.get("/phone/rooms").status_code == 403
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.member.user_id or "")})
    rows = signed_in(northlake.member.user_id).get("/phone/rooms").content.decode()
    assert (
        "1000" in rows
        and "This needs the right to manage phone users." in rows
        and ">Assign<" not in rows
        and "/phone/rooms/without" not in rows
    )


def test_another_account_s_rooms_are_not_there(owner: Client, southport: Company) -> None:
    """TENANT-03"""
    equip(southport)
    theirs = room(southport, "Harbour")
    do(southport.owner, "phone.add_rooms", {"package": PLAN, "subjects": one(theirs)})
    assert b"Harbour" not in owner.get("/phone/rooms").content
    for path in ("", "/extension", "/numbers"):
        assert owner.get(f"/phone/rooms/{short(theirs)}{path}").status_code == 404


def test_wrong_method_and_nobody_chosen(owner: Client) -> None:
    assert owner.post("/phone/rooms").status_code == 405
    assert owner.get("/phone/rooms/removals").status_code == 422


def test_a_room_s_phone(owner: Client, northlake: Company) -> None:
    """S3-4, S3-5, S3-26, S3-27, S3-28, S3-45: its page; given a phone from there, then package and number in two steps, another extension, a number taken back."""
    id = room(northlake, "Fjord")
    path = f"/phone/rooms/{short(id)}"
    assert b"5 seats are free" in owner.get(path).content
    done(owner, f"/phone/rooms/additions?ids={short(id)}&package_to=none&numbers_to=none")
    assert "internal calls only" in owner.get(path).content.decode()
    way = f"/phone/rooms/package-assignments?ids={short(id)}"
    assert b"Confirm and assign numbers" in owner.get(way).content and b">Skip<" in owner.get(f"{way}&package_to={PLAN}").content
    done(owner, f"{way}&package_to={PLAN}&number_to=%2B4722000002")
    done(owner, f"{path}/numbers?number_to=%2B4722000003")
    assert owner.post(f"{path}/extension", {"extension": "12", "key": "a"}).status_code == 422
    assert owner.post(f"{path}/extension", {"extension": "4127", "key": "b"}).status_code == 303
    assert phone(northlake, id) == {"extension": "4127", "numbers": ["+4722000002", "+4722000003"], "packages": [PLAN]}
    told = owner.get(path).content.decode()
    assert "4127" in told and told.count("/phone/numbers/returns?ids=") == 2 and "Caller ID" in told
    assert f"/phone/rooms/{short(id)}" in owner.get("/phone/numbers?q=fjord").content.decode()
    assert "Newest calls" not in told
    take_in(northlake.owner, as_json(call("a", "4127")))
    do(northlake.owner, "accounts.edit_room", {"room": str(id), "name": "Fjord 3"})
    told = owner.get(path).content.decode()
    assert "Newest calls" in told and f'href="/phone/log?room={id}"' in told and "+44\u00a020\u00a07183\u00a08750" in told
    log = owner.get(f"/phone/log?room={id}").content.decode()
    for query, lines in ((f"room={id}", 2), (f"room={room(northlake, 'Tarn')}", 1), ("room=x", 1)):
        file = owner.get(f"/phone/log/export?{query}")
        assert len(b"".join(file.streaming_content).splitlines()) == lines, query  # type: ignore[attr-defined]
    bar = owner.get("/phone/log").content.decode()
    assert f'name="room" value="{id}"' in bar and f'value="{id}" checked' not in bar
    assert "1 call" in log and "<b>Fjord 3</b>" in log and "1 call" in owner.get("/phone/log?q=Fjord").content.decode()
    look = owner.get(f"/phone/rooms/additions?ids={short(room(northlake, 'Fjell'))}").context["look"]
    assert (look.crumbs[0][1], look.back[1]) == ("/phone/rooms", "/phone/rooms/without")


def test_what_is_done_to_many(owner: Client, northlake: Company) -> None:
    """S3-37, S3-38, S3-39, S3-40: all that match but one: site, template, packages and phones; the rooms stay."""
    for name in ("Bergen", "Oslo"):
        do(northlake.owner, "accounts.create_site", {"name": name})
    do(northlake.owner, "phone.create_template", {"name": "Hall", "policy": {"voicemail": "off"}})
    a, b = room(northlake, "Fjord"), room(northlake, "Fjell")
    do(northlake.owner, "phone.add_rooms", {"package": PLAN, "subjects": one(a, b)})
    oslo, hall = (sql.value(f"SELECT id FROM {t} WHERE account_id = %(a)s AND name = %(n)s", {"a": northlake.account, "n": n})
                  for t, n in (("accounts_site", "Oslo"), ("phone_template", "Hall")))  # fmt: skip
    some = f"all=1&q=fj&except={short(b)}"
    assert b"Which site?" in owner.get(f"/phone/rooms/site-changes?{some}").content
    done(owner, f"/phone/rooms/site-changes?{some}&site_to={short(oslo)}")
    done(owner, f"/phone/rooms/template-applications?{some}&template_to={short(hall)}")
    found, other = (room_reads.room(northlake.owner, i) for i in (a, b))
    assert (found["site"], found["template"]) == ("Oslo", "Hall") and (other["site"], other["template"]) == ("Bergen", None)
    assert "also takes the direct numbers" in done(owner, f"/phone/rooms/package-removals?{some}")
    assert (phone(northlake, a)["packages"], phone(northlake, b)["packages"]) == ([], [PLAN])
    assert "The rooms stay." in done(owner, "/phone/rooms/removals?all=1")
    assert not phone(northlake, a) and not phone(northlake, b) and owner.get("/phone/rooms/export").status_code == 200


def test_numbers_go_to_rooms_by_name(owner: Client, northlake: Company) -> None:
    """S3-5: from the list of numbers, by the name of the room; of two rooms of one name none is guessed."""
    id = room(northlake, "Fjord")
    do(northlake.owner, "phone.add_rooms", {"package": PLAN, "subjects": one(id)})
    number = sql.value("SELECT id FROM phone_number WHERE account_id = %(a)s AND number = '+4722000008'", {"a": northlake.account})
    done(owner, f"/phone/numbers/assignments?ids={short(number)}&holder=fjord")
    assert phone(northlake, id)["numbers"] == ["+4722000008"]
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    oslo = sql.value("SELECT id::text FROM accounts_site WHERE account_id = %(a)s", {"a": northlake.account})
    twin = room(northlake, "Fjord", site=oslo)
    do(northlake.owner, "phone.add_rooms", {"package": PLAN, "subjects": {"query": {"phone": ["none"]}, "except": []}})
    assert twin and owner.get(f"/phone/numbers/assignments?ids={short(number)}&holder=Fjord").status_code == 422
