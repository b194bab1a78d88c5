"""Staging: what was uploaded or typed becomes rows by COPY, in one transaction, so that any worker can go on with it."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import BufferedIOBase
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import not_found

from .lines import Line, check_addresses
from .models import Stage
from .reading import Reader, open_csv

MOST_IN_PORTAL = 9_998  # S0-40, R5: the 9,999th row is refused
KEPT = timedelta(days=7)
JOINED, FEW = ("update", "addresses", "phones"), 500  # lists whose lines are joined with each other, and how many lines that is nothing for
COPY = "COPY lifecycle_stagedline (stage_id, id, line, email, canonical, first_name, last_name, department, user_group, im_group, problem, field, said, places, more) FROM STDIN"

STAGE = "SELECT id, account_id, source, filename, encoding, delimiter, lines, choices FROM lifecycle_stage WHERE id = %(id)s AND account_id = %(account)s"


def stage_csv(actor: Actor, data: BinaryIO, filename: str, *, most: int | None, choices: dict[str, Any]) -> Stage:
    """Read and stage a CSV file. `most` rows at the most (None: any number). Refuses what cannot be read, whole, and stores nothing then."""
    return _stage_file(actor, data, filename, choices, lambda reader: reader.lines(most))


def stage_people_here(actor: Actor, data: BinaryIO, filename: str, *, most: int | None) -> Stage:
    """Read and stage a CSV file of people who are here already, by their addresses. Refuses like stage_csv."""
    return _stage_file(actor, data, filename, {"mode": "leavers"}, lambda reader: reader.addresses(most))


def stage_updates(actor: Actor, data: BinaryIO, filename: str, *, most: int | None, choices: dict[str, Any]) -> Stage:
    """Read and stage a CSV file that says what shall become of people who are here. Refuses like stage_csv."""
    return _stage_file(actor, data, filename, {**choices, "mode": "update"}, lambda reader: reader.updates(most))


def stage_new_addresses(actor: Actor, data: BinaryIO, filename: str, *, most: int | None, choices: dict[str, Any]) -> Stage:
    """Read and stage a CSV file of addresses and the ones that replace them. Refuses like stage_csv."""
    return _stage_file(actor, data, filename, {**choices, "mode": "addresses"}, lambda reader: reader.new_addresses(most))


def stage_phones(actor: Actor, data: BinaryIO, filename: str, *, most: int | None, choices: dict[str, Any]) -> Stage:
    """Read and stage a CSV file of people who get a phone. Refuses like stage_csv, and (forbidden) who may not manage phones."""
    return _stage_file(actor, data, filename, {**choices, "mode": "phones"}, lambda reader: reader.phones(most), right="phone:user:manage")


def _stage_file(
    actor: Actor,
    data: BinaryIO,
    filename: str,
    choices: dict[str, Any],
    lines_of: Callable[[Reader], Iterable[Line]],
    right: str = "people:user:manage",
) -> Stage:
    actor.require(right)
    digest = hashlib.file_digest(cast(BufferedIOBase, data), "sha256").digest()
    data.seek(0)
    reader = open_csv(data)
    stage = Stage(
        account_id=actor.account_id,
        user_id=actor.user_id,
        source="csv",
        filename="".join(c for c in filename if c.isprintable())[-200:],
        encoding=reader.encoding,
        delimiter=reader.delimiter,
        sha256=digest,
        created_at=clock.now(),
    )
    with transaction.atomic():
        stage.lines = _copy(stage.id, lines_of(reader))
        stage.choices = {**choices, "ignored_columns": reader.ignored, "columns": reader.columns}
        stage.save(force_insert=True)
    if mode_of(stage) in JOINED and stage.lines > FEW:  # fresh rows have no statistics: they would be joined by 10,000 x 10,000 comparisons
        sql.execute("ANALYZE lifecycle_stagedline")
    return stage


def stage_addresses(actor: Actor, addresses: list[str], choices: dict[str, Any]) -> Stage:
    """Stage addresses typed into a form (S0-30)."""
    actor.require("people:user:manage")
    stage = Stage(account_id=actor.account_id, user_id=actor.user_id, source="form", choices=choices, created_at=clock.now())
    with transaction.atomic():
        stage.lines = _copy(stage.id, check_addresses(addresses))
        stage.save(force_insert=True)
    return stage


def stage_people(actor: Actor, lines: Iterable[Line], choices: dict[str, Any]) -> Stage:
    """Stage people who are known already, line by line: the sample company's way in."""
    stage = Stage(account_id=actor.account_id, user_id=actor.user_id, source="csv", choices=choices, created_at=clock.now())
    with transaction.atomic():
        stage.lines = _copy(stage.id, lines)
        stage.save(force_insert=True)
    return stage


def _copy(stage: UUID, lines: Iterable[Line]) -> int:
    """The id of somebody new is made here, so that plan, effect and undo always name their object."""
    return sql.copy_in(COPY, ((stage, uuid7(), *line[:-2], _json(line.places), _json(line.more)) for line in lines))


def _json(value: dict[str, Any] | None) -> str | None:
    return json.dumps(value) if value is not None else None


def stage_of(actor: Actor, stage: UUID, mode: str = "add") -> Stage:
    """A stage of the actor's account that was uploaded for this (add, leavers, update, addresses, phones), or Refused (missing)."""
    found = find(actor, stage)
    if found is None or mode_of(found) != mode:
        raise not_found(_("This import"))
    return found


def find(actor: Actor, stage: UUID) -> Stage | None:
    """A stage of the actor's account: what was chosen and how many lines it has."""
    found = sql.prepared(STAGE, {"id": stage, "account": actor.account_id})
    return Stage(**found[0]) if found else None


def mode_of(stage: Stage) -> str:
    """What a list was given for."""
    return str(stage.choices.get("mode", "add"))


def sweep() -> int:
    """Forget what was staged a week ago; how many stages."""
    with transaction.atomic():
        old = [s["id"] for s in sql.rows("SELECT id FROM lifecycle_stage WHERE created_at < %(t)s LIMIT 100", {"t": clock.now() - KEPT})]
        sql.execute("DELETE FROM lifecycle_stagedline WHERE stage_id = ANY(%(s)s)", {"s": old})
        return sql.execute("DELETE FROM lifecycle_stage WHERE id = ANY(%(s)s)", {"s": old})
