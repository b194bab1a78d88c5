"""Whom an actor may see and touch when their role covers a part of the account: the one clause of every read and every selection (AUTHZ-10, AUTHZ-11).

It is asked of the tables each time, so a scope that was changed counts at once, and one that is gone covers nobody. Who is outside does not exist.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused

COVERED = """(SELECT p.id FROM access_scope x JOIN people_user p ON p.account_id = x.account_id AND p.department = ANY (x.values) AND p.left_at IS NULL
    WHERE x.user_id = '{holder}'::uuid AND x.kind = 'department'
  UNION ALL SELECT m.user_id FROM access_scope x JOIN people_membership m ON m.account_id = x.account_id AND m.group_id = ANY (x.values::uuid[])
    WHERE x.user_id = '{holder}'::uuid AND x.kind = 'group'
  UNION ALL SELECT p.id FROM access_scope x JOIN people_user p ON p.account_id = x.account_id AND p.site_id = ANY (x.values::uuid[]) AND p.left_at IS NULL
    WHERE x.user_id = '{holder}'::uuid AND x.kind = 'site')"""
# What a scope names by its id, with its name; departments are their names.
NAMED = """(SELECT 'group' AS kind, account_id, id, name, name_key FROM people_group WHERE kind = 'user'
  UNION ALL SELECT 'site', account_id, id, name, name_key FROM accounts_site)"""


def within(actor: Actor, person: str = "u.id") -> str:
    """What follows a WHERE so that `person`, a user id as SQL, is one of those the actor's role covers. Empty for who covers everybody."""
    return "" if actor.scope is None else f" AND {person} IN {covered_by(actor.user_id)}"


def among(actor: Actor, group: str = "g.id") -> str:
    """What follows a WHERE so that `group`, a group's id as SQL, is one of those the actor's role is for; no group at all when it is for departments or sites.
    Empty for who covers everybody.
    """
    named = f"SELECT unnest(x.values)::uuid FROM access_scope x WHERE x.user_id = '{actor.user_id}'::uuid AND x.kind = 'group'"
    return "" if actor.scope is None else f" AND {group} IN ({named})"


def covered_by(holder: object) -> str:
    """The ids of whom somebody's scope covers, as SQL."""
    return COVERED.format(holder=UUID(str(holder)))


def refuse_outside(actor: Actor, change: Mapping[str, Any]) -> None:
    """Refuse (forbidden, scope) to take back what was done to somebody whom the actor's role does not cover, or not any more."""
    if actor.scope is None:
        return
    outside = f"""SELECT true FROM journal_effect e WHERE e.change_id = %(c)s AND e.result = 'done'
                  AND coalesce(e.after->>'user', e.before->>'user', e.obj::text)::uuid NOT IN {covered_by(actor.user_id)} LIMIT 1"""
    if sql.value(outside, {"c": change["id"]}):
        words = _("Your role does not cover everybody this was done to any more. Somebody whose role covers them can take it back.")
        raise Refused("forbidden", "scope", words)
