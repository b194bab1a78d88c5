"""What people of the sample made: titles, lengths and times, the same every time for the same people."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

TOPICS = (
    "Calibration", "Pump line", "Spare parts", "Field service", "Supplier audit", "Shift plan", "Budget", "Sensor firmware", "Safety",
    "Onboarding", "Customer visit", "Quality", "Roadmap", "Lab equipment", "Works council", "Warehouse", "Export papers", "Release",
)  # fmt: skip
REGULAR = ("Weekly review", "Stand-up", "Planning", "One-to-one", "Hand-over of the shift", "Steering group")
SINGLE = ("Kick-off", "Interview", "Training", "Workshop", "Demonstration", "Contract talk")
WRITTEN = {"whiteboard": ("Sketch", "Process map", "Brainstorm"), "note": ("Minutes", "Checklist", "Decisions")}
SPREAD = ("recording",) * 9 + ("meeting",) * 8 + ("note",) * 3 + ("whiteboard",) * 2


def items_of(owners: list[str], number: int, at: datetime, salt: str) -> list[dict[str, Any]]:
    """So many items for these people, some of whom have many and some none; what was is before `at`, what is planned after."""
    dice = Random(f"content {salt}")  # noqa: S311 - a sample, not a secret
    busy = owners[: max(1, len(owners) // 4)]
    return [item_of(dice, dice.choice(busy if dice.random() < 0.6 else owners), at) for _ in range(number)]


def item_of(dice: Random, owner: str, at: datetime) -> dict[str, Any]:
    kind, topic = dice.choice(SPREAD), dice.choice(TOPICS)
    if kind in WRITTEN:
        return {"owner": owner, "kind": kind, "title": f"{topic}: {dice.choice(WRITTEN[kind]).lower()}"}
    when = (at + timedelta(days=dice.randrange(-300, 0), hours=dice.randrange(-4, 5))).replace(
        minute=dice.choice((0, 30)), second=0, microsecond=0
    )
    seconds = 900 * dice.randrange(1, 9)
    if kind == "recording":
        title = f"{topic}, {dice.choice(REGULAR + SINGLE).lower()}"
        return timed(owner, kind, title, when, seconds - dice.randrange(0, 600), size=seconds * dice.randrange(90_000, 160_000))
    return meeting_of(dice, owner, topic, when, seconds)


def meeting_of(dice: Random, owner: str, topic: str, when: datetime, seconds: int) -> dict[str, Any]:
    """Half of them regular, a few in the personal room, the others once: mostly still to come."""
    roll = dice.randrange(10)
    if roll == 0:
        return {"owner": owner, "kind": "meeting", "title": f"Open door: {topic.lower()}", "occurs": "personal"}
    if roll < 6:
        return timed(owner, "meeting", f"{dice.choice(REGULAR)}: {topic.lower()}", when, seconds, occurs="recurring")
    to_come = when + timedelta(days=330) if roll < 9 else when
    return timed(owner, "meeting", f"{dice.choice(SINGLE)}: {topic.lower()}", to_come, seconds, occurs="once")


def timed(owner: str, kind: str, title: str, when: datetime, seconds: int, **more: Any) -> dict[str, Any]:
    return {"owner": owner, "kind": kind, "title": title, "starts_at": when.isoformat(), "seconds": seconds, **more}


def webinars_of(owners: list[str], at: datetime) -> list[dict[str, Any]]:
    """Two for each: one that was, one to come."""
    dice = Random("webinars")  # noqa: S311 - as above
    return [
        timed(owner, "webinar", f"{dice.choice(TOPICS)} for customers", at + timedelta(days=days + dice.randrange(9)), 3600, occurs="once")
        for owner in owners
        for days in (-40, 12)
    ]
