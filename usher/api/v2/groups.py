"""Groups and IM groups: the same operations for both kinds, over the verbs of each (S0-27, S0-28; R16)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from usher.api.operations import MEDIUM, Call, Cap, operation
from usher.api.paging import frame, parameters, skipped, start_of, token
from usher.core.clock import now
from usher.core.ids import short, unshort
from usher.core.refusals import Refused
from usher.journal.reads import made_by
from usher.people import groups, groups_by_id
from usher.zoom_wire import groups as wire
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.people import time
from usher.zoom_wire.scopes import Scopes

from .people import WHO, ids_of, user_of

NAME = {"name": Field("string", required=True, most=128)}
GONE = {"not_found": (404, 4130), "no_group": (404, 4130), "name_taken": (409, 4132), "not_member": (404, 4131)}


@dataclass(frozen=True)
class Kind:
    """What differs between the two: where they are, their scopes, verbs and shape. `most` is how many members one call may add, `page` how many groups
    stand on a page that says no size.
    """

    key: str
    path: str
    area: str
    classic: str
    granular: str
    most: int
    page: int
    shape: Callable[[Any], dict[str, Any]]
    verbs: dict[str, str]
    right: str
    caps: tuple[Cap, ...] = ()  # on creating

    def reads(self, what: str) -> Scopes:
        return Scopes((f"{self.granular}:read:{what}:admin",), (f"{self.classic}:read:admin", f"{self.classic}:write:admin"))

    def writes(self, act: str, what: str) -> Scopes:
        return Scopes((f"{self.granular}:{act}:{what}:admin",), (f"{self.classic}:write:admin",))


USER = Kind(
    "user",
    "/groups",
    "users",
    "group",
    "group",
    30,
    300,
    wire.listed,
    {"create": "people.create_group", "rename": "people.rename_group", "delete": "people.delete_group", "add": "people.add_to_group"},
    "people:group:view",
    (Cap("groups", {"free": 100, "pro": 100, "business": 100}),),  # a day
)
IM = Kind(
    "im",
    "/im/groups",
    "im_groups",
    "imgroup",
    "contact_group",
    10,
    5_000,  # all there can be: the contract's list has no pages
    wire.im_listed,
    {
        "create": "people.create_im_group",
        "rename": "people.rename_im_group",
        "delete": "people.delete_im_group",
        "add": "people.set_im_group",
    },
    "people:im_group:view",
)


def keep(kind: Kind) -> None:
    """Register the operations of one kind."""
    one, members = kind.path + "/{groupId}", kind.path + "/{groupId}/members"

    def told(**more: Any) -> dict[str, Any]:
        return {"area": kind.area, "right": kind.right, "codes": GONE, **more}

    @operation("GET", kind.path, kind.reads("list_groups"), query=parameters(kind.page, kind.page), **told(label=MEDIUM))
    def list_groups(call: Call) -> dict[str, Any]:
        """List groups."""
        place, size = start_of(call), call.query["page_size"]
        found = groups_by_id.page(call.actor, kind.key, after=place, offset=skipped(call), limit=size + 1)
        more = str(found[size - 1]["id"]) if len(found) > size else None
        return {
            "groups": [kind.shape(g) for g in found[:size]],
            "total_records": groups_by_id.how_many(call.actor, kind.key),
            "next_page_token": token(call, more),
        }

    @operation("POST", kind.path, kind.writes("write", "group"), body=NAME, caps=kind.caps, **told(success=201))
    def create_group(call: Call) -> dict[str, Any]:
        """Create a group."""
        started = call.do(kind.verbs["create"], {"name": call.body["name"]})
        made = made_by(started.change_id)
        return kind.shape({"id": made, "name": call.body["name"].strip(), "members": 0})

    @operation("GET", one, kind.reads("group"), **told())
    def get_group(call: Call) -> dict[str, Any]:
        """Read one group."""
        found = group_of(call, kind)
        return kind.shape({**found, "members": groups_by_id.how_many_members(call.actor, kind.key, found["id"])})

    @operation("PATCH", one, kind.writes("update", "group"), body=NAME, **told(success=204))
    def rename_group(call: Call) -> None:
        """Give a group another name."""
        call.do(kind.verbs["rename"], {"group": str(group_of(call, kind)["id"]), "name": call.body["name"]})

    @operation("DELETE", one, kind.writes("delete", "group"), **told(success=204))
    def delete_group(call: Call) -> None:
        """Delete a group; its members stay in their other groups."""
        call.do(kind.verbs["delete"], {"group": str(group_of(call, kind)["id"])})

    @operation("GET", members, kind.reads("list_members"), query=parameters(2000 if kind is USER else 300), **told(label=MEDIUM))
    def list_members(call: Call) -> dict[str, Any]:
        """List the members of a group."""
        place, size, id = start_of(call), call.query["page_size"], group_of(call, kind)["id"]
        found = groups_by_id.members(call.actor, kind.key, id, after=place, offset=skipped(call), limit=size + 1)
        more = str(found[size - 1]["id"]) if len(found) > size else None
        total = groups_by_id.how_many_members(call.actor, kind.key, id)
        return {**frame(call, total, more), "members": [wire.member(m) for m in found[:size]]}

    body = {"members": Field("array", required=True, most=kind.most, items=WHO)}

    @operation("POST", members, kind.writes("write", "member"), body=body, **told(label=MEDIUM, success=201))
    def add_members(call: Call) -> dict[str, Any]:
        """Put users into a group."""
        group = str(group_of(call, kind)["id"])
        ids = ids_of(call, call.body["members"])
        if ids:
            call.do(kind.verbs["add"], {"group": group, "subjects": {"ids": [str(id) for id in ids]}})
        return {"added_at": time(now()), "ids": ",".join(short(id) for id in ids)}

    @operation("DELETE", members + "/{memberId}", kind.writes("delete", "member"), **told(success=204))
    def remove_member(call: Call) -> None:
        """Take a user out of a group."""
        group, row = group_of(call, kind), member_of(call)
        if kind is IM and row["im_group_id"] != group["id"]:
            raise WireRefused(Fault(404, 4131, "The user is not a member of this group."))
        subjects = {"ids": [str(row["id"])]}
        verb, params = (
            ("people.remove_from_group", {"group": str(group["id"])}) if kind is USER else ("people.set_im_group", {"group": None})
        )
        call.do(verb, {**params, "subjects": subjects})


keep(USER)
keep(IM)


@operation(
    "PATCH",
    "/groups/{groupId}/members/{memberId}",
    USER.writes("update", "member"),
    area="users",
    label=MEDIUM,
    success=204,
    body={"action": Field("string", required=True, one_of=("move", "set_primary")), "target_group_id": Field("string", most=64)},
    codes=GONE,
    right=USER.right,
)
def change_member(call: Call) -> None:
    """Move a user to another group, or make a group their primary one."""
    group, row = group_of(call, USER), member_of(call)
    if str(group["id"]) not in row["group_ids"]:
        raise WireRefused(Fault(404, 4131, "The user is not a member of this group."))
    subjects = {"subjects": {"ids": [str(row["id"])]}}
    if call.body["action"] == "set_primary":
        call.do("people.set_primary_group", {**subjects, "group": str(group["id"])})
        return
    target = named_group(call, USER, target_of(call))
    if row["group_ids"][0] == str(group["id"]):
        call.do("people.move_group", {**subjects, "group": str(target["id"])})
        return
    call.do("people.add_to_group", {**subjects, "group": str(target["id"])})
    call.do("people.remove_from_group", {**subjects, "group": str(group["id"])})


def target_of(call: Call) -> str:
    """The group to move to; 300 without one."""
    if not call.body.get("target_group_id"):
        raise invalid({"field": "target_group_id", "message": "target_group_id cannot be empty."})
    return str(call.body["target_group_id"])


def group_of(call: Call, kind: Kind) -> dict[str, Any]:
    """The group of a path; 404 with code 4130 for one of another account or kind, and for what is no id."""
    return named_group(call, kind, call.path["groupId"])


def named_group(call: Call, kind: Kind, told: str) -> dict[str, Any]:
    try:
        return groups.group(call.actor, kind.key, unshort(told))
    except (ValueError, Refused) as no:
        if isinstance(no, Refused) and no.kind != "missing":
            raise
        raise WireRefused(Fault(404, 4130, f"A group with this {told[:64]} does not exist.")) from None


def member_of(call: Call) -> dict[str, Any]:
    """The member of a path; 404 with code 4131 for nobody of the account, as for somebody who is not in the group."""
    try:
        return user_of(call, call.path["memberId"])
    except WireRefused as no:
        raise WireRefused(Fault(404, 4131, "The user is not a member of this group.")) from no
