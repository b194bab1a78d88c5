"""Phone in the portal: the lists of Users & Rooms, what is done from them, numbers, packages and settings."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.people_of import Company, activate, do, invite, one
from tests.phone.phones import PLAN, add, extension, phone
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.licenses import ledger
from usher.phone import reads


@pytest.fixture
def owner(db: None, equipped: Company) -> Client:
    return signed_in(equipped.owner.user_id)


def done(client: Client, address: str) -> str:
    """The plan of an address, shown and then done; the words of the plan."""
    shown = client.get(address)
    assert shown.status_code == 200
    answer = client.post(address, {"digest": shown.context["digest"], "key": shown.context["key"]})
    assert answer.status_code == 303 and answer["Location"].startswith("/changes/"), answer.content.decode()[-2000:]
    return shown.content.decode()


def test_three_people_get_phones(owner: Client, northlake: Company) -> None:
    """S3-7, S3-9, S3-13, S3-14, S3-15, S3-17: chosen in the list of those without, asked what they shall have, planned, done; then they stand in Users."""
    people = [p for p in (northlake.owner.user_id, northlake.admin.user_id, northlake.member.user_id) if p]
    ids = ",".join(short(p) for p in people)
    listed = owner.get("/phone/people").content.decode()
    assert "member@" in listed and "pending@" not in listed and "up to 100" in listed
    asked = owner.get(f"/phone/users/additions?ids={ids}")
    assert b"What shall they have?" in asked.content and b"5 free" in asked.content and b"site_to" not in asked.content
    told = done(owner, f"/phone/users/additions?ids={ids}&package_to={PLAN}&numbers_to=next")
    assert "3\u00a0people will have a phone with Unlimited US and Canada." in told and "1002" in told
    rows = owner.get("/phone/users").content.decode()
    assert all(e in rows for e in ("1000", "1001", "1002", "+47\u00a022\u00a000\u00a000\u00a000", "Not set up"))
    assert b"Everybody who is active has a phone." in owner.get("/phone/people").content


def test_search_and_filters(owner: Client, northlake: Company) -> None:
    """S3-57, S3-58, S3-59, S3-60: by extension and number; the header of Package lists the packages, an inactive one with the word in red and in parentheses;
    who holds it is found and gets another."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, package=PLAN, numbers="next")
    add(northlake, b)
    for query, who in (
        ("q=1000", a),
        ("q=%2B4722", a),
        (f"package={PLAN}", a),
        ("package=none", b),
        ("q=" + "member+" * 8 + "9999", b),
        ("set_up=no&q=member", b),
    ):
        rows = owner.get(f"/phone/users?{query}").content.decode()
        assert (f"/people/{short(a)}/phone" in rows) == (who == a) and (f"/people/{short(b)}/phone" in rows) == (who == b), query
    assert b"inactive)" not in owner.get("/phone/users").content
    done(owner, f"/phone/packages/switches?package={PLAN}&to=inactive")
    assert b'<span class="bad">(inactive)</span>' in owner.get("/phone/users?package=inactive").content
    assert b"(inactive)" in owner.get("/phone/packages").content
    head = owner.get("/phone/users").content.decode()
    head = head[head.index("<thead>") : head.index("</thead>")]
    assert 'Unlimited US and Canada <span class="bad">(inactive)</span>' in head and f"?package={PLAN.replace(':', '%3A')}" in head
    assert b"Unlimited US and Canada (inactive)" in owner.get(f"/phone/users?package={PLAN}").content
    for query, n in (("package=active", 0), ("package=inactive", 1), ("package=active&package=inactive", 1)):
        assert owner.get(f"/phone/users?{query}").content.count(b'data-href="/people/') == n, query
    done(owner, "/phone/users/package-assignments?all=1&phone=active&package=inactive&package_to=calling:100&number_to=none")
    assert phone(a)["packages"] == ["calling:100"]


def test_a_new_user_gets_a_phone_in_one_go(owner: Client, northlake: Company) -> None:
    """S3-29, S3-30, S3-31, S3-32, S3-38: Phone is one of the features of Add users; the seat is theirs from the invitation, and free again when that is taken back."""
    form = owner.get("/people/new").content.decode()
    assert "Features" in form and 'value="phone"' in form
    given = {"addresses": f"new@{northlake.domain}", "license": "meetings:basic", "add_ons": ["phone"], "key": "a"}
    assert owner.post("/people/new", given).status_code == 303
    assert pending_phones(northlake) == 1
    assert b"new@" in owner.get("/phone/pending").content
    who = sql.value("SELECT id FROM people_user WHERE email = %(e)s", {"e": given["addresses"]})
    do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(who)})
    assert pending_phones(northlake) == 0


def pending_phones(company: Company) -> int:
    """Seats of Phone that invitations hold."""
    return next(int(s["pending"]) for s in ledger.seats(company.owner) if s["product"] == "phone")


def test_a_package_then_a_number(owner: Client, northlake: Company) -> None:
    """S3-26, S3-27, S3-28: from the last column, a package, Confirm and assign numbers, a number and Confirm, or Skip; one plan of both at the end."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, b)
    way = f"/phone/users/package-assignments?ids={short(b)}"
    row = owner.get("/phone/users").content.decode()
    assert row.index(">Assign</summary>") < row.index("/phone/users/package-assignments?ids=")
    first = owner.get(way).content.decode()
    assert "Confirm and assign numbers" in first and "5 free" in first
    second = owner.get(f"{way}&package_to={PLAN}").content.decode()
    assert 'value="+47\u00a022\u00a000\u00a000\u00a000"' in second and ">Confirm<" in second
    assert f'href="{way.replace("&", "&amp;")}&amp;package_to={PLAN.replace(":", "%3A")}&amp;number_to=none">Skip<' in second
    assert "nobody" not in owner.get(f"/phone/numbers/free?number_to={9}").content.decode()
    assert owner.get("/phone/numbers/free?number_to=00009").content.decode().count("<option") == 1
    wrong = owner.get(f"{way}&package_to={PLAN}&number_to=12")
    assert wrong.status_code == 422 and b"There is no number 12 here." in wrong.content
    told = done(owner, f"{way}&package_to={PLAN}&number_to=%2B4722000009")
    assert "+47\u00a022\u00a000\u00a000\u00a009" in told or "+4722000009" in told
    assert (phone(b)["packages"], phone(b)["numbers"]) == ([PLAN], ["+4722000009"])
    both = f"/phone/users/package-assignments?ids={short(a)},{short(b)}"
    assert b"The next free number each" in owner.get(f"{both}&package_to={PLAN}").content
    done(owner, f"{both}&package_to=calling:100&number_to=next")
    assert phone(a)["numbers"] == ["+4722000000"] and phone(b)["numbers"] == ["+4722000009"]
    assert b"See the plan" not in owner.get(f"{way}&package_to=calling_more:4010").content  # an extra has no numbers: the plan follows
    done(owner, f"{way}&package_to=calling:200&number_to=none")
    assert phone(b)["packages"] == [PLAN]


def test_three_ways_to_take_a_phone_away(owner: Client, northlake: Company) -> None:
    """S3-41, S3-42, S3-46, S3-47, S3-48, S3-49, S3-54, S3-55, S3-56: remove all packages, move to trash and remove; the trash is there only with the policy on."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    ids = f"?ids={short(who)}"
    assert b"trashings" not in owner.get("/phone/users").content and b"/phone/trash" not in owner.get("/phone/users").content
    assert "also takes the direct numbers" in done(owner, "/phone/users/package-removals" + ids)
    assert owner.post("/phone/settings", {"soft_delete": "on", "welcome_mail": "on", "key": "a"}).status_code == 303
    rows = owner.get("/phone/users").content.decode()
    assert "trashings" in rows and "Move it to the trash first." in rows and "Move them to the trash first." in rows
    assert "30 days" in done(owner, "/phone/users/trashings" + ids)
    assert "29 days" in (bin := owner.get("/phone/trash").content.decode()) or "30 days" in bin
    done(owner, "/phone/trash/restorations" + ids)
    assert extension(who) == "1000"
    done(owner, "/phone/users/trashings" + ids)
    done(owner, "/phone/users/removals" + ids)
    assert phone(who) == {}


def test_phones_are_stopped_for_now(owner: Client, northlake: Company) -> None:
    """behaviour.md L: by a row, a selection and the page of a phone; the one that fits is offered; found by Status, and let be used again."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a, b, package=PLAN, numbers="next")
    off, on, tab = "/phone/users/deactivations", "/phone/users/activations", f"/people/{short(b)}/phone"
    rows = owner.get("/phone/users").content.decode()
    assert f"{off}?ids={short(b)}" in rows and f"{on}?ids=" not in rows and f"{off}?ids={short(b)}" in owner.get(tab).content.decode()
    told = done(owner, f"{off}?ids={short(b)}")
    for words in ("cannot be used until it is activated", ">in use<", ">Deactivated<", "Deactivate 1 phone"):
        assert words in told, words
    rows = owner.get("/phone/users").content.decode()
    assert f"{on}?ids={short(b)}" in rows and f"{off}?ids={short(a)}" in rows and f"{on}?ids={short(b)}" in owner.get(tab).content.decode()
    for query, who in (("set_up=off", b), ("set_up=no", a)):
        rows = owner.get(f"/phone/users?{query}").content.decode()
        assert (f"/people/{short(a)}/phone" in rows) == (who == a) and (f"/people/{short(b)}/phone" in rows) == (who == b), query
    done(owner, f"{on}?all=1&phone=active&set_up=off")
    assert b"Deactivated" not in owner.get(tab).content and phone(b)["numbers"]
    done(owner, f"{off}?all=1&phone=active")
    assert owner.get("/phone/users?set_up=off").content.count(b'data-href="/people/') == 2
    assert signed_in(b).get(f"{off}?ids={short(a)}").status_code == 403 and owner.put(off).status_code == 405


def test_restoring_what_others_have_by_now(owner: Client, northlake: Company) -> None:
    """S3-52, S3-53: asked on a page that says whose extension and number it is; another extension and another number come instead."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    owner.post("/phone/settings", {"soft_delete": "on", "key": "a"})
    add(northlake, b, package=PLAN, numbers="next")
    done(owner, f"/phone/users/trashings?ids={short(b)}")
    add(northlake, a, package=PLAN, numbers="next")
    path = f"/phone/trash/restorations?ids={short(b)}"
    asked = owner.get(path).content.decode()
    assert "Extension 1000 belongs to <a" in asked and "1001 is free." in asked and f"/people/{short(a)}/phone" in asked
    assert "+47\u00a022\u00a000\u00a000\u00a000 belongs to" in asked and "Instead of +47\u00a022\u00a000\u00a000\u00a000" in asked
    for wrong, words in (
        ("extension_to=1000", "has this extension"),
        ("extension_to=12", "3 to 6 digits"),
        ("number_1=%2B4722000000", "is not free here"),
    ):
        answer = owner.get(f"{path}&{wrong}")
        assert answer.status_code == 422 and words in answer.content.decode(), wrong
    done(owner, f"{path}&extension_to=4127&number_1=%2B4722000005")
    assert (extension(b), phone(b)["numbers"], phone(b)["packages"]) == ("4127", ["+4722000005"], [PLAN])


def test_restoring_with_what_is_free(owner: Client, northlake: Company) -> None:
    """S3-53: nothing is asked where nothing was taken; an empty answer is the next free extension, and no number instead of the lost one; of many the plan tells."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    owner.post("/phone/settings", {"soft_delete": "on", "key": "a"})
    add(northlake, b, package=PLAN, numbers="next")
    path = f"/phone/trash/restorations?ids={short(b)}"
    done(owner, f"/phone/users/trashings?ids={short(b)}")
    assert "1\u00a0phone comes back from the trash." in owner.get(path).content.decode()
    add(northlake, a, package=PLAN, numbers="next")
    many = owner.get("/phone/trash/restorations?all=1&phone=trash").content.decode()
    assert "Somebody else’s by now" in many and "1000" in many
    done(owner, f"{path}&extension_to=&number_1=none")
    assert (extension(b), phone(b)["numbers"]) == ("1001", [])
    assert owner.get(f"/phone/trash/restorations?ids={short(a)}").status_code == 200


def test_numbers(owner: Client, northlake: Company) -> None:
    """S3-5, S3-27, S3-28: pasted, assigned, taken back, released."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN)
    answer = owner.post("/phone/numbers/new", {"numbers": "+48 12 555 01 27\nnothing", "country": "", "key": "a"})
    assert answer.status_code == 303
    assert owner.post("/phone/numbers/new", {"numbers": "1", "country": "XX", "key": "b"}).status_code == 422
    assert "+48\u00a012\u00a0555\u00a001\u00a027" in owner.get("/phone/numbers?q=48").content.decode()
    found = next(n for n in reads.numbers(northlake.owner, limit=50) if n["number"] == "+48125550127")
    ids = f"?ids={short(found['id'])}"
    assert owner.get(f"/phone/numbers/assignments{ids}&holder=nobody@x.test").status_code == 422
    done(owner, f"/phone/numbers/assignments{ids}&holder={northlake.member.email}")
    assert phone(who)["numbers"] == ["+48125550127"]
    assert b"Caller ID" in owner.get("/phone/numbers?held=held").content
    done(owner, "/phone/numbers/returns" + ids)
    done(owner, "/phone/numbers/releases" + ids)
    assert "+48125550127" not in [n["number"] for n in reads.numbers(northlake.owner)]


def test_numbers_by_a_file(owner: Client, northlake: Company) -> None:
    """S3-5, CSV-05: the first column of a file comes in beside what was pasted; one that is no text is refused and what was pasted stays."""
    file = SimpleUploadedFile("numbers.csv", b"number;kind\n+48 12 555 01 27;local\n\n22 00 00 44\n")
    answer = owner.post("/phone/numbers/new", {"numbers": "+48125550128", "country": "", "file": file, "key": "a"}, follow=True)
    assert b"3\xc2\xa0numbers came into the inventory" in answer.content
    there = {n["number"] for n in reads.numbers(northlake.owner, limit=50)}
    assert {"+48125550127", "+48125550128", "+4722000044"} <= there
    wrong = owner.post(
        "/phone/numbers/new", {"numbers": "+48125550129", "file": SimpleUploadedFile("x.csv", b"\x89PNG\xff\x00"), "key": "b"}
    )
    assert wrong.status_code == 422 and b'id="e-file"' in wrong.content and b"+48125550129" in wrong.content


def test_a_file_of_too_many_numbers_is_not_read_to_its_end(owner: Client) -> None:
    """S3-5: the refusal is that of too many, whatever stands further on."""
    file = SimpleUploadedFile("numbers.csv", b"1\n" * 10_001 + b"\n" * 30_000 + b"\xff")
    answer = owner.post("/phone/numbers/new", {"numbers": "", "country": "", "file": file, "key": "a"})
    assert answer.status_code == 422 and b"Name between 1 and 10,000 numbers." in answer.content


def test_a_number_goes_to_an_address_others_end_with(owner: Client, northlake: Company) -> None:
    """S0-5, S3-5: the address in any usual spelling; also for who manages numbers alone, and is told of no room."""
    people = invite(northlake.owner, *(f"{name}@{northlake.domain}" for name in ("azo", "bzo", "zo")))
    activate(*people)
    add(northlake, *people, package=PLAN)
    do(northlake.owner, "access.create_role", {"name": "Numbers", "privileges": ["phone:number:manage"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Numbers'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.admin.user_id or "")})
    do(northlake.owner, "accounts.create_room", {"name": "Fjord", "kind": "ZoomRoom"})
    do(northlake.owner, "phone.add_rooms", {"package": PLAN, "subjects": {"query": {"phone": ["none"]}, "except": []}})
    desk = signed_in(northlake.admin.user_id)
    for client, number, room in ((owner, "+4722000003", 200), (desk, "+4722000004", 422)):
        id = sql.value("SELECT id FROM phone_number WHERE account_id = %(a)s AND number = %(n)s", {"a": northlake.account, "n": number})
        done(client, f"/phone/numbers/assignments?ids={short(id)}&holder=%20ZO@{northlake.domain}")
        assert client.get(f"/phone/numbers/assignments?ids={short(id)}&holder=Fjord").status_code == room
    assert phone(people[2])["numbers"] == ["+4722000003", "+4722000004"]


def test_the_crumb_leads_to_the_list_and_cancel_to_where_it_began(owner: Client, northlake: Company) -> None:
    """S3-11, S3-49"""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    add(northlake, a)
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a)})
    for path, began in ((f"users/additions?ids={short(b)}", "people"), (f"trash/restorations?ids={short(a)}", "trash")):
        look = owner.get(f"/phone/{path}").context["look"]
        assert (look.crumbs[0][1], look.back[1]) == ("/phone/users", f"/phone/{began}"), path


def test_who_waits(owner: Client, northlake: Company) -> None:
    """S3-33, S3-34: invited with Phone, they stand in Pending until they activate."""
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.pending)})
    assert b"pending@" in owner.get("/phone/pending").content and b"pending@" not in owner.get("/phone/users").content
    assert b"Holds Phone" in owner.get(f"/people/{short(northlake.pending)}/phone").content


def test_a_search_tells_where_else_somebody_is(owner: Client, northlake: Company) -> None:
    """S3-7, S3-34: without a phone, waiting, or in the trash; nobody who is nowhere."""
    who = northlake.member.user_id
    assert who
    assert b"1 person without a phone matches" in owner.get("/phone/users?q=member").content
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.pending)})
    assert b"1 person who waits for a phone matches" in owner.get("/phone/users?q=pending").content
    add(northlake, who)
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(who)})
    assert b"1 phone in the trash matches" in owner.get("/phone/users?q=member").content
    nobody = owner.get("/phone/users?q=zzz").content.decode()
    assert "zzz" in nobody and "match" not in nobody[nobody.index('class="u-empty"') + 60 :].split("Clear filters")[0].replace(
        "Nobody matches", ""
    )


def test_every_list_of_people_is_a_file(owner: Client, northlake: Company) -> None:
    """S0-13: what waits and what lies in the trash too, and one's own calls."""
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.pending)})
    add(northlake, northlake.member.user_id)  # type: ignore[arg-type]
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(northlake.member.user_id)})  # type: ignore[arg-type]
    for path, words in (("/phone/pending", "pending@"), ("/phone/trash", "member@"), ("/me/phone/calls", "Other end")):
        assert f'href="{path}/export?' in owner.get(path).content.decode(), path
        assert words in b"".join(owner.get(f"{path}/export").streaming_content).decode(), path  # type: ignore[attr-defined]
