"""One person, tab by tab (S4-10; portal.md section 7)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from usher.access.factors import of_person
from usher.access.sign_ins import open_sessions_of, sign_ins_of
from usher.core.actor import Actor
from usher.core.ids import short, unshort
from usher.journal.plan import words_of
from usher.journal.touched import changes_of as changes_that_touched
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle.parts import first_seats_of
from usher.portal.changes.told import described
from usher.portal.effects import changes_of
from usher.portal.page import SignedIn, page
from usher.portal.people.acts import factor_removal
from usher.portal.people.came_in import came_in_of
from usher.portal.people.person.head import around
from usher.portal.seat_choices import seat_lines
from usher.portal.sign_in.means import means_in_words

ROWS = 50
LATELY = 6


@page("people:user:view")
def overview(request: SignedIn, person_id: UUID) -> HttpResponse:
    """What they hold, who they are, what happened to them lately. Anybody of another account does not exist here."""
    context = around(request.actor, person_id, "")
    context["licenses"] = licenses_of(context["person"])
    context["more_reports"] = context["person"]["reports_n"] - len(context["person"]["reports"])
    context["came_in"] = came_in_of(context["person"])
    if request.actor.may("journal:change:view"):
        context["lately"] = touched(request.actor, person_id, None, LATELY)
    return render(request, "people/person.html", context)


def licenses_of(person: dict[str, Any]) -> list[dict[str, Any]]:
    """The Workplace license, then the add-ons with the day since when."""
    held = [{"product": person["license"], "since": person["licensed_at"], "workplace": True}] if person["license"] else []
    return [{**s, "name": PRODUCTS[s["product"]].name} for s in [*held, *person["seats"]] if s["product"] in PRODUCTS]


def touched(actor: Actor, person_id: UUID, before: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Changes that touched the person: the sentence, what it did to this person, why it left them alone."""
    objs = [person_id, *first_seats_of(person_id)]
    return [{**described(c), **done_to(c)} for c in changes_that_touched(actor, objs, before=before, limit=limit)]


def done_to(change: dict[str, Any]) -> dict[str, Any]:
    done = [c for e in change["effects"] if e["result"] == "done" for c in changes_of(e["before"] or {}, e["after"] or {})]
    left = [words_of(e["reason"]) for e in change["effects"] if e["result"] != "done" and e["reason"]]
    return {"changes": done, "why": ", ".join(left)}


@page("people:user:view")
def licenses(request: SignedIn, person_id: UUID) -> HttpResponse:
    """What they hold since when, and every license they were given or lost before."""
    context = around(request.actor, person_id, "licenses")
    context["licenses"] = licenses_of(context["person"])
    context["seats"] = seat_lines(request.actor, [held["product"] for held in context["licenses"]])
    if request.actor.may("journal:change:view"):
        every = touched(request.actor, person_id, None, 4 * ROWS)
        context["history"] = [c for c in every if any(one["key"] in ("license", "add_on", "add_ons") for one in c["changes"])][:ROWS]
    return render(request, "people/person_licenses.html", context)


@page("people:user:view")
def groups(request: SignedIn, person_id: UUID) -> HttpResponse:
    """The groups they are in, which is primary, the IM group (S0-27, S0-28)."""
    context = around(request.actor, person_id, "groups")
    context["may_change"] = request.actor.may("people:group:manage")
    context["may_change_im"] = request.actor.may("people:im_group:manage")
    scope, may_open = request.actor.scope, request.actor.may("people:group:view")
    context["may_open_im"] = request.actor.may("people:im_group:view")
    context["groups"] = [
        {**g, "short": short(UUID(g["id"])), "opens": may_open and (scope is None or g["id"] in scope.values)}
        for g in context["person"]["groups"]
    ]
    return render(request, "people/person_groups.html", context)


@page("journal:change:view")
def activity(request: SignedIn, person_id: UUID) -> HttpResponse:
    """Every change that touched them, newest first."""
    context = around(request.actor, person_id, "activity")
    before = id_of(request.GET.get("before", ""))
    found = touched(request.actor, person_id, before, ROWS + 1)
    context["lines"], context["first"] = found[:ROWS], before is None
    context["older"] = f"?before={short(found[ROWS - 1]['id'])}" if len(found) > ROWS else ""
    return render(request, "people/person_activity.html", context)


def id_of(text: str) -> UUID | None:
    try:
        return unshort(text)
    except ValueError:
        return None


@page("people:user:view")
def sign_in(request: SignedIn, person_id: UUID) -> HttpResponse:
    """How they sign in, with the way to remove lost factors; their open sessions with the way to end all; when they came in and how."""
    context = around(request.actor, person_id, "sign-in")
    before = moment_of(request.GET.get("before", ""))
    found = sign_ins_of(request.actor, person_id, before=before, limit=ROWS + 1)
    context["lines"], context["first"] = [{**f, "means": means_in_words(f["means"])} for f in found[:ROWS]], before is None
    context["older"] = found[ROWS - 1]["at"].isoformat() if len(found) > ROWS else ""
    context["sessions"] = open_sessions_of(request.actor, person_id)
    context["factors"] = of_person(request.actor, person_id)
    if request.actor.may("people:user:manage"):
        context["removal"] = factor_removal(request.actor, context["person"], context["factors"])
    context["sign_out"] = next((a for a in context["more"] if a.path.startswith("/people/sign-outs")), None)
    return render(request, "people/person_sign_in.html", context)


def moment_of(text: str) -> datetime | None:
    """A moment with its zone, or None: it only says where to go on."""
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else None
    except ValueError:
        return None
