"""Settings of people and groups that programs keep here, read."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from usher.accounts import stored
from usher.core import sql
from usher.core.actor import Actor

from . import inherited
from .scope import among, within

USERS, GROUPS = ("people_usersettings", "user_id"), ("people_groupsettings", "group_id")
# Of somebody who moves to another account, in a statement whose `did` is who they are there. What is sealed is bound to who they were, and stays behind.
COMING_ALONG = """INSERT INTO people_usersettings (account_id, user_id, part, values, version)
  SELECT %(account)s, did.obj, k.part, (SELECT coalesce(jsonb_object_agg(n.key, n.value), '{{}}') FROM jsonb_each(k.values) n WHERE jsonb_typeof(n.value) <> 'object'), 1
  FROM did JOIN people_usersettings k ON k.user_id = {person} ON CONFLICT (user_id, part) DO NOTHING"""


def of_user(actor: Actor, user: UUID, part: str) -> dict[str, Any]:
    """One part of what is kept for a person the actor may see, as objects of objects; empty for anybody else. Everybody sees their own, passwords too."""
    if user == actor.user_id:
        return stored.nested(stored.rows_of(*USERS, user).get(part, {}), user)
    actor.require("people:user:view")
    seen = f"SELECT true FROM people_user u WHERE u.id = %(u)s AND u.account_id = %(a)s{within(actor)}"
    if not sql.value(seen, {"u": user, "a": actor.account_id}):
        return {}
    return opened(actor, stored.rows_of(*USERS, user).get(part, {}), user)


def holding_for_user(actor: Actor, user: UUID, known: Collection[str]) -> dict[str, Any]:
    """The settings that hold for a person the actor may see: their own, and of those `known` at their level what their groups and the account say."""
    own = of_user(actor, user, stored.SETTINGS)
    return joined(own, inherited.whole(inherited.of_person(actor.account_id, user)), known)


def holding_for_group(actor: Actor, group: UUID, known: Collection[str]) -> dict[str, Any]:
    """The same for a user group."""
    own = of_group(actor, group, stored.SETTINGS)
    return joined(own, inherited.whole(inherited.of_group(actor.account_id, group)), known)


def joined(own: dict[str, Any], held: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """What one says oneself, and over it what holds of what is known here."""
    flat = stored.leaves(own)
    told = {**flat, **{name: value for name, value in held.items() if name in known or name in flat}}
    return stored.nested({name: value for name, value in told.items() if value is not None}, "")


def opened(actor: Actor, kept: dict[str, Any], user: UUID) -> dict[str, Any]:
    """A row already read, as the actor may read it: passwords and host keys only for who may change people."""
    return stored.opened(actor, "people:user:manage", kept, user)


def of_group(actor: Actor, group: UUID, part: str) -> dict[str, Any]:
    """The same for a user group."""
    actor.require("people:group:view")
    seen = f"SELECT true FROM people_group g WHERE g.id = %(g)s AND g.account_id = %(a)s AND g.kind = 'user'{among(actor)}"
    if not sql.value(seen, {"g": group, "a": actor.account_id}):
        return {}
    return stored.opened(actor, "people:group:manage", stored.rows_of(*GROUPS, group).get(part, {}), group)


def is_taken(actor: Actor, name: str, value: str, but: UUID) -> bool:
    """Whether somebody else of the account has this in their profile."""
    query = """SELECT EXISTS (SELECT 1 FROM people_usersettings k JOIN people_user u ON u.id = k.user_id AND u.left_at IS NULL
               WHERE k.account_id = %(a)s AND k.part = 'profile' AND lower(k.values->>%(n)s) = lower(%(v)s) AND k.user_id <> %(but)s)"""
    return bool(sql.value(query, {"a": actor.account_id, "n": name, "v": value, "but": but}))
