"""A whole `usher up` for the tests of this folder."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests import prepared
from tests.harness import COMMAND, end, free_port, get, wait_until
from usher.core.data_dir import DataDir
from usher.core.postgres import Cluster


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
        found = {}
        for pid in (int(p.name) for p in Path("/proc").glob("[0-9]*") if parent_of(int(p.name)) == self.process.pid):
            for name in ("usher web", "usher worker", "postgres -D"):
                if name in arguments_of(pid):
                    found[name.split()[-1].replace("-D", "database")] = pid
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
    return told_of(pid)[0] not in ("Z", "gone")


def parent_of(pid: int) -> int:
    """0 when it is gone."""
    return int(told_of(pid)[1])


def told_of(pid: int) -> list[str]:
    """State, parent and the rest of /proc/<pid>/stat, behind the name."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["gone", "0"]


def arguments_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.fixture
def up(data_folder: Path) -> Iterator[Up]:
    """In a data directory with nothing in it."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL" and not name.startswith("USHER_")}
    running = Up(data_folder, free_port(), {**env, "USHER_TEST": "1"})
    yield running
    running.close()


@pytest.fixture
def made_before(up: Up) -> None:
    """There is a migrated database in its directory."""
    prepared.copy_to(up.data)
