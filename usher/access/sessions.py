"""How long a session lives: 8 hours unused, 14 days in all (SESSION-11); how a sign-in on its way becomes one; how fresh the last proof is.

Who has sessions stands in access_session, for the person to see and to end.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7

from .origin import client_ip
from .way_in import Person, printable

IDLE_SECONDS = 8 * 3600
ABSOLUTE_SECONDS = 14 * 24 * 3600
FRESH_SECONDS = 15 * 60  # ASVS 7.5.3: for what is sensitive, who it is was shown no longer ago
NOTE_SECONDS = 300  # how exactly "last used" is kept; it costs a write
SINCE_KEY, SEEN_KEY, ENTERING_KEY, PROVED_KEY, ROW_KEY = "usher_since", "usher_seen", "usher_entering", "usher_proved", "usher_session"


def expect(session: SessionBase, person: Person, means: str) -> None:
    """Keep who is about to come in, and by what, until every step of the sign-in is taken. What the anonymous session held is dropped."""
    session.flush()
    user = str(person.user_id) if person.user_id else None
    session[ENTERING_KEY] = {"login": str(person.login_id), "user": user, "epoch": person.epoch, "means": means}


def expecting(session: SessionBase) -> UUID:
    """The login that is on the way in, while there is another step to take."""
    return UUID(session[ENTERING_KEY]["login"])


def passed(session: SessionBase, factor: str) -> None:
    """The second step was taken, by this."""
    kept = session[ENTERING_KEY]
    session[ENTERING_KEY] = {**kept, "means": f"{kept['means']}+{factor}"}


def expected(session: SessionBase) -> tuple[Person, str]:
    """Who was expected, with the epoch of that moment, and by what they came; once. Without a user they live nowhere yet."""
    kept: dict[str, Any] = session.pop(ENTERING_KEY)
    user = UUID(kept["user"]) if kept["user"] else None
    return Person(UUID(kept["login"]), user, None, None, kept["epoch"]), kept["means"]


def begin(session: SessionBase, user: UUID, epoch: int, meta: Mapping[str, Any]) -> None:
    """The clock of a session starts, and it stands in the person's list."""
    if session.session_key is None:
        session.save()  # the list refers to it
    row = uuid7()
    session[SINCE_KEY] = session[SEEN_KEY] = session[PROVED_KEY] = int(time.time())
    session[ROW_KEY] = str(row)
    sql.execute(
        """INSERT INTO access_session (id, session_key, user_id, epoch, ip, agent, since, seen_at) VALUES (%(id)s, %(k)s, %(u)s, %(e)s, %(ip)s, %(a)s, %(now)s, %(now)s)
           ON CONFLICT (session_key) DO UPDATE SET id = excluded.id, user_id = excluded.user_id, epoch = excluded.epoch, since = excluded.since, seen_at = excluded.seen_at""",
        {
            "id": row,
            "k": session.session_key,
            "u": user,
            "e": epoch,
            "ip": client_ip(meta),
            "a": printable(str(meta.get("HTTP_USER_AGENT", ""))),
            "now": clock.now(),
        },
    )


def is_over(session: SessionBase) -> bool:
    """Whether it was unused or alive for too long, or the clock runs before its beginning; else it was used now."""
    now, since, seen = int(time.time()), session.get(SINCE_KEY, 0), session.get(SEEN_KEY, 0)
    if now > since + ABSOLUTE_SECONDS or now > seen + IDLE_SECONDS or now < seen - NOTE_SECONDS:
        return True
    if now > seen + NOTE_SECONDS:
        session[SEEN_KEY] = now
        sql.execute("UPDATE access_session SET seen_at = %(now)s WHERE id = %(id)s", {"now": clock.now(), "id": here(session)})
    return False


def prove(session: SessionBase) -> None:
    """Who it is was shown once more, just now."""
    session[PROVED_KEY] = int(time.time())


def is_fresh(session: SessionBase) -> bool:
    """Whether who it is was shown within the last 15 minutes."""
    return 0 <= int(time.time()) - session.get(PROVED_KEY, 0) <= FRESH_SECONDS


def here(session: SessionBase) -> str | None:
    """The id of this session in the person's list; it opens nothing."""
    row: str | None = session.get(ROW_KEY)
    return row


def open_ones(actor: Actor) -> list[dict[str, Any]]:
    """The actor's sessions that still count, last used first: id, ip, agent, since, seen_at."""
    now = clock.now()
    return sql.rows(
        """SELECT a.id, a.ip, a.agent, a.since, a.seen_at FROM access_session a JOIN people_standing s ON s.user_id = a.user_id AND s.access_epoch = a.epoch
           WHERE a.user_id = %(u)s AND a.seen_at > %(idle)s AND a.since > %(old)s ORDER BY a.seen_at DESC, a.id DESC""",
        {"u": actor.user_id, "idle": now - timedelta(seconds=IDLE_SECONDS), "old": now - timedelta(seconds=ABSOLUTE_SECONDS)},
    )
