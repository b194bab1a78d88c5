"""What was answered to a call under a key, kept for a day: the same call under the same key is answered the same, and done once.

It is told again to who may still do what was done: whoever lost the right since, or covers other people, is refused like at the first time.

The row is written in the transaction that does the work: whoever comes meanwhile with the same key waits for its end, and when it came to nothing there is no row.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.core.sealed import Unreadable, keyed_hashes, seal, unseal

from .verb import VERBS, require

LIFE = timedelta(days=1)
PURPOSE = "answer under a key"


def known(actor: Actor, key: str, wish: str, right: str) -> tuple[int, str] | None:
    """Claim a key for a wish. Status and body when it was answered; None when it is new. `right` is asked for again where nothing was started.

    Refused (conflict, key_reused) when it was used for another wish; (forbidden) when the actor may not do it any more (AUTHZ-08).
    """
    wishes = [bytes.fromhex(told) for told in keyed_hashes(wish, PURPOSE, actor.account_id)]  # keyed: a body may hold a password
    names = {"account": actor.account_id, "key": hash_of(key), "wish": wishes[0]}
    new = "INSERT INTO journal_answer (account_id, key, wish) VALUES (%(account)s, %(key)s, %(wish)s) ON CONFLICT DO NOTHING"
    if sql.execute(new, names):
        return None
    found = sql.rows("SELECT wish, status, body FROM journal_answer WHERE account_id = %(account)s AND key = %(key)s", names)[0]
    if bytes(found["wish"]) not in wishes:
        raise Refused("conflict", "key_reused", _("This key was used for something else. Use a new key for a new wish."))
    try:
        kept = json.loads(unseal(found["body"], PURPOSE, actor.account_id))
    except Unreadable:
        raise Refused("conflict", "key_reused", _("What was answered under this key cannot be read any more. Use a new key.")) from None
    _ask_again(actor, kept, right)
    return found["status"], kept["body"]


def _ask_again(actor: Actor, kept: dict[str, Any], right: str) -> None:
    """Refuse (forbidden) who may not start what was started then, or whose role covers other people than it did."""
    for name in kept["verbs"]:
        if name not in VERBS:  # another version of Usher answered
            raise Refused("conflict", "key_reused", _("What was answered under this key cannot be told again. Use a new key."))
        require(actor, VERBS[name])
    if not kept["verbs"]:
        actor.require(right)
    if kept["covers"] != _covered(actor):
        actor.require_everybody()


def keep(actor: Actor, key: str, status: int, body: str, verbs: Iterable[str]) -> None:
    """What the claimed key was answered and by which verbs, sealed: an answer may hold what is shown once (SECRET-01)."""
    kept = json.dumps({"body": body, "verbs": sorted(set(verbs)), "covers": _covered(actor)})
    sql.execute(
        "UPDATE journal_answer SET status = %(status)s, body = %(body)s WHERE account_id = %(account)s AND key = %(key)s",
        {"account": actor.account_id, "key": hash_of(key), "status": status, "body": seal(kept, PURPOSE, actor.account_id)},
    )


def _covered(actor: Actor) -> list[str] | None:
    return [actor.scope.kind, *sorted(actor.scope.values)] if actor.scope else None


def sweep() -> int:
    """Forget what is older than a day."""
    return sql.execute("DELETE FROM journal_answer WHERE at < %(old)s", {"old": clock.now() - LIFE})


def hash_of(key: str) -> bytes:
    """A key may be anything a program chose; only its SHA-256 is kept."""
    return sha256(key.encode()).digest()
