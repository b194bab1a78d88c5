"""Migrations, one process at a time."""

import os
import time

import psycopg

MIGRATION_LOCK = 7_283_002  # any fixed number: one process at a time migrates


def migrate_once() -> list[str]:
    """Apply what is missing, under an advisory lock of the database. The names of what was applied, none the second time."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as lock:
        # Asked again and again, because a statement that waits holds a snapshot, for which CREATE INDEX CONCURRENTLY would wait.
        while not lock.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK]).fetchone()[0]:  # type: ignore[index]
            time.sleep(0.2)
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            call_command("migrate", interactive=False, verbosity=0)
        return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
