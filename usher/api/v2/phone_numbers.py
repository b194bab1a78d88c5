"""Numbers of the inventory in the contract's older words and in its newer ones: lists, one of them, its display name, given back (README 6; S3-5)."""

from typing import Any

from usher.accounts import places
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import by_token, start_of, token
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.phone import kept, things_by_id
from usher.zoom_wire import phone_numbers as wire
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes

from .leaving import gone
from .people_changes import uuid_text
from .phone import AREA, READS, WRITES, keep
from .phone_plans import number_key

MANAGEMENT = "number_management"
NUMBERS: dict[str, Any] = {"area": AREA, "right": "phone:number:view"}
MANAGED: dict[str, Any] = {"area": MANAGEMENT, "right": "phone:number:view"}
MANAGED_READS, MANAGED_WRITES = ("number_management_numbers:read:admin",), ("number_management_numbers:write:admin",)
NAME = Field("string", most=255)
ID = Field("string", most=64)
HELD = {"number_held": (400, 300)}
NO_NUMBER = Fault(404, 100002, "Phone number not found.")


@operation(
    "GET",
    "/phone/numbers",
    Scopes(("phone:read:list_numbers:admin",), READS),
    label=MEDIUM,
    query={
        "type": Field("string", one_of=("assigned", "unassigned", "byoc", "all")),
        "extension_type": Field("string", one_of=wire.EXTENSION_TYPES),
        "number_type": Field("string", one_of=("toll", "tollfree")),
        "pending_numbers": Field("boolean"),
        "site_id": ID,
        "phone_number": Field("string", most=40),
        **by_token(100),
    },
    **NUMBERS,
)
def list_phone_numbers(call: Call) -> dict[str, Any]:
    """List numbers: all, those somebody has, those nobody has."""
    query = call.query
    held_by = {"assigned": "somebody", "unassigned": "nobody"}.get(query.get("type", ""), "")
    if "extension_type" in query:
        held_by = {"user": "person", "commonArea": "room"}.get(query["extension_type"], "none") if held_by != "nobody" else "none"
    kinds = {"toll": ["local", "mobile", "other"], "tollfree": ["toll_free"]}.get(query.get("number_type", ""))
    site = uuid_text(query["site_id"], "site_id") if query.get("site_id") else None
    found, more, total = page(call, held_by, [] if query.get("pending_numbers") else kinds, site, query.get("phone_number", ""), 300)
    told = [wire.listed(row, kept.NUMBER.opened(call.actor, row["kept"], row["id"])) for row in found]
    return {"phone_numbers": told, "page_size": query["page_size"], "total_records": total, "next_page_token": more}


@operation(
    "DELETE",
    "/phone/numbers",
    Scopes(("phone:delete:number:admin",), WRITES),
    label=MEDIUM,
    success=204,
    query={"phone_numbers": Field("array", required=True, least=1, most=20, items=Field("string", most=64))},
    codes=HELD,
    **NUMBERS,
)
def delete_phone_numbers(call: Call) -> None:
    """Give back numbers that nobody has, by id or as E.164 writes them."""
    gone(call, "phone.release_numbers", {"numbers": [number_key(told) for told in call.query["phone_numbers"]]})


@operation("GET", "/phone/numbers/{phoneNumberId}", Scopes(("phone:read:numbers:admin",), READS), **NUMBERS)
def get_phone_number(call: Call) -> dict[str, Any]:
    """Read one number."""
    row = number_of(call, Fault(400, 400, "Phone number does not exist."))
    return wire.listed(row, kept.NUMBER.opened(call.actor, row["kept"], row["id"]))


@operation(
    "PATCH",
    "/phone/numbers/{phoneNumberId}",
    Scopes(("phone:update:number:admin",), WRITES),
    success=204,
    kept={"display_name": NAME, "capability": Field("array", most=2, items=Field("string", most=16))},
    **NUMBERS,
)
def change_phone_number(call: Call) -> None:
    """Keep the display name of a number and what it is good for."""
    row = number_of(call, Fault(404, 404, "Phone number does not exist."))
    told = {name: call.body[name] for name in ("display_name", "capability") if name in call.body}
    if unknown := [name for name in told.get("capability", []) if name not in wire.BOTH_WAYS]:
        raise invalid({"field": "capability", "message": f"The value of the capability is invalid: {unknown[0]}."})
    if "capability" in told:
        told["capability"] = wire.both_ways(told["capability"])
    call.do("phone.store_for_number", {"owner": str(row["id"]), "settings": told})


@operation(
    "GET",
    "/number_management/numbers",
    Scopes(("number_management:read:list_numbers:admin",), MANAGED_READS),
    query={
        "allocated_product": Field("string", one_of=wire.PRODUCTS),
        "number_type": Field("string", one_of=wire.MANAGED_TYPES),
        "number_status": Field("string", one_of=("Normal", "Pending")),
        "number_source": Field("string", one_of=wire.SOURCES),
        "site_id": ID,
        "assigned_to_type": Field("string", one_of=(*wire.HELD_BY, *wire.OTHER_HOLDERS)),
        "keyword": Field("string", most=40),
        **by_token(200),
    },
    **MANAGED,
)
def list_numbers(call: Call) -> dict[str, Any]:
    """List numbers by what they are and who has them."""
    query = call.query
    held_by = wire.HELD_BY.get(query["assigned_to_type"], "none") if "assigned_to_type" in query else ""
    here = {"allocated_product": wire.PRODUCT, "number_status": "Normal", "number_source": wire.SOURCE}
    kinds = [ours for ours, theirs in wire.TYPES.items() if query.get("number_type", theirs) == theirs]
    nothing = any(query.get(name, value) != value for name, value in here.items())
    site = site_of(call, query["site_id"]) if query.get("site_id") else None
    found, more, _total = page(call, held_by, [] if nothing else kinds, site, query.get("keyword", ""), 1003100)
    told = [wire.managed(row, kept.NUMBER.opened(call.actor, row["kept"], row["id"])) for row in found]
    return {"numbers": told, "page_size": query["page_size"], "next_page_token": more}


@operation(
    "DELETE",
    "/number_management/numbers",
    Scopes(("number_management:delete:numbers:admin",), ("number_management_numbers:write:master",)),
    label=MEDIUM,
    success=204,
    query={"numbers": Field("array", required=True, most=10, items=Field("string", most=64))},
    codes={"no_number": (400, 100002), **HELD},
    **MANAGED,
)
def delete_numbers(call: Call) -> None:
    """Give back numbers that nobody has."""
    gone(call, "phone.release_numbers", {"numbers": [number_key(told) for told in call.query["numbers"]]})


@operation("GET", "/number_management/numbers/{phoneNumberId}", Scopes(("number_management:read:numbers:admin",), MANAGED_READS), **MANAGED)
def get_number(call: Call) -> dict[str, Any]:
    """Read one number."""
    row = number_of(call, NO_NUMBER)
    return wire.managed(row, kept.NUMBER.opened(call.actor, row["kept"], row["id"]), called="assgined_to_name")


@operation(
    "PATCH",
    "/number_management/numbers/{phoneNumberId}",
    Scopes(("number_management:update:numbers:admin",), MANAGED_WRITES),
    success=204,
    kept={"display_name": NAME, "caller_id_name": NAME, "capability": wire.CAPABILITY},
    **MANAGED,
)
def change_number(call: Call) -> None:
    """Keep the display name of a number, the name it calls with, and what it is good for."""
    keep(call, "number", number_of(call, NO_NUMBER)["id"], ("display_name", "caller_id_name", "capability"))


def page(
    call: Call, held_by: str, kinds: list[str] | None, site: str | None, text: str, code: int
) -> tuple[list[dict[str, Any]], str, int]:
    """A page of numbers, the token of the next, and how many there are. `code` is that of a token that is none."""
    place, size = start_of(call, code=code), call.query["page_size"]
    asked: dict[str, Any] = {"kinds": [] if held_by == "none" else kinds, "site": site, "text": text}
    found, total = things_by_id.numbers(call.actor, held_by=held_by, **asked, after=place, limit=size + 1)
    more = str(found[size - 1]["id"]) if len(found) > size else None
    return found[:size], token(call, more), total


def number_of(call: Call, missing: Fault) -> dict[str, Any]:
    """The number of the path."""
    try:
        return things_by_id.number(call.actor, unshort(call.path["phoneNumberId"]))
    except ValueError:
        pass
    except Refused as refused:
        if refused.kind != "missing":
            raise
    raise WireRefused(missing)


def site_of(call: Call, told: str) -> str:
    """The id of a site of a query; 400 with code 1002010 for any other."""
    try:
        return str(places.site(call.actor, unshort(told))["id"])
    except (ValueError, Refused):
        raise WireRefused(Fault(400, 1002010, f"Site does not exist: {told[:64]}.")) from None
