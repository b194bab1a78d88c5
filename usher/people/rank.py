"""Whose identity and access somebody may change: the one place that decides it (AUTHZ-05).

An admin does not change what identifies another admin or the owner, or lets them in: profile, department, sessions, later address, status and
MFA. The owner may, and so may the operator of this machine. Everybody with the right may change their own. What people merely use is open to
every administrator whoever holds it: licenses, add-ons, groups.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import reason

from . import selection

HIGHER_RANK = reason("higher_rank", _("only the owner may change an admin or the owner"))
WORDS = _("Only the owner can change an admin or the owner.")


def is_higher(person: str = "s") -> str:
    """SQL that is true when %(actor)s may not change this row of people_standing. Asked where the row is locked, so a new role counts at once."""
    return f"""({person}.role <> 'member' AND {person}.user_id IS DISTINCT FROM %(actor)s::uuid
                AND EXISTS (SELECT 1 FROM people_standing me WHERE me.user_id = %(actor)s::uuid AND me.role <> 'owner'))"""


def refuse_higher(actor: Actor, subjects: Mapping[str, Any]) -> None:
    """Refuse (forbidden, higher_rank) when the set is one person above the actor. In a set of many that person is skipped with the same code."""
    if len(subjects.get("ids", ())) == 1 and sql.value(
        f"SELECT {is_higher()} FROM people_standing s WHERE s.user_id IN ({selection.sql_of(subjects)})",
        {**selection.params_of(subjects), "account": actor.account_id, "actor": actor.user_id},
    ):
        raise Refused("forbidden", HIGHER_RANK, str(WORDS))


def may_change(actor: Actor, person: Mapping[str, Any]) -> bool:
    """The same for a person already read (id and role), so that a page can say beforehand why something is closed."""
    return actor.is_owner or person["role"] == "member" or person["id"] == actor.user_id
