"""How a list looks: the context of listing.html and its fragments for htmx. All words a page adds stand in `Frame`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import COUNT_TO, Row
from usher.people import kept
from usher.people.looks import look_of
from usher.portal.listing import LISTINGS, MOST_TICKED, Column, Filter, Listing, Page, Words, count, fetch, order_of, query_of, read_wish
from usher.portal.page import SignedIn
from usher.portal.templatetags.usher import number
from usher.portal.wish import ANY, SIZES, Wish, address

BULK_FITS = 6
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
    row_first: Callable[[Row], tuple[Words, list[Act]]] | None = None  # a menu of its own before the other, under its words
    row_name: Callable[[Row], str] = lambda row: str(row["name"])
    row_path: Callable[[Row], str] | None = None
    search_words: Words = ""
    nothing_found: Words = ""
    nothing_yet: Words = ""
    hundred: Words = ""  # of a list where at most a hundred are picked by hand: what is said to the next one

    @property
    def bulk_shown(self) -> tuple[Act, ...]:
        """The verbs that stand as buttons: all that fit beside each other, else the first of them."""
        return self.bulk if len(self.bulk) <= BULK_FITS else self.bulk[: BULK_FITS - 1]

    @property
    def bulk_more(self) -> tuple[Act, ...]:
        """The others, in a menu."""
        return self.bulk[len(self.bulk_shown) :]


def list_page(request: SignedIn, listing: Listing, frame: Frame, **extra: Any) -> HttpResponse:
    """The whole page; for htmx the rows, or the list with its tools when a filter was taken away."""
    actor = request.actor
    wish = read_wish(listing, request.GET)
    page = fetch(listing, actor, wish)
    context = {**context_of(listing, frame, actor, wish, page), "look_address": look_address(request, listing), **extra}
    return render(request, _fragment(request) or frame.template, context)


def _fragment(request: SignedIn) -> str:
    target = request.headers.get("HX-Target", "")
    known = {"rows": "listing.html#rows_swap", "listing": "listing.html#listing"}
    return known.get(target, "") if request.headers.get("HX-Request") == "true" else ""


def look_address(request: SignedIn, listing: Listing) -> str:
    """Where the columns of this list are chosen, and the way back to where it stands now."""
    return f"/me/lists/{listing.name}?{urlencode({'back': request.get_full_path()})}" if listing.name in LISTINGS else ""


def context_of(listing: Listing, frame: Frame, actor: Actor, wish: Wish, page: Page) -> dict[str, Any]:
    """Everything listing.html shows, already in words and addresses."""
    look = look_of(actor, listing.name)
    columns = shown_columns(listing, wish.cols or look.columns)
    picks = picks_of(listing, actor, wish, page)
    options = {f.key: f.options(actor) for f in listing.filters}
    offered = {f.key: offered_of(f, actor, options[f.key], wish) for f in listing.filters}
    return {
        "listing": listing,
        "frame": frame,
        "wish": wish,
        "tight": look.tight,
        "count": f"{number(page.count)}+" if page.more else number(page.count),
        "noun": frame.noun(page.count),
        "picks": picks,
        "heads": [{**head(listing, wish, c), "menu": choices_of(listing, wish, c.menu, actor) if c.menu else []} for c in columns],
        "rows": [row_of(frame, picks, columns, row) for row in page.rows],
        "chips": list(chips(listing, offered, wish)),
        "filters": [menu(f, offered[f.key], wish, len(options[f.key])) for f in listing.filters],
        "kept_query": [(k, v) for k, values in query_of(listing, wish).items() for v in ([values] if isinstance(values, str) else values)],
        "clear": address(listing.path, Wish(cols=wish.cols, size=wish.size, sort=wish.sort, down=wish.down)),
        "all_address": address(listing.path, replace(wish.unselected(), all=True)),
        "none_address": address(listing.path, wish.unselected()),
        "before": page.before and address(listing.path, replace(wish, cursor=page.before)),
        "after": page.after and address(listing.path, replace(wish, cursor=page.after)),
        "sizes": [{"n": n, "on": n == wish.size, "path": address(listing.path, replace(wish, size=n, cursor=None))} for n in SIZES],
        "searched": bool(wish.q or wish.chosen),
        "close": close_to(listing, frame.noun, actor, wish) if wish.q and not page.rows else [],
        "has_menu": frame.row_acts is not None,
    }


@dataclass(frozen=True)
class Picks:
    """The selection of a list as its page shows it: how many, out of how many that match, and which rows of this page."""

    all: bool
    n: int
    matching: int
    ids: frozenset[Any]  # of the hand-picked; with all of those taken out

    def ticked(self, id: Any) -> bool:
        return (id in self.ids) != self.all


def picks_of(listing: Listing, actor: Actor, wish: Wish, page: Page) -> Picks:
    """What is selected now; all that match are counted exactly at this moment."""
    by_hand = wish.but if wish.all else wish.sel
    n = kept.size(actor, wish.kept) if wish.kept else len(by_hand)
    ids = kept.among(actor, wish.kept, [r["sort_id"] for r in page.rows]) if wish.kept else frozenset(by_hand)
    matching = count(listing, actor, wish) if wish.all and page.more else page.count
    return Picks(wish.all, max(0, matching - n) if wish.all else n, matching, ids)


def close_to(listing: Listing, noun: Callable[[int], str], actor: Actor, wish: Wish) -> list[tuple[str, str]]:
    """Near hits of a search that found nothing, as (words, address): those the list itself knows, else what matches without the filters, counted as far
    as a search of this list is."""
    if listing.near is not None and (near := listing.near(actor, query_of(listing, wish))):
        return near
    wide = Wish(q=wish.q, chosen={f.key: (ANY,) for f in listing.filters if f.default}, cols=wish.cols, size=wish.size)
    most = order_of(listing, wide).sort.count_to or COUNT_TO
    n = count(listing, actor, wide, most + 1) if wish.chosen or wide.chosen else 0
    words = ngettext("%(n)s %(noun)s matches without the filters", "%(n)s %(noun)s match without the filters", n)
    told = words % {"n": number(n) if n <= most else f"{number(most)}+", "noun": noun(n)}
    return [(told, address(listing.path, wide))] if n else []


def shown_columns(listing: Listing, wanted: tuple[str, ...]) -> list[Column]:
    """The wanted columns in the wanted order; the name always first, the default when nothing is wanted. Columns that are no more are left out."""
    by_key = {c.key: c for c in listing.columns}
    first = listing.columns[0]
    found = [by_key[k] for k in wanted if k in by_key and k != first.key]
    return [first, *found] if wanted else [c for c in listing.columns if c.shown]


def head(listing: Listing, wish: Wish, column: Column) -> dict[str, Any]:
    """A column's header: a click sorts by it, the next the other way round, the third goes back to the default order."""
    default = ("", listing.order.startswith("-"))
    now = (wish.sort or listing.own_sort) == column.sort
    is_default = wish.down == default[1] and wish.sort in ("", listing.own_sort)
    turned = (column.sort, not wish.down)
    if not now:
        sort, down = column.sort, False
    elif column.sort == listing.own_sort:
        sort, down = turned if is_default else default
    else:
        sort, down = default if wish.down else turned
    return {
        "words": column.words,
        "css": column.css,
        "state": ("descending" if wish.down else "ascending") if now and column.sort else "",
        "path": address(listing.path, replace(wish, sort=sort, down=down, cursor=None)) if column.sort else "",
    }


def choices_of(listing: Listing, wish: Wish, menu: Filter, actor: Actor) -> list[dict[str, Any]]:
    """What the header of a column opens: everything, or one value of its filter, each with its address and whether it is on."""
    rest, now = {k: v for k, v in wish.chosen.items() if k != menu.key}, wish.chosen.get(menu.key, ())
    options: list[tuple[tuple[str, ...], Words]] = [((), _("All")), *(((value,), words) for value, words in menu.options(actor))]
    return [
        {
            "words": words,
            "on": value == now,
            "path": address(listing.path, wish.fresh(chosen={**rest, **({menu.key: value} if value else {})})),
        }
        for value, words in options
    ]


def row_of(frame: Frame, picks: Picks, columns: list[Column], row: Row) -> dict[str, Any]:
    """One row. Its cells and its menu are written here in one go each: there are thousands of them on a page, and a template takes its time for each."""
    name = {"name": frame.row_name(row)}
    return {
        "id": short(row["sort_id"]),
        "path": frame.row_path(row) if frame.row_path else "",
        "ticked": picks.ticked(row["sort_id"]),
        "select": _("Select %(name)s") % name,
        "more": _("More for %(name)s") % name,
        "cells": format_html('<td class="{}">{}</td>' * len(columns), *(part for c in columns for part in (c.css, c.cell(row)))),
        "acts": menu_of(frame.row_acts(row)) if frame.row_acts else "",
        "first": first_of(*frame.row_first(row), name["name"]) if frame.row_first else "",
    }


def first_of(words: Words, acts: list[Act], name: str) -> SafeString:
    """The menu before the other one; read aloud, it says whose it is."""
    shape = '<details class="u-drop toward-end words"><summary class="btn btn-sm" aria-label="{}: {}">{}</summary><div class="u-menu">{}</div></details> '
    return format_html(shape, words, name, words, menu_of(acts))


def menu_of(acts: list[Act]) -> SafeString:
    """A row's menu: links, and what cannot be done with its reason; what ends something stands last, after a rule."""
    shapes = {True: '<span class="dis">{}<span class="why">{}</span></span>', False: '<a href="{}">{}</a>'}
    shape = "".join(("<hr>" if a.last else "") + shapes[bool(a.why_not)] for a in acts)
    return format_html(shape, *(part for a in acts for part in ((a.words, a.why_not) if a.why_not else (a.path, a.words))))


def offered_of(f: Filter, actor: Actor, options: list[tuple[str, Words]], wish: Wish) -> list[tuple[str, Words]]:
    """What a filter offers; where it has more than fit, the first of them, and those that are chosen."""
    first = options[:MOST_TICKED] if f.proposals else options
    beyond = [v for v in wish.chosen.get(f.key, ()) if v != ANY and v not in dict(first)]
    return first + f.named(actor, beyond) if beyond else first


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


def menu(f: Filter, options: list[tuple[str, Words]], wish: Wish, there: int) -> dict[str, Any]:
    """One filter of the menu; `there` are as many options as it has."""
    values = wish.chosen.get(f.key, f.default)
    return {
        "key": f.key,
        "words": f.words,
        "any": bool(f.default),
        "options": [(v, w, v in values) for v, w in options],
        "input": f.input,
        "value": values[0] if values and f.input else "",
        "proposals": f.proposals if there > MOST_TICKED else "",
    }
