"""What was done about phones, as the contract's operation log writes it."""

from collections.abc import Mapping
from typing import Any

from .people import time
from .reports import action_of

# The first that stands in the name of a verb says under what it is told.
BY_WORD = {
    "calls": "Call Log",
    "number": "Phone Number",
    "caller_id": "Phone Number",
    "package": "Calling Plan",
    "template": "Setting Template",
    "set_site": "Site",
    "for_site": "Site",
    "settings": "Account",
    "for_account": "Account",
}


def category_of(verb: str) -> str:
    """Under what a verb is told; empty for one that is about no phone."""
    area, _dot, what = verb.partition(".")
    return next((category for word, category in BY_WORD.items() if word in what), "User") if area == "phone" else ""


def operation(row: Mapping[str, Any]) -> dict[str, str]:
    """One line of the log."""
    return {
        "time": time(row["at"]),
        "operator": row["operator"],
        "category_type": category_of(row["verb"]),
        "action": action_of(row["verb"], undoes=row["undoes"] is not None),
        "operation_detail": row["words"],
    }
