"""What time it is: the database's clock, so that all machines agree (F21); the sample company travels with its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .sql import value

_travelling: ContextVar[datetime | None] = ContextVar("travelling", default=None)


def now() -> datetime:
    """The database's time, or the time travelled to. A verb asks once."""
    return _travelling.get() or value("SELECT now()")


def here() -> datetime:
    """The time of this machine, or the time travelled to: for what may be off by a moment, and is no reason to ask the database."""
    return _travelling.get() or datetime.now(UTC)


def zone_of(name: str) -> tzinfo:
    """The zone a person lives by; UTC for nobody's and for one this machine does not know."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


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
