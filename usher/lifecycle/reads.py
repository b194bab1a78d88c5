"""What pages of leaving and coming back tell. Every read starts from the actor, or from a plan that does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from usher.content.parts import HandOver
from usher.core import sql
from usher.core.actor import Actor
from usher.core.clock import now, travelled
from usher.core.keyset import COUNT_TO
from usher.journal.plan import params_of
from usher.journal.verb import Plan
from usher.people import selection
from usher.people.filters import SENDER_GONE, where
from usher.people.scope import within

from .come_back import Back
from .leave import FULL_NAME

NOW = "coalesce(%(travelled)s::timestamptz, now())"


@dataclass(frozen=True)
class Trash:
    """The trash for people of an account: for how many days it keeps them (0: deleting is for good), and how many are in it, up to COUNT_TO + 1."""

    days: int
    n: int


@dataclass(frozen=True)
class Consequences:
    """`invitations` that could still be accepted were sent by those who can leave, and so many `apps` that are on stop with them; until when the
    deleted could be restored (None: they never could)."""

    invitations: int
    apps: int
    until: datetime | None


def trash(actor: Actor) -> Trash:
    found = sql.row(
        f"""SELECT trash_days AS days, (SELECT count(*)::int FROM (SELECT 1 FROM lifecycle_departure d
             WHERE account_id = %(a)s AND how = 'deleted'{within(actor, "d.user_id")} LIMIT %(cap)s) d) AS n
           FROM accounts_account WHERE id = %(a)s""",
        {"a": actor.account_id, "cap": COUNT_TO + 1},
    )
    return Trash(**found) if found else Trash(0, 0)


def in_trash(actor: Actor, text: str) -> int:
    """How many people in the trash a search would find, counted up to COUNT_TO."""
    clause, params = where({"q": text})
    found: int = sql.value(
        f"""SELECT count(*) FROM (SELECT 1 FROM lifecycle_departure d JOIN people_user u ON u.id = d.user_id JOIN people_standing s ON s.user_id = d.user_id
            WHERE d.account_id = %(account)s AND d.how = 'deleted' AND {clause}{within(actor)} LIMIT {COUNT_TO}) d""",
        {**params, "account": actor.account_id},
    )
    return found


def who_is_in_trash(actor: Actor, search: str, limit: int) -> list[dict[str, Any]]:
    """Who can be restored, or those a search finds: the last deleted first, with who deleted them and until when they stay."""
    actor.require("people:user:view")
    clause, params = where({"q": search})
    return sql.rows(
        f"""SELECT u.id, u.email, {FULL_NAME} AS name, d.at, d.purge_at, c.actor_name AS by
            FROM lifecycle_departure d JOIN people_user u ON u.id = d.user_id JOIN people_standing s ON s.user_id = d.user_id
            LEFT JOIN journal_change c ON c.id = d.change_id
            WHERE d.account_id = %(account)s AND d.how = 'deleted' AND {clause}{within(actor)} ORDER BY d.at DESC, d.user_id LIMIT %(limit)s""",
        {**params, "account": actor.account_id, "limit": limit},
    )


def departure(actor: Actor, user: UUID) -> dict[str, Any] | None:
    """How and when somebody of the account left (at, by, license, add_ons), or None when they are here."""
    return sql.row(
        f"""SELECT d.how, d.at, d.license, d.add_ons, c.actor_name AS by FROM lifecycle_departure d LEFT JOIN journal_change c ON c.id = d.change_id
           WHERE d.account_id = %(a)s AND d.user_id = %(u)s{within(actor, "d.user_id")}""",
        {"a": actor.account_id, "u": user},
    )


def moves_of(planned: Plan, people: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """owner -> n, moves and heir (the name of one of those who inherit) for a few people of a plan with a hand-over."""
    found: list[dict[str, Any]] = []
    for _, part, index in planned.phases():
        if isinstance(part, HandOver):
            found += sql.rows(
                f"""SELECT s.owner_id AS id, count(*)::int AS n, count(*) FILTER (WHERE r.skip IS NULL)::int AS moves, max(r.after->>'owner') AS heir
                    FROM ({planned.select(part)}) r JOIN content_standing s ON s.item_id = r.obj WHERE s.owner_id = ANY(%(people)s) GROUP BY 1""",
                params_of(planned, index, now=now(), change=None, people=people),
            )
    return {f["id"]: f for f in found}


def consequences(actor: Actor, subjects: Mapping[str, Any]) -> Consequences:
    """What follows when these people leave now."""
    leavers = f"""SELECT s.user_id FROM ({selection.sql_of(subjects)}) who JOIN people_standing s ON s.user_id = who.id
                  WHERE s.role = 'member' AND s.status = 'active'"""
    found = sql.row(
        f"""SELECT (SELECT count(*)::int FROM people_invitation i WHERE i.account_id = %(account)s AND i.state = 'open' AND i.expires_at > {NOW}
              AND i.invited_by IN ({leavers})) AS invitations,
            (SELECT count(*)::int FROM access_app p WHERE p.account_id = %(account)s AND p.is_on AND p.creator_id IN ({leavers})) AS apps,
            CASE WHEN trash_days > 0 THEN {NOW} + make_interval(days => trash_days) END AS until FROM accounts_account WHERE id = %(account)s""",
        {**selection.params_of(subjects), "account": actor.account_id, "actor": actor.user_id, "travelled": travelled()},
    )
    return Consequences(**(found or {"invitations": 0, "apps": 0, "until": None}))


def invitations_without_sender(actor: Actor) -> int:
    """How many open invitations no longer work because whoever sent them is not active any more, counted up to COUNT_TO + 1."""
    found: int = sql.value(
        f"SELECT count(*) FROM (SELECT 1 FROM people_invitation i WHERE i.account_id = %(a)s AND i.state = 'open' AND {SENDER_GONE}{within(actor, 'i.user_id')} LIMIT %(cap)s) i",
        {"a": actor.account_id, "cap": COUNT_TO + 1},
    )
    return found


def not_back(planned: Plan) -> dict[str, int]:
    """product -> how many people of a plan would come back without the seat of it they had (R2)."""
    told: dict[str, int] = {}
    for _, part, index in planned.phases():
        if isinstance(part, Back) and not planned.undoes:
            rows = sql.rows(
                f"""SELECT x AS product, count(*)::int AS n FROM ({planned.select(part)}) r, jsonb_array_elements_text(r.after->'not_back') x
                    WHERE r.skip IS NULL GROUP BY 1 ORDER BY 1""",
                params_of(planned, index, now=now(), change=None),
            )
            told |= {r["product"]: r["n"] for r in rows}
    return told


def not_back_of(change: UUID) -> dict[str, int]:
    """The same of a change that was done. The id comes from journal.reads.change, which asked whose it is."""
    rows = sql.rows(
        """SELECT x AS product, count(*)::int AS n FROM journal_effect e, jsonb_array_elements_text(e.after->'not_back') x
           WHERE e.change_id = %(c)s AND e.result = 'done' AND jsonb_typeof(e.after->'not_back') = 'array' GROUP BY 1 ORDER BY 1""",
        {"c": change},
    )
    return {r["product"]: r["n"] for r in rows}


def away_for(days: int) -> dict[str, list[str]]:
    """The query for whoever has been deactivated for longer than that, to the hour: a plan stays true while somebody reads it. 0: everybody deactivated."""
    moment = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=days)
    return {"status": ["inactive"], **({"away_since": [moment.isoformat()]} if days else {})}
