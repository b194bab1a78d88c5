"""Phones of people and of rooms in the order of their ids, as programs read them. Of each, `plans` are the code and name of its calling packages."""

from typing import Any
from uuid import UUID

from usher.core import sql
from usher.core.actor import Actor
from usher.core.keyset import Row
from usher.licenses.catalog import PRODUCTS
from usher.people.filters import where
from usher.people.scope import within

from . import room_selection
from .holders import PEOPLE, ROOMS
from .kept import PHONE
from .kept import SITE as SITE_KEPT
from .policy import LEVELS, POLICY, above, whole

NUMBERS = """(SELECT coalesce(jsonb_agg(jsonb_build_object('id', n.id, 'number', n.number, 'caller', n.caller) ORDER BY n.number), '[]')
  FROM phone_number n WHERE n.holder_id = h.id) AS numbers"""
SITE = "g.id AS site_id, g.name AS site"
COUNTRY = """(SELECT coalesce(nullif(z.country, ''), a.country) FROM accounts_account a LEFT JOIN phone_site z ON z.site_id = h.site_id
  WHERE a.id = %(account)s) AS country"""
KEPT = f"{PHONE.column('h.id')} AS kept, {SITE_KEPT.column('h.site_id')} AS kept_of_site"
STATE = "CASE WHEN h.state = 'active' AND h.deactivated_at IS NOT NULL THEN 'deactivated' ELSE coalesce(h.state, '') END AS state"
COLUMNS = f"""u.id, {PEOPLE.name} AS name, u.email, u.department, u.cost_center, {STATE}, h.extension, h.policy, {SITE}, {NUMBERS},
  {PEOPLE.packages("u.id")} AS packages"""
ROOM_COLUMNS = f"r.id, r.name, h.state, h.extension, h.policy, {SITE}, {NUMBERS}, {ROOMS.packages('r.id')} AS packages"
ROOM_FROM = f"{room_selection.FROM} LEFT JOIN accounts_site g ON g.id = h.site_id WHERE h.state = 'active'"
AROUND = "JOIN people_user u ON u.id = {id} JOIN people_standing s ON s.user_id = u.id LEFT JOIN accounts_site g ON g.id = h.site_id"
PHONES = f"FROM phone_user h {AROUND.format(id='h.user_id')} WHERE h.account_id = %(account)s AND h.state = 'active'"
# Whoever has a phone in use, one that is deactivated, and whoever holds Phone and waits for theirs: FROM … WHERE, and the id the list is walked by.
LISTED = {
    "active": (f"{PHONES} AND h.deactivated_at IS NULL", "h.id"),
    "deactivated": (f"{PHONES} AND h.deactivated_at IS NOT NULL", "h.id"),
    "waiting": (
        f"""FROM licenses_seat a LEFT JOIN phone_user h ON h.id = a.user_id {AROUND.format(id="a.user_id")}
        WHERE a.account_id = %(account)s AND a.product = 'phone' AND h.state IS DISTINCT FROM 'active'""",
        "a.user_id",
    ),
}

# The same without the people: how many there are of each, where nothing narrows the list.
COUNTED_PHONES = (
    "FROM phone_user h WHERE h.account_id = %(account)s AND h.state = 'active' AND h.user_id IS NOT NULL AND h.deactivated_at IS"
)
COUNTED = {
    "active": f"{COUNTED_PHONES} NULL",
    "deactivated": f"{COUNTED_PHONES} NOT NULL",
    "waiting": """FROM licenses_seat a LEFT JOIN phone_user h ON h.id = a.user_id
        WHERE a.account_id = %(account)s AND a.product = 'phone' AND h.state IS DISTINCT FROM 'active'""",
}


def page(
    actor: Actor, states: tuple[str, ...], filters: dict[str, Any], *, cost_center: str = "", after: str | None = None, limit: int
) -> tuple[list[Row], int]:
    """At most `limit` people after an id whose phone is in one of these states of LISTED, and how many match. Filters as in people.filters.

    Refuses (forbidden) without the right to see phone users.
    """
    actor.require("phone:user:view")
    pages, counts, narrowed = [], [], bool(cost_center or actor.scope or any(filters.values()))
    asked = {"account": actor.account_id, "after": after or UUID(int=0), "limit": limit, "cost_center": cost_center}
    for state in states:
        # Digits are looked for in extensions and numbers where the list is one of phones.
        clause, params = where({**filters, **({"phone": ["waiting" if state == "waiting" else "active"]} if filters.get("q") else {})})
        source, id = LISTED[state]
        matches = f"{source}{within(actor)} AND {clause}{' AND u.cost_center = %(cost_center)s' if cost_center else ''}"
        matches = matches.replace("%(f_phone)s", f"%(f_phone_{state})s")
        asked |= {f"f_phone_{state}" if name == "f_phone" else name: value for name, value in params.items()}
        pages.append(f"(SELECT {COLUMNS} {matches} AND {id} > %(after)s::uuid ORDER BY {id} LIMIT %(limit)s)")
        counts.append(f"(SELECT count(*) {matches if narrowed else COUNTED[state]})")
    if not states:
        return [], 0
    found = sql.rows(f"SELECT * FROM ({' UNION ALL '.join(pages)}) x ORDER BY id LIMIT %(limit)s", asked)
    return [with_plans(row) for row in found], int(sql.value(f"SELECT {' + '.join(counts)}", asked))


def one(actor: Actor, id: UUID) -> Row | None:
    """The phone of somebody the caller has found, also one that is deactivated, with its country, what its policy comes to (`own` is what it
    says itself, `above` what would hold if it said nothing), and what is kept for it and its site; None without one. One's own needs no right.

    Refuses (forbidden) to see another's.
    """
    if actor.user_id != id:
        actor.require("phone:user:view")
    query = f"SELECT {COLUMNS}, {LEVELS}, {COUNTRY}, {KEPT} {PHONES} AND h.id = %(id)s"
    found = sql.row(query, {"account": actor.account_id, "id": id})
    if found is None:
        return None
    without = {name: above(found, name).choice for name in POLICY}
    return with_plans({**found, "policy": whole(found), "own": found["policy"], "above": without})


def states(actor: Actor, ids: list[str]) -> dict[str, str]:
    """id -> the state of the phones of some people, of those who have or had one."""
    actor.require("phone:user:view")
    query = f"SELECT h.id::text, h.state FROM phone_user h WHERE h.account_id = %(a)s AND h.user_id = ANY (%(i)s::uuid[]){within(actor, 'h.id')}"
    return {r["id"]: r["state"] for r in sql.rows(query, {"a": actor.account_id, "i": ids})}


def rooms(actor: Actor, filters: dict[str, Any], *, after: str | None = None, limit: int) -> tuple[list[Row], int]:
    """At most `limit` rooms with a phone after an id, and how many match. Filters as in room_selection. Refuses (forbidden)."""
    actor.require("phone:user:view")
    clause, params = room_selection.where(filters)
    asked = {"account": actor.account_id, "after": after or UUID(int=0), "limit": limit, **params}
    found = sql.rows(f"SELECT {ROOM_COLUMNS} {ROOM_FROM} AND {clause} AND r.id > %(after)s::uuid ORDER BY r.id LIMIT %(limit)s", asked)
    return [with_plans(row) for row in found], int(sql.value(f"SELECT count(*) {ROOM_FROM} AND {clause}", asked))


def room(actor: Actor, id: UUID) -> Row | None:
    """The phone of a room, with what is kept for it and its site; None without one. Refuses (forbidden)."""
    actor.require("phone:user:view")
    query = f"SELECT {ROOM_COLUMNS}, {KEPT} {ROOM_FROM} AND r.account_id = %(account)s AND r.id = %(id)s"
    found = sql.row(query, {"account": actor.account_id, "id": id})
    return found and with_plans(found)


def with_plans(row: Row) -> Row:
    return {**row, "plans": [{"code": code.partition(":")[2], "name": PRODUCTS[code].name} for code in row["packages"]]}
