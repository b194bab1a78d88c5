"""Meetings and webinars as the contract writes them: types, times, and the fields that are kept as they came."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from usher.core.ids import short

from .fields import Field
from .people import time

LONGEST_MINUTES = 1440
# type of the wire -> how an item occurs. 1 begins at once, 10 shares a screen only; 4 is the personal room, which nobody makes.
MEETING_TYPES = {2: "once", 1: "once", 10: "once", 8: "recurring", 3: "recurring", 4: "personal"}
WEBINAR_TYPES = {5: "once", 9: "recurring", 6: "recurring"}
TYPES = {"meeting": MEETING_TYPES, "webinar": WEBINAR_TYPES}
INSTANT, PERSONAL = 1, 4
WITHOUT_TIME, WITH_TIME = {3, 6}, {8, 9}  # of what recurs
RECURRENCE = {
    "type": Field("integer", required=True, one_of=(1, 2, 3)),
    "repeat_interval": Field("integer", least=1, most=99),
    "weekly_days": Field("string", most=13),
    "monthly_day": Field("integer", least=1, most=31),
    "monthly_week": Field("integer", one_of=(-1, 1, 2, 3, 4)),
    "monthly_week_day": Field("integer", one_of=(1, 2, 3, 4, 5, 6, 7)),
    "end_times": Field("integer", least=1, most=60),
    "end_date_time": Field("string", most=32),
}
# What is told of settings of which nothing was said: the contract's defaults, and none of what it has no default for. Typed clients expect these keys.
SETTINGS: dict[str, dict[str, Any]] = {
    "meeting": {
        **dict.fromkeys(
            ("host_video", "participant_video", "cn_meeting", "in_meeting", "join_before_host", "mute_upon_entry", "watermark"), False
        ),
        **dict.fromkeys(
            ("use_pmi", "enforce_login", "close_registration", "waiting_room", "meeting_authentication", "show_share_button"), False
        ),
        **dict.fromkeys(("allow_multiple_devices", "internal_meeting", "participant_focused_meeting", "push_change_to_calendar"), False),
        **dict.fromkeys(("registrants_email_notification", "alternative_hosts_email_notification", "email_notification"), True),
        "jbh_time": 0,
        "approval_type": 2,
        "audio": "both",
        "auto_recording": "none",
        "alternative_hosts": "",
        "enforce_login_domains": "",
    },
    "webinar": {
        **dict.fromkeys(("host_video", "panelists_video", "practice_session", "hd_video", "hd_video_for_attendees", "on_demand"), False),
        **dict.fromkeys(
            ("enforce_login", "close_registration", "meeting_authentication", "panelist_authentication", "show_share_button"), False
        ),
        **dict.fromkeys(("allow_multiple_devices", "post_webinar_survey", "send_1080p_video_to_attendees"), False),
        "registrants_email_notification": True,
        "approval_type": 2,
        "audio": "both",
        "auto_recording": "none",
        "alternative_hosts": "",
        "enforce_login_domains": "",
        "registrants_restrict_number": 0,
    },
}
# The other forms of a passcode: for a telephone digits alone; nothing is joined here, so nothing is encrypted for an address.
FORMS = {"meeting": (("h323_password", "pstn_password"), "encrypted_password"), "webinar": (("h323_passcode",), "encrypted_passcode")}
# What is kept as it came and told again; nothing here acts by it.
KEPT = {
    "agenda": Field("string", most=2000),
    "timezone": Field("string", most=64),
    "password": Field("string", most=10),
    "settings": Field("object"),
    "recurrence": Field("object", fields=RECURRENCE),
    "tracking_fields": Field(
        "array", most=50, items=Field("object", fields={"field": Field("string", required=True), "value": Field("string")})
    ),
}
OF_MEETINGS = {"pre_schedule": Field("boolean")}
BODY = {
    "topic": Field("string", most=200),
    "start_time": Field("string", most=40),
    "duration": Field("integer", least=1, most=LONGEST_MINUTES),
    "schedule_for": Field("string", most=254),
    **KEPT,
}


def type_of(row: Mapping[str, Any]) -> int:
    """The type of an item: what was said, as long as it still occurs so."""
    types = TYPES[row["kind"]]
    said: int | None = row["details"].get("type")
    if said is not None and types.get(said) == row["occurs"]:
        return said
    fitting = [number for number, occurs in types.items() if occurs == row["occurs"]]
    return fitting[0] if row["occurs"] != "recurring" or row["starts_at"] else fitting[1]


def minutes(seconds: int | None) -> int:
    """Whole minutes; a part of one counts."""
    return -(-(seconds or 0) // 60)


def moment(text: str, zone: tzinfo) -> datetime | None:
    """A start_time: with Z or an offset as it says, else by the clock of the zone. None for what is no time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if "T" not in text.upper() or not 1970 < at.year < 2200:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def uuid_of(row: Mapping[str, Any]) -> str:
    """16 bytes in base64, as clients know it; without a slash, which they would have to escape twice."""
    return short(row["id"]) + "=="


def listed(row: Mapping[str, Any], base: str) -> dict[str, Any]:
    """An item in a list; `base` is the address of this server."""
    details = row["details"]
    told = {
        "uuid": uuid_of(row),
        "id": row["number"],
        "host_id": short(row["owner_id"]),
        "topic": row["title"],
        "type": type_of(row),
        "duration": minutes(row["seconds"]),
        "timezone": details.get("timezone") or row["time_zone"] or "UTC",
        "agenda": details.get("agenda", ""),
        "created_at": time(row["created_at"]),
        "join_url": f"{base}/content/{short(row['id'])}",
    }
    if told["type"] not in WITHOUT_TIME:
        told["start_time"] = time(row["starts_at"] or row["created_at"])
    if told["type"] == PERSONAL and row["personal_meeting_id"]:
        told["pmi"] = str(row["personal_meeting_id"])
    return told


def one(row: Mapping[str, Any], base: str, passcode: str = "") -> dict[str, Any]:
    """An item by itself, with everything that was said of it, and its passcode as whoever asks may know it."""
    details = row["details"]
    told = {
        **listed(row, base),
        "host_email": row["owner_email"],
        "start_url": f"{base}/content/{short(row['id'])}",
        "tracking_fields": [],
        "creation_source": "other",
        **{name: value for name, value in details.items() if name not in ("type", "occurrences")},
        **recurrence_of(details),
        **passcodes(row["kind"], passcode),
        "settings": settings_of(row),
    }
    return {**told, "status": "waiting", "assistant_id": "", "pre_schedule": False, **told} if row["kind"] == "meeting" else told


def recurrence_of(details: Mapping[str, Any]) -> dict[str, Any]:
    """How a series recurs, as it was said; its end in UTC as every time, whatever way it was written. Typed clients read no other (RFC 3339)."""
    if not isinstance(said := details.get("recurrence"), Mapping):
        return {}
    end = moment(said.get("end_date_time") or "", UTC)
    rest = {name: value for name, value in said.items() if name != "end_date_time"}
    return {"recurrence": {**rest, "end_date_time": time(end)} if end else rest}


def passcodes(kind: str, passcode: str) -> dict[str, str]:
    """A passcode in all its forms."""
    digits, encrypted = FORMS[kind]
    return {"password": passcode, **dict.fromkeys(digits, passcode if passcode.isdecimal() else ""), encrypted: ""}


def settings_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of its settings, over what is told when nothing was."""
    return {**SETTINGS[row["kind"]], **row["details"].get("settings", {})}
