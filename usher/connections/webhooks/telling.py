"""What each verb tells the world: one line of TELLS for each part whose effects are events. Everything here is pure: rows of effects in, events out.

A row is an effect with what stands beside it (expanding.py): obj, before, after, verb, undone, email, first_name, last_name, display_name, license, group_name, to_group,
part, app, at_once.
The effects of an undo have their before and after exchanged, so most of it needs no words of its own here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from usher.core.ids import short
from usher.zoom_wire import events as wire

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """One event. `subject` is what its order holds for, `name` what the log calls it, `more` what stands in the payload beside the object, if there is one."""

    event: str
    subject: UUID
    name: str
    object: Mapping[str, Any] | None
    old: Mapping[str, Any] | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    operator: bool = True


# Of a change of somebody: what is told by an event of its own, and what the contract's events have no word for and nobody outside acts on.
UNTOLD = {
    "user_group_id",
    "user_group",
    "member",
    "line",
    "canonical",
    "im_group_id",
    "im_group_name",
    "theme",
    "single_keys",
    "mail_when_done",
}
CREATION = {"login": "autoCreate", "no_login": "custCreate"}  # of somebody whom nobody asked
Tell = Callable[[Row], Iterator[Told]]


def of_person(row: Row, event: str, told: Mapping[str, Any], **more: Any) -> Told:
    return Told(event, row["obj"], row["email"] or "", told, **more)


def created(row: Row) -> Iterator[Told]:
    """Somebody new, or, undone, gone again; a group they came into with it."""
    if row["undone"]:
        yield from gone("user.deleted")(row)
        return
    license = (row["after"] or {}).get("license") or row["license"]
    yield of_person(row, "user.created", wire.new_person(row, license), more={"creation_type": CREATION.get(row["at_once"], "create")})
    if into := (row["after"] or {}).get("group"):
        yield of_person(row, "group.member_added", wire.member_of(into, row))


def gone(event: str) -> Tell:
    """Somebody who leaves. Brought back by an undo, they are created, and deactivated when they were."""

    def tell(row: Row) -> Iterator[Told]:
        before, after = row["before"] or {}, row["after"] or {}
        if row["undone"] and after:
            yield of_person(row, "user.created", wire.new_person(row, after.get("license")), more={"creation_type": "create"})
            if after.get("status") == "inactive":
                yield of_person(row, "user.deactivated", wire.person(row, None))
        else:
            yield of_person(row, event, wire.person(row, before.get("license")))

    return tell


def status(row: Row) -> Iterator[Told]:
    """Active or not."""
    before, after = row["before"] or {}, row["after"] or {}
    if after.get("status") == "inactive":
        yield of_person(row, "user.deactivated", wire.person(row, before.get("license")))
    else:
        yield of_person(row, "user.activated", wire.person(row, after.get("license") or row["license"]))


def restored(row: Row) -> Iterator[Told]:
    """Out of the trash; an undo puts them back."""
    before, after = row["before"] or {}, row["after"] or {}
    if row["undone"]:
        yield of_person(row, "user.deleted", wire.person(row, before.get("license")))
        return
    yield of_person(row, "user.created", wire.new_person(row, after.get("license")), more={"creation_type": "create"})
    if after.get("status") == "inactive":
        yield of_person(row, "user.deactivated", wire.person(row, None))


def accepted(row: Row) -> Iterator[Told]:
    yield of_person(row, "user.invitation_accepted", wire.person(row, row["license"]), operator=False)


def activated(row: Row) -> Iterator[Told]:
    yield of_person(row, "user.activated", wire.person(row, row["license"]))


def changed(row: Row) -> Iterator[Told]:
    """Fields, license, add-ons, role. Only what differs is told; another primary group is a group that was left and one that was joined."""
    before, after = row["before"] or {}, row["after"] or {}
    differ = {key for key in after if before.get(key) != after[key]}
    if differ - UNTOLD:
        new, old = ({key: side.get(key) for key in differ} for side in (after, before))
        yield of_person(row, "user.updated", wire.changed(row["obj"], new), old=wire.changed(row["obj"], old))
    if "user_group_id" in differ:
        yield from moved(row)


def role(row: Row) -> Iterator[Told]:
    """Another role, or other people it covers; the groups somebody administers from now on, and those no longer (docs/decisions/0067)."""
    yield from changed(row)
    scopes = [(row[side] or {}).get("scope") or {} for side in ("before", "after")]
    before, after = (set(scope["values"]) if scope.get("kind") == "group" else set() for scope in scopes)
    for event, groups in (("group.admin_deleted", before - after), ("group.admin_added", after - before)):
        for group in sorted(groups):
            yield of_person(row, event, wire.admin_of(group, row))


def add_on(row: Row) -> Iterator[Told]:
    """One add-on more or less."""
    old, new = (
        wire.changed(row["obj"], {"add_ons": [code] if code else []}) for code in (row["before"].get("add_on"), row["after"].get("add_on"))
    )
    yield of_person(row, "user.updated", new, old=old)


def operation(name: str) -> Tell:
    """Something about somebody's access that changes no field."""

    def tell(row: Row) -> Iterator[Told]:
        yield of_person(row, "user.updated", {"id": short(row["obj"])}, more={"operation": name})

    return tell


def deauthorized(row: Row) -> Iterator[Told]:
    """An app works for somebody no longer. It is told to the app itself, with no object."""
    app = UUID(row["app"])
    yield Told(
        "app_deauthorized",
        app,
        row["before"].get("name") or "",
        None,
        operator=False,
        more=wire.deauthorized(app, row["before"], row["at"]),
    )


def joined(row: Row) -> Iterator[Told]:
    if into := (row["after"] or {}).get("user_group_id"):
        yield of_person(row, "group.member_added", wire.member_of(into, row))
    elif left := (row["before"] or {}).get("user_group_id"):
        yield of_person(row, "group.member_deleted", wire.member_of(left, row))


def moved(row: Row) -> Iterator[Told]:
    """Out of one group, into another; either may be none, or one they were in already."""
    before, after = row["before"] or {}, row["after"] or {}
    if (left := before.get("user_group_id")) and not (row["undone"] and after.get("member")):
        yield of_person(row, "group.member_deleted", wire.member_of(left, row))
    if (into := after.get("user_group_id")) and not before.get("member"):
        yield of_person(row, "group.member_added", wire.member_of(into, row))


def moved_all(row: Row) -> Iterator[Told]:
    """Everybody of a group goes into another (`to_group`), or only leaves it. An empty group stands for itself and is nobody."""
    before, after = row["before"] or {}, row["after"] or {}
    if not row["email"]:
        return
    was_there = (after if row["undone"] else before).get("member")
    other = "" if was_there else row["to_group"]
    left, into = (other, after.get("user_group_id")) if row["undone"] else (before.get("user_group_id"), other)
    if left:
        yield of_person(row, "group.member_deleted", wire.member_of(left, row))
    if into:
        yield of_person(row, "group.member_added", wire.member_of(into, row))


def group_created(row: Row) -> Iterator[Told]:
    event = "group.deleted" if row["after"] is None else "group.created"
    name = ((row["after"] or row["before"]) or {}).get("name", "")
    yield Told(event, row["obj"], name, wire.group(row["obj"], name))


def group_renamed(row: Row) -> Iterator[Told]:
    old, new = row["before"].get("name", ""), row["after"].get("name", "")
    yield Told("group.updated", row["obj"], new, wire.group(row["obj"], new), wire.group(row["obj"], old))


def account_settings(row: Row) -> Iterator[Told]:
    """The name is the one setting an event has a word for."""
    before, after = row["before"] or {}, row["after"] or {}
    if before.get("name") != after.get("name"):
        id = short(row["account_id"])
        old = {"id": id, "account_name": before.get("name")}
        yield Told("account.updated", row["account_id"], str(after.get("name")), {"id": id, "account_name": after.get("name")}, old)


def domain(row: Row) -> Iterator[Told]:
    """A domain that is claimed, proven or given up."""
    proof = {side: (row[side] or {}).get("proof") for side in ("before", "after")}
    if proof["before"] == proof["after"]:
        return
    does = {"waiting": "managed_domains_verifying", "verified": "managed_domains_added"}.get(
        proof["after"] or "", "managed_domains_deleted"
    )
    name = {**(row["before"] or {}), **(row["after"] or {})}.get("name", "")
    yield Told(
        "account.updated", row["account_id"], name, {"id": short(row["account_id"]), "managed_domains": [name]}, more={"operation": does}
    )


def settings(event: str) -> Tell:
    """Stored settings of a person, a group or the account: those that changed, as they are and as they were. What is kept sealed is nobody's to tell (HOOK-10)."""

    def tell(row: Row) -> Iterator[Told]:
        if row["part"] != "settings":
            return
        id = short(row["obj"])
        new, old = ({"id": id, "settings": unsealed((row[side] or {}).get("settings") or {})} for side in ("after", "before"))
        if new["settings"] or old["settings"]:
            yield Told(event, row["obj"], row["email"] or row["group_name"] or "", new, old)

    return tell


def unsealed(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as an object of objects; an object as a value is a sealed one and left out."""
    whole: dict[str, Any] = {}
    for name, value in flat.items():
        *above, last = name.split(".")
        place = whole
        for step in above if not isinstance(value, Mapping) else ():
            place = place.setdefault(step, {})
        if not isinstance(value, Mapping) and isinstance(place, dict):
            place[last] = value
    return whole


DELETED, UNLINKED = gone("user.deleted"), gone("user.disassociated")
# verb -> index of a part -> what its effects tell. A verb that is not here tells nothing.
TELLS: dict[str, dict[int, Tell]] = {
    "lifecycle.invite": {0: created},
    "lifecycle.sign_up": {0: created},
    "lifecycle.accept": {0: accepted},
    "lifecycle.accept_transfer": {0: accepted},
    **{verb: {0: activated} for verb in ("lifecycle.activate", "lifecycle.let_in", "lifecycle.let_in_without_login")},
    "lifecycle.withdraw_invitation": {1: DELETED},
    "lifecycle.expire_invitation": {1: DELETED},
    "lifecycle.decline": {1: DELETED},
    "lifecycle.deactivate": {0: status},
    "lifecycle.reactivate": {0: status},
    "lifecycle.restore": {0: restored},
    "lifecycle.delete": {0: DELETED},
    "lifecycle.delete_overdue": {0: DELETED},
    "lifecycle.unlink": {0: UNLINKED},
    "lifecycle.move_out": {0: UNLINKED},
    "lifecycle.update_people": {0: changed},
    "lifecycle.change_address": {0: changed},
    "lifecycle.choose_address": {0: changed},
    "people.edit_profile": {0: changed},
    "people.set_department": {0: changed},
    "people.choose_settings": {0: changed},
    "licenses.change_license": {0: changed},
    "licenses.change_members_license": {0: changed},
    "licenses.give_add_on": {0: add_on},
    "licenses.take_add_on": {0: add_on},
    "access.set_role": {0: role},
    "access.delete_role": {0: role},
    "access.transfer_ownership": {0: role, 1: role},
    "access.withdraw_consent": {0: deauthorized},
    "access.end_consent": {0: deauthorized},
    "access.sign_out": {0: operation("sign_out_from_all_devices")},
    "access.end_sessions": {0: operation("sign_out_from_all_devices")},
    "access.change_password": {0: operation("change_password")},
    "people.create_group": {0: group_created},
    "people.rename_group": {0: group_renamed},
    "people.delete_group": {0: moved_all, 2: group_created},
    "people.add_to_group": {0: joined},
    "people.add_domain_to_group": {0: joined},
    "people.remove_from_group": {0: joined},
    "people.move_group": {0: moved},
    "people.move_members": {0: moved_all},
    "accounts.change_settings": {0: account_settings},
    "accounts.claim_domain": {0: domain},
    "accounts.verify_domain": {0: domain},
    "accounts.release_domain": {0: domain},
    **{verb: {0: settings("user.settings_updated")} for verb in ("people.store_settings", "people.store_own_settings")},
    "people.store_group_settings": {0: settings("group.settings_updated")},
    "accounts.store_settings": {0: settings("account.settings_updated")},
}
