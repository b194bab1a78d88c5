"""Where `download_url` of a recording leads: the file for a program with a token, the portal for everybody else (README 1, Auth; S4-45).

The token stands in the Authorization header, or as `access_token` in the query, as programs that fetch recordings send it. It is one of an app whose scopes
read recordings, or one for the files of a meeting alone (access/file_tokens.py). Nowhere else is a token taken from a query.
"""

from typing import cast
from uuid import UUID

from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation

from usher.access import app_calls, file_tokens, tokens
from usher.access.origin import client_ip
from usher.accounts.plans import require_area
from usher.content import files
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.policy import Policy
from usher.core.refusals import Refused
from usher.journal import denials
from usher.zoom_wire import codes
from usher.zoom_wire.codes import Fault, WireRefused

from . import ranges
from .door import answered, dressed
from .reading import bearer
from .v2.recordings import OF_FILES, RIGHT, no_recording

METHODS = ("GET", "HEAD")
FETCHING = tokens.Purpose(OF_FILES.all, own=frozenset(OF_FILES.own))


def file(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The bytes, as an attachment and never as anything a browser would run (WEB-08)."""
    with translation.override("en"):
        return answered(request, lambda: given(request, item_id))


def given(request: HttpRequest, item_id: UUID) -> HttpResponse:
    if request.method not in METHODS:
        raise WireRefused(Fault(405, 300, "This method is not allowed here.", headers={"Allow": ", ".join(METHODS)}))
    token = bearer(request) or request.GET.get("access_token", "")
    if not token:
        return HttpResponseRedirect(f"/content/{short(item_id)}/file")
    actor, only = whose(request, token)
    require_area(actor, RIGHT)
    try:
        found, opened = files.opened(actor, item_id)
    except Refused as refused:
        if refused.kind != "missing":
            raise
        raise no_recording(short(item_id)) from None
    if only not in (None, found["meeting_id"] or found["id"]):
        opened.close()
        raise WireRefused(codes.no_token(codes.INVALID_TOKEN))
    return cast(HttpResponse, sent(request, found["filename"], opened))


def sent(request: HttpRequest, filename: str, opened: File) -> FileResponse:
    """The file, or the part of it that is asked for: 206; 416 for one it does not have. It never changes, so a part always fits what came before."""
    answer = FileResponse(opened, filename=filename, **files.SENT)
    answer["Accept-Ranges"] = "bytes"
    # HEAD has no parts. A condition is about a version that was named before; here none is, so it holds for nothing.
    wish = request.headers.get("Range", "") if request.method == "GET" and "If-Range" not in request.headers else ""
    try:
        asked = ranges.asked(wish, opened.size)
    except ValueError:
        opened.close()
        unknown = Fault(416, 300, "The file does not have this part.", headers={"Content-Range": f"bytes */{opened.size}"})
        raise WireRefused(unknown) from None
    if asked:
        first, last = asked
        answer.status_code = 206
        answer["Content-Range"], answer["Content-Length"] = f"bytes {first}-{last}/{opened.size}", str(last - first + 1)
        answer.streaming_content = ranges.part(opened, first, last)
    return answer


def whose(request: HttpRequest, token: str) -> tuple[Actor, UUID | None]:
    """Who a token works for, and the meeting it is limited to. 401 with code 124 for none, 403 with code 4711 for one without a scope of recordings."""
    asked = {"request_id": str(getattr(request, "request_id", "")), "ip": client_ip(request.META)}
    holder = tokens.holder(token, FETCHING, **asked)
    if holder is None:
        limited = file_tokens.holder(token, FETCHING, **asked)
        if limited is None:
            raise WireRefused(codes.no_token(codes.INVALID_TOKEN))
        return limited
    if holder.is_over:
        raise WireRefused(codes.no_token(codes.EXPIRED_TOKEN))
    if not holder.opens:
        denials.record(holder.actor, OF_FILES.granular[0], "scope")
        raise WireRefused(codes.no_scope(OF_FILES.granular))
    app_calls.count(holder.app)
    return holder.actor, None


file_view = dressed(file, Policy("token", METHODS[:1]))
