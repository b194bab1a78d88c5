"""What happens to the server when processes, the database or the port are taken away."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.harness import COMMAND, Usher, end, free_port, get, usher, wait_until
from usher.core.data_dir import DataDir, NoServer
from usher.core.postgres import Cluster

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]


@dataclass
class Up:
    """A real `usher up` in a data directory of its own, with durability on."""

    data: Path
    port: int
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def cluster(self) -> Cluster:
        return Cluster(DataDir(self.data))

    def start(self) -> "Up":
        with (self.data / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "up", "--data", str(self.data), "--port", str(self.port), "--workers", "1"],
                env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        before = self.said().count("Usher runs at")
        wait_until(lambda: self.said().count("Usher runs at") > before or self.process.poll() is not None, seconds=60, what="the start")  # type: ignore[union-attr]
        return self

    def said(self) -> str:
        return (self.data / "log").read_text()

    def ready(self) -> bool:
        return get(self.base_url + "/readyz")[0] == 200

    def children(self) -> dict[str, int]:
        """Process ids of web, worker and the database."""
        assert self.process is not None
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        found = {}
        for line in listed.stdout.splitlines():
            pid, arguments = line.strip().split(None, 1)
            for name in ("usher web", "usher worker", "postgres -D"):
                if name in arguments:
                    found[name.split()[-1].replace("-D", "database")] = int(pid)
        return found

    def sql(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.cluster.url, autocommit=True) as connection:
            cursor = connection.execute(query)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        for pid in self.children().values() if self.process and self.process.poll() is None else []:
            end_group(pid)
        if self.process:
            end(self.process, signal.SIGKILL)
        self.cluster.stop(how=signal.SIGQUIT)


def end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def up(data_folder: Path) -> Iterator[Up]:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL" and not name.startswith("USHER_")}
    running = Up(data_folder, free_port(), {**env, "USHER_TEST": "1"})
    yield running
    running.close()


def test_up_starts_all_and_ctrl_c_stops_all(up: Up) -> None:
    up.start()
    assert up.ready(), up.said()
    children = up.children()
    assert sorted(children) == ["database", "web", "worker"]
    assert f"http://localhost:{up.port}" in up.said()
    assert up.process is not None
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(20) == 0
    assert [name for name, pid in children.items() if alive(pid)] == []
    assert "Traceback" not in up.said()


def test_the_second_start_takes_seconds(up: Up) -> None:
    up.start()
    assert up.process is not None
    end(up.process, signal.SIGTERM)
    begun = time.monotonic()
    up.start()
    assert up.ready()
    assert time.monotonic() - begun < 15
    assert "Applied" not in up.said().split("Usher runs at")[1]


def test_a_second_up_on_the_same_data_says_so_and_leaves(up: Up) -> None:
    up.start()
    done = usher("up", "--data", str(up.data), "--port", str(free_port()), env=up.env)
    assert done.returncode == 3
    assert done.stderr == f"Usher runs on {up.data} already, at {up.base_url}.\n"
    assert up.ready()


def test_a_taken_port_is_said_before_anything_is_started(up: Up) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", up.port))
        other.listen()
        done = usher("up", "--data", str(up.data), "--port", str(up.port), env=up.env)
    assert done.returncode == 3
    assert f"Port {up.port}" in done.stderr
    assert "--port" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not up.cluster.exists()


def test_after_kill_of_everything_the_database_is_adopted(up: Up) -> None:
    """The database outlives kill -9 of all our processes; the next start takes it over with its data."""
    up.start()
    up.sql("CREATE TABLE kept AS SELECT 1 AS n")
    children = up.children()
    assert up.process is not None
    for pid in (up.process.pid, children["web"], children["worker"]):
        end_group(pid)
    up.process.wait()
    assert alive(children["database"])
    up.start()
    assert up.ready(), up.said()
    assert int((up.cluster.pg / "postmaster.pid").read_text().split()[0]) == children["database"]
    assert up.sql("SELECT n FROM kept") == [(1,)]


def test_after_kill_of_everything_and_the_database_it_starts_again(up: Up) -> None:
    """F06: the pid file of the dead server is in the way and is dealt with."""
    up.start()
    up.sql("CREATE TABLE kept AS SELECT 1 AS n")
    assert up.process is not None
    for pid in (*up.children().values(), up.process.pid):
        end_group(pid)
    up.process.wait()
    assert (up.cluster.pg / "postmaster.pid").exists()
    up.start()
    assert up.ready(), up.said()
    assert up.sql("SELECT n FROM kept") == [(1,)]


def test_web_and_worker_do_not_outlive_a_killed_supervisor(up: Up) -> None:
    up.start()
    children = up.children()
    assert up.process is not None
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    wait_until(lambda: not alive(children["web"]) and not alive(children["worker"]), seconds=20, what="the end of web and worker")
    up.start()
    assert up.ready(), up.said()


@pytest.mark.parametrize("name", ["web", "worker", "database"])
def test_what_is_killed_comes_back(up: Up, name: str) -> None:
    """F06, F50: one process at a time; the others wait for it."""
    up.start()
    first = up.children()[name]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: up.children().get(name, first) != first, what=f"a new {name}")
    wait_until(up.ready, what="/readyz")
    wait_until(partial(heartbeat, up), what="a worker's heartbeat")


def heartbeat(up: Up) -> bool:
    """Whether a worker lives, as the database knows it."""
    try:
        return bool(up.sql("SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '3 seconds'"))
    except (psycopg.OperationalError, NoServer):
        return False


@pytest.fixture
def own_database(data_folder: Path) -> Iterator[Cluster]:
    """A database server that may be killed, with durability on."""
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
        assert time.monotonic() - health < 2
    for thread in threads:
        thread.join()
    refused = [(took, headers) for took, status, headers in answers if status == 503]
    assert len(refused) >= 90
    assert max(took for took, _ in refused) < 4
    assert all(headers["retry-after"] for _, headers in refused)
    assert {status for _, status, _ in answers} == {302, 503}
    assert reads_the_database(running.base_url)[0] == 302


def test_one_connection_is_enough_for_any_request(running_usher: Callable[..., Usher]) -> None:
    """F10: no request needs a second connection while it holds the first."""
    running = running_usher(web=1, workers=0, USHER_POOL="1")
    begun = time.monotonic()
    for _ in range(5):
        assert reads_the_database(running.base_url)[0] == 302
    assert time.monotonic() - begun < 5
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
    assert running.web[0].wait(15) == 0
    assert get(running.base_url + "/livez", seconds=1)[0] == 0


def test_a_temporary_folder_that_only_we_can_enter_will_do(up: Up) -> None:
    """Data below a folder of mode 0700, as a test runner or a careful administrator makes it."""
    with tempfile.TemporaryDirectory() as closed:
        up.data = Path(closed) / "data"
        up.data.mkdir()
        up.start()
        assert up.ready(), up.said()
        home = up.cluster.home
        up.close()
    if home != up.data:
        subprocess.run(["rm", "-r", home], check=True)


def test_ctrl_c_while_it_starts_leaves_nothing_running(up: Up) -> None:
    with (up.data / "log").open("ab") as log:
        up.process = subprocess.Popen(
            [*COMMAND, "up", "--data", str(up.data), "--port", str(up.port), "--sample", "company"],
            env=up.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    wait_until(lambda: up.cluster.exists() and up.cluster.running(), what="the database")
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(20) == 0
    assert not up.cluster.running()
    assert "Traceback" not in up.said()
    up.start()
    assert up.ready(), up.said()
