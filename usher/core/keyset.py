"""One page of any list by keyset, in both directions, the last like the first: for the lists of the portal and for those of the command line.

There is no OFFSET: a page begins at a cursor, the sort value and the id of the row at its edge, and walks an index from there.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from usher.core import sql
from usher.core.ids import short, unshort
from usher.core.walk import FREQUENT, IN_ORDER, Begin, Stretch, Way, by_ids, collected, first_full

Row = dict[str, Any]
Direction = Literal["after", "before"]
COUNT_TO = 10_000
COUNT_BEGINNING_TO = 200  # of those whose name begins with what is searched: a page is found without counting more (docs/decisions/0047)
STREAMED = 2_000


@dataclass(frozen=True)
class Sort:
    """An expression with its PostgreSQL type; ties go by `id`. Where `filled` is not true, a row comes last, in either direction.

    `begins`: rows whose value begins with what is searched for come first, in either direction. Whatever begins so must match the search.
    `empty` says the opposite of `filled` by other words, where an index has those rows in the order of `id`. `few`: many rows share few values.
    `count_to`: so many matches of a search are counted, instead of COUNT_TO, where those of a frequent word stand all over the order.
    """

    key: str
    expression: str
    id: str
    kind: str = "text"
    filled: str = ""
    begins: bool = False
    empty: str = ""
    few: bool = False
    count_to: int | None = None


@dataclass(frozen=True)
class Order:
    """A sort, upwards or downwards. `words` is what is searched for, as a pattern of LIKE without its ends."""

    sort: Sort
    down: bool = False
    words: str = ""

    def parts(self) -> list[tuple[str, bool]]:
        """The stretches of the list, one after the other: the condition of each, and whether its rows have a sort value."""
        if self.sort.begins and self.words:
            begins = f"{self.sort.expression} LIKE usher_fold(%(begins)s)"
            return [(begins, True), (f"NOT {begins}", True)]
        return (
            [(f"({self.sort.filled})", True), (self.sort.empty or f"NOT ({self.sort.filled})", False)] if self.sort.filled else [("", True)]
        )


@dataclass(frozen=True)
class Cursor:
    """Where a page begins or ends: the value of the sort and the id of the row at its edge, and the stretch of the list it stands in."""

    way: Direction
    value: Any
    id: UUID
    part: int = 0


@dataclass(frozen=True)
class Matches:
    """What is listed, in SQL: `source` is FROM … WHERE, `where` goes on with AND or is empty, `params` are those of both.

    `counted` stands for the source where a smaller one has as many rows. `unsearched` is `where` without the words of a search.
    """

    select: str
    source: str
    where: str
    params: dict[str, Any]
    counted: str = ""
    unsearched: str = ""


@dataclass(frozen=True)
class Page:
    """The rows of one page; `before` and `after` are None at the ends."""

    rows: list[Row]
    before: Cursor | None
    after: Cursor | None


def found(matches: Matches, order: Order, cursor: Cursor | None, size: int) -> tuple[Page, int, bool]:
    """One page of a search, how many match, and whether there are more than that.

    A rare word is looked up once, for page and number together. One with which many names begin is found in their index, and nothing else is read.
    Only for what is neither rare nor a beginning the list is walked.
    """
    ahead = stretches(matches, order, cursor, size + 1)
    params, most = _params(matches, order, cursor), order.sort.count_to or COUNT_TO
    got = sql.row(collected(ahead, most + 1, _beginning(matches, order), COUNT_BEGINNING_TO), params) or {"begin": 0, "n": 0, "ids": []}
    if got["begin"] > COUNT_BEGINNING_TO:
        return page(matches, order, cursor, size, FREQUENT), COUNT_BEGINNING_TO, True
    if got["n"] > most:
        return page(matches, order, cursor, size, FREQUENT), most, True
    ids = got["ids"][: size + 1]
    return _page_of(sql.prepared(by_ids(ahead), {**params, "ids": ids}) if ids else [], cursor, size), got["n"], False


def _beginning(matches: Matches, order: Order) -> str:
    """Rows that begin with what is searched for, as a subquery's text; empty where none comes first for it."""
    return f"SELECT 1 {matches.source}{matches.unsearched} AND {order.parts()[0][0]}" if order.sort.begins and order.words else ""


def page(matches: Matches, order: Order, cursor: Cursor | None, size: int, ways: tuple[Way, ...] = IN_ORDER) -> Page:
    """One page, in a statement or two for each of the `ways` to find it that is tried."""
    rows: list[Row] = []
    cursor = _in(order, cursor)
    for stretch in stretches(matches, order, cursor, size + 1):
        begins = bool(stretch.part == 0 and order.sort.begins and order.words)
        wanted = replace(stretch, limit=size + 1 - len(rows))
        rows += first_full(
            replace(wanted, where=matches.unsearched) if begins else wanted, IN_ORDER if begins else ways, _params(matches, order, cursor)
        )
        if len(rows) > size:
            break
    return _page_of(rows, cursor, size)


def _in(order: Order, cursor: Cursor | None) -> Cursor | None:
    """The cursor; one of a stretch that this order has not, as of a search whose words were taken away, is none."""
    return cursor if cursor and cursor.part < len(order.parts()) else None


def stretches(matches: Matches, order: Order, cursor: Cursor | None, limit: int) -> list[Stretch]:
    """The stretches of a list from the cursor on, in the order in which they are walked."""
    sort, backwards = order.sort, cursor is not None and cursor.way == "before"
    every = [
        Stretch(
            matches.select, matches.source, matches.where, sort.expression if valued or not sort.empty else sort.id, sort.kind, sort.id, limit, part,
            fill=f" AND {condition}" if condition else "", valued=valued, begin="first", down=(order.down if valued else False) != backwards,
        )
        for part, (condition, valued) in enumerate(order.parts())
    ]  # fmt: skip
    if backwards:
        every.reverse()
    if cursor is None:
        return every
    at = next(i for i, s in enumerate(every) if s.part == cursor.part)
    begins: tuple[Begin, ...] = ("tie", "rest") if sort.few and every[at].valued else ("row",)
    return [*(replace(every[at], begin=begin) for begin in begins), *every[at + 1 :]]


def _params(matches: Matches, order: Order, cursor: Cursor | None) -> dict[str, Any]:
    edge = {"edge": cursor.value if cursor else None, "edge_id": cursor.id if cursor else None}
    return {**matches.params, **edge, "begins": f"{order.words}%"}


def _page_of(rows: list[Row], cursor: Cursor | None, size: int) -> Page:
    """The page of up to size + 1 rows that were walked from the cursor on."""
    backwards, more = cursor is not None and cursor.way == "before", len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    edge = cursor is not None
    return Page(
        rows=rows,
        before=edge_of("before", rows[0]) if rows and (more if backwards else edge) else None,
        after=edge_of("after", rows[-1]) if rows and (edge if backwards else more) else None,
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


def edge_of(way: Direction, row: Row) -> Cursor:
    """The cursor at a row."""
    value = row["sort_value"]
    told = value.isoformat() if hasattr(value, "isoformat") else str(value) if isinstance(value, UUID) else value
    return Cursor(way, told, row["sort_id"], row["sort_part"])


def cursor_text(cursor: Cursor) -> str:
    """A cursor as it stands in addresses; it says where to look and nothing else, so it needs no signature."""
    told = json.dumps([cursor.value, short(cursor.id), cursor.part], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(told.encode()).rstrip(b"=").decode()


def read_cursor(sort: Sort, way: Direction, text: str) -> Cursor | None:
    """The cursor of a text, or None when it is none of this sort."""
    try:
        value, id_text, part = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return Cursor(way, value, unshort(id_text), part) if part in (0, 1) and _fits(sort, value, part) else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _fits(sort: Sort, value: Any, part: int) -> bool:
    if value is None or (sort.filled and part):
        return bool(sort.filled and part and value is None)
    if sort.kind == "bigint":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62
    if sort.kind == "uuid":
        return isinstance(value, str) and str(UUID(value)) == value
    if sort.kind == "timestamptz":
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    return isinstance(value, str) and "\0" not in value and value == value.encode("utf-8", "ignore").decode()
