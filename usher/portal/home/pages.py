"""Home: what the account is like now, and the numbers of its chart as a file."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.journal import reads
from usher.licenses.catalog import PRODUCTS
from usher.licenses.ledger import seats
from usher.people.reads import totals
from usher.portal.changes.told import described
from usher.portal.csv_file import BOM, attached, csv_line
from usher.portal.home.needs import needs_of
from usher.portal.home.trend import trend
from usher.portal.page import SignedIn, member_page, page
from usher.portal.people.pages import INVITING, may_invite
from usher.portal.seat_choices import is_free_of_charge
from usher.portal.templatetags.usher import number


@member_page()
def home(request: SignedIn) -> HttpResponse:
    """What the account is like now. Who may see none of it lands on their own page."""
    actor = request.actor
    if not actor.may("people:user:view"):
        return HttpResponseRedirect("/me")
    context: dict[str, Any] = {"told": people_told(totals(actor)), "may_add": may_invite(actor), "quick": quick(actor)}
    lines = paid_seats(actor) if actor.may("licenses:subscription:view") else None
    context["needs"] = needs_of(actor, lines or [], timezone.now().date())
    if lines is not None:
        context["may_buy"] = actor.may("licenses:subscription:manage")
        context |= {"seats": lines, "trend": trend(actor, lines, request.GET.get("seats", ""))}
    if actor.may("journal:change:view"):
        context["lately"] = [described(c) for c in reads.changes(actor, limit=6)]
    return render(request, "home/home.html", context)


def paid_seats(actor: Actor) -> list[dict[str, Any]]:
    return [s for s in seats(actor) if not is_free_of_charge(PRODUCTS[s["product"]])]


def quick(actor: Actor) -> list[dict[str, Any]]:
    """The commonest ways from here that this actor may go."""
    ways = (
        ("people:user:manage", "user-plus", _("Add people by e-mail"), "/people/new"),
        ("people:user:manage", "file-import", _("Import a file"), "/people/imports/new"),
        ("people:user:view", "mail", _("See who is invited"), "/people/pending"),
        ("licenses:subscription:manage", "license", _("Change how many seats there are"), "/account/subscriptions"),
        ("people:user:view", "download", _("Export everybody as CSV"), "/people/export?status=any"),
    )
    return [
        {"icon": icon, "words": words, "path": path}
        for right, icon, words, path in ways
        if actor.may(right) and (path not in INVITING or may_invite(actor))
    ]


@page("licenses:subscription:view")
def seats_csv(request: SignedIn) -> HttpResponseBase:
    """The numbers of the chart as a file."""
    told = trend(request.actor, paid_seats(request.actor), request.GET.get("seats", ""))
    weeks = told["weeks"] if told else []
    lines = ([str(w["day"]), str(w["used"]), str(w["pending"]), str(w["bought"])] for w in weeks)
    text = BOM + csv_line(["day", "used", "pending", "bought"]) + "".join(csv_line(line) for line in lines)
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=attached("seats.csv"))


def people_told(counts: dict[str, int]) -> str:
    """Like "289 people are active, 14 are invited, 3 are deactivated." Groups of nobody are left out."""
    told = [ngettext("%(n)s person is active", "%(n)s people are active", counts["active"]) % {"n": number(counts["active"])}]
    if counts["pending"]:
        told.append(ngettext("%(n)s is invited", "%(n)s are invited", counts["pending"]) % {"n": number(counts["pending"])})
    if counts["inactive"]:
        told.append(ngettext("%(n)s is deactivated", "%(n)s are deactivated", counts["inactive"]) % {"n": number(counts["inactive"])})
    return ", ".join(told) + "."
