"""Tokens for the files of one thing: short texts that a program puts into an address, for as long as it asked for.

Nothing is stored: the text is signed, and says which app asked for whom. What they may is asked again each time it is used, so it ends with the app, the
agreement, the person's access, and the scope it was given by (S4-33, F14).
"""

import base64
import hmac
import json
from typing import Any
from uuid import UUID

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.server_keys import derived

from .actors import PERSON, actor_of_row, name_of
from .scopes import ALL
from .tokens import Purpose, limited

PURPOSE = "download_access_token"
MAC = 32  # bytes
# Whether the app, and what was agreed to, has one of the scopes that are asked for.
SOME = f"""EXISTS (SELECT 1 FROM unnest(%({{of}})s::text[]) n WHERE ('{ALL}' = ANY(p.scopes) OR n = ANY(p.scopes))
      AND CASE WHEN p.for_people THEN EXISTS (SELECT 1 FROM access_consent c WHERE c.app_id = p.id AND c.user_id = %(user)s AND c.epoch = %(epoch)s
                                                AND ('{ALL}' = ANY(c.scopes) OR n = ANY(c.scopes)))
               ELSE p.creator_id = %(user)s END)"""
ALIVE = f"""SELECT who.*, p.name AS app_name, {SOME.format(of="needs")} AS for_all, {SOME.format(of="own")} AS for_oneself
  FROM access_app p JOIN LATERAL ({PERSON} AND u.id = %(user)s) who ON who.account_id = p.account_id
  WHERE p.id = %(app)s AND p.is_on AND who.status = 'active' AND who.access_epoch = %(epoch)s
    AND EXISTS (SELECT 1 FROM people_standing m WHERE m.user_id = p.creator_id AND m.status = 'active')"""


def make(actor: Actor, app: UUID, thing: UUID, seconds: int) -> str:
    """A token for the files of a thing, by an app that works for this person, for so many seconds."""
    epoch = sql.value("SELECT access_epoch FROM people_standing WHERE user_id = %(u)s", {"u": actor.user_id})
    told = [int(clock.now().timestamp()) + seconds, str(app), str(actor.user_id), epoch, str(thing)]
    payload = json.dumps(told, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(derived(PURPOSE)[0], payload) + payload).decode().rstrip("=")


def holder(token: str, purpose: Purpose, *, request_id: str = "", ip: str = "") -> tuple[Actor, UUID] | None:
    """Who works with a token, with the rights they have now, and the thing whose files it is for. None for one that is over or none, and when its app is gone,
    may no more what a scope of `purpose` lets it, or works for them no longer.
    """
    told = _read(token)
    if told is None or told[0] <= clock.now().timestamp():
        return None
    asked = {"needs": sorted(purpose.needs), "own": sorted(purpose.own)}
    found = sql.row(ALIVE, {"app": UUID(told[1]), "user": UUID(told[2]), "epoch": told[3], **asked})
    if found is None or not (found["for_all"] or found["for_oneself"]):
        return None
    actor = actor_of_row(found, "api", request_id=request_id, ip=ip, name=f"{found['app_name']} ({name_of(found)})")
    return limited(actor, for_all=found["for_all"], for_oneself=found["for_oneself"]), UUID(told[4])


def _read(token: str) -> Any:
    """What stands in a token that was signed here; None for any other text."""
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except ValueError:
        return None
    sent, payload = whole[:MAC], whole[MAC:]
    return json.loads(payload) if any(hmac.compare_digest(sent, _mac(key, payload)) for key in derived(PURPOSE)) else None


def _mac(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, payload, "sha256")
