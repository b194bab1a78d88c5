"""What is told of groups, of the account with its domains, of stored settings, and to an app of itself."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from usher.core.ids import short
from usher.zoom_wire import events as wire

from .told import Row, Tell, Told

EVENTS = {"settings": "settings_updated", "locks": "lock_settings_updated"}  # the part of what is stored -> how its event is called


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


def settings(whose: str) -> Tell:
    """Stored settings of a person (user), a group or the account, or which of them are locked there: those that changed, as they are and as they were."""

    def tell(row: Row) -> Iterator[Told]:
        if row["part"] not in EVENTS:
            return
        after, before = ((row[side] or {}).get("settings") or {} for side in ("after", "before"))
        sides = (locked(one, {*before, *after}) if row["part"] == "locks" else unsealed(one) for one in (after, before))
        new, old = ({"id": short(row["obj"]), "settings": nested(one)} for one in sides)
        if new["settings"] or old["settings"]:
            yield Told(f"{whose}.{EVENTS[row['part']]}", row["obj"], row["email"] or row["group_name"] or "", new, old)

    return tell


def locked(flat: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """Whether each is locked."""
    return {name: flat.get(name) is True for name in names}


def unsealed(flat: Mapping[str, Any]) -> dict[str, Any]:
    """The values; what is kept sealed is nobody's to tell (HOOK-10)."""
    return {name: value for name, value in flat.items() if not isinstance(value, Mapping)}


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as an object of objects."""
    whole: dict[str, Any] = {}
    for name, value in sorted(flat.items()):
        *above, last = name.split(".")
        place = whole
        for step in above:
            place = place.setdefault(step, {}) if isinstance(place, dict) else place
        if isinstance(place, dict):  # nothing stands below a value
            place[last] = value
    return whole
