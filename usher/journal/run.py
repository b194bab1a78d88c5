"""step and cancel: the life of a Run, chunk by chunk. One chunk is one transaction: lock the Run, lock the chunk's objects by id,
write guarded by before, effects, seats, count. Any worker can do the next one."""

import time
from collections import Counter
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from usher.core import jobs, sql
from usher.core.clock import now
from usher.core.failpoints import failpoint

from . import feed
from .ledger import ledger, product_of, seats_of, turns
from .plan import params_of
from .reads import plan_of
from .verb import COLUMNS, SUBJECT, Part, Plan
from .writing import as_moves, count_moves, locking, writing

CHUNK_MIN, CHUNK_MAX, CHUNK_SECONDS = 1_000, 5_000, 0.25
LONG = timedelta(minutes=1)
MANY = 50_000
NOT_COME_TO = "p.change_id = %(c)s AND (p.phase, p.ord) > (%(p)s, %(o)s)"
FIRST = "SELECT p.*, p.skip AS why FROM journal_planrow p"
# A later phase depends on its person: who was skipped in the first keeps everything else too. Each is looked up by the key of its effect; a plan that
# hashed them would read the whole first phase again for every chunk.
LATER = f"""SELECT p.*, coalesce(p.skip, CASE WHEN p.subj IS NOT NULL AND (SELECT e.result FROM journal_effect e
              WHERE e.change_id = %(change)s AND e.phase = 0 AND e.ord = p.subj) IS DISTINCT FROM 'done' THEN '{SUBJECT}' END) AS why FROM journal_planrow p"""
told_of_long_work: list[str] = []  # tasks that hear of a run that took longer, by its change; registered at start


def step(change: UUID) -> bool:
    """One chunk of a run, in one transaction. True while there is more to do; False at the end, or when another worker has it."""
    with transaction.atomic():
        run = lock_run(change)
        if run is None or run["state"] != "running":
            return False
        more = step_locked(plan_of(_written(change)), run)
        failpoint("engine.step_before_commit")
    failpoint("engine.step_after_commit")
    return more


def lock_run(change: UUID) -> dict[str, Any] | None:
    """Account shared, then the Run; None when another worker holds it."""
    return sql.row(
        """SELECT r.state, r.phase, r.ord, r.totals, r.held, r.counts, r.chunk, r.stop, c.id, c.at FROM journal_run r JOIN journal_change c ON c.id = r.change_id
           JOIN accounts_account a ON a.id = c.account_id WHERE r.change_id = %(c)s FOR KEY SHARE OF a FOR UPDATE OF r SKIP LOCKED""",
        {"c": change},
    )


@lru_cache(maxsize=4)
def _written(change: UUID) -> dict[str, Any]:
    """The Change of a run. It is written once, so the next chunk need not read it again: ten thousand picked people are half a megabyte."""
    return sql.rows("SELECT * FROM journal_change WHERE id = %(c)s", {"c": change})[0]


def step_locked(plan: Plan, run: dict[str, Any] | None) -> bool:
    if run is None or run["state"] != "running":
        return False
    began = time.monotonic()
    phase, low, totals = run["phase"], run["ord"], run["totals"]
    while phase < len(totals) and low >= totals[phase] and (run["stop"] or not _arrived(plan, run, phase)):
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
    if any(d["did"] for d in done):
        feed.tell(feed.Done(plan.actor.account_id, run["id"], plan.verb, plan.undoes is not None, phase, low, high), done[0]["listening"])
    elapsed = max(time.monotonic() - began, 0.001)
    chunk = int(min(CHUNK_MAX, max(CHUNK_MIN, size * min(2.0, CHUNK_SECONDS / elapsed))))
    sql.execute(
        "UPDATE journal_run SET phase = %(p)s, ord = %(o)s, held = %(h)s, counts = %(n)s, chunk = %(k)s, beat = now() WHERE change_id = %(c)s",
        {"p": phase, "o": high, "h": sql.Jsonb(held), "n": sql.Jsonb(_counted(run["counts"], phase, done)), "k": chunk, "c": run["id"]},
    )
    run.update(phase=phase, ord=high)
    return True


def _arrived(plan: Plan, run: dict[str, Any], phase: int) -> int:
    """What came since the rows of a phase were staged is appended to them, when its part asks again; how many rows. Such rows move no seat."""
    _, part, index = plan.phases()[phase]
    if plan.undoes or not part.asks_again:
        return 0
    found = sql.execute(
        f"""INSERT INTO journal_planrow (change_id, phase, ord, {COLUMNS})
            SELECT %(change)s, {phase}, %(had)s + row_number() OVER (), subj, obj, coalesce(version, 0), before, after, skip, takes, gives
            FROM ({plan.select(part)}) r WHERE NOT EXISTS (SELECT 1 FROM journal_planrow p WHERE p.change_id = %(change)s AND p.phase = {phase} AND p.obj = r.obj)""",
        params_of(plan, index, now=now(), change=run["id"], had=run["totals"][phase]),
    )
    if found:
        run["totals"][phase] += found
        sql.execute("UPDATE journal_run SET totals = %(t)s WHERE change_id = %(c)s", {"t": run["totals"], "c": run["id"]})
    return found


def _do_chunk(plan: Plan, part: Part, params: dict[str, Any]) -> list[dict[str, Any]]:
    within = "change_id = %(change)s AND phase = %(phase)s AND ord > %(low)s AND ord <= %(high)s"
    if part.lock:
        sql.value(locking(part, f"FROM journal_planrow WHERE {within} AND skip IS NULL"), params)
    depends = params["phase"] > 0 and not plan.undoes
    return sql.rows(writing(plan, part, f"{LATER if depends else FIRST} WHERE {within}"), params)


def _settle(plan: Plan, run: dict[str, Any], done: list[dict[str, Any]]) -> dict[str, int]:
    """Turn held seats into used ones; what is still held."""
    moves: Counter[tuple[str, int]] = Counter()
    from_held: Counter[str] = Counter()
    for d in done:
        count_moves(moves, d)
        if d["did"]:
            turned = turns(d["takes"], d["gives"])
            from_held.update({product_of(seat): d["n"] for seat in seats_of(d["takes"]) if seat not in turned})
    ledger().settle(plan.actor.account_id, as_moves(moves), held=from_held)
    return {product: n - from_held[product] for product, n in run["held"].items()}


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
    if run["stop"]:
        _keep_left(plan, run)
    sql.execute("DELETE FROM journal_planrow WHERE change_id = %(c)s", {"c": run["id"]})
    if sum(run["totals"]) > MANY:  # or its undo would be planned as if a new change had hardly any effects, and sort them on the disk
        sql.execute("ANALYZE journal_effect (change_id, phase, result)")
    for task in plan.verb.then:
        jobs.defer(task)
    for task in told_of_long_work if now() - run["at"] > LONG else []:
        jobs.defer(task, change=str(run["id"]))
    failpoint("engine.end_before_commit")


def _keep_left(plan: Plan, run: dict[str, Any]) -> None:
    """Write down what was not come to: of a change its people (or things), of an undo every phase, because it goes on as it is."""
    place = {"c": run["id"], "p": run["phase"], "o": run["ord"], "undo": plan.undoes is not None, "main": plan.main}
    sql.execute(
        f"""INSERT INTO journal_left (change_id, phase, obj, ord) SELECT change_id, phase, obj, min(ord) FROM journal_planrow p
            WHERE {NOT_COME_TO} AND (%(undo)s OR phase = %(main)s) GROUP BY 1, 2, 3""",
        place,
    )
    if not plan.undoes:
        _keep_later(place)


def _keep_later(place: dict[str, Any]) -> None:
    """Whoever was come to is in no plan again, so what goes with them in later phases is kept as it was planned."""
    sql.execute(
        f"""INSERT INTO journal_left (change_id, phase, obj, ord, version, before, after, skip, takes, gives)
            SELECT DISTINCT ON (p.phase, p.obj) p.change_id, p.phase, p.obj, p.ord, p.version, p.before, p.after, p.skip, p.takes, p.gives
            FROM journal_planrow p LEFT JOIN journal_effect e ON e.change_id = p.change_id AND e.phase = 0 AND e.ord = p.subj
            WHERE {NOT_COME_TO} AND p.phase > %(main)s AND (p.subj IS NULL OR e.result = 'done') ORDER BY p.phase, p.obj, p.ord""",
        place,
    )


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
