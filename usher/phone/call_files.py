"""Files of calls, staged by COPY in one transaction so that any worker can go on with them (verbs/calls.py)."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7

from .call_lines import Line, read_calls
from .call_models import CallFile

FEW = 500  # lines that are joined with nothing known of them
KEPT = timedelta(days=7)
AHEAD = timedelta(days=1)  # clocks of telephone systems are off by hours, not by days
COPY = """COPY phone_callline (id, file_id, line, problem, call_id, direction, caller, callee, owner, started_at, seconds, result, path, recorded) FROM STDIN"""


def stage_calls(actor: Actor, data: BinaryIO, filename: str) -> CallFile:
    """Read and stage a file of calls that can seek. Refuses (forbidden) without the right, and what read_calls refuses; nothing is stored then."""
    country = str(sql.value("SELECT country FROM accounts_account WHERE id = %(a)s", {"a": actor.account_id}))
    return stage_lines(actor, read_calls(data, country, clock.now() + AHEAD), filename)


def stage_lines(actor: Actor, lines: Iterable[Line], filename: str) -> CallFile:
    """Stage lines that were read."""
    actor.require("phone:log:manage")
    file = CallFile(account_id=actor.account_id, filename="".join(c for c in filename if c.isprintable())[-200:], created_at=clock.now())
    with transaction.atomic():
        file.lines = sql.copy_in(COPY, (_row(file.id, line) for line in lines))
        file.save(force_insert=True)
    if file.lines > FEW:  # fresh rows have no statistics: they would be joined one by one
        sql.execute("ANALYZE phone_callline")
    return file


def _row(file: UUID, line: Line) -> tuple[object, ...]:
    return (uuid7(), file, *line[:-1], json.dumps(line.recorded))


def sweep() -> int:
    """Forget the lines of files that were read a week ago; how many."""
    old = "SELECT id FROM phone_callfile WHERE created_at < %(t)s"
    return sql.execute(f"DELETE FROM phone_callline WHERE file_id IN ({old})", {"t": clock.now() - KEPT})
