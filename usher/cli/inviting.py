"""Adding, importing and updating people: one Change for a list of any size, done once however often the same command is given at once (CSV-11, F20)."""

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from django.db import transaction

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.plan import preview
from usher.journal.verb import Plan
from usher.licenses.ledger import free
from usher.lifecycle.addresses import plan_addresses
from usher.lifecycle.join import choices_of, plan_invite
from usher.lifecycle.models import Stage
from usher.lifecycle.phone_lines import plan_phones
from usher.lifecycle.staging import stage_addresses, stage_csv, stage_new_addresses, stage_phones, stage_updates
from usher.lifecycle.update_people import plan_update

from .doing import finish, show
from .door import progress
from .options import nothing
from .result import Result, keep, left_of_plan, planned_counts, tell

Staging = Callable[[dict[str, Any]], Stage]
Planning = Callable[[Stage], Plan]


@dataclass(frozen=True)
class How:
    """How a list is to be done: the key, what happens when seats lack (refuse, first or wait), and where the refusals go."""

    key: str | None = None
    short: str = "refuse"
    refusals: str | None = None
    dry_run: bool = False


def add(actor: Actor, addresses: list[str], given: Mapping[str, Any], how: How) -> int:
    """Invite addresses; the exit code."""
    choices = choices_of(actor, given)
    wish = _wish("\n".join(addresses).encode(errors="replace"), choices)
    return _do(actor, {**choices, "wish": wish}, how, lambda more: stage_addresses(actor, addresses, more), inviting(actor, choices))


def import_file(actor: Actor, data: BinaryIO, filename: str, given: Mapping[str, Any], how: How) -> int:
    """Invite everybody in a CSV file that can seek; the exit code. Memory stays flat at any size."""
    choices = choices_of(actor, given)
    wish = _wish(_digest(data), choices)
    staging = partial(stage_csv, actor, data, filename, most=None)
    return _do(actor, {**choices, "wish": wish}, how, lambda more: _staged(staging(choices=more)), inviting(actor, choices))


def inviting(actor: Actor, choices: dict[str, Any]) -> Planning:
    return lambda stage: plan_invite(actor, stage, choices)


def update_file(actor: Actor, data: BinaryIO, filename: str, how: How) -> int:
    """Change people as the lines of a CSV file say; the exit code."""
    kept = {"wish": _wish(_digest(data), {"mode": "update"})}
    staging = partial(stage_updates, actor, data, filename, most=None)
    return _do(actor, kept, how, lambda more: _staged(staging(choices=more)), lambda stage: plan_update(actor, stage))


def address_file(actor: Actor, data: BinaryIO, filename: str, how: How) -> int:
    """Give people the new addresses of a CSV file of pairs; the exit code."""
    kept = {"wish": _wish(_digest(data), {"mode": "addresses"})}
    staging = partial(stage_new_addresses, actor, data, filename, most=None)
    return _do(actor, kept, how, lambda more: _staged(staging(choices=more)), lambda stage: plan_addresses(actor, stage))


def phone_file(actor: Actor, data: BinaryIO, filename: str, choices: dict[str, Any], how: How) -> int:
    """Give people phones as the lines of a CSV file say; the exit code."""
    kept = {**choices, "wish": _wish(_digest(data), {**choices, "mode": "phones"})}
    staging = partial(stage_phones, actor, data, filename, most=None)
    return _do(actor, kept, how, lambda more: _staged(staging(choices=more)), lambda stage: plan_phones(actor, stage))


def _digest(data: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while piece := data.read(1 << 20):
        digest.update(piece)
    data.seek(0)
    return digest.digest()


def _staged(stage: Stage) -> Stage:
    progress(f"Read {stage.lines:,} {'line' if stage.lines == 1 else 'lines'}.")
    if stage.choices["ignored_columns"]:
        progress(f"Not read, because unknown: {', '.join(stage.choices['ignored_columns'])}.")
    return stage


def _wish(content: bytes, choices: Mapping[str, Any]) -> str:
    """A fingerprint of who is to be invited and as what."""
    return hashlib.sha256(content + json.dumps(choices, sort_keys=True).encode()).hexdigest()


def _do(actor: Actor, kept: dict[str, Any], how: How, staging: Staging, planning: Planning) -> int:
    wish = kept["wish"]
    if how.dry_run:
        with transaction.atomic():
            planned = planning(staging(kept))
            code = show(planned.waiting() if how.short == "wait" else planned, how.refusals)
            transaction.set_rollback(True)
        return code
    key = _key(actor, how.key, wish)
    before = free(actor)
    number = _known(actor, key, wish)
    if number is None:
        planned = planning(staging(kept))
        try:
            number = engine.start(planned, key, short=how.short).number
        except Refused as no:
            return _refused(planned, key, wish, no, before, how)
        if number is None:
            return _nothing_done(planned, "unchanged", how)
    else:
        progress(f"This is C-{number} already; nothing is done twice.")
    return finish(actor, number, before, how.refusals)


def _key(actor: Actor, chosen: str | None, wish: str) -> str:
    """The journal's key. Without a chosen one: of the same wish while that is under way, and a fresh one once it is over."""
    if chosen:
        return f"cli:{chosen}"
    for n in itertools.count():
        key = f"cli:{wish}:{n}"
        found = sql.row(
            """SELECT coalesce(r.state, 'done') AS state FROM journal_change c LEFT JOIN journal_run r ON r.change_id = c.id
               WHERE c.account_id = %(a)s AND c.key = %(k)s""",
            {"a": actor.account_id, "k": key},
        )
        if not found or found["state"] == "running":
            return key
    raise AssertionError("numbers do not end")


def _known(actor: Actor, key: str, wish: str) -> int | None:
    """The number of the Change this key stands for. Refused (conflict, key_reused) when it stood for something else.

    What was staged is forgotten after a week; from then on a chosen key is only ever refused.
    """
    found = sql.row(
        """SELECT c.number, s.choices->>'wish' AS wish FROM journal_change c LEFT JOIN lifecycle_stage s ON s.id = (c.params->>'stage')::uuid
           WHERE c.account_id = %(a)s AND c.key = %(k)s""",
        {"a": actor.account_id, "k": key},
    )
    if found and found["wish"] != wish and not key.startswith(f"cli:{wish}:"):
        raise Refused("conflict", "key_reused", "This key was used for something else. Use a new key for a new wish.")
    return int(found["number"]) if found else None


def _refused(planned: Plan, key: str, wish: str, no: Refused, before: dict[str, int], how: How) -> int:
    """The same command was first and this one tells its outcome; or the only line was wrong and is listed; or the refusal stands."""
    if no.code == "key_reused" and (number := _known(planned.actor, key, wish)) is not None:
        return finish(planned.actor, number, before, how.refusals)
    if planned.verb.is_one(planned.params) and no.code in preview(planned).skipped():
        return _nothing_done(planned, "refused", how)
    raise no


def _nothing_done(planned: Plan, state: str, how: How) -> int:
    """The result of a list of one that wrote no Change."""
    seen = preview(planned)
    answer = {**nothing(state), "counts": planned_counts(planned, seen)}
    if state == "refused":
        shown, path = keep(left_of_plan(planned, seen), how.refusals, "", planned.params["stage"])
        answer.update(refusals=shown, refusals_file=path)
    return tell(Result(answer, "Nothing was done."))
