"""Settings of users, groups and the account by the API: what acts, and what is kept as it was given."""

import json
from typing import Any

import pytest

from tests.api.caller import Caller, caller
from tests.people_of import LICENSED, Company, actor_of, add_ons, breaches, do, one, seats
from usher.core import sql
from usher.core.ids import short
from usher.zoom_wire.settings import shape

GIVEN = {
    "in_meeting": {"chat": True, "entry_exit_chime": "host", "language_interpretation": {"enable": True, "custom_languages": ["Welsh"]}},
    "recording": {"auto_delete_cmr_days": 90},
}


@pytest.fixture(autouse=True)
def database(db: None) -> None:
    """Every test here is undone."""


@pytest.fixture(scope="module")
def paths(northlake: Company, api: Caller) -> dict[str, str]:
    group = api.post("/groups", {"name": "Sales"})[1]["id"]
    return {
        "user": f"/users/{northlake.member.email}/settings",
        "group": f"/groups/{group}/settings",
        "account": "/accounts/me/settings",
    }


@pytest.mark.parametrize("level", ["user", "group", "account"])
def test_what_nothing_acts_on_is_kept(api: Caller, paths: dict[str, str], level: str) -> None:
    """S4-34: objects are merged, lists replaced, null and unknown scalars at the top say nothing; fields nobody knows are kept too."""
    path = paths[level]
    empty = api.get(path)[1]
    assert empty["in_meeting"] == {} and empty["recording"] == {}
    assert api.patch(path, {**GIVEN, "id": "x", "own": {"color": "blue", "n": 1.5}}) == (204, None)
    other = {"chat": False, "co_host": None, "language_interpretation": {"custom_languages": ["Sami"]}, "new": [[1], {"a": None}]}
    assert api.patch(path, {"in_meeting": other})[0] == 204
    found = api.get(path)[1]
    assert found["in_meeting"] == {
        "chat": False,
        "entry_exit_chime": "host",
        "language_interpretation": {"enable": True, "custom_languages": ["Sami"]},
        "new": [[1], {"a": None}],
    }
    assert found["recording"] == {"auto_delete_cmr_days": 90} and found["own"] == {"color": "blue", "n": 1.5} and "id" not in found
    assert api.patch(path, {"own": {"color": {"hue": 3}, "n": None}})[0] == 204 and api.get(path)[1]["own"] == {
        "color": {"hue": 3},
        "n": 1.5,
    }
    assert api.patch(path, {"own": {"color": "red"}})[0] == 204 and api.get(path)[1]["own"] == {"color": "red", "n": 1.5}
    assert breaches() == []


@pytest.mark.parametrize("level", ["user", "group", "account"])
def test_some_of_it_is_asked_for(api: Caller, paths: dict[str, str], level: str) -> None:
    """`option` names one section, `custom_query_fields` some fields; what is not there is left out."""
    path = paths[level]
    api.patch(path, {**GIVEN, "meeting_security": {"waiting_room": True}})
    assert api.get(f"{path}?option=meeting_security")[1] == {"meeting_security": {"waiting_room": True}}
    asked = f"{path}?custom_query_fields=recording,in_meeting.chat,in_meeting.nothing,no.such"
    assert api.get(asked)[1] == {"recording": {"auto_delete_cmr_days": 90}, "in_meeting": {"chat": True}}
    assert api.get(f"{path}?option=elsewhere")[1]["code"] == 300


@pytest.mark.parametrize(
    "body",
    [
        {"in_meeting": {"chat": "yes"}},
        {"in_meeting": {"entry_exit_chime": "loud"}},
        {"in_meeting": []},
        {"in_meeting": {"language_interpretation": {"custom_languages": "Welsh"}}},
        {"in_meeting": {"language_interpretation": {"custom_languages": [1]}}},
        {"own": {"a": "\x00"}},
        {"own": {"a": ["\ud800"]}},
        {"own": {"": 1}},
        {"own": {"a.b": 1}},
        {"own": {"__proto__": {"admin": True}}},
        {"own": {"a" * 65: 1}},
        {"own": {"a": 10**30}},
        {"own": {f"n{i}": 1 for i in range(2_001)}},
        json.loads('{"own":' + '{"a":' * 12 + "1" + "}" * 13),
        {"own": {"a": json.loads("[" * 12 + "]" * 12)}},
        '{"own":{"a":1e999}}',
        '{"own":' + '{"a":' * 5_000 + "1" + "}" * 5_001,
        {"own": {"a": "x" * 300_000}},
    ],
    ids=lambda body: ascii(body)[:40],
)
@pytest.mark.parametrize("level", ["user", "group", "account"])
def test_what_is_no_setting(api: Caller, paths: dict[str, str], level: str, body: Any) -> None:
    """MASS-05, MASS-06, MASS-08, DOS-06: 400 with code 300, nothing is kept, and the next request finds what was there."""
    status, told = api.patch(paths[level], body)
    assert (status, told["code"]) == (400, 300), told
    assert "own" not in api.get(paths[level])[1] and api.get(paths[level])[1]["in_meeting"] == {}


def test_there_is_room_for_so_much(api: Caller, paths: dict[str, str]) -> None:
    """DOS-06: 2,000 settings of a row, however many calls bring them."""
    for piece in "ab":
        assert api.patch(paths["user"], {"own": {f"{piece}{i}": 1 for i in range(999)}})[0] == 204
    status, told = api.patch(paths["user"], {"own": {f"c{i}": 1 for i in range(3)}})
    assert (status, told["code"]) == (400, 300) and len(api.get(paths["user"])[1]["own"]) == 1_998


def test_features_give_and_take_add_ons(northlake: Company, api: Caller, paths: dict[str, str]) -> None:
    """S0-19, LIC-08: the features a license stands for act; the answer tells what is held, whatever was sent before."""
    path, member = paths["user"], northlake.member.user_id
    assert member is not None
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(member)})
    do(northlake.owner, "licenses.set_seats", {"product": "webinar:1000", "quantity": 1})
    sent = {"webinar": True, "webinar_capacity": 500, "zoom_whiteboard": True, "zoom_phone": True, "zoom_clips_plus": True}
    assert api.patch(path, {"feature": sent}) == (204, None)
    assert add_ons(member) == ["phone", "webinar:500", "whiteboard"]
    found = api.get(path)[1]["feature"]
    assert found["webinar"] is True and found["webinar_capacity"] == 500 and found["large_meeting"] is False
    assert found["large_meeting_capacity"] == 0 and found["zoom_clips_plus"] is True
    assert api.patch(path, {"feature": {"webinar_capacity": 1000}})[0] == 204 and "webinar:1000" in add_ons(member)
    assert api.patch(path, {"feature": {"webinar": False, "zoom_events": True, "zoom_events_capacity": 500}})[0] == 204
    assert api.patch(path, {"feature": {"zoom_phone": False, "zoom_whiteboard": False}})[0] == 204
    assert add_ons(member) == ["events:500"] and breaches() == []


@pytest.mark.parametrize(
    ("feature", "code"),
    [
        ({"large_meeting": True, "large_meeting_capacity": 500}, 1108),
        ({"webinar": True, "webinar_capacity": 500}, 1122),
        ({"zoom_events": True, "zoom_events_capacity": 500}, 1206),
    ],
)
def test_a_feature_needs_a_license(northlake: Company, api: Caller, paths: dict[str, str], feature: Any, code: int) -> None:
    """The codes of the contract for somebody Basic."""
    status, told = api.patch(paths["user"], {"feature": feature, **GIVEN})
    assert (status, told["code"]) == (400, code) and api.get(paths["user"])[1]["in_meeting"] == {}


def test_a_feature_may_be_sold_out_or_barred(northlake: Company, api: Caller, paths: dict[str, str]) -> None:
    """1204 and 1205 for what excludes it, 200 with the number for webinars and large meetings, 300 for events, 1228 for whiteboards; the old one stays."""
    path, member = paths["user"], northlake.member.user_id
    assert member is not None
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(member)})
    for product in ("large_meeting:500", "webinar:3000", "events:1000", "whiteboard"):
        do(northlake.owner, "licenses.set_seats", {"product": product, "quantity": 0})
    wishes: list[tuple[dict[str, Any], int]] = [
        ({"large_meeting": True, "large_meeting_capacity": 500}, 200),
        ({"webinar": True, "webinar_capacity": 3000}, 200),
        ({"zoom_events": True, "zoom_events_capacity": 1000}, 300),
        ({"zoom_whiteboard": True}, 1228),
        ({"webinar": True, "webinar_capacity": 501}, 300),
        ({"webinar": True}, 300),
    ]
    for feature, code in wishes:
        status, told = api.patch(path, {"feature": feature})
        assert (status, told["code"]) == (400, code), feature
    assert "maximum of 0 Large Meeting 500" in api.patch(path, {"feature": wishes[0][0]})[1]["message"]
    assert api.patch(path, {"feature": {"webinar": True, "webinar_capacity": 500}})[0] == 204
    assert api.patch(path, {"feature": wishes[1][0]})[1]["code"] == 200 and add_ons(member) == ["webinar:500"]
    assert api.patch(path, {"feature": {"zoom_events": True, "zoom_events_capacity": 500}})[1]["code"] == 1205
    assert api.patch(path, {"feature": {"webinar": False}})[0] == 204
    assert api.patch(path, {"feature": {"zoom_events": True, "zoom_events_capacity": 500}})[0] == 204
    assert api.patch(path, {"feature": {"webinar": True, "webinar_capacity": 500}})[1]["code"] == 1204
    assert seats(northlake, "webinar:500")["used"] == 0 and breaches() == []


def test_settings_of_somebody_pending(northlake: Company, api: Caller) -> None:
    """README 3: 400 with code 1000, for reading and for writing."""
    path = f"/users/{short(northlake.pending)}/settings"
    for status, told in (api.get(path), api.patch(path, GIVEN)):
        assert (status, told["code"]) == (400, 1000)


def test_how_people_sign_in_to_meetings(api: Caller, paths: dict[str, str]) -> None:
    """An option is added by the account, and shown, hidden or changed below it; for recordings there are others."""
    added = {"action": "add", "name": "Staff", "type": "enforce_login_with_domains", "domains": "a.test", "default_option": True}
    of_account = f"{paths['account']}?option=meeting_authentication"
    assert api.patch(of_account, {"meeting_authentication": True, "authentication_option": added})[0] == 204
    (option,) = api.get(of_account)[1]["authentication_options"]
    assert option == {**{k: v for k, v in added.items() if k != "action"}, "id": option["id"], "visible": True}
    for level in ("user", "group"):
        path = f"{paths[level]}?option=meeting_authentication"
        assert api.get(path)[1] == {"meeting_authentication": False, "authentication_options": [option]}
        hidden = {"authentication_option": {"action": "hide", "id": option["id"]}, "meeting_authentication": True}
        assert api.patch(path, hidden)[0] == 204
        assert api.get(path)[1] == {"meeting_authentication": True, "authentication_options": [{**option, "visible": False}]}
        assert api.patch(path, {"authentication_option": {"action": "show", "id": "nobody"}})[1]["code"] == 300
        assert api.patch(path, {"authentication_option": {"action": "add"}})[1]["code"] == 300
    assert api.get(f"{paths['user']}?option=recording_authentication")[1]["authentication_options"] == []
    assert api.patch(of_account, {"authentication_option": {"action": "delete", "id": option["id"]}})[0] == 204
    assert api.get(of_account)[1] == {"meeting_authentication": True, "authentication_options": []}
    assert api.patch(paths["group"], {"recording_authentication": True})[0] == 204
    assert api.get(f"{paths['group']}?option=recording_authentication")[1]["recording_authentication"] is True


def test_the_second_factor_of_administrators(northlake: Company, api: Caller) -> None:
    """ASVS 6.3.3: the one setting of the account that acts. Only the owner changes it; what cannot be asked for is refused."""
    path = "/accounts/me/settings?option=security"
    assert api.get(path)[1]["security"]["sign_in_with_two_factor_auth"] == "none"
    turned_on = {"security": {"sign_in_with_two_factor_auth": "role", "hide_billing_info": True}}
    admin = caller(actor_of(northlake.admin.user_id))  # type: ignore[arg-type]
    status, told = admin.patch(path, turned_on)
    assert (status, told["code"]) == (403, 200) and "hide_billing_info" not in api.get(path)[1]["security"]
    assert api.patch(path, {"security": {"sign_in_with_two_factor_auth": "all"}})[1]["code"] == 300
    assert api.patch(path, turned_on) == (204, None)
    on = sql.value("SELECT admins_need_factor FROM accounts_account WHERE id = %(a)s", {"a": northlake.account})
    assert on is True


def test_another_account_and_one_without_the_right(northlake: Company, southport: Company, api: Caller) -> None:
    """AUTHZ-13, TENANT-01: 404 with the contract's codes for another account's, 403 for who may not; nothing is kept."""
    other = short(southport.account)
    for path, code in (
        (f"/users/{southport.member.email}/settings", 1001),
        (f"/accounts/{other}/settings", 2001),
        ("/accounts/x/settings", 2001),
    ):
        for status, told in (api.get(path), api.patch(path, GIVEN)):
            assert (status, told["code"]) == (404, code)
    assert api.get(f"/accounts/{short(northlake.account)}/settings")[0] == 200
    assert sql.value("SELECT count(*) FROM people_usersettings") == 0 and sql.value("SELECT count(*) FROM accounts_storedsettings") == 0


def test_the_same_key_changes_nothing_twice(api: Caller, paths: dict[str, str]) -> None:
    """A secret is sealed anew each time, and the same wish is still the same."""
    wish = {"schedule_meeting": {"pmi_password": "otter 7"}}
    headers = {"Idempotency_Key": "k1"}
    assert [api("PATCH", paths["user"], wish, **headers).status_code for _ in range(2)] == [204, 204]
    assert api.get(paths["user"])[1]["schedule_meeting"] == {"pmi_password": "otter 7"}
    assert api("PATCH", paths["user"], {"schedule_meeting": {"pmi_password": "badger 8"}}, **headers).status_code == 409


def test_the_fields_are_those_of_the_contract() -> None:
    """Every level has its sections, and a list its items."""
    assert {level: len(shape(level)) for level in ("user", "group", "account")} == {"user": 13, "group": 13, "account": 23}
    audio = shape("user")["audio_conferencing"].fields
    assert audio and audio["participant_phone_masking"].fields
    codes = shape("user")["feature"].fields or {}
    assert codes["webinar_capacity"].one_of == (100, 500, 501, 1000, 1001, 3000, 5000, 10000)
