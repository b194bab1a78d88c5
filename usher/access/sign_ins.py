"""When, from where and by what means somebody came in, and which sessions of theirs are open, for an administrator to read."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.people.scope import within

from .sessions import ABSOLUTE_SECONDS, IDLE_SECONDS

EVER = datetime(9999, 1, 1, tzinfo=UTC)


def sign_ins_of(actor: Actor, user: UUID, *, before: datetime | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """at, means, ip and agent, newest first, by keyset on the moment. A person of another account has none (TENANT-01)."""
    actor.require("people:user:view")
    return sql.rows(
        f"""SELECT i.at, i.means, i.ip, i.agent FROM people_signin i JOIN people_user u ON u.id = i.user_id
           WHERE u.account_id = %(a)s AND i.user_id = %(u)s{within(actor)} AND i.at < %(b)s ORDER BY i.at DESC LIMIT %(l)s""",
        {"a": actor.account_id, "u": user, "b": before or EVER, "l": limit},
    )


def activities(
    actor: Actor, since: datetime, until: datetime, *, after: tuple[str, str, int] | None = None, limit: int
) -> list[dict[str, Any]]:
    """Sign-ins and sign-outs between two moments, the newest first: id, way (in or out), at, ip, email. `after` is the place (at, way, id) of the last one seen."""
    actor.require("people:user:view")
    at, way, id = after or (until.isoformat(), "out", 0)
    covered = within(actor, "x.user_id")
    walk = """(SELECT x.id, '{way}' AS way, x.at, x.ip, u.email FROM {table} x JOIN people_user u ON u.id = x.user_id
               WHERE x.account_id = %(account)s AND x.at >= %(since)s AND (x.at, x.id) < (%(at)s::timestamptz, %({way}_id)s){covered}
               ORDER BY x.at DESC, x.id DESC LIMIT %(limit)s)"""
    walks = [walk.format(way=w, table=table, covered=covered) for w, table in (("in", "people_signin"), ("out", "people_signout"))]
    return sql.rows(
        f"{' UNION ALL '.join(walks)} ORDER BY at DESC, way, id DESC LIMIT %(limit)s",
        {
            "account": actor.account_id,
            "since": since,
            "at": at,
            # At one moment the sign-ins come first: below the place of a sign-out there is none of them, below that of a sign-in every sign-out.
            "in_id": id if way == "in" else 0,
            "out_id": id if way == "out" else 2**62,
            "limit": limit,
        },
    )


def open_sessions_of(actor: Actor, user: UUID, limit: int = 50) -> list[dict[str, Any]]:
    """since, seen_at, ip and agent of the sessions that still count, last used first: what access.sign_out would end."""
    actor.require("people:user:view")
    now = clock.now()
    return sql.rows(
        f"""SELECT a.since, a.seen_at, a.ip, a.agent FROM access_session a JOIN people_standing s ON s.user_id = a.user_id AND s.access_epoch = a.epoch
           WHERE s.account_id = %(a)s AND s.status = 'active' AND a.user_id = %(u)s{within(actor, "s.user_id")} AND a.seen_at > %(idle)s AND a.since > %(old)s
           ORDER BY a.seen_at DESC, a.id DESC LIMIT %(l)s""",
        {
            "a": actor.account_id,
            "u": user,
            "idle": now - timedelta(seconds=IDLE_SECONDS),
            "old": now - timedelta(seconds=ABSOLUTE_SECONDS),
            "l": limit,
        },
    )
