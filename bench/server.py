"""A PostgreSQL of its own for one room of the bench, with Usher's tables and one account in it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from usher.core.data_dir import DataDir

if TYPE_CHECKING:
    from usher.journal.engine import Started

SEATS = dict.fromkeys(("meetings:licensed", "meetings:basic", "meetings:on_prem", "phone", "webinar:500"), 3000000)


@contextmanager
def fresh() -> Iterator[DataDir]:
    """A migrated, empty installation under the temporary folder; Django is set up on it. Everything is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="usher-bench-") as folder:
        data = DataDir(Path(folder) / "data")
        from usher.core.postgres import Cluster

        cluster = Cluster(data)
        cluster.start()
        try:
            os.environ.pop("USHER_TEST", None)
            os.environ["DATABASE_URL"] = cluster.url
            os.environ["USHER_SECRET_KEY"] = data.secret_key()
            os.environ["DJANGO_SETTINGS_MODULE"] = "usher.config.settings"
            import django

            django.setup()
            from usher.cli.migrating import migrate_once

            migrate_once()
            yield data
        finally:
            from django.db import connections

            connections.close_all()
            for alias in connections:
                connections[alias].close_pool()
            cluster.stop()


def open_account(name: str) -> UUID:
    """An account with seats for everybody, made by the real verbs."""
    from usher.access.actors import operator
    from usher.journal import engine
    from usher.journal.verb import plan
    from usher.lifecycle.open_account import open_account

    account, _ = open_account(name, "business", f"owner@{name}.test")
    actor = operator(account)
    for product, quantity in SEATS.items():
        engine.start(plan(actor, "licenses.set_seats", {"product": product, "quantity": quantity}), f"bench:{product}")
    return account


def to_its_end(started: "Started") -> int:
    """Step a run to its end in this process, as a worker would; the number of its change."""
    from usher.journal import engine

    while started.change_id and engine.step(started.change_id):
        pass
    return started.number or 0
