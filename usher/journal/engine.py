"""start: how a plan becomes a Change; step and cancel (run.py) go on with it. The order of locks is one everywhere: account, run, objects by id, license rows last.

start   1. stage the rows, with no lock at all        (journal_planrow; however long it takes, nobody waits)
        2. account FOR KEY SHARE, Change by its key, hold seats, Run   (short)
        up to INLINE rows are stepped in the same transaction; one object takes a short way without plan rows and Run
step    one chunk, one transaction: lock the Run, lock the chunk's objects by id, write guarded by before, effects, seats, count
cancel  stops between chunks
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from usher.core import jobs, sql
from usher.core.clock import now, travelled
from usher.core.failpoints import failpoint
from usher.core.ids import uuid7
from usher.core.refusals import Refused

from . import feed, names
from .ledger import ledger
from .plan import digest_of, params_of, staged_tallies, too_many, wants_and_gives
from .run import CHUNK_MIN, cancel, lock_run, step, step_locked
from .shortage import turn_away
from .verb import ALREADY, COLUMNS, NO_ROWS, Plan
from .writing import as_moves, count_moves, lock_all, locking, writing

__all__ = ["Started", "cancel", "start", "step"]

INLINE = 500
RACED = ""  # instead of a reason: the guard found another state than was read a moment ago


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
    `short` decides when seats lack: refuse (nothing is done), first (the first N in the plan's order; the rest is skipped with no_seat), or wait
    (the same, and the rest is put on the waiting list, where the verb `queues`; `digest` is then that of plan.waiting()).
    """
    if short == "wait":
        plan = plan.waiting()
    if plan.undoes and plan.verb.queues:
        ledger().unqueue(plan.actor.account_id, plan.undoes)
    if digest is None and short != "wait" and plan.verb.is_one(plan.params):
        return _short_way(plan, key)
    known = _known(plan, key)
    if known:
        return known
    change = uuid7()
    totals, already = _stage(plan, change)
    try:
        if digest and digest_of(staged_tallies(change, len(totals))) != digest:
            raise Refused(
                "conflict", "stale", _("Something changed while you were reading. Here is the plan as it is now; nothing was done.")
            )
        _refuse_too_many(plan, change, len(totals))
        return _begin(plan, change, key, totals, already, short)
    except (Refused, _SameKey) as trouble:
        sql.execute("DELETE FROM journal_planrow WHERE change_id = %(c)s", {"c": change})
        if isinstance(trouble, Refused):
            raise
        return _known(plan, key) or start(plan, key, digest=digest, short=short)


def _refuse_too_many(plan: Plan, change: UUID, phases: int) -> None:
    """Refuse (forbidden, too_many) more people than the actor's role may change at once."""
    if plan.actor.most is not None:
        n = sum(t.n for t in staged_tallies(change, phases) if t.phase == plan.main and t.skip is None)
        if words := too_many(plan.actor, n):
            raise Refused("forbidden", "too_many", words)


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
        raise Refused("conflict", "key_reused", _("This key was used for something else. Use a new key for a new wish."))
    return Started(found["id"], found["number"], found["state"], repeat=True)


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
        sql.execute("ANALYZE journal_planrow")
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


def _begin(plan: Plan, change: UUID, key: str, totals: list[int], already: dict[str, dict[str, int]], short: str) -> Started:
    wants, gives = wants_and_gives(staged_tallies(change, len(totals)))
    inline = sum(totals) <= INLINE
    with transaction.atomic():
        number, at = _insert_change(plan, change, key)
        if inline:  # objects before license rows, or two opposite changes deadlock
            lock_all(plan, change)
        held = ledger().hold(plan.actor.account_id, wants, frozenset(gives), all_or_nothing=short == "refuse")
        held = _enough_for_the_first(plan, change, len(totals), wants, held)
        if short == "wait" and plan.verb.queues:
            ledger().queue(plan.actor.account_id, change, plan.actor.user_id)
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


def _insert_change(plan: Plan, change: UUID, key: str) -> tuple[int, datetime]:
    """Its number and its time. The account is locked shared; _SameKey when the key is known already. Refused (conflict, account_closed): nobody but
    the clock works in a closed account."""
    actor = plan.actor
    made = sql.prepared(
        """WITH a AS (SELECT id FROM accounts_account WHERE id = %(account)s AND (closed_at IS NULL OR %(kind)s::text = 'system') FOR KEY SHARE),
           made AS (INSERT INTO journal_change (id, account_id, verb, params, key, params_hash, actor_kind, actor_id, actor_name, door, request_id, ip, cause, undoes, at)
           SELECT %(id)s, a.id, %(verb)s, %(params)s, %(key)s, %(hash)s, %(kind)s, %(actor)s, %(name)s, %(door)s, %(request)s, %(ip)s, %(cause)s, %(undoes)s,
                  coalesce(%(now)s, now()) FROM a ON CONFLICT (account_id, key) DO NOTHING RETURNING number, at)
           SELECT (SELECT number FROM made) AS number, (SELECT at FROM made) AS at, NOT EXISTS (SELECT 1 FROM a) AS closed""",
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
            "now": travelled(),
        },
    )[0]
    if made["closed"]:
        words = _("This account is closed: whoever was in it has moved to another one. Nothing was changed.")
        raise Refused("conflict", "account_closed", words)
    if made["number"] is None:
        raise _SameKey
    return made["number"], made["at"]


def _enough_for_the_first(plan: Plan, change: UUID, phases: int, wants: Counter[str], held: dict[str, int]) -> dict[str, int]:
    """With fewer seats than wished the first lines of the order have theirs, and what nobody of them needs is let go at once; what is held then."""
    if all(n >= wants[product] for product, n in held.items()):
        return held
    turn_away(change, {product: n for product, n in held.items() if n < wants[product]})
    needed, _gives = wants_and_gives(staged_tallies(change, phases))
    ledger().release(plan.actor.account_id, {product: n - needed[product] for product, n in held.items()})
    return {product: needed[product] for product in held}


def _short_way(plan: Plan, key: str) -> Started:
    """One object: the same SQL, a handful of statements. A row that changed between reading and writing is tried again, and so is one that
    somebody else was quicker with (a name, an address): read anew, it is refused in words."""
    for left_to_try in (2, 1, 0):
        try:
            with transaction.atomic():
                change = uuid7()
                number, at = _insert_change(plan, change, key)
                moves = _do_at_once(plan, change, at)
                feed.tell(feed.Done(plan.actor.account_id, change, plan.verb, plan.undoes is not None))
                for task in plan.verb.then:
                    jobs.defer(task)
                ledger().settle(
                    plan.actor.account_id, moves, held={}
                )  # last: everybody else who takes a seat waits from here to the commit
                failpoint("engine.short_before_commit")
                return Started(change, number, "done")
        except _Left as left:
            if left.reasons - plan.verb.unchanged - {RACED}:
                code = sorted(left.reasons - plan.verb.unchanged - {RACED})[0]
                raise names.refusal(code, plan) from None
            if RACED not in left.reasons:
                return Started(None, None, "unchanged")
        except _SameKey:
            return _known(plan, key) or _short_way(plan, key)
        except IntegrityError as trouble:
            if not left_to_try or not isinstance(trouble.__cause__, UniqueViolation):
                raise
    raise Refused("conflict", "changed", _("Somebody else is changing this right now. Nothing was done; try again."))


class _Left(Exception):
    """The one row was left alone, for these reasons."""

    def __init__(self, reasons: frozenset[str]) -> None:
        self.reasons = reasons


def _do_at_once(plan: Plan, change: UUID, at: datetime) -> dict[str, tuple[int, int]]:
    """Write every phase of one object; the seats that move with it. _Left when it was left alone."""
    left: set[str] = set()
    done = 0
    moves: Counter[tuple[str, int]] = Counter()
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
    if not done or left - plan.verb.unchanged:
        raise _Left(frozenset(left or {"already"}))
    return as_moves(moves)
