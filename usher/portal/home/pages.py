"""Home, Me, the theme and the keys."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.actors import name_of
from usher.access.roles import people_to_ask
from usher.journal import reads
from usher.licenses.catalog import PRODUCTS
from usher.licenses.ledger import seats
from usher.people.reads import totals
from usher.portal.changes.pages import described
from usher.portal.navigation import THEMES
from usher.portal.page import SignedIn, member_page, own_path, public
from usher.portal.people.adding import is_free_of_charge


@member_page()
def home(request: SignedIn) -> HttpResponse:
    """What the account is like now. Who may see none of it lands on their own page."""
    actor = request.actor
    if not actor.may("people:user:view"):
        return HttpResponseRedirect("/me")
    context: dict[str, Any] = {"told": people_told(totals(actor)), "may_add": actor.may("people:user:manage")}
    if actor.may("licenses:subscription:view"):
        context["seats"] = [s for s in seats(actor) if not is_free_of_charge(PRODUCTS[s["product"]])]
        context["needs"] = [seat_need(s) for s in context["seats"] if s["bought"] and not s["free"]]
    if actor.may("journal:change:view"):
        context["lately"] = [described(c) for c in reads.changes(actor, limit=6)]
    return render(request, "home/home.html", context)


def people_told(counts: dict[str, int]) -> str:
    """Like "289 people are active, 14 are invited, 3 are deactivated." Groups of nobody are left out."""
    told = [ngettext("%(n)s person is active", "%(n)s people are active", counts["active"]) % {"n": f"{counts['active']:,}"}]
    if counts["pending"]:
        told.append(ngettext("%(n)s is invited", "%(n)s are invited", counts["pending"]) % {"n": f"{counts['pending']:,}"})
    if counts["inactive"]:
        told.append(ngettext("%(n)s is deactivated", "%(n)s are deactivated", counts["inactive"]) % {"n": f"{counts['inactive']:,}"})
    return ", ".join(told) + "."


def seat_need(seat: dict[str, Any]) -> dict[str, Any]:
    """A product of which no seat is left is something to look at."""
    words = _("No %(name)s seat is free") % {"name": seat["name"]}
    more = _("%(used)s of %(bought)s are in use.") % {"used": f"{seat['used']:,}", "bought": f"{seat['bought']:,}"}
    return {"icon": "license", "css": "warn", "words": words, "more": more, "path": "/account/subscriptions", "act": _("See subscriptions")}


@member_page()
def me(request: SignedIn) -> HttpResponse:
    """The own page of everybody: who they are here, and whom to ask."""
    ask = people_to_ask(request.actor.account_id, "people:user:manage") if not request.actor.may("people:user:view") else []
    return render(request, "home/me.html", {"ask": _(" or ").join(name_of(p) for p in ask)})


@public(("POST",))
def theme(request: SignedIn) -> HttpResponse:
    """Keep the wished theme in this browser, and go back."""
    response = HttpResponseRedirect(own_path(request.POST.get("next", "/"), request))
    wish = request.POST.get("theme", "")
    if wish in dict(THEMES):
        response.set_cookie("usher-theme", wish, max_age=31_536_000, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return response


@member_page(("POST",))
def keys(request: SignedIn) -> HttpResponse:
    """Switch single keys on or off in this browser, and go back (WCAG 2.1.4)."""
    response = HttpResponseRedirect(own_path(request.POST.get("next", "/"), request))
    if (wish := request.POST.get("keys", "")) in ("on", "off"):
        response.set_cookie("usher-keys", wish, max_age=31_536_000, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return response
