"""The export of a list: exactly what is listed, or what is picked in it, in its columns and order (S0-13).

CSV, UTF-8 with BOM, formula cells neutral (CSV-01). Up to AT_ONCE rows are streamed; more are written in the background (tasks.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from usher.core import keyset
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.people import exports
from usher.people.looks import look_of
from usher.portal.csv_file import BOM, attached, csv_line, spoken
from usher.portal.listing import Column, Listing, order_of, read_wish, stream, to_export
from usher.portal.listing_page import shown_columns
from usher.portal.page import SignedIn
from usher.portal.wish import Wish

AT_ONCE = 10_000
PIECE = 5_000
TASK = "portal.export"


def export(request: SignedIn, listing: Listing, filename: str) -> HttpResponseBase:
    """The file of a list; when it is too long for that, the page that offers to write it, and by POST its beginning."""
    wish = wish_with_columns(request.actor, listing, request.GET)
    rows = to_export(listing, request.actor, wish)
    if request.method == "POST":
        return begin(request, listing, wish, filename)
    if keyset.count(rows, AT_ONCE + 1) > AT_ONCE:
        return offer(request, listing, keyset.count(rows))
    columns = shown_columns(listing, wish.cols)
    lines = spoken(pieces(columns, stream(listing, request.actor, wish)), listing.file_language)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=attached(filename))


def wish_with_columns(actor: Actor, listing: Listing, data: QueryDict) -> Wish:
    """The wish with the columns it will have: those of the address, else those the actor chose, else the usual ones."""
    wish = read_wish(listing, data)
    wanted = wish.cols or look_of(actor, listing.name).columns
    return replace(wish, cols=tuple(c.key for c in shown_columns(listing, wanted)), cursor=None)


def offer(request: SignedIn, listing: Listing, total: int) -> HttpResponse:
    """What will happen, before it does."""
    context = {"listing": listing, "total": total, "key": uuid4().hex, "query": request.GET.urlencode()}
    return render(request, "lists/export_offer.html", context)


def begin(request: SignedIn, listing: Listing, wish: Wish, filename: str) -> HttpResponse:
    """Have it written in the background, and show how far it is."""
    total = keyset.count(to_export(listing, request.actor, wish))
    wanted = exports.Wanted(
        listing.name, urlencode(wish.pairs()), filename, listing.file_language or translation.get_language() or "en", total
    )
    key = "".join(c for c in request.POST.get("key", "") if c.isalnum())[:64] or uuid4().hex
    return HttpResponseRedirect(f"/exports/{short(exports.ask(request.actor, wanted, key, TASK))}", status=303)


def pieces(columns: list[Column], rows: Iterable[Row]) -> Iterator[str]:
    """The file about 500 lines at a time."""
    told = [heading(columns)]
    for row in rows:
        told.append(line(columns, row))
        if len(told) == 500:
            yield "".join(told)
            told.clear()
    yield "".join(told)


def heading(columns: list[Column]) -> str:
    return BOM + csv_line([str(c.words) for c in columns])


def line(columns: list[Column], row: Row) -> str:
    return csv_line([c.text(row) for c in columns])


def write_piece(actor: Actor, listing: Listing, export: dict[str, Any]) -> bool:
    """The next rows of a file that is written in the background, after those it has; whether there are more."""
    wish = read_wish(listing, QueryDict(export["query"]))
    columns, order = shown_columns(listing, wish.cols), order_of(listing, wish)
    cursor = keyset.read_cursor(order.sort, "after", export["place"]) if export["place"] else None
    found = keyset.page(to_export(listing, actor, wish), order, cursor, PIECE)
    text = ("" if cursor else heading(columns)) + "".join(line(columns, row) for row in found.rows)
    place = keyset.cursor_text(found.after) if found.after else ""
    return exports.add_piece(export, text, len(found.rows), place) and bool(place)
