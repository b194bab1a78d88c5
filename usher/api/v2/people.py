"""Users: lists, one person, totals (S4-36, S4-37)."""

import json
from typing import Any
from uuid import UUID

from usher.access.roles import called
from usher.access.scopes import OWN_RIGHT
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import frame, parameters, skipped, start_of
from usher.core.refusals import Refused
from usher.people import by_id
from usher.people.by_id import STATUSES
from usher.people.stored_settings import opened
from usher.zoom_wire import people as wire
from usher.zoom_wire import privileges
from usher.zoom_wire.codes import no_invitation, no_user
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import reading, reading_oneself

AREA = "users"
INCLUDED = ("custom_attributes", "host_key")  # what a list tells when it is asked for
# The licenses a list can be filtered by. None of them is sold here, so nobody holds one.
NOT_SOLD = ("zoom_workforce_management", "zoom_compliance_management", "zoom_compliance_manager_for_contact_center")
WHO = Field("object", fields={"id": Field("string", most=64), "email": Field("string", most=254)})


@operation(
    "GET",
    "/users",
    reading("user", "user:read:list_users:admin"),
    area=AREA,
    label=MEDIUM,
    query={
        "status": Field("string", one_of=STATUSES, default="active"),
        "role_id": Field("string", most=64),
        "include_fields": Field("string", one_of=INCLUDED),
        "license": Field("string", one_of=NOT_SOLD),
        **parameters(2000),
    },
)
def list_users(call: Call) -> str:
    """List users of a status, active ones unless another is asked for."""
    if "license" in call.query:
        call.actor.require("people:user:view")
        return json.dumps({**frame(call, 0, None), "users": []})
    place, size, status = start_of(call), call.query["page_size"], call.query["status"]
    role = wire.role_key(call.query.get("role_id", "")) if call.query.get("role_id") else ""
    asked: dict[str, Any] = {"role": role, "after": place, "offset": skipped(call)}
    if call.query.get("include_fields"):
        found = by_id.page(call.actor, status, **asked, limit=size + 1)
        more = str(found[size - 1]["id"]) if len(found) > size else None
        people, total = ",".join(json.dumps(told_of(call, row)) for row in found[:size]), by_id.how_many(call.actor, status, role)
    else:
        page = by_id.written(call.actor, wire.LISTED, status, **asked, limit=size)
        more, people, total = page.last, page.text, page.total
    around = json.dumps(frame(call, total, more))
    return f'{around[:-1]},"users":[{people}]}}'


def told_of(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    """A person in the list, with the field that is asked for beside."""
    name = call.query.get("include_fields")
    kept = opened(call.actor, row["kept"] or {}, row["id"]) if name else {}
    return {**wire.listed(row), **({name: kept[name]} if name in kept else {})}


@operation("GET", "/users/summary", reading("user", "user:read:summary:admin"), area=AREA, label=MEDIUM)
def summary(call: Call) -> dict[str, Any]:
    """Count users by license; the total leaves out who is pending."""
    found = by_id.by_license(call.actor)
    pending = found.pop("pending", 0)
    return {
        "licensed_users_count": found.get("meetings:licensed", 0),
        "basic_users_count": found.get("meetings:basic", 0),
        "on_prem_users_count": found.get("meetings:on_prem", 0),
        "room_users_count": 0,
        "pending_users_count": pending,
        "join_only_users_count": found.get("meetings:unassigned", 0),
        "total_users_count": sum(found.values()),
    }


@operation(
    "GET",
    "/users/email",
    reading("user", "user:read:email:admin"),
    area=AREA,
    query={"email": Field("string", required=True, most=254)},
)
def is_known(call: Call) -> dict[str, Any]:
    """Say whether somebody of the account has an address."""
    return {"existed_email": by_id.is_here(call.actor, call.query["email"])}


@operation(
    "GET",
    "/users/{userId}",
    reading_oneself("user", "user:read:user:admin", older=("user_profile", "user_info:read")),
    area=AREA,
    query={"search_by_unique_id": Field("boolean")},
)
def get_user(call: Call) -> dict[str, Any]:
    """Read one user by id, address or `me`."""
    row = user_of(call, call.path["userId"], employee=bool(call.query.get("search_by_unique_id")))
    return wire.one(row, call.actor.account_id, called(row), opened(call.actor, row["kept"] or {}, row["id"]))


@operation(
    "GET", "/users/{userId}/permissions", reading_oneself("user", "user:read:list_permissions:admin", older=("user_profile",)), area=AREA
)
def permissions(call: Call) -> dict[str, Any]:
    """List what a user's role may do, by the contract's names where they mean the same, else by ours."""
    from usher.access.actors import person

    row = user_of(call, call.path["userId"])
    return {"permissions": privileges.told(person(row["id"], "api").privileges) if row["status"] == "active" else []}


def user_of(call: Call, told: str, *, employee: bool = False) -> dict[str, Any]:
    """Whom a path or a body means; 404 with code 1001 for nobody of the account (S4-42, TENANT-01), 400 with code 1120 for somebody whose invitation
    expired (README 3). `me` may read themselves whatever their role.
    """
    if told == "me":
        return by_id.oneself(call.actor)
    try:
        return by_id.one(call.actor, told, employee=employee)
    except Refused as refused:
        if refused.kind != "missing":
            raise
        raise (no_invitation(told) if not employee and by_id.has_expired(call.actor, told) else no_user(told)) from None


def is_oneself(call: Call, right: str = "people:user:manage") -> bool:
    """Whether `me` is asked for by somebody who may manage nobody (`right`), and whose scope is about themselves."""
    return call.path["userId"] == "me" and call.actor.may(OWN_RIGHT) and not call.actor.may(right)


def id_of(call: Call, told: str) -> UUID:
    """The id of somebody a path names."""
    found: UUID = user_of(call, told)["id"]
    return found


def ids_of(call: Call, members: list[dict[str, Any]]) -> list[UUID]:
    """The ids of everybody a body names; 404 with code 1001 for the first who is nobody of the account (TENANT-03)."""
    told = named_in(call, members)
    there = by_id.some(call.actor, told)
    for name in told:
        if name not in there:
            raise no_user(name)
    return list(dict.fromkeys(there[name]["id"] for name in told))


def named_in(call: Call, members: list[dict[str, Any]]) -> list[str]:
    """How a body names its people: the id, which goes before the address; `me` is the caller."""
    told = [str(m.get("id") or m.get("email") or "") for m in members]
    return [str(call.actor.user_id) if name == "me" else name for name in told]
