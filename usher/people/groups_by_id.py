"""Groups and their members in the order of their ids, as programs read them."""

from typing import Any
from uuid import UUID

from usher.core import sql
from usher.core.actor import Actor

from .groups import AREA
from .scope import among, within

MEMBERS = {
    "user": "people_membership m JOIN people_user u ON u.id = m.user_id WHERE m.account_id = %(account)s AND m.group_id = {group}",
    "im": "people_user u WHERE u.account_id = %(account)s AND u.im_group_id = {group}",
}
# Members of a page of groups: everybody by the index of memberships, less those who left the account and keep theirs. Counting the living ones one by one
# takes five times as long (docs/decisions/0054).
HERE = "(SELECT count(*)::int FROM people_membership m WHERE m.group_id = g.id) - coalesce(gone.n, 0)"
GONE = """ LEFT JOIN (SELECT m.group_id, count(*)::int AS n FROM people_standing s JOIN people_membership m ON m.user_id = s.user_id
            WHERE s.account_id = %(account)s AND s.status = 'gone' GROUP BY 1) gone ON gone.group_id = g.id"""


def page(actor: Actor, kind: str, *, after: str | None, offset: int = 0, limit: int) -> list[dict[str, Any]]:
    """At most `limit` groups of a kind after an id: id, name, members (counted whole)."""
    actor.require(f"{AREA[kind]}:view")
    quick = kind == "user" and actor.scope is None
    members = HERE if quick else f"(SELECT count(*)::int FROM {MEMBERS[kind].format(group='g.id')} AND u.left_at IS NULL{within(actor)})"
    return sql.rows(
        f"""SELECT g.id, g.name, {members} AS members FROM (SELECT id, name FROM people_group WHERE account_id = %(account)s AND kind = %(kind)s
              AND id > %(after)s::uuid{among(actor, "id")} ORDER BY id LIMIT %(limit)s OFFSET %(offset)s) g{GONE if quick else ""} ORDER BY g.id""",
        {"account": actor.account_id, "kind": kind, "after": after or UUID(int=0), "limit": limit, "offset": offset},
    )


def how_many(actor: Actor, kind: str) -> int:
    actor.require(f"{AREA[kind]}:view")
    query = f"SELECT count(*) FROM people_group WHERE account_id = %(account)s AND kind = %(kind)s{among(actor, 'id')}"
    return int(sql.value(query, {"account": actor.account_id, "kind": kind}))


def members(actor: Actor, kind: str, group: UUID, *, after: str | None, offset: int = 0, limit: int) -> list[dict[str, Any]]:
    """At most `limit` living people of a group after an id."""
    actor.require(f"{AREA[kind]}:view")
    actor.require("people:user:view")
    return sql.rows(
        f"""SELECT u.id, u.email, u.first_name, u.last_name, s.license, s.status FROM (SELECT u.* FROM {MEMBERS[kind].format(group="%(group)s")}
              AND u.left_at IS NULL{within(actor)} AND u.id > %(after)s::uuid ORDER BY u.id LIMIT %(limit)s OFFSET %(offset)s) u
            JOIN people_standing s ON s.user_id = u.id ORDER BY u.id""",
        {"account": actor.account_id, "group": group, "after": after or UUID(int=0), "limit": limit, "offset": offset},
    )


def how_many_members(actor: Actor, kind: str, group: UUID) -> int:
    actor.require(f"{AREA[kind]}:view")
    query = f"SELECT count(*) FROM {MEMBERS[kind].format(group='%(group)s')} AND u.left_at IS NULL{within(actor)}"
    return int(sql.value(query, {"account": actor.account_id, "group": group}))
