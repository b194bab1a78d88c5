"""What time it is: the database's clock, so that all machines agree (F21); the sample company travels with its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from .sql import value

_travelling: ContextVar[datetime | None] = ContextVar("travelling", default=None)


def now() -> datetime:
    """The database's time, or the time travelled to. A verb asks once."""
    return _travelling.get() or value("SELECT now()")


def travelled() -> datetime | None:
    """The time travelled to, for a statement that otherwise takes the database's own now()."""
    return _travelling.get()


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Within it, everything that asks this clock happens at `to`. For the sample company and tests."""
    token = _travelling.set(to)
    try:
        yield
    finally:
        _travelling.reset(token)
