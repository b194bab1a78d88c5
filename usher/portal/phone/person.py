"""The tab Phone of a person, and the form of their extension (S3-4, S3-20, S3-23; portal.md section 7)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.core.refusals import Refused, not_found
from usher.journal import engine
from usher.journal.verb import plan
from usher.licenses import ledger
from usher.licenses.catalog import PHONE, PRODUCTS
from usher.people import reads as people
from usher.phone import call_reads, reads
from usher.phone.numbering import shown
from usher.portal.listing_page import menu_of
from usher.portal.page import SignedIn, key_of, page
from usher.portal.people.people_list import STATUS
from usher.portal.people.person import head
from usher.portal.phone import log
from usher.portal.phone.acts import further_acts
from usher.portal.phone.assigning import assign_words, numbers_alone
from usher.portal.phone.clash import words_of_refusal
from usher.portal.phone.columns import MANAGE, VIEW
from usher.portal.phone.lists import USERS, set_up_of
from usher.portal.phone.policy import policy_form, policy_told
from usher.portal.phone.told import call_lines
from usher.portal.plan_page import Look

NEWEST = 5


@page(VIEW)
def phone(request: SignedIn, person_id: UUID) -> HttpResponse:
    """What phone somebody has; without one, the next step."""
    context, found = around(request.actor, person_id), reads.phone(request.actor, person_id)
    active = found is not None and found["state"] == "active"
    path = f"/people/{short(person_id)}/phone"
    context |= {
        "trashed": found is not None and found["state"] == "trash",
        "waits": not active and reads.waits(request.actor, person_id),
        "state": set_up_of(found) if found else None,
        "free": ledger.free(request.actor).get(PHONE, 0),
        **newest(request.actor, person_id, {"person": person_id}),
        **told_of(request.actor, found if active else None, person_id, path, USERS.path, reads.settings(request.actor)["soft_delete"]),
    }
    return render(request, "phone/person.html", context)


def around(actor: Actor, person_id: UUID) -> dict[str, Any]:
    """What stands around a phone: its person, or for who may see phones but not people their name alone. Refused (missing) for anybody who is not here."""
    if actor.may("people:user:view"):
        return {**head.around(actor, person_id, "phone"), "frame": "people/person_frame.html"}
    found = people.person(actor, person_id)
    crumbs = [(_("Users & Rooms"), USERS.path), (name_of(found), "")]
    facts = [STATUS[found["status"]][1], found["email"]]
    return {"person": found, "name": name_of(found), "crumbs": crumbs, "facts": facts, "frame": "phone/holder.html"}


def newest(actor: Actor, holder: UUID, all_of_them: dict[str, Any]) -> dict[str, Any]:
    """The newest calls of a phone for who may see the account log, and where in it the others are."""
    if not actor.may(log.VIEW):
        return {}
    return {"calls": call_lines(call_reads.newest_of(actor, holder, NEWEST)), "log_path": f"{log.CALLS.path}?{urlencode(all_of_them)}"}


def told_of(actor: Actor, found: Row | None, holder: UUID, path: str, place: str, bin: bool = False) -> dict[str, Any]:
    """What a phone has and what may be done to it, for phone/facts.html and phone/acts.html: `path` is its page, `place` where those of many begin."""
    packages = found["packages"] if found else []
    return {
        "phone": found,
        "numbers": numbers_told(actor, found) if found else [],
        "packages": [{"code": p, "words": PRODUCTS[p].name} for p in packages],
        "has_plan": any(p.startswith("calling:") for p in packages),
        "policy": policy_told(found) if found else [],
        "may_change": actor.may(MANAGE),
        "may_number": actor.may("phone:number:manage"),
        "path": path,
        "place": place,
        "ids": f"?ids={short(holder)}",
        "more": menu_of(further_acts(actor, place, bin, found)) if found else "",
    }


@page(MANAGE, ("GET", "POST"))
def extension(request: SignedIn, person_id: UUID) -> HttpResponse:
    """Another extension for one person: a dialog, and a page of its own."""
    context = around(request.actor, person_id)
    found = reads.phone(request.actor, person_id)
    if found is None or found["state"] != "active":
        raise not_found(_("This phone"))
    return extension_form(request, found, context, f"/people/{short(person_id)}/phone")


@page(MANAGE, ("GET", "POST"))
def policy(request: SignedIn, person_id: UUID) -> HttpResponse:
    """What the phone of one person may do (S3-4)."""
    context = around(request.actor, person_id)
    found = reads.phone(request.actor, person_id)
    if found is None or found["state"] != "active":
        raise not_found(_("This phone"))
    return policy_form(request, found, context, f"/people/{short(person_id)}/phone")


@page("phone:number:manage", ("GET", "POST"))
def number(request: SignedIn, person_id: UUID) -> HttpResponseBase:
    """A direct number more for one person (S3-5)."""
    context, path = around(request.actor, person_id), f"/people/{short(person_id)}/phone"
    crumbs = [(_("Users & Rooms"), USERS.path), (context["name"], path), (_("Assign a number"), "")]
    return numbers_alone(request, str(person_id), Look(_("Assign a number"), crumbs, assign_words, (_("Cancel"), path)))


def numbers_told(actor: Actor, found: Row) -> list[dict[str, Any]]:
    """The numbers of a phone, each with the way to take it back for who may."""
    if not actor.may("phone:number:view"):
        return [{"words": shown(n)} for n in found["numbers"]]
    return [{"words": shown(n["number"]), "ids": short(n["id"]), "caller": n["caller"]} for n in reads.numbers(actor, holder=found["id"])]


def extension_form(request: SignedIn, found: Row, context: dict[str, Any], path: str) -> HttpResponse:
    """The form of one extension: done, it leads back; refused, it says why and keeps what was typed."""
    given, trouble = request.POST.get("extension", found["extension"]), {}
    if request.method == "POST":
        try:
            engine.start(plan(request.actor, "phone.set_extension", {"holder": str(found["id"]), "extension": given}), key_of(request))
            if request.headers.get("HX-Request") == "true":
                return HttpResponse(status=204, headers={"HX-Redirect": path})
            return HttpResponseRedirect(path, status=303)
        except Refused as refused:
            trouble = {"field": "extension", "words": words_of_refusal(request.actor, refused, str(given))}
    context |= {"given": given, "trouble": trouble, "key": uuid4().hex, "back": path, "path": request.path}
    fragment = "#dialog" if request.headers.get("HX-Request") == "true" else ""
    return render(request, "phone/extension.html" + fragment, context, status=422 if trouble else 200)
