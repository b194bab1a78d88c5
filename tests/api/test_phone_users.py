"""Phone users by the API: lists, one of them, their settings, calling plans and numbers, and ten in one call."""

from typing import Any

import pytest
from django.test import Client

from tests.api.agreeing import app_for_people, tokens_for
from tests.api.caller import Caller, caller
from tests.people_of import Company, activate, breaches, crowd, do, one
from tests.phone.phones import EXTRA, PLAN, add, equip, phone
from usher.core import sql
from usher.core.ids import short, unshort

FIRST, SECOND = "+4722000000", "+4722000001"


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture
def api(northlake: Company) -> Caller:
    equip(northlake)
    return caller(northlake.owner)


def site(company: Company, name: str, **side: object) -> str:
    started = do(company.owner, "phone.create_site", {"name": name, **side})
    return short(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": started.change_id}))


def number_id(number: str) -> str:
    return short(sql.value("SELECT id FROM phone_number WHERE number = %(n)s", {"n": number}))


def test_a_phone_user_as_the_contract_writes_them(northlake: Company, api: Caller) -> None:
    """README 6: id, extension, numbers, plans, site, status; whoever waits has no extension."""
    who, where = northlake.member.user_id, site(northlake, "Oslo")
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    do(northlake.owner, "people.edit_profile", {"subjects": one(who), "fields": {"department": "Sales", "cost_center": "C7"}})
    do(northlake.owner, "licenses.give_add_on", {"subjects": one(northlake.admin.user_id), "add_on": "phone"})  # type: ignore[arg-type]
    status, told = api.get("/phone/users?status=activate")
    (user,) = told["users"]
    assert status == 200 and told["total_records"] == 1 and user == {
        "id": short(who), "phone_user_id": short(who), "email": northlake.member.email, "name": user["name"], "status": "activate",
        "activation_status": "activated", "department": "Sales", "cost_center": "C7", "extension_id": short(who), "extension_number": 1000,
        "calling_plans": [{"type": 200, "name": "Unlimited US and Canada"}], "phone_numbers": [{"id": number_id(FIRST), "number": FIRST}],
        "site": {"id": where, "name": "Oslo"},
    }  # fmt: skip
    (waits,) = api.get("/phone/users?status=pending")[1]["users"]
    assert waits["email"] == northlake.admin.email and waits["activation_status"] == "not ready" and "extension_number" not in waits
    assert api.get("/phone/users")[1]["total_records"] == 2 and api.get("/phone/users?status=deactivate")[1]["users"] == []
    status, mine = api.get(f"/phone/users/{northlake.member.email}")
    assert status == 200 and mine["site_id"] == where and mine["calling_plans"] == [{"type": 200}] and mine["policy"]["voicemail"]["enable"]
    assert api.get(f"/phone/users/{short(who)}")[1] == mine
    assert api.get(f"/phone/users/{northlake.admin.email}")[1]["code"] == 1001


def test_the_list_is_filtered_and_paged(northlake: Company, api: Caller) -> None:
    """S3-60: by site, plan, department, cost center and keyword; a page at a time through both states."""
    people = crowd(northlake.operator, 4)
    activate(*people)
    where = site(northlake, "Oslo", lowest=2000, highest=2999)
    add(northlake, *people[:2], package=PLAN)
    add(northlake, people[2], site=str(unshort(where)))
    do(northlake.owner, "licenses.give_add_on", {"subjects": one(people[3]), "add_on": "phone"})
    do(northlake.owner, "people.edit_profile", {"subjects": one(people[0]), "fields": {"department": "Sales", "cost_center": "C7"}})
    ids = sorted(short(p) for p in people)

    def found(query: str) -> list[str]:
        status, told = api.get("/phone/users" + query)
        assert status == 200 and told["total_records"] == len(told["users"]), told
        return [u["id"] for u in told["users"]]

    assert sorted(found("")) == ids and found(f"?site_id={where}") != []
    assert sorted(found("?calling_type=200")) == sorted(short(p) for p in people[:2]) and found("?calling_type=100") == []
    assert found("?department=Sales") == found("?cost_center=C7") == found("?department=Sales&cost_center=C7") == [short(people[0])]
    extension = str(phone(people[1])["extension"])
    assert found(f"?keyword={extension}") == [short(people[1])] and found("?keyword=%25%25") == []
    seen, query = [], "?page_size=1"
    for _page in range(4):
        told = api.get("/phone/users" + query)[1]
        seen += [u["id"] for u in told["users"]]
        query = f"?page_size=1&next_page_token={told['next_page_token']}"
    assert sorted(seen) == ids and told["next_page_token"] == ""
    assert api.get("/phone/users?next_page_token=x")[1]["code"] == 400 and api.get("/phone/users?keyword=x")[1]["code"] == 400
    assert api.get("/phone/users?site_id=nowhere")[1]["code"] == 300


def test_what_is_changed(northlake: Company, api: Caller) -> None:
    """S3-20, S3-35: extension, site, policy; a template wins over the policy beside it; what else is said is kept."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    where = site(northlake, "Oslo")
    do(northlake.owner, "phone.create_template", {"name": "Desk", "policy": {"recording": "on"}})
    template = short(sql.value("SELECT id FROM phone_template", {}))
    path = f"/phone/users/{northlake.member.email}"
    wish = {
        "extension_number": "4127", "site_id": where, "template_id": template,
        "policy": {"voicemail": {"enable": False, "allow_videomail": True}, "auto_call_recording": {"enable": False}, "delegation": True},
    }  # fmt: skip
    assert api.patch(path, wish) == (204, None)
    assert (phone(who)["extension"], phone(who)["policy"]) == ("4127", {"recording": "on", "voicemail": "off"})
    told = api.get(path)[1]
    assert told["extension_number"] == 4127 and told["site_id"] == where and told["policy"]["delegation"] is True
    assert (
        told["policy"]["voicemail"] == {"enable": False, "allow_videomail": True}
        and told["policy"]["auto_call_recording"]["enable"] is True
    )
    assert api.patch(path, {"policy": {"voicemail": {"reset": True}}}) == (204, None)
    assert api.get(path)[1]["policy"]["voicemail"] == {"enable": False} and not breaches()
    assert northlake.admin.user_id
    add(northlake, northlake.admin.user_id)
    for wrong in ("4127", "1", "1-2", "112"):
        assert api.patch(f"/phone/users/{northlake.admin.email}", {"extension_number": wrong})[1]["code"] == 300, wrong
    for wrong in (
        {"site_id": "x"},
        {"site_id": short(northlake.account)},
        {"template_id": short(northlake.account)},
        {"policy": {"delegation": 1}},
    ):
        assert api.patch(path, wrong)[1]["code"] == 300, wrong


def test_settings_of_a_phone(northlake: Company, api: Caller) -> None:
    """S3-4: the number it calls out with is one of its own, or hidden; the rest is kept."""
    who = northlake.member.user_id
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    do(northlake.owner, "phone.assign_numbers", {"numbers": [SECOND], "holder": str(who)})
    path = f"/phone/users/{northlake.member.email}/settings"
    status, told = api.get(path)
    assert status == 200 and told["outbound_caller"] == {"number": FIRST} and told["country"] == {"code": "NO", "country_code": "47"}
    assert [(c["number"], c["is_default"]) for c in told["outbound_caller_ids"]] == [(FIRST, True), (SECOND, False)]
    assert api.patch(path, {"outbound_caller_id": "+47 22 00 00 01", "area_code": "22", "audio_prompt_language": "nb"}) == (204, None)
    told = api.get(path)[1]
    assert told["outbound_caller"] == {"number": SECOND} and told["area_code"] == "22" and told["audio_prompt_language"] == "nb"
    assert api.patch(path, {"outbound_caller_id": ""}) == (204, None) and api.get(path)[1]["outbound_caller"] == {"number": ""}
    assert api.patch(path, {"outbound_caller_id": "+4722000009"})[1]["code"] == 400
    assert api.patch(path, {"default_transcription_language": "tlh"})[1]["code"] == 300 and not breaches()


def test_calling_plans_of_a_phone(northlake: Company, api: Caller) -> None:
    """S3-24, S3-54: given, exchanged, taken; without a plan the direct numbers go."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    path = f"/phone/users/{northlake.member.email}/calling_plans"
    assert api("POST", path, {"calling_plans": [{"type": 200}, {"type": 4010}]}).status_code == 201
    assert phone(who)["packages"] == [PLAN, EXTRA]
    assert api.put(path, {"source_type": 200, "target_type": 100}) == (204, None) and phone(who)["packages"] == ["calling:100", EXTRA]
    assert api.put(path, {"source_type": 200, "target_type": 100})[1]["code"] == 404
    do(northlake.owner, "phone.assign_numbers", {"numbers": [FIRST], "holder": str(who)})
    assert api.delete(path + "/100") == (204, None)
    assert (phone(who)["packages"], phone(who)["numbers"]) == ([EXTRA], [])
    assert api.delete(path + "/100")[1]["code"] == api.delete(path + "/x")[1]["code"] == 400
    assert (
        api.post(path, {"calling_plans": [{"type": 600}]})[1]["code"] == 300 and api.post(path, {"calling_plans": [{}]})[1]["code"] == 300
    )
    do(northlake.operator, "licenses.set_seats", {"product": PLAN, "quantity": 0})
    assert api.post(path, {"calling_plans": [{"type": 200}]})[1]["code"] == 3412 and not breaches()


def test_numbers_of_a_phone(northlake: Company, api: Caller) -> None:
    """S3-5, S3-39: by id or as E.164 writes them; one that somebody has, or that another account has, is not given."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    path = f"/phone/users/{northlake.member.email}/phone_numbers"
    assert api.post(path, {"phone_numbers": [{"number": FIRST}]})[1]["code"] == 300  # no plan yet
    do(northlake.owner, "phone.assign_package", {"subjects": one(who), "package": PLAN})
    status, told = api.post(path, {"phone_numbers": [{"number": FIRST}, {"id": number_id(SECOND)}]})
    assert status == 201 and sorted(n["number"] for n in told["phone_numbers"]) == [FIRST, SECOND]
    assert api.delete(f"{path}/{number_id(FIRST)}") == (204, None) and api.delete(f"{path}/{SECOND}/") == (204, None)
    assert api.delete(f"{path}/{SECOND}") == (404, {"code": 400, "message": "The phone number is invalid."}) and phone(who)["numbers"] == []
    assert northlake.admin.user_id
    add(northlake, northlake.admin.user_id, package=PLAN, numbers="next")
    assert api.post(path, {"phone_numbers": [{"number": FIRST}]})[1]["code"] == 300
    assert api.post(path, {"phone_numbers": [{"number": "+4799999999"}]})[1]["code"] == 300 and not breaches()


def test_ten_in_one_call(northlake: Company, api: Caller) -> None:
    """S3-1, S3-2, S3-3, S3-4, S3-5, S3-6, S3-7, S3-8, S3-9, S3-10, S3-11, S3-12, S3-13, S3-14, S3-15, S3-16, S3-17, S3-18, S3-19: people with extension, plans by name, numbers, caller id; one wrong line and nobody gets anything."""
    site(northlake, "Oslo", code="47")
    a, b = northlake.member, northlake.admin
    assert a.user_id and b.user_id
    first = {
        "email": a.email, "calling_plans": ["Unlimited US and Canada", "Power Pack"], "extension_number": "4127", "site_name": "oslo",
        "phone_numbers": [FIRST, SECOND], "outbound_caller_id": SECOND, "sms": True,
    }  # fmt: skip
    second = {"email": b.email, "calling_plans": [], "extension_number": "4128", "site_code": "47", "activation_status": "deactivate"}
    status, told = api.post("/phone/users/batch", {"users": [first, {**second, "extension_number": "4127"}]})
    assert (status, told["code"]) == (400, 300) and phone(a.user_id) == {}
    status, told = api.post("/phone/users/batch", {"users": [first, second]})
    assert status == 201 and told == [{"email": a.email, "id": short(a.user_id)}, {"email": b.email, "id": short(b.user_id)}]
    assert [api.get(f"/phone/users/{who.email}")[1]["status"] for who in (a, b)] == ["activate", "deactivate"]
    mine = api.get(f"/phone/users/{a.email}")[1]
    assert mine["extension_number"] == 4127 and mine["policy"]["sms"] == {"enable": True} and len(mine["phone_numbers"]) == 2
    assert sorted(p["type"] for p in mine["calling_plans"]) == [200, 4010]
    assert api.get(f"/phone/users/{a.email}/settings")[1]["outbound_caller"] == {"number": SECOND}
    assert api.get(f"/phone/users/{b.email}")[1]["extension_number"] == 4128 and not breaches()


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ({"email": "nobody@x.test"}, 400, 300),
        ({"calling_plans": ["Platinum"]}, 400, 300),
        ({"template_name": "None"}, 404, 404),
        ({"site_name": "Atlantis"}, 400, 300),
        ({"site_code": "99"}, 400, 300),
        ({"extension_number": "112"}, 400, 300),
        ({"phone_numbers": [FIRST]}, 400, 300),
        ({"extension_number": None}, 400, 300),
    ],
)
def test_lines_that_cannot_be(northlake: Company, api: Caller, line: dict[str, Any], status: int, code: int) -> None:
    """MASS-08: and nobody has a phone afterwards."""
    wish = {"email": northlake.member.email, "calling_plans": [], "extension_number": "4127", **line}
    found, told = api.post("/phone/users/batch", {"users": [wish]})
    assert (found, told["code"]) == (status, code), told
    assert api.get("/phone/users")[1]["total_records"] == 0


def test_many_are_moved_and_set_up(northlake: Company, api: Caller) -> None:
    """README 6: move_site, assign_pending_user, activate; not who lies in the trash."""
    a, b = northlake.member, northlake.admin
    assert a.user_id and b.user_id
    where = site(northlake, "Oslo")
    other = site(northlake, "Bergen")
    add(northlake, a.user_id)
    do(northlake.owner, "licenses.give_add_on", {"subjects": one(b.user_id), "add_on": "phone"})
    ids = [short(a.user_id), b.email]
    assert api.put("/phone/users/batch", {"batch_type": "assign_pending_user", "user_ids": ids[1:], "site_id": where}) == (204, None)
    assert phone(b.user_id)["site_id"] == unshort(where)
    assert api.put("/phone/users/batch", {"batch_type": "move_site", "user_ids": ids, "site_id": other}) == (204, None)
    assert phone(a.user_id)["site_id"] == phone(b.user_id)["site_id"] == unshort(other)
    assert api.put("/phone/users/batch", {"batch_type": "activate", "user_ids": ids, "activation_status": "activate"}) == (204, None)
    stop = {"batch_type": "activate", "user_ids": ids[:1], "activation_status": "deactivate"}
    assert api.put("/phone/users/batch", stop) == api.put("/phone/users/batch", stop) == (204, None)
    (off,) = api.get("/phone/users?status=deactivate")[1]["users"]
    assert (off["email"], off["status"], off["activation_status"], off["extension_number"]) == (
        a.email,
        "deactivate",
        "ready to activate",
        1000,
    )
    assert [u["email"] for u in api.get("/phone/users?status=activate")[1]["users"]] == [b.email]
    assert api.get(f"/phone/users/{a.email}")[1]["status"] == "deactivate" and api.get("/phone/users?keyword=1000")[1]["total_records"] == 1
    for body, code in (
        ({"batch_type": "activate", "user_ids": [northlake.owner.email], "activation_status": "deactivate"}, 400),
        ({"batch_type": "activate", "user_ids": ids}, 300),
        ({"batch_type": "move_site", "user_ids": ids}, 300),
        ({"batch_type": "assign_pending_user", "user_ids": [northlake.owner.email]}, 300),
        ({"batch_type": "move_site", "site_id": other}, 300),
        ({"batch_type": "move_site", "user_ids": ["nobody@x.test"], "site_id": other}, 1001),
    ):
        assert api.put("/phone/users/batch", body)[1]["code"] == code, body
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(a.user_id)})
    assert api.put("/phone/users/batch", {"batch_type": "assign_pending_user", "user_ids": ids[:1]})[1]["code"] == 12007 and not breaches()


@pytest.mark.parametrize("scopes", [["phone:read:user", "phone:read:user_setting", "phone:update:user"], ["phone:write"]])
def test_my_own_phone(northlake: Company, scopes: list[str]) -> None:
    """OAUTH-21, S3-35: scopes without :admin open `me`, whatever role somebody has: extension, voicemail and recording; nobody else's, and no site."""
    equip(northlake)
    mine = northlake.member.user_id
    assert mine
    site(northlake, "Oslo")
    add(northlake, mine)
    api = Caller(tokens_for(mine, app_for_people(northlake.owner, scopes))["access_token"], Client())
    assert api.get("/phone/users/me")[1]["extension_number"] == 1000 and api.get("/phone/users/me/settings")[0] == 200
    assert api.patch("/phone/users/me", {"extension_number": "4127", "policy": {"voicemail": {"enable": False}}}) == (204, None)
    assert (phone(mine)["extension"], phone(mine)["policy"]) == ("4127", {"voicemail": "off"}) and phone(mine)["set_up_at"]
    where = site(northlake, "Bergen")
    for other in (
        {"site_id": where},
        {"template_id": where},
        {"policy": {"delegation": True}},
        {"policy": {"voicemail": {"allow_download": True}}},
    ):
        assert api.patch("/phone/users/me", other)[1]["code"] == 200, other
    assert api.get(f"/phone/users/{northlake.owner.email}")[0] == 403 and api.patch(f"/phone/users/{short(mine)}", {})[0] == 403
    assert phone(mine)["site_id"] != unshort(where)
    assert api.patch("/phone/users/me/settings", {"area_code": "22"})[0] == 403 and not breaches()


def test_what_another_account_has(northlake: Company, southport: Company, api: Caller) -> None:
    """TENANT-01, TENANT-03: their phones, numbers and sites do not exist."""
    equip(southport)
    theirs, ours = southport.member, northlake.member
    assert theirs.user_id and ours.user_id
    add(southport, theirs.user_id, package=PLAN, numbers="next")
    add(northlake, ours.user_id, package=PLAN)
    where = site(southport, "Oslo")
    number = short(
        sql.value("SELECT id FROM phone_number WHERE account_id = %(a)s AND number = %(n)s", {"a": southport.account, "n": SECOND})
    )
    assert api.get(f"/phone/users/{short(theirs.user_id)}")[1]["code"] == 1001
    assert api.post(f"/phone/users/{ours.email}/phone_numbers", {"phone_numbers": [{"id": number}]})[1]["code"] == 300
    assert api.patch(f"/phone/users/{ours.email}", {"site_id": where})[1]["code"] == 300
    assert api.put("/phone/users/batch", {"batch_type": "assign_pending_user", "user_ids": [short(theirs.user_id)]})[1]["code"] == 1001
    assert [u["email"] for u in api.get("/phone/users")[1]["users"]] == [ours.email] and phone(ours.user_id)["numbers"] == []
