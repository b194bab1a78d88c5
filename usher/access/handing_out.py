"""Nobody hands out more than they hold (AUTHZ-04): the one place that compares a role with the actor's own. In SQL, for rows, it is people/rank.py."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from usher.accounts.plans import require
from usher.core import sql
from usher.core.actor import Actor
from usher.core.privileges import known
from usher.core.refusals import Refused
from usher.journal.names import figure, listed

from .roles import privileges_of

CUSTOM_ROLES = "custom_roles"
SOME = 3  # rights that are named


def given_role(actor: Actor, key: Any) -> dict[str, Any]:
    """`role`, and of a custom one `role_name`, as it is journaled. Refused (invalid) when it is none that can be given, (forbidden) when it may more."""
    if key == "member":
        return {"role": key}
    if key == "admin":
        if not actor.may("access:admin:manage"):
            words = _("Only the owner can make somebody an admin, or a member again.")
            raise Refused("forbidden", "privilege", words, details={"privilege": "access:admin:manage"})
        return {"role": key}
    found = custom_role(actor, key)
    if found is None:
        words = _("A role is Admin, Member, or one that this account made. Ownership is transferred by the owner.")
        raise Refused("invalid", "unknown_role", words, field="role")
    refuse_without_plan(actor)
    refuse_more_than_own(actor, privileges_of(found["key"], found["privileges"]), found["most"])
    return {"role": found["key"], "role_name": found["name"]}


def custom_role(actor: Actor, key: Any) -> dict[str, Any] | None:
    """key, name, privileges and most of a custom role of the actor's account."""
    text = key.replace("\x00", "") if isinstance(key, str) else ""
    return sql.row(
        "SELECT key, name, privileges, most FROM access_role WHERE account_id = %(a)s AND key = %(k)s AND key <> 'admin'",
        {"a": actor.account_id, "k": text},
    )


def refuse_without_plan(actor: Actor) -> None:
    """Refuse (forbidden, plan) when the account's plan has no custom roles (AUTHZ-18)."""
    require(actor, CUSTOM_ROLES)


def refuse_more_than_own(actor: Actor, privileges: Iterable[str], most: int | None) -> None:
    """Refuse (forbidden, more_than_own) rights the actor does not hold, or more people at once than they may touch themselves."""
    if missing := sorted(set(privileges) - actor.privileges):
        words = {"rights": listed([str(known(name).words) for name in missing[:SOME]])}
        raise Refused(
            "forbidden", "more_than_own", _("This role may %(rights)s, and yours may not. Nobody hands out more than they hold.") % words
        )
    if actor.scope is not None:
        raise Refused(
            "forbidden", "more_than_own", _("Your role covers a part of the account only. Roles are given by who may see all of it.")
        )
    if actor.most is not None and (most is None or most > actor.most):
        words = {"n": figure(actor.most)}
        raise Refused(
            "forbidden",
            "more_than_own",
            _("Your role may change %(n)s people at once, and this one more. Nobody hands out more than they hold.") % words,
        )
