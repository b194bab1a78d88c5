"""`usher doctor`: what this machine has and lacks, each with the next thing to do. Nothing is changed."""

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from usher.core.data_dir import DataDir, NoServer
from usher.core.mode import Unsafe, read_mode
from usher.core.postgres import Cluster, answers
from usher.core.postgres.binaries import resolve
from usher.core.refusals import Refused
from usher.mail.smtp import server_of

EXTENSIONS = ("pg_trgm", "btree_gin", "unaccent")
ASSETS = ("htmx.min.js", "tabler.min.css")


@dataclass
class Finding:
    """One check. `next` says what to do when it is not ok."""

    what: str
    ok: bool
    found: str
    next: str = ""


def examine(data: DataDir) -> list[Finding]:
    """Every check, the cheap ones first; those that need a database only when one answers."""
    return [_python(), _mode(data), _assets(), _folder(data), _port(data), *_database(data), _mail()]


def _python() -> Finding:
    version = ".".join(str(n) for n in sys.version_info[:3])
    return Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or newer.")


def _mode(data: DataDir) -> Finding:
    try:
        mode = read_mode({"USHER_BASE_URL": data.address(), **os.environ})
    except Unsafe as error:
        return Finding("mode", False, "not safe", str(error))
    return Finding("mode", True, f"{'https' if mode.https else 'trial on this machine only'}, {mode.base_url}")


def _assets() -> Finding:
    folder = Path(__file__).parent.parent / "portal" / "static" / "vendor"
    missing = [name for name in ASSETS if not any(folder.rglob(name))]
    return Finding("assets", not missing, f"missing: {', '.join(missing)}" if missing else "present", "Build them: make install")


def _folder(data: DataDir) -> Finding:
    try:
        status = data.path.stat()
    except OSError as error:
        if os.environ.get("DATABASE_URL"):
            return Finding("data directory", True, f"{data.path} is not needed: DATABASE_URL names the database")
        return Finding("data directory", False, f"{data.path}: {error.strerror}", "`usher up` makes it; --data names another.")
    if status.st_uid != os.geteuid():
        return Finding(
            "data directory", False, f"{data.path} belongs to user {status.st_uid}", "Run Usher as its owner, or change the owner."
        )
    key = data.path / "secret-key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        return Finding("data directory", False, f"{key} can be read by others", f"chmod 600 {key}")
    return Finding("data directory", True, str(data.path))


def _port(data: DataDir) -> Finding:
    """Where Usher does not run itself, the port must be free."""
    from .service import PORT
    from .supervisor import port_is_free, responds

    if _is_kept(data):
        return Finding("usher up", True, f"runs at {data.address()}")
    if responds("localhost", PORT):
        return Finding("port", True, f"a web server of Usher answers at {PORT}")
    try:
        port_is_free("localhost", PORT)
    except Refused as no:
        return Finding("port", False, f"{PORT} is taken", no.words)
    return Finding("port", True, f"{PORT} is free")


def _is_kept(data: DataDir) -> bool:
    """Whether an `usher up` runs on it. Whose directory it is was looked at before."""
    try:
        with data.alone("supervisor") as lock:
            return lock is None
    except NoServer:
        return False


def _database(data: DataDir) -> Iterator[Finding]:
    url = os.environ.get("DATABASE_URL")
    try:
        if url:
            answers(url)
        else:
            cluster = Cluster(data) if data.path.is_dir() else None
            major = int((cluster.pg / "PG_VERSION").read_text().split(".")[0]) if cluster and cluster.exists() else None
            binaries = resolve(major)
            yield Finding("PostgreSQL", True, f"{binaries.version} in {binaries.bin}")
            if cluster is None or not cluster.running():
                yield Finding("database", True, "not running; `usher up` starts it")
                return
            url = cluster.url
        with psycopg.connect(url, connect_timeout=5) as connection:
            yield from _inside(connection)
    except NoServer as no:
        yield Finding("database", False, "cannot be used", str(no))
    except psycopg.Error as error:
        yield Finding("database", False, (str(error).strip().splitlines() or ["no answer"])[-1], "Start it with `usher up`.")


def _inside(connection: psycopg.Connection) -> Iterator[Finding]:
    version = connection.info.server_version
    yield Finding("database", True, f"PostgreSQL {version // 10_000}.{version % 10_000}")
    yield _extensions(connection)
    yield _migrations(connection)
    if connection.execute("SELECT to_regclass('procrastinate_workers')").fetchone() == (None,):
        return
    row = connection.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '10 seconds'").fetchone()
    alive = row[0] if row else 0
    yield Finding("workers", alive > 0, f"{alive} alive", "Start one: usher up, or usher worker.")


def _extensions(connection: psycopg.Connection) -> Finding:
    """They can be made, or are there, where Usher's functions look for them."""
    schemas: dict[str, str | None] = dict(
        connection.execute(
            "SELECT a.name, n.nspname FROM pg_available_extensions a LEFT JOIN pg_extension e ON e.extname = a.name"
            " LEFT JOIN pg_namespace n ON n.oid = e.extnamespace"
        )
    )
    if missing := [name for name in EXTENSIONS if name not in schemas]:
        return Finding("extensions", False, f"missing: {', '.join(missing)}", "Install the contrib package of this PostgreSQL.")
    if elsewhere := [name for name in EXTENSIONS if schemas[name] not in (None, "public")]:
        mend = " ".join(f"ALTER EXTENSION {name} SET SCHEMA public;" for name in elsewhere)
        return Finding("extensions", False, f"not in the schema public: {', '.join(elsewhere)}", mend)
    return Finding("extensions", True, ", ".join(EXTENSIONS))


def _migrations(connection: psycopg.Connection) -> Finding:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "usher.config.settings"
    try:
        django.setup()
    except Unsafe as error:
        return Finding("migrations", False, "not looked at, because the mode is not safe", str(error))
    from usher.core.migrated import lacking

    waiting = lacking(connection)
    return Finding("migrations", not waiting, f"{waiting} not applied" if waiting else "all applied", "usher migrate")


def _mail() -> Finding:
    try:
        mail = server_of(os.environ)
    except Unsafe as trouble:
        return Finding("mail", False, str(trouble), "Set USHER_SMTP_URL right, or leave it out to read mails in the portal's Outbox.")
    if mail is None:
        return Finding("mail", True, "no SMTP configured: mails are read in the portal's Outbox")
    return Finding("mail", True, f"sent through {mail.host}:{mail.port}")  # never the whole address: it holds the password
