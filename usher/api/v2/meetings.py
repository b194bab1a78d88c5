"""Meetings and webinars: the same operations for both kinds, over the verbs of content (S4-45)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings

from usher.api.days import DAYS, span_of
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import frame, parameters, start_of
from usher.content import by_number, passcodes
from usher.content.by_number import Span
from usher.content.reads import changes_only_own
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.clock import now, zone_of
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.reads import made_by
from usher.people import by_id
from usher.zoom_wire import meetings as wire
from usher.zoom_wire import occurrences
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.people import time
from usher.zoom_wire.scopes import Scopes

from .leaving import gone
from .people import user_of

RIGHT = "content:item:view"
OCCURRENCE = {"occurrence_id": Field("string", most=64)}
SHOWN = {**OCCURRENCE, "show_previous_occurrences": Field("boolean", default=False)}
LISTS = {"scheduled": "scheduled", "upcoming": "upcoming", "upcoming_meetings": "upcoming", "previous_meetings": "previous", "live": "live"}
CODES = {
    **dict.fromkeys(("heir_inactive", "heir_gone", "over", "personal_room"), (400, 3000)),
    **dict.fromkeys(("details", "details_full"), (400, 300)),
    "heir_cannot_host": (400, 3161),
    "heir_no_webinar": (400, 200),
}


@dataclass(frozen=True)
class Kind:
    """What differs between the two: their names, types, what a list can be narrowed to, and what is said of the wrong one, and of a date there is not."""

    key: str
    parameter: str
    types: tuple[int, ...]
    default_type: int
    lists: tuple[str, ...]
    spans: Mapping[str, Field]
    more: Mapping[str, Field]
    other: Fault
    no_date: int

    def scopes(self, act: str, what: str) -> Scopes:
        granular, classic = f"{self.key}:{act}:{what}", f"{self.key}:{'read' if act == 'read' else 'write'}"
        return Scopes((f"{granular}:admin",), (f"{classic}:admin",), (granular, classic))


MEETING = Kind(
    "meeting",
    "meetingId",
    (1, 2, 3, 8, 10),
    2,
    tuple(LISTS),
    DAYS,
    wire.OF_MEETINGS,
    Fault(400, 3000, "Cannot access webinar info."),
    300,
)
WEBINAR = Kind(
    "webinar",
    "webinarId",
    (5, 6, 9),
    5,
    ("scheduled", "upcoming"),
    {},
    {},
    Fault(400, 300, "Invalid webinar id."),
    3000,
)


def keep(kind: Kind) -> None:
    """Register the operations of one kind."""
    many, one = f"/users/{{userId}}/{kind.key}s", f"/{kind.key}s/{{{kind.parameter}}}"

    def told(**more: Any) -> dict[str, Any]:
        return {"area": f"{kind.key}s", "right": RIGHT, "codes": CODES, **more}

    narrowed = {"type": Field("string", one_of=kind.lists, default="scheduled"), **kind.spans, **parameters(300)}

    @operation("GET", many, kind.scopes("read", f"list_{kind.key}s"), query=narrowed, **told(label=MEDIUM))
    def list_items(call: Call) -> dict[str, Any]:
        """List what a user has scheduled."""
        place, size, when = start_of(call), call.query["page_size"], LISTS[call.query["type"]]
        owner = user_of(call, call.path["userId"])["id"]
        span = Span(*span_of(call))
        offset = 0 if place else (call.query.get("page_number", 1) - 1) * size
        found = by_number.page(call.actor, owner, kind.key, when, span, after=place, offset=offset, limit=size + 1)
        more = str(found[size - 1]["id"]) if len(found) > size else None
        total = by_number.how_many(call.actor, owner, kind.key, when, span)
        return {**frame(call, total, more), f"{kind.key}s": [wire.listed(row, settings.BASE_URL) for row in found[:size]]}

    body = {"type": Field("integer", one_of=kind.types, default=kind.default_type), **wire.BODY, **kind.more}

    @operation("POST", many, kind.scopes("write", kind.key), body=body, **told(success=201))
    def schedule(call: Call) -> dict[str, Any]:
        """Schedule one for a user."""
        host = host_of(call, user_of(call, call.path["userId"]))
        said = said_of(call.body, kind, host["time_zone"])
        details = {**said.pop("details", {}), "creation_source": "open_api"}
        made = {"title": kind.key.capitalize(), "starts_at": said_start(call.body), "seconds": 3600, **said, "details": details}
        started = call.do(by_whom(call, "content.create"), {"items": [{**made, "owner": str(host["id"]), "kind": kind.key}]})
        id = made_by(started.change_id)
        return told_of(call, kind, by_number.one(call.actor, str(id)))

    @operation("GET", one, kind.scopes("read", kind.key), query=SHOWN, **told())
    def read_one(call: Call) -> dict[str, Any]:
        """Read one by its number or uuid, of a series with its dates; with `occurrence_id` one of these."""
        return told_of(call, kind, item_of(call, kind))

    body = {"type": Field("integer", one_of=kind.types), **wire.BODY, **kind.more}

    @operation("PATCH", one, kind.scopes("update", kind.key), query=OCCURRENCE, body=body, **told(success=204))
    def change_one(call: Call) -> None:
        """Change one: what it is about, when, how long, its settings; `schedule_for` gives it to another user. With `occurrence_id` one date of a series."""
        item = item_of(call, kind)
        items = {"items": {"ids": [str(item["id"])]}}
        if "occurrence_id" in call.query:
            return change_date(call, kind, item)
        said = said_of(call.body, kind, item["time_zone"], item)
        if said:
            call.do(by_whom(call, "content.change"), {**items, "wanted": said})
        if call.body.get("schedule_for"):
            give(call, items, host_of(call, {"id": item["owner_id"]})["id"], item["owner_id"])

    @operation("DELETE", one, kind.scopes("delete", kind.key), query=OCCURRENCE, **told(success=204))
    def delete_one(call: Call) -> None:
        """Put one in the trash, from where it can be restored for 30 days. With `occurrence_id` one date of a series does not take place."""
        item = item_of(call, kind)
        if "occurrence_id" in call.query:
            return say_of_date(call, item, date_of(call, kind, item), {"status": occurrences.DELETED})
        if item["occurs"] == "personal":
            raise WireRefused(Fault(400, 3018, "Not allowed to delete the personal meeting room."))
        call.do(by_whom(call, "content.delete"), {"items": {"ids": [str(item["id"])]}})


def by_whom(call: Call, verb: str) -> str:
    """The verb for what is everybody's, or for whoever may change only what is their own the one for that."""
    return f"{verb}_own" if changes_only_own(call.actor) else verb


def item_of(call: Call, kind: Kind) -> dict[str, Any]:
    """The item of a path; 404 with code 3001 for none of the account."""
    told = call.path[kind.parameter]
    try:
        found = by_number.one(call.actor, told)
    except Refused as refused:
        if refused.kind != "missing":
            raise
        found = {"kind": ""}
    if found["kind"] not in ("meeting", "webinar"):
        raise WireRefused(Fault(404, 3001, f"{kind.key.capitalize()} does not exist: {told[:64]}."))
    if found["kind"] != kind.key:
        raise WireRefused(kind.other)
    return found


def told_of(call: Call, kind: Kind, item: Mapping[str, Any]) -> dict[str, Any]:
    """An item, of a series with the dates that are not over, or all of them; or one date, with what is otherwise on it."""
    told = wire.one(item, settings.BASE_URL, passcodes.opened(call.actor, item))
    if "occurrence_id" in call.query:
        return told | occurrences.otherwise(item, date_of(call, kind, item))
    if dates := occurrences.of(item, zone_of_item(item)):
        told["occurrences"] = dates if call.query.get("show_previous_occurrences") else occurrences.coming(dates, now())
    return told


def zone_of_item(item: Mapping[str, Any]) -> tzinfo:
    return zone_of(item["details"].get("timezone") or item["time_zone"])


def date_of(call: Call, kind: Kind, item: Mapping[str, Any]) -> dict[str, Any]:
    """The date of a series that a query names; 400 for none of it, and for one that was deleted."""
    for date in occurrences.of(item, zone_of_item(item)):
        if date["occurrence_id"] == call.query["occurrence_id"] and date["status"] == occurrences.AVAILABLE:
            return date
    raise WireRefused(Fault(400, kind.no_date, "Invalid parameter: occurrence_id."))


def change_date(call: Call, kind: Kind, item: Mapping[str, Any]) -> None:
    """Let one date of a series be otherwise. 300 for what is the same on all of them; what a program writes back as it is says nothing."""
    date, told = date_of(call, kind, item), wire.one(item, settings.BASE_URL, passcodes.opened(call.actor, item))
    if odd := [name for name, value in call.body.items() if name not in occurrences.OF_ONE and told.get(name) != value]:
        raise invalid({"field": odd[0], "message": f"Of one date {', '.join(occurrences.OF_ONE)} can be changed."})
    said = {name: call.body[name] for name in occurrences.OF_ONE if name in call.body}
    if "start_time" in said:
        said["start_time"] = time(start_of_item(said["start_time"], call.body.get("timezone") or told["timezone"]))
    if said:
        say_of_date(call, item, date, said)


def say_of_date(call: Call, item: Mapping[str, Any], date: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Keep what is otherwise on one date, among the further fields of its series."""
    known = item["details"].get(occurrences.KEPT_AS, {}).get(date["occurrence_id"], {})
    settings_of_it = {"settings": {**known.get("settings", {}), **said["settings"]}} if "settings" in said else {}
    wanted = {"details": {occurrences.KEPT_AS: {date["occurrence_id"]: {**known, **said, **settings_of_it}}}}
    call.do(by_whom(call, "content.change"), {"items": {"ids": [str(item["id"])]}, "wanted": wanted})


def host_of(call: Call, host: dict[str, Any]) -> dict[str, Any]:
    """Whose it shall be: the user meant by `schedule_for`, else this one. 400 with code 300 for nobody of the account."""
    if not (named := call.body.get("schedule_for")):
        return host
    if call.body.get("type") == wire.INSTANT:
        raise WireRefused(Fault(400, 3000, "Instant meetings do not support the schedule_for parameter."))
    if is_own_name(call.actor, named):
        return by_id.oneself(call.actor)
    try:
        return user_of(call, named)
    except WireRefused:
        words = "The value that you entered in the schedule_for field is invalid. Enter a valid value and try again."
        raise invalid({"field": "schedule_for", "message": words}) from None


def is_own_name(actor: Actor, told: str) -> bool:
    """Whether somebody calls themselves by their own id or address: that asks for no right over people."""
    if "@" in told:
        return looked_up(told) == looked_up(actor.email)
    return actor.user_id is not None and told == short(actor.user_id)


def give(call: Call, items: dict[str, Any], heir: Any, owner: Any) -> None:
    """To another host; a verb over a set passes over what cannot go, so the reason is asked first."""
    if heir != owner:
        gone(call, "content.transfer", {**items, "heir": str(heir)})


def said_of(body: Mapping[str, Any], kind: Kind, own_zone: str, item: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a body says, as content.change takes it. `item` is what there is already."""
    said: dict[str, Any] = {}
    if "topic" in body:
        said["title"] = body["topic"]
    if "duration" in body:
        said["seconds"] = body["duration"] * 60
    zone = body.get("timezone") or (item["details"].get("timezone") if item else "") or own_zone
    if "timezone" in body and zone not in available_timezones():
        raise invalid({"field": "timezone", "message": f"{zone} is not a time zone."})
    if "start_time" in body:
        said["starts_at"] = start_of_item(body["start_time"], zone).isoformat()
    if recurrence := body.get("recurrence"):
        refuse_no_days(recurrence)
    if (wanted := body.get("type")) is not None:
        said["occurs"] = wire.TYPES[kind.key][wanted]
        refuse_half_a_series(wanted, body, item)
        if wanted in wire.WITHOUT_TIME:
            said["starts_at"] = None
    kept = {name: body[name] for name in ("type", *wire.KEPT, *kind.more) if name in body}
    if "recurrence" in kept:  # its dates stay where they are when its owner moves, or is somebody else
        kept.setdefault("timezone", zone or "UTC")
    return {**said, "details": kept} if kept else said


def said_start(body: Mapping[str, Any]) -> str:
    """When something begins that says no time: now."""
    return now().replace(microsecond=0).isoformat()


def start_of_item(text: str, zone: str) -> datetime:
    at = wire.moment(text, zone_of(zone))
    if at is None:
        raise invalid({"field": "start_time", "message": "start_time must be yyyy-MM-ddTHH:mm:ss, with Z for UTC."})
    return at


def refuse_no_days(recurrence: Mapping[str, Any]) -> None:
    """300 for a series whose days or end nobody can work out."""
    if recurrence.get("weekly_days") and not occurrences.weekdays(recurrence["weekly_days"]):
        raise invalid({"field": "recurrence.weekly_days", "message": "weekly_days are numbers from 1 (Sunday) to 7, with commas between."})
    if recurrence.get("end_date_time") and wire.moment(recurrence["end_date_time"], UTC) is None:
        raise invalid({"field": "recurrence.end_date_time", "message": "end_date_time must be yyyy-MM-ddTHH:mm:ssZ."})


def refuse_half_a_series(type: int, body: Mapping[str, Any], item: Mapping[str, Any] | None) -> None:
    """What recurs at fixed times says how."""
    known = item["details"].get("recurrence") if item else None
    if type in wire.WITH_TIME and not (body.get("recurrence") or known):
        raise invalid({"field": "recurrence", "message": "recurrence is required for this type."})


keep(MEETING)
keep(WEBINAR)
