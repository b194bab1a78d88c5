"""Access tokens of API apps: given for a client id and its secret, looked up once per request, over in an hour or when whoever they stand for leaves.

A token is 256 random bits, of which the table keeps the SHA-256 (SECRET-01). What is looked up is that hash, so no comparison tells anything by its time.
"""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import unshort

from . import scopes, throttle
from .actors import PERSON, actor_of_row, name_of
from .api_apps import hash_of
from .origin import neighborhood

LIFE = timedelta(hours=1)
BAD_CLIENT = throttle.Limit("bad-client", 100, 300)  # wrong secrets for one client id from one origin (OAUTH-19)

CLIENT = """SELECT p.id, p.account_id, p.scopes, p.for_people, p.is_public, s.access_epoch, p.is_on AND s.status = 'active' AND a.closed_at IS NULL AS works,
              coalesce(array_agg(x.hash) FILTER (WHERE x.id IS NOT NULL), '{}') AS hashes
            FROM access_app p JOIN people_standing s ON s.user_id = p.creator_id JOIN accounts_account a ON a.id = p.account_id
            LEFT JOIN access_appsecret x ON x.app_id = p.id AND (x.ends_at IS NULL OR x.ends_at > %(now)s)
            WHERE p.client_id = %(c)s GROUP BY p.id, s.access_epoch, s.status, a.closed_at"""
ASKED = "string_to_array(%({of})s::text, ' ')"
# Whether one scope of a list that is asked for stands in the token and in the app.
SOME = f"""CASE WHEN '{scopes.ALL}' = ANY(t.scopes) THEN {ASKED} <> '{{{{}}}}' AND ('{scopes.ALL}' = ANY(p.scopes) OR p.scopes && {ASKED})
                  WHEN '{scopes.ALL}' = ANY(p.scopes) THEN t.scopes && {ASKED}
                  ELSE EXISTS (SELECT FROM unnest(t.scopes) n WHERE n = ANY(p.scopes) AND n = ANY({ASKED})) END"""
# An app for people stops with who answers for it, like any other.
HOLDER = f"""SELECT who.*, p.name AS app_name, p.id AS app, t.expires_at <= {throttle.NOW} AS is_over,
               %(needs)s::text = '' OR {SOME.format(of="needs")} AS for_all, {SOME.format(of="own")} AS for_oneself
             FROM access_token t JOIN access_app p ON p.id = t.app_id LEFT JOIN access_consent c ON c.id = t.consent_id
             JOIN LATERAL ({PERSON} AND u.id = coalesce(c.user_id, p.creator_id)) who ON true
             WHERE t.hash = %(h)s AND p.is_on AND who.status = 'active' AND who.access_epoch = t.epoch
               AND (c.id IS NULL OR EXISTS (SELECT 1 FROM people_standing m WHERE m.user_id = p.creator_id AND m.status = 'active'))"""
OPENS = "(h.for_all OR h.for_oneself)"
# The limits of the account's plan, or those of any other; nothing is counted of what is not let in, nor where the operator has switched limits off.
LIMITS = f"""SELECT l->>0 AS name, {throttle.key_of("(l->>0)", "h.account_id")} AS key, (l->>1)::int AS most, (l->>2)::int AS seconds
             FROM holder h, jsonb_array_elements(coalesce(%(limits)s::jsonb->h.plan, %(limits)s::jsonb->'')) l WHERE {OPENS} AND NOT h.is_over AND h.api_limits"""
SHOWN = f"""WITH holder AS MATERIALIZED ({HOLDER}), {throttle.taking(LIMITS)}
            SELECT h.*, {OPENS} AS opens, (SELECT jsonb_agg(jsonb_build_array(name, tries, extract(epoch FROM ends), wait)) FROM told) AS tallies FROM holder h"""


@dataclass(frozen=True)
class Client:
    """An app that has shown its secret, or that has none because it is public. `epoch` is that of who created it."""

    app: UUID
    account_id: UUID
    scopes: tuple[str, ...]
    epoch: int
    for_people: bool
    is_public: bool


@dataclass(frozen=True)
class Purpose:
    """What a token is shown for: the scopes any one of which opens it, none where none is needed; what it counts against, by the code of the
    account's plan, under "" for every other plan; and the scopes that open it for the person alone.
    """

    needs: frozenset[str] = frozenset()
    limits: Mapping[str, Sequence[throttle.Limit]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    @cached_property
    def needed(self) -> str:
        """The scopes as the statement reads them; none of them has a blank."""
        return " ".join(sorted(self.needs))

    @cached_property
    def owned(self) -> str:
        """Those of one's own likewise."""
        return " ".join(sorted(self.own))

    @cached_property
    def told(self) -> str:
        """The limits as the statement reads them."""
        return json.dumps({plan: [(limit.name, limit.most, limit.seconds) for limit in limits] for plan, limits in self.limits.items()})


ANY = Purpose()  # nothing is asked but whose it is


@dataclass(frozen=True)
class Holder:
    """Who a token stands for. `is_over` when its hour has passed, `opens` whether its scopes do for what it was shown for, `tallies` how the limits stand
    with this call: in the order of the purpose; empty where nothing is counted.
    """

    actor: Actor
    app: UUID
    is_over: bool
    opens: bool
    tallies: tuple[throttle.Tally, ...]


def client(client_id: str, secret: str, ip: str) -> Client | None:
    """The app of a client id, when this is its secret, it is on, and who created it is active (OAUTH-09). Refused (later, too_many) after many wrong tries.

    A public app shows none: whatever it asks for, somebody has to have agreed to, and to whom that went is proven there (grants.py).

    The right secret works however many wrong ones came from elsewhere, and from here until the limit is reached (OAUTH-19).
    """
    tried = (BAD_CLIENT, f"{client_id} {neighborhood(ip)}")
    throttle.spend(tried)
    found = sql.row(CLIENT, {"c": client_id, "now": clock.now()}) if client_id.isprintable() else None
    given = hash_of(secret)
    right = [hmac.compare_digest(bytes(known), given) for known in (found["hashes"] if found else [])]
    if not found or not (any(right) or (found["is_public"] and not secret)) or not found["works"]:
        return None
    throttle.give_back(tried)
    return Client(found["id"], found["account_id"], tuple(found["scopes"]), found["access_epoch"], found["for_people"], found["is_public"])


def own(actor: Actor, app: UUID) -> Client | None:
    """An app that the actor created themselves and that works with their rights: for calls they make from the portal. None for any other."""
    found = sql.row(
        """SELECT p.id, p.account_id, p.scopes, s.access_epoch FROM access_app p JOIN people_standing s ON s.user_id = p.creator_id
           WHERE p.id = %(app)s AND p.account_id = %(a)s AND p.creator_id = %(u)s AND p.is_on AND NOT p.for_people""",
        {"app": app, "a": actor.account_id, "u": actor.user_id},
    )
    return Client(found["id"], found["account_id"], tuple(found["scopes"]), found["access_epoch"], False, False) if found else None


def is_account(client: Client, account: str) -> bool:
    """Whether an account id as a client sends it, short or as a UUID, is the client's own (TENANT-05)."""
    try:
        return unshort(account) == client.account_id
    except ValueError:
        return False


def issue(client: Client) -> tuple[str, datetime]:
    """A new token for who created the app, and when it ends. What was given before stays good until its own end."""
    token, now = secrets.token_urlsafe(32), clock.now()
    sql.execute(
        """WITH used AS (UPDATE access_app SET last_used = %(now)s WHERE id = %(app)s)
           INSERT INTO access_token (hash, app_id, epoch, scopes, created_at, expires_at) VALUES (%(h)s, %(app)s, %(epoch)s, %(scopes)s, %(now)s, %(end)s)""",
        {
            "h": hash_of(token),
            "app": client.app,
            "epoch": client.epoch,
            "scopes": list(client.scopes),
            "now": now,
            "end": now + LIFE,
        },
    )
    return token, now + LIFE


def holder(token: str, purpose: Purpose = ANY, *, request_id: str = "", ip: str = "") -> Holder | None:
    """Who works with this token, with the rights they have now, and the call counted where it is let in: all in one statement.

    None when it is unknown, its app is off, or whose rights it carries left (F14, AUTHZ-08).
    """
    asked = {"needs": purpose.needed, "own": purpose.owned, "limits": purpose.told}
    known = sql.prepared(SHOWN, {"h": hash_of(token), **asked, "now": clock.travelled()})
    if not known:
        return None
    found = known[0]
    actor = actor_of_row(found, "api", request_id=request_id, ip=ip, name=f"{found['app_name']} ({name_of(found)})")
    actor = limited(actor, for_all=found["for_all"], for_oneself=found["for_oneself"])
    return Holder(actor, found["app"], found["is_over"], found["opens"], _tallies(purpose, found["plan"], found["tallies"] or []))


def limited(actor: Actor, *, for_all: bool, for_oneself: bool) -> Actor:
    """An actor as scopes let a program work for them: by one of their own alone what everybody may of themselves, and no more."""
    if for_all and not for_oneself:
        return actor
    rights = (actor.privileges if for_all else frozenset()) | ({scopes.OWN_RIGHT} if for_oneself else set())
    return replace(actor, privileges=rights, scope=actor.scope if for_all else None)  # whom a role covers says nothing of oneself


def _tallies(purpose: Purpose, plan: str, told: list[Any]) -> tuple[throttle.Tally, ...]:
    stand = {name: (tries, datetime.fromtimestamp(ends, UTC), wait) for name, tries, ends, wait in told}
    limits = purpose.limits.get(plan, purpose.limits.get("", ()))
    return tuple(throttle.Tally(limit, *stand[limit.name]) for limit in limits if limit.name in stand)


def revoke(token: str, client: Client) -> None:
    """The end of an access token, when it is one of this client's; another's is left alone, and nobody is told which it was (OAUTH-08)."""
    sql.execute("DELETE FROM access_token WHERE hash = %(h)s AND app_id = %(app)s", {"h": hash_of(token), "app": client.app})


def sweep() -> int:
    """Drop tokens that are over since a day, and secrets whose overlap has passed."""
    sql.execute("DELETE FROM access_appsecret WHERE ends_at < %(now)s", {"now": clock.now()})
    return sql.execute("DELETE FROM access_token WHERE expires_at < %(old)s", {"old": clock.now() - timedelta(days=1)})
