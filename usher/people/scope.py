"""Whom an actor may see and touch when their role covers a part of the account: the one clause of every read and every selection (AUTHZ-10, AUTHZ-11).

It is asked of the tables each time, so a scope that was changed counts at once, and one that is gone covers nobody. Who is outside does not exist.
"""

from uuid import UUID

from usher.core.actor import Actor

COVERED = """(SELECT p.id FROM access_scope x JOIN people_user p ON p.account_id = x.account_id AND p.department = ANY (x.values) AND p.left_at IS NULL
    WHERE x.user_id = '{holder}'::uuid AND x.kind = 'department'
  UNION ALL SELECT m.user_id FROM access_scope x JOIN people_membership m ON m.account_id = x.account_id AND m.group_id = ANY (x.values::uuid[])
    WHERE x.user_id = '{holder}'::uuid AND x.kind = 'group')"""


def within(actor: Actor, person: str = "u.id") -> str:
    """What follows a WHERE so that `person`, a user id as SQL, is one of those the actor's role covers. Empty for who covers everybody."""
    return "" if actor.scope is None else f" AND {person} IN {covered_by(actor.user_id)}"


def covered_by(holder: object) -> str:
    """The ids of whom somebody's scope covers, as SQL."""
    return COVERED.format(holder=UUID(str(holder)))
