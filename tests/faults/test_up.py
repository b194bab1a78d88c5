"""`usher up`: started, stopped, killed in parts and as a whole."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.faults.whole import Up, alive, end_group
from tests.harness import COMMAND, end, free_port, patience, usher, wait_until
from usher.core.data_dir import NoServer

pytestmark = pytest.mark.fault


def test_up_starts_all_ctrl_c_stops_all_and_the_second_start_takes_seconds(up: Up) -> None:
    up.start()
    assert up.ready(), up.said()
    children = up.children()
    assert sorted(children) == ["database", "web", "worker"]
    assert f"http://localhost:{up.port}" in up.said()
    assert up.process is not None
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(20 * patience()) == 0
    assert [name for name, pid in children.items() if alive(pid)] == []
    assert "Traceback" not in up.said()
    begun = time.monotonic()
    up.start()
    assert up.ready()
    assert time.monotonic() - begun < 15 * patience()
    assert "Applied" not in up.said().split("Usher runs at")[1]
    children = up.children()
    end(up.process, signal.SIGTERM)
    assert [name for name, pid in children.items() if alive(pid)] == []


@pytest.mark.usefixtures("made_before")
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


@pytest.mark.usefixtures("made_before")
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


@pytest.mark.usefixtures("made_before")
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


@pytest.mark.usefixtures("made_before")
def test_web_and_worker_do_not_outlive_a_killed_supervisor(up: Up) -> None:
    up.start()
    children = up.children()
    assert up.process is not None
    os.kill(up.process.pid, signal.SIGKILL)
    up.process.wait()
    wait_until(lambda: not alive(children["web"]) and not alive(children["worker"]), seconds=20, what="the end of web and worker")
    up.start()
    assert up.ready(), up.said()


@pytest.mark.usefixtures("made_before")
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
    assert up.process.wait(20 * patience()) == 0
    assert not up.cluster.running()
    assert "Traceback" not in up.said()
    up.start()
    assert up.ready(), up.said()
