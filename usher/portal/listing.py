"""The one list protocol: columns, filters, sorts and a base query; the address carries all state (portal.md section 4).

A `Listing` says what a list is, a `Wish` is what an address asks of it, `fetch` answers with one page by keyset, in both directions.
Two or three statements answer any page, the last like the first.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise

from usher.core import sql
from usher.core.actor import Actor
from usher.portal.walk import Stretch, Way, first_full, in_order, ways_to_find
from usher.portal.wish import ANY, MOST_BY_HAND, SIZES, Cursor, Wish, clean, cursor_of, ids_of, split, values_of

Row = dict[str, Any]
Words = str | Promise
Where = Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]
COUNT_TO = 10_000


@dataclass(frozen=True)
class Column:
    """`cell` makes HTML (escaped), `text` what the export writes. `css` main, side, meta and act tell the narrow screen where it goes."""

    key: str
    words: Words
    cell: Callable[[Row], Any]
    text: Callable[[Row], str]
    css: str = ""
    sort: str = ""
    shown: bool = True


@dataclass(frozen=True)
class Filter:
    """`options` are (value, words) for this actor. `default` holds while the address says nothing; `anything` is what "any" means.

    `input` date makes it a date that is picked instead of options that are ticked.
    """

    key: str
    words: Words
    options: Callable[[Actor], list[tuple[str, Words]]]
    default: tuple[str, ...] = ()
    anything: tuple[str, ...] = ()
    input: str = ""


@dataclass(frozen=True)
class Sort:
    """An expression with its PostgreSQL type; ties go by `id`. Where `filled` is not true, a row comes last, in either direction."""

    key: str
    expression: str
    id: str
    kind: str = "text"
    filled: str = ""


@dataclass(frozen=True)
class Listing:
    """One list. `source` is FROM … WHERE over %(account)s, `where` makes SQL of search, filters and what is `fixed`.

    `order` is the sort while the address says nothing; a minus before it means downwards.
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

    @property
    def own_sort(self) -> str:
        return self.order.removeprefix("-")


@dataclass(frozen=True)
class Page:
    """One page of a list. `count` is exact up to COUNT_TO; `before` and `after` are None at the ends."""

    rows: list[Row]
    count: int
    before: Cursor | None
    after: Cursor | None

    @property
    def more_than_counted(self) -> bool:
        return self.count > COUNT_TO


def read_wish(listing: Listing, data: QueryDict) -> Wish:
    """The wish of an address or of a form. Never refuses: what makes no sense is dropped."""
    sort, down = _sort(listing, data.get("sort", ""))
    kind = next(s for s in listing.sorts if s.key == (sort or listing.own_sort))
    known = {c.key for c in listing.columns}
    return Wish(
        q=clean(data.get("q", "")),
        chosen={f.key: values for f in listing.filters if (values := values_of(data, f.key, f.default))},
        sort=sort,
        down=down,
        cursor=cursor_of(kind.kind, bool(kind.filled), data),
        size=next((s for s in SIZES if str(s) == data.get("size")), SIZES[0]),
        cols=tuple(k for k in dict.fromkeys(split(data, "cols")) if k in known),
        sel=ids_of(split(data, "sel"))[:MOST_BY_HAND],
        all="all" in data,
        but=ids_of(split(data, "except")),
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
    where, params = conditions(listing, actor, wish)
    backwards = wish.cursor is not None and wish.cursor.way == "before"
    matching = count(listing, actor, wish, COUNT_TO + 1)
    found = _walk(listing, wish, where, params, backwards, ways_to_find(searching=bool(wish.q), frequent=matching > COUNT_TO))
    more = len(found) > wish.size
    found = found[: wish.size]
    if backwards:
        found.reverse()
    edge = wish.cursor is not None
    return Page(
        rows=found,
        count=matching,
        before=_edge("before", found[0]) if found and (more if backwards else edge) else None,
        after=_edge("after", found[-1]) if found and (edge if backwards else more) else None,
    )


def count(listing: Listing, actor: Actor, wish: Wish, limit: int | None = None) -> int:
    """How many rows match, counted up to `limit`; without it exactly."""
    where, params = conditions(listing, actor, wish)
    stop = f"LIMIT {limit}" if limit else ""
    return int(sql.value(f"SELECT count(*) FROM (SELECT 1 {listing.source} {where} {stop}) c", params))


def stream(listing: Listing, actor: Actor, wish: Wish) -> Iterator[Row]:
    """Every row that matches (or is selected), in the list's order, page by page by keyset, so that nothing is held in memory."""
    step = replace(wish, cursor=None, size=2_000)
    while True:
        where, params = conditions(listing, actor, step)
        found = _walk(listing, step, where, params, False, (in_order,))
        yield from found[: step.size]
        if len(found) <= step.size:
            return
        step = replace(step, cursor=_edge("after", found[step.size - 1]))


def conditions(listing: Listing, actor: Actor, wish: Wish) -> tuple[str, dict[str, Any]]:
    """The search and the filters as SQL after the source's WHERE, with all parameters."""
    clause, params = listing.where(query_of(listing, wish))
    return f" AND {clause}" if clause else "", {"account": actor.account_id, **params}


def _walk(listing: Listing, wish: Wish, where: str, params: dict[str, Any], backwards: bool, ways: tuple[Way, ...]) -> list[Row]:
    """Up to size + 1 rows from the cursor on. Rows with an empty sort value are a second stretch after the others."""
    sort = _sort_of(listing, wish)
    stretches = [True, False] if sort.filled else [True]
    cursor = wish.cursor
    found: list[Row] = []
    for filled in reversed(stretches) if backwards else stretches:
        if cursor is not None and (cursor.value is not None) != filled:
            continue
        stretch = Stretch(
            listing.select, listing.source, where, sort.expression, sort.kind, sort.id, wish.size + 1 - len(found),
            fill=f" AND {'' if filled else 'NOT '}({sort.filled})" if sort.filled else "",
            valued=filled, from_edge=cursor is not None, down=(wish.down if filled else False) != backwards,
        )  # fmt: skip
        edge = {"edge": cursor.value if cursor else None, "edge_id": cursor.id if cursor else None}
        found += first_full(stretch, ways, {**params, **edge})
        cursor = None
        if len(found) > wish.size:
            break
    return found


def _sort_of(listing: Listing, wish: Wish) -> Sort:
    return next(s for s in listing.sorts if s.key == (wish.sort or listing.own_sort))


def _edge(way: Any, row: Row) -> Cursor:
    value = row["sort_value"]
    return Cursor(way, value.isoformat() if hasattr(value, "isoformat") else value, row["sort_id"])


def _sort(listing: Listing, text: str) -> tuple[str, bool]:
    key = text.removeprefix("-")
    return (key, text.startswith("-")) if any(s.key == key for s in listing.sorts) else ("", listing.order.startswith("-"))
