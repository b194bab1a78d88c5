"""The database crashes thirty times while people work."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import prepared
from tests.architecture.source import ROOT
from tests.faults.test_engine_faults import companies, run
from tests.harness import Usher, end
from usher.core.data_dir import DataDir
from usher.core.postgres import Cluster

pytestmark = pytest.mark.fault
CYCLES, CLIENTS = 30, 4


@pytest.fixture
def machine(data_folder: Path) -> Iterator[tuple[Usher, Cluster]]:
    """A migrated database on a server of its own that may be killed, with durability on."""
    prepared.copy_to(data_folder)
    cluster = Cluster(DataDir(data_folder))
    cluster.start()
    usher = Usher({**os.environ, "DATABASE_URL": cluster.url}, "", log=data_folder / "log")
    usher.start(web=0, workers=0)
    yield usher, cluster
    usher.end_processes()
    cluster.stop(how=signal.SIGQUIT)


def crash(cluster: Cluster, way: str) -> None:
    """kill -9 of a backend, after which the server throws everybody out; an immediate stop; or kill -9 of the server itself."""
    if way == "a backend":
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1"
            ).fetchone()
        assert found
        os.kill(found[0], signal.SIGKILL)
    else:
        cluster.stop(how=signal.SIGQUIT if way == "at once" else signal.SIGKILL)
        cluster.start()


def test_thirty_crashes_under_clients_that_insist(machine: tuple[Usher, Cluster]) -> None:
    """F06, F08, F20, I9, P1, P2: after each crash all that was acknowledged is there, nothing twice, verify is clean, and everybody is served again."""
    usher, cluster = machine
    (made,) = companies(usher, "crashes", rows=CLIENTS)
    run(usher, "import_file", **made)
    users = [str(u) for (u,) in usher.sql("SELECT id FROM people_user WHERE account_id = %s AND came_in = 'import'", made["account"])]
    command = [sys.executable, "-m", "tests.faults.insisting", json.dumps({"account": made["account"], "users": users})]
    with (usher.log).open("ab") as log:
        process = subprocess.Popen(
            command, env=usher.env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
        )
    try:
        standing = how_it_stands(process, usher)
        for cycle in range(CYCLES):
            before = standing["acknowledged"]
            crash(cluster, ("at once", "a backend", "the server")[cycle % 3])
            standing = how_it_stands(process, usher)
            assert standing["acknowledged"] >= before + 2 * CLIENTS, f"after crash {cycle + 1} somebody is not served"
            assert (standing["missing"], standing["twice"], standing["breaches"]) == ([], [], []), f"after crash {cycle + 1}"
        assert standing["lost"] >= CYCLES, "the crashes met nobody at work"
    finally:
        end(process, signal.SIGKILL)


def how_it_stands(process: "subprocess.Popen[str]", usher: Usher) -> Any:
    assert process.stdin and process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    line = process.stdout.readline()
    assert line, usher.said()[-2000:]
    return json.loads(line)
