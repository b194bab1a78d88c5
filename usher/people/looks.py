"""How somebody wants a list to look: its columns in their order, and how high its rows are."""

from dataclasses import dataclass

from usher.core import sql
from usher.core.actor import Actor


@dataclass(frozen=True)
class Look:
    """No columns: those that everybody sees at first."""

    columns: tuple[str, ...] = ()
    tight: bool = False


def look_of(actor: Actor, listing: str) -> Look:
    """What the actor chose for this list."""
    found = sql.row(
        "SELECT columns, tight FROM people_listlook WHERE user_id = %(u)s AND account_id = %(a)s AND listing = %(l)s",
        {"u": actor.user_id, "a": actor.account_id, "l": listing},
    )
    return Look(tuple(found["columns"]), found["tight"]) if found else Look()
