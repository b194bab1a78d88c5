"""Rooms with a phone: given one, changed, taken; their calling plans and numbers (README 6; S3-3)."""

from typing import Any

from usher.accounts import places
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import by_token, start_of, token
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.phone import kept, phones_by_id
from usher.zoom_wire import phone as wire
from usher.zoom_wire.codes import Fault, WireRefused
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes
from usher.zoom_wire.settings import names, shape

from .leaving import gone
from .people_changes import uuid_text
from .phone import AREA, READS, WRITES, keep
from .phone_plans import TAKEN, give_numbers, give_plans, numbers, plans, take_number, take_plan
from .phone_users import narrowed

NO_ROOM = {"no_site": (400, 404), "no_number": (400, 404)}
ROOMS: dict[str, Any] = {"area": AREA, "right": "phone:user:view", "codes": NO_ROOM}
ID = Field("string", most=64)


@operation(
    "GET",
    "/phone/rooms",
    Scopes(("phone:read:list_rooms:admin",), READS),
    label=MEDIUM,
    query={"site_id": ID, "calling_type": Field("integer", least=0, most=99_999), "keyword": Field("string", most=128), **by_token(100)},
    **ROOMS,
)
def list_phone_rooms(call: Call) -> dict[str, Any]:
    """List rooms that have a phone."""
    place, size = start_of(call), call.query["page_size"]
    found, total = phones_by_id.rooms(call.actor, {**narrowed(call), "q": call.query.get("keyword", "")}, after=place, limit=size + 1)
    more = str(found[size - 1]["id"]) if len(found) > size else None
    return {
        "rooms": [wire.room(row) for row in found[:size]],
        "page_size": size,
        "total_records": total,
        "next_page_token": token(call, more),
    }


@operation(
    "POST",
    "/phone/rooms",
    Scopes(("phone:write:room:admin",), WRITES),
    success=201,
    body={"id": ID, "site_id": ID, **plans(100)},
    **ROOMS,
)
def give_room_a_phone(call: Call) -> None:
    """Give a room a phone, with calling plans where they are named."""
    call.actor.require("phone:user:view")
    room, told = named_room(call, call.body.get("id", "")), call.body
    site = uuid_text(told["site_id"], "site_id") if told.get("site_id") else ""
    gone(call, "phone.add_rooms", {"subjects": {"ids": [str(room["id"])]}, "site": site})
    give_plans(call, room, "phone.assign_room_package", code=404)


@operation("GET", "/phone/rooms/{roomId}", Scopes(("phone:read:room:admin",), READS), **ROOMS)
def get_phone_room(call: Call) -> dict[str, Any]:
    """Read one room with a phone."""
    row = room_of(call)
    return wire.whole_room(row, kept.PHONE.opened(call.actor, kept.inherited(row, names("phone room")), row["id"]))


@operation(
    "PATCH",
    "/phone/rooms/{roomId}",
    Scopes(("phone:update:room:admin",), WRITES),
    success=204,
    body={"extension_number": Field("integer", least=0, most=999_999), "site_id": ID},
    kept=shape("phone room"),
    area=AREA,
    right="phone:user:view",
    codes={**NO_ROOM, **dict.fromkeys(("extension_taken", "extension_reserved"), (400, 300))},
)
def change_phone_room(call: Call) -> None:
    """Change the extension or the site of a room's phone; its policy is kept."""
    row, told = room_of(call), call.body
    id = str(row["id"])
    if told.get("site_id"):
        call.do("phone.move_rooms_to_site", {"subjects": {"ids": [id]}, "site": uuid_text(told["site_id"], "site_id")})
    if "extension_number" in told:
        call.do("phone.set_extension", {"holder": id, "extension": str(told["extension_number"])})
    keep(call, "phone", row["id"], ("policy",))


@operation("DELETE", "/phone/rooms/{roomId}", Scopes(("phone:delete:room:admin",), WRITES), success=204, **ROOMS)
def take_room_s_phone(call: Call) -> None:
    """Take the phone from a room, which stays."""
    call.do("phone.remove_rooms", {"subjects": {"ids": [str(room_of(call)["id"])]}})


@operation(
    "POST",
    "/phone/rooms/{roomId}/calling_plans",
    Scopes(("phone:write:room_calling_plan:admin",), WRITES),
    success=201,
    body=plans(5),
    **ROOMS,
)
def give_room_calling_plans(call: Call) -> None:
    """Give a room's phone calling plans; one plan takes the place of another."""
    give_plans(call, room_of(call), "phone.assign_room_package")


@operation(
    "DELETE",
    "/phone/rooms/{roomId}/calling_plans/{type}",
    Scopes(("phone:delete:room_calling_plan:admin",), WRITES),
    success=204,
    **ROOMS,
)
def take_room_calling_plan(call: Call) -> None:
    """Take a calling plan from a room's phone; without one it has no direct numbers."""
    take_plan(call, room_of(call), call.path["type"], "phone.remove_room_packages", 300)


@operation(
    "POST",
    "/phone/rooms/{roomId}/phone_numbers",
    Scopes(("phone:write:room_phone_number:admin",), WRITES),
    success=201,
    body=numbers(5),
    area=AREA,
    right="phone:user:view",
    codes={**NO_ROOM, **dict.fromkeys(TAKEN, (400, 409))},
)
def give_room_phone_numbers(call: Call) -> dict[str, Any]:
    """Give a room's phone numbers that nobody has."""
    give_numbers(call, room_of(call))
    return {}


@operation(
    "DELETE",
    "/phone/rooms/{roomId}/phone_numbers/{phoneNumberId}",
    Scopes(("phone:delete:room_phone_number:admin",), WRITES),
    success=204,
    **ROOMS,
)
def take_room_phone_number(call: Call) -> None:
    """Take a number from a room's phone; it stays in the inventory."""
    take_number(call, room_of(call), Fault(400, 404, "The phone number does not exist."))


def room_of(call: Call) -> dict[str, Any]:
    """The phone of the room of the path; 400 with code 404 for one without, and for none of the account."""
    try:
        row = phones_by_id.room(call.actor, unshort(call.path["roomId"]))
    except ValueError:
        row = None
    if row is None:
        raise no_room(call.path["roomId"])
    return row


def named_room(call: Call, told: str) -> dict[str, Any]:
    """A room of the account."""
    try:
        return places.room(call.actor, unshort(told))
    except (ValueError, Refused):
        raise no_room(told) from None


def no_room(told: str) -> WireRefused:
    return WireRefused(Fault(400, 404, f"Room does not exist: {told[:64]}."))
