"""Who administers a group: whoever holds a custom role that covers the people of it (docs/decisions/0067). There is no second kind of administrator."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from usher.core import sql
from usher.core.actor import Actor

VIEW = "access:role:view"
ROLE_NAME = "Group admin"  # the role that is made for somebody who holds none
# What it may at first: the owner, or who may change roles, gives it more. Licenses are not in it (behaviour.md F).
ROLE_RIGHTS = ("people:user:view", "people:group:view")
HOLDERS = """FROM access_scope x JOIN people_user u ON u.id = x.user_id JOIN people_standing s ON s.user_id = x.user_id
  WHERE x.account_id = %(account)s AND x.kind = 'group' AND %(group)s::text = ANY (x.values) AND s.status = 'active'"""


def page(actor: Actor, group: UUID, *, after: str | None, limit: int) -> list[dict[str, Any]]:
    """At most `limit` active people whose role covers a group, after an id: id, email and names."""
    actor.require(VIEW)
    return sql.rows(
        f"SELECT u.id, u.email, u.first_name, u.last_name, u.display_name {HOLDERS} AND u.id > %(after)s::uuid ORDER BY u.id LIMIT %(limit)s",
        {"account": actor.account_id, "group": str(group), "after": after or UUID(int=0), "limit": limit},
    )


def how_many(actor: Actor, group: UUID) -> int:
    actor.require(VIEW)
    return int(sql.value(f"SELECT count(*) {HOLDERS}", {"account": actor.account_id, "group": str(group)}))


def scopes_of(actor: Actor, users: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """What people hold now: role, and kind and values of whom it covers (null for everybody)."""
    actor.require(VIEW)
    found = sql.rows(
        """SELECT s.user_id, s.role, x.kind, x.values FROM people_standing s LEFT JOIN access_scope x ON x.user_id = s.user_id
           WHERE s.account_id = %(account)s AND s.user_id = ANY(%(users)s)""",
        {"account": actor.account_id, "users": list(users)},
    )
    return {f["user_id"]: f for f in found}


def group_role(actor: Actor) -> str | None:
    """The key of the role named Group admin, None when the account has none yet."""
    actor.require(VIEW)
    found = sql.value(
        "SELECT key FROM access_role WHERE account_id = %(a)s AND name_key = usher_fold(%(n)s) AND key <> 'admin'",
        {"a": actor.account_id, "n": ROLE_NAME},
    )
    return str(found) if found else None
