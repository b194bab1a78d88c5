"""Settings of people and groups that programs keep here, read."""

from typing import Any
from uuid import UUID

from usher.accounts import stored
from usher.core import sql
from usher.core.actor import Actor

from .scope import within

USERS, GROUPS = ("people_usersettings", "user_id"), ("people_groupsettings", "group_id")


def of_user(actor: Actor, user: UUID, part: str) -> dict[str, Any]:
    """One part of what is kept for a person the actor may see, as objects of objects; empty for anybody else."""
    actor.require("people:user:view")
    seen = f"SELECT true FROM people_user u WHERE u.id = %(u)s AND u.account_id = %(a)s{within(actor)}"
    if not sql.value(seen, {"u": user, "a": actor.account_id}):
        return {}
    return stored.nested(stored.rows_of(*USERS, user).get(part, {}), user)


def of_group(actor: Actor, group: UUID, part: str) -> dict[str, Any]:
    """The same for a user group."""
    actor.require("people:group:view")
    seen = "SELECT true FROM people_group g WHERE g.id = %(g)s AND g.account_id = %(a)s AND g.kind = 'user'"
    if not sql.value(seen, {"g": group, "a": actor.account_id}):
        return {}
    return stored.nested(stored.rows_of(*GROUPS, group).get(part, {}), group)
