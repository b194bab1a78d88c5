"""start, step, cancel: how a plan becomes a Change. The order of locks is one everywhere: account, run, objects by id, license rows last.

start   1. stage the rows, with no lock at all        (journal_planrow; however long it takes, nobody waits)
        2. account FOR KEY SHARE, Change by its key, hold seats, Run   (short)
        up to INLINE rows are stepped in the same transaction; one object takes a short way without plan rows and Run
step    one chunk, one transaction: lock the Run, lock the chunk's objects by id, write guarded by before, effects, seats, count
cancel  stops between chunks
"""

import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from usher.core import jobs, sql
from usher.core.clock import now
from usher.core.failpoints import failpoint
from usher.core.ids import uuid7
from usher.core.refusals import Refused

from . import names
from .ledger import ledger, product_of
from .plan import digest_of, params_of, staged_tallies, wants_and_gives
from .verb import COLUMNS, Part, Plan

INLINE = 500
RACED = ""  # instead of a reason: the guard found another state than was read a moment ago
CHUNK_MIN, CHUNK_MAX, CHUNK_SECONDS = 1_000, 5_000, 0.25


@dataclass(frozen=True)
class Started:
    """The Change a start led to. `state` is done, running or unchanged (nothing to do, nothing written); `repeat` is true for a known key."""

    change_id: UUID | None
    number: int | None
    state: str
    repeat: bool = False


def start(plan: Plan, key: str, *, digest: str | None = None, short: str = "refuse") -> Started:
    """Do a plan. The same key with the same parameters returns the same Change; with others it is refused (conflict, key_reused).

    `digest` is the fingerprint of the preview the actor saw; if the world changed since, refused (conflict, stale).
    `short` decides when seats lack: refuse (nothing is done) or first (the first N in the plan's order; the rest is skipped with no_seat).
    """
    known = _known(plan, key)
    if known:
        return known
    if digest is None and plan.verb.is_one(plan.params):
        return _short_way(plan, key)
    change = uuid7()
    totals = _stage(plan, change)
    try:
        if digest and digest_of(staged_tallies(change, len(totals))) != digest:
            raise Refused("conflict", "stale", "Something changed while you were reading. Here is the plan as it is now; nothing was done.")
        return _begin(plan, change, key, totals, short)
    except (Refused, _SameKey) as trouble:
        sql.execute("DELETE FROM journal_planrow WHERE change_id = %(c)s", {"c": change})
        if isinstance(trouble, Refused):
            raise
        return _known(plan, key) or start(plan, key, digest=digest, short=short)


class _SameKey(Exception):
    """Another start with the same key was first."""


def params_hash(plan: Plan) -> bytes:
    """SHA-256 of verb, parameters and what is undone: what must be equal for a key to be the same wish."""
    told = json.dumps([plan.verb.name, plan.params, str(plan.undoes)], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).digest()


def _known(plan: Plan, key: str) -> Started | None:
    found = sql.row(
        """SELECT c.id, c.number, c.params_hash, coalesce(r.state, 'done') AS state FROM journal_change c LEFT JOIN journal_run r ON r.change_id = c.id
           WHERE c.account_id = %(account)s AND c.key = %(key)s""",
        {"account": plan.actor.account_id, "key": key},
    )
    if not found:
        return None
    if bytes(found["params_hash"]) != params_hash(plan):
        raise Refused("conflict", "key_reused", "This key was used for something else. Use a new key for a new wish.")
    return Started(found["id"], found["number"], found["state"], repeat=True)


def _stage(plan: Plan, change: UUID) -> list[int]:
    """Write the plan's rows. What is already as wanted is not stored, only counted (as totals of what is stored)."""
    totals = []
    with transaction.atomic():
        at = now()
        for phase, part, index in plan.phases():
            totals.append(
                sql.execute(
                    f"""INSERT INTO journal_planrow (change_id, phase, ord, {COLUMNS})
                        SELECT %(change)s, {phase}, row_number() OVER (), subj, obj, coalesce(version, 0), before, after, skip, takes, gives
                        FROM ({plan.select(part)}) r""",
                    params_of(plan, index, now=at, change=change),
                )
            )
            failpoint("engine.staged_phase")
    if sum(totals) > INLINE:  # fresh rows have no statistics: a chunk would be joined by 5,000 x 5,000 comparisons
        sql.execute("ANALYZE journal_planrow")
    failpoint("engine.staged")
    return totals


def _begin(plan: Plan, change: UUID, key: str, totals: list[int], short: str) -> Started:
    wants, gives = wants_and_gives(staged_tallies(change, len(totals)))
    inline = sum(totals) <= INLINE
    with transaction.atomic():
        number = _insert_change(plan, change, key)
        if inline:  # objects before license rows, or two opposite changes deadlock
            _lock_all(plan, change)
        held = ledger().hold(plan.actor.account_id, wants, frozenset(gives), all_or_nothing=short == "refuse")
        _mark_no_seat(change, wants, held)
        sql.execute(
            """INSERT INTO journal_run (change_id, account_id, state, phase, ord, totals, held, counts, chunk, stop, beat, started_at)
               VALUES (%(c)s, %(a)s, 'running', 0, 0, %(totals)s, %(held)s, '{}', %(chunk)s, false, now(), %(now)s)""",
            {"c": change, "a": plan.actor.account_id, "totals": totals, "held": sql.Jsonb(held), "chunk": CHUNK_MIN, "now": now()},
        )
        if inline:
            while _step_locked(plan, _lock_run(change)):
                pass
        else:
            jobs.defer("journal.step", change=str(change))
        failpoint("engine.begin_before_commit")
    failpoint("engine.begin_after_commit")
    return Started(change, number, "done" if inline else "running")


def _insert_change(plan: Plan, change: UUID, key: str) -> int:
    actor = plan.actor
    number = sql.value(
        """WITH a AS (SELECT id FROM accounts_account WHERE id = %(account)s FOR KEY SHARE)
           INSERT INTO journal_change (id, account_id, verb, params, key, params_hash, actor_kind, actor_id, actor_name, door, request_id, ip, cause, undoes, at)
           SELECT %(id)s, a.id, %(verb)s, %(params)s, %(key)s, %(hash)s, %(kind)s, %(actor)s, %(name)s, %(door)s, %(request)s, %(ip)s, %(cause)s, %(undoes)s, %(now)s
           FROM a ON CONFLICT (account_id, key) DO NOTHING RETURNING number""",
        {
            "id": change,
            "account": actor.account_id,
            "verb": plan.verb.name,
            "params": sql.Jsonb(plan.params),
            "key": key,
            "hash": params_hash(plan),
            "kind": actor.kind,
            "actor": actor.user_id,
            "name": actor.name,
            "door": actor.door,
            "request": actor.request_id,
            "ip": actor.ip,
            "cause": plan.cause,
            "undoes": plan.undoes,
            "now": now(),
        },
    )
    if number is None:
        raise _SameKey
    return int(number)


def _mark_no_seat(change: UUID, wants: Counter[str], held: dict[str, int]) -> None:
    """With fewer seats than wished, the first N of the plan's order keep theirs."""
    for product, n in sorted(held.items()):
        if n < wants[product]:
            sql.execute(
                """UPDATE journal_planrow p SET skip = 'no_seat' FROM (SELECT phase, ord FROM journal_planrow WHERE change_id = %(c)s AND skip IS NULL
                   AND split_part(takes, '@', 1) = %(p)s ORDER BY phase, ord OFFSET %(n)s) x WHERE p.change_id = %(c)s AND p.phase = x.phase AND p.ord = x.ord""",
                {"c": change, "p": product, "n": n},
            )


def _lock_all(plan: Plan, change: UUID) -> None:
    """Lock what all phases will write, table by table: two phases of one table in one statement, or two such changes wait in a ring."""
    staged: dict[tuple[str, str], list[str]] = {}
    for phase, part, _ in plan.phases():
        if part.lock:
            rows = f"SELECT {part.locked} FROM journal_planrow WHERE change_id = %(change)s AND phase = {phase} AND skip IS NULL"
            staged.setdefault(part.lock, []).append(rows)
    for lock, objects in sorted(staged.items()):
        _lock(lock, " UNION ALL ".join(objects), {"change": change})


def _lock_objects(part: Part, params: dict[str, Any], rows: str) -> None:
    """Lock what a chunk will write; `rows` is a FROM with what follows."""
    if part.lock:
        _lock(part.lock, f"SELECT {part.locked} {rows}", params)


def _lock(lock: tuple[str, str], objects: str, params: dict[str, Any]) -> None:
    """In id order, in a statement of its own: the write then sees the rows as they are."""
    table, key = lock
    sql.value(
        f"SELECT count(*) FROM (SELECT 1 FROM {table} t WHERE t.{key} = ANY (ARRAY({objects})) ORDER BY t.{key} FOR NO KEY UPDATE) l",
        params,
    )


def _short_way(plan: Plan, key: str) -> Started:
    """One object: the same SQL, a handful of statements. A row that changed between reading and writing is tried again."""
    for _ in range(3):
        try:
            with transaction.atomic():
                change = uuid7()
                number = _insert_change(plan, change, key)
                reasons = _do_at_once(plan, change)
                failpoint("engine.short_before_commit")
                if not reasons:
                    for task in plan.verb.then:
                        jobs.defer(task)
                    return Started(change, number, "done")
                raise _Left(reasons)
        except _Left as left:
            if left.reasons - plan.verb.unchanged - {RACED}:
                code = sorted(left.reasons - plan.verb.unchanged - {RACED})[0]
                raise names.refusal(code, plan) from None
            if RACED not in left.reasons:
                return Started(None, None, "unchanged")
        except _SameKey:
            return _known(plan, key) or _short_way(plan, key)
    raise Refused("conflict", "changed", "Somebody else is changing this right now. Nothing was done; try again.")


class _Left(Exception):
    """The one row was left alone, for these reasons."""

    def __init__(self, reasons: frozenset[str]) -> None:
        self.reasons = reasons


def _do_at_once(plan: Plan, change: UUID) -> frozenset[str]:
    """Write every phase of one object; the reasons why it was left alone, empty when it was done."""
    left: set[str] = set()
    done = 0
    moves: Counter[tuple[str, int]] = Counter()
    for phase, part, index in plan.phases():
        rows = plan.select(part)
        params = params_of(plan, index, now=now(), change=change)
        _lock_objects(part, params, f"FROM ({rows}) r WHERE skip IS NULL")
        for d in _write(
            plan, part, f"SELECT row_number() OVER ()::int AS ord, {phase} AS phase, {COLUMNS}, skip AS why FROM ({rows}) r", params
        ):
            done += d["n"] if d["did"] else 0
            if not d["did"]:
                left.add(d["why"] or RACED)
            _count_moves(moves, d)
    if done and not left - plan.verb.unchanged:
        ledger().settle(plan.actor.account_id, _as_moves(moves), from_held=False)
        return frozenset()
    return frozenset(left or {"already"})


def _write(plan: Plan, part: Part, chunk: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Write, effects and counts in one statement. `chunk` is a SELECT of the rows with `why` each is left alone, or null."""
    stored = "c.why IS DISTINCT FROM 'already'"
    return sql.rows(
        f"""WITH c AS MATERIALIZED ({chunk}), ok AS MATERIALIZED (SELECT * FROM c WHERE why IS NULL), {plan.write(part)},
            eff AS (INSERT INTO journal_effect (change_id, phase, ord, obj, result, before, after, reason)
              SELECT %(change)s, c.phase, c.ord, c.obj, CASE WHEN d.obj IS NOT NULL THEN 'done' ELSE 'skipped' END, c.before, c.after,
                     CASE WHEN d.obj IS NULL THEN coalesce(c.why, 'changed') END
              FROM c LEFT JOIN did d ON d.obj = c.obj WHERE {stored})
            SELECT d.obj IS NOT NULL AS did, c.why, c.takes, c.gives, count(*)::int AS n FROM c LEFT JOIN did d ON d.obj = c.obj GROUP BY 1, 2, 3, 4""",
        params,
    )


def _count_moves(moves: Counter[tuple[str, int]], d: dict[str, Any]) -> None:
    if d["did"] and d["takes"]:
        moves[(d["takes"], 0)] += d["n"]
    if d["did"] and d["gives"]:
        moves[(d["gives"], 1)] += d["n"]


def _as_moves(moves: Counter[tuple[str, int]]) -> dict[str, tuple[int, int]]:
    return {seat: (moves[(seat, 0)], moves[(seat, 1)]) for seat, _ in moves}


def step(change: UUID) -> bool:
    """One chunk of a run, in one transaction. True while there is more to do; False at the end, or when another worker has it."""
    from .reads import plan_of  # the plan of a stored Change is a read of the journal

    with transaction.atomic():
        run = _lock_run(change)
        if run is None or run["state"] != "running":
            return False
        more = _step_locked(plan_of(run), run)
        failpoint("engine.step_before_commit")
    failpoint("engine.step_after_commit")
    return more


def _lock_run(change: UUID) -> dict[str, Any] | None:
    """Account shared, then the Run; None when another worker holds it."""
    return sql.row(
        """SELECT r.state, r.phase, r.ord, r.totals, r.held, r.counts, r.chunk, r.stop, c.* FROM journal_run r JOIN journal_change c ON c.id = r.change_id
           JOIN accounts_account a ON a.id = c.account_id WHERE r.change_id = %(c)s FOR KEY SHARE OF a FOR UPDATE OF r SKIP LOCKED""",
        {"c": change},
    )


def _step_locked(plan: Plan, run: dict[str, Any] | None) -> bool:
    if run is None or run["state"] != "running":
        return False
    began = time.monotonic()
    phase, low, totals = run["phase"], run["ord"], run["totals"]
    while phase < len(totals) and low >= totals[phase]:
        phase, low = phase + 1, 0
    if run["stop"] or phase == len(totals):
        _end(plan, run)
        return False
    size = run["chunk"]
    _, part, index = plan.phases()[phase]
    high = min(low + size, totals[phase])
    params = params_of(plan, index, now=now(), change=run["id"], phase=phase, low=low, high=high)
    try:
        with transaction.atomic():
            done = _do_chunk(plan, part, params)
    except (IntegrityError, DataError) as trouble:
        return _narrow_down(run, phase, low, high, trouble)
    held = _settle(plan, run, done)
    elapsed = max(time.monotonic() - began, 0.001)
    chunk = int(min(CHUNK_MAX, max(CHUNK_MIN, size * min(2.0, CHUNK_SECONDS / elapsed))))
    sql.execute(
        "UPDATE journal_run SET phase = %(p)s, ord = %(o)s, held = %(h)s, counts = %(n)s, chunk = %(k)s, beat = now() WHERE change_id = %(c)s",
        {"p": phase, "o": high, "h": sql.Jsonb(held), "n": sql.Jsonb(_counted(run["counts"], phase, done)), "k": chunk, "c": run["id"]},
    )
    run.update(phase=phase, ord=high)
    return True


def _do_chunk(plan: Plan, part: Part, params: dict[str, Any]) -> list[dict[str, Any]]:
    within = "change_id = %(change)s AND phase = %(phase)s AND ord > %(low)s AND ord <= %(high)s"
    _lock_objects(part, params, f"FROM journal_planrow WHERE {within} AND skip IS NULL")
    # A later phase depends on its person: who was skipped in the first keeps everything else too.
    why = (
        "skip"
        if plan.undoes
        else """coalesce(p.skip, CASE WHEN p.phase > 0 AND p.subj IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal_effect e
                 WHERE e.change_id = p.change_id AND e.phase = 0 AND e.ord = p.subj AND e.result = 'done') THEN 'subject' END)"""
    )
    return _write(plan, part, f"SELECT p.*, {why} AS why FROM journal_planrow p WHERE {within}", params)


def _settle(plan: Plan, run: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, int]:
    """Turn held seats into used ones; what is still held."""
    moves: Counter[tuple[str, int]] = Counter()
    for d in done:
        _count_moves(moves, d)
    as_moves = _as_moves(moves)
    ledger().settle(plan.actor.account_id, as_moves, from_held=True)
    held = dict(run["held"])
    for seat, (taken, _) in as_moves.items():
        if taken:
            held[product_of(seat)] -= taken
    return held


def _counted(counts: dict[str, Any], phase: int, done: list[dict[str, Any]]) -> dict[str, Any]:
    """phase -> fate -> rows: the run's counts so far, with one more chunk."""
    out = {k: dict(v) for k, v in counts.items()}
    here = out.setdefault(str(phase), {})
    for d in done:
        fate = "done" if d["did"] else d["why"] or "changed"
        here[fate] = here.get(fate, 0) + d["n"]
    return out


def _narrow_down(run: dict[str, Any], phase: int, low: int, high: int, trouble: Exception) -> bool:
    """A row the database refuses must not stop the others: halve the chunk until it is alone, then write it down as failed (F29)."""
    if high - low > 1:
        sql.execute(
            "UPDATE journal_run SET chunk = %(k)s, beat = now() WHERE change_id = %(c)s", {"k": max(1, (high - low) // 10), "c": run["id"]}
        )
        run["chunk"] = max(1, (high - low) // 10)
        return True
    sql.execute(
        """INSERT INTO journal_effect (change_id, phase, ord, obj, result, before, after, reason)
           SELECT change_id, phase, ord, obj, 'failed', before, after, %(why)s FROM journal_planrow WHERE change_id = %(c)s AND phase = %(p)s AND ord = %(o)s""",
        {"c": run["id"], "p": phase, "o": high, "why": str(trouble).splitlines()[0][:500]},
    )
    counts = _counted(run["counts"], phase, [{"did": False, "why": "failed", "n": 1}])
    sql.execute(
        "UPDATE journal_run SET phase = %(p)s, ord = %(o)s, counts = %(n)s, beat = now() WHERE change_id = %(c)s",
        {"p": phase, "o": high, "n": sql.Jsonb(counts), "c": run["id"]},
    )
    run.update(phase=phase, ord=high)
    return True


def _end(plan: Plan, run: dict[str, Any]) -> None:
    """Give back what was held and not needed, empty the plan, defer what follows."""
    state = "cancelled" if run["stop"] else "done"
    ledger().release(plan.actor.account_id, run["held"])
    sql.execute(
        "UPDATE journal_run SET state = %(s)s, held = '{}', beat = now(), ended_at = %(now)s WHERE change_id = %(c)s",
        {"s": state, "c": run["id"], "now": now()},
    )
    sql.execute("DELETE FROM journal_planrow WHERE change_id = %(c)s", {"c": run["id"]})
    for task in plan.verb.then:
        jobs.defer(task)
    failpoint("engine.end_before_commit")


def cancel(plan_account: UUID, change: UUID) -> bool:
    """Ask a run to stop after its chunk. False when it has ended already."""
    with transaction.atomic():
        asked = sql.execute(
            "UPDATE journal_run SET stop = true WHERE change_id = %(c)s AND account_id = %(a)s AND state = 'running'",
            {"c": change, "a": plan_account},
        )
        if asked:  # a worker that met this lock took the run for somebody else's and left it
            jobs.defer("journal.step", change=str(change))
    return bool(asked)
