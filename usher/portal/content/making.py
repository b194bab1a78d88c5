"""The forms of content: a new item, an upload, another title; each in a dialog or on a page of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from usher.content import reads
from usher.content.kinds import KINDS, OCCURRENCE, OCCURS
from usher.content.uploading import upload
from usher.content.verbs.hand_over import checked_heir
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.portal.content.pages import NEW, TABS, shelf_of
from usher.portal.page import SignedIn, key_of, page, takes_files
from usher.portal.plan_page import Option
from usher.portal.templatetags.usher import number

FIELDS = ("kind", "owner", "title", "occurs", "starts_at", "minutes")


@page("content:item:manage", ("GET", "POST"))
def new_item(request: SignedIn) -> HttpResponse:
    """A meeting, a webinar, a whiteboard or a note for somebody."""
    if request.method == "GET":
        kind = request.GET.get("kind", "")
        kind = kind if kind in KINDS else "meeting"
        return show(request, "new", {"kind": kind, "occurs": OCCURS[kind][0], "owner": request.GET.get("owner", "")})
    given = {name: request.POST.get(name, "").strip() for name in FIELDS}
    try:
        about = about_of(request, given)
        if about["kind"] == "recording":
            raise Refused("invalid", "kind", _("A recording is uploaded."), field="kind")
        started = engine.start(plan(request.actor, "content.create", {"items": [about]}), key_of(request))
    except Refused as refused:
        return show(request, "new", given, refused)
    return done(request, shelf_path(about["kind"]), started)


@takes_files
@page("content:item:manage", ("GET", "POST"))
def new_recording(request: SignedIn) -> HttpResponse:
    """Upload the file of a recording for somebody who is Licensed (S4-15)."""
    if request.method == "GET":
        return show(request, "upload", {"kind": "recording", "owner": request.GET.get("owner", "")})
    given = {**{name: request.POST.get(name, "").strip() for name in FIELDS}, "kind": "recording"}
    file = request.FILES.get("file")
    try:
        if file is None or file.file is None or file.size is None:
            raise Refused("invalid", "file", _("No file was chosen. Choose the recording’s file."), field="file")
        started = upload(request.actor, cast(BinaryIO, file.file), file.name or "", file.size, about_of(request, given), key_of(request))
    except Refused as refused:
        return show(request, "upload", given, refused)
    return done(request, shelf_path("recording"), started)


def about_of(request: SignedIn, given: Mapping[str, str]) -> dict[str, Any]:
    """The form as the verb takes it: the owner by id, the time with its zone, minutes as seconds."""
    minutes = given.get("minutes", "")
    if minutes and not (minutes.isascii() and minutes.isdigit()):
        raise Refused("invalid", "minutes", _("Type the length in minutes, as a number."), field="minutes")
    try:
        owner = checked_heir(request.actor, given["owner"])["heir"]
    except Refused as refused:
        raise Refused(refused.kind, refused.code, refused.words, field="owner") from refused
    about = {"kind": given["kind"], "owner": owner, "title": given["title"], "starts_at": moment_of(given["starts_at"])}
    return {**about, "occurs": given["occurs"], "seconds": int(minutes) * 60 if minutes else None}


def moment_of(text: str) -> str:
    """What a browser says of a day and a time, in the zone of whoever typed it; anything else stays, and the verb refuses it."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=timezone.get_current_timezone()).isoformat()
    except ValueError:
        return text


@page("content:item:manage", ("GET", "POST"))
def title(request: SignedIn, item_id: UUID) -> HttpResponse:
    """Another title for one item."""
    found = reads.item(request.actor, item_id)
    if request.method == "GET":
        return show(request, "title", {"title": found["title"]}, item=found)
    given = request.POST.get("title", "")
    try:
        started = engine.start(plan(request.actor, "content.rename", {"items": {"ids": [str(item_id)]}, "title": given}), key_of(request))
    except Refused as refused:
        return show(request, "title", {"title": given}, refused, item=found)
    return done(request, f"/content/{short(item_id)}", started)


def done(request: SignedIn, address: str, started: engine.Started) -> HttpResponse:
    """To where it stands now, with the way back."""
    if started.number:
        messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', _("Saved."), started.number, _("Undo")))
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)


def shelf_path(kind: str) -> str:
    return next(listing.path for listing, _words in TABS if listing.fixed["shelf"] == [shelf_of(kind)])


def show(
    request: SignedIn, form: str, given: Mapping[str, Any], refused: Refused | None = None, item: dict[str, Any] | None = None
) -> HttpResponse:
    """A form with what was typed and what is wrong with it. A refusal of the verb that names no field stands above all of them."""
    if refused and refused.kind in ("missing", "forbidden"):
        raise refused
    kind = given.get("kind", "")
    context = {
        "form": form,
        "given": given,
        "item": item,
        "trouble": {"field": refused.field, "words": refused.words} if refused else {},
        "kinds": [Option(k, KINDS[k]) for k in ("whiteboard", "note")] if kind in ("whiteboard", "note") else [],
        "occurrences": [Option(o, OCCURRENCE[o]) for o in OCCURS.get(kind, ()) if o],
        "heading": heading_of(form, kind),
        "button": {"new": _("Create"), "upload": _("Upload"), "title": _("Rename")}[form],
        "back": f"/content/{short(item['id'])}" if item else shelf_path(kind),
        "most": number(settings.UPLOAD_MAX // 2**20),
        "key": uuid4().hex if request.method == "GET" else request.POST.get("key", ""),
    }
    template = "content/form.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else "")
    return render(request, template, context, status=422 if refused else 200)


def heading_of(form: str, kind: str) -> Any:
    return _("Rename") if form == "title" else NEW[shelf_path(kind)][0]
