"""Phone users, up to ten in one call: given a phone, moved to a site (README 6; S3-1 … S3-19)."""

from collections.abc import Mapping
from typing import Any

from usher.api.operations import MEDIUM, Call, operation
from usher.core.ids import short
from usher.licenses.catalog import PACKAGES
from usher.people import by_id
from usher.phone import phones_by_id, things_by_id
from usher.zoom_wire.codes import Fault, WireRefused, invalid, no_user
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes

from .leaving import gone
from .people_changes import uuid_text
from .phone import AREA, WRITES

MOST = 10
TEXT = Field("string", most=255)
NEW_USER = Field(
    "object",
    fields={
        "email": Field("string", required=True, most=254),
        "calling_plans": Field("array", required=True, most=150, items=TEXT),
        "site_code": Field("string", most=10),
        "site_name": TEXT,
        "template_name": TEXT,
        "extension_number": Field("string", required=True, most=10),
        "activation_status": Field("string", one_of=("activate", "deactivate")),
        "phone_numbers": Field("array", most=10, items=Field("string", most=40)),
        "outbound_caller_id": Field("string", most=40),
        "select_outbound_caller_id": Field("boolean"),
        "sms": Field("boolean"),
    },
)
# Why somebody gets no phone, or not this one.
WRONG = {
    **dict.fromkeys(("phone_needs_active", "phone_in_trash", "extension_taken", "extension_reserved", "other_site"), (400, 300)),
    **dict.fromkeys(("number_taken", "needs_plan", "too_many_numbers", "no_number", "no_extension"), (400, 300)),
    "no_template": (404, 404),
}
BATCH: dict[str, Any] = {"area": AREA, "right": "phone:user:view"}


@operation(
    "POST",
    "/phone/users/batch",
    Scopes(("phone:write:batch_users:admin",), WRITES),
    label=MEDIUM,
    success=201,
    body={"users": Field("array", most=MOST, items=NEW_USER)},
    codes=WRONG,
    **BATCH,
)
def add_phone_users(call: Call) -> list[dict[str, str]]:
    """Give up to ten people a phone with extension, calling plans and numbers: all of them, or nobody."""
    call.actor.require("phone:user:view")
    people = by_id.some(call.actor, [told["email"] for told in call.body.get("users", [])])
    for told in call.body.get("users", []):
        if told["email"] not in people:
            raise invalid({"field": "users.email", "message": f"Nobody here has the address {told['email']}."})
        equip(call, str(people[told["email"]]["id"]), told)
    return [{"email": told["email"], "id": short(people[told["email"]]["id"])} for told in call.body.get("users", [])]


@operation(
    "PUT",
    "/phone/users/batch",
    Scopes(("phone:update:batch_users:admin",), WRITES),
    success=204,
    body={
        "batch_type": Field("string", one_of=("move_site", "assign_pending_user", "activate")),
        "user_ids": Field("array", most=MOST, items=Field("string", most=254)),
        "site_id": Field("string", most=64),
        "activation_status": Field("string", one_of=("activate", "deactivate")),
    },
    codes=WRONG,
    **BATCH,
)
def change_phone_users(call: Call) -> None:
    """Move up to ten phones to a site (`move_site`), give those their phone who hold Phone and wait for it (`assign_pending_user`), or let phones be used, or
    not for now (`activate`)."""
    told, people = call.body, named_people(call)
    ids = [str(person["id"]) for person in people]
    site = {"site": uuid_text(told["site_id"], "site_id")} if told.get("site_id") else {}
    match told.get("batch_type", "move_site"):
        case "move_site" if site:
            call.do("phone.move_to_site", {"subjects": {"ids": ids}, **site})
        case "move_site":
            raise invalid({"field": "site_id", "message": "site_id is required."})
        case "assign_pending_user":
            if any("phone" not in person["add_ons"] for person in people):
                raise invalid({"field": "user_ids", "message": "Only users who hold Phone can be given theirs."})
            gone(call, "phone.add", {"subjects": {"ids": ids}, **site})
        case _ if "activation_status" not in told:
            raise invalid({"field": "activation_status", "message": "activation_status is required."})
        case _ if not has_all(call, ids):
            raise WireRefused(Fault(400, 400, "A user has no phone yet that could be activated."))
        case _:
            call.do(f"phone.{told['activation_status']}", {"subjects": {"ids": ids}})


def named_people(call: Call) -> list[dict[str, Any]]:
    """The people of a body. 404 with code 1001 for nobody of the account, 400 with code 12007 when the phone of one is in the trash."""
    call.actor.require("phone:user:view")
    names = call.body.get("user_ids", [])
    found = by_id.some(call.actor, names)
    if missing := [name for name in names if name not in found]:
        raise no_user(missing[0])
    if not names:
        raise invalid({"field": "user_ids", "message": "user_ids is required."})
    if "trash" in phones_by_id.states(call.actor, [str(found[name]["id"]) for name in names]).values():
        raise WireRefused(Fault(400, 12007, "The phone of a user is in the trash. Restore it there."))
    return [found[name] for name in names]


def has_all(call: Call, ids: list[str]) -> bool:
    """Whether all of these people have their phone."""
    return list(phones_by_id.states(call.actor, ids).values()) == ["active"] * len(set(ids))


def equip(call: Call, id: str, told: Mapping[str, Any]) -> None:
    """Give somebody a phone, as the body has it."""
    plan, *more = packages_of(told["calling_plans"]) or [""]
    gone(
        call,
        "phone.add",
        {"subjects": {"ids": [id]}, "site": site_named_in(call, told), "package": plan, "template": told.get("template_name", "")},
    )
    for package in more:
        call.do("phone.assign_package", {"subjects": {"ids": [id]}, "package": package})
    call.do("phone.set_extension", {"holder": id, "extension": told["extension_number"]})
    if told.get("phone_numbers"):
        gone(call, "phone.assign_numbers", {"numbers": told["phone_numbers"], "holder": id})
    if "outbound_caller_id" in told:
        call.do("phone.set_caller_id", {"holder": id, "number": told["outbound_caller_id"]})
    if told.get("activation_status") == "deactivate":
        call.do("phone.deactivate", {"subjects": {"ids": [id]}})
    if policy := {name: {"enable": told[name]} for name in ("select_outbound_caller_id", "sms") if name in told}:
        call.do("phone.store_for_phone", {"owner": id, "settings": {"policy": policy}})


def packages_of(names: list[str]) -> list[str]:
    """The products of calling plans by their names, or by their codes; the plan before what comes on top of it. 300 for one there is not."""
    known = {p.name.casefold(): p.code for p in PACKAGES} | {p.code.partition(":")[2]: p.code for p in PACKAGES}
    if unknown := [name for name in names if name.strip().casefold() not in known]:
        raise invalid({"field": "users.calling_plans", "message": f"There is no calling plan {unknown[0][:64]}."})
    return sorted({known[name.strip().casefold()] for name in names})


def site_named_in(call: Call, told: Mapping[str, Any]) -> str:
    """The site of a body, by name or by code; empty for where somebody is."""
    if not told.get("site_code"):
        return str(told.get("site_name", ""))
    found = things_by_id.site_with_code(call.actor, told["site_code"])
    if found is None:
        raise invalid({"field": "users.site_code", "message": f"There is no site with the code {told['site_code']}."})
    return str(found)
