"""Reading content. Every read starts from the actor: what is in another account does not exist (404)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import keyset, sql
from usher.core.actor import Actor
from usher.core.clock import now
from usher.core.keyset import Cursor, Matches, Order, Page, Row, Sort
from usher.core.refusals import not_found
from usher.journal.plan import params_of
from usher.journal.verb import Plan
from usher.people.verbs.profile import name_of

from .parts import HandOver
from .selection import FROM, HERE, where

COLUMNS = f"""i.id, i.kind, i.title, i.title AS name, i.occurs, i.starts_at, i.seconds, i.size, i.file <> '' AS has_file, i.filename, i.created_at, i.meeting_id, i.number,
  s.owner_id, {name_of("u")} AS owner, u.email AS owner_email, s.trashed_at, s.version"""
SOURCE = f"{FROM} WHERE {HERE}"
SEE, MANAGE, OWN = "content:item:view", "content:item:manage", "people:self:manage"
SORTS = (
    Sort("name", "i.title_key", "i.id"),
    Sort("created", "i.created_at", "i.id", "timestamptz"),
    Sort("starts", "i.starts_at", "i.id", "timestamptz", "i.starts_at IS NOT NULL"),
    Sort("size", "i.size", "i.id", "bigint", "i.size IS NOT NULL"),
)
MADE = Sort("made", "i.id", "i.id", "uuid")  # ids tell the order in which items were made


@dataclass(frozen=True)
class Moving:
    """What a hand-over would do to one kind: how many there are, how many move, their bytes, and why the others stay (reason -> how many)."""

    kind: str
    n: int
    moves: int
    size: int
    stays: Mapping[str, int]


def seen(actor: Actor) -> str:
    """What follows a WHERE over content_standing s so that the actor may see it: everything of the account, or their own with the right over themselves alone
    (%(actor)s). Refused (forbidden) without either.
    """
    if actor.may(OWN) and not actor.may(SEE):
        return " AND s.owner_id = %(actor)s"
    actor.require(SEE)
    return ""


def changes_only_own(actor: Actor) -> bool:
    """Whether somebody may change what is their own, and nothing else."""
    return actor.may(OWN) and not actor.may(MANAGE)


def are_own(actor: Actor, ids: Collection[str]) -> bool:
    """Whether all of these are items of the actor's, also in the trash."""
    query = (
        "SELECT count(*) FROM content_standing WHERE account_id = %(account)s AND owner_id = %(actor)s AND item_id = ANY(%(ids)s::uuid[])"
    )
    found: int = sql.value(query, {"account": actor.account_id, "actor": actor.user_id, "ids": list(ids)})
    return found == len(ids)


def item(actor: Actor, id: UUID) -> Row:
    """One item the actor may see, also from the trash. Refused (missing) for anything else, (forbidden) without the right."""
    asked = {"account": actor.account_id, "id": id, "actor": actor.user_id}
    found = sql.row(f"SELECT {COLUMNS}, i.file, i.details {SOURCE} AND i.id = %(id)s{seen(actor)}", asked)
    if found is None:
        raise not_found(_("This item"))
    return found


def counts_of(actor: Actor, owner: UUID) -> dict[str, int]:
    """kind -> how many items a person has, the trash left out. Walks the owner's index."""
    return {
        r["kind"]: r["n"]
        for r in sql.rows(
            """SELECT s.kind, count(*)::int AS n FROM content_standing s WHERE s.account_id = %(a)s AND s.owner_id = %(o)s AND s.trashed_at IS NULL GROUP BY 1""",
            {"a": actor.account_id, "o": owner},
        )
    }


def newest_of(actor: Actor, owner: UUID, limit: int) -> list[Row]:
    """A person's items, the newest first: the ids tell the order in which they were made."""
    return sql.rows(
        f"SELECT {COLUMNS} {SOURCE} AND s.owner_id = %(owner)s AND s.trashed_at IS NULL ORDER BY s.item_id DESC LIMIT %(limit)s",
        {"account": actor.account_id, "owner": owner, "limit": limit},
    )


def page(actor: Actor, query: Mapping[str, Any], *, cursor: Cursor | None = None, limit: int = 50) -> Page:
    """A page of items of any kind, the newest first. Refused (forbidden) without the right."""
    actor.require("content:item:view")
    clause, params = where(query)
    matches = Matches(COLUMNS, SOURCE, f" AND {clause}", {"account": actor.account_id, **params})
    order = Order(MADE, down=True)
    return keyset.found(matches, order, cursor, limit)[0] if query.get("q") else keyset.page(matches, order, cursor, limit)


def what_moves(planned: Plan) -> list[Moving]:
    """The hand-over of any verb's plan in numbers by kind, from the very SELECT that does it; nothing for a verb that moves no content."""
    found: dict[str, list[dict[str, Any]]] = {}
    for r in [r for _phase, part, index in planned.phases() if isinstance(part, HandOver) for r in _moving(planned, part, index)]:
        found.setdefault(r["kind"], []).append(r)
    return [
        Moving(
            kind,
            sum(r["n"] for r in rows),
            sum(r["n"] for r in rows if r["skip"] is None),
            sum(r["size"] for r in rows if r["skip"] is None),
            {r["skip"]: r["n"] for r in rows if r["skip"]},
        )
        for kind, rows in found.items()
    ]


def _moving(planned: Plan, part: HandOver, index: int) -> list[dict[str, Any]]:
    return sql.rows(
        f"""SELECT s.kind, r.skip, count(*)::int AS n, coalesce(sum(i.size), 0)::bigint AS size FROM ({planned.select(part)}) r
            JOIN content_item i ON i.id = r.obj JOIN content_standing s ON s.item_id = r.obj GROUP BY 1, 2 ORDER BY 1, 2""",
        params_of(planned, index, now=now(), change=None),
    )
