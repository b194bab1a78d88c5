"""Whose identity and access somebody may change: the one place that decides it (AUTHZ-05).

What identifies somebody or lets them in (profile, department, sessions, later address, status and MFA) is changed by who holds all of their rights.
Admins and the owner are changed by the owner, and by the operator of this machine. The holder of a custom role is changed by whose own role has every
right of it, for the whole account and for no fewer people at once. Everybody with the right may change their own. What people merely use is open
to every administrator whoever holds it: licenses, add-ons, groups.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import reason

from . import selection

HIGHER_RANK = reason("higher_rank", _("their role may more than yours does: only the owner may change an admin or the owner"))
WORDS = _("Only the owner can change an admin or the owner.")
CUSTOM_WORDS = _("Their role may more than yours does. The owner can change them, or somebody whose role has all of its rights.")


def is_higher(person: str = "s") -> str:
    """SQL that is true when %(actor)s may not change this row of people_standing. Asked where the row is locked, so a new role counts at once."""
    return f"({person}.user_id IS DISTINCT FROM %(actor)s::uuid AND {is_beyond(f'{person}.role')})"


def is_beyond(role: str) -> str:
    """SQL that is true when a role (a key, as SQL) is not covered by the one %(actor)s holds: they may neither hand it out nor take it away."""
    return f"""({role} <> 'member' AND EXISTS (SELECT 1 FROM people_standing me
                LEFT JOIN access_role mine ON mine.account_id = me.account_id AND mine.key = me.role
                LEFT JOIN access_role theirs ON theirs.account_id = me.account_id AND theirs.key = {role}
                WHERE me.user_id = %(actor)s::uuid AND me.role <> 'owner' AND NOT coalesce({role} NOT IN ('owner', 'admin')
                  AND NOT EXISTS (SELECT 1 FROM access_scope x WHERE x.user_id = me.user_id)
                  AND (me.role = 'admin' AND mine.key IS NULL
                       OR theirs.privileges <@ mine.privileges AND (mine.most IS NULL OR theirs.most <= mine.most)), false)))"""


def refuse_higher(actor: Actor, subjects: Mapping[str, Any], above: str = is_higher()) -> None:
    """Refuse (forbidden, higher_rank) when the set is one person above the actor. In a set of many that person is skipped with the same code."""
    if len(subjects.get("ids", ())) == 1 and (
        found := sql.row(
            f"SELECT s.role FROM people_standing s WHERE s.user_id IN ({selection.sql_of(subjects)}) AND {above}",
            {**selection.params_of(subjects), "account": actor.account_id, "actor": actor.user_id},
        )
    ):
        raise Refused("forbidden", HIGHER_RANK, words_for(found["role"]))


def words_for(role: str) -> str:
    """Why the holder of a role cannot be changed."""
    return str(WORDS if role in ("owner", "admin") else CUSTOM_WORDS)


def may_change(actor: Actor, person: Mapping[str, Any]) -> bool:
    """The same for a person already read (id, role, role_rights), so that a page can say beforehand why something is closed."""
    if actor.is_owner or person["role"] == "member" or person["id"] == actor.user_id:
        return True
    return person["role"] not in ("owner", "admin") and actor.scope is None and actor.privileges.issuperset(person.get("role_rights") or ())
