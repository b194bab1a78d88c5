"""Finding one page of a list: whether the order's index is walked or the matches are collected first, and what may go wrong with either.

The planner takes the matches of a search to be spread evenly over the list. People of one name stand together, maybe at its far end:
walking there from the top took 1.5 s at 1,000,000 people where collecting the matches takes 0.1 s (docs/decisions/0003, 0047).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from usher.core import sql

NEARBY = 5_000
# Where a stretch begins: at its own beginning; after the row at the cursor; or, where many rows share few values, after that row among those
# of its value, and then beyond that value. The planner takes the rows after a row to be those beyond its value: a handful, where it is the last one.
Begin = Literal["first", "row", "tie", "rest"]


@dataclass(frozen=True)
class Stretch:
    """A piece of a list in one order, in SQL: rows of `source` that match `where` (which begins with AND), from %(edge)s, %(edge_id)s on."""

    select: str
    source: str
    where: str
    expression: str
    kind: str
    id: str
    limit: int
    part: int  # which stretch of the list it is
    fill: str  # the condition, AND included, that keeps a list's stretches apart
    valued: bool  # false where the sort value is empty: there the id alone gives the place
    begin: Begin
    down: bool

    @property
    def key(self) -> str:
        return f"({self.expression}, {self.id})" if self.valued else f"({self.id})"

    @property
    def place(self) -> str:
        """Where it begins, said first: of two conditions from which an index could be entered PostgreSQL takes the first."""
        return self.beyond(self.expression, self.id) + self.fill

    def beyond(self, value: str, id: str) -> str:
        """The condition, AND included, that a row comes after the cursor."""
        way = "<" if self.down else ">"
        if self.begin == "first":
            return ""
        if not self.valued:
            return f" AND {id} {way} %(edge_id)s"
        edge = f"%(edge)s::{self.kind}"
        ways = {"row": f"({value}, {id}) {way} ({edge}, %(edge_id)s)", "tie": f"{value} = {edge} AND {id} {way} %(edge_id)s"}
        return f" AND {ways.get(self.begin, f'{value} {way} {edge}')}"

    def order(self, value: str = "", id: str = "", *, turned: bool = False) -> str:
        """The ORDER BY. An empty sort value is named too, so that the sort's own index gives the order."""
        way = "DESC" if self.down != turned else "ASC"
        return f"ORDER BY {value or self.expression} {way}, {id or self.id} {way}"


Way = Callable[[Stretch], str]


def first_full(stretch: Stretch, ways: tuple[Way, ...], params: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the first way that fills the page, else of the last, which finds all there are."""
    found: list[dict[str, Any]] = []
    for way in ways:
        found = sql.rows(way(stretch), params)
        if len(found) == stretch.limit:
            break
    return found


def in_order(s: Stretch) -> str:
    """The plain statement: the planner chooses."""
    return _page(s, s.where + s.place)


def nearby(s: Stretch) -> str:
    """Only among the next NEARBY rows of the list, whether they match or not."""
    near = f"SELECT {s.expression} AS value, {s.id} AS id {s.source}{s.place} {s.order()} LIMIT {NEARBY}"
    last = f"SELECT {'value, id' if s.valued else 'id'} FROM ({near}) n {s.order('value', 'id', turned=True)} LIMIT 1"
    return _page(s, f"{s.where}{s.place} AND {s.key} {'>=' if s.down else '<='} ({last})")


def matches_first(s: Stretch) -> str:
    """All matches by the search's index, then sorted. OFFSET 0 keeps the planner from walking the sort's index after all."""
    matches = f"SELECT {s.expression} AS value, {s.id} AS id {s.source}{s.where}{s.place} OFFSET 0"
    ids = f"SELECT id FROM ({matches}) m {s.order('value', 'id')} LIMIT {s.limit}"
    return _page(s, f" AND {s.id} = ANY (ARRAY({ids}))")


def _page(s: Stretch, condition: str) -> str:
    value = s.expression if s.valued else "NULL"  # a cursor without a value stands in the stretch of the empty ones
    return f"SELECT {s.select}, {value} AS sort_value, {s.id} AS sort_id, {s.part} AS sort_part {s.source}{condition} {s.order()} LIMIT {s.limit}"


IN_ORDER: tuple[Way, ...] = (in_order,)
FREQUENT: tuple[Way, ...] = (nearby, matches_first)


def collected(ahead: list[Stretch], most: int, beginning: str, most_beginning: int) -> str:
    """Up to `most` matches, read once: how many they are (n), and the ids of the page that begins at the cursor, stretch by stretch.

    `ahead` are the stretches from the cursor's on. When n is `most`, more may match, and the ids mean nothing. Nothing is read when the rows of
    `beginning` are more than `most_beginning` (begin).
    """
    s = ahead[0]
    begin = f"SELECT count(*)::int AS n FROM ({beginning} LIMIT {most_beginning + 1}) c" if beginning else "SELECT 0 AS n"
    few = f" AND (SELECT n FROM b) <= {most_beginning}" if beginning else ""
    matches = f"SELECT {_value(ahead)} AS value, {s.id} AS id, {_part(ahead)} AS part {s.source}{s.where}{few} LIMIT {most}"
    ids = " || ".join(
        f"ARRAY(SELECT id FROM m WHERE part = {x.part}{x.beyond('value', 'id')} {x.order('value', 'id')} LIMIT {x.limit})" for x in ahead
    )
    return f"""WITH b AS MATERIALIZED ({begin}), m AS MATERIALIZED ({matches})
               SELECT (SELECT n FROM b) AS begin, (SELECT count(*)::int FROM m) AS n, {ids} AS ids"""


def by_ids(ahead: list[Stretch]) -> str:
    """The rows of %(ids)s, in that order."""
    s = ahead[0]
    filled = [str(x.part) for x in ahead if x.valued]
    value = f"CASE WHEN {_part(ahead)} IN ({', '.join(filled)}) THEN {_value(ahead)} END" if filled else "NULL"
    return f"""SELECT {s.select}, {value} AS sort_value, {s.id} AS sort_id, {_part(ahead)} AS sort_part {s.source} AND {s.id} = ANY(%(ids)s::uuid[])
               ORDER BY array_position(%(ids)s::uuid[], {s.id})"""


def _value(ahead: list[Stretch]) -> str:
    """What the rows are sorted by, those of them that have it."""
    return next((x.expression for x in ahead if x.valued), ahead[0].expression)


def _part(ahead: list[Stretch]) -> str:
    """Which stretch a row belongs to."""
    cases = " ".join(f"WHEN {x.fill.removeprefix(' AND ')} THEN {x.part}" for x in ahead)
    return f"CASE {cases} END" if ahead[0].fill else str(ahead[0].part)
