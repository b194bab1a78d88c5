"""How a list looks: the context of listing.html, its fragments for htmx, and its export. All words a page adds stand in `Frame`."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import StringIO
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from usher.core.actor import Actor
from usher.core.csv_cells import neutral
from usher.core.ids import short
from usher.portal.listing import COUNT_TO, Column, Filter, Listing, Page, Row, Words, count, fetch, query_of, read_wish, stream
from usher.portal.page import SignedIn
from usher.portal.templatetags.usher import number
from usher.portal.wish import ANY, SIZES, Wish, address

Options = dict[str, list[tuple[str, Words]]]


@dataclass(frozen=True)
class Act:
    """A verb of the bulk bar or of a row's menu. It leads to a page; `why_not` shows it disabled with the reason (S4-23)."""

    words: Words
    path: str
    icon: str = ""
    last: bool = False
    why_not: str = ""


@dataclass(frozen=True)
class Frame:
    """What a page adds around its list: tabs, actions, bulk verbs, the menu of a row, and the words when there is nothing."""

    title: Words
    noun: Callable[[int], str]
    template: str = "listing.html"
    bulk: tuple[Act, ...] = ()
    row_acts: Callable[[Row], list[Act]] | None = None
    row_name: Callable[[Row], str] = lambda row: str(row["name"])
    row_path: Callable[[Row], str] | None = None
    search_words: Words = ""
    nothing_found: Words = ""
    nothing_yet: Words = ""


def list_page(request: SignedIn, listing: Listing, frame: Frame, **extra: Any) -> HttpResponse:
    """The whole page; for htmx the rows, or the list with its tools when a filter was taken away."""
    actor = request.actor
    wish = read_wish(listing, request.GET)
    page = fetch(listing, actor, wish)
    context = {**context_of(listing, frame, actor, wish, page), **extra}
    return render(request, _fragment(request) or frame.template, context)


def _fragment(request: SignedIn) -> str:
    target = request.headers.get("HX-Target", "")
    known = {"rows": "listing.html#rows_swap", "listing": "listing.html#listing"}
    return known.get(target, "") if request.headers.get("HX-Request") == "true" else ""


def context_of(listing: Listing, frame: Frame, actor: Actor, wish: Wish, page: Page) -> dict[str, Any]:
    """Everything listing.html shows, already in words and addresses."""
    matching = count(listing, actor, wish) if wish.all else page.count
    selected = max(0, matching - len(wish.but)) if wish.all else len(wish.sel)
    columns = shown_columns(listing, wish)
    options = {f.key: f.options(actor) for f in listing.filters}
    return {
        "listing": listing,
        "frame": frame,
        "wish": wish,
        "count": f"{number(COUNT_TO)}+" if page.more_than_counted else number(page.count),
        "noun": frame.noun(page.count),
        "matching": matching,
        "selected": selected,
        "heads": [head(listing, wish, c) for c in columns],
        "columns": [{"key": c.key, "words": c.words, "on": c in columns} for c in listing.columns],
        "rows": [row_of(frame, wish, columns, row) for row in page.rows],
        "chips": list(chips(listing, options, wish)),
        "filters": [menu(f, options[f.key], wish) for f in listing.filters],
        "keep": [(k, v) for k, v in replace(wish, cursor=None, sel=(), all=False, but=()).pairs()],
        "kept_query": [(k, v) for k, values in query_of(listing, wish).items() for v in ([values] if isinstance(values, str) else values)],
        "first": address(listing.path, wish.fresh()),
        "clear": address(listing.path, Wish(cols=wish.cols, size=wish.size)),
        "all_address": address(listing.path, replace(wish, all=True, sel=(), but=())),
        "none_address": address(listing.path, replace(wish, all=False, sel=(), but=())),
        "before": page.before and address(listing.path, replace(wish, cursor=page.before)),
        "after": page.after and address(listing.path, replace(wish, cursor=page.after)),
        "sizes": [{"n": n, "on": n == wish.size, "path": address(listing.path, replace(wish, size=n, cursor=None))} for n in SIZES],
        "searched": bool(wish.q or wish.chosen),
        "elsewhere": elsewhere(listing, actor, wish) if wish.q and not page.rows else None,
        "has_menu": frame.row_acts is not None,
    }


def elsewhere(listing: Listing, actor: Actor, wish: Wish) -> dict[str, Any] | None:
    """Near hits of an empty search: who matches when the filters are left out, the defaults too."""
    wide = Wish(q=wish.q, chosen={f.key: (ANY,) for f in listing.filters if f.default}, cols=wish.cols, size=wish.size)
    n = count(listing, actor, wide, COUNT_TO + 1)
    return {"n": n, "path": address(listing.path, wide)} if n else None


def shown_columns(listing: Listing, wish: Wish) -> list[Column]:
    """The chosen columns in the chosen order; the name always first, the default when nothing is chosen."""
    by_key = {c.key: c for c in listing.columns}
    first = listing.columns[0]
    return [first, *(by_key[k] for k in wish.cols if k != first.key)] if wish.cols else [c for c in listing.columns if c.shown]


def head(listing: Listing, wish: Wish, column: Column) -> dict[str, Any]:
    """A column's header: unsorted, ascending, descending, and back to the default by the third click."""
    now = (wish.sort or listing.own_sort) == column.sort if column.sort else False
    state = ("descending" if wish.down else "ascending") if now else ""
    default = column.sort == listing.own_sort
    steps = {"": (column.sort, False), "ascending": (column.sort, True), "descending": ("", False)}
    if default and not wish.sort and wish.down:
        steps["descending"] = (column.sort, False)
    sort, down = steps["" if default and not wish.sort and not state else state]
    path = address(listing.path, replace(wish, sort=sort, down=down, cursor=None)) if column.sort else ""
    return {"words": column.words, "css": column.css, "state": state, "path": path}


def row_of(frame: Frame, wish: Wish, columns: list[Column], row: Row) -> dict[str, Any]:
    ticked = row["sort_id"] in wish.but if wish.all else row["sort_id"] in wish.sel
    return {
        "id": short(row["sort_id"]),
        "name": frame.row_name(row),
        "path": frame.row_path(row) if frame.row_path else "",
        "ticked": ticked != wish.all,
        "cells": [(c.css, c.cell(row)) for c in columns],
        "acts": frame.row_acts(row) if frame.row_acts else [],
    }


def chips(listing: Listing, options: Options, wish: Wish) -> Iterator[dict[str, Any]]:
    """One chip per filter that is on, also by default: label, values in words, and the address without it."""
    for f in listing.filters:
        values = wish.chosen.get(f.key, f.default)
        if not values or ANY in values:
            continue
        words = dict(options[f.key])
        without = {k: v for k, v in wish.chosen.items() if k != f.key} | ({f.key: (ANY,)} if f.default else {})
        yield {
            "words": f.words,
            "values": ", ".join(str(words.get(v, v)) for v in values),
            "path": address(listing.path, wish.fresh(chosen=without)),
        }


def menu(f: Filter, options: list[tuple[str, Words]], wish: Wish) -> dict[str, Any]:
    values = wish.chosen.get(f.key, f.default)
    return {
        "key": f.key,
        "words": f.words,
        "any": bool(f.default),
        "options": [(v, w, v in values) for v, w in options],
        "input": f.input,
        "value": values[0] if values and f.input else "",
    }


def export(request: SignedIn, listing: Listing, filename: str) -> HttpResponseBase:
    """Exactly what is listed, or what is selected, in its columns and order: CSV, UTF-8 with BOM, formula cells neutral (CSV-01)."""
    wish = read_wish(listing, request.GET)
    columns = shown_columns(listing, wish)
    picked = {*wish.sel}
    rows = (
        r
        for r in stream(listing, request.actor, wish)
        if (not picked or r["sort_id"] in picked) and not (wish.all and r["sort_id"] in wish.but)
    )
    response = StreamingHttpResponse(csv_lines([str(c.words) for c in columns], ([c.text(r) for c in columns] for r in rows)))
    response["Content-Type"] = "text/csv; charset=utf-8"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def csv_lines(head_words: list[str], rows: Iterator[list[str]]) -> Iterator[str]:
    """The file piece by piece, about 500 lines at a time."""
    buffer = StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow(head_words)
    for n, row in enumerate(rows, 1):
        writer.writerow([neutral(cell) for cell in row])
        if n % 500 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
