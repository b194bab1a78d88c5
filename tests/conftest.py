"""One PostgreSQL for the whole session, shared by all xdist processes, and real Usher processes for faults and journeys.

The wheel's server is used unless USHER_PG_BIN names another. Each process has a database of its own in it.
"""

import gc
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import hypothesis
import psycopg
import pytest

from tests import prepared
from tests.companies import kept_companies
from tests.harness import Usher
from tests.serving import as_a_server
from usher.core.postgres import Cluster

__all__ = ["as_a_server", "kept_companies"]
# How quickly examples are drawn is the machine's business.
hypothesis.settings.register_profile("usher", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("usher")
# Files that take the longest, in this order: they begin first, so that nobody waits for one of them alone at the end.
LONG = (
    *("cli/test_killed.py", "journeys/test_look.py", "faults/test_engine_faults.py", "faults/test_up.py", "journeys/test_leaving.py"),
    *("journeys/test_look_further.py", "api/test_schemathesis.py", "journeys/test_phone.py", "journeys/test_advanced.py"),
    *("faults/test_leaving.py", "faults/test_hand_over.py", "journeys/test_apps.py", "journeys/test_owner_and_waiting.py"),
    *("faults/test_crashes.py", "cli/test_contract.py", "faults/test_moving.py", "faults/test_server.py", "journeys/test_main_job.py"),
)
STARTED = pytest.StashKey[tuple[Cluster, Path]]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Before pytest-django loads the settings: the server runs and the environment names it. xdist processes inherit the environment."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # of whoever started us in the background; what we start would never hear Ctrl-C
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="usher-test-", dir="/tmp"))
        folder.chmod(0o711)
        cluster = prepared.start(folder)
        config.stash[STARTED] = (cluster, folder)
        for name in [n for n in os.environ if n.startswith("USHER_") and n != "USHER_PG_BIN"]:
            del os.environ[name]
        os.environ.update(
            DATABASE_URL=cluster.url,
            USHER_SECRET_KEY=secrets.token_hex(32),
            USHER_DATA=str(folder),
            USHER_TEST="1",
            DJANGO_SETTINGS_MODULE="usher.config.settings",
        )
    django.setup()  # pytest-django does it only for settings it was told about before this file was loaded


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first."""
    turn = {name: nth for nth, name in enumerate(LONG)}
    items.sort(key=lambda item: turn.get("/".join(item.path.parts[-2:]), len(LONG)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove its files."""
    if STARTED in config.stash:
        cluster, folder = config.stash[STARTED]
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> Iterator[None]:
    """Instead of pytest-django's: what is copied is migrated, and the copy goes with its server."""
    from django.db import connection

    name = "test_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as chief:
        chief.execute(f"CREATE DATABASE {name} TEMPLATE {prepared.MIGRATED}")
    connection.settings_dict["NAME"] = name
    yield
    from tests.threads import close_wide_pool

    close_wide_pool()
    connection.close_pool()


@pytest.fixture(scope="session", autouse=True)
def emptied_after_test() -> Iterator[None]:
    """Tests with transaction=True end with TRUNCATE, which the journal refuses; they are swept like the modules whose company is committed."""
    from django.db import connection
    from django.test import TransactionTestCase

    from tests.people_of import empty

    def teardown(self: TransactionTestCase) -> None:
        connection.close()  # what it has locked
        empty()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(scope="session")
def server() -> str:
    """The address of the session's PostgreSQL, as a role that may make databases."""
    return os.environ["DATABASE_URL"]


@pytest.fixture
def running_usher(server: str) -> Iterator[Callable[..., Usher]]:
    """`running_usher(web=1, workers=1, **environment)` -> Usher: real processes on a free loopback port with a migrated database of their own."""
    started: list[Usher] = []

    def start(*, web: int = 1, workers: int = 1, **environment: str) -> Usher:
        usher = Usher.on(server, environment)
        started.append(usher)
        usher.start(web=web, workers=workers)
        return usher

    yield start
    for usher in started:
        usher.close()


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """An empty folder the database's own OS user can enter; pytest's tmp_path is closed to it when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="usher-data-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
