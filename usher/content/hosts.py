"""Who hosted meetings and webinars in a span of time, and who did not. What counts is what was to take place then: nothing is held here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.people.scope import within

# By the index of the shelf and its times; a series counts once, with its first time.
HELD = """WITH held AS MATERIALIZED (SELECT s.owner_id, count(*)::int AS meetings, sum(ceil(coalesce(i.seconds, 0) / 60.0))::int AS minutes
  FROM content_item i JOIN content_standing s ON s.item_id = i.id WHERE i.account_id = %(account)s AND s.account_id = %(account)s
  AND i.shelf = ANY (ARRAY['meetings', 'webinars']) AND i.starts_at >= %(since)s AND i.starts_at < least(%(until)s, %(now)s) AND i.occurs <> 'personal'
  AND s.trashed_at IS NULL GROUP BY 1)"""
FROM = """FROM people_user u JOIN people_standing p ON p.user_id = u.id {held} WHERE u.account_id = %(account)s AND p.account_id = %(account)s AND u.left_at IS NULL
  AND {who} AND (%(group)s::uuid IS NULL OR EXISTS (SELECT 1 FROM people_membership g WHERE g.user_id = u.id AND g.group_id = %(group)s))"""
HOSTS = {
    "active": FROM.format(held="JOIN held h ON h.owner_id = u.id", who="true"),
    "inactive": FROM.format(held="LEFT JOIN held h ON h.owner_id = u.id", who="h.owner_id IS NULL AND p.status = 'active'"),
}


@dataclass(frozen=True)
class Asked:
    """Hosts of a span: `which` is a key of HOSTS; of one group, or of the whole account."""

    which: str
    since: datetime
    until: datetime
    group: UUID | None = None


def page(actor: Actor, asked: Asked, *, after: str | None = None, offset: int = 0, limit: int) -> list[dict[str, Any]]:
    """At most `limit` people after an id, with how many meetings and minutes, and the attributes programs keep of them."""
    actor.require("people:user:view")
    return sql.rows(
        f"""{HELD} SELECT u.id, u.email, u.first_name, u.last_name, u.display_name, u.department, p.license, coalesce(h.meetings, 0) AS meetings,
              coalesce(h.minutes, 0) AS minutes,
              (SELECT k.values->'custom_attributes' FROM people_usersettings k WHERE k.user_id = u.id AND k.part = 'profile') AS attributes
              {HOSTS[asked.which]}{within(actor)} AND u.id > %(after)s::uuid ORDER BY u.id LIMIT %(limit)s OFFSET %(offset)s""",
        {**_params(actor, asked), "after": after or UUID(int=0), "limit": limit, "offset": offset},
    )


def totals(actor: Actor, asked: Asked) -> dict[str, int]:
    """people, meetings and minutes of all pages together."""
    actor.require("people:user:view")
    found = sql.row(
        f"""{HELD} SELECT count(*)::int AS people, coalesce(sum(h.meetings), 0)::int AS meetings, coalesce(sum(h.minutes), 0)::int AS minutes
            {HOSTS[asked.which]}{within(actor)}""",
        _params(actor, asked),
    )
    return found or {}


def _params(actor: Actor, asked: Asked) -> dict[str, Any]:
    return {"account": actor.account_id, "since": asked.since, "until": asked.until, "group": asked.group, "now": clock.now()}
