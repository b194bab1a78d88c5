"""What a plan would do, read by aggregates only: the plan page writes nothing."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.clock import now

from .ledger import ledger, product_of, seats_of, turns
from .shortage import fated, free_of
from .verb import ALREADY, COLUMNS, Part, Plan, words_of

DIGEST = "bit_xor(uuid_hash_extended(obj, coalesce(version, 0)::bigint))"


@dataclass(frozen=True)
class Tally:
    """So many rows of one phase with the same fate."""

    phase: int
    skip: str | None
    takes: str | None
    gives: str | None
    n: int
    digest: int


@dataclass(frozen=True)
class Preview:
    """The plan in numbers. `digest` shows whether the world changed since; `missing` is product -> seats short."""

    tallies: list[Tally]
    digest: str
    seats: dict[str, dict[str, int]]  # product -> bought, used, pending, held, free, after (free afterwards)
    missing: dict[str, int]
    main: int  # the phase whose rows are counted
    at: datetime  # when it was true
    fits: int  # how many people (or things) find their seats: everybody when none lacks

    @property
    def will(self) -> int:
        """How many people (or things) it will be done to."""
        return sum(t.n for t in self.tallies if t.phase == self.main and t.skip is None)

    @property
    def items(self) -> int:
        """How many rows of all phases will be done."""
        return sum(t.n for t in self.tallies if t.skip is None)

    def skipped(self, *, unchanged: frozenset[str] = frozenset()) -> dict[str, int]:
        """reason -> people (or things) that are left alone for it."""
        out: Counter[str] = Counter()
        for t in self.tallies:
            if t.phase == self.main and t.skip is not None and t.skip not in unchanged:
                out[t.skip] += t.n
        return dict(out)

    def unchanged(self, codes: frozenset[str]) -> int:
        return sum(t.n for t in self.tallies if t.phase == self.main and t.skip in codes)


def params_of(plan: Plan, part_index: int, **more: Any) -> dict[str, Any]:
    """The SQL parameters of one part."""
    return {
        **plan.verb.sql_params(plan.params),
        "account": plan.actor.account_id,
        "actor": plan.actor.user_id,
        "undoes": plan.undoes,
        "goes_on": plan.cause,
        "last": len(plan.verb.parts) - 1,
        "of_phase": part_index,
        **more,
    }


def preview(plan: Plan) -> Preview:
    """Counts, seats, reasons and the digest. Nothing is written, nothing is locked."""
    at = now()
    tallies = []
    for phase, part, index in plan.phases():
        grouped = sql.rows(
            f"SELECT skip, takes, gives, count(*)::int AS n, {DIGEST} AS digest FROM ({plan.select(part)}) r GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            params_of(plan, index, now=at, change=None),
        )
        tallies += [Tally(phase=phase, **g) for g in grouped]
    return _with_seats(plan, tallies, at)


def too_many(actor: Actor, n: int) -> str:
    """Why a change of so many people (or things) is more than the actor's role may do at once; empty when it is not."""
    if actor.most is None or n <= actor.most:
        return ""
    told = ngettext(
        "Your role may change %(most)s person at once, and these are %(n)s. Choose fewer, or ask somebody whose role may change more.",
        "Your role may change %(most)s people at once, and these are %(n)s. Choose fewer, or ask somebody whose role may change more.",
        actor.most,
    )
    return told % {"most": number_format(actor.most, force_grouping=True), "n": number_format(n, force_grouping=True)}


def staged_tallies(change: UUID, phases: int) -> list[Tally]:
    """The same numbers from rows that a start has staged."""
    grouped = sql.rows(
        """SELECT phase, skip, takes, gives, count(*)::int AS n, bit_xor(uuid_hash_extended(obj, version::bigint)) AS digest FROM
            (SELECT phase, skip, takes, gives, obj, version FROM journal_planrow WHERE change_id = %(change)s) r
            GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4""",
        {"change": change},
    )
    return [Tally(**g) for g in grouped if g["phase"] < phases]


def digest_of(tallies: list[Tally]) -> str:
    """An order-free fingerprint: per phase and fate the count and a hash of (object, version). What is already so is no part of the plan."""
    lines = sorted(json.dumps([t.phase, t.skip, t.takes, t.gives, t.n, t.digest]) for t in tallies if t.skip != ALREADY)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def wants_and_gives(tallies: list[Tally]) -> tuple[Counter[str], Counter[str]]:
    """product -> seats taken, product -> seats given back. A seat that only turns from pending into used is neither."""
    wants: Counter[str] = Counter()
    gives: Counter[str] = Counter()
    for t in tallies:
        if t.skip is None:
            turned = turns(t.takes, t.gives)
            wants.update({product_of(seat): t.n for seat in seats_of(t.takes) if seat not in turned})
            gives.update({product_of(seat): t.n for seat in seats_of(t.gives) if product_of(seat) not in turned})
    return wants, gives


def _with_seats(plan: Plan, tallies: list[Tally], at: datetime) -> Preview:
    wants, gives = wants_and_gives(tallies)
    products = frozenset(wants) | frozenset(gives)
    seats = ledger().standing(plan.actor.account_id, products) if products else {}
    for product in products:
        line = seats.setdefault(product, {"bought": 0, "used": 0, "pending": 0, "held": 0, "free": 0})
        line["after"] = line["free"] - wants[product] + gives[product]
    # A seat must be free when it is taken; what the same plan gives back comes too late to count on.
    missing = {p: wants[p] - seats[p]["free"] for p in sorted(wants) if wants[p] > seats[p]["free"]}
    short = {p: seats[p]["free"] for p in missing}
    will = sum(t.n for t in tallies if t.phase == plan.main and t.skip is None)
    return Preview(tallies, digest_of(tallies), seats, missing, plan.main, at, _fitting(plan, short, at) if short else will)


def _fitting(plan: Plan, short: Mapping[str, int], at: datetime) -> int:
    _, part, index = plan.phases()[plan.main]
    rows = f"SELECT row_number() OVER ()::int AS ord, {COLUMNS} FROM ({plan.select(part)}) r"
    found: int = sql.value(
        f"SELECT count(*)::int FROM ({fated(rows, short)}) f WHERE skip IS NULL",
        params_of(plan, index, now=at, change=None, **free_of(short)),
    )
    return found


__all__ = ["Part", "Preview", "Tally", "digest_of", "params_of", "preview", "staged_tallies", "wants_and_gives", "words_of"]
