"""Limits on guessing: atomic counters in an UNLOGGED table, counted before the thing they guard is tried (DOS-01 … DOS-04, INVITE-17).

A try is counted first and given back when it was right, so that fifty at once reach the guarded check no more often than five in a row.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core import clock, sql
from usher.core.refusals import Refused

UNTIL_MIDNIGHT = 0  # in place of seconds: the window ends at midnight UTC


@dataclass(frozen=True)
class Limit:
    """At most so many tries in a window of so many seconds; the window begins with the first try and is not extended."""

    name: str
    most: int
    seconds: int


PASSWORD_HERE = Limit("password-here", 5, 300)  # one address from one origin
PASSWORD_ORIGIN = Limit("password-origin", 50, 300)  # any address from one origin
PASSWORD_ADDRESS = Limit("password-address", 100, 3600)  # one address from anywhere
RESET_ADDRESS = Limit("reset-address", 3, 3600)
RESET_ORIGIN = Limit("reset-origin", 30, 3600)
SIGN_UP_ADDRESS = Limit("sign-up-address", 3, 3600)
SIGN_UP_ORIGIN = Limit("sign-up-origin", 30, 3600)
DOMAIN_LOOK = Limit("domain-look", 30, 300)  # looks for the proof of a domain, by one account
BAD_LINK = Limit("bad-link", 30, 300)
FACTOR_HERE = Limit("factor", 5, 300)  # codes for one login; whoever gets here has shown the password
FACTOR_DAY = Limit("factor-day", 50, 86_400)  # three codes fit at a time: fifty tries a day find one in eighteen years
PASSKEY_ORIGIN = Limit("passkey-origin", 50, 300)

Count = tuple[Limit, str]
NOW = "coalesce(%(now)s::timestamptz, now())"  # the database's time, or the time travelled to


@dataclass(frozen=True)
class Tally:
    """How a limit stands after a try: how many there were in its window, this one included, and when the window ends, in how many seconds."""

    limit: Limit
    tries: int
    ends: datetime
    left: int

    @property
    def is_exceeded(self) -> bool:
        return self.tries > self.limit.most


def taking(source: str) -> str:
    """Parts of a statement (behind WITH) that count one try against each row of a source: name, key, most, seconds. `told` has name, tries, ends and
    wait, in seconds, of each. When one of them is used up already, none is counted, and nothing is written.

    A row is locked while it counts, so however many come at once, no more than `most` are told that they were in time. Needs the parameter now.
    """
    return f"""asked AS MATERIALIZED (SELECT x.name, x.key, x.most, t.at, CASE x.seconds WHEN 0 THEN date_trunc('day', t.at, 'UTC') + interval '1 day'
            ELSE t.at + make_interval(secs => x.seconds) END AS ends FROM ({source}) x, (SELECT {NOW} AS at) t),
          used_up AS (SELECT a.key, t.tries + 1 AS tries, t.window_ends FROM asked a
            CROSS JOIN LATERAL (SELECT * FROM access_throttle x WHERE x.key = a.key OFFSET 0) t WHERE t.window_ends > a.at AND t.tries >= a.most),
          counted AS (INSERT INTO access_throttle AS t (key, window_ends, tries)
            SELECT key, ends, 1 FROM asked WHERE NOT EXISTS (SELECT FROM used_up) ORDER BY key
            ON CONFLICT (key) DO UPDATE SET tries = CASE WHEN t.window_ends <= {NOW} THEN 1 ELSE t.tries + 1 END,
              window_ends = CASE WHEN t.window_ends <= {NOW} THEN excluded.window_ends ELSE t.window_ends END
            RETURNING t.key, t.tries, t.window_ends),
          told AS (SELECT split_part(x.key, '|', 1) AS name, x.tries, x.window_ends AS ends,
            greatest(1, ceil(extract(epoch FROM x.window_ends - {NOW})))::int AS wait FROM (TABLE used_up UNION ALL TABLE counted) x)"""


def key_of(name: str, what: str) -> str:
    """SQL of the key of a row: `_key` of two columns. No name has a bar."""
    return f"{name} || '|' || left(encode(sha256(convert_to({what}::text, 'UTF8')), 'hex'), 32)"


def count(*counts: Count) -> dict[Limit, int]:
    """Count one try against each; the limits now exceeded, each with the seconds until its window ends."""
    limits = {_key(limit, what): limit for limit, what in counts}
    counted = sql.rows(
        """INSERT INTO access_throttle AS t (key, window_ends, tries)
           SELECT k, %(now)s::timestamptz + make_interval(secs => s), 1 FROM unnest(%(keys)s::text[], %(seconds)s::int[]) AS x(k, s) ORDER BY k
           ON CONFLICT (key) DO UPDATE SET tries = CASE WHEN t.window_ends <= %(now)s THEN 1 ELSE t.tries + 1 END,
             window_ends = CASE WHEN t.window_ends <= %(now)s THEN excluded.window_ends ELSE t.window_ends END
           RETURNING key, tries, ceil(extract(epoch FROM window_ends - %(now)s))::int AS left""",
        {"keys": list(limits), "seconds": [limit.seconds for limit in limits.values()], "now": clock.now()},
    )
    return {limits[c["key"]]: max(1, c["left"]) for c in counted if c["tries"] > limits[c["key"]].most}


def spend(*counts: Count) -> None:
    """Count one try against each. Refused (later, too_many) beyond a limit; details.retry_after says when to come again, in seconds."""
    refuse_beyond(count(*counts))


def refuse_beyond(exceeded: dict[Limit, int]) -> None:
    """Refused (later, too_many) when anything is exceeded."""
    if exceeded:
        wait = max(exceeded.values())
        minutes = -(-wait // 60)
        words = ngettext("Too many tries. Try again in %(n)s\u00a0minute.", "Too many tries. Try again in %(n)s\u00a0minutes.", minutes)
        raise Refused("later", "too_many", words % {"n": minutes}, details={"retry_after": wait})


def give_back(*counts: Count) -> None:
    """The try was right: it does not count."""
    sql.execute(
        "UPDATE access_throttle SET tries = greatest(tries - 1, 0) WHERE key = ANY(%(keys)s)",
        {"keys": [_key(limit, what) for limit, what in counts]},
    )


def alone(what: str) -> None:
    """Hold something until the transaction ends. Refused (later, under_way) while another one holds it; nobody waits."""
    if not sql.value("SELECT pg_try_advisory_xact_lock(hashtextextended(%(what)s, 0))", {"what": what}):
        raise Refused("later", "under_way", _("The same is being done right now. Try again in a moment."), details={"retry_after": 1})


def forget(*counts: Count) -> None:
    """Start anew: whoever this was has shown who they are."""
    sql.execute("DELETE FROM access_throttle WHERE key = ANY(%(keys)s)", {"keys": [_key(limit, what) for limit, what in counts]})


def sweep() -> int:
    """Drop windows that have ended."""
    return sql.execute("DELETE FROM access_throttle WHERE window_ends < %(now)s", {"now": clock.now()})


def _key(limit: Limit, what: str) -> str:
    """Hashed: an address may be anything anybody typed, also somebody's password in the wrong field."""
    return f"{limit.name}|{hashlib.sha256(what.encode(errors='replace')).hexdigest()[:32]}"
