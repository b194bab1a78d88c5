"""Background work: a job is a row in the same PostgreSQL, deferred in the transaction of the data it is about (decisions.md)."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

import psycopg
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections, transaction
from procrastinate import App
from procrastinate.contrib.django import app, utils
from procrastinate.jobs import Status
from procrastinate.psycopg_connector import PsycopgConnector

from . import clock, sql
from .migrated import lacking

logger = logging.getLogger(__name__)
MOST_TOLD = 300  # characters of what one was, in the log: it may hold thousands of ids
T = TypeVar("T")
R = TypeVar("R")

ALIVE_SECONDS = 10
HEARTBEAT_SECONDS = 2.0
STALLED_SECONDS = 8
MOST_TRIES = 5
CONCURRENT_JOBS = 4
PAUSE_SECONDS = 0.3  # before a database that did not answer, or not as it should, is asked again
ROW = "ROW({queue}, {task}, {priority}, {lock}, {queueing_lock}, {args}, NULL)::procrastinate_job_to_defer_v1"
# What procrastinate's own `defer` sends, prepared once per connection: a change of one person waits for it.
OF_ONE = ROW.format_map({name: f"%({name})s" for name in ("queue", "task", "priority", "lock", "queueing_lock", "args")})
DEFER = f"SELECT procrastinate_defer_jobs_v1(ARRAY[{OF_ONE}])"
RESCUE_LOCK = 7_283_001  # any fixed number: one worker at a time rescues


def on_app_ready(ready: App) -> None:
    """Procrastinate calls this once its app knows all tasks."""


def defer(task: str, **args: Any) -> None:
    """Queue one call of a task by its name, in the current transaction: it commits or rolls back with the data."""
    known = app.tasks[task]
    how = {"queue": known.queue, "task": known.name, "priority": known.priority, "lock": known.lock, "queueing_lock": known.queueing_lock}
    sql.prepared(DEFER, {**how, "args": args})


@cache
def deferring(tasks: tuple[str, ...]) -> str:
    """SQL: what a statement selects to queue one call of each task, none of which takes anything, in its own transaction. A task with a lock is an error:
    one that waits already would fail the whole statement.
    """
    if not tasks:
        return "NULL"
    named = [app.tasks[task] for task in tasks]
    if locked := [one.name for one in named if one.lock or one.queueing_lock]:
        raise ValueError(f"{locked} have locks and cannot go with a statement")
    rows = [
        ROW.format(queue=f"'{one.queue}'", task=f"'{one.name}'", priority=one.priority, lock="NULL", queueing_lock="NULL", args="'{}'")
        for one in named
    ]
    return f"procrastinate_defer_jobs_v1(ARRAY[{', '.join(rows)}])"


def each(found: Iterable[T], do: Callable[[T], R]) -> list[R]:
    """Do something for each, such as every account the clock has work for; what came of those that went well.

    One that makes trouble does not keep the others waiting: it is written down, and the next strike of the clock tries it again (F29).
    """
    came: list[R] = []
    for one in found:
        try:
            came.append(do(one))
        except Exception:
            logger.exception("%s could not be done for %s", do.__name__, str(one)[:MOST_TOLD])
    return came


def workers_alive() -> int:
    """Workers whose heartbeat is younger than ALIVE_SECONDS."""
    return int(
        sql.value(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %(s)s)", {"s": ALIVE_SECONDS}
        )
    )


def work() -> None:
    """Run jobs until SIGTERM or SIGINT, which let running jobs finish. A lost database, or one that refuses to tell, is waited for (F06, F50)."""
    asyncio.run(_until_stopped())


async def _until_stopped() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        serving = asyncio.create_task(_serve())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            serving.cancel()  # Procrastinate takes this as: fetch no more, wait for what runs.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({serving})
        if not serving.cancelled() and (error := serving.exception()):
            logger.warning("The worker lost its database and starts again: %s", str(error).strip().split("\n")[0])
        # The thread of asynchronous database calls keeps its connection for ever; a dead one would be used again.
        await sync_to_async(connections.close_all)()
        await asyncio.wait({stopping}, timeout=PAUSE_SECONDS)


async def _serve() -> None:
    """One life of the worker. It ends with the first lost connection."""
    await _database_answers()
    async with on_own_pool().open_async() as worker:
        rescuing = asyncio.create_task(_rescue_now_and_then())
        try:
            await worker.run_worker_async(
                concurrency=CONCURRENT_JOBS,
                fetch_job_polling_interval=0.5,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        finally:
            rescuing.cancel()


def on_own_pool() -> App:
    """The app as a worker uses it: fetching and heartbeats on a small pool, while tasks still defer in their own transaction."""
    return app.with_connector(PsycopgConnector(kwargs=utils.connector_params(), min_size=1, max_size=4))


async def _database_answers() -> None:
    """Wait for it, and until it is of this version. The pool would wait too, but longer with each try."""
    told = 0
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            if not (behind := await asyncio.to_thread(_migrations_lacking)):
                return
            if behind != told:
                logger.warning("The database lacks %s migrations. The worker waits for `usher migrate`.", behind)
            told = behind
        await asyncio.sleep(PAUSE_SECONDS)


def _migrations_lacking() -> int:
    with psycopg.connect(**{**utils.connector_params(), "connect_timeout": 5}) as own:
        return lacking(own)


async def _rescue_now_and_then() -> None:
    while True:
        try:
            await asyncio.to_thread(_rescue_and_let_go)
        except Exception as error:
            logger.warning("Jobs of dead workers could not be looked for: %s", str(error).strip().split("\n")[0])
        await asyncio.sleep(HEARTBEAT_SECONDS)


def _rescue_and_let_go() -> None:
    try:
        rescue()
    finally:
        connections.close_all()


def rescue() -> int:
    """Give the jobs of workers without a heartbeat to the living (P7), or end them after MOST_TRIES (F29). How many jobs it was."""
    with transaction.atomic():
        if not sql.value("SELECT pg_try_advisory_xact_lock(%(lock)s)", {"lock": RESCUE_LOCK}):
            return 0
        stalled = sql.rows(
            "SELECT j.id, j.attempts FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id"
            " WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(s)s))",
            {"s": STALLED_SECONDS},
        )
        for job in stalled:
            if job["attempts"] + 1 >= MOST_TRIES:
                async_to_sync(app.job_manager.finish_job_by_id_async)(job["id"], status=Status.FAILED, delete_job=False)
            else:
                app.job_manager.retry_job_by_id(job["id"], clock.now())
        return len(stalled)
