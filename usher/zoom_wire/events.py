"""Events as the contract writes them (README 9): the envelope, the objects of people, groups and accounts, and a text every receiver signs alike.

Several receivers parse the body and write it again before they compare signatures, so it must be what JavaScript's JSON.stringify makes of it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from usher.core.ids import short

from .people import role_id, time

Told = dict[str, Any]
LARGEST_EXACT = 2**53 - 1  # of a number in JavaScript
# What a person has here -> how an event about a change calls it. Whatever has no name there is not told.
FIELDS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "display_name": "display_name",
    "department": "dept",
    "time_zone": "timezone",
    "language": "language",
    "address": "email",
}
LICENSED = "meetings:licensed"


def body(event: str, at: datetime, payload: Mapping[str, Any]) -> str:
    """The whole message: compact, in UTF-8 without escapes."""
    told = {"event": event, "event_ts": milliseconds(at), "payload": payload}
    return json.dumps(as_script(told), ensure_ascii=False, separators=(",", ":"))


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def as_script(value: Any) -> Any:
    """The same value as JavaScript would hold it: keys that are numbers come first, whole numbers are written without a fraction, half a character is none."""
    if isinstance(value, Mapping):
        return {as_script(str(key)): as_script(value[key]) for key in sorted(value, key=_place)}
    if isinstance(value, list | tuple):
        return [as_script(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if (isinstance(value, float) and value.is_integer()) or (
        isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_EXACT
    ):
        return int(value) if abs(value) <= LARGEST_EXACT else str(value)
    return value


def _place(key: Any) -> tuple[int, int]:
    text = str(key)
    is_index = text.isascii() and text.isdigit() and str(int(text)) == text and int(text) < 2**32 - 1
    return (0, int(text)) if is_index else (1, 0)


def type_of(license: str | None) -> int:
    """1 or 2: the contract's events know no other."""
    return 2 if license == LICENSED else 1


def person(row: Mapping[str, Any], license: str | None) -> Told:
    """Somebody who came, went, or is another status now."""
    return {
        "id": short(row["obj"]),
        "first_name": row["first_name"] or "",
        "last_name": row["last_name"] or "",
        "email": row["email"] or "",
        "type": type_of(license),
    }


def new_person(row: Mapping[str, Any], license: str | None) -> Told:
    told = person(row, license)
    name = row["display_name"] or f"{told['first_name']} {told['last_name']}".strip()
    return {**told, "display_name": name} if name else told


def changed(id: UUID, values: Mapping[str, Any]) -> Told:
    """The fields of somebody that an event may name, of one side of a change."""
    told: Told = {"id": short(id)}
    told |= {name: values[key] or "" for key, name in FIELDS.items() if key in values}
    if "license" in values:
        told["type"] = type_of(values["license"])
    if "role" in values:
        told["role"] = role_id(values["role"])
    if "add_ons" in values:
        told["settings"] = features(values["add_ons"] or [])
    return told


def features(add_ons: list[str]) -> Told:
    """Webinars and large meetings, as the settings of a changed person have them."""
    size = {family: int(n) for family, _colon, n in (code.partition(":") for code in add_ons) if n.isdigit()}
    feature: Told = {"webinar": "webinar" in size}
    feature |= {"webinar_capacity": size["webinar"]} if "webinar" in size else {}
    feature |= {"large_meeting_capacity": size["large_meeting"]} if "large_meeting" in size else {}
    return {"feature": feature}


def group(id: UUID | str, name: str) -> Told:
    return {"id": short(UUID(str(id))), "name": name}


def member_of(group_id: UUID | str, row: Mapping[str, Any]) -> Told:
    """A group with the one person who came into it or left it."""
    return {"id": short(UUID(str(group_id))), "members": [{"id": short(row["obj"]), "email": row["email"] or ""}]}


def admin_of(group_id: UUID | str, row: Mapping[str, Any]) -> Told:
    """A group with the one person who administers it now, or no longer."""
    return {"id": short(UUID(str(group_id))), "admins": [{"id": short(row["obj"]), "email": row["email"] or ""}]}


def deauthorized(app: UUID, held: Mapping[str, Any], at: datetime) -> Told:
    """Whose agreement with which app ended, and when. The time stands here once more, as the contract has it."""
    return {
        "user_id": short(UUID(held["user"])),
        "client_id": short(app),
        "deauthorization_time": time(at),
        "event_ts": milliseconds(at),
    }


def came_or_went(user: UUID, email: str, at: datetime) -> Told:
    """Somebody signed in or out in a browser, with an address and a password or a passkey."""
    return {"id": short(user), "client_type": "browser", "date_time": time(at), "email": email, "version": "", "login_type": 100}


# What the wire calls the parts of an authorization header -> what they are called here.
HEADER = {
    "custom_header_type": "type",
    "username": "username",
    "password": "password",
    "client_id": "client_id",
    "client_secret": "client_secret",
    "token_url": "token_url",
    "scope": "scope",
    "state": "state",
    "client_authentication": "client_authentication",
    "custom_header_key": "key",
    "custom_header_value": "value",
}


def subscription(row: Mapping[str, Any]) -> Told:
    """A webhook in a list, with nothing secret of its header."""
    return {
        "event_subscription_id": short(row["id"]),
        "events": row["events"],
        "event_subscription_name": row["name"],
        "event_webhook_url": row["url"],
        "subscription_scope": row["scope"],
        "created_source": row["source"],
        "subscriber_id": short(row["creator_id"]),
        "custom_header": {wire: row["auth"][ours] for wire, ours in HEADER.items() if ours in row["auth"]},
    }
