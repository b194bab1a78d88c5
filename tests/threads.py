"""Many at once, for real: threads that begin together, each on a database connection of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from tests.harness import patience
from usher.core import sql

MOST_CONNECTIONS = 40  # what two test processes can have on the session's server


_wide: list[Any] = []  # the pool of this process that threads share: its connections know their statements, and the server its tables


@contextmanager
def wide_pool() -> Iterator[None]:
    """Threads wait for a connection instead of being told that the pool is full."""
    with _other_pool(_wide.pop() if _wide else None) as pools:
        yield
        connection.close()
        _wide.append(pools.pop(connection.alias))


@contextmanager
def own_pool() -> Iterator[None]:
    """The same with a pool that begins and ends with the test."""
    with _other_pool(None):
        yield


def close_wide_pool() -> None:
    """At the end of the process."""
    while _wide:
        _wide.pop().close()


@contextmanager
def _other_pool(pool: Any) -> Iterator[dict[str, Any]]:
    """Instead of the usual one, which comes back with its connections; what is there at the end is closed."""
    pools, options = connection._connection_pools, connection.settings_dict["OPTIONS"]["pool"]  # type: ignore[attr-defined]
    usual, before = connection.pool, dict(options)  # type: ignore[attr-defined]
    connection.close()
    del pools[connection.alias]
    if pool:
        pools[connection.alias] = pool
    options.update(max_size=MOST_CONNECTIONS, timeout=30)
    try:
        yield pools
    finally:
        connection.close()
        if connection.alias in pools:
            connection.close_pool()
        pools[connection.alias] = usual
        options.update(before)


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call all of them at the same moment; what each returned, or the exception it raised, in their order."""
    told: list[Any] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(n: int) -> None:
        gate.wait(30 * patience())
        try:
            told[n] = calls[n]()
        except Exception as trouble:
            told[n] = trouble
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50 * patience())
    assert not any(t.is_alive() for t in threads), "a thread still waits"
    return told


def wait_until_locked() -> None:
    """Until the other one waits for a lock that this one holds."""
    for _nth in range(1_500):
        if sql.value("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"):
            return
        sql.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("nobody waits")
