"""The dialog of a list's columns: tick, move, reset; and how high the rows are. Kept with the person (portal.md section 4)."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from usher.people.looks import Look, look_of
from usher.people.verbs.list_look import choose_look
from usher.portal.listing import Column, Listing
from usher.portal.listing_page import shown_columns
from usher.portal.lists.rights import listing_of
from usher.portal.page import SignedIn, member_page, own_path


@member_page(("GET", "POST"))
def look(request: SignedIn, name: str) -> HttpResponse:
    """Show what is chosen; move a column without keeping anything; keep it, or go back to what everybody sees."""
    listing = listing_of(request.actor, name)
    if request.method == "GET":
        return show(request, listing, look_of(request.actor, name))
    keys = {c.key for c in listing.columns}
    wanted = Look(tuple(k for k in request.POST.getlist("cols") if k in keys), request.POST.get("rows") == "tight")
    if move := request.POST.get("move"):
        return show(request, listing, wanted, moved([k for k in request.POST.getlist("order") if k in keys], move))
    if "reset" in request.POST:
        wanted = Look()
    choose_look(request.actor, name, in_order(request.POST.getlist("order"), wanted))
    return HttpResponseRedirect(back(request, listing), status=303)


def in_order(order: list[str], wanted: Look) -> Look:
    """The ticked columns in the order of the whole form."""
    place = {key: n for n, key in enumerate(order)}
    return Look(tuple(sorted(wanted.columns, key=lambda key: place.get(key, len(place)))), wanted.tight)


def moved(order: list[str], move: str) -> list[str]:
    """One column a place up or down: "up:email"."""
    way, _colon, key = move.partition(":")
    if key in order:
        at = order.index(key)
        to = max(0, at - 1) if way == "up" else at + 1
        order.insert(to, order.pop(at))
    return order


def show(request: SignedIn, listing: Listing, chosen: Look, order: list[str] | None = None) -> HttpResponse:
    """All columns but the name: the chosen ones in their order, then the others, or as they were just moved."""
    on = [c.key for c in shown_columns(listing, chosen.columns)[1:]]
    by_key: dict[str, Column] = {c.key: c for c in listing.columns[1:]}
    keys = dict.fromkeys([*(order or on), *on, *by_key])
    context: dict[str, Any] = {
        "listing": listing,
        "first": listing.columns[0],
        "columns": [{"key": k, "words": by_key[k].words, "on": k in on} for k in keys if k in by_key],
        "tight": chosen.tight,
        "back": back(request, listing),
    }
    return render(request, "lists/look.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else ""), context)


def back(request: SignedIn, listing: Listing) -> str:
    """The list as it stood, without columns in its address: those would win over what is kept."""
    asked = request.POST.get("back") or request.headers.get("HX-Current-URL") or request.GET.get("back") or listing.path
    parts = urlsplit(own_path(asked, request))
    pairs = [(k, v) for k, v in parse_qsl(parts.query) if k != "cols"]
    query = urlencode(pairs)
    return listing.path + (f"?{query}" if query and parts.path == listing.path else "")
