"""Administrators of a group: people whose role covers it (README 4; docs/decisions/0067)."""

from typing import Any
from uuid import UUID

from usher.access import group_admins
from usher.access.actors import name_of
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import parameters, start_of, token
from usher.core.clock import now
from usher.core.ids import short
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.people import time

from .groups import GONE, USER, WHO, group_of
from .people import id_of, ids_of

TOLD: dict[str, Any] = {
    "area": USER.area,
    "right": USER.right,
    "codes": {**GONE, "plan": (400, 200), "is_owner": (400, 300), "not_active": (400, 300)},
}
PAGES = {name: field for name, field in parameters(300).items() if name != "page_number"}


@operation("GET", "/groups/{groupId}/admins", USER.reads("administrator"), label=MEDIUM, query=PAGES, **TOLD)
def list_group_admins(call: Call) -> dict[str, Any]:
    """List who administers a group."""
    place, size, group = start_of(call), call.query["page_size"], group_of(call, USER)["id"]
    found = group_admins.page(call.actor, group, after=place, limit=size + 1)
    more = str(found[size - 1]["id"]) if len(found) > size else None
    return {
        "admins": [{"email": f["email"], "name": name_of(f)} for f in found[:size]],
        "page_size": size,
        "total_records": group_admins.how_many(call.actor, group),
        "next_page_token": token(call, more),
    }


@operation(
    "POST",
    "/groups/{groupId}/admins",
    USER.writes("write", "administrator"),
    label=MEDIUM,
    success=201,
    body={"admins": Field("array", most=10, items=WHO)},
    **TOLD,
)
def add_group_admins(call: Call) -> dict[str, Any]:
    """Let up to 10 users administer a group: their role covers it from now on."""
    group = str(group_of(call, USER)["id"])
    call.actor.require("access:role:manage")  # also of nobody
    ids = ids_of(call, call.body.get("admins", []))
    held = group_admins.scopes_of(call.actor, ids)
    for id in ids:
        covered = [] if held[id]["role"] == "member" else groups_covered(held[id])
        role = held[id]["role"] if covered else role_for_groups(call)
        cover(call, id, role, {*covered, group})
    return {"added_at": time(now()), "ids": ",".join(short(id) for id in ids)}


@operation("DELETE", "/groups/{groupId}/admins/{userId}", USER.writes("delete", "administrator"), success=204, **TOLD)
def remove_group_admin(call: Call) -> None:
    """Let a user administer a group no longer; whose role covers no other group is a member then."""
    group = str(group_of(call, USER)["id"])
    id = id_of(call, call.path["userId"])
    held = group_admins.scopes_of(call.actor, [id])[id]
    if held["kind"] != "group" or group not in held["values"]:
        raise WireRefused(Fault(400, 4138, "The user is not an administrator of this group."))
    cover(call, id, held["role"], {*held["values"]} - {group})


def groups_covered(held: dict[str, Any]) -> list[str]:
    """The groups somebody's role covers. 300 when it covers something else: a person has one role, and it is not taken away on the side."""
    if held["kind"] != "group":
        raise invalid({"field": "admins", "message": "This user has a role that is not about groups. Make them a member first."})
    return list(held["values"])


def role_for_groups(call: Call) -> str:
    """The role for somebody who has none; it is made when the account needs it for the first time."""
    known = group_admins.group_role(call.actor)
    if known is None:
        call.do("access.create_role", {"name": group_admins.ROLE_NAME, "privileges": list(group_admins.ROLE_RIGHTS)})
        known = group_admins.group_role(call.actor)
    return str(known)


def cover(call: Call, id: UUID, role: str, groups: set[str]) -> None:
    """Give somebody a role for these groups; without any they are a member."""
    wish = {"role": role, "scope": {"kind": "group", "values": sorted(groups)}} if groups else {"role": "member"}
    call.do("access.set_role", {**wish, "subjects": {"ids": [str(id)]}})
