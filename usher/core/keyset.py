"""One page of any list by keyset, in both directions, the last like the first: for the lists of the portal and for those of the command line.

There is no OFFSET: a page begins at a cursor, the sort value and the id of the row at its edge, and walks an index from there.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from usher.core import sql
from usher.core.ids import short, unshort
from usher.core.walk import Stretch, Way, first_full, in_order

Row = dict[str, Any]
Direction = Literal["after", "before"]
COUNT_TO = 10_000
STREAMED = 2_000


@dataclass(frozen=True)
class Sort:
    """An expression with its PostgreSQL type; ties go by `id`. Where `filled` is not true, a row comes last, in either direction."""

    key: str
    expression: str
    id: str
    kind: str = "text"
    filled: str = ""


@dataclass(frozen=True)
class Order:
    """A sort, upwards or downwards."""

    sort: Sort
    down: bool = False


@dataclass(frozen=True)
class Cursor:
    """Where a page begins or ends: the value of the sort and the id of the row at its edge."""

    way: Direction
    value: Any
    id: UUID


@dataclass(frozen=True)
class Matches:
    """What is listed, in SQL: `source` is FROM … WHERE, `where` goes on with AND or is empty, `params` are those of both.

    `counted` stands for the source where a smaller one has as many rows.
    """

    select: str
    source: str
    where: str
    params: dict[str, Any]
    counted: str = ""


@dataclass(frozen=True)
class Page:
    """The rows of one page; `before` and `after` are None at the ends."""

    rows: list[Row]
    before: Cursor | None
    after: Cursor | None


def page(matches: Matches, order: Order, cursor: Cursor | None, size: int, ways: tuple[Way, ...] = (in_order,)) -> Page:
    """One page, in a statement or two for each of the `ways` to find it that is tried."""
    backwards = cursor is not None and cursor.way == "before"
    found = _walk(matches, order, cursor, size, backwards, ways)
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    edge = cursor is not None
    return Page(
        rows=found,
        before=edge_of("before", found[0]) if found and (more if backwards else edge) else None,
        after=edge_of("after", found[-1]) if found and (edge if backwards else more) else None,
    )


def count(matches: Matches, limit: int | None = None) -> int:
    """How many match, counted up to `limit`; without it exactly."""
    stop = f"LIMIT {limit}" if limit else ""
    return int(sql.value(f"SELECT count(*) FROM (SELECT 1 {matches.counted or matches.source} {matches.where} {stop}) c", matches.params))


def stream(matches: Matches, order: Order, cursor: Cursor | None = None) -> Iterator[Row]:
    """Every row in order from the cursor on, page by page, so that nothing is held in memory and nobody waits for a long snapshot (F36)."""
    while True:
        found = page(matches, order, cursor, STREAMED)
        yield from found.rows
        cursor = found.after
        if cursor is None:
            return


def _walk(matches: Matches, order: Order, cursor: Cursor | None, size: int, backwards: bool, ways: tuple[Way, ...]) -> list[Row]:
    """Up to size + 1 rows from the cursor on. Rows with an empty sort value are a second stretch after the others."""
    sort = order.sort
    stretches = [True, False] if sort.filled else [True]
    found: list[Row] = []
    for filled in reversed(stretches) if backwards else stretches:
        if cursor is not None and (cursor.value is not None) != filled:
            continue
        stretch = Stretch(
            matches.select, matches.source, matches.where, sort.expression, sort.kind, sort.id, size + 1 - len(found),
            fill=f" AND {'' if filled else 'NOT '}({sort.filled})" if sort.filled else "",
            valued=filled, from_edge=cursor is not None, down=(order.down if filled else False) != backwards,
        )  # fmt: skip
        edge = {"edge": cursor.value if cursor else None, "edge_id": cursor.id if cursor else None}
        found += first_full(stretch, ways, {**matches.params, **edge})
        cursor = None
        if len(found) > size:
            break
    return found


def edge_of(way: Direction, row: Row) -> Cursor:
    """The cursor at a row."""
    value = row["sort_value"]
    told = value.isoformat() if hasattr(value, "isoformat") else str(value) if isinstance(value, UUID) else value
    return Cursor(way, told, row["sort_id"])


def cursor_text(cursor: Cursor) -> str:
    """A cursor as it stands in addresses; it says where to look and nothing else, so it needs no signature."""
    told = json.dumps([cursor.value, short(cursor.id)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).rstrip(b"=").decode()


def read_cursor(sort: Sort, way: Direction, text: str) -> Cursor | None:
    """The cursor of a text, or None when it is none of this sort."""
    try:
        value, id_text = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return Cursor(way, value, unshort(id_text)) if _fits(sort, value) else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _fits(sort: Sort, value: Any) -> bool:
    if value is None:
        return bool(sort.filled)
    if sort.kind == "bigint":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62
    if sort.kind == "uuid":
        return isinstance(value, str) and str(UUID(value)) == value
    if sort.kind == "timestamptz":
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    return isinstance(value, str) and "\0" not in value and value == value.encode("utf-8", "ignore").decode()
