"""Sites with their phone side: made, changed, deleted after everything there has moved (README 6; S3-11)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from usher.accounts import places
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import by_token, start_of, token
from usher.core.ids import short, unshort
from usher.core.refusals import Refused
from usher.journal.reads import made_by
from usher.phone import reads, things_by_id
from usher.phone.models import HIGHEST, LOWEST
from usher.zoom_wire import phone as wire
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field, Fields
from usher.zoom_wire.scopes import Scopes
from usher.zoom_wire.settings import shape

from .leaving import gone
from .phone import AREA, READS, WRITES, keep, policy_in

SITES: dict[str, Any] = {"area": AREA, "right": "phone:site:view"}
TEXT = Field("string", most=255)
NEEDED = Field("string", required=True, most=255)
ADDRESS: Fields = {
    **dict.fromkeys(("address_line1", "city", "state_code", "zip"), NEEDED),
    "address_line2": TEXT,
    "country": Field("string", required=True, most=2),
}
LENGTH = Field("integer", least=2, most=6)
RANGES = Field("array", most=10, items=Field("object", fields={"range_from": Field("string", most=6), "range_to": Field("string", most=6)}))
CODE = Field("integer", least=0, most=999)
# What is wrong with the phone side of a site.
WRONG = {
    **dict.fromkeys(("site_code", "range", "country"), (400, 400)),
    **dict.fromkeys(("site_code_taken", "place_name_taken", "ranges_cross"), (400, 300)),
}
NEW = {"code": "", "lowest": LOWEST, "highest": HIGHEST, "country": "", "emergency_address": ""}


@operation(
    "GET",
    "/phone/sites",
    Scopes(("phone:read:list_sites:admin",), READS),
    label=MEDIUM,
    query={"site_name": Field("string", most=255), **by_token(300)},
    **SITES,
)
def list_sites(call: Call) -> dict[str, Any]:
    """List sites: all of them, or those with a part of a name."""
    place, size = start_of(call), call.query["page_size"]
    found, total = things_by_id.sites(call.actor, name=call.query.get("site_name", ""), after=place, limit=size + 1)
    more = str(found[size - 1]["id"]) if len(found) > size else None
    return {
        "sites": [wire.site(row) for row in found[:size]],
        "page_size": size,
        "total_records": total,
        "next_page_token": token(call, more),
    }


@operation(
    "POST",
    "/phone/sites",
    Scopes(("phone:write:site:admin",), WRITES),
    success=201,
    body={
        "name": Field("string", required=True, most=places.LONGEST_NAME),
        "auto_receptionist_name": NEEDED,
        "default_emergency_address": Field("object", required=True, fields=ADDRESS),
        "site_code": CODE,
        "short_extension": Field("object", fields={"length": LENGTH}),
    },
    codes=WRONG,
    **SITES,
)
def create_site(call: Call) -> dict[str, Any]:
    """Create a site, in the country of its emergency address."""
    address = call.body["default_emergency_address"]
    started = call.do("phone.create_site", {"name": call.body["name"], **side_of(call, NEW), "country": address["country"]})
    id = made_by(started.change_id)
    keep_address(call, id)
    return {"id": short(id), "name": reads.site(call.actor, id)["name"]}


@operation("GET", "/phone/sites/{siteId}", Scopes(("phone:read:site:admin",), READS), **SITES)
def get_site(call: Call) -> dict[str, Any]:
    """Read one site."""
    row = site_of(call)
    return wire.whole_site(row, things_by_id.site_kept(call.actor, row["id"]), reads.account_policy(call.actor))


@operation(
    "PATCH",
    "/phone/sites/{siteId}",
    Scopes(("phone:update:site:admin",), WRITES),
    success=204,
    body={
        "name": TEXT,
        "site_code": CODE,
        "short_extension": Field("object", fields={"length": LENGTH, "ranges": RANGES}),
        "default_emergency_address": Field("object", fields=ADDRESS),
        "policy": shape("phone site")["policy"],
    },
    kept={name: field for name, field in shape("phone site").items() if name != "policy"},
    codes={**WRONG, **dict.fromkeys(("site_code", "range"), (400, 300))},
    **SITES,
)
def change_site(call: Call) -> None:
    """Change the name, the code, the extensions, the emergency address or the policy of a site, which holds for its phones as far as they say nothing."""
    row, told = site_of(call, code=300), call.body
    if "site_code" in told and not reads.settings(call.actor)["site_codes"]:
        raise WireRefused(Fault(400, 400, "The site code is disabled."))
    address = told.get("default_emergency_address")
    if address and address["country"].upper() != row["in_country"]:
        raise invalid({"field": "default_emergency_address.country", "message": "The country of a site cannot be changed."})
    acts = wire.acting(policy_in(call), row["policy"], reads.account_policy(call.actor))
    policy = {name: choice for name, choice in {**row["policy"], **acts}.items() if choice}
    side = {"name": told.get("name") or row["name"], **side_of(call, row), "policy": policy}
    if side != {name: row[name] for name in side}:
        call.do("phone.set_site", {"site": str(row["id"]), **side})
    keep_address(call, row["id"])
    keep(call, "site", row["id"], shape("phone site"), wire.ACTS)


@operation(
    "DELETE",
    "/phone/sites/{siteId}",
    Scopes(("phone:delete:site:admin",), WRITES),
    success=204,
    query={"transfer_site_id": Field("string", required=True, most=64)},
    codes={"is_main": (400, 400), "same_site": (400, 400), "room_name_there": (409, 409)},
    **SITES,
)
def delete_site(call: Call) -> None:
    """Delete a site; people, rooms, phones and templates there go to another one."""
    row = site_of(call)
    other = named_site(call, call.query["transfer_site_id"])
    gone(call, "phone.delete_site", {"site": str(row["id"]), "target": str(other["id"])})


def site_of(call: Call, *, code: int = 400) -> dict[str, Any]:
    """The site of the path."""
    return named_site(call, call.path["siteId"], code=code)


def named_site(call: Call, told: str, *, code: int = 400) -> dict[str, Any]:
    """The phone side of a site that an id means; HTTP 400, with `code`, for any other."""
    try:
        return reads.site(call.actor, unshort(told))
    except ValueError:
        pass
    except Refused as refused:
        if refused.kind != "missing":
            raise
    raise WireRefused(Fault(400, code, f"Site does not exist: {told[:64]}."))


def side_of(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    """The phone side of a site after what a body says."""
    told = call.body
    side = {name: row[name] for name in ("code", "lowest", "highest", "country", "emergency_address")}
    if "site_code" in told:
        side["code"] = str(told["site_code"]) if told["site_code"] else ""
    if "default_emergency_address" in told:
        side["emergency_address"] = wire.in_one_line(told["default_emergency_address"])
    extension = told.get("short_extension", {})
    if ranges := extension.get("ranges"):
        side["lowest"], side["highest"] = range_of(ranges, extension.get("length"))
    elif "length" in extension and extension["length"] != len(str(row["highest"])):
        side["lowest"], side["highest"] = wire.extent(extension["length"])
    return side


def range_of(ranges: list[dict[str, str]], length: int | None) -> tuple[int, int]:
    """The range of a site. Code 300 for more than one, for what is no number, for ends of another length and in the wrong order."""
    ends = [ranges[0].get(name, "") for name in ("range_from", "range_to")]
    wrong = {
        "A site has one range here.": len(ranges) > 1,
        "The range from and the range to cannot be empty.": not all(ends),
        "The range from and the range to must be digits only.": not all(end.isascii() and end.isdecimal() for end in ends),
        "The number of digits must be that of the length.": length is not None and any(len(end) != length for end in ends),
    }
    if words := next((words for words, is_so in wrong.items() if is_so), ""):
        raise invalid({"field": "short_extension.ranges", "message": words})
    return int(ends[0]), int(ends[1])


def keep_address(call: Call, id: UUID) -> None:
    """The fields of the emergency address, of which the site has one text."""
    if told := call.body.get("default_emergency_address"):
        gone = [f"default_emergency_address.{name}" for name in wire.ADDRESS if name not in told]
        call.do("phone.store_for_site", {"owner": str(id), "settings": {"default_emergency_address": told}, "gone": gone})
