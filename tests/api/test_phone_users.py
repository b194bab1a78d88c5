"""Phone users by the API: lists, one of them, their settings, calling plans and numbers."""

import pytest
from django.test import Client

from tests.api.agreeing import app_for_people, tokens_for
from tests.api.caller import Caller, caller
from tests.people_of import Company, activate, breaches, crowd, do, one
from tests.phone.phones import EXTRA, PLAN, add, equip, phone
from usher.core import sql
from usher.core.ids import short, unshort
from usher.phone.verbs.numbers import may_choose_caller_id

FIRST, SECOND = "+4722000000", "+4722000001"


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def api(equipped: Company) -> Caller:
    return caller(equipped.owner)


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
    assert api.get(path)[1]["policy"]["voicemail"] == {"enable": True} and not breaches()
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


def test_what_a_site_says_holds_for_its_phones(northlake: Company, api: Caller) -> None:
    """README 6: as far as they say nothing themselves, of what acts and of what is kept; `reset` leaves it to the site again; its own come back by `modified`."""
    who, where = northlake.member.user_id, site(northlake, "Oslo")
    assert who
    add(northlake, who, package=PLAN, numbers="next")
    mine, of_site = f"/phone/users/{northlake.member.email}", f"/phone/sites/{where}"
    said = {
        "voicemail": {"enable": False}, "auto_call_recording": {"enable": True}, "sms": {"enable": True},
        "audio_intercom": {"enable": True, "locked": True}, "select_outbound_caller_id": {"enable": False},
    }  # fmt: skip
    assert api.patch(of_site, {"policy": said}) == (204, None)
    told = api.get(of_site)[1]["policy"]
    assert told["voicemail"] == {"enable": False, "modified": True} and told["ad_hoc_call_recording"] == {"enable": False, "modified": True}
    assert told["audio_intercom"] == {"enable": True, "locked": True}
    assert may_choose_caller_id(who) is False
    held = api.get(mine)[1]["policy"]
    assert held["voicemail"] == {"enable": False} and held["auto_call_recording"] == held["sms"] == {"enable": True}
    assert held["audio_intercom"] == {"enable": True, "modified": False} and phone(who)["policy"] == {}
    own = {"voicemail": {"enable": True}, "auto_call_recording": {"enable": False}, "audio_intercom": {"enable": False}}
    assert api.patch(mine, {"policy": own}) == (204, None)
    held = api.get(mine)[1]["policy"]
    assert held["voicemail"] == {"enable": True} and held["auto_call_recording"] == {"enable": False} == held["ad_hoc_call_recording"]
    assert held["audio_intercom"] == {"enable": False, "modified": True} and phone(who)["policy"] == {"voicemail": "on", "recording": "off"}
    assert api.patch(mine, {"policy": {name: {"reset": True} for name in own}}) == (204, None)
    held = api.get(mine)[1]["policy"]
    assert phone(who)["policy"] == {} and held["audio_intercom"] == {"enable": True, "modified": False} and not held["voicemail"]["enable"]
    assert api.patch(of_site, {"policy": {"voicemail": {"reset": True}}}) == (204, None)
    assert api.get(mine)[1]["policy"]["voicemail"] == {"enable": True}
    assert api.get(of_site)[1]["policy"]["voicemail"] == {"enable": True, "modified": False} and not breaches()


def test_the_reset_of_one_recording_leaves_the_other(northlake: Company, api: Caller) -> None:
    """README 6: both are one setting here, yet nobody's recording starts or stops by the `reset` of the other one."""
    who = northlake.member.user_id
    assert who
    add(northlake, who)
    path, ad_hoc, auto = f"/phone/users/{northlake.member.email}", "ad_hoc_call_recording", "auto_call_recording"
    reset, off = {"reset": True}, {"enable": False}
    said: tuple[tuple[str, str, dict[str, object], str | None], ...] = (
        ("off", "on", {ad_hoc: reset}, "on"),
        ("off", "on", {auto: reset}, None),
        ("on", "ask", {ad_hoc: reset, auto: off}, "off"),
        ("on", "ask", {ad_hoc: reset}, None),
        ("on", "off", {ad_hoc: reset}, "off"),
        ("on", "off", {auto: reset}, None),
        ("ask", "on", {ad_hoc: reset, auto: reset}, None),
        ("off", "on", {ad_hoc: reset, auto: off}, "off"),
    )
    for account, own, policy, then in said:
        do(northlake.owner, "phone.change_settings", {"policy": {"recording": account}})
        do(northlake.owner, "phone.set_policy", {"holder": str(who), "policy": {"recording": own}})
        assert api.patch(path, {"policy": policy}) == (204, None)
        assert phone(who)["policy"].get("recording") == then, (account, own, policy)
    assert not breaches()


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


@pytest.mark.usefixtures("equipped")
@pytest.mark.parametrize("scopes", [["phone:read:user", "phone:read:user_setting", "phone:update:user"], ["phone:write"]])
def test_my_own_phone(northlake: Company, scopes: list[str]) -> None:
    """OAUTH-21, S3-35: scopes without :admin open `me`, whatever role somebody has: extension, voicemail and recording; nobody else's, and no site."""
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
