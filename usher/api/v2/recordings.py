"""Recordings: of a user, of a meeting; put in the trash, or deleted for good (S4-45)."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from usher.api.days import DAYS, month_of
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import by_token, start_of, token
from usher.content import by_number
from usher.content.by_number import Span
from usher.core.refusals import Refused
from usher.zoom_wire import recordings as wire
from usher.zoom_wire.codes import Fault, WireRefused
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes

from .people import user_of

TOLD: dict[str, Any] = {"area": "recordings", "right": "content:item:view"}
READS, WRITES = ("recording:read:admin",), ("recording:write:admin",)
ACTION = {"action": Field("string", one_of=("trash", "delete"), default="trash")}


@operation(
    "GET",
    "/users/{userId}/recordings",
    Scopes(("cloud_recording:read:list_user_recordings:admin",), READS),
    label=MEDIUM,
    query={
        **DAYS,
        "trash": Field("boolean", default=False),
        "meeting_id": Field("integer", least=0, most=10**11),
        **by_token(300),
    },
    **TOLD,
)
def list_recordings(call: Call) -> dict[str, Any]:
    """List what a user recorded, meeting by meeting; the last month unless another is asked for."""
    place, size, query = start_of(call), call.query["page_size"], call.query
    owner = user_of(call, call.path["userId"])["id"]
    since, until = month_of(call)
    only: dict[str, Any] = {"number": query.get("meeting_id"), "trashed": query["trash"]}
    found = by_number.recorded(call.actor, owner, Span(since, until), **only, after=place, limit=size + 1)
    total = by_number.how_many_recorded(call.actor, owner, Span(since, until), **only)
    more = str(found[size - 1][0]["of_id"]) if len(found) > size else None
    return {
        "from": f"{since:%Y-%m-%d}",
        "to": f"{until - timedelta(days=1):%Y-%m-%d}",
        "page_count": -(-total // size),
        "page_size": size,
        "total_records": total,
        "next_page_token": token(call, more),
        "meetings": [wire.meeting(files, call.actor.account_id, settings.BASE_URL) for files in found[:size]],
    }


@operation("GET", "/meetings/{meetingId}/recordings", Scopes(("cloud_recording:read:list_recording_files:admin",), READS), **TOLD)
def meeting_recordings(call: Call) -> dict[str, Any]:
    """Read the recordings of a meeting."""
    return wire.meeting(files_of(call), call.actor.account_id, settings.BASE_URL)


@operation(
    "DELETE",
    "/meetings/{meetingId}/recordings",
    Scopes(("cloud_recording:delete:meeting_recording:admin",), WRITES),
    success=204,
    query=ACTION,
    **TOLD,
)
def delete_recordings(call: Call) -> None:
    """Put the recordings of a meeting in the trash, or delete them for good."""
    away(call, files_of(call))


@operation(
    "DELETE",
    "/meetings/{meetingId}/recordings/{recordingId}",
    Scopes(("cloud_recording:delete:recording_file:admin",), WRITES),
    success=204,
    query=ACTION,
    **TOLD,
)
def delete_recording(call: Call) -> None:
    """Put one recording of a meeting in the trash, or delete it for good."""
    told = call.path["recordingId"]
    away(call, [f for f in files_of(call) if wire.file(f, "")["id"] == told] or none(told))


def files_of(call: Call) -> list[dict[str, Any]]:
    """The recordings of the meeting of a path; what is deleted for good may lie in the trash. 404 with code 3301 when there are none."""
    told, trashed = call.path["meetingId"], call.query.get("action") == "delete"
    try:
        meeting = by_number.one(call.actor, told, trashed=True)
    except Refused as refused:
        if refused.kind != "missing":
            raise
        none(told)
    return by_number.recordings_of(call.actor, meeting["id"], trashed=trashed) or none(told)


def away(call: Call, files: list[dict[str, Any]]) -> None:
    verb = "content.delete_for_good" if call.query["action"] == "delete" else "content.delete"
    call.do(verb, {"items": {"ids": [str(f["id"]) for f in files]}})


def none(told: str) -> Any:
    """There is no such recording."""
    raise WireRefused(Fault(404, 3301, f"There is no recording for this meeting: {told[:64]}."))
