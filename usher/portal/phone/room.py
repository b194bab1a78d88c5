"""The page of a room's phone, its extension and its numbers (S3-3 … S3-5)."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.core.ids import short
from usher.core.refusals import not_found
from usher.licenses import ledger
from usher.licenses.catalog import PHONE, PRODUCTS
from usher.phone import room_reads
from usher.portal.page import SignedIn, page
from usher.portal.phone.assigning import assign_words, numbers_alone
from usher.portal.phone.lists import MANAGE, VIEW
from usher.portal.phone.person import extension_form, numbers_told, policy_told
from usher.portal.phone.rooms import PATH, kind_of
from usher.portal.plan_page import Look


@page(VIEW)
def room(request: SignedIn, room_id: UUID) -> HttpResponse:
    """What phone a room has; without one, the next step."""
    found = room_reads.room(request.actor, room_id)
    context = {
        "room": found,
        "kind": kind_of(found),
        "phone": found if found["state"] == "active" else None,
        "numbers": numbers_told(request.actor, found),
        "packages": [PRODUCTS[p].name for p in found["packages"]],
        "has_plan": any(p.startswith("calling:") for p in found["packages"]),
        "policy": policy_told(found["policy"]),
        "free": ledger.free(request.actor).get(PHONE, 0),
        "may_change": request.actor.may(MANAGE),
        "may_number": request.actor.may("phone:number:manage"),
        "path": f"{PATH}/{short(room_id)}",
        "ids": f"?ids={short(room_id)}",
        "crumbs": [(_("Phone"), PATH), (found["name"], "")],
    }
    return render(request, "phone/room.html", context)


@page(MANAGE, ("GET", "POST"))
def extension(request: SignedIn, room_id: UUID) -> HttpResponse:
    """Another extension for one room: a dialog, and a page of its own."""
    found = room_reads.room(request.actor, room_id)
    if found["state"] != "active":
        raise not_found(_("This phone"))
    path = f"{PATH}/{short(room_id)}"
    context = {"room": found, "crumbs": [(_("Phone"), PATH), (found["name"], path), (_("Change extension"), "")]}
    return extension_form(request, found, context, path, "phone/room_extension.html")


@page("phone:number:manage", ("GET", "POST"))
def number(request: SignedIn, room_id: UUID) -> HttpResponseBase:
    """A direct number more for one room."""
    found, path = room_reads.room(request.actor, room_id), f"{PATH}/{short(room_id)}"
    crumbs = [(_("Phone"), PATH), (found["name"], path), (_("Assign a number"), "")]
    return numbers_alone(request, str(room_id), Look(_("Assign a number"), crumbs, assign_words, (_("Cancel"), path)))
