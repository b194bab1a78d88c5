"""Numbers, sites and templates of Phone in the order of their ids, as programs read them."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.keyset import Row
from usher.core.refusals import not_found
from usher.people.filters import like_literal

from .kept import NUMBER as NUMBER_KEPT
from .kept import SITE as SITE_KEPT
from .kept import TEMPLATE as TEMPLATE_KEPT
from .reads import NUMBER, NUMBER_FROM, NUMBER_HERE, SITE, TEMPLATE_COLUMNS, TEMPLATE_FROM

NUMBER_COLUMNS = f"{NUMBER}, g.id AS site_id, g.name AS site, {NUMBER_KEPT.column('n.id')} AS kept"
NUMBERS_FROM = f"{NUMBER_FROM} LEFT JOIN accounts_site g ON g.id = h.site_id WHERE {NUMBER_HERE}"
HELD_BY = {
    "nobody": " AND n.holder_id IS NULL",
    "somebody": " AND n.holder_id IS NOT NULL",
    "person": " AND h.user_id IS NOT NULL",
    "room": " AND h.room_id IS NOT NULL",
}


def numbers(
    actor: Actor,
    *,
    held_by: str = "",
    kinds: list[str] | None = None,
    site: str | None = None,
    text: str = "",
    after: str | None = None,
    limit: int,
) -> tuple[list[Row], int]:
    """At most `limit` numbers after an id, and how many match: held by one of HELD_BY, of these kinds, at this site by their holder, with these digits.

    Refuses (forbidden) without the right to see numbers.
    """
    actor.require("phone:number:view")
    clauses = [
        HELD_BY.get(held_by, ""),
        " AND n.kind = ANY (%(kinds)s)" if kinds is not None else "",
        " AND h.site_id = %(site)s" if site else "",
        " AND n.number LIKE %(text)s" if text else "",
    ]
    matches = f"{NUMBERS_FROM}{''.join(clauses)}"
    asked: dict[str, Any] = {"account": actor.account_id, "kinds": kinds, "site": site, "after": after or UUID(int=0), "limit": limit}
    asked["text"] = f"%{like_literal(text)}%"
    found = sql.rows(f"SELECT {NUMBER_COLUMNS} {matches} AND n.id > %(after)s::uuid ORDER BY n.id LIMIT %(limit)s", asked)
    return found, int(sql.value(f"SELECT count(*) {matches}", asked))


def number(actor: Actor, id: UUID) -> Row:
    """One number. Refused (missing) for any other."""
    actor.require("phone:number:view")
    found = sql.row(f"SELECT {NUMBER_COLUMNS} {NUMBERS_FROM} AND n.id = %(id)s", {"account": actor.account_id, "id": id})
    if found is None:
        raise not_found(_("This number"))
    return found


def sites(actor: Actor, *, name: str = "", after: str | None = None, limit: int) -> tuple[list[Row], int]:
    """At most `limit` sites with their phone side after an id, and how many match; `name` is a part of theirs. Refuses (forbidden)."""
    actor.require("phone:site:view")
    matches = " AND position(usher_fold(%(name)s) IN g.name_key) > 0" if name else ""
    asked = {"account": actor.account_id, "name": name, "after": after or UUID(int=0), "limit": limit}
    found = sql.rows(f"{SITE}{matches} AND g.id > %(after)s::uuid ORDER BY g.id LIMIT %(limit)s", asked)
    return found, int(sql.value(f"SELECT count(*) FROM accounts_site g WHERE g.account_id = %(account)s{matches}", asked))


def site_kept(actor: Actor, id: UUID) -> dict[str, Any]:
    """What is kept for a site the caller has found."""
    return SITE_KEPT.opened(actor, SITE_KEPT.flat(id), id)


def templates(actor: Actor, *, site: UUID | None = None, after: str | None = None, limit: int) -> tuple[list[Row], int]:
    """At most `limit` templates after an id, and how many there are; of a `site`, with those for every site. Refuses (forbidden)."""
    actor.require("phone:template:view")
    matches = " AND (t.site_id IS NULL OR t.site_id = %(site)s)" if site else ""
    asked = {"account": actor.account_id, "site": site, "after": after or UUID(int=0), "limit": limit}
    found = sql.rows(
        f"""SELECT {TEMPLATE_COLUMNS}, {TEMPLATE_KEPT.column("t.id")} AS kept {TEMPLATE_FROM}{matches} AND t.id > %(after)s::uuid
            ORDER BY t.id LIMIT %(limit)s""",
        asked,
    )
    return found, int(sql.value(f"SELECT count(*) FROM phone_template t WHERE t.account_id = %(account)s{matches}", asked))


def template_kept(actor: Actor, id: UUID) -> dict[str, Any]:
    """What is kept for a template the caller has found."""
    return TEMPLATE_KEPT.opened(actor, TEMPLATE_KEPT.flat(id), id)


def by_kind(actor: Actor) -> list[Row]:
    """How many numbers of each kind there are (subscribed), are held (assigned), and are free (available). Refuses (forbidden)."""
    actor.require("phone:number:view")
    return sql.rows(
        """SELECT kind, count(*)::int AS subscribed, count(holder_id)::int AS assigned, (count(*) - count(holder_id))::int AS available
           FROM phone_number WHERE account_id = %(a)s GROUP BY kind ORDER BY kind""",
        {"a": actor.account_id},
    )


def site_with_code(actor: Actor, code: str) -> UUID | None:
    """The id of the site with a code; None when there is none. Refuses (forbidden)."""
    actor.require("phone:site:view")
    found: UUID | None = sql.value(
        "SELECT site_id FROM phone_site WHERE account_id = %(a)s AND code <> '' AND code = %(c)s", {"a": actor.account_id, "c": code}
    )
    return found
