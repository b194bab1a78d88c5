"""Files of long lists, written in the background piece by piece and kept for a day in the database, where every web process finds them (decision 0034).

Only who asked for a file can see it or fetch it. What a list is, is the face's business: here are lines.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import clock, jobs, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused, not_found

KEPT_FOR = timedelta(days=1)
JUST = timedelta(seconds=15)
MOST_AT_ONCE = 5
COLUMNS = (
    "e.id, e.account_id, e.user_id, e.listing, e.query, e.filename, e.language, e.state, e.rows, e.total, e.place, e.asked_at, e.ended_at"
)


@dataclass(frozen=True)
class Wanted:
    """What shall be written: the name of a list, its address as a query string, how many rows, and in which language."""

    listing: str
    query: str
    filename: str
    language: str
    total: int


def ask(actor: Actor, wanted: Wanted, key: str, task: str) -> UUID:
    """Begin a file; `task` is the job that writes it. The same key asks for the same one.

    Refused (forbidden) for who is no person, (later) while MOST_AT_ONCE of theirs are being written.
    """
    if actor.user_id is None:
        raise Refused("forbidden", "no_person", _("Only people have files kept for them."))
    mine = {"a": actor.account_id, "u": actor.user_id, "key": key, "now": clock.now()}
    with transaction.atomic():
        if known := sql.value("SELECT id FROM people_export WHERE user_id = %(u)s AND key = %(key)s", mine):
            return UUID(str(known))
        if len([e for e in lately(actor) if e["state"] == "running"]) >= MOST_AT_ONCE:
            raise Refused("later", "too_many_exports", _("Five of your files are being written. Wait until one of them is ready."))
        made = sql.value(
            """INSERT INTO people_export (id, account_id, user_id, key, listing, query, filename, language, state, rows, total, place, asked_at)
               VALUES (%(id)s, %(a)s, %(u)s, %(key)s, %(listing)s, %(query)s, %(filename)s, %(language)s, 'running', 0, %(total)s, '', %(now)s)
               ON CONFLICT ON CONSTRAINT export_once DO UPDATE SET key = excluded.key RETURNING id""",
            {**mine, **vars(wanted), "id": uuid7()},
        )
        jobs.defer(task, export=str(made))
    return UUID(str(made))


def mine(actor: Actor, id: UUID) -> dict[str, Any]:
    """One file of the actor's, or Refused (missing). `until` is when it is forgotten."""
    found = sql.row(
        f"SELECT {COLUMNS} FROM people_export e WHERE e.id = %(id)s AND e.account_id = %(a)s AND e.user_id = %(u)s",
        {"id": id, "a": actor.account_id, "u": actor.user_id},
    )
    if found is None:
        raise not_found(_("This file"))
    return _told(found)


def lately(actor: Actor) -> list[dict[str, Any]]:
    """The actor's files that are still kept, the newest first."""
    found = sql.rows(
        f"SELECT {COLUMNS} FROM people_export e WHERE e.account_id = %(a)s AND e.user_id = %(u)s ORDER BY e.asked_at DESC LIMIT 50",
        {"a": actor.account_id, "u": actor.user_id},
    )
    return [_told(f) for f in found]


def now(actor: Actor) -> list[dict[str, Any]]:
    """The actor's files that are being written, or were ready a moment ago."""
    return [e for e in lately(actor) if e["state"] == "running" or (e["ended_at"] and e["ended_at"] > clock.now() - JUST)]


def _told(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "until": (found["ended_at"] or found["asked_at"]) + KEPT_FOR}


def content(actor: Actor, id: UUID) -> Iterator[bytes]:
    """The file, piece by piece. Refused (missing) unless it is the actor's and done."""
    if mine(actor, id)["state"] != "done":
        raise not_found(_("This file"))
    return _pieces(id)


def _pieces(id: UUID) -> Iterator[bytes]:
    at = -1
    while piece := sql.row(
        "SELECT ord, lines FROM people_exportpiece WHERE export_id = %(id)s AND ord > %(at)s ORDER BY ord LIMIT 1", {"id": id, "at": at}
    ):
        at = piece["ord"]
        yield zlib.decompress(bytes(piece["lines"]))


def waiting(id: UUID) -> dict[str, Any] | None:
    """A file that is still to be written, for the job that does it; None when it is done, failed or forgotten."""
    return sql.row(f"SELECT {COLUMNS} FROM people_export e WHERE e.id = %(id)s AND e.state = 'running'", {"id": id})


def add_piece(export: dict[str, Any], lines: str, rows: int, place: str) -> bool:
    """Keep some lines and where to go on; an empty place is the end. False when somebody else wrote this piece first."""
    with transaction.atomic():
        at = {"id": export["id"], "had": export["rows"], "rows": export["rows"] + rows, "place": place, "old": export["place"]}
        taken = sql.execute(
            """UPDATE people_export SET rows = %(rows)s, place = %(place)s, state = CASE WHEN %(place)s = '' THEN 'done' ELSE 'running' END,
               ended_at = CASE WHEN %(place)s = '' THEN %(now)s::timestamptz END
               WHERE id = %(id)s AND state = 'running' AND rows = %(had)s AND place = %(old)s""",
            {**at, "now": clock.now()},
        )
        if taken:
            sql.execute(
                """INSERT INTO people_exportpiece (export_id, ord, lines)
                   SELECT %(id)s, coalesce(max(ord) + 1, 0), %(lines)s FROM people_exportpiece WHERE export_id = %(id)s""",
                {"id": export["id"], "lines": zlib.compress(lines.encode())},
            )
    return bool(taken)


def fail(id: UUID) -> None:
    """It cannot be written: who asked may not see the list any more, or something went wrong."""
    sql.execute(
        "UPDATE people_export SET state = 'failed', ended_at = %(now)s WHERE id = %(id)s AND state = 'running'",
        {"id": id, "now": clock.now()},
    )


def sweep(now: datetime | None = None) -> int:
    """Forget files a day after they were done, or asked for and never done; how many."""
    with transaction.atomic():
        old = [
            e["id"]
            for e in sql.rows(
                "SELECT id FROM people_export WHERE coalesce(ended_at, asked_at) < %(t)s LIMIT 100 FOR UPDATE SKIP LOCKED",
                {"t": (now or clock.now()) - KEPT_FOR},
            )
        ]
        sql.execute("DELETE FROM people_exportpiece WHERE export_id = ANY (%(e)s)", {"e": old})
        return sql.execute("DELETE FROM people_export WHERE id = ANY (%(e)s)", {"e": old})
