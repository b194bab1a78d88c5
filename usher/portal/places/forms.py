"""The forms of places, each in a dialog or on a page of its own, and the plans of deleting them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.accounts import places
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.portal.listing import Listing, Words, read_wish, stream
from usher.portal.page import SignedIn, key_of, page
from usher.portal.people.belonging import full_id
from usher.portal.places.lists import MANAGE, PATH, ROOMS, SITES
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.templatetags.usher import number
from usher.portal.wish import ids_of, split


@page(MANAGE, ("GET", "POST"))
def new_room(request: SignedIn) -> HttpResponse:
    """A room: its name, what kind it is, where it stands."""
    if request.method == "GET":
        return shown(
            request, "room", {"kind": "ZoomRoom", "site": request.GET.get("site", "")}, heading=_("Add a room"), button=_("Add a room")
        )
    return done_or_asked(request, "room", "accounts.create_room", room_of(request), heading=_("Add a room"), button=_("Add a room"))


@page(MANAGE, ("GET", "POST"))
def room(request: SignedIn, room_id: UUID) -> HttpResponse:
    """The same of a room that is here."""
    found = places.room(request.actor, room_id)
    if request.method == "GET":
        given = {**found, "site": short(found["site_id"]) if found["site_id"] else ""}
        return shown(request, "room", given, heading=found["name"], button=_("Save"))
    return done_or_asked(
        request, "room", "accounts.edit_room", {"room": str(room_id), **room_of(request)}, heading=found["name"], button=_("Save")
    )


@page(MANAGE, ("GET", "POST"))
def new_site(request: SignedIn) -> HttpResponse:
    """A site by its name."""
    if request.method == "GET":
        return shown(request, "site", {}, heading=_("Add a site"), button=_("Add a site"))
    return done_or_asked(
        request, "site", "accounts.create_site", {"name": request.POST.get("name", "")}, heading=_("Add a site"), button=_("Add a site")
    )


@page(MANAGE, ("GET", "POST"))
def site(request: SignedIn, site_id: UUID) -> HttpResponse:
    """Another name for a site."""
    found = places.site(request.actor, site_id)
    if request.method == "GET":
        return shown(request, "site", found, heading=_("Rename %(name)s") % {"name": found["name"]}, button=_("Rename"))
    params = {"site": str(site_id), "name": request.POST.get("name", "")}
    return done_or_asked(
        request, "site", "accounts.rename_site", params, heading=_("Rename %(name)s") % {"name": found["name"]}, button=_("Rename")
    )


@page(MANAGE, ("GET", "POST"))
def main_site(request: SignedIn, site_id: UUID) -> HttpResponseBase:
    """Make a site the main one."""
    look = look_at(SITES, _("Main site"), lambda n: _("Make it the main site"))
    return plan_page(request, plan(request.actor, "accounts.make_main_site", {"site": str(site_id)}), look)


@page(MANAGE, ("GET", "POST"))
def room_deletions(request: SignedIn) -> HttpResponseBase:
    """Delete rooms."""
    look = look_at(ROOMS, _("Delete rooms"), lambda n: ngettext("Delete %(n)s room", "Delete %(n)s rooms", n) % {"n": number(n)})
    return plan_page(request, plan(request.actor, "accounts.delete_rooms", {"rooms": chosen(request, ROOMS)}), look)


@page(MANAGE, ("GET", "POST"))
def site_deletions(request: SignedIn) -> HttpResponseBase:
    """Delete sites; where rooms stand stays."""
    look = look_at(SITES, _("Delete sites"), lambda n: ngettext("Delete %(n)s site", "Delete %(n)s sites", n) % {"n": number(n)})
    return plan_page(request, plan(request.actor, "accounts.delete_sites", {"sites": chosen(request, SITES)}), look)


def look_at(listing: Listing, title: Words, button: Any) -> Look:
    return Look(
        title=title,
        crumbs=[(_("Places"), listing.path), (title, "")],
        button=button,
        back=(_("Cancel"), listing.path),
    )


def chosen(request: SignedIn, listing: Listing) -> list[str]:
    """The places an address means, up to one more than a verb takes, so that it refuses more than that."""
    ids = [str(i) for i in ids_of(split(request.GET, "ids"))]
    if not ids and ("all" in request.GET or "selection" in request.GET):
        rows = stream(listing, request.actor, read_wish(listing, request.GET))
        ids = [str(row["id"]) for row, _n in zip(rows, range(places.MOST_AT_ONCE + 1), strict=False)]
    return ids


def room_of(request: SignedIn) -> dict[str, Any]:
    """The form as the verb takes it: the site by its full id."""
    site = request.POST.get("site", "")
    return {"name": request.POST.get("name", ""), "kind": request.POST.get("kind", ""), "site": full_id(site) if site else None}


def done_or_asked(request: SignedIn, form: str, verb: str, params: dict[str, Any], *, heading: str, button: str) -> HttpResponse:
    """It is done and the list tells it, with the way back; or the form comes back with what was typed and what is wrong."""
    try:
        started = engine.start(plan(request.actor, verb, params), key_of(request))
    except Refused as refused:
        if refused.kind in ("missing", "forbidden"):
            raise
        given = {"name": params["name"], "kind": params.get("kind", ""), "site": request.POST.get("site", "")}
        return shown(request, form, given, refused, heading=heading, button=button)
    if started.number:
        messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', _("Saved."), started.number, _("Undo")))
    address = ROOMS.path if form == "room" else SITES.path
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)


def shown(
    request: SignedIn, form: str, given: Mapping[str, Any], refused: Refused | None = None, *, heading: str, button: str
) -> HttpResponse:
    """A form; what is wrong stands at its field. A name that is taken is wrong there too."""
    field = (refused.field or "name") if refused else ""
    context = {
        "form": form,
        "given": given,
        "trouble": {"field": field, "words": refused.words} if refused else {},
        "kinds": [Option(code, words) for code, words in places.ROOM_KINDS.items()],
        "sites": [Option(short(s["id"]), s["name"]) for s in places.sites(request.actor)] if form == "room" else [],
        "heading": heading,
        "button": button,
        "back": ROOMS.path if form == "room" else SITES.path,
        "crumbs": [(_("Places"), PATH), (heading, "")],
        "key": uuid4().hex if request.method == "GET" else request.POST.get("key", ""),
    }
    template = "places/form.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else "")
    return render(request, template, context, status=422 if refused else 200)
