"""API apps as their pages show them, and the two acts that hand out a secret: it is made here, shown once, and kept as a hash."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.ids import short, uuid7
from usher.core.refusals import Refused, not_found
from usher.journal import engine
from usher.journal.verb import plan

OVERLAP = timedelta(days=1)  # how long the secret before is still good after a rotation (OAUTH-18)

APP = """SELECT p.id, p.name, p.client_id, p.scopes, p.for_people, p.is_public, p.redirects, p.is_on, p.last_used, p.created_at, p.creator_id,
           u.email, u.first_name, u.last_name, u.display_name,
           s.status AS creator_status, (SELECT max(x.ends_at) FROM access_appsecret x WHERE x.app_id = p.id AND x.ends_at > %(now)s) AS old_secret_ends
         FROM access_app p JOIN people_user u ON u.id = p.creator_id JOIN people_standing s ON s.user_id = p.creator_id WHERE p.account_id = %(a)s"""


def hash_of(secret: str) -> bytes:
    """SHA-256 of a secret or token; both are 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def apps(actor: Actor) -> list[dict[str, Any]]:
    """The apps of the account, the newest first, without their secrets (AUTHZ-16)."""
    actor.require("access:app:view")
    return sql.rows(f"{APP} ORDER BY p.created_at DESC, p.id DESC LIMIT 500", {"a": actor.account_id, "now": clock.now()})


def app(actor: Actor, id: UUID) -> dict[str, Any]:
    """One app. Refused (missing) for one of another account, or none."""
    actor.require("access:app:view")
    found = sql.row(f"{APP} AND p.id = %(i)s", {"a": actor.account_id, "i": id, "now": clock.now()})
    if found is None:
        raise not_found(_("This app"))
    return found


def make(
    actor: Actor, name: str, scopes: Any, key: str, *, creator: UUID | None = None, redirects: Any = None, is_public: bool = False
) -> tuple[UUID, str | None]:
    """Make an app; its id and its secret, which nobody can read again. With redirects it is one for people; a public one has no secret.

    The same key makes nothing twice, and then there is no secret to show.
    """
    id = uuid5(actor.account_id, f"app:{key}")
    params = {"app": id, "client_id": short(id), "name": name, "scopes": scopes, "creator": creator}
    with transaction.atomic():
        started = engine.start(plan(actor, "access.create_app", {**params, "redirects": redirects, "is_public": is_public}), key)
        return id, None if started.repeat or is_public else _new_secret(id, None)


def rotate(actor: Actor, id: UUID, key: str) -> str | None:
    """Another secret; the one before is good until OVERLAP is over, any older one at once no more. None when the key was used already."""
    with transaction.atomic():
        started = engine.start(plan(actor, "access.rotate_secret", {"app": id}), key)
        return None if started.repeat else _new_secret(id, clock.now() + OVERLAP)


def creator_by_address(actor: Actor, address: str) -> UUID:
    """Whose rights an app made on the command line shall have: an active person by address, the owner when none is named."""
    found = sql.value(
        """SELECT s.user_id FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE s.account_id = %(a)s AND s.status = 'active'
           AND CASE WHEN %(c)s = '' THEN s.role = 'owner' ELSE u.canonical = %(c)s END""",
        {"a": actor.account_id, "c": looked_up(address)},
    )
    if found is None:
        raise Refused("missing", "not_found", _("There is nobody active with this address in the account."), field="creator")
    return UUID(str(found))


def _new_secret(app: UUID, old_ends: datetime | None) -> str:
    """Write the hash of a new secret; at most two of an app are good at a time."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    sql.execute("DELETE FROM access_appsecret WHERE app_id = %(i)s AND ends_at IS NOT NULL", {"i": app})
    sql.execute("UPDATE access_appsecret SET ends_at = %(e)s WHERE app_id = %(i)s", {"i": app, "e": old_ends})
    sql.execute(
        "INSERT INTO access_appsecret (id, app_id, hash, created_at) VALUES (%(id)s, %(i)s, %(h)s, %(now)s)",
        {"id": uuid7(), "i": app, "h": hash_of(secret), "now": now},
    )
    return secret
