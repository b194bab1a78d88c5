"""The page of a room's phone, its extension and its numbers (S3-3 … S3-5)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.core.keyset import Row
from usher.core.refusals import not_found
from usher.licenses import ledger
from usher.licenses.catalog import PHONE
from usher.phone import room_reads
from usher.portal.page import SignedIn, page
from usher.portal.phone.assigning import assign_words, numbers_alone
from usher.portal.phone.columns import MANAGE, VIEW
from usher.portal.phone.person import extension_form, newest, told_of
from usher.portal.phone.policy import policy_form
from usher.portal.phone.rooms import PATH, kind_of, room_path
from usher.portal.plan_page import Look


@page(VIEW)
def room(request: SignedIn, room_id: UUID) -> HttpResponse:
    """What phone a room has; without one, the next step."""
    found = room_reads.room(request.actor, room_id)
    active = found["state"] == "active"
    context = around(found) | {
        "free": ledger.free(request.actor).get(PHONE, 0),
        **newest(request.actor, room_id, {"room": room_id}),
        **told_of(request.actor, found if active else None, room_id, room_path(found), PATH),
    }
    return render(request, "phone/room.html", context)


def around(found: Row) -> dict[str, Any]:
    """What stands around the phone of a room."""
    facts = [kind_of(found), *([found["place"]] if found["place"] else [])]
    return {"name": found["name"], "crumbs": [(_("Rooms"), PATH), (found["name"], "")], "facts": facts, "frame": "phone/holder.html"}


@page(MANAGE, ("GET", "POST"))
def extension(request: SignedIn, room_id: UUID) -> HttpResponse:
    """Another extension for one room: a dialog, and a page of its own."""
    found = room_reads.room(request.actor, room_id)
    if found["state"] != "active":
        raise not_found(_("This phone"))
    return extension_form(request, found, around(found), room_path(found))


@page(MANAGE, ("GET", "POST"))
def policy(request: SignedIn, room_id: UUID) -> HttpResponse:
    """What the phone of one room may do."""
    found = room_reads.room(request.actor, room_id)
    if found["state"] != "active":
        raise not_found(_("This phone"))
    return policy_form(request, found, around(found), room_path(found))


@page("phone:number:manage", ("GET", "POST"))
def number(request: SignedIn, room_id: UUID) -> HttpResponseBase:
    """A direct number more for one room."""
    found = room_reads.room(request.actor, room_id)
    crumbs = [(_("Rooms"), PATH), (found["name"], room_path(found)), (_("Assign a number"), "")]
    return numbers_alone(request, str(room_id), Look(_("Assign a number"), crumbs, assign_words, (_("Cancel"), room_path(found))))
