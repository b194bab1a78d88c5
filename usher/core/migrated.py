"""Whether a database is of this version: every migration of ours is applied there."""

from functools import cache
from typing import Any

import psycopg
from django.db.migrations.loader import MigrationLoader


def lacking(connection: psycopg.Connection[Any]) -> int:
    """How many migrations of this version the database lacks; all of them where nothing was made yet. Needs Django's apps."""
    if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
        return len(_wanted())
    return len(_wanted() - set(connection.execute("SELECT app, name FROM django_migrations")))


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    """The migrations of each app, as the files of this version have them."""
    return frozenset(MigrationLoader(None).graph.nodes)
