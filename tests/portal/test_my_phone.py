"""My phone: what somebody sees and changes of their own phone, and what they may not."""

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.phone.phones import PLAN, add, extension, phone
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short


@pytest.fixture
def owner(db: None, equipped: Company) -> Client:
    return signed_in(equipped.owner.user_id)


def test_my_phone(owner: Client, northlake: Company) -> None:
    """S3-19, S3-22, S3-35: without one; with one; saved, it is set up; a wrong extension keeps what was typed."""
    who = northlake.member.user_id
    assert who
    me = signed_in(who)
    assert b"You have no phone here" in me.get("/me/phone").content
    add(northlake, who)
    assert b"save them once" in me.get("/me/phone").content
    wrong = me.post("/me/phone", {"extension": "12", "key": "a"})
    assert wrong.status_code == 422 and b'value="12"' in wrong.content
    assert me.post("/me/phone", {"extension": "1000", "key": "\x00"}).status_code == 303
    assert me.post("/me/phone", {"extension": "4127", "voicemail": "off", "key": "b"}).status_code == 303
    assert (extension(who), phone(who)["policy"]) == ("4127", {"voicemail": "off"}) and phone(who)["set_up_at"]
    add(northlake, northlake.admin.user_id)  # type: ignore[arg-type]
    clash = me.post("/me/phone", {"extension": "1000", "key": "c"}).content.decode()
    assert "belongs to" in clash and "1001 is free." in clash and f"/people/{short(northlake.admin.user_id)}" not in clash  # type: ignore[arg-type]


def test_my_caller_id(owner: Client, northlake: Company, southport: Company) -> None:
    """S3-5, S3-35: one of one's own numbers, or hidden; no other, and nothing without a phone."""
    a, b = northlake.admin.user_id, northlake.member.user_id
    assert a and b
    me, path = signed_in(b), "/me/phone/caller-id"
    assert b"caller-id" not in me.get("/me/phone").content
    assert b"Nobody here has this phone." in me.post(path, {"number": "+4722000000", "key": "a"}, follow=True).content
    add(northlake, a, b, package=PLAN, numbers="next")
    do(northlake.owner, "phone.assign_numbers", {"numbers": ["+4722000005"], "holder": str(b)})
    for nth, (number, caller) in enumerate(
        (("+4722000005", "+4722000005"), ("", ""), (phone(a)["numbers"][0], ""), ("x", ""), ("\x00", ""))
    ):
        assert me.post(path, {"number": number, "key": str(nth)}).status_code == 303
        calls_out = sql.value("SELECT coalesce(min(number), '') FROM phone_number WHERE holder_id = %(h)s AND caller", {"h": b})
        assert calls_out == caller, number
    assert b"This phone has no such number." in me.post(path, {"number": phone(a)["numbers"][0], "key": "z"}, follow=True).content
    page = me.get("/me/phone").content.decode()
    assert "+47\u00a022\u00a000\u00a000\u00a005" in page and "Hidden" in page
    assert me.get(path).status_code == 405
    signed_in(southport.member.user_id).post(path, {"number": "+4722000005"})
    assert sql.value("SELECT count(*) FROM phone_number WHERE holder_id = %(h)s AND caller", {"h": b}) == 0


def test_my_caller_id_where_administrators_choose_it(owner: Client, northlake: Company) -> None:
    """behaviour.md L: what a program said of the phone holds; administrators choose still."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    me, number = signed_in(who), phone(who)["numbers"][0]
    assert b"caller-id" in me.get("/me/phone").content
    fixed = {"owner": str(who), "settings": {"policy": {"select_outbound_caller_id": {"enable": False}}}}
    do(northlake.owner, "phone.store_for_phone", fixed)
    assert b"caller-id" not in me.get("/me/phone").content
    told = me.post("/me/phone/caller-id", {"number": "", "key": "a"}, follow=True).content
    assert b"Your administrators choose the number you call out with." in told
    assert sql.value("SELECT number FROM phone_number WHERE holder_id = %(h)s AND caller", {"h": who}) == number
    do(northlake.owner, "phone.set_caller_id", {"holder": str(who)})
    assert sql.value("SELECT count(*) FROM phone_number WHERE holder_id = %(h)s AND caller", {"h": who}) == 0


def test_a_phone_that_is_deactivated(owner: Client, northlake: Company) -> None:
    """behaviour.md L: its person reads so and is offered no form; no administrator is offered the mail that would be refused."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    do(northlake.owner, "phone.deactivate", {"subjects": one(who)})
    mine = signed_in(who).get("/me/phone").content.decode()
    assert (
        "Your phone is deactivated." in mine and "save them once" not in mine and "caller-id" not in mine and 'name="extension"' not in mine
    )
    told = owner.get(f"/people/{short(who)}/phone").content.decode()
    assert "Deactivated" in told and "Resend invite" not in told
