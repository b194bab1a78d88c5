"""Reports as the contract writes them: what administrators did, who signed in and out, who hosted."""

from collections.abc import Mapping
from typing import Any

from usher.core.ids import short

from .people import TYPES, time

CATEGORIES = {
    "user": "User",
    "user_settings": "User Settings",
    "account": "Account",
    "billing": "Billing",
    "im": "IM",
    "recording": "Recording",
    "phone_contacts": "Phone Contacts",
    "webinar": "Webinar",
    "sub_account": "Sub Account",
    "role": "Role",
    "zoom_rooms": "Zoom Rooms",
}
# The first that stands in the name of a verb, else its area, says under what it is told. Content of every kind stands under recordings.
BY_WORD = {"im_": "im", "role": "role", "owner": "role", "room": "zoom_rooms", "settings": "user_settings", "choose_": "user_settings"}
BY_NAME = {
    "licenses.subscribe": "billing",
    "licenses.set_seats": "billing",
    "accounts.change_plan": "billing",
    "accounts.switch_api_limits": "account",
    "accounts.change_settings": "account",
}
BY_AREA = {"people": "user", "lifecycle": "user", "licenses": "user", "access": "user", "content": "recording", "phone": "user"}
ADDS = (
    "add",
    "create",
    "invite",
    "open",
    "upload",
    "give",
    "claim",
    "subscribe",
    "sign",
    "make",
    "accept",
    "restore",
    "activate",
    "reactivate",
)
DELETES = ("delete", "remove", "purge", "withdraw", "take", "unlink", "release", "end", "expire", "decline", "cancel", "stop")


def category_of(verb: str) -> str:
    """The contract's category of a verb."""
    if verb in BY_NAME:
        return BY_NAME[verb]
    area, _dot, what = verb.partition(".")
    return next((category for word, category in BY_WORD.items() if word in what), BY_AREA.get(area, "account"))


def action_of(verb: str, *, undoes: bool) -> str:
    """Add, Update or Delete; an undo is an update of what was done."""
    first = verb.partition(".")[2].partition("_")[0]
    return "Update" if undoes else "Add" if first in ADDS else "Delete" if first in DELETES else "Update"


def operation(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "time": time(row["at"]),
        "operator": row["operator"],
        "category_type": CATEGORIES[category_of(row["verb"])],
        "action": action_of(row["verb"], undoes=row["undoes"] is not None),
        "operation_detail": row["words"],
    }


def activity(row: Mapping[str, Any]) -> dict[str, str]:
    way = "Sign in" if row["way"] == "in" else "Sign out"
    return {"time": time(row["at"]), "type": way, "email": row["email"], "ip_address": row["ip"], "client_type": "Browser", "version": ""}


def host(row: Mapping[str, Any]) -> dict[str, Any]:
    """Somebody with what they hosted. Who took part is not known here."""
    return {
        "id": short(row["id"]),
        "user_name": row["display_name"] or f"{row['first_name']} {row['last_name']}".strip(),
        "email": row["email"],
        "type": TYPES.get(row["license"] or "", 1),
        "dept": row["department"],
        "meetings": row["meetings"],
        "meeting_minutes": row["minutes"],
        "participants": 0,
        "custom_attributes": row["attributes"] or [],
    }
