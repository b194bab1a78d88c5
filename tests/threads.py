"""Many at once, for real: threads that begin together, each on a database connection of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from tests.harness import patience

MOST_CONNECTIONS = 40  # what two test processes can have on the session's server


@contextmanager
def wide_pool() -> Iterator[None]:
    """Threads wait for a connection instead of being told that the pool is full."""
    pool = connection.settings_dict["OPTIONS"]["pool"]
    before = dict(pool)
    connection.close()
    connection.close_pool()
    pool.update(max_size=MOST_CONNECTIONS, timeout=30)
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()
        pool.update(before)


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
