"""Who finds a seat when there are too few: the lines one by one in their order, each whole or not at all (LIC-03, S0-43).

A line that lacks one seat takes none, and what it would have taken is there for the lines after it. No loop over lines is needed for that: every line
takes at most one seat of a product, so a product runs out once, and from there on nobody gets it. `cut` finds these places one after the other: of all
products that have not run out yet, the one that does first when everybody turned away so far is left out. Before that line nothing else runs out, so it is exact.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from usher.core import sql

from .verb import NO_SEAT

# Needs `numbered` (ord, takes, skip); as many rounds as products run out. Parameters: free_of(free).
CUTS = """
wanting AS MATERIALIZED (SELECT * FROM (SELECT ord, string_to_array(replace(takes, '@pending', ''), ' ') AS seats FROM numbered WHERE skip IS NULL) w
  WHERE seats && %(short_products)s::text[]),
cut(products, ords) AS (SELECT '{}'::text[], '{}'::bigint[] UNION ALL
  SELECT c.products || n.product, c.ords || n.ord FROM cut c CROSS JOIN LATERAL (
    SELECT f.product, l.ord FROM unnest(%(short_products)s::text[], %(short_free)s::int[]) f(product, free)
    CROSS JOIN LATERAL (SELECT 0::bigint AS ord WHERE f.free = 0 UNION ALL (SELECT w.ord::bigint FROM wanting w WHERE f.free > 0 AND f.product = ANY(w.seats)
      AND NOT EXISTS (SELECT 1 FROM unnest(c.products, c.ords) x(product, ord) WHERE x.product = ANY(w.seats) AND w.ord > x.ord)
      ORDER BY w.ord OFFSET greatest(f.free - 1, 0) LIMIT 1)) l
    WHERE f.product <> ALL (c.products) ORDER BY l.ord, f.product LIMIT 1) n),
away AS MATERIALIZED (SELECT w.ord FROM wanting w WHERE EXISTS (SELECT 1
  FROM (SELECT products, ords FROM cut ORDER BY cardinality(products) DESC LIMIT 1) c, unnest(c.products, c.ords) x(product, ord)
  WHERE x.product = ANY(w.seats) AND w.ord > x.ord))"""


def fated(rows: str, free: Mapping[str, int]) -> str:
    """Numbered rows with no_seat for those whose turn finds no seat, as turn_away does it. `free` are the free seats of products that lack some."""
    if not free:
        return rows
    return f"""WITH RECURSIVE numbered AS MATERIALIZED ({rows}), {CUTS}
        SELECT n.ord, n.subj, n.obj, n.version, n.before, n.after, n.takes, n.gives, CASE WHEN a.ord IS NOT NULL THEN '{NO_SEAT}' ELSE n.skip END AS skip
        FROM numbered n LEFT JOIN away a ON a.ord = n.ord"""


def free_of(free: Mapping[str, int]) -> dict[str, Any]:
    """The parameters of both."""
    ordered = sorted(free.items())
    return {"short_products": [p for p, _ in ordered], "short_free": [max(0, n) for _, n in ordered]}


def turn_away(change: UUID, free: Mapping[str, int]) -> None:
    """Mark the staged rows whose turn finds no seat, phase by phase in the plan's order."""
    sql.execute(
        f"""WITH RECURSIVE numbered AS MATERIALIZED (SELECT phase, ord AS at, row_number() OVER (ORDER BY phase, ord) AS ord, takes, skip
              FROM journal_planrow WHERE change_id = %(c)s AND skip IS NULL), {CUTS}
            UPDATE journal_planrow p SET skip = '{NO_SEAT}' FROM numbered n JOIN away a ON a.ord = n.ord
            WHERE p.change_id = %(c)s AND p.phase = n.phase AND p.ord = n.at""",
        {"c": change, **free_of(free)},
    )
