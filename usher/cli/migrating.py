"""Migrations, one process at a time."""

import os
import time

import psycopg

from usher.core.refusals import Refused

from .door import first_line

NOT_ALLOWED = ("42501", "3F000")  # a privilege is missing; there is no schema
MIGRATION_LOCK = 7_283_002  # any fixed number: one process at a time migrates


def migrate_once() -> list[str]:
    """Apply what is missing, under an advisory lock of the database. The names of what was applied, none the second time.

    Refused (conflict, not_migrated) in the database's words where it does not let us, such as a role that does not own it.
    """
    from django.core.management import call_command
    from django.db import ProgrammingError, connection
    from django.db.migrations.exceptions import MigrationSchemaMissing
    from django.db.migrations.executor import MigrationExecutor

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as lock:
        # Asked again and again, because a statement that waits holds a snapshot, for which CREATE INDEX CONCURRENTLY would wait.
        while not lock.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK]).fetchone()[0]:  # type: ignore[index]
            time.sleep(0.2)
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            try:
                call_command("migrate", interactive=False, verbosity=0)
            except (ProgrammingError, MigrationSchemaMissing) as error:
                told = error if isinstance(error, ProgrammingError) else error.__context__ or error
                if getattr(told.__cause__, "sqlstate", None) not in NOT_ALLOWED:
                    raise
                words = f"The database cannot be brought to this version: {first_line(told)}. Its role must own it."
                raise Refused("conflict", "not_migrated", words) from error
        return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
