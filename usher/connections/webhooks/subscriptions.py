"""Webhooks as their pages and commands show them, and the acts that hold a secret: it is made here, shown once, and kept sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import clock, jobs, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found
from usher.journal import engine
from usher.journal.verb import plan

from . import signing
from .fields import checked_url

HIDDEN = {signing.ZOOM: (), signing.BASIC: ("password",), signing.OAUTH: ("client_secret",), signing.CUSTOM: ("value",)}
SHOWN = {
    signing.ZOOM: (),
    signing.BASIC: ("username",),
    signing.OAUTH: ("client_id", "token_url", "scope", "state", "client_authentication"),
    signing.CUSTOM: ("key",),
}
OPTIONAL = {"scope", "state", "client_authentication"}
LONGEST = {"token_url": 1000, "scope": 255, "state": 255}
RESERVED = ("x-zm-", "host", "content-", "connection", "transfer-", "user-agent", "accept")
SUBSCRIPTION = """SELECT s.*, p.name AS app, p.client_id, p.creator_id, p.is_on AS app_on, p.scopes AS app_scopes, u.email, u.first_name, u.last_name, u.display_name,
    o.status AS creator_status, x.made_at AS secret_made FROM webhooks_subscription s JOIN access_app p ON p.id = s.app_id JOIN people_user u ON u.id = p.creator_id
    JOIN people_standing o ON o.user_id = p.creator_id LEFT JOIN webhooks_signingsecret x ON x.app_id = s.app_id WHERE s.account_id = %(a)s"""
COUNTS = """SELECT subscription_id AS id, count(*) FILTER (WHERE state = 'waiting')::int AS waiting, count(*) FILTER (WHERE state = 'failed')::int AS failed,
    max(tried_at) AS tried_at FROM webhooks_delivery WHERE account_id = %(a)s AND subscription_id = ANY(%(i)s) GROUP BY 1"""


@dataclass(frozen=True)
class Made:
    """`secret` is there when this very act made it; nobody can read it again."""

    id: UUID
    secret: str | None


def webhooks(actor: Actor, app: UUID | None = None) -> list[dict[str, Any]]:
    """The webhooks of the account, or of one app, the newest first, with what waits and what failed; no secret of them (AUTHZ-16)."""
    actor.require("connections:webhook:view")
    which = " AND s.app_id = %(p)s" if app else ""
    return _counted(
        actor, sql.rows(f"{SUBSCRIPTION}{which} ORDER BY s.created_at DESC, s.id DESC LIMIT 500", {"a": actor.account_id, "p": app})
    )


def webhook(actor: Actor, id: UUID) -> dict[str, Any]:
    """One webhook. Refused (missing) for one of another account, or none."""
    actor.require("connections:webhook:view")
    found = sql.row(f"{SUBSCRIPTION} AND s.id = %(i)s", {"a": actor.account_id, "i": id})
    if found is None:
        raise not_found(_("This webhook"))
    return _counted(actor, [found])[0]


def _counted(actor: Actor, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts = {c["id"]: c for c in sql.rows(COUNTS, {"a": actor.account_id, "i": [w["id"] for w in found]})}
    nothing = {"waiting": 0, "failed": 0, "tried_at": None}
    told = [{k: v for k, v in w.items() if k != "sealed"} for w in found]
    return [{**w, **nothing, **counts.get(w["id"], {})} for w in told]


def make(actor: Actor, app: UUID, fields: Mapping[str, Any], auth: Mapping[str, Any], key: str, *, source: str = "default") -> Made:
    """Make a webhook; with the app's first one its signing secret is made too. The same key makes nothing twice, and then there is no secret to show."""
    id = uuid5(actor.account_id, f"webhook:{key}")
    shown, hidden = checked_auth(auth)
    params = {"webhook": id, "app": app, "source": source, "fields": {**fields, "auth": shown}}
    with transaction.atomic():
        started = engine.start(plan(actor, "connections.create_webhook", params), key)
        if started.repeat:
            return Made(id, None)
        _keep_hidden(id, hidden)
        if source == "openapi":  # nobody will press a button: the clock asks
            sql.execute("UPDATE webhooks_subscription SET check_at = %(now)s WHERE id = %(i)s", {"i": id, "now": clock.now()})
            jobs.defer("webhooks.ask", account=str(actor.account_id), webhook=str(id))
        return Made(id, _first_secret(actor, app))


def edit(actor: Actor, id: UUID, fields: Mapping[str, Any], auth: Mapping[str, Any] | None, key: str) -> engine.Started:
    """Change a webhook; `auth` is None when its header stays as it is."""
    shown, hidden = checked_auth(auth) if auth is not None else (None, {})
    told = {**fields, **({"auth": shown} if shown is not None else {})}
    with transaction.atomic():
        started = engine.start(plan(actor, "connections.edit_webhook", {"webhook": id, "fields": told, "anew": bool(hidden)}), key)
        if shown is not None and not started.repeat:
            _keep_hidden(id, hidden)
        return started


def renew(actor: Actor, app: UUID, key: str) -> str | None:
    """Another signing secret of an app, from now on. None when the key was used already."""
    with transaction.atomic():
        started = engine.start(plan(actor, "connections.renew_signing_secret", {"app": app}), key)
        return None if started.repeat else _new_secret(actor, app)


def checked_auth(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The authorization header: what may be shown of it and journaled, and what is kept sealed. Refused (invalid, auth) with the field that is wrong."""
    kind = given.get("type", signing.ZOOM)
    if kind not in HIDDEN or isinstance(kind, bool):
        raise Refused("invalid", "auth_type", _("The authorization header has a type from 0 to 3."), field="auth")
    shown = {name: checked_text(name, given.get(name)) for name in SHOWN[kind] if given.get(name) or name not in OPTIONAL}
    hidden = {name: checked_text(name, given.get(name)) for name in HIDDEN[kind]}
    if "token_url" in shown:
        checked_url(shown["token_url"], "token_url")
    if shown.get("client_authentication", "header") not in ("header", "body"):
        raise Refused("invalid", "auth", _("The client is authenticated in the header or in the body."), field="client_authentication")
    if "key" in shown and (not shown["key"].replace("-", "").isalnum() or shown["key"].lower().startswith(RESERVED)):
        raise Refused(
            "invalid", "auth", _("A header's name has letters, digits and hyphens, and is none of those that are sent anyway."), field="key"
        )
    return {"type": kind, **shown}, hidden


def checked_text(name: str, given: Any) -> str:
    text, most = given if isinstance(given, str) else "", LONGEST.get(name, 256)
    if not text or len(text) > most or not (text.isascii() and text.isprintable()):
        words = _("%(name)s needs 1 to %(n)s plain characters, on one line.") % {"name": name, "n": most}
        raise Refused("invalid", "auth", words, field=name)
    return text


def _keep_hidden(id: UUID, hidden: Mapping[str, str]) -> None:
    sql.execute("UPDATE webhooks_subscription SET sealed = %(s)s WHERE id = %(i)s", {"i": id, "s": signing.sealed_auth(id, hidden)})


def _first_secret(actor: Actor, app: UUID) -> str | None:
    """The signing secret of an app, made with its first webhook; None when it has one."""
    return None if sql.value("SELECT true FROM webhooks_signingsecret WHERE app_id = %(a)s", {"a": app}) else _new_secret(actor, app)


def _new_secret(actor: Actor, app: UUID) -> str:
    secret = signing.new_secret()
    signing.keep_secret(actor.account_id, app, secret)
    return secret
