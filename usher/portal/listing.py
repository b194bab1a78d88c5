"""The one list protocol: columns, filters, sorts and a base query; the address carries all state (portal.md section 4).

A `Listing` says what a list is, a `Wish` is what an address asks of it, `fetch` answers with one page by keyset (core/keyset.py).
Two or three statements answer any page, the last like the first.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise

from usher.core import keyset
from usher.core.actor import Actor
from usher.core.keyset import COUNT_TO, Cursor, Matches, Order, Row, Sort
from usher.people import kept
from usher.people.filters import unsearched, words_of
from usher.portal.wish import ANY, SIZES, Wish, clean, ids_of, split, values_of

MOST_TICKED = 50  # options of a filter that can also be typed
Words = str | Promise
Where = Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Column:
    """`cell` makes HTML (escaped), `text` what the export writes. `css` main, side, meta and act tell the narrow screen where it goes.

    `menu` is a filter of the list whose options the header opens; their words may be marked up.
    """

    key: str
    words: Words
    cell: Callable[[Row], Any]
    text: Callable[[Row], str]
    css: str = ""
    sort: str = ""
    shown: bool = True
    menu: "Filter | None" = None


@dataclass(frozen=True)
class Filter:
    """`options` are (value, words) for this actor. `default` holds while the address says nothing; `anything` is what "any" means.

    `input` date makes it a date that is picked instead of options that are ticked. With `proposals`, an address, it offers MOST_TICKED options and a
    field for the others by their names; `named` gives the words of values that are not among them.
    """

    key: str
    words: Words
    options: Callable[[Actor], list[tuple[str, Words]]]
    default: tuple[str, ...] = ()
    anything: tuple[str, ...] = ()
    input: str = ""
    proposals: str = ""
    named: Callable[[Actor, Sequence[str]], list[tuple[str, Words]]] = lambda actor, values: []


def nothing_of_a_part(actor: Actor) -> str:
    """What a list shows to whose role covers a part of the account, unless it says otherwise."""
    return " AND false" if actor.scope else ""


@dataclass(frozen=True)
class Listing:
    """One list. `source` is FROM … WHERE over %(account)s, `where` makes SQL of search, filters and what is `fixed`.

    `order` is the sort while the address says nothing; a minus before it means downwards. `near` says who is close when nobody was found.
    `counted` takes the clause of `where` and gives a smaller source with as many rows, or nothing.
    `seen` follows the source for this actor: `within` where rows are of people `u`. `file_language` is that of its exports; empty for the reader's.
    """

    path: str
    select: str
    source: str
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    where: Where
    filters: tuple[Filter, ...] = ()
    order: str = "name"
    fixed: Mapping[str, Any] = field(default_factory=dict)
    near: Callable[[Actor, Mapping[str, Any]], list[tuple[str, str]]] | None = None
    counted: Callable[[str], str] = lambda clause: ""
    file_language: str = ""
    seen: Callable[[Actor], str] = nothing_of_a_part

    @property
    def own_sort(self) -> str:
        return self.order.removeprefix("-")

    @property
    def name(self) -> str:
        """How addresses call it: people, people-pending, activity."""
        return self.path.strip("/").replace("/", "-")


LISTINGS: dict[str, Listing] = {}


def register(*listings: Listing) -> None:
    """Make lists known by their names: to the dialog of their columns and to the worker that exports them."""
    LISTINGS.update({listing.name: listing for listing in listings})


@dataclass(frozen=True)
class Page:
    """One page of a list. `count` is exact unless there are `more`; `before` and `after` are None at the ends."""

    rows: list[Row]
    count: int
    more: bool
    before: Cursor | None
    after: Cursor | None


def read_wish(listing: Listing, data: QueryDict) -> Wish:
    """The wish of an address or of a form. Never refuses: what makes no sense is dropped."""
    sort, down = _sort(listing, data.get("sort", ""))
    kind = next(s for s in listing.sorts if s.key == (sort or listing.own_sort))
    known = {c.key for c in listing.columns}
    way: keyset.Direction = "before" if data.get("before") else "after"
    return Wish(
        q=clean(data.get("q", "")),
        chosen={f.key: values for f in listing.filters if (values := values_of(data, f.key, f.default))},
        sort=sort,
        down=down,
        cursor=keyset.read_cursor(kind, way, data.get(way, "")),
        size=next((s for s in SIZES if str(s) == data.get("size")), SIZES[0]),
        cols=tuple(k for k in dict.fromkeys(split(data, "cols")) if k in known),
        sel=ids_of(split(data, "sel")),
        all="all" in data,
        but=ids_of(split(data, "except")),
        kept=next(iter(ids_of([data.get("selection", "")])), None),
    )


def query_of(listing: Listing, wish: Wish) -> dict[str, Any]:
    """What "all that match" means, with the defaults written out: the query of a selection."""
    query: dict[str, Any] = {**listing.fixed, **({"q": wish.q} if wish.q else {})}
    for f in listing.filters:
        values = wish.chosen.get(f.key, f.default)
        values = f.anything if ANY in values else values
        if values:
            query[f.key] = list(values)
    return query


def fetch(listing: Listing, actor: Actor, wish: Wish) -> Page:
    """One page and the count: two or three statements, whatever the page."""
    matches, order = matches_of(listing, actor, wish), order_of(listing, wish)
    if wish.q:
        found, n, more = keyset.found(matches, order, wish.cursor, wish.size)
        return Page(found.rows, n, more, found.before, found.after)
    listed, n = keyset.page(matches, order, wish.cursor, wish.size), keyset.count(matches, COUNT_TO + 1)
    return Page(listed.rows, min(n, COUNT_TO), n > COUNT_TO, listed.before, listed.after)


def count(listing: Listing, actor: Actor, wish: Wish, limit: int | None = None) -> int:
    """How many rows match, counted up to `limit`; without it exactly."""
    return keyset.count(matches_of(listing, actor, wish), limit)


def to_export(listing: Listing, actor: Actor, wish: Wish) -> Matches:
    """The rows of the export: what was picked, else whatever matches, without those that were taken out of "all that match"."""
    matches, id = matches_of(listing, actor, wish), order_of(listing, wish).sort.id
    picked = f"IN ({kept.IDS})" if wish.kept else "= ANY (%(picked)s::uuid[])"
    params = {"picked": [*wish.sel, *wish.but], "sel_kept": wish.kept, "actor": actor.user_id}
    if not (wish.sel or wish.but or wish.kept):
        return matches
    only = f" AND {'NOT ' if wish.all else ''}{id} {picked}"
    return replace(
        matches, where=matches.where + only, unsearched=matches.unsearched + only, params={**matches.params, **params}, counted=""
    )


def stream(listing: Listing, actor: Actor, wish: Wish) -> Iterator[Row]:
    """Every row of the export in the list's order."""
    return keyset.stream(to_export(listing, actor, wish), order_of(listing, wish))


def matches_of(listing: Listing, actor: Actor, wish: Wish) -> Matches:
    """The search and the filters as SQL after the source's WHERE, with all parameters."""
    query = query_of(listing, wish)
    clause, params = listing.where(query)
    filters, _ = listing.where(unsearched(query))
    where, rest = (f" AND {text}" if text else "" for text in (clause, filters))
    counted = "" if actor.scope else listing.counted(clause)
    return Matches(listing.select, listing.source + listing.seen(actor), where, {"account": actor.account_id, **params}, counted, rest)


def order_of(listing: Listing, wish: Wish) -> Order:
    return Order(next(s for s in listing.sorts if s.key == (wish.sort or listing.own_sort)), wish.down, words_of({"q": wish.q}))


def _sort(listing: Listing, text: str) -> tuple[str, bool]:
    key = text.removeprefix("-")
    return (key, text.startswith("-")) if any(s.key == key for s in listing.sorts) else ("", listing.order.startswith("-"))
