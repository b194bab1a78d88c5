"""The account as the contract writes it: its domains, and the plans it has bought (README 5)."""

from collections.abc import Mapping
from typing import Any

# The contract's plan by ours, as it is bought for a year.
BASE = {"pro": "yearly", "business": "business_yearly", "education": "edu20", "enterprise": "enterprise_yearly"}
# What the contract calls the plans of a family: its object, and the type before the capacity.
SIZED = {
    "large_meeting": ("plan_large_meeting", "large"),
    "webinar": ("plan_webinar", "webinar"),
    "events": ("plan_zoom_events", "zoomevents"),
}
PLAIN = {"whiteboard": ("plan_whiteboard", "zwb_yearly"), "scheduler": ("plan_zsched", "zsched_yearly")}
STATES = {"verified": "verified"}  # every other one waits for its proof


def domain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"domain": row["name"], "status": STATES.get(row["state"], "pending")}


def usage(plan: str, seats: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Per plan that was bought how many there are, used and pending. Of the base plan `active_hosts` are who uses one."""
    told: dict[str, Any] = {}
    if licensed := seats.get("meetings:licensed"):
        told["plan_base"] = {**_line(BASE.get(plan, plan), licensed), "active_hosts": licensed["used"]}
    for code, seat in seats.items():
        kind, _colon, size = code.partition(":")
        if seat["bought"] and kind in SIZED:
            name, type = SIZED[kind]
            told.setdefault(name, []).append(_line(f"{type}{size}_yearly", seat))
        elif seat["bought"] and code in PLAIN:
            name, type = PLAIN[code]
            told[name] = _line(type, seat)
    return told


def _line(type: str, seat: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": type, "hosts": seat["bought"], "usage": seat["used"], "pending": seat["pending"]}
