"""From a code to tokens, and from one refresh token to the next (RFC 6749, 4.1.3 and 6; RFC 9700, 2.2.2 and 4.14; OAUTH-02, OAUTH-03, OAUTH-06, OAUTH-08).

A code and a refresh token are good once. Whoever shows one a second time may be a thief, or the one who was robbed: everything that came of the same
code ends. The rows of app and consent are locked first by all who use or end something of them, so that of twenty at once one is first.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from usher.core import clock, sql

from . import throttle
from .api_apps import hash_of
from .origin import neighborhood
from .tokens import LIFE, Client, revoke

REFRESH_LIFE = timedelta(days=90)  # unused
FAMILY_LIFE = timedelta(days=365)  # however often renewed; then somebody agrees again (ASVS 10.4.8)
BAD_GRANT = throttle.Limit("bad-grant", 100, 300)  # wrong codes and refresh tokens of one app from one origin

# The database a row was written in: a copy that was restored elsewhere is another one.
PLACE = "(SELECT system_identifier::text FROM pg_control_system()) || '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database())"
LIVES = "s.status = 'active' AND s.access_epoch = x.epoch AND x.expires_at > %(now)s"


@dataclass(frozen=True)
class Given:
    """What an app gets for a person: an access token, the next refresh token, and the scopes of the access token."""

    access: str
    refresh: str
    scopes: tuple[str, ...]


def redeem(client: Client, code: str, redirect: str, verifier: str, ip: str) -> Given | None:
    """Tokens for a code. None for an unknown one, another app's, one that is over or used, another address, a proof that is wrong, missing or uncalled-for."""
    tried = (BAD_GRANT, f"{client.app} {neighborhood(ip)}")
    throttle.spend(tried)
    with transaction.atomic():
        found = _locked("access_code", client, code, "x.redirect, x.challenge, x.method, x.used_at IS NULL AS fresh")
        if found is None or not _is_proven(found, redirect, verifier):
            return None
        if not found["fresh"]:
            _end_family(found)
            return None
        if not found["lives"]:
            return None
        sql.execute("UPDATE access_code SET used_at = %(now)s WHERE hash = %(h)s", {"now": clock.now(), "h": hash_of(code)})
        given = _issue(client, found, found["scopes"], clock.now() + FAMILY_LIFE)
    throttle.give_back(tried)
    return given


def renew(client: Client, token: str, wanted: Sequence[str], ip: str) -> Given | None:
    """Tokens for a refresh token, which is worth nothing then. None for an unknown one, another app's, one that is over, or used: that ends its family.

    `wanted` narrows the access token, not what the next refresh token is good for; ValueError for a scope that was not given.
    """
    tried = (BAD_GRANT, f"{client.app} {neighborhood(ip)}")
    throttle.spend(tried)
    with transaction.atomic():
        found = _locked("access_refreshtoken", client, token, f"x.ends_at, x.used_at IS NULL AS fresh, x.place = {PLACE} AS is_here")
        if found is None:
            return None
        if not found["fresh"]:
            _end_family(found)
            return None
        if not found["lives"] or not found["is_here"]:
            return None
        if not set(wanted) <= set(found["scopes"]):
            raise ValueError("scope")
        sql.execute("UPDATE access_refreshtoken SET used_at = %(now)s WHERE hash = %(h)s", {"now": clock.now(), "h": hash_of(token)})
        given = _issue(client, found, sorted(set(wanted)) or found["scopes"], found["ends_at"])
    throttle.give_back(tried)
    return given


def end(token: str, client: Client) -> None:
    """The end of a token of this client's: an access token alone, a refresh token with its family (RFC 7009, 2.1)."""
    revoke(token, client)
    with transaction.atomic():
        found = _locked("access_refreshtoken", client, token, "x.family")
        if found is not None:
            _end_family(found)


def _locked(table: str, client: Client, secret: str, columns: str) -> dict[str, Any] | None:
    """The row of a code or refresh token of this client's, read after its app and its consent were locked, in this order, as whoever deletes them does."""
    params = {"h": hash_of(secret), "app": client.app, "now": clock.now()}
    sql.execute("SELECT 1 FROM access_app WHERE id = %(app)s FOR NO KEY UPDATE", params)
    of_client = f"FROM access_consent k JOIN {table} x ON x.consent_id = k.id AND x.hash = %(h)s"
    if not sql.rows(f"SELECT k.id {of_client} WHERE k.app_id = %(app)s FOR UPDATE OF k", params):
        return None
    return sql.row(
        f"SELECT k.id AS consent, x.family, x.epoch, x.scopes, {LIVES} AS lives, {columns} {of_client} JOIN people_standing s ON s.user_id = k.user_id",
        params,
    )


def _is_proven(code: dict[str, Any], redirect: str, verifier: str) -> bool:
    """Whether address and proof are those the code was asked for with. A proof nobody asked for is none (RFC 9700, 4.8.2)."""
    if not hmac.compare_digest(code["redirect"].encode(), redirect.encode(errors="replace")):
        return False
    if not code["method"]:
        return not verifier
    shown = verifier.encode(errors="replace")
    if code["method"] == "S256":
        shown = urlsafe_b64encode(sha256(shown).digest()).rstrip(b"=")
    return hmac.compare_digest(code["challenge"].encode(), shown)


def _issue(client: Client, found: dict[str, Any], scopes: Sequence[str], ends: datetime) -> Given:
    access, refresh, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), clock.now()
    sql.execute(
        f"""WITH used AS (UPDATE access_app SET last_used = %(now)s WHERE id = %(app)s),
              here AS (UPDATE access_consent SET last_used = %(now)s WHERE id = %(consent)s),
              again AS (INSERT INTO access_refreshtoken (hash, consent_id, family, epoch, scopes, place, expires_at, ends_at)
                VALUES (%(refresh)s, %(consent)s, %(family)s, %(epoch)s, %(all)s, {PLACE}, least(%(now)s + %(life)s, %(ends)s), %(ends)s))
            INSERT INTO access_token (hash, app_id, consent_id, family, epoch, scopes, created_at, expires_at)
            VALUES (%(access)s, %(app)s, %(consent)s, %(family)s, %(epoch)s, %(scopes)s, %(now)s, %(now)s + %(hour)s)""",
        {
            "now": now,
            "app": client.app,
            "refresh": hash_of(refresh),
            "access": hash_of(access),
            "consent": found["consent"],
            "family": found["family"],
            "epoch": found["epoch"],
            "all": list(found["scopes"]),
            "scopes": list(scopes),
            "life": REFRESH_LIFE,
            "ends": ends,
            "hour": LIFE,
        },
    )
    return Given(access, refresh, tuple(scopes))


def _end_family(found: dict[str, Any]) -> None:
    """Everything that came of one code. The used ones stay: a third use is known as well."""
    params: dict[str, UUID] = {"f": found["family"], "k": found["consent"]}
    sql.execute("DELETE FROM access_token WHERE consent_id = %(k)s AND family = %(f)s", params)
    sql.execute("DELETE FROM access_refreshtoken WHERE consent_id = %(k)s AND family = %(f)s AND used_at IS NULL", params)


def sweep() -> int:
    """Drop codes and refresh tokens that are over, and consents that nothing can come of any more."""
    now = clock.now()
    sql.execute("DELETE FROM access_code WHERE expires_at < %(old)s", {"old": now - timedelta(days=1)})
    sql.execute("DELETE FROM access_refreshtoken WHERE expires_at < %(now)s", {"now": now})
    return sql.execute(
        """DELETE FROM access_consent k WHERE k.given_at < %(old)s AND NOT EXISTS (SELECT 1 FROM access_refreshtoken x WHERE x.consent_id = k.id)
           AND NOT EXISTS (SELECT 1 FROM access_code c WHERE c.consent_id = k.id) AND NOT EXISTS (SELECT 1 FROM access_token t WHERE t.consent_id = k.id)""",
        {"old": now - timedelta(days=1)},
    )
