"""Rooms: made, changed, deleted; where they stand is a site of the account (S0-53; the contract's area `rooms`)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from usher.accounts import places, rooms_by_id
from usher.accounts.places import ROOM_KINDS
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import by_token, start_of, token
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.journal.reads import made_by
from usher.zoom_wire import rooms as wire
from usher.zoom_wire.codes import Fault, WireRefused
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes

NO_ROOM = {"not_found": (404, 1012), "place_name_taken": (400, 300)}
TOLD: dict[str, Any] = {"area": "rooms", "right": "accounts:place:view", "codes": NO_ROOM}
KIND = Field("string", one_of=tuple(ROOM_KINDS))
READS, WRITES = ("room:read:admin",), ("room:write:admin",)
# What a room can be tied to elsewhere and not here: whoever names one means one that is not there.
NOWHERE = {"tag_ids": Field("array", most=100, items=Field("string", most=64)), "calendar_resource_id": Field("string", most=128)}
NOT_THERE = {"tag_ids": 8306, "calendar_resource_id": 4060, "device_profile_id": 8005}


@operation(
    "GET",
    "/rooms",
    Scopes(("zoom_rooms:read:list_rooms:admin",), READS),
    label=MEDIUM,
    query={
        "status": Field("string", one_of=wire.STATUSES),
        "type": KIND,
        "tag_ids": Field("string", most=6_400),
        "unassigned_rooms": Field("boolean", default=False),
        "location_id": Field("string", most=64),
        "query_name": Field("string", most=255),
        **by_token(300),
    },
    **TOLD,
)
def list_rooms(call: Call) -> dict[str, Any]:
    """List rooms: of a kind, at a location, at none, with a part of a name."""
    place, size, query = start_of(call), call.query["page_size"], call.query
    found = rooms_by_id.page(
        call.actor,
        kind=query.get("type", ""),
        under_construction=query["status"] == wire.UNDER_CONSTRUCTION if "status" in query else None,
        site=site_of(call, query["location_id"]) if "location_id" in query else None,
        without_site=query["unassigned_rooms"],
        name=query.get("query_name", ""),
        after=place,
        limit=size + 1 if query.get("status", wire.OFFLINE) in (wire.OFFLINE, wire.UNDER_CONSTRUCTION) and not query.get("tag_ids") else 0,
    )
    more = str(found[size - 1]["id"]) if len(found) > size else None
    return {"rooms": [wire.listed(row) for row in found[:size]], "page_size": size, "next_page_token": token(call, more)}


@operation(
    "POST",
    "/rooms",
    Scopes(("zoom_rooms:write:room:admin",), WRITES),
    label=MEDIUM,
    success=201,
    body={
        "name": Field("string", required=True, most=places.LONGEST_NAME),
        "type": Field("string", required=True, one_of=KIND.one_of),
        "location_id": Field("string", most=64),
        "pro_device": Field("boolean"),
        **NOWHERE,
    },
    **TOLD,
)
def create_room(call: Call) -> dict[str, Any]:
    """Create a room."""
    told = call.body
    refuse_nowhere(told)
    site = str(site_of(call, told["location_id"])) if told.get("location_id") else None
    details = {"pro_device": told["pro_device"]} if "pro_device" in told else {}
    started = call.do("accounts.create_room", {"name": told["name"], "kind": told["type"], "site": site, "details": details})
    made = made_by(started.change_id)
    return wire.made(rooms_by_id.one(call.actor, made))


@operation("GET", "/rooms/{roomId}", Scopes(("zoom_rooms:read:room:admin",), READS), label=MEDIUM, **TOLD)
def get_room(call: Call) -> dict[str, Any]:
    """Read one room."""
    return wire.one(room_of(call))


@operation(
    "PATCH",
    "/rooms/{roomId}",
    Scopes(("zoom_rooms:update:room:admin",), WRITES),
    label=MEDIUM,
    success=204,
    body={
        "basic": Field(
            "object", fields={"name": Field("string", most=places.LONGEST_NAME), "zoom_room_type": KIND, **wire.BASIC, **NOWHERE}
        ),
        "device": Field("object", fields={"device_profile_id": Field("string", most=64)}),
        "setup": Field("object", fields=wire.SETUP),
    },
    **TOLD,
)
def change_room(call: Call) -> None:
    """Change the name, the kind or the profile of a room."""
    basic, setup = dict(call.body.get("basic", {})), call.body.get("setup", {})
    refuse_nowhere({**{name: basic.pop(name) for name in NOWHERE if name in basic}, **call.body.get("device", {})})
    named = {ours: basic.pop(theirs) for theirs, ours in (("name", "name"), ("zoom_room_type", "kind")) if theirs in basic}
    call.do("accounts.edit_room", {"room": str(room_of(call)["id"]), **named, "details": {**basic, **setup}})


@operation("DELETE", "/rooms/{roomId}", Scopes(("zoom_rooms:delete:room:admin",), WRITES), success=204, **TOLD)
def delete_room(call: Call) -> None:
    """Delete a room."""
    call.do("accounts.delete_rooms", {"rooms": [str(room_of(call)["id"])]})


def refuse_nowhere(told: Mapping[str, Any]) -> None:
    """404 with the contract's code for a tag, a calendar or a profile of a device; there are none here, and nothing is passed over."""
    for name, code in NOT_THERE.items():
        if told.get(name):
            raise WireRefused(Fault(404, code, f"This {name} does not exist: {str(told[name])[:64]}."))


def room_of(call: Call) -> dict[str, Any]:
    """The room of a path; 404 with code 1012 for one of another account, and for what is no id."""
    try:
        return rooms_by_id.one(call.actor, unshort(call.path["roomId"]))
    except ValueError:
        raise WireRefused(Fault(404, 1012, f"Room does not exist: {call.path['roomId'][:64]}.")) from None


def site_of(call: Call, told: str) -> UUID:
    """The id of a site that a location id means; 404 with code 4801 for any other."""
    try:
        found: UUID = places.site(call.actor, unshort(told))["id"]
    except (ValueError, Refused):
        raise WireRefused(Fault(404, 4801, f"Location does not exist: {told[:64]}.")) from None
    return found
