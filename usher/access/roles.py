"""Roles and what they may. The three system roles; custom roles join the same table later (S0-14 … S0-18, R12)."""

from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usher.core import sql
from usher.core.privileges import all_names, expand

OWNER_ONLY = frozenset({"access:admin:manage", "accounts:sign_in:manage"})
NAMES: dict[str, str | Promise] = {"owner": _("Owner"), "admin": _("Admin"), "member": _("Member")}


def privileges_of(role: str) -> frozenset[str]:
    """What a system role may: the owner everything, an admin all but what only the owner does, a member nothing here."""
    if role == "owner":
        return expand(all_names())
    if role == "admin":
        return expand(all_names() - OWNER_ONLY)
    return frozenset()


def roles_with(privilege: str) -> list[str]:
    return [role for role in NAMES if privilege in privileges_of(role)]


def people_to_ask(account: UUID, privilege: str, limit: int = 3) -> list[dict[str, Any]]:
    """Active people who hold a right, the owner first: whom a refusal page names (S4-23)."""
    return sql.rows(
        """SELECT u.id, u.first_name, u.last_name, u.email, s.role FROM people_standing s JOIN people_user u ON u.id = s.user_id
           WHERE s.account_id = %(a)s AND s.status = 'active' AND s.role = ANY(%(r)s) ORDER BY s.role <> 'owner', u.name_key, u.id LIMIT %(l)s""",
        {"a": account, "r": roles_with(privilege), "l": limit},
    )
