"""What makes a message believable: its signature, the header by which the receiver knows us, and the secrets behind both, which are kept sealed."""

import base64
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings

from usher.access.api_apps import OVERLAP
from usher.core import clock, outbound, sealed, sql

PURPOSE, AUTH_PURPOSE = "webhook", "webhook-auth"
AGENT = "Usher"
SECONDS = 3.0  # for everything, from the name to the answer (README 9, Delivery)
ZOOM, BASIC, OAUTH, CUSTOM = 0, 1, 2, 3  # types of the authorization header


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def secrets_of(app: UUID) -> list[str]:
    """What an app's messages are signed with, and after it the one before while that is still good; none when it has none yet."""
    found = sql.row(
        "SELECT sealed, CASE WHEN old_ends_at > %(now)s THEN old_sealed END AS old FROM webhooks_signingsecret WHERE app_id = %(a)s",
        {"a": app, "now": clock.now()},
    )
    return [sealed.unseal(kept, PURPOSE, app) for kept in (found["sealed"], found["old"]) if kept] if found else []


def keep_secret(account: UUID, app: UUID, secret: str) -> None:
    """Write it down, sealed. The one before is good until OVERLAP is over, any older one at once no more."""
    sql.execute(
        """INSERT INTO webhooks_signingsecret AS t (app_id, account_id, sealed, made_at) VALUES (%(p)s, %(a)s, %(s)s, %(now)s)
           ON CONFLICT (app_id) DO UPDATE SET sealed = excluded.sealed, made_at = excluded.made_at, old_sealed = t.sealed, old_ends_at = %(until)s""",
        {"p": app, "a": account, "s": sealed.seal(secret, PURPOSE, app), "now": clock.now(), "until": clock.now() + OVERLAP},
    )


def forget_old_secrets() -> int:
    """Drop secrets whose overlap has passed."""
    return sql.execute(
        "UPDATE webhooks_signingsecret SET old_sealed = '', old_ends_at = NULL WHERE old_ends_at <= %(now)s", {"now": clock.now()}
    )


def seal_anew() -> None:
    """Seal with the present key what an older one sealed: secrets of apps, also those before, and the secret half of headers. Nothing to do while there is none."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    for table, id, column, purpose in (
        ("webhooks_signingsecret", "app_id", "sealed", PURPOSE),
        ("webhooks_signingsecret", "app_id", "old_sealed", PURPOSE),
        ("webhooks_subscription", "id", "sealed", AUTH_PURPOSE),
    ):
        for found in sql.rows(f"SELECT {id} AS owner, {column} AS kept FROM {table} WHERE {column} <> ''"):
            if new := sealed.anew(found["kept"], purpose, found["owner"]):
                query = f"UPDATE {table} SET {column} = %(new)s WHERE {id} = %(owner)s AND {column} = %(old)s"
                sql.execute(query, {"new": new, "owner": found["owner"], "old": found["kept"]})


def sealed_auth(subscription: UUID, hidden: Mapping[str, str]) -> str:
    """The secret half of an authorization header, as it is kept."""
    return sealed.seal(json.dumps(dict(hidden)), AUTH_PURPOSE, subscription) if hidden else ""


def auth_of(subscription: UUID, shown: Mapping[str, Any], kept: str) -> dict[str, Any]:
    """Both halves together."""
    return {**shown, **(json.loads(sealed.unseal(kept, AUTH_PURPOSE, subscription)) if kept else {})}


def signature(secret: str, timestamp: str, body: str) -> str:
    """`v0=` and the HMAC-SHA256 of `v0:{timestamp}:{body}` in hexadecimal digits."""
    return "v0=" + hmac.digest(secret.encode(), f"v0:{timestamp}:{body}".encode(), "sha256").hex()


def answer_to(secret: str, plain: str) -> str:
    """What a receiver that knows the secret answers to a challenge."""
    return hmac.digest(secret.encode(), plain.encode(), "sha256").hex()


def headers(secret: str, body: str, timestamp: int, request_id: str, auth: Mapping[str, Any]) -> dict[str, str]:
    """The headers of one try; `request_id` is the same at every try, the timestamp and the signature are not."""
    told = {
        "User-Agent": AGENT,
        "Content-Type": "application/json; charset=utf-8",
        "x-zm-request-timestamp": str(timestamp),
        "x-zm-request-id": request_id,
        "x-zm-signature": signature(secret, str(timestamp), body),
        "x-zm-trackingid": f"WEB_{secrets.token_hex(8)}",
    }
    return {**told, **authorization(auth)}


def authorization(auth: Mapping[str, Any]) -> dict[str, str]:
    """The header the subscription asks for; of type 2 the token is fetched first. NoAnswer when nobody gives one."""
    kind = auth.get("type", ZOOM)
    if kind == BASIC:
        return {"Authorization": "Basic " + base64.b64encode(f"{auth['username']}:{auth['password']}".encode()).decode()}
    if kind == CUSTOM:
        return {auth["key"]: auth["value"]}
    return {"Authorization": f"Bearer {_tokens.of(auth)}"} if kind == OAUTH else {}


class _Tokens:
    """Tokens for receivers that want one (type 2), kept in this process until shortly before they end."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], tuple[float, str]] = {}

    def of(self, auth: Mapping[str, Any]) -> str:
        key = tuple(str(auth.get(k, "")) for k in ("token_url", "client_id", "client_secret", "scope", "state"))
        ends, token = self._kept.get(key, (0.0, ""))
        now = time.monotonic()
        if ends <= now:
            token, life = fetched(auth)
            self._kept[key] = (now + life - 60, token)
        return token


_tokens = _Tokens()


def fetched(auth: Mapping[str, Any]) -> tuple[str, float]:
    """An access token by client_credentials and how many seconds it is good for. NoAnswer (not_http) for an answer that is none."""
    form = {"grant_type": "client_credentials", **{k: auth[k] for k in ("scope", "state") if auth.get(k)}}
    told = {"Content-Type": "application/x-www-form-urlencoded"}
    if auth.get("client_authentication") == "body":
        form |= {"client_id": auth["client_id"], "client_secret": auth["client_secret"]}
    else:
        pair = base64.b64encode(f"{auth['client_id']}:{auth['client_secret']}".encode()).decode()
        told["Authorization"] = f"Basic {pair}"
    answer = outbound.post(str(auth["token_url"]), urlencode(form).encode(), told, seconds=SECONDS)
    try:
        found = json.loads(answer.text)
        return str(found["access_token"]), float(found.get("expires_in", 3600))
    except (ValueError, KeyError, TypeError):
        raise outbound.NoAnswer("not_http") from None
