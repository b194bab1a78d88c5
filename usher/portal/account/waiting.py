"""The waiting list for seats: who waits for what, in which order; taken off, or put first (portal.md section 9)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.journal.verb import plan
from usher.licenses import waiting
from usher.licenses.catalog import PRODUCTS
from usher.people.filters import where as people_where
from usher.portal.listing import Column, Filter, Listing, Words, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, Frame, list_page
from usher.portal.page import SignedIn, own_path, page
from usher.portal.people.pages import people_noun
from usher.portal.people.people_list import EMAIL
from usher.portal.plan_page import Look, plan_page
from usher.portal.templatetags.usher import avatar, number, when
from usher.portal.wish import ids_of, split

PATH = "/account/subscriptions/waiting"


def person_path(row: Row) -> str:
    return f"/people/{short(row['user_id'])}"


def name_cell(row: Row) -> Any:
    return format_html('<span class="who">{}<a href="{}">{}</a></span>', avatar(name_of(row)), person_path(row), name_of(row))


def product_of(row: Row) -> str:
    return PRODUCTS[row["product"]].name if row["product"] in PRODUCTS else str(row["product"])


def place_of(row: Row) -> str:
    return number(row["nth"]) if row["nth"] < waiting.PLACES else f"{number(waiting.PLACES)}+"


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """As people are searched, and the products they wait for."""
    clause, params = people_where(query)
    if not query.get("product"):
        return clause, params
    wanted = query["product"]
    return f"{clause} AND w.product = ANY(%(f_product)s)", {**params, "f_product": [wanted] if isinstance(wanted, str) else list(wanted)}


def product_options(actor: Actor) -> list[tuple[str, Words]]:
    return [(p, PRODUCTS[p].name) for p in waiting.counts(actor) if p in PRODUCTS]


WAITING = Listing(
    path=PATH,
    select=f"w.id, w.user_id, u.email, u.first_name, u.last_name, u.display_name, w.product, w.since, {waiting.PLACE} AS nth",
    source=waiting.OPEN,
    columns=(
        Column("name", gettext_lazy("Name"), name_cell, name_of, "main", "name"),
        EMAIL,
        Column("product", gettext_lazy("Waits for"), product_of, product_of, "side nowrap"),
        Column("place", gettext_lazy("Place"), place_of, place_of, "num", "place"),
        Column(
            "since",
            gettext_lazy("Since"),
            lambda r: when(r["since"]),
            lambda r: r["since"].isoformat(timespec="seconds"),
            "num nowrap",
        ),
    ),
    sorts=(Sort("place", "w.place", "w.id", "bigint"), Sort("name", "u.name_key", "w.id"), Sort("email", "u.canonical", "w.id")),
    where=where,
    filters=(Filter("product", gettext_lazy("Waits for"), product_options),),
    order="place",
)
register(WAITING)


@page("licenses:subscription:view")
def waiting_list(request: SignedIn) -> HttpResponse:
    """Who gets the next seat that comes free."""
    frame = Frame(
        title=_("Waiting list"),
        noun=people_noun,
        template="account/waiting.html",
        row_name=name_of,
        row_path=person_path,
        row_acts=partial(row_acts, request.actor.may("people:user:manage")),
        search_words=_("Name or e-mail"),
        nothing_found=_("Nobody on the list matches."),
        nothing_yet=_("Nobody waits for a seat. Where a plan lacks seats, the others can be put here."),
    )
    return list_page(request, WAITING, frame, export_path=f"{PATH}/export")


def row_acts(may: bool, row: Row) -> list[Act]:
    ids = f"?ids={short(row['id'])}"
    more = [Act(_("Put first"), f"{PATH}/firsts{ids}"), Act(_("Take off the list"), f"{PATH}/removals{ids}", last=True)]
    return [Act(_("Open"), person_path(row)), *(more if may else [])]


@page("licenses:subscription:view", ("GET", "POST"))
def waiting_export(request: SignedIn) -> HttpResponseBase:
    """The list as CSV."""
    return export(request, WAITING, "waiting-list.csv")


@page("people:user:manage", ("GET", "POST"))
def removals(request: SignedIn) -> HttpResponseBase:
    """They wait no more."""
    return planned_page(request, "licenses.stop_waiting", _("Take off the waiting list"), _("will leave the list"))


@page("people:user:manage", ("GET", "POST"))
def firsts(request: SignedIn) -> HttpResponseBase:
    """They are the next."""
    return planned_page(request, "licenses.wait_first", _("Put first on the waiting list"), _("will be next"))


def planned_page(request: SignedIn, verb: str, title: str, tally: str) -> HttpResponseBase:
    back = own_path(request.GET.get("back", ""), request)
    look = Look(
        title=title,
        crumbs=[(_("Subscriptions"), "/account/subscriptions"), (_("Waiting list"), PATH), (title, "")],
        button=lambda n: ngettext("Change %(n)s place", "Change %(n)s places", n) % {"n": number(n)},
        back=(_("Cancel"), PATH if back == "/" else back),
        then=PATH if back == "/" else back,
        tally={"will": tally},
    )
    return plan_page(request, plan(request.actor, verb, {"ids": [str(i) for i in ids_of(split(request.GET, "ids"))]}), look)
