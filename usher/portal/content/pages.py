"""Content: its four lists, one item, and the file of a recording (S4-14, S4-15, S4-45)."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from usher.content import files, reads
from usher.content.kinds import KINDS, SHELVES
from usher.content.verbs.trash import DAYS
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.portal.content.content_list import BOARDS, MEETINGS, RECORDINGS, WEBINARS, item_path, length_of, occurs_of, size_of
from usher.portal.listing import Listing, Words
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, page

TABS = [(listing, SHELVES[listing.fixed["shelf"][0]]) for listing in (MEETINGS, WEBINARS, RECORDINGS, BOARDS)]
NEW = {
    "/content": (_("New meeting"), "/content/new?kind=meeting"),
    "/content/webinars": (_("New webinar"), "/content/new?kind=webinar"),
    "/content/recordings": (_("Upload a recording"), "/content/recordings/new"),
    "/content/boards": (_("New whiteboard or note"), "/content/new?kind=whiteboard"),
}


def item_noun(n: int) -> str:
    return ngettext("item", "items", n)


def shelf_page(request: SignedIn, listing: Listing, nothing_yet: Words) -> HttpResponse:
    """One list, with what may be done to its items."""
    manage = request.actor.may("content:item:manage")
    in_trash = request.GET.getlist("state") == ["trash"]
    bulk = (Act(_("Transfer"), "/content/transfers"), Act(_("Delete"), "/content/deletions", last=True))
    frame = Frame(
        title=_("Content"),
        noun=item_noun,
        template="content/list.html",
        bulk=((Act(_("Restore"), "/content/restorations"),) if in_trash else bulk) if manage else (),
        row_acts=partial(row_acts, request.actor),
        row_name=lambda row: str(row["title"]),
        row_path=item_path,
        search_words=_("Title"),
        nothing_found=_("Nothing matches."),
        nothing_yet=nothing_yet,
    )
    tabs = [(words, listed.path) for listed, words in TABS]
    return list_page(request, listing, frame, tabs=tabs, new=NEW[listing.path] if manage else None, export_path=f"{listing.path}/export")


def row_acts(actor: Actor, row: Row) -> list[Act]:
    """The menu of a row; what may not be done says why."""
    ids, closed = f"?ids={short(row['id'])}", "" if actor.may("content:item:manage") else gettext("This needs the right to manage content.")
    file = [Act(_("Download"), f"{item_path(row)}/file")] if row["has_file"] else []
    if row["trashed_at"]:
        return [Act(_("Open"), item_path(row)), *file, Act(_("Restore"), "/content/restorations" + ids, why_not=closed)]
    return [
        Act(_("Open"), item_path(row)),
        *file,
        Act(_("Rename"), f"{item_path(row)}/title", why_not=closed),
        Act(_("Transfer"), "/content/transfers" + ids, why_not=closed),
        Act(_("Delete"), "/content/deletions" + ids, last=True, why_not=closed),
    ]


@page("content:item:view")
def meetings(request: SignedIn) -> HttpResponse:
    return shelf_page(request, MEETINGS, _("No meeting yet. Create one for somebody."))


@page("content:item:view")
def webinars(request: SignedIn) -> HttpResponse:
    return shelf_page(request, WEBINARS, _("No webinar yet. Create one for somebody who holds a Webinar seat."))


@page("content:item:view")
def recordings(request: SignedIn) -> HttpResponse:
    return shelf_page(request, RECORDINGS, _("No recording yet. Upload one for somebody who is Licensed."))


@page("content:item:view")
def boards(request: SignedIn) -> HttpResponse:
    return shelf_page(request, BOARDS, _("No whiteboard and no note yet. Create one for somebody."))


@page("content:item:view", ("GET", "POST"))
def meetings_export(request: SignedIn) -> HttpResponseBase:
    return export(request, MEETINGS, "meetings.csv")


@page("content:item:view", ("GET", "POST"))
def webinars_export(request: SignedIn) -> HttpResponseBase:
    return export(request, WEBINARS, "webinars.csv")


@page("content:item:view", ("GET", "POST"))
def recordings_export(request: SignedIn) -> HttpResponseBase:
    return export(request, RECORDINGS, "recordings.csv")


@page("content:item:view", ("GET", "POST"))
def boards_export(request: SignedIn) -> HttpResponseBase:
    return export(request, BOARDS, "whiteboards-and-notes.csv")


@page("content:item:view")
def item(request: SignedIn, item_id: UUID) -> HttpResponse:
    """One item: what it is, whose it is, and what may be done to it."""
    found = reads.item(request.actor, item_id)
    listing, words = next(t for t in TABS if t[0].fixed["shelf"] == [shelf_of(found["kind"])])
    context: dict[str, Any] = {
        "item": found,
        "kind": KINDS[found["kind"]],
        "occurs": occurs_of(found),
        "length": length_of(found),
        "size": size_of(found),
        "acts": row_acts(request.actor, found)[1:],
        "crumbs": [(_("Content"), "/content"), (words, listing.path), (found["title"], "")],
        "days": DAYS,
    }
    return render(request, "content/item.html", context)


def shelf_of(kind: str) -> str:
    return {"meeting": "meetings", "webinar": "webinars", "recording": "recordings"}.get(kind, "boards")


@page("content:item:view")
def file(request: SignedIn, item_id: UUID) -> HttpResponseBase:
    """The file of a recording, always as an attachment and never as anything a browser would run (WEB-08)."""
    found, opened = files.opened(request.actor, item_id)
    return FileResponse(opened, filename=found["filename"], **files.SENT)
