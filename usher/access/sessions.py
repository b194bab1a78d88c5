"""How long a session lives: 8 hours unused, 14 days in all (SESSION-11), and how a sign-in on its way becomes one."""

import time
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from .way_in import Person

IDLE_SECONDS = 8 * 3600
ABSOLUTE_SECONDS = 14 * 24 * 3600
NOTE_SECONDS = 300  # how exactly "last used" is kept; it costs a write
SINCE_KEY, SEEN_KEY, ENTERING_KEY = "usher_since", "usher_seen", "usher_entering"


def expect(session: SessionBase, person: Person, means: str) -> None:
    """Keep who is about to come in, and by what, until every step of the sign-in is taken. What the anonymous session held is dropped."""
    session.flush()
    session[ENTERING_KEY] = {"user": str(person.user_id), "epoch": person.epoch, "means": means}


def expected(session: SessionBase) -> tuple[UUID, int, str]:
    """Who was expected, with the epoch of that moment; once."""
    kept: dict[str, Any] = session.pop(ENTERING_KEY)
    return UUID(kept["user"]), kept["epoch"], kept["means"]


def begin(session: SessionBase) -> None:
    """The clock of a session starts."""
    session[SINCE_KEY] = session[SEEN_KEY] = int(time.time())


def is_over(session: SessionBase) -> bool:
    """Whether it was unused or alive for too long, or the clock runs before its beginning; else it was used now."""
    now, since, seen = int(time.time()), session.get(SINCE_KEY, 0), session.get(SEEN_KEY, 0)
    if now > since + ABSOLUTE_SECONDS or now > seen + IDLE_SECONDS or now < seen - NOTE_SECONDS:
        return True
    if now > seen + NOTE_SECONDS:
        session[SEEN_KEY] = now
    return False
