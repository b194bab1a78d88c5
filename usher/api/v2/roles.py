"""Roles: made, changed, deleted, given and taken (S0-14 … S0-18). Privileges have the contract's names where they mean the same, and ours."""

from typing import Any

from usher.access import roles
from usher.access.roles import Role
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import frame, parameters, skipped, start_of
from usher.core.clock import now
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.people import by_id
from usher.zoom_wire import people as wire
from usher.zoom_wire import privileges
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import reading, writing

from .people import WHO, id_of, ids_of

AREA = "accounts"
RIGHT = "access:role:view"
GONE = {
    "not_found": (400, 1034),
    "unknown_role": (400, 1034),
    "role_name_taken": (400, 1224),
    "is_owner": (400, 300),
    "not_active": (400, 300),
}
TOLD: dict[str, Any] = {"area": AREA, "right": RIGHT, "codes": GONE}
FIELDS = {
    "name": Field("string", most=64),
    "description": Field("string", most=255),
    "privileges": Field("array", most=200, items=Field("string", most=64)),
}


@operation(
    "GET",
    "/roles",
    reading("role", "role:read:list_roles:admin"),
    label=MEDIUM,
    query={"type": Field("string", one_of=("common", "iq"), default="common")},
    **TOLD,
)
def list_roles(call: Call) -> dict[str, Any]:
    """List the roles of the account; of the type iq there are none."""
    found = [told_of(role) for role in roles.roles(call.actor) if call.query["type"] == "common"]
    return {"roles": found, "total_records": len(found)}


@operation(
    "POST",
    "/roles",
    writing("role", "role:write:role:admin"),
    body={**FIELDS, "name": Field("string", required=True, most=64), "type": Field("string", one_of=("common",))},
    **TOLD,
)
def create_role(call: Call) -> dict[str, Any]:
    """Create a role."""
    call.do("access.create_role", {"privileges": [], **fields_of(call)})
    return {}


@operation("GET", "/roles/{roleId}", reading("role", "role:read:role:admin"), **TOLD)
def get_role(call: Call) -> dict[str, Any]:
    """Read one role with what it may."""
    role = role_of(call)
    return {**told_of(role), "privileges": privileges.told(role.privileges)}


@operation("PATCH", "/roles/{roleId}", writing("role", "role:update:role:admin"), body=FIELDS, **TOLD)
def change_role(call: Call) -> dict[str, Any]:
    """Change what a role is called and may."""
    call.do("access.edit_role", {"role": role_of(call).key, **fields_of(call)})
    return {}


@operation("DELETE", "/roles/{roleId}", writing("role", "role:delete:role:admin"), success=204, **TOLD)
def delete_role(call: Call) -> None:
    """Delete a role; whoever holds it is a member then."""
    call.do("access.delete_role", {"role": role_of(call).key})


@operation("GET", "/roles/{roleId}/members", reading("role", "role:read:list_members:admin"), label=MEDIUM, query=parameters(300), **TOLD)
def list_members(call: Call) -> dict[str, Any]:
    """List who holds a role."""
    role, place, size = role_of(call), start_of(call), call.query["page_size"]
    found = by_id.page(call.actor, "active", role=role.key, after=place, offset=skipped(call), limit=size + 1)
    more = str(found[size - 1]["id"]) if len(found) > size else None
    shown = [wire.listed(row) for row in found[:size]]
    members = [{**{k: m[k] for k in ("id", "email", "first_name", "last_name", "type")}, "department": m["dept"]} for m in shown]
    return {**frame(call, by_id.how_many(call.actor, "active", role.key), more), "members": members}


@operation(
    "POST",
    "/roles/{roleId}/members",
    writing("role", "role:write:member:admin"),
    label=MEDIUM,
    success=201,
    body={"members": Field("array", required=True, most=30, items=WHO)},
    **TOLD,
)
def give_role(call: Call) -> dict[str, Any]:
    """Give a role to up to 30 users. Ownership and membership are not given."""
    role = editable(role_of(call))
    ids = ids_of(call, call.body["members"])
    for id in ids:
        call.do("access.set_role", {"role": role.key, "subjects": {"ids": [str(id)]}})
    return {"add_at": wire.time(now()), "ids": ",".join(short(id) for id in ids)}


@operation("DELETE", "/roles/{roleId}/members/{memberId}", writing("role", "role:delete:member:admin"), success=204, **TOLD)
def take_role(call: Call) -> None:
    """Take a role from a user, who is a member then."""
    role = editable(role_of(call))
    row = by_id.one(call.actor, str(id_of(call, call.path["memberId"])))
    if row["role"] != role.key:
        raise invalid({"field": "memberId", "message": "The user does not hold this role."})
    call.do("access.set_role", {"role": "member", "subjects": {"ids": [str(row["id"])]}})


def fields_of(call: Call) -> dict[str, Any]:
    """What a body says of a role, in our names."""
    return {name: privileges.taken(value) if name == "privileges" else value for name, value in call.body.items() if name in FIELDS}


def role_of(call: Call) -> Role:
    """The role of a path; 400 with code 1034 for none of the account, unknown or foreign (README 5). Who may not see roles learns of none."""
    call.actor.require(RIGHT)
    try:
        return roles.role(call.actor, wire.role_key(call.path["roleId"]))
    except Refused as refused:
        if refused.kind != "missing":
            raise
        raise WireRefused(Fault(400, 1034, f"The role {call.path['roleId'][:64]} does not exist.")) from None


def editable(role: Role) -> Role:
    """Refuse with code 300 the two whose holders are not changed here."""
    if role.key in ("owner", "member"):
        raise invalid({"field": "roleId", "message": "Who is owner or member is not changed here."})
    return role


def told_of(role: Role) -> dict[str, Any]:
    told = {"id": wire.role_id(role.key), "name": str(role.name), "description": role.description, "type": "common"}
    return {**told, "total_members": role.holders}
