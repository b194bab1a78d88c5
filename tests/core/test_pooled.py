"""The pool looks at a connection instead of asking the server about it (F06)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.threads import wide_pool
from usher.core.pooled.base import ASKED_SECONDS, Pooled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool() -> Iterator[Any]:
    """Of this test alone."""
    with wide_pool():
        opened = connection.pool  # type: ignore[attr-defined]
        opened.open()
        yield opened


def pid_and_time(pool: Any) -> tuple[int, float]:
    """Of the connection that is given away next, and given back at once; it works."""
    taken: Pooled = pool.getconn()
    try:
        return taken.execute("SELECT pg_backend_pid()").fetchone()[0], taken.asked_at  # type: ignore[index]
    finally:
        pool.putconn(taken)


def test_a_connection_in_use_is_not_asked_again(pool: Any) -> None:
    first = pid_and_time(pool)
    assert first[1] and pid_and_time(pool) == first
    resting: Pooled = pool.getconn()
    resting.asked_at -= ASKED_SECONDS
    pool.putconn(resting)
    pid, asked = pid_and_time(pool)
    assert pid == first[0] and asked >= first[1]


def test_a_server_that_hung_up_is_noticed_at_once(pool: Any) -> None:
    """F06: the connection was asked a moment ago, and its server process is gone: the next one is another, and works."""
    with connection.cursor() as cursor:  # on another connection of the same pool
        pid, _asked = pid_and_time(pool)
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)
        assert pid_and_time(pool)[0] != pid
