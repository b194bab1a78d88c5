"""The session's PostgreSQL, begun as a copy of one that is kept: with a database `migrated` of which every test database is made, and with `usher` migrated too.

Making a cluster and migrating it takes as long as a hundred tests. What is kept belongs to exactly these migrations and everything of ours they import,
to these versions of what else migrates, and to this server: any other change makes a new one, and a few are kept.
"""

import ast
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import psycopg

from usher.core.data_dir import DataDir
from usher.core.postgres import Cluster

ROOT = Path(__file__).parent.parent
MIGRATED = "migrated"
# Unit tests need no durability; tests of faults start their copy without these.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "256MB"}
MOST_KEPT, UNUSED_SECONDS = 4, 3600  # beyond so many goes what nobody began with for so long


def start(folder: Path) -> Cluster:
    """A running quick cluster in `folder`, with the database MIGRATED, owned by a role that may make databases."""
    copy_to(folder)
    cluster = Cluster(DataDir(folder), QUICK)
    cluster.start()
    return cluster


def copy_to(folder: Path) -> None:
    """The files of a cluster that was migrated and stopped, into a data directory that has none."""
    subprocess.run(["cp", "-a", str(_kept() / "pg"), str(folder)], check=True)


def _kept() -> Path:
    """The folder of the kept cluster, stopped; made when there is none. Of two that make one at once, the first one's is kept."""
    place = Path(tempfile.gettempdir()) / f"usher-kept-{os.getuid()}"
    place.mkdir(mode=0o711, exist_ok=True)
    if place.stat().st_uid != os.getuid():
        raise PermissionError(f"{place} belongs to somebody else")
    kept = place / _fingerprint()
    if kept.exists():
        os.utime(kept)
        return kept
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=place))
    draft.chmod(0o711)
    _make(draft)
    try:
        draft.rename(kept)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
    for old in sorted(place.iterdir(), key=lambda made: made.stat().st_mtime, reverse=True)[MOST_KEPT:]:
        if time.time() - old.stat().st_mtime > UNUSED_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    return kept


def _make(folder: Path) -> None:
    cluster = Cluster(DataDir(folder), QUICK)
    cluster.start()
    try:
        chief = cluster.url.replace("//usher@/usher", "//postgres@/postgres")
        with psycopg.connect(chief, autocommit=True) as connection:
            connection.execute("ALTER ROLE usher CREATEDB")
            connection.execute("GRANT SET ON PARAMETER session_replication_role TO usher")  # see emptied_after_test
            connection.execute(f"CREATE DATABASE {MIGRATED} OWNER usher")
        env = {k: v for k, v in os.environ.items() if not k.startswith("USHER_") or k == "USHER_PG_BIN"}
        env |= {
            "DATABASE_URL": cluster.url.replace("@/usher?", f"@/{MIGRATED}?"),
            "USHER_SECRET_KEY": secrets.token_hex(32),
            "USHER_TEST": "1",
        }
        env |= {"USHER_DATA": str(folder), "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "usher", "migrate"], env=env, check=True, capture_output=True, text=True)
        with psycopg.connect(chief, autocommit=True) as connection:
            connection.execute("DROP DATABASE usher")
            connection.execute(f"CREATE DATABASE usher TEMPLATE {MIGRATED} OWNER usher")
            # Whoever is connected would keep it from being copied.
            connection.execute(f"ALTER DATABASE {MIGRATED} ALLOW_CONNECTIONS false")
    finally:
        cluster.stop()


def _fingerprint() -> str:
    """Of everything that a migrated cluster is made of."""
    told = hashlib.sha256(repr((sorted(QUICK.items()), os.environ.get("USHER_PG_BIN"), sys.version)).encode())
    told.update(repr(sorted(f"{d.metadata['Name']} {d.version}" for d in distributions())).encode())
    for file in sorted(_read_by_migrations()):
        told.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return told.hexdigest()[:32]


def _read_by_migrations() -> set[Path]:
    """Every migration, what creates and configures the cluster, and every module of ours that one of them imports, however far away."""
    found: set[Path] = set()
    todo = [
        *ROOT.glob("usher/**/migrations/*.py"),
        *ROOT.glob("usher/core/postgres/*.py"),
        ROOT / "usher/config/settings.py",
        Path(__file__),
    ]
    while todo:
        file = todo.pop()
        if file not in found:
            found.add(file)
            todo += _imported(file)
    return found


def _imported(file: Path) -> Iterator[Path]:
    """The files of ours that a module imports, whole or in part; `from . import x` too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named = [ROOT.joinpath(*n.name.split(".")) for n in node.names if n.name.startswith("usher.")]
        elif isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("usher")):
            base = (file.parents[node.level - 1] if node.level else ROOT).joinpath(*(node.module or "").split("."))
            named = [base, *(base / n.name for n in node.names)]
        else:
            continue
        yield from (path for each in named for path in (each.with_suffix(".py"), each / "__init__.py") if path.is_file())
