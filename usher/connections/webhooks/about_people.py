"""What is told of people: who came, went or is another now, and in which groups they are."""

from collections.abc import Iterator

from usher.core.ids import short
from usher.zoom_wire import events as wire

from .told import Row, Tell, Told, of_person

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
CREATION = {"login": "autoCreate", "no_login": "custCreate", "sso": "ssoCreate"}  # of somebody whom nobody asked


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
