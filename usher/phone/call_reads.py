"""Reading calls: the account log for who may see it, and somebody's own history. Every read starts from the actor."""

from typing import Any
from uuid import UUID

from usher.core import keyset, sql
from usher.core.actor import Actor
from usher.core.keyset import Cursor, Matches, Order, Page, Row, Sort
from usher.people.verbs.profile import name_of

from . import call_filters

WHO = f"""coalesce((SELECT {name_of("u")} FROM people_user u WHERE u.id = c.user_id), (SELECT r.name FROM accounts_room r WHERE r.id = c.room_id), c.holder_name) AS who,
  (SELECT g.name FROM accounts_site g WHERE g.id = c.site_id) AS site"""
ROOM = "(SELECT r.id FROM accounts_room r WHERE r.id = c.room_id) AS room_id"  # one that is there
COLUMNS = f"""c.id, c.call_id, c.direction, c.caller, c.callee, c.other, c.user_id, {ROOM}, c.started_at, c.seconds, c.result, c.path, {WHO},
  ARRAY(SELECT x.kind FROM phone_recording x WHERE x.account_id = c.account_id AND x.call_id = c.id ORDER BY 1) AS recorded"""
FROM = "FROM phone_call c WHERE c.account_id = %(account)s"
# Calls of a frequent name are everywhere in the log: its page is found among the next, and they are not all looked up to be counted (docs/decisions/0120).
COUNT_TO = 1_000
BY_TIME = Sort("at", "c.started_at", "c.id", "timestamptz", count_to=COUNT_TO)
RECORDED = f"x.id, x.kind, x.seconds, x.size, x.transcript, c.call_id, c.direction, c.caller, c.callee, c.other, c.user_id, {ROOM}, c.started_at, {WHO}"
RECORDED_FROM = "FROM phone_recording x JOIN phone_call c ON c.id = x.call_id WHERE x.account_id = %(account)s"
RECORDED_BY_TIME = Sort("at", "x.started_at", "x.id", "timestamptz", count_to=COUNT_TO)
# Calls that are the own ones of whose they are: since the phone they use now is theirs (S3-44).
OWN = "EXISTS (SELECT 1 FROM phone_user h WHERE h.id = c.user_id AND h.state = 'active' AND c.started_at >= h.since)"


def only_own(actor: Actor) -> str:
    """What follows a WHERE over calls c so that they are the actor's own: those of a phone that was taken away are not any more (S3-43, S3-44)."""
    return f" AND c.user_id = '{actor.user_id}' AND {OWN}" if actor.user_id else " AND false"


def page(actor: Actor, query: dict[str, Any], *, cursor: Cursor | None = None, limit: int = 50) -> Page:
    """The account log, the newest first. Filters as in call_filters. Refuses (forbidden) without the right to see it."""
    actor.require("phone:log:view")
    clause, params = call_filters.where(query)
    matches = Matches(COLUMNS, FROM, f" AND {clause}" if clause else "", {"account": actor.account_id, **params})
    return keyset.page(matches, Order(BY_TIME, True), cursor, limit)


def newest_of(actor: Actor, holder: UUID, limit: int) -> list[Row]:
    """The newest calls of a person or a room in the account log, also those that are not their own any more. Refuses (forbidden)."""
    actor.require("phone:log:view")
    return _newest(actor, f" AND coalesce(c.user_id, c.room_id) = '{holder}'", limit)


def rooms_of(actor: Actor, ids: list[UUID]) -> list[Row]:
    """The rooms of this account among these ids, as the account log calls them: id, name. Refuses (forbidden)."""
    actor.require("phone:log:view")
    query = "SELECT r.id, r.name FROM accounts_room r WHERE r.account_id = %(a)s AND r.id = ANY(%(i)s)"
    return sql.rows(query, {"a": actor.account_id, "i": ids})


def own(actor: Actor, limit: int) -> list[Row]:
    """The newest calls of the actor's own phone."""
    return _newest(actor, only_own(actor), limit)


def _newest(actor: Actor, only: str, limit: int) -> list[Row]:
    query = f"SELECT {COLUMNS} {FROM}{only} ORDER BY c.started_at DESC, c.id DESC LIMIT %(n)s"
    return sql.rows(query, {"account": actor.account_id, "n": limit})


def own_recordings(actor: Actor, limit: int) -> list[Row]:
    """The newest recordings and voicemails of the actor's own phone."""
    query = f"SELECT {RECORDED} {RECORDED_FROM}{only_own(actor)} ORDER BY c.started_at DESC, x.id DESC LIMIT %(n)s"
    return sql.rows(query, {"account": actor.account_id, "n": limit})
