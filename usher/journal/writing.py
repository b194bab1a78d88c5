"""What start and step have in common: locking what will be written, and writing a chunk with its effects in one statement."""

from collections import Counter
from typing import Any
from uuid import UUID

from usher.core import sql

from . import feed
from .ledger import seats_of
from .verb import Part, Plan


def lock_all(plan: Plan, change: UUID) -> None:
    """Lock what all phases will write, table by table: two phases of one table in one statement, or two such changes wait in a ring."""
    staged: dict[tuple[str, str], list[str]] = {}
    for phase, part, _ in plan.phases():
        if part.lock:
            rows = f"SELECT {part.locked} FROM journal_planrow WHERE change_id = %(change)s AND phase = {phase} AND skip IS NULL"
            staged.setdefault(part.lock, []).append(rows)
    for lock, objects in sorted(staged.items()):
        sql.value(_locking(lock, " UNION ALL ".join(objects)), {"change": change, "account": plan.actor.account_id})


def locking(part: Part, rows: str) -> str:
    """The statement that locks what a part will write; `rows` is a FROM with what follows. Empty for rows yet to be made."""
    return _locking(part.lock, f"SELECT {part.locked} {rows}") if part.lock else ""


def _locking(lock: tuple[str, str], objects: str) -> str:
    """In id order, in a statement of its own: the write then sees the rows as they are."""
    table, key = lock
    return f"SELECT count(*) FROM (SELECT 1 FROM {table} t WHERE t.{key} = ANY (ARRAY({objects})) ORDER BY t.{key} FOR NO KEY UPDATE) l"


def writing(plan: Plan, part: Part, chunk: str) -> str:
    """The statement that writes, journals and counts, and asks who listens. `chunk` is a SELECT of the rows with `why` each is left alone, or null.

    It is made so that its speed does not hang on estimates: of a reason computed a moment ago the planner believes that hardly a row has none, and it
    knows little of how many are written. So what will be done is a column (of which it expects a half), and whether it was done is looked up in a hash.
    """
    became, theirs = "c.after", ""
    if part.became != became and not plan.undoes:
        became, theirs = f"CASE WHEN c.did THEN {part.became} ELSE c.after END", "LEFT JOIN did d ON d.obj = c.obj"
    return f"""WITH c AS MATERIALIZED (SELECT r.*, r.why IS NULL AS will FROM ({chunk}) r), ok AS MATERIALIZED (SELECT * FROM c WHERE will), {plan.write(part)},
            fate AS MATERIALIZED (SELECT c.*, c.obj IN (SELECT obj FROM did) AS did FROM c),
            eff AS (INSERT INTO journal_effect (change_id, phase, ord, obj, result, before, after, reason)
              SELECT %(change)s, c.phase, c.ord, c.obj, CASE WHEN c.did THEN 'done' ELSE 'skipped' END, c.before, {became},
                     CASE WHEN NOT c.did THEN coalesce(c.why, 'changed') END
              FROM fate c {theirs} WHERE c.why IS DISTINCT FROM 'already')
            SELECT did, why, takes, gives, count(*)::int AS n, {feed.listening("%(account)s::uuid")} AS listening FROM fate GROUP BY 1, 2, 3, 4"""


def count_moves(moves: Counter[tuple[str, int]], d: dict[str, Any]) -> None:
    if d["did"]:
        moves.update({(seat, 0): d["n"] for seat in seats_of(d["takes"])})
        moves.update({(seat, 1): d["n"] for seat in seats_of(d["gives"])})


def as_moves(moves: Counter[tuple[str, int]]) -> dict[str, tuple[int, int]]:
    return {seat: (moves[(seat, 0)], moves[(seat, 1)]) for seat, _ in moves}
