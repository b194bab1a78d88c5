"""The Advanced tab: the totals of the account, and what is done to everybody at once as plain sentences (S0-8, S0-53 … S0-67)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.accounts import places
from usher.core.actor import Actor
from usher.core.keyset import COUNT_TO
from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.licenses.catalog import ADD_ONS, PRODUCTS, UNASSIGNED, WORKPLACE
from usher.licenses.ledger import seats
from usher.people import reads
from usher.portal.advanced.operations import Operation, operations
from usher.portal.listing import Words
from usher.portal.page import SignedIn, page
from usher.portal.people.bulk import order_choice
from usher.portal.people.pages import tabs
from usher.portal.plan_page import Look, plan_page
from usher.portal.templatetags.usher import number

PATH = "/people/advanced"
MANAGE = "people:advanced:manage"
NONE = {"bought": 0, "used": 0, "pending": 0, "held": 0, "free": 0}


@dataclass(frozen=True)
class Trouble:
    """Which operation cannot be as it was typed, and why."""

    key: str
    words: str


@page("people:advanced:view")
def advanced(request: SignedIn) -> HttpResponse:
    """The tab."""
    return tab(request)


def tab(request: SignedIn, trouble: Trouble | None = None) -> HttpResponse:
    """Totals and operations, with what was typed and what is wrong with it."""
    actor, people = request.actor, reads.totals(request.actor)
    lines = {s["product"]: s for s in seats(actor)}
    context = {
        **tabs(actor, people),
        "here": PATH,
        "totals": totals(actor, people),
        "licenses": [{**NONE, **lines.get(p.code, {}), "name": total_name(p.code)} for p in WORKPLACE],
        "add_ons": [lines[p.code] for p in ADD_ONS if p.code in lines],
        "operations": [told(o, trouble) for o in operations(actor, request.GET, lines)],
        "may_change": actor.may(MANAGE),
    }
    return render(request, "advanced/advanced.html", context, status=422 if trouble else 200)


def totals(actor: Actor, people: Mapping[str, int]) -> list[dict[str, Any]]:
    """How many people and rooms there are: the number in words, what they are, and where they are listed, for who may see it."""
    away = people["inactive"]
    found = [
        (number(people["active"]), _("active"), "/people", "people:user:view"),
        (number(people["pending"]), _("pending"), "/people/pending", "people:user:view"),
        (number(away) if away <= COUNT_TO else f"{number(COUNT_TO)}+", _("deactivated"), "/people?status=inactive", "people:user:view"),
        (number(places.how_many_rooms(actor)), _("rooms"), "/account/places", "accounts:place:view"),
    ]
    return [{"n": n, "words": words, "path": path if actor.may(right) else ""} for n, words, path, right in found]


def total_name(code: str) -> str:
    """What a total is called; Unassigned is what others call join-only."""
    name = PRODUCTS[code].name
    return _("%(license)s (can only join)") % {"license": name} if code == UNASSIGNED else name


def told(operation: Operation, trouble: Trouble | None) -> dict[str, Any]:
    return {"it": operation, "trouble": trouble.words if trouble and trouble.key == operation.key else ""}


def look_of(request: SignedIn, title: Words, button: Any) -> Look:
    """The look of a plan that was begun here: Cancel leads back."""
    return Look(
        title=title,
        crumbs=[(_("Users"), "/people"), (_("Advanced"), PATH), (title, "")],
        button=button,
        back=(_("Cancel"), PATH),
        order=order_choice(request),
    )


def plan_or_tab(request: SignedIn, key: str, verb: str, params: Mapping[str, Any], look: Look) -> HttpResponseBase:
    """The plan; what cannot be as it was typed is asked again on the tab, with the reason."""
    try:
        planned = plan(request.actor, verb, dict(params))
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return tab(request, Trouble(key, refused.words))
    return plan_page(request, planned, look)
