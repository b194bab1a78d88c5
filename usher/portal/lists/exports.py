"""Files of long lists: how far one is, and fetching it. Everybody sees their own alone."""

from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from usher.people import exports as kept
from usher.portal.csv_file import attached
from usher.portal.lists.rights import listing_of
from usher.portal.page import SignedIn, member_page


@member_page()
def exports(request: SignedIn) -> HttpResponse:
    """The own files of the last day."""
    return render(request, "lists/exports.html", {"files": kept.lately(request.actor)})


@member_page()
def export(request: SignedIn, export_id: UUID) -> HttpResponse:
    """One file; htmx asks for the fragment again until it is written."""
    context = {"file": kept.mine(request.actor, export_id)}
    polls = request.headers.get("HX-Target") == "progress"
    return render(request, "lists/export.html#progress" if polls else "lists/export.html", context)


@member_page()
def export_file(request: SignedIn, export_id: UUID) -> HttpResponseBase:
    """The file itself, for who asked for it and may still see the list."""
    file = kept.mine(request.actor, export_id)
    listing_of(request.actor, file["listing"])
    content = kept.content(request.actor, export_id)
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=attached(file["filename"]))
