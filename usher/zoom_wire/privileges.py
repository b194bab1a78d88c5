"""Rights as the contract names them (`User:Edit`), where they mean the same as one of ours (`people:user:manage`). Both names are taken; theirs is told."""

from collections.abc import Iterable

from .codes import invalid

# What the contract calls a thing -> what it is here.
THINGS = {
    "AccountProfile": "accounts:account",
    "AccountSetting": "accounts:settings",
    "BillingSubscription": "licenses:subscription",
    "Group": "people:group",
    "IMGroups": "people:im_group",
    "MarketPlace": "access:app",
    "Role": "access:role",
    "User": "people:user",
    "ZoomRooms": "accounts:place",
}
LEVELS = {"Read": "view", "Edit": "manage"}
OURS = {f"{thing}:{level}": f"{ours}:{our_level}" for thing, ours in THINGS.items() for level, our_level in LEVELS.items()}
THEIRS = {ours: theirs for theirs, ours in OURS.items()}


def told(names: Iterable[str]) -> list[str]:
    """Rights of ours as they are answered."""
    return sorted(THEIRS.get(name, name) for name in names)


def taken(names: Iterable[str]) -> list[str]:
    """What a body names, as ours. 300 for a name of the contract that means nothing here; of ours the verb knows which there are."""
    found = [OURS.get(name, name) for name in names]
    if odd := [name for name in found if name.partition(":")[2] in LEVELS]:
        raise invalid({"field": "privileges", "message": f"{odd[0]} has no counterpart here."})
    return found
