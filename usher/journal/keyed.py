"""A Change is written once by its key: the same wish under the same key leads to the same Change, whoever is quicker."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import jobs, sql
from usher.core.clock import travelled
from usher.core.refusals import Refused

from .verb import Plan


@dataclass(frozen=True)
class Started:
    """The Change a start led to. `state` is done, running or unchanged (nothing to do, nothing written); `repeat` is true for a known key."""

    change_id: UUID | None
    number: int | None
    state: str
    repeat: bool = False


class SameKey(Exception):
    """Another start with the same key was first."""


def params_hash(plan: Plan) -> bytes:
    """SHA-256 of verb, parameters and what is undone: what must be equal for a key to be the same wish."""
    told = json.dumps([plan.verb.name, plan.params, str(plan.undoes)], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).digest()


def known(plan: Plan, key: str) -> Started | None:
    found = sql.row(
        """SELECT c.id, c.number, c.params_hash, coalesce(r.state, 'done') AS state FROM journal_change c LEFT JOIN journal_run r ON r.change_id = c.id
           WHERE c.account_id = %(account)s AND c.key = %(key)s""",
        {"account": plan.actor.account_id, "key": key},
    )
    if not found:
        return None
    if bytes(found["params_hash"]) != params_hash(plan):
        raise Refused("conflict", "key_reused", _("This key was used for something else. Use a new key for a new wish."))
    return Started(found["id"], found["number"], found["state"], repeat=True)


def insert_change(plan: Plan, change: UUID, key: str, then: tuple[str, ...] = ()) -> tuple[int, datetime]:
    """Its number and its time; the jobs that follow are queued with it. The account is locked shared; SameKey when the key is known already.
    Refused (conflict, account_closed): nobody but the clock works in a closed account."""
    actor = plan.actor
    made = sql.prepared(
        f"""WITH a AS (SELECT id FROM accounts_account WHERE id = %(account)s AND (closed_at IS NULL OR %(kind)s::text = 'system') FOR KEY SHARE),
           made AS (INSERT INTO journal_change (id, account_id, verb, params, key, params_hash, actor_kind, actor_id, actor_name, door, request_id, ip, cause, undoes, at)
           SELECT %(id)s, a.id, %(verb)s, %(params)s, %(key)s, %(hash)s, %(kind)s, %(actor)s, %(name)s, %(door)s, %(request)s, %(ip)s, %(cause)s, %(undoes)s,
                  coalesce(%(now)s, now()) FROM a ON CONFLICT (account_id, key) DO NOTHING RETURNING number, at)
           SELECT (SELECT number FROM made) AS number, (SELECT at FROM made) AS at, NOT EXISTS (SELECT 1 FROM a) AS closed,
                  (SELECT {jobs.deferring(then)} FROM made) AS jobs""",
        {
            "id": change,
            "account": actor.account_id,
            "verb": plan.verb.name,
            "params": sql.Jsonb(plan.params),
            "key": key,
            "hash": params_hash(plan),
            "kind": actor.kind,
            "actor": actor.user_id,
            "name": actor.name,
            "door": actor.door,
            "request": actor.request_id,
            "ip": actor.ip,
            "cause": plan.cause,
            "undoes": plan.undoes,
            "now": travelled(),
        },
    )[0]
    if made["closed"]:
        words = _("This account is closed: whoever was in it has moved to another one. Nothing was changed.")
        raise Refused("conflict", "account_closed", words)
    if made["number"] is None:
        raise SameKey
    return made["number"], made["at"]
