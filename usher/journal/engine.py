"""start: how a plan becomes a Change; step and cancel (run.py) go on with it. The order of locks is one everywhere: account, run, objects by id, license rows last.

start   1. stage the rows, with no lock at all        (journal_planrow; however long it takes, nobody waits)
        2. account FOR KEY SHARE, Change by its key, hold seats, Run   (short)
        up to INLINE rows are stepped in the same transaction; one object takes a short way without plan rows and Run
step    one chunk, one transaction: lock the Run, lock the chunk's objects by id, write guarded by before, effects, seats, count
cancel  stops between chunks
"""

import secrets
import time
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected, ForeignKeyViolation, SerializationFailure, UniqueViolation

from usher.core import jobs, sql
from usher.core.clock import now
from usher.core.failpoints import failpoint
from usher.core.ids import uuid7
from usher.core.refusals import Refused

from . import feed, names
from .keyed import SameKey, Started, insert_change, known
from .ledger import ledger
from .plan import Tally, digest_of, params_of, staged_tallies, too_many, wants_and_gives
from .run import CHUNK_MIN, cancel, lock_run, step, step_locked
from .shortage import turn_away
from .verb import ALREADY, COLUMNS, NO_ROWS, Plan
from .writing import as_moves, count_moves, lock_all, locking, writing

__all__ = ["Started", "cancel", "start", "step"]

INLINE = 500
JOINED = "change_id, phase, ord, subj, obj, skip"  # what chunks are found and joined by; to sort 30,000 objects of before and after takes longer than to stage them
RACED = ""  # instead of a reason: the guard found another state than was read a moment ago


def start(plan: Plan, key: str, *, digest: str | None = None, short: str = "refuse") -> Started:
    """Do a plan. The same key with the same parameters returns the same Change; with others it is refused (conflict, key_reused).

    `digest` is the fingerprint of the preview the actor saw; if the world changed since, refused (conflict, stale).
    `short` decides when seats lack: refuse (nothing is done), first (the first N in the plan's order; the rest is skipped with no_seat), or wait
    (the same, and the rest is put on the waiting list, where the verb `queues`; `digest` is then that of plan.waiting()).
    Where all is as it is wanted already, nothing is written (docs/decisions/0101).
    """
    if short == "wait":
        plan = plan.waiting()
    if digest is None and short != "wait" and plan.verb.is_one(plan.params) and not (plan.undoes and plan.verb.queues):
        return _short_way(plan, key)
    if found := known(plan, key):
        return found
    change = uuid7()
    totals, already = _stage(plan, change)
    try:
        tallies = staged_tallies(change, len(totals))
        _refuse(plan, tallies, digest)
        return _begin(plan, change, key, totals, tallies, already, short)
    except (Refused, SameKey, _Nothing) as trouble:
        sql.execute("DELETE FROM journal_planrow WHERE change_id = %(c)s", {"c": change})
        if isinstance(trouble, Refused):
            raise
        if isinstance(trouble, _Nothing):
            return Started(None, None, "unchanged")
        return known(plan, key) or start(plan, key, digest=digest, short=short)


def _refuse(plan: Plan, tallies: list[Tally], digest: str | None) -> None:
    """Refuse another plan than the actor saw (conflict, stale), and (forbidden, too_many) more people than their role may change at once."""
    if digest and digest_of(tallies) != digest:
        raise Refused("conflict", "stale", _("Something changed while you were reading. Here is the plan as it is now; nothing was done."))
    if words := too_many(plan.actor, sum(t.n for t in tallies if t.phase == plan.main and t.skip is None)):
        raise Refused("forbidden", "too_many", words)


class _Nothing(Exception):
    """All is as it is wanted already."""


def _stage(plan: Plan, change: UUID) -> tuple[list[int], dict[str, dict[str, int]]]:
    """Write the plan's rows; their number by phase. What is already as wanted is not stored, only counted: the second answer."""
    totals: list[int] = []
    already: dict[str, dict[str, int]] = {}
    with transaction.atomic():
        at = now()
        for phase, part, index in plan.phases():
            rows, params = plan.select(part), params_of(plan, index, now=at, change=change)
            numbered = f"""INSERT INTO journal_planrow (change_id, phase, ord, {COLUMNS})
                SELECT %(change)s, {phase}, row_number() OVER (), subj, obj, coalesce(version, 0), before, after, skip, takes, gives FROM """
            if f"'{ALREADY}'" in rows:
                n, total = _apart(f"{numbered} r WHERE skip IS DISTINCT FROM '{ALREADY}'", rows, params)
                already.update({str(phase): {ALREADY: n}} if n else {})
            else:  # nothing to count apart: the rows need not be kept for it
                total = sql.execute(f"{numbered} ({rows}) r", params)
            totals.append(total)
            failpoint("engine.staged_phase")
    if sum(totals) > INLINE:  # fresh rows have no statistics: a chunk would be joined by 5,000 x 5,000 comparisons
        sql.execute(f"ANALYZE journal_planrow ({JOINED})")
    failpoint("engine.staged")
    return totals, already


def _apart(insert: str, rows: str, params: dict[str, Any]) -> tuple[int, int]:
    """The rows are read once: how many are already so, and how many were inserted."""
    found = sql.rows(
        f"""WITH r AS MATERIALIZED ({rows}), staged AS ({insert} RETURNING 1)
            SELECT (SELECT count(*)::int FROM r WHERE skip = '{ALREADY}') AS already, (SELECT count(*)::int FROM staged) AS staged""",
        params,
    )[0]
    return found["already"], found["staged"]


def _begin(
    plan: Plan, change: UUID, key: str, totals: list[int], tallies: list[Tally], already: dict[str, dict[str, int]], short: str
) -> Started:
    wants, gives = wants_and_gives(tallies)
    inline = sum(totals) <= INLINE
    with transaction.atomic():
        number, at = insert_change(plan, change, key)
        if inline:  # objects before license rows, or two opposite changes deadlock
            lock_all(plan, change)
        held = ledger().hold(plan.actor.account_id, wants, frozenset(gives), all_or_nothing=short == "refuse")
        held, tallies = _enough_for_the_first(plan, change, tallies, wants, held)
        if short == "wait" and plan.verb.queues:
            ledger().queue(plan.actor.account_id, change, plan.actor.user_id)
        waited = ledger().unqueue(plan.actor.account_id, plan.undoes) if plan.undoes and plan.verb.queues else 0
        if not waited:
            _refuse_nothing(plan, tallies)
        sql.execute(
            """INSERT INTO journal_run (change_id, account_id, state, phase, ord, totals, held, counts, chunk, stop, beat, started_at)
               VALUES (%(c)s, %(a)s, 'running', 0, 0, %(totals)s, %(held)s, %(counts)s, %(chunk)s, false, now(), %(now)s)""",
            {
                "c": change,
                "a": plan.actor.account_id,
                "totals": totals,
                "held": sql.Jsonb(held),
                "counts": sql.Jsonb(already),
                "chunk": CHUNK_MIN,
                "now": at,
            },
        )
        if inline:
            while step_locked(plan, lock_run(change)):
                pass
        else:
            jobs.defer("journal.step", change=str(change))
        failpoint("engine.begin_before_commit")
    failpoint("engine.begin_after_commit")
    return Started(change, number, "done" if inline else "running")


def _enough_for_the_first(
    plan: Plan, change: UUID, tallies: list[Tally], wants: Counter[str], held: dict[str, int]
) -> tuple[dict[str, int], list[Tally]]:
    """With fewer seats than wished the first lines of the order have theirs, and what nobody of them needs is let go at once; what is held then, and the
    plan in numbers."""
    if all(n >= wants[product] for product, n in held.items()):
        return held, tallies
    turn_away(change, {product: n for product, n in held.items() if n < wants[product]})
    tallies = staged_tallies(change, len(plan.phases()))
    needed, _gives = wants_and_gives(tallies)
    ledger().release(plan.actor.account_id, {product: n - needed[product] for product, n in held.items()})
    return {product: needed[product] for product in held}, tallies


def _refuse_nothing(plan: Plan, tallies: list[Tally]) -> None:
    """_Nothing when nobody is left whom it could be done to, but for whom it is so already. Whoever was left alone for a reason is told in a Change that does
    nothing else; an undo is refused for the reason of most, as a Change is undone once and this would have been it."""
    left: Counter[str] = Counter()
    for t in tallies:
        if t.skip is None:
            return
        left.update({t.skip: t.n} if t.skip not in plan.verb.unchanged else {})
    if not left:
        raise _Nothing
    if plan.undoes:
        raise names.refusal(left.most_common(1)[0][0])


def _short_way(plan: Plan, key: str) -> Started:
    """One object: the same SQL, a handful of statements. A row that changed between reading and writing is tried again, and so is one that
    somebody else was quicker with (a name, an address, the end of a group): read anew, it is refused in words. So is whoever the database took out of a
    ring of locks (F35), a moment later."""
    for left_to_try in (4, 3, 2, 1, 0):
        try:
            with transaction.atomic():
                change = uuid7()
                number, at = insert_change(plan, change, key, plan.verb.then)
                moves, listening = _do_at_once(plan, change, at)
                feed.tell(feed.Done(plan.actor.account_id, change, plan.verb, plan.undoes is not None), listening)
                ledger().settle(
                    plan.actor.account_id, moves, held={}
                )  # last: everybody else who takes a seat waits from here to the commit
                failpoint("engine.short_before_commit")
                return Started(change, number, "done")
        except _Left as left:
            if left.reasons - plan.verb.unchanged - {RACED}:
                code = sorted(left.reasons - plan.verb.unchanged - {RACED})[0]
                raise names.refusal(code) from None
            if RACED not in left.reasons:
                return Started(None, None, "unchanged")
        except SameKey:
            return known(plan, key) or _short_way(plan, key)
        except IntegrityError as trouble:
            if not left_to_try or not isinstance(trouble.__cause__, UniqueViolation | ForeignKeyViolation):
                raise
        except OperationalError as trouble:
            if not left_to_try or not isinstance(trouble.__cause__, DeadlockDetected | SerializationFailure):
                raise
            time.sleep((10 + secrets.randbelow(90)) / 1000)
    raise Refused("conflict", "changed", _("Somebody else is changing this right now. Nothing was done; try again."))


class _Left(Exception):
    """The one row was left alone, for these reasons."""

    def __init__(self, reasons: frozenset[str]) -> None:
        self.reasons = reasons


def _do_at_once(plan: Plan, change: UUID, at: datetime) -> tuple[dict[str, tuple[int, int]], list[bool]]:
    """Write every phase of one object; the seats that move with it, and who listens. _Left when it was left alone."""
    left: set[str] = set()
    done = 0
    moves: Counter[tuple[str, int]] = Counter()
    listening: list[bool] = []
    for phase, part, index in plan.phases():
        rows = plan.select(part)
        if rows == NO_ROWS:
            continue
        params = params_of(plan, index, now=at, change=change)
        if part.lock:
            sql.prepared(locking(part, f"FROM ({rows}) r WHERE skip IS NULL"), params)
        chunk = f"SELECT row_number() OVER ()::int AS ord, {phase} AS phase, {COLUMNS}, skip AS why FROM ({rows}) r"
        for d in sql.prepared(writing(plan, part, chunk), params):
            done += d["n"] if d["did"] else 0
            if not d["did"]:
                left.add(d["why"] or RACED)
            count_moves(moves, d)
            listening = d["listening"]
    if not done or left - plan.verb.unchanged:
        raise _Left(frozenset(left or {"already"}))
    return as_moves(moves), listening
