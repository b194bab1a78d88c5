"""Recordings: of a user, of a meeting; put in the trash, or deleted for good (S4-45)."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from usher.access import file_tokens
from usher.api.days import DAYS, month_of
from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import by_token, start_of, token
from usher.content import by_number
from usher.content.by_number import Span
from usher.zoom_wire import recordings as wire
from usher.zoom_wire.codes import Fault, WireRefused
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes

from .meetings import by_whom
from .people import user_of

RIGHT = "content:item:view"
TOLD: dict[str, Any] = {"area": "recordings", "right": RIGHT}


def scopes(act: str, *what: str) -> Scopes:
    """Of recordings: for everybody's with `:admin` or `:master` at the end, for one's own without."""
    granular, classic = [f"cloud_recording:{act}:{name}" for name in what], "recording:read" if act == "read" else "recording:write"
    everybodys = tuple(f"{name}:{end}" for name in granular for end in ("admin", "master"))
    return Scopes(everybodys, (f"{classic}:admin",), (*granular, classic))


OF_USER, OF_MEETING = "list_user_recordings", "list_recording_files"
OF_FILES = scopes("read", OF_MEETING, OF_USER)  # what lets a program have the files themselves
ASKED_FOR = "download_access_token"  # in include_fields
DAY, WEEK = 86_400, 604_800  # seconds a token for files is good for: unless another time is asked for, and at most
ACTION = {"action": Field("string", one_of=("trash", "delete"), default="trash")}


@operation(
    "GET",
    "/users/{userId}/recordings",
    scopes("read", OF_USER),
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


@operation(
    "GET",
    "/meetings/{meetingId}/recordings",
    scopes("read", OF_MEETING),
    query={"include_fields": Field("string", most=256), "ttl": Field("integer", least=0, most=WEEK, default=DAY)},
    **TOLD,
)
def meeting_recordings(call: Call) -> dict[str, Any]:
    """Read the recordings of a meeting; with `include_fields` a token that opens their `download_url`, for `ttl` seconds."""
    files = files_of(call)
    told = wire.meeting(files, call.actor.account_id, settings.BASE_URL)
    if call.app and ASKED_FOR in call.query.get("include_fields", "").split(","):
        told[ASKED_FOR] = file_tokens.make(call.actor, call.app, files[0]["of_id"], call.query["ttl"])
    return told


@operation(
    "DELETE",
    "/meetings/{meetingId}/recordings",
    scopes("delete", "meeting_recording"),
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
    scopes("delete", "recording_file"),
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
    return by_number.recordings_of(call.actor, told, trashed=trashed) or none(told)


def away(call: Call, files: list[dict[str, Any]]) -> None:
    """To the trash; for good is an administrator's, also of one's own."""
    verb = "content.delete_for_good" if call.query["action"] == "delete" else by_whom(call, "content.delete")
    call.do(verb, {"items": {"ids": [str(f["id"]) for f in files]}})


def none(told: str) -> Any:
    raise no_recording(told)


def no_recording(told: str) -> WireRefused:
    """404 with code 3301."""
    return WireRefused(Fault(404, 3301, f"There is no recording for this meeting: {told[:64]}."))
