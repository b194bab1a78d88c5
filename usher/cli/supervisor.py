"""What `usher up` does: start database, web and worker, keep them alive, stop them in the right order."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from usher.core.data_dir import DataDir, NoServer
from usher.core.mode import check_host, is_loopback, read_mode
from usher.core.postgres import Cluster, answers
from usher.core.refusals import Refused

from .door import enter, progress

TICK_SECONDS = 0.2
READY_SECONDS = 60
STOP_SECONDS = 15  # open requests get 10 seconds (F05)
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60


class Supervisor:
    """One `usher up`. `sample` is company, large or none."""

    def __init__(self, data: DataDir, *, host: str, port: int, workers: int, sample: str) -> None:
        self.data = data
        self.host = host
        self.port = port
        self.workers = workers
        self.sample = sample
        self.starting = True
        self.stopping = threading.Event()
        self.cluster: Cluster | None = None
        self.children: list[Child] = []

    def run(self) -> None:
        """Until Ctrl-C, SIGTERM or a closed terminal. Raises Unsafe, Refused and NoServer before anything is started."""
        os.environ.setdefault(
            "USHER_BASE_URL", f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}" if is_loopback(self.host) else ""
        )
        check_host(self.host, os.environ)
        base_url = read_mode(os.environ).base_url
        self.data.make()
        with self.data.alone("supervisor") as lock:
            if lock is None:
                raise Refused("conflict", "already_running", f"Usher runs on {self.data.path} already, at {self.data.address()}.")
            port_is_free(self.host, self.port)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, self._asked_to_stop)
            with self.data.together("in-use"):
                try:
                    self.data.remember_address(base_url)
                    self._start()
                    self.starting = False
                    self._watch()
                finally:
                    self._stop()

    def _asked_to_stop(self, *_: object) -> None:
        """While it starts, whatever it is doing ends here; `run` then stops what was started. Asked twice, it goes on stopping."""
        begun, self.starting = self.starting, False
        self.stopping.set()
        if begun:
            raise SystemExit(0)

    def _start(self) -> None:
        self._start_database()
        self._prepare()
        for arguments in (["web", "--host", self.host, "--port", str(self.port), "--workers", str(self.workers)], ["worker"]):
            self.children.append(Child([*arguments, "--data", str(self.data.path)]))
        for child in self.children:
            child.start()
        self._wait_until_ready()

    def _start_database(self) -> None:
        url = os.environ.get("DATABASE_URL", "")
        if url:
            answers(url)
        else:
            self.cluster = Cluster(self.data)
            if not self.cluster.exists():
                progress(f"Making the database in {self.data.path} …")
            self.cluster.start()
            url = self.cluster.url
        enter(self.data, url)

    def _prepare(self) -> None:
        """Migrate, and fill an empty database when asked to."""
        from .migrating import migrate_once

        if done := migrate_once():
            progress(f"Applied {len(done)} migrations.")
        if self.sample != "none":
            from usher.sample.company import is_empty, open_if_empty

            if is_empty():
                progress("Opening a sample company, with the year behind it …")
                open_if_empty(self.sample)

    def _wait_until_ready(self) -> None:
        """Print the address once somebody behind it answers."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and not self.stopping.is_set():
            if responds(self.host, self.port):
                from .welcome import welcome

                progress(welcome(os.environ["USHER_BASE_URL"]))
                return
            self._keep_alive()
            time.sleep(0.05)
        if not self.stopping.is_set():
            progress(f"The web server does not answer after {READY_SECONDS} seconds. What it wrote stands above; Usher keeps trying.")

    def _watch(self) -> None:
        while not self.stopping.wait(TICK_SECONDS):
            self._keep_alive()

    def _keep_alive(self) -> None:
        """Start again what ended: the database first, because the others wait for it by themselves."""
        if self.cluster and not self.cluster.running():
            progress("The database ended; starting it again.")
            try:
                self.cluster.start()
            except NoServer as error:
                progress(str(error))
        for child in self.children:
            child.keep_alive()

    def _stop(self) -> None:
        """Web and worker together, each may finish what it does; the database last."""
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.wait(deadline)
        if self.cluster:
            self.cluster.stop()


@dataclass
class Child:
    """A process that is started again when it ends, later each time."""

    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = field(default=0)

    def start(self) -> None:
        """Its standard input is a pipe we hold; that we died shows there as its end, however we died."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "usher", *self.arguments],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches us alone
            env={**os.environ, "USHER_SUPERVISED": "1"},
        )

    def keep_alive(self) -> None:
        """Start it again if it ended and its pause is over."""
        if self.process is None or self.process.poll() is None:
            if self.failures and time.monotonic() - self.started > STEADY_SECONDS:
                self.failures = 0
            return
        if time.monotonic() - self.started >= min(LONGEST_PAUSE, 0.25 * 2**self.failures):
            progress(f"The {self.arguments[0]} process ended with {self.process.returncode}; starting it again.")
            self.failures += 1
            kill_group(self.process.pid)  # what it left behind would hold its port
            self.start()

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, deadline: float) -> None:
        """Until it ended; past the deadline it is killed with all its own children."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            progress(f"The {self.arguments[0]} process does not stop and is killed.")
            kill_group(self.process.pid)
            self.process.wait()


def kill_group(pid: int) -> None:
    """SIGKILL for a child and everything it started; nothing when all of it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def port_is_free(host: str, port: int) -> None:
    """Raises Refused when somebody listens there, or when this machine has no such address."""
    try:
        family, kind, _, _, address = socket.getaddrinfo("127.0.0.1" if host == "localhost" else host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        words = f"Port {port} on {host} is taken or not allowed ({error.strerror}). Choose another with --port."
        raise Refused("conflict", "port_taken", words) from error


def responds(host: str, port: int) -> bool:
    """Whether /readyz says yes, in Usher's word, asked at the address we listen on and not through any proxy."""
    near = {"localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{near}:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200 and answer.read(4) == b"ok\n")
    except (OSError, http.client.HTTPException):
        return False
