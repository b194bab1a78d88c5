"""What happens to web and worker when the database is taken away or full."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests import prepared
from tests.harness import Usher, get, patience, wait_until
from usher.core.data_dir import DataDir, NoServer
from usher.core.postgres import Cluster

pytestmark = pytest.mark.fault


@pytest.fixture
def own_database(data_folder: Path) -> Iterator[Cluster]:
    """A database server that may be killed, with durability on."""
    prepared.copy_to(data_folder)
    cluster = Cluster(DataDir(data_folder))
    cluster.start()
    yield cluster
    cluster.stop(how=signal.SIGQUIT)


def reads_the_database(base_url: str) -> tuple[int, dict[str, str], str]:
    """A request that must ask the database: it brings a session cookie."""
    return get(base_url + "/", cookie="usher=" + "a" * 32)


JOB = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('clock', 'journal.seal', '{\"timestamp\": 0}') RETURNING id"


def answers(cluster: Cluster) -> bool:
    """Whether the database takes connections."""
    try:
        psycopg.connect(cluster.url, connect_timeout=2).close()
    except (psycopg.OperationalError, NoServer):
        return False
    return True


def done(running: Usher, job: int) -> bool:
    """Whether the job ran and was removed."""
    return not running.sql("SELECT 1 FROM procrastinate_jobs WHERE id = %s", job)


def test_a_lost_database_is_503_and_heals_within_5_seconds(own_database: Cluster) -> None:
    """F06, F07 (the part without a run): kill -9 of a backend, immediate stop, kill -9 of the server; never a trace; jobs go on."""
    running = Usher.of(own_database.url, {"USHER_POOL": "2"})
    running.start(web=1, workers=1)
    try:
        worker = running.workers[0]
        assert reads_the_database(running.base_url)[0] == 302
        for way in ("backend", "immediate", "kill"):
            if way == "backend":
                backends = running.sql("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
                os.kill(backends[0][0], signal.SIGKILL)
            else:
                own_database.stop(how=signal.SIGQUIT if way == "immediate" else signal.SIGKILL)
                status, headers, body = reads_the_database(running.base_url)
                assert (status, "retry-after" in headers) == (503, True)
                assert "Traceback" not in body
                assert get(running.base_url + "/livez")[0] == 200
                own_database.start()
            wait_until(partial(answers, own_database), what="the database")
            wait_until(lambda: reads_the_database(running.base_url)[0] == 302, seconds=5, what=f"healing after {way}")
            wait_until(lambda: get(running.base_url + "/readyz")[0] == 200, seconds=5, what=f"readiness after {way}")
            job = running.sql(JOB)[0][0]
            wait_until(partial(done, running, job), seconds=10, what=f"a job after {way}")
        assert worker.poll() is None, "the worker healed by itself"
    finally:
        running.end_processes()


def test_what_was_acknowledged_survives_a_crash(own_database: Cluster) -> None:
    """F08, I9: four writers log what was acknowledged; after an immediate stop all of it is there."""
    with psycopg.connect(own_database.url) as connection:
        connection.execute("CREATE TABLE written (writer int, n int, PRIMARY KEY (writer, n))")
    acknowledged: list[tuple[int, int]] = []

    def write(writer: int) -> None:
        with psycopg.connect(own_database.url, autocommit=True) as connection:
            for n in range(1_000_000):
                try:
                    connection.execute("INSERT INTO written VALUES (%s, %s)", [writer, n])
                except psycopg.OperationalError:
                    return
                acknowledged.append((writer, n))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(acknowledged) > 200, what="some writing")
    own_database.stop(how=signal.SIGQUIT)
    for thread in threads:
        thread.join()
    own_database.start()
    with psycopg.connect(own_database.url) as connection:
        kept = set(connection.execute("SELECT writer, n FROM written").fetchall())
    assert set(acknowledged) - kept == set()
    assert len(kept) - len(acknowledged) <= 4, "at most one unanswered row per writer"


def test_a_full_house_waits_2_seconds_and_health_stays_up(running_usher: Callable[..., Usher]) -> None:
    """F10, F48: slow queries hold every place; the others get 503 with Retry-After after about 2 seconds; then all is well again."""
    running = running_usher(web=1, workers=0)
    answers: list[tuple[float, int, dict[str, str]]] = []

    def ask() -> None:
        begun = time.monotonic()
        status, headers, _ = get(running.base_url + "/", cookie="usher=" + "a" * 32, seconds=30)
        answers.append((time.monotonic() - begun, status, headers))

    threads = [threading.Thread(target=ask) for _ in range(100)]
    with psycopg.connect(running.env["DATABASE_URL"]) as connection:
        connection.execute("LOCK TABLE django_session")
        for thread in threads:
            thread.start()
        wait_until(lambda: len(answers) >= 90, seconds=15, what="answers")
        health = time.monotonic()
        assert get(running.base_url + "/livez")[0] == 200
        assert get(running.base_url + "/readyz")[0] == 200
        assert time.monotonic() - health < 2 * patience()
    for thread in threads:
        thread.join()
    refused = [(took, headers) for took, status, headers in answers if status == 503]
    assert len(refused) >= 90
    assert max(took for took, _ in refused) < 4 * patience()
    assert all(headers["retry-after"] for _, headers in refused)
    assert {status for _, status, _ in answers} == {302, 503}
    assert reads_the_database(running.base_url)[0] == 302


def test_one_connection_is_enough_for_any_request(running_usher: Callable[..., Usher]) -> None:
    """F10: no request needs a second connection while it holds the first."""
    running = running_usher(web=1, workers=0, USHER_POOL="1")
    begun = time.monotonic()
    for _ in range(5):
        assert reads_the_database(running.base_url)[0] == 302
    assert time.monotonic() - begun < 5 * patience()
    assert get(running.base_url + "/readyz")[0] == 200


def test_a_stopping_web_server_finishes_what_it_began(running_usher: Callable[..., Usher]) -> None:
    """F05 (one process): SIGTERM while a request waits for the database; its answer still comes, then the process is gone and the door closed."""
    running = running_usher(web=1, workers=0)
    answers: list[int] = []
    with psycopg.connect(running.env["DATABASE_URL"]) as connection:
        connection.execute("LOCK TABLE django_session")
        thread = threading.Thread(target=lambda: answers.append(reads_the_database(running.base_url)[0]))
        thread.start()
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        wait_until(lambda: running.sql(waits), what="a request that waits")
        running.web[0].terminate()
        for _ in range(20):  # granian closes the door at once or with the last answer; both are right
            if get(running.base_url + "/livez", seconds=1)[0] == 0:
                break
        assert running.web[0].poll() is None
    thread.join()
    assert answers == [302]
    assert running.web[0].wait(15 * patience()) == 0
    assert get(running.base_url + "/livez", seconds=1)[0] == 0
