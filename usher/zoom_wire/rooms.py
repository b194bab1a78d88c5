"""Rooms as the contract writes them. No device reports here: a room is Offline, or UnderConstruction when somebody says so."""

from collections.abc import Mapping
from typing import Any

from usher.core.ids import short

from .fields import Field

OFFLINE, UNDER_CONSTRUCTION = "Offline", "UnderConstruction"
STATUSES = (OFFLINE, "Available", "InMeeting", UNDER_CONSTRUCTION)
# What a room's profile may say beside its name and kind: kept as it came. Passcodes and PINs are not kept: the journal would tell them for good.
BASIC = {
    "hide_room_in_contacts": Field("boolean"),
    "display_name": Field("string", most=64),
    "required_code_to_ext": Field("boolean"),
    "support_email": Field("string", most=254),
    "support_phone": Field("string", most=64),
    "use_display_name_on_scheduling_display": Field("boolean"),
    "use_display_name_on_zoom_rooms_display_and_controller": Field("boolean"),
    "use_display_name_in_meetings": Field("boolean"),
    "capacity": Field("integer", least=1, most=500),
    "show_room_capacity_on_the_zoom_rooms": Field("boolean"),
    "show_room_capacity_on_the_scheduling_display": Field("boolean"),
}
SETUP = {
    "checkin_and_checkout": Field("object"),
    "under_construction": Field("boolean"),
    "apply_background_image_to_all_displays": Field("boolean"),
    "pro_device": Field("boolean"),
}


def status(row: Mapping[str, Any]) -> str:
    return UNDER_CONSTRUCTION if row["details"].get("under_construction") else OFFLINE


def location_id(row: Mapping[str, Any]) -> str:
    """The site it stands at; empty for none."""
    return short(row["site_id"]) if row["site_id"] else ""


def listed(row: Mapping[str, Any]) -> dict[str, Any]:
    id = short(row["id"])
    told = {"id": id, "room_id": id, "name": row["name"], "activation_code": "", "status": status(row)}
    return {**told, "location_id": location_id(row), "tag_ids": []}


def made(row: Mapping[str, Any]) -> dict[str, Any]:
    """What answers a new room."""
    id = short(row["id"])
    told = {"id": id, "room_id": id, "name": row["name"], "type": row["kind"], "location_id": location_id(row)}
    return {**told, "tags": [], "pro_device": bool(row["details"].get("pro_device"))}


def one(row: Mapping[str, Any]) -> dict[str, Any]:
    """A room by itself: what was said of it, in the two parts of its profile."""
    details = row["details"]
    fixed = {"name": row["name"], "zoom_room_type": row["kind"], "location_id": location_id(row), "activation_code": "", "tag_ids": []}
    return {
        "basic": {**fixed, **{name: details[name] for name in BASIC if name in details}},
        "device": {},
        "setup": {"under_construction": False, **{name: details[name] for name in SETUP if name in details}},
    }
