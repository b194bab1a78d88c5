"""Jobs are rows of the same database: deferred with the data, run by workers, rescued from dead ones."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app

from usher.core import jobs, sql
from usher.journal.verb import VERBS


@pytest.fixture
def task() -> Iterator[str]:
    """A task that defers another call of itself and then fails, when told to."""
    name = f"tests.{uuid4().hex}"

    @app.task(name=name, queue="tests")
    def work(fail: bool, again: bool) -> None:
        with transaction.atomic():
            if again:
                jobs.defer(name, fail=False, again=False)
            if fail:
                raise ValueError("as told")

    yield name
    del app.tasks[name]


def waiting(task: str) -> list[str]:
    return [row["status"] for row in sql.rows("SELECT status FROM procrastinate_jobs WHERE task_name = %(t)s ORDER BY id", {"t": task})]


def run_all_jobs() -> None:
    async def run() -> None:
        async with jobs.on_own_pool().open_async() as worker:
            await worker.run_worker_async(
                wait=False, queues=["tests"], listen_notify=False, install_signal_handlers=False, delete_jobs="successful"
            )

    async def run_and_close() -> None:
        await run()
        await sync_to_async(connections.close_all)()

    asyncio.run(run_and_close())


def test_what_goes_with_a_statement_has_no_lock() -> None:
    """One that waits already would fail the whole change; so no verb is followed by such a job."""
    for verb in VERBS.values():
        assert all(task in jobs.deferring(verb.then) for task in verb.then), verb.name
    with pytest.raises(ValueError, match="give_waiting"):
        jobs.deferring(("mail.deliver", "licenses.give_waiting"))


@pytest.mark.smoke
@pytest.mark.django_db(transaction=True)
def test_a_job_commits_and_rolls_back_with_the_data(task: str) -> None:
    """P2: what was not acknowledged left no job behind."""
    with pytest.raises(ValueError, match="undo"), transaction.atomic():
        jobs.defer(task, fail=False, again=False)
        raise ValueError("undo")
    assert waiting(task) == []
    with transaction.atomic():
        jobs.defer(task, fail=False, again=False)
    assert waiting(task) == ["todo"]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_takes_its_own_jobs_back(task: str) -> None:
    """Inside a worker too, deferring belongs to the transaction of the data."""
    jobs.defer(task, fail=True, again=True)
    run_all_jobs()
    assert waiting(task) == ["failed"]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_succeeds_is_removed_and_its_own_jobs_run(task: str) -> None:
    jobs.defer(task, fail=False, again=True)
    run_all_jobs()
    assert waiting(task) == []


@pytest.mark.django_db
def test_jobs_of_a_worker_without_heartbeat_go_back_to_the_queue(task: str) -> None:
    """F07, P7."""
    dead = sql.value("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '9 seconds') RETURNING id")
    alive = sql.value("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '3 seconds') RETURNING id")
    for worker in (dead, alive):
        jobs.defer(task, fail=False, again=False)
        sql.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(w)s WHERE status = 'todo'", {"w": worker})
    assert jobs.workers_alive() == 2, "a heartbeat of 9 seconds ago still counts for the command line"
    assert jobs.rescue() == 1
    assert waiting(task) == ["todo", "doing"]
    assert jobs.rescue() == 0


@pytest.mark.django_db
def test_a_job_that_kills_its_worker_each_time_is_given_up(task: str) -> None:
    """F29 (the part of the queue): tries end."""
    dead = sql.value("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id")
    jobs.defer(task, fail=False, again=False)
    for _ in range(jobs.MOST_TRIES):
        assert waiting(task) == ["todo"]
        sql.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(w)s WHERE status = 'todo'", {"w": dead})
        assert jobs.rescue() == 1
    assert waiting(task) == ["failed"]
    assert jobs.workers_alive() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_knows_its_database_whatever_the_address_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """F50: managed databases hand out addresses with a `connect_timeout`; the worker has one of its own."""
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "connect_timeout", "10")
    asyncio.run(jobs._database_answers())


@pytest.fixture
def unreadable() -> Iterator[None]:
    """What says of which version the database is may not be read."""
    sql.execute("REVOKE SELECT ON django_migrations FROM CURRENT_USER")
    yield
    sql.execute("GRANT SELECT ON django_migrations TO CURRENT_USER")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unreadable")
def test_a_worker_that_may_not_look_tries_again_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    """F50: a database that answers, and refuses, is waited for as one that is away: no processor is kept busy with it."""

    def stop_at_the_third(record: logging.LogRecord) -> bool:
        if len(caplog.records) == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return True

    with caplog.filtering(stop_at_the_third), caplog.at_level(logging.WARNING, jobs.logger.name):
        jobs.work()
    told = [record for record in caplog.records if "permission denied for table django_migrations" in record.getMessage()]
    assert len(told) == 3
    assert told[2].created - told[0].created >= 2 * jobs.PAUSE_SECONDS
