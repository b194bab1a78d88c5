"""Every field and every code the contract documents for meetings, webinars, recordings, rooms, reports, the account and its event subscriptions
(answers_content.json beside this file): there, with the right type; or in a list with the reason why not. What stands in a list and is there all the same fails too.
"""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.api.caller import Caller, caller
from tests.api.calls_of_contract import address, assert_answered
from tests.content.items import item, license_all, make
from tests.people_of import LICENSED, Company, do, one
from usher.access.way_in import came_in
from usher.content.uploading import upload
from usher.core.ids import short, unshort

CONTRACT: list[dict[str, Any]] = json.loads((Path(__file__).parent / "answers_content.json").read_text())
FIELDS = {row["call"]: row["answer"] for row in CONTRACT if row["answer"]}
# An account that is not there is 404 with 2001; for one call the contract has it with 200 as well.
CODES = sorted({(row["call"], http, code) for row in CONTRACT for http, code, _when in row["codes"] if (http, code) != (200, 2001)})
SOON = (datetime.now(UTC) + timedelta(days=9)).replace(microsecond=0, second=0)
YESTERDAY = SOON - timedelta(days=10)
DAYS = f"from={YESTERDAY - timedelta(days=1):%Y-%m-%d}&to={YESTERDAY + timedelta(days=2):%Y-%m-%d}"
EVERYTHING = {
    "topic": "Weekly",
    "agenda": "One",
    "password": "847362",
    "start_time": f"{SOON:%Y-%m-%dT%H:%M:%SZ}",
    "duration": 30,
    "timezone": "Europe/Berlin",
    "settings": {"waiting_room": True},
    "tracking_fields": [{"field": "Cost", "value": "7"}],
    "recurrence": {
        "type": 3, "repeat_interval": 1, "weekly_days": "1", "monthly_day": 5, "monthly_week": 2, "monthly_week_day": 3, "end_times": 3,
        "end_date_time": f"{SOON + timedelta(days=300):%Y-%m-%dT%H:%M:%SZ}",
    },
}  # fmt: skip
HEADER = {"custom_header_type": 1, "username": "u", "password": "p"}
PROFILE = {
    "basic": {
        "hide_room_in_contacts": True, "display_name": "Blue", "required_code_to_ext": True, "support_email": "a@b.test", "support_phone": "1",
        "use_display_name_on_scheduling_display": True, "use_display_name_on_zoom_rooms_display_and_controller": True,
        "use_display_name_in_meetings": True, "capacity": 4, "show_room_capacity_on_the_zoom_rooms": True,
        "show_room_capacity_on_the_scheduling_display": True,
    },
    "setup": {
        "checkin_and_checkout": {
            "enable": True,
            "checkin_and_checkout_options": {
                "checkin_minutes_prior_to_meeting_start_time": 5, "allowed_minutes_before_release_room_after_no_checkout": 5,
                "enable_new_user_checkin_notification": True, "enable_remove_recurring": True,
                "allowed_consecutive_missed_checkin_before_removing_room": 2,
            },
        },
        "apply_background_image_to_all_displays": True, "under_construction": True, "pro_device": True,
    },
}  # fmt: skip

# Fields that are never there, by any step of their path.
NO_PASSCODE, NOT_HELD = "no passcode is kept", "nothing is held here"
UNKNOWN = {
    **dict.fromkeys(("recording_play_passcode", "room_passcode"), NO_PASSCODE),
    **dict.fromkeys(("chat_join_url", "dynamic_host_key", "registration_url", "registrants_confirmation_email"), NOT_HELD),
    **dict.fromkeys(("is_simulive", "record_file_id", "transition_to_live", "simulive_delay_start", "template_id"), NOT_HELD),
    "auto_delete_date": "recordings are kept until somebody deletes them",
    **dict.fromkeys(("file_path", "participant_audio_files"), "a recording is one file in the storage of this server"),
    **dict.fromkeys(
        ("calendar_resource_id", "user_id", "device_profile_id", "background_image_info"), "rooms have neither calendars nor devices here"
    ),
    "visible": "tracking fields are kept as they were said",
    "pmi": "of the personal room alone",
    "deleted_time": "in the trash, tests/api/test_recordings.py",
}
# Of all plans the contract knows, what is sold here, and how it is called.
SOLD = {
    "plan_base": LICENSED,
    "plan_large_meeting": "large_meeting:500",
    "plan_webinar": "webinar:500",
    "plan_zoom_events": "events:500",
    "plan_whiteboard": "whiteboard",
    "plan_zsched": "scheduler",
}
# The same for one call, by the beginning of the path.
UNKNOWN_OF: dict[str, tuple[str, ...]] = {
    "POST /rooms": ("tags[]",),
    "GET /meetings/{meetingId}/recordings": ("password",),
    "GET /marketplace/app/event_subscription": tuple(
        f"event_subscriptions[].custom_header.{name}"
        for name in ("password", "client", "token_url", "scope", "state", "custom_header_key", "custom_header_value")
    ),
}


@pytest.fixture(autouse=True)
def database(db: None, settings: Any) -> None:
    """Every test here is undone."""
    settings.API_LIMITS = False


@pytest.fixture(scope="module")
def api(northlake: Company) -> Caller:
    """The owner's app, in an account whose member may host both."""
    license_all(northlake)
    for product in SOLD.values():
        do(northlake.operator, "licenses.set_seats", {"product": product, "quantity": 5})
    do(northlake.operator, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(northlake.member.user_id)})
    return caller(northlake.owner)


@pytest.fixture(scope="module")
def there(northlake: Company, api: Caller) -> dict[str, str]:
    """What the paths of the calls name: each with everything that can be said of it."""
    member = northlake.member
    meeting, webinar = (
        api.post(f"/users/{member.email}/{kind}", {**EVERYTHING, "type": type})[1] for kind, type in (("meetings", 8), ("webinars", 9))
    )
    about = {
        "owner": str(member.user_id), "title": "Sound", "starts_at": YESTERDAY.isoformat(), "seconds": 60,
        "meeting": str(unshort(meeting["uuid"].removesuffix("=="))),
    }  # fmt: skip
    upload(northlake.owner, BytesIO(b"sound"), "talk.m4a", 5, about, "test:sound")
    _past, door = make(
        northlake,
        item(member.user_id, "meeting", "Past", starts_at=YESTERDAY.isoformat(), seconds=600),
        item(member.user_id, "meeting", "Door", occurs="personal"),
    )
    assert api.patch(f"/users/{member.email}", {"custom_attributes": [{"key": "k", "name": "Badge", "value": "7"}]})[0] == 204
    do(northlake.owner, "accounts.claim_domain", {"domain": f"claimed.{northlake.domain}"})
    room = api.post("/rooms", {"name": "Blue", "type": "ZoomRoom"})[1]["id"]
    assert api.patch(f"/rooms/{room}", PROFILE) == (204, None)
    wish = {"events": ["user.created"], "event_webhook_url": "https://receiver.example/hook", "subscription_scope": "account"}
    made = api.post("/marketplace/app/event_subscription", {**wish, "custom_header": HEADER})[1]["event_subscription_id"]
    came_in(member.user_id, "password", "192.0.2.7", "Browser")  # type: ignore[arg-type]
    return {
        "userId": member.email, "accountId": "me", "meetingId": str(meeting["id"]), "webinarId": str(webinar["id"]), "roomId": room,
        "eventSubscriptionId": made, "recordingId": NOWHERE, "admin": northlake.admin.email, "pending": short(northlake.pending),
        "personal": short(door),
    }  # fmt: skip


QUERIES = {
    **{f"GET /report/{name}": DAYS for name in ("activities", "operationlogs", "users")},
    "GET /users/{userId}/recordings": DAYS,
    "GET /meetings/{meetingId}/recordings": "include_fields=download_access_token",
    "GET /marketplace/app/event_subscription": "user_id={userId}&account_id=me",
}
BODIES: dict[str, Any] = {
    "POST /users/{userId}/meetings": {**EVERYTHING, "type": 8},
    "POST /users/{userId}/webinars": {**EVERYTHING, "type": 9},
    "POST /rooms": {"name": "Green", "type": "ZoomRoom", "pro_device": True},
    "POST /marketplace/app/event_subscription": {
        "events": ["user.created"], "event_webhook_url": "https://receiver.example/other", "subscription_scope": "account",
    },
}  # fmt: skip


@pytest.mark.parametrize("call", FIELDS)
def test_every_field_is_there(api: Caller, there: dict[str, str], call: str) -> None:
    """S4-45: of the type the contract says, in the answer about something of which everything is known."""
    method, path = call.split()
    answer = api(method, address(f"{path}?{QUERIES.get(call, '')}", there), BODIES.get(call))
    assert answer.status_code in (200, 201), answer.content
    assert_answered(answer.json(), FIELDS[call], lambda place: is_unknown(call, place))


def is_unknown(call: str, place: str) -> bool:
    if call.endswith("/plans/usage"):
        return place.partition(".")[0].removesuffix("[]") not in SOLD
    return place.startswith(UNKNOWN_OF.get(call, ("-",))) or any(step.removesuffix("[]") in UNKNOWN for step in place.split("."))


SERVED_ELSEWHERE = "what is in another account does not exist (TENANT-01)"
NO_RIGHT = "403 with 200, whoever lacks the right (S4-41)"
# Codes that nobody is ever told, by call or for all calls.
NEVER: dict[tuple[str, int], str] = {
    ("", 124): "401, tests/api/test_every_operation.py",
    ("", 1010): SERVED_ELSEWHERE,
    ("", 3310): "nothing here uses a recording",
    ("", 3303): "a recording is whole when it is there",
    ("", 3003): NOT_HELD,
    ("", 3037): NOT_HELD,
    ("", 4505): NOT_HELD,
    ("", 1300): "an app that makes them works with the rights of who created it",
    ("", 1002): "an app that makes them works with the rights of who created it",
    **{(f"GET /report/{name}", 200): NO_RIGHT for name in ("activities", "operationlogs", "users")},
    **{(f"{method} /rooms{one}", 200): NO_RIGHT for method, one in (("POST", ""), *((m, "/{roomId}") for m in ("GET", "PATCH", "DELETE")))},
    **{(call, 200): "tests/api/test_accounts.py" for call in ("GET /accounts/{accountId}/managed_domains", "GET /accounts/{accountId}/plans/usage")},
    ("GET /meetings/{meetingId}/recordings", 200): NO_RIGHT,
    **{(f"{method} /meetings/{{meetingId}}/recordings{one}", 1001): "a recording that is there has its owner" for method, one in (("GET", ""), ("DELETE", ""), ("DELETE", "/{recordingId}"))},
    ("GET /users/{userId}/recordings", 3301): "nothing recorded is an empty list",
    **{(f"{call}", 3161): "what is there is read, moved and deleted whatever its host may by now (S4-45)" for call in ("GET /meetings/{meetingId}", "DELETE /meetings/{meetingId}", "GET /users/{userId}/meetings")},
    **{(call, 200): "what is there is read, changed and deleted whatever its host may by now (S4-45)" for call in ("GET /users/{userId}/webinars", "GET /webinars/{webinarId}", "PATCH /webinars/{webinarId}", "DELETE /webinars/{webinarId}")},
    ("POST /marketplace/app/event_subscription", 1003): "tests/api/test_event_subscriptions.py",
    ("PATCH /marketplace/app/event_subscription/{eventSubscriptionId}", 1003): "who may not see people has no subscription about them",
    ("PATCH /webinars/{webinarId}", 3000): NOT_HELD,
    ("POST /rooms", 300): "a location is a site, and any site is one (4801 for none)",
}  # fmt: skip
NOWHERE = "AaIANazEdqyigcA1NyLlJg"
SUBSCRIPTION = BODIES["POST /marketplace/app/event_subscription"]
ROOM = {"name": "Red", "type": "ZoomRoom"}
OF_EVENTS = "/marketplace/app/event_subscription"
# A call, how it is made, and the code it leads to.
WAYS: dict[tuple[str, int], tuple[str, Any]] = {
    ("GET /meetings/{meetingId}", 3000): ("/meetings/{webinarId}", None),
    ("PATCH /meetings/{meetingId}", 3000): ("/meetings/{webinarId}", {}),
    ("DELETE /meetings/{meetingId}", 3000): ("/meetings/{webinarId}", None),
    ("PATCH /meetings/{meetingId}", 300): ("/meetings/{meetingId}", {"schedule_for": "nobody@x.test"}),
    ("PATCH /meetings/{meetingId}", 3161): ("/meetings/{meetingId}", {"schedule_for": "{admin}"}),
    ("DELETE /meetings/{meetingId}", 300): ("/meetings/{meetingId}?occurrence_id=1", None),
    ("DELETE /meetings/{meetingId}", 3018): ("/meetings/{personal}", None),
    ("POST /users/{userId}/meetings", 3161): ("/users/{admin}/meetings", {}),
    ("POST /users/{userId}/meetings", 3000): ("/users/{userId}/meetings", {"type": 1, "schedule_for": "{admin}"}),
    ("POST /users/{userId}/meetings", 300): ("/users/{userId}/meetings", {"schedule_for": "nobody@x.test"}),
    ("POST /users/{userId}/webinars", 200): ("/users/{admin}/webinars", {}),
    ("POST /users/{userId}/webinars", 300): ("/users/{userId}/webinars", {"schedule_for": "nobody@x.test"}),
    ("POST /users/{userId}/webinars", 3000): ("/users/{pending}/webinars", {}),
    ("GET /webinars/{webinarId}", 300): ("/webinars/{meetingId}", None),
    ("PATCH /webinars/{webinarId}", 300): ("/webinars/{meetingId}", {}),
    ("DELETE /webinars/{webinarId}", 300): ("/webinars/{meetingId}", None),
    ("DELETE /webinars/{webinarId}", 3000): ("/webinars/{webinarId}?occurrence_id=1", None),
    ("GET /marketplace/app/event_subscription", 1500): (f"{OF_EVENTS}?subscription_scope=x", None),
    ("GET /marketplace/app/event_subscription", 1001): (f"{OF_EVENTS}?user_id=nobody@x.test", None),
    ("POST /marketplace/app/event_subscription", 1602): (OF_EVENTS, SUBSCRIPTION),
    ("POST /marketplace/app/event_subscription", 1500): (OF_EVENTS, {**SUBSCRIPTION, "events": []}),
    ("POST /marketplace/app/event_subscription", 1001): (OF_EVENTS, {**SUBSCRIPTION, "subscription_scope": "user", "user_ids": [NOWHERE]}),
    ("POST /marketplace/app/event_subscription", 1601): (OF_EVENTS, {**SUBSCRIPTION, "events": ["user.flew"]}),
    ("POST /marketplace/app/event_subscription", 1701): (OF_EVENTS, {**SUBSCRIPTION, "event_webhook_url": "https://10.0.0.1/"}),
    ("POST /marketplace/app/event_subscription", 1801): (OF_EVENTS, {**SUBSCRIPTION, "custom_header": {"custom_header_type": 9}}),
    ("POST /marketplace/app/event_subscription", 1702): (
        OF_EVENTS,
        {
            **SUBSCRIPTION,
            "custom_header": {"custom_header_type": 2, "client_id": "a", "client_secret": "b", "token_url": "https://10.0.0.1/"},
        },
    ),
    ("DELETE /marketplace/app/event_subscription", 1001): (f"{OF_EVENTS}?event_subscription_id={{eventSubscriptionId}}&account_id=x", None),
    ("DELETE /marketplace/app/event_subscription", 1601): (f"{OF_EVENTS}?event_subscription_id=x&account_id=me", None),
    ("PATCH /marketplace/app/event_subscription/{eventSubscriptionId}", 1001): (
        f"{OF_EVENTS}/{{eventSubscriptionId}}",
        {"account_id": "x"},
    ),
    ("POST /rooms", 4801): ("/rooms", {**ROOM, "location_id": NOWHERE}),
    ("POST /rooms", 4060): ("/rooms", {**ROOM, "calendar_resource_id": "x"}),
    ("POST /rooms", 8306): ("/rooms", {**ROOM, "tag_ids": ["x"]}),
    ("PATCH /rooms/{roomId}", 8005): ("/rooms/{roomId}", {"device": {"device_profile_id": "x"}}),
    ("PATCH /rooms/{roomId}", 4060): ("/rooms/{roomId}", {"basic": {"calendar_resource_id": "x"}}),
}
# Codes of whatever a path names and is not there.
MISSING = {
    1001: ("{userId}", "nobody@x.test"),
    1012: ("{roomId}", NOWHERE),
    1601: ("{eventSubscriptionId}", NOWHERE),
    2001: ("{accountId}", NOWHERE),
    3001: ("{meetingId}", "1"),
    3301: ("{meetingId}", "1"),
}


@pytest.mark.parametrize(("call", "http", "code"), CODES, ids=[f"{c} {h} {n}" for c, h, n in CODES])
def test_every_code_is_reached_or_has_a_reason(
    northlake: Company, api: Caller, there: dict[str, str], call: str, http: int, code: int
) -> None:
    """S4-45: with the status the contract says."""
    way, never = WAYS.get((call, code)), NEVER.get((call, code)) or NEVER.get(("", code))
    (method, path), missing = call.replace("{webinarId}", "{meetingId}").split(), MISSING.get(code)
    if way is None and missing and missing[0] in path and never is None:
        way = (path.replace(*missing), {"account_id": "me"})
    assert (way is None) is (never is not None), f"{call} {code} is neither reached nor has a reason, or both"
    if way is None:
        return
    if code == 3161:
        do(northlake.operator, "licenses.change_license", {"license": "meetings:unassigned", "subjects": one(northlake.admin.user_id)})
    program = caller(northlake.owner, "group:read:admin") if code == 1602 else api
    body = None if way[1] is None else json.loads(json.dumps(way[1]).replace("{admin}", there["admin"]))
    answer = program(method, address(way[0], there), body)
    assert (answer.status_code, answer.json().get("code")) == (http, code), answer.content
