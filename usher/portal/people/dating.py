"""Dates: people leave on a day, a license or an add-on ends on one; what is to come, and cancelling it (portal.md section 7; FLOW-06 … FLOW-08)."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.journal.names import long_day
from usher.journal.verb import plan
from usher.licenses.catalog import ADD_ONS, BASIC, PRODUCTS, WORKPLACE
from usher.licenses.ledger import free
from usher.lifecycle.dates import DEACTIVATE, END_ADD_ON, END_LICENSE
from usher.lifecycle.due import OPEN_DATES
from usher.people.filters import where
from usher.people.scope import within
from usher.portal.listing import Column, Listing, Words, register
from usher.portal.listing_page import Act, list_page
from usher.portal.page import SignedIn, own_path, page
from usher.portal.people import handing_over
from usher.portal.people.belonging import Ask, plan_or_ask
from usher.portal.people.bulk import look_at, subjects_of
from usher.portal.people.pages import list_frame, may_add, tabs
from usher.portal.people.people_list import EMAIL
from usher.portal.people.trash import name_cell
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.templatetags.usher import number, status
from usher.portal.wish import ids_of, split

STATES = {
    "waiting": ("pend", gettext_lazy("Waits")),
    "held_back": ("warn", gettext_lazy("Held back")),
    "failed": ("bad", gettext_lazy("Failed")),
}


@page("people:user:manage", ("GET", "POST"))
def new_date(request: SignedIn) -> HttpResponseBase:
    """On which day, then the plan. `what` is leave, or license with what `ends`; the content goes as the plan of deactivating says."""
    subjects, day = subjects_of(request), request.GET.get("day", "")
    asks = [Ask("day", _("Day"), "date", day, hint=_("The day begins at midnight where each of them lives."))]
    if request.GET.get("what") != "license":
        content = content_of(request)
        params: dict[str, Any] = {"subjects": subjects, "what": DEACTIVATE, "day": day, "content": content}
        moves = _("goes over on that day, as far as it can then") if content else _("stays as it is")
        look = look_of(request, _("Deactivate on a date"), [(_("Content"), moves)])
        return plan_or_ask(request, "lifecycle.schedule" if day else "", params, look, asks, _("When shall they leave?"))
    ends = request.GET.get("ends", "")
    what = END_LICENSE if ends in PRODUCTS and PRODUCTS[ends].kind == "workplace" else END_ADD_ON
    params = {"subjects": subjects, "what": what, "product": ends, "day": day}
    asks.insert(0, Ask("ends", _("What ends"), "select", ends, ending(request.actor)))
    look = look_of(request, _("End a license on a date"), [])
    return plan_or_ask(request, "lifecycle.schedule" if day and ends else "", params, look, asks, _("What ends, and when?"))


def content_of(request: HttpRequest) -> dict[str, Any]:
    """What moves to whom, from the address of a plan to deactivate."""
    want = handing_over.wanted(request.GET)
    return {"kinds": want.kinds, "heir": "manager" if want.to == "manager" else want.heir} if want.to else {}


def ending(actor: Actor) -> list[Option]:
    """What people can hold here beside Basic."""
    bought = free(actor)
    return [Option(p.code, p.name) for p in (*WORKPLACE, *ADD_ONS) if p.code in bought and p.code != BASIC]


def look_of(request: HttpRequest, title: str, facts: list[tuple[Words, Words]]) -> Look:
    look = look_at(
        request, title, lambda n: ngettext("Set the date for %(n)s person", "Set the date for %(n)s people", n) % {"n": number(n)}
    )
    always: list[tuple[Words, Words]] = [
        (_("Changed before by somebody else"), _("held back, and stands on Home")),
        (_("Until the day comes"), _("it can be cancelled")),
    ]
    return replace(look, facts=[*facts, *always], facts_words=_("What then"), tally={"will": _("get the date")})


@page("people:user:manage", ("GET", "POST"))
def cancellations(request: SignedIn) -> HttpResponseBase:
    """Cancel dates, and go back to where one came from."""
    back = own_path(request.GET.get("back", ""), request)
    look = Look(
        title=_("Cancel dates"),
        crumbs=[(_("Users"), "/people"), (_("Dates"), "/people/dates"), (_("Cancel"), "")],
        button=lambda n: ngettext("Cancel %(n)s date", "Cancel %(n)s dates", n) % {"n": number(n)},
        back=(_("Keep it"), "/people/dates" if back == "/" else back),
        then="" if back == "/" else back,
        tally={"will": _("will be cancelled")},
    )
    ids = [str(i) for i in ids_of(split(request.GET, "ids"))]
    return plan_page(request, plan(request.actor, "lifecycle.cancel_date", {"ids": ids}), look)


def what_words(row: Row) -> str:
    """Like "Deactivate", or "Licensed ends"."""
    if row["what"] == DEACTIVATE:
        return _("Deactivate")
    return _("%(product)s ends") % {"product": PRODUCTS[row["product"]].name if row["product"] in PRODUCTS else row["product"]}


def day_words(row: Row) -> str:
    return long_day(row["day"])


def state_words(row: Row) -> str:
    return str(STATES[row["state"]][1])


DATES = Listing(
    path="/people/dates",
    select="d.id AS date_id, u.id, u.email, u.first_name, u.last_name, u.display_name, d.what, d.product, d.day, d.state",
    source=OPEN_DATES,
    seen=within,
    columns=(
        Column("name", gettext_lazy("Name"), name_cell, name_of, "main", "name"),
        EMAIL,
        Column("what", gettext_lazy("What"), what_words, what_words, "nowrap"),
        Column("day", gettext_lazy("Day"), day_words, lambda r: str(r["day"]), "num nowrap", "day"),
        Column("state", gettext_lazy("State"), lambda r: status(STATES[r["state"]][0], STATES[r["state"]][1]), state_words, "side nowrap"),
    ),
    sorts=(Sort("day", "d.due", "d.id", "timestamptz"), Sort("name", "u.name_key", "d.id"), Sort("email", "u.canonical", "d.id")),
    where=where,
    order="day",
)
register(DATES)


@page("people:user:view")
def dates(request: SignedIn) -> HttpResponse:
    """What is to come, the next first."""
    frame = list_frame(
        request.actor,
        title=_("Dates"),
        row_acts=row_acts if may_add(request.actor) else None,
        nothing_yet=_(
            "Nothing has a date. Deactivate on a date stands on the plan of deactivating, Until a date with the licenses of a person."
        ),
    )
    return list_page(request, DATES, frame, **tabs(request.actor))


def row_acts(row: Row) -> list[Act]:
    return [Act(_("Open"), f"/people/{short(row['id'])}"), Act(_("Cancel it"), f"/people/dates/cancellations?ids={short(row['date_id'])}")]
