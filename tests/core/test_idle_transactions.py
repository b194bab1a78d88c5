"""A transaction that nobody goes on with: the server ends it, and what it held is free (F37)."""

import select

import pytest
from django.db import connection

from tests.threads import own_pool
from usher.core import sql

pytestmark = pytest.mark.django_db(transaction=True)
LOCK = 7_283_099


def test_the_server_ends_what_nobody_goes_on_with() -> None:
    """F37: every connection of ours says so; its locks are free then, and whoever needs a connection next gets one that lives."""
    with own_pool():
        pool = connection.pool  # type: ignore[attr-defined]
        pool.open()
        left = pool.getconn()
        assert left.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("1min",)
        left.execute("SET idle_in_transaction_session_timeout = '50ms'")
        left.execute("BEGIN")
        left.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
        assert select.select([left.fileno()], [], [], 10)[0], "the server hangs up"
        pool.putconn(left)
        assert sql.value("SELECT pg_try_advisory_xact_lock(%(l)s)", {"l": LOCK})
