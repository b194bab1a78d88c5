"""One PostgreSQL cluster in a data directory: made once, started or adopted, stopped. Unix socket only, never as root."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from ..data_dir import DataDir, NoServer
from .binaries import Binaries, as_user, os_user, reachable, resolve, within_reach
from .memory import shared_buffers
from .processes import processes_in, works_in

LONGEST_SOCKET = 107  # bytes of a path in sockaddr_un, with its closing zero
SOCKET_FILE = ".s.PGSQL.5432"
START_SECONDS = 60.0
STOP_SECONDS = 60.0
LONGEST_LOG = 10_000_000
NAME = "usher"  # of the role and of the database it owns

# Written once into postgresql.conf, so that an operator may change them there. F08: fsync and synchronous_commit stay on.
CONFIGURATION = """
# Usher's starting values; change them here.
fsync = on
synchronous_commit = on
max_connections = 100
shared_buffers = {shared_buffers}
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_min_messages = warning
"""


class Cluster:
    """The cluster that belongs to a data directory. `settings` are given on the command line of the server and win over postgresql.conf."""

    def __init__(self, data: DataDir, settings: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.settings = dict(settings or {})
        self.user = os_user()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    @property
    def home(self) -> Path:
        """Where the cluster lies: the data directory itself, unless the file `where` names another place (see _settle)."""
        try:
            return Path((self.data.path / "where").read_text().strip())
        except FileNotFoundError:
            return self.data.path

    @property
    def pg(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / "pg"

    def exists(self) -> bool:
        """Whether it was made. It appears whole, by a rename."""
        try:
            return (self.pg / "PG_VERSION").exists()
        except PermissionError as error:
            raise self._foreign() from error

    @property
    def url(self) -> str:
        """The address of our database as the role that owns it."""
        return self._address(NAME, NAME)

    def start(self) -> None:
        """Make sure it answers: make it, start it, or adopt one that runs already. Returns at once when it answers."""
        self.data.make()
        with self.data.in_turn("starting"):
            if not self.exists():
                self._make()
            self._run()
            self._open_database()

    def running(self) -> bool:
        """Whether the server process of this very cluster lives, whoever started it."""
        if self._process is not None and self._process.poll() is None:
            return True
        pid = self._written_pid()
        return pid is not None and works_in(pid, self.pg)

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends open transactions and writes everything out (fast), SIGQUIT does not (immediate)."""
        deadline = time.monotonic() + STOP_SECONDS
        if (pid := self._written_pid()) and self.running():
            os.kill(pid, how)
        # It removes its pid file a moment before it is gone.
        while (self.running() or (pid and works_in(pid, self.pg))) and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._socket and self._socket.parent != self.home:
            shutil.rmtree(self._socket, ignore_errors=True)

    def _settle(self) -> None:
        """Choose where the cluster will lie.

        Root may name a directory below one that nobody else can enter (/root, a private temporary folder). The server, which is not root,
        then gets a folder of its own elsewhere, and the file `where` remembers it.
        """
        if reachable(self.data.path, self.user) or (self.data.path / "where").exists():
            return
        temporary = Path(tempfile.gettempdir())
        if self.data.path.is_relative_to(temporary):
            parent = temporary
            _sweep(temporary)
        else:
            parent = Path("/var/lib/usher/clusters")
            parent.mkdir(parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix="usher-", dir=parent))
        home.chmod(0o711)
        (self.data.path / "where").write_text(f"{home}\n")
        (home / "of").write_text(f"{self.data.path}\n")

    def _make(self) -> None:
        """initdb into a folder of another name, so that a kill in the middle leaves nothing that looks like a cluster."""
        self._settle()
        binaries = within_reach(resolve(), self.user, self.home)
        draft = self.home / "pg.new"
        shutil.rmtree(draft, ignore_errors=True)
        self._owned_folder(draft)
        locale = ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else ["--locale=C.UTF-8"]
        command: list[str | Path] = [
            binaries.bin / "initdb",
            "-D",
            draft,
            "-U",
            "postgres",
            "-E",
            "UTF8",
            *locale,
            "--auth-local=trust",
            "--auth-host=reject",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(), cwd="/", **as_user(self.user))
        if done.returncode:
            raise NoServer(f"PostgreSQL could not make its files in {self.home}: {_last(done.stderr)}")
        with (draft / "postgresql.conf").open("a") as file:
            file.write(CONFIGURATION.format(shared_buffers=shared_buffers()))
        draft.rename(self.pg)

    def _run(self) -> None:
        """Start the server unless it runs, and wait until it takes connections."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.running():
                if self._process is not None and time.monotonic() > deadline - START_SECONDS + 15:
                    break  # It ended again and again for 15 seconds: what the backends of a killed server needed to leave has long passed.
                self._clear_stale()
                self._spawn()
            elif self._answers():
                return
            time.sleep(0.03)
        raise NoServer(f"PostgreSQL did not start: {self._complaint()} (more in {self.home / 'postgres.log'})")

    def _spawn(self) -> None:
        major = int((self.pg / "PG_VERSION").read_text().split(".")[0])
        binaries: Binaries = within_reach(resolve(major), self.user, self.home)
        self._socket = self._socket_folder()
        ours = {"listen_addresses": "", "unix_socket_directories": str(self._socket), "unix_socket_permissions": "0700", "port": "5432"}
        given = [f"--{name}={value}" for name, value in {**ours, **self.settings}.items()]
        with self._log() as file:
            # A session of its own: Ctrl-C belongs to the supervisor, which stops the server last.
            self._process = subprocess.Popen(
                [binaries.bin / "postgres", "-D", self.pg, *given],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                env=_environment(),
                cwd="/",
                **as_user(self.user),
            )

    def _log(self) -> IO[bytes]:
        """The server's log, for its owner only, begun anew when it has grown long."""
        log = self.home / "postgres.log"
        long = log.exists() and log.stat().st_size > LONGEST_LOG
        return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if long else os.O_APPEND), 0o600), "ab")

    def _open_database(self) -> None:
        """Make the role and the database when they are missing; the role owns the database and is no superuser."""
        with psycopg.connect(self._address("postgres", "postgres"), autocommit=True, connect_timeout=10) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone():
                connection.execute(f"CREATE ROLE {NAME} LOGIN")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")

    def _answers(self) -> bool:
        """Whether our own cluster, and no other, takes connections at the written address."""
        try:
            with psycopg.connect(self._address("postgres", "postgres"), connect_timeout=2) as connection:
                found = connection.execute("SELECT current_setting('data_directory')").fetchone()
        except (psycopg.Error, NoServer):
            return False
        return found is not None and Path(found[0]).resolve() == self.pg.resolve()

    def _clear_stale(self) -> None:
        """Remove the pid file a killed server left, if its number now belongs to a stranger; PostgreSQL would refuse to start.

        Backends that outlive their server protect the data by this file: wait for them first.
        """
        if self._written_pid() is None:
            return
        deadline = time.monotonic() + 10
        while (left := processes_in(self.pg)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not left:
            (self.pg / "postmaster.pid").unlink(missing_ok=True)

    def _written_pid(self) -> int | None:
        lines = self._pid_lines()
        return abs(int(lines[0])) if lines and lines[0].lstrip("-").isdigit() else None

    def _pid_lines(self) -> list[str]:
        """postmaster.pid: pid, data folder, start time, port, socket folder, … (PostgreSQL, utils/pidfile.h)."""
        try:
            return (self.pg / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []
        except PermissionError as error:
            raise self._foreign() from error

    def _address(self, role: str, database: str) -> str:
        lines = self._pid_lines()
        if len(lines) < 5 or not lines[4]:
            raise NoServer(f"No server runs on {self.data.path}. Start it with `usher up`.")
        return f"postgresql://{role}@/{database}?host={quote(lines[4], safe='')}&port={lines[3]}"

    def _socket_folder(self) -> Path:
        """A folder only its owner may enter; a short one under the temporary folder when the path would not fit into a socket address."""
        if self._socket and self._socket.is_dir():
            return self._socket
        folder = self.home / "socket"
        if len(os.fsencode(folder / SOCKET_FILE)) < LONGEST_SOCKET - 5:  # room for ".lock"
            return self._owned_folder(folder)
        # Not tempfile.gettempdir(): $TMPDIR may be as long as the path was.
        return self._owned_folder(Path(tempfile.mkdtemp(prefix="usher-", dir="/tmp")))

    def _owned_folder(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        return folder

    def _foreign(self) -> NoServer:
        return NoServer(f"{self.data.path} belongs to somebody else. Run the command as its owner.")

    def _complaint(self) -> str:
        try:
            return _last((self.home / "postgres.log").read_text(errors="replace"))
        except OSError:
            return "it said nothing"


def _sweep(temporary: Path) -> None:
    """Remove what earlier temporary data directories left in the temporary folder, once they are gone themselves."""
    for note in temporary.glob("usher-*/of"):
        where = Path(note.read_text().strip()) / "where"
        wanted = where.exists() and where.read_text().strip() == str(note.parent)
        if not wanted and not processes_in(note.parent / "pg"):
            shutil.rmtree(note.parent, ignore_errors=True)


def _environment() -> dict[str, str]:
    """Nothing of ours reaches the server: PGPORT, PGDATA and secrets stay out; numbers and messages are plain."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _last(text: str) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
