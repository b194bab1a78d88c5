"""Real Usher processes for tests: started, killed, restarted; nothing in here is a stub."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import psycopg

from tests.loaded import Loaded
from tests.prepared import MIGRATED

COMMAND = [sys.executable, "-m", "usher"]


def free_port() -> int:
    """A port of the loopback address nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def patience() -> float:
    """How many times longer things may take here than on a machine of their own: as many as are waiting for each processor."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_until(true: Callable[[], Any], *, seconds: float = 20, what: str = "it") -> Any:
    """Poll until `true()` is truthy and return its value; fail after the deadline, which is later on a busy machine."""
    deadline = time.monotonic() + seconds * patience()
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {seconds} s, {patience():.1f} times that here")


def get(url: str, *, cookie: str = "", seconds: float = 10) -> tuple[int, dict[str, str], str]:
    """Status, headers (names in lower case) and body; status 0 when nobody answers. Redirects are not followed."""
    try:
        with _opener.open(urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {}), timeout=seconds) as answer:
            return answer.status, _lower(answer.headers), answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, _lower(error.headers), error.read().decode(errors="replace")
    except OSError:
        return 0, {}, ""


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Still, urllib.request.ProxyHandler({}))


def usher(*arguments: str, env: Mapping[str, str], seconds: float = 60, check: bool = False) -> subprocess.CompletedProcess[str]:
    """Run one `usher` command to its end."""
    return subprocess.run([*COMMAND, *arguments], env=dict(env), capture_output=True, text=True, timeout=seconds * patience(), check=check)


@dataclass
class Usher:
    """A migrated database and the web and worker processes on it."""

    env: dict[str, str]
    base_url: str
    web: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    log: Path = Path(os.devnull)
    migrated: bool = False  # it was made of a database that is
    loaded: Loaded | None = None

    @classmethod
    def on(cls, server: str, environment: Mapping[str, str]) -> "Usher":
        """With a new database in that server, which close() drops: migrated already where the server keeps one that is (prepared.py)."""
        with psycopg.connect(server, autocommit=True) as connection:
            ready = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [MIGRATED]).fetchone() is not None
        return cls._on(server, environment, MIGRATED if ready else "template1")

    @classmethod
    def on_nothing(cls, server: str, environment: Mapping[str, str]) -> "Usher":
        """The same with a database in which nothing was made yet."""
        return cls._on(server, environment, "template1")

    @classmethod
    def _on(cls, server: str, environment: Mapping[str, str], template: str) -> "Usher":
        name = "run_" + secrets.token_hex(6)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        made = cls.of(server.replace("@/usher?", f"@/{name}?"), environment)
        made.migrated = template == MIGRATED
        return made

    @classmethod
    def of(cls, url: str, environment: Mapping[str, str]) -> "Usher":
        """On a database that is there and stays."""
        base_url = f"http://127.0.0.1:{free_port()}"
        name = "run_" + secrets.token_hex(6)
        log = Path(os.environ["USHER_DATA"]) / f"{name}.log"
        return cls({**os.environ, "DATABASE_URL": url, "USHER_BASE_URL": base_url, **environment}, base_url, log=log)

    def start(self, *, web: int, workers: int) -> None:
        """Migrate where it was not yet, start the processes and wait until they answer."""
        if not self.migrated:
            self.run("migrate", check=True)
        for _ in range(workers):
            self.start_worker()
        for _ in range(web):
            self.start_web()

    def start_web(self) -> subprocess.Popen[bytes]:
        process = self._spawn("web", "--host", "127.0.0.1", "--port", self.base_url.rsplit(":", 1)[1], "--workers", "1")
        self.web.append(process)
        wait_until(lambda: get(self.base_url + "/readyz")[0] == 200 or self._dead(process), seconds=30, what="/readyz")
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        self.workers.append(self._spawn("worker"))
        return self.workers[-1]

    def run(self, *arguments: str, seconds: float = 60, check: bool = False) -> subprocess.CompletedProcess[str]:
        """A command beside the running processes."""
        return usher(*arguments, env=self.env, seconds=seconds, check=check)

    def python(
        self, module: str, *arguments: str, seconds: float = 60, failpoints: str = "", check: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """What `python -m module` does, by a process that had nothing to load (loaded.py)."""
        if self.loaded is None or self.loaded.env != self.env:
            self._unload()
            self.loaded = Loaded(self.env)
        done = self.loaded.run(module, arguments, failpoints=failpoints, seconds=seconds * patience())
        if check:
            done.check_returncode()
        return done

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """What the database says, on a connection of its own."""
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(query, params or None)
            return cursor.fetchall() if cursor.description else []

    def said(self) -> str:
        """Everything the processes wrote."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def close(self) -> None:
        """End everything and drop the database."""
        self.end_processes()
        name = self.env["DATABASE_URL"].split("@/")[1].split("?")[0]
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            # WITH (FORCE) would be refused while autovacuum, a superuser's process, is at work here; a plain DROP asks it to go.
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user", [name]
            )
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
        self.log.unlink(missing_ok=True)

    def end_processes(self) -> None:
        """kill -9 for all of them."""
        self._unload()
        for process in self.web + self.workers:
            end(process, signal.SIGKILL)

    def _unload(self) -> None:
        if self.loaded:
            self.loaded.end()
            self.loaded = None

    def _spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*COMMAND, *arguments], env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _dead(self, process: subprocess.Popen[bytes]) -> bool:
        if process.poll() is not None:
            raise AssertionError(f"it ended with {process.returncode}: {self.said()[-2000:]}")
        return False


class Prepared(Usher):
    """One whose commands prepare what a test is about: what they do counts, and not how they start."""

    def run(self, *arguments: str, seconds: float = 60, check: bool = False) -> subprocess.CompletedProcess[str]:
        return self.python("usher", *arguments, seconds=seconds, check=check)


def end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """Signal a process started with a session of its own, and all its children, and wait."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.wait(timeout=30 * patience())
