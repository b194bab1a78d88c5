"""How often an app calls, day by day (UTC): added up in the memory of each process and written every few seconds, so that a call costs no write.

The day is that of the writing. A process that is stopped writes what it holds; one that is killed loses the calls of at most EVERY seconds. Nothing is decided by these numbers:
what limits calls is counted before each one (api/limits.py).
"""

import logging
import os
import threading
import time
from collections import Counter
from multiprocessing.util import Finalize
from typing import Any
from uuid import UUID

from django.db import connections

from usher.core import clock, sql
from usher.core.actor import Actor

log = logging.getLogger("usher.access")
EVERY = 5.0  # seconds between two writes of a process
DAYS = 30  # of the chart
KEPT_DAYS = 400
TODAY = "coalesce(%(now)s::timestamptz, now())::date"  # the database's, which is in UTC

_lock = threading.Lock()
_held: Counter[UUID] = Counter()
_serves = False  # whether this process, or the one it was forked from, serves requests until it is stopped
_writer = 0  # the process whose thread writes: a fork has none yet


def serve() -> None:
    """From now on what is counted is written by itself. A process that only runs commands or tests calls `write` when it likes."""
    global _serves
    _serves = True


def count(app: UUID) -> None:
    """One call of an app, with a token that is good, whatever the answer was."""
    global _writer
    with _lock:
        _held[app] += 1
        if not _serves or _writer == os.getpid():
            return
        _writer = os.getpid()
    threading.Thread(target=_write_now_and_then, name="app-calls", daemon=True).start()
    Finalize(None, write, exitpriority=1)  # runs at the end of a forked worker too, where atexit does not


def write() -> None:
    """Add what this process holds to the table. Apps that are gone by now are left out; what could not be written is held on to."""
    with _lock:
        taken = dict(_held)
        _held.clear()
    if not taken:
        return
    try:
        sql.execute(
            f"""INSERT INTO access_appcalls AS t (app_id, day, calls)
               SELECT p.id, {TODAY}, x.calls FROM unnest(%(apps)s::uuid[], %(calls)s::int[]) AS x(app, calls)
               JOIN access_app p ON p.id = x.app ORDER BY p.id ON CONFLICT (app_id, day) DO UPDATE SET calls = t.calls + excluded.calls""",
            {"apps": list(taken), "calls": list(taken.values()), "now": clock.travelled()},
        )
    except Exception:
        with _lock:
            _held.update(taken)
        raise


def _write_now_and_then() -> None:
    while True:
        time.sleep(EVERY)
        try:
            write()
        except Exception as error:
            log.warning("The calls of apps could not be written: %s", str(error).strip().split("\n")[0])
        finally:
            connections.close_all()


def by_day(actor: Actor, app: UUID) -> list[dict[str, Any]]:
    """day and calls of the last DAYS days, today last; a day without calls is 0. An app of another account has none (TENANT-05)."""
    actor.require("access:app:view")
    return sql.rows(
        f"""SELECT d.day::date AS day, coalesce(c.calls, 0) AS calls
           FROM generate_series({TODAY} - {DAYS - 1}, {TODAY}, interval '1 day') AS d(day)
           LEFT JOIN (access_appcalls c JOIN access_app p ON p.id = c.app_id AND p.account_id = %(a)s AND p.id = %(i)s) ON c.day = d.day::date ORDER BY 1""",
        {"a": actor.account_id, "i": app, "now": clock.travelled()},
    )


def sweep() -> int:
    """Drop what is older than KEPT_DAYS."""
    return sql.execute(f"DELETE FROM access_appcalls WHERE day < {TODAY} - {KEPT_DAYS}", {"now": clock.travelled()})
