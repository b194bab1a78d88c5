"""Every field and every code the contract documents for phone and number_management (answers_phone.json beside this file): there, with the right type;
or in a list with the reason why not. What stands in a list and is there all the same fails too. Policies are compared as a whole: what acts of them and
what is kept is shown in test_phone_users.py and test_phone_sites.py.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from tests.api.caller import Caller
from tests.api.calls_of_contract import address, assert_answered
from tests.people_of import Company, do, one
from tests.phone.phones import PLAN, add, equip
from usher.core import sql
from usher.core.ids import short
from usher.zoom_wire.phone import ACTS

CONTRACT: list[dict[str, Any]] = json.loads((Path(__file__).parent / "answers_phone.json").read_text())
FIELDS = {row["call"]: row["answer"] for row in CONTRACT if row["answer"]}
CODES = [(row["call"], http, code, when) for row in CONTRACT for http, code, when in row["codes"]]
FIRST = "+4722000000"
ADDRESS = {"address_line1": "Storgata 1", "address_line2": "2nd floor", "city": "Oslo", "state_code": "03", "zip": "0155", "country": "NO"}
NO_DEVICES = "no desk phone is managed here"
NO_ADDRESSES = "a site has one emergency address, people and numbers have none of their own"
NO_ONE_ELSE = "nobody else takes calls, recordings or voicemail of a phone here"
NOT_BILLED = "plans are bought by the account, without billing accounts beside it"
OF_SETTINGS = "GET /phone/users/{userId}/settings"

# Fields that are never there, by any step of their path.
UNKNOWN = {
    **dict.fromkeys(
        ("billing_account_id", "billing_account_name", "billing_subscription_id", "billing_subscription_name", "billing_account"),
        NOT_BILLED,
    ),
    **dict.fromkeys(("emergency_address", "emergency_address_status", "emergency_address_update_time"), NO_ADDRESSES),
    **dict.fromkeys(("devices[]", "keys_positions", "phone_screen_lock", "pin_code", "intercom"), NO_DEVICES),
    **dict.fromkeys(
        ("voice_mail[]", "auto_call_recording_access_members", "ad_hoc_call_recording_access_members", "delegation"), NO_ONE_ELSE
    ),
    **dict.fromkeys(("shared_lines_call_setting", "holiday_hours", "break_hours"), "calls are not routed here"),
    **dict.fromkeys(("carrier", "sip_group"), "numbers are brought by the account; who carries them is not kept"),
    **dict.fromkeys(
        ("audio_prompt_language", "display_number", "greeting", "label", "meeting_id", "on_hold_music"),
        "only people and rooms hold numbers",
    ),
    **dict.fromkeys(("india_state_code", "india_city", "india_sdca_npa", "india_entity_name"), "no rules of India apply"),
    "main_auto_receptionist": "there are no auto receptionists",
    "site_admin": "who administers a site stands at their role",
}
# The same for one call, by the whole path.
UNKNOWN_OF: dict[str, dict[str, str]] = {
    OF_SETTINGS: {"country.name": "countries are codes here"},
    "GET /phone/settings": {"country.name": "countries are codes here"},
    "GET /phone/sites": {"sites[].country.name": "countries are codes here"},
    "GET /phone/sites/{siteId}": {
        "country.name": "countries are codes here",
        **{f"default_emergency_address.{name}": "nobody checks it" for name in ("id", "level", "status")},
    },
    "GET /phone/reports/operationlogs": {"total_records": "counting a month of a journal would read all of it"},
    **{
        f"GET /number_management/numbers{one}": {f"{of}location.{name}": "a number knows its country" for name in ("city", "state")}
        for one, of in (("", "numbers[]."), ("/{phoneNumberId}", ""))
    },
}
TOO_MANY = "300 with the field, as for every list that is too long"
NO_ID = "nobody of the account is 404 with 1001, however they are named"
PARAMETER = "300 with the field, as for every parameter"
KEPT_ONLY = "such fields are kept, not followed"
# Codes that nobody is ever told, by call or for all calls.
NEVER: dict[tuple[str, int], str] = {
    ("", 124): "401, tests/api/test_door.py; an account that is not there has no token",
    ("", 429): "tests/api/test_limits.py",
    ("", 2001): "the account is that of the token",
    ("", 403): "403 with 200, whoever lacks the right (S4-41)",
    ("", 2031): "403 with 200 where the account's plan is without Phone (S4-41)",
    ("", 999): PARAMETER,
    ("", 405): TOO_MANY,
    **{("", code): KEPT_ONLY for code in (13800, 13802, 13803, 13804, 13805, 13806, 13808, 1151, 15101, 15102, 15104)},
    ("PATCH /number_management/numbers/{phoneNumberId}", 100001): "SIP groups are not known here",
    ("PATCH /number_management/numbers/{phoneNumberId}", 200001): "every number was brought by the account, so it can be",
    ("PATCH /phone/rooms/{roomId}", 400): "no policy is locked",
    ("POST /phone/users/batch", 400): TOO_MANY,
    ("PUT /phone/users/batch", 12008): "bundles are not sold",
    ("GET /phone/users/{userId}", 300): NO_ID,
    ("GET /phone/users/{userId}", 404): "a phone whose site is gone has none",
    ("DELETE /phone/users/{userId}/calling_plans/{planType}", 300): NO_ID,
    ("DELETE /phone/users/{userId}/phone_numbers/{phoneNumberId}", 300): NO_ID,
    (OF_SETTINGS, 300): NO_ID,
}


@pytest.fixture(autouse=True)
def database(db: None, settings: Any) -> None:
    """Every test here is undone."""
    settings.API_LIMITS = False


@pytest.fixture(scope="module")
def there(northlake: Company, api: Caller) -> dict[str, str]:
    """What the paths of the calls name, made once for all of them."""
    with override_settings(API_LIMITS=False):
        return everything_known(northlake, api)


def everything_known(northlake: Company, api: Caller) -> dict[str, str]:
    """A phone, a number, a site, a template and a room with a phone of which everything is known."""
    equip(northlake)
    who = northlake.member.user_id
    assert who
    assert api.patch("/phone/settings", {"multiple_sites": {"site_code": {"enable": True}}})[0] == 204
    made = {"auto_receptionist_name": "Desk", "default_emergency_address": ADDRESS, "site_code": 47}
    site, other = (
        api.post("/phone/sites", {"name": name, **made, "site_code": code})[1]["id"] for name, code in (("Oslo", 47), ("Bergen", 55))
    )
    assert api.patch(f"/phone/sites/{site}", {"caller_id_name": "Northlake", "sip_zone": {"id": "z", "name": "Oslo"}})[0] == 204
    add(northlake, who, package=PLAN, numbers="next")
    kept = dict.fromkeys(("area_code", "music_on_hold_id"), "x") | {"default_transcription_language": "en-US"}
    hours = {"business_hour_type": 2, "business_hours": [{"from": "09:00", "to": "17:00", "type": 1, "weekday": 1}]}
    user = f"/phone/users/{northlake.member.email}"
    assert api.patch(user, {"site_id": site})[0] == 204
    assert api.patch(f"{user}/settings", {**kept, "audio_prompt_language": "nb", "business_hours_settings": hours})[0] == 204
    template = api.post("/phone/setting_templates", {"name": "Desk", "type": "user", "description": "x"})[1]["id"]
    started = do(northlake.owner, "accounts.create_room", {"name": "Blue", "kind": "ZoomRoom"})
    room = short(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": started.change_id}))
    bare = do(northlake.owner, "accounts.create_room", {"name": "Green", "kind": "ZoomRoom"})
    assert api("POST", "/phone/rooms", {"id": room, "site_id": site, "calling_plans": [{"type": 200}]}).status_code == 201
    assert api("POST", f"/phone/rooms/{room}/phone_numbers", {"phone_numbers": [{"number": "+4722000001"}]}).status_code == 201
    return {
        "userId": northlake.member.email,
        "roomId": room,
        "bare": short(sql.value("SELECT obj FROM journal_effect WHERE change_id = %(c)s", {"c": bare.change_id})),
        "siteId": site,
        "other": other,
        "templateId": template,
        "phoneNumberId": short(
            sql.value("SELECT id FROM phone_number WHERE account_id = %(a)s AND number = %(n)s", {"a": northlake.account, "n": FIRST})
        ),
        "planType": "200",
        "type": "200",
        "admin": northlake.admin.email,
    }


BODIES: dict[str, Any] = {
    "POST /phone/sites": {"name": "Tromsø", "auto_receptionist_name": "Desk", "default_emergency_address": ADDRESS, "site_code": 77},
    "POST /phone/setting_templates": {"name": "Other", "type": "user", "description": "y"},
    "POST /phone/users/batch": {"users": [{"email": "{admin}", "calling_plans": [], "extension_number": "4128"}]},
    "POST /phone/users/{userId}/phone_numbers": {"phone_numbers": [{"number": "+4722000002"}]},
}


@pytest.mark.parametrize("call", FIELDS)
def test_every_field_is_there(api: Caller, there: dict[str, str], call: str) -> None:
    """README 6: of the type the contract says, in the answer about something of which everything is known."""
    method, path = call.split()
    body = json.loads(json.dumps(BODIES[call]).replace("{admin}", there["admin"])) if call in BODIES else None
    answer = api(method, address(path, there), body)
    assert answer.status_code in (200, 201), answer.content
    assert_answered(answer.json(), FIELDS[call], lambda place: is_unknown(call, place))


def is_unknown(call: str, place: str) -> bool:
    if call == "GET /phone/account_settings":
        return place not in ACTS  # nothing else of Phone could be switched on or off here
    steps = place.split(".")
    if call == OF_SETTINGS and place == "audio_prompt_language":
        return False
    return place in UNKNOWN_OF.get(call, {}) or any(step in UNKNOWN or step.removesuffix("[]") in UNKNOWN for step in steps)


# A call, how it is made, and the code it leads to.
NOWHERE = "AaIANazEdqyigcA1NyLlJg"
MANAGED = "/number_management/numbers"
WAYS: dict[tuple[str, int], tuple[str, Any]] = {
    ("GET /number_management/numbers", 1002010): (f"{MANAGED}?site_id={NOWHERE}", None),
    ("GET /number_management/numbers", 1003100): (f"{MANAGED}?next_page_token=x", None),
    ("DELETE /number_management/numbers", 100002): (f"{MANAGED}?numbers=%2B4799999999", None),
    ("GET /phone/account_settings", 400): ("/phone/account_settings?setting_types=x", None),
    ("DELETE /phone/numbers", 300): ("/phone/numbers", None),
    ("GET /phone/numbers/{phoneNumberId}", 400): (f"/phone/numbers/{NOWHERE}", None),
    ("PATCH /phone/numbers/{phoneNumberId}", 300): ("/phone/numbers/{phoneNumberId}", {"capability": ["x"]}),
    ("PATCH /phone/numbers/{phoneNumberId}", 404): (f"/phone/numbers/{NOWHERE}", {}),
    ("POST /phone/rooms", 404): ("/phone/rooms", {"id": NOWHERE}),
    ("PATCH /phone/rooms/{roomId}", 300): ("/phone/rooms/{roomId}", {"extension_number": 1}),
    ("POST /phone/rooms/{roomId}/calling_plans", 300): ("/phone/rooms/{roomId}/calling_plans", {"calling_plans": [{"type": 600}]}),
    ("DELETE /phone/rooms/{roomId}/calling_plans/{type}", 300): ("/phone/rooms/{roomId}/calling_plans/100", None),
    ("POST /phone/rooms/{roomId}/phone_numbers", 409): ("/phone/rooms/{roomId}/phone_numbers", {"phone_numbers": [{"number": FIRST}]}),
    ("GET /phone/setting_templates", 300): ("/phone/setting_templates?next_page_token=x", None),
    ("POST /phone/setting_templates", 300): ("/phone/setting_templates", {"name": "X", "type": "cinema"}),
    ("PATCH /phone/setting_templates/{templateId}", 300): (
        "/phone/setting_templates/{templateId}",
        {"user_settings": {"hold_music": "jazz"}},
    ),
    ("PATCH /phone/setting_templates/{templateId}", 15001): (f"/phone/setting_templates/{NOWHERE}", {}),
    ("PATCH /phone/settings", 412): ("/phone/settings", {"multiple_sites": {"enabled": False}}),
    ("POST /phone/sites", 400): ("/phone/sites", {**BODIES["POST /phone/sites"], "short_extension": {"length": 6}}),
    ("GET /phone/sites/{siteId}", 400): (f"/phone/sites/{NOWHERE}", None),
    ("PATCH /phone/sites/{siteId}", 300): (f"/phone/sites/{NOWHERE}", {}),
    ("PATCH /phone/sites/{siteId}", 400): ("/phone/sites/{siteId}", {"site_code": 48}),
    ("DELETE /phone/sites/{siteId}", 400): ("/phone/sites/{siteId}?transfer_site_id={siteId}", None),
    ("DELETE /phone/sites/{siteId}", 409): ("/phone/sites/{other}?transfer_site_id={siteId}", None),
    ("GET /phone/users", 400): ("/phone/users?keyword=x", None),
    ("POST /phone/users/batch", 300): ("/phone/users/batch", {"users": [{}]}),
    ("POST /phone/users/batch", 404): (
        "/phone/users/batch",
        {"users": [{"email": "{admin}", "calling_plans": [], "extension_number": "4128", "template_name": "None"}]},
    ),
    ("PUT /phone/users/batch", 400): (
        "/phone/users/batch",
        {"batch_type": "activate", "user_ids": ["{admin}"], "activation_status": "deactivate"},
    ),
    ("PUT /phone/users/batch", 12007): ("/phone/users/batch", {"batch_type": "assign_pending_user", "user_ids": ["{userId}"]}),
    ("PATCH /phone/users/{userId}", 300): ("/phone/users/{userId}", {"extension_number": "1"}),
    ("POST /phone/users/{userId}/calling_plans", 300): ("/phone/users/{userId}/calling_plans", {"calling_plans": [{"type": 600}]}),
    ("PUT /phone/users/{userId}/calling_plans", 404): ("/phone/users/{userId}/calling_plans", {"source_type": 100, "target_type": 200}),
    ("DELETE /phone/users/{userId}/calling_plans/{planType}", 400): ("/phone/users/{userId}/calling_plans/100", None),
    ("POST /phone/users/{userId}/phone_numbers", 300): ("/phone/users/{userId}/phone_numbers", {"phone_numbers": [{"number": "x"}]}),
    ("DELETE /phone/users/{userId}/phone_numbers/{phoneNumberId}", 400): (f"/phone/users/{{userId}}/phone_numbers/{NOWHERE}", None),
    ("PATCH /phone/users/{userId}/settings", 300): ("/phone/users/{userId}/settings", {"area_code": 22}),
    ("PATCH /phone/users/{userId}/settings", 400): ("/phone/users/{userId}/settings", {"outbound_caller_id": "+4722000009"}),
}
# Codes of whatever a path names and is not there.
MISSING = {1001: ("{userId}", "nobody@x.test"), 404: ("{roomId}", NOWHERE)}
ANY_BODY = {"source_type": 100, "target_type": 200, "calling_plans": [], "phone_numbers": []}


@pytest.mark.parametrize(("call", "http", "code", "when"), CODES, ids=[f"{c} {h} {n}" for c, h, n, _w in CODES])
def test_every_code_is_reached_or_has_a_reason(
    northlake: Company, api: Caller, there: dict[str, str], call: str, http: int, code: int, when: str
) -> None:
    """README 6: with the status the contract says."""
    way, never = WAYS.get((call, code)), NEVER.get((call, code)) or NEVER.get(("", code))
    (method, path), missing = call.split(), MISSING.get(code)
    if way is None and missing and missing[0] in path and never is None:
        way = (path.replace(*missing), ANY_BODY)
    assert (way is None) is (never is not None), f"{call} {code}: {when} is neither reached nor has a reason, or both"
    if way is None:
        return
    prepare(northlake, call, code, there)
    answer = api(method, address(way[0], there), json.loads(filled_body(way[1], there)))
    assert (answer.status_code, answer.json().get("code")) == (http, code), answer.content


def filled_body(body: Any, there: dict[str, str]) -> str:
    return re.sub(r"\{(admin|userId)\}", lambda m: there[m.group(1)], json.dumps(body))


def prepare(company: Company, call: str, code: int, there: dict[str, str]) -> None:
    """What must be so before a call leads to its code."""
    member = company.member.user_id
    assert member
    if code == 12007:
        do(company.owner, "phone.change_settings", {"soft_delete": True})
        do(company.owner, "phone.put_in_trash", {"subjects": one(member)})
    if (call, code) == ("PATCH /phone/sites/{siteId}", 400):
        do(company.owner, "phone.change_settings", {"site_codes": False})
    if (call, code) == ("DELETE /phone/sites/{siteId}", 409):
        for name in ("Oslo", "Bergen"):
            site = str(
                sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s AND name = %(n)s", {"a": company.account, "n": name})
            )
            do(company.owner, "accounts.create_room", {"name": "Red", "kind": "ZoomRoom", "site": site})
