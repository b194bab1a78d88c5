"""`usher verify`: what must be true of the tables, asked of the tables. Areas register their invariants; read-only (faults.md B)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from usher.core import sql

from . import seal


@dataclass(frozen=True)
class Invariant:
    """`sql` selects the breaches; none is good."""

    id: str
    words: str
    breaches: Callable[[], list[dict[str, Any]]]


_invariants: dict[str, Invariant] = {}


def invariant(id: str, words: str, select: str) -> None:
    """Register an invariant by the SELECT of its breaches."""
    _invariants[id] = Invariant(id, words, lambda: sql.rows(select + " LIMIT 20"))


def verify() -> list[tuple[Invariant, list[dict[str, Any]]]]:
    """Every invariant with its breaches, in one read-only snapshot."""
    with transaction.atomic():
        if not transaction.get_connection().savepoint_ids:  # the outermost block decides the isolation
            sql.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return [(i, i.breaches()) for i in sorted(_invariants.values(), key=lambda i: i.id)]


_invariants["I6-seals"] = Invariant("I6-seals", "every sealed change is as it was when it was sealed", seal.broken_links)
invariant(
    "I5-runs",
    "an ended run has done all its rows, or was stopped; it holds no seat",
    """SELECT change_id::text, state, held FROM journal_run r WHERE state <> 'running' AND
       (held <> '{}' OR (state = 'done' AND (SELECT coalesce(sum(v::int), 0) FROM jsonb_each(counts) p, jsonb_each_text(p.value) AS f(k, v) WHERE f.k <> 'already') <>
        (SELECT coalesce(sum(t), 0) FROM unnest(totals) t)))""",
)
invariant(
    "I5-left",
    "what was left is known of stopped runs only",
    "SELECT DISTINCT l.change_id::text FROM journal_left l LEFT JOIN journal_run r ON r.change_id = l.change_id WHERE r.state IS DISTINCT FROM 'cancelled'",
)
invariant(
    "I6-effects",
    "every change has effects, unless it found nothing to do",
    """SELECT c.number FROM journal_change c LEFT JOIN journal_run r ON r.change_id = c.id
       WHERE NOT EXISTS (SELECT 1 FROM journal_effect e WHERE e.change_id = c.id) AND (r.state IS NULL)""",
)
invariant(
    "I13-plan-rows",
    "no plan row of an ended run is left behind",
    "SELECT DISTINCT p.change_id::text FROM journal_planrow p JOIN journal_run r ON r.change_id = p.change_id WHERE r.state <> 'running'",
)
