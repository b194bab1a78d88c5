"""Roles and what they may: the three of the system, and those an account makes (S0-14 … S0-18, R12). Whom a role covers stands with who holds it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.accounts.plans import has
from usher.core import sql
from usher.core.actor import Actor
from usher.core.privileges import all_names, expand, things
from usher.core.refusals import not_found

OWNER_ONLY = frozenset({"access:admin:manage", "access:owner:manage", "accounts:sign_in:manage"})
NAMES: dict[str, str | Promise] = {"owner": gettext_lazy("Owner"), "admin": gettext_lazy("Admin"), "member": gettext_lazy("Member")}
# What can be held for some people only, and for some groups only; everything else is about the whole account, and rests while the role has a scope.
OF_PEOPLE = frozenset({"people:user:view", "people:user:manage", "journal:change:view"})
OF_GROUPS = OF_PEOPLE | {"people:group:view"}


@dataclass(frozen=True)
class Role:
    """A role as its pages show it. `key` is what a person's role holds; `most` how many people one change may touch; `version` 0 was never changed."""

    key: str
    name: str | Promise
    description: str
    privileges: frozenset[str]
    most: int | None
    version: int
    holders: int

    @property
    def is_custom(self) -> bool:
        return self.key not in NAMES


def privileges_of(role: str, given: Iterable[str] | None = None) -> frozenset[str]:
    """What a role may: the owner everything, a member nothing here, an admin all but what only the owner does unless the account changed it.

    `given` is what a row of access_role holds, None without one. A role nobody knows may nothing; what only the owner does is in no role.
    """
    if role == "owner":
        return expand(all_names())
    if role == "member":
        return frozenset()
    if given is not None:
        return expand(frozenset(given) & grantable())
    return expand(all_names() - OWNER_ONLY) if role == "admin" else frozenset()


def grantable() -> frozenset[str]:
    """What a role can be given: view and manage of every thing that is not the owner's alone."""
    return frozenset(f"{thing}:{level}" for thing in things() for level in ("view", "manage")) - OWNER_ONLY


def of_a_part(kind: str) -> frozenset[str]:
    """The rights a role keeps whose scope is of this kind: department, group or site."""
    return OF_GROUPS if kind == "group" else OF_PEOPLE


def rights_of(found: Mapping[str, Any]) -> frozenset[str]:
    """What a person may, from a row with role, given, capabilities and scope_kind: custom roles rest while the plan has none, and a scope
    leaves what is of people, and of its groups.
    """
    if found["role"] not in NAMES and "custom_roles" not in found["capabilities"]:
        return frozenset()
    rights = privileges_of(found["role"], found["given"])
    return rights & of_a_part(found["scope_kind"]) if found["scope_kind"] else rights


ROLE = """SELECT r.key, r.name, r.description, r.privileges, r.most, r.version,
            (SELECT count(*)::int FROM people_standing s WHERE s.account_id = r.account_id AND s.role = r.key AND s.status <> 'gone') AS holders
          FROM access_role r WHERE r.account_id = %(a)s"""


def roles(actor: Actor) -> list[Role]:
    """Every role of the account: owner, admin, member, then the custom ones by name."""
    actor.require("access:role:view")
    found = {r["key"]: r for r in sql.rows(f"{ROLE} ORDER BY r.name_key", {"a": actor.account_id})}
    return [*(_system(actor, key, found.get(key)) for key in NAMES), *(_role(r) for key, r in found.items() if key not in NAMES)]


def role(actor: Actor, key: str) -> Role:
    """One role by its key. Refused (missing) for one of another account, or none."""
    found = sql.row(f"{ROLE} AND r.key = %(k)s", {"a": actor.account_id, "k": key})
    if key in NAMES:
        return _system(actor, key, found)
    if found is None:
        raise not_found(_("This role"))
    return _role(found)


def _system(actor: Actor, key: str, row: dict[str, Any] | None) -> Role:
    many = "SELECT count(*)::int FROM people_standing WHERE account_id = %(a)s AND role = %(k)s AND status <> 'gone'"
    holders = 0 if key == "member" else sql.value(many, {"a": actor.account_id, "k": key})  # everybody without another; nobody counts them
    changed = row or {"description": "", "privileges": None, "most": None, "version": 0}
    return Role(
        key, NAMES[key], changed["description"], privileges_of(key, changed["privileges"]), changed["most"], changed["version"], holders
    )


def _role(row: dict[str, Any]) -> Role:
    rights = privileges_of(row["key"], row["privileges"])
    return Role(row["key"], row["name"], row["description"], rights, row["most"], row["version"], row["holders"])


def names_of(account: UUID) -> dict[str, str | Promise]:
    """key -> name of every role there is: owner, admin, member, then the custom ones by name."""
    found = sql.rows("SELECT key, name FROM access_role WHERE account_id = %(a)s AND key <> 'admin' ORDER BY name_key", {"a": account})
    return {**NAMES, **{r["key"]: r["name"] for r in found}}


def called(person: Mapping[str, Any]) -> str:
    """The name of the role of somebody already read (role, role_name)."""
    return str(NAMES.get(person["role"]) or person.get("role_name") or person["role"])


def name_of_role(actor: Actor) -> str:
    """How the role of an actor is called."""
    return called({"role": actor.role, "role_name": actor.role_name})


def people_to_ask(account: UUID, privilege: str, limit: int = 3) -> list[dict[str, Any]]:
    """Active people who hold a right for the whole account, the owner first: whom a refusal page names (S4-23)."""
    return sql.rows(
        f"""SELECT u.id, u.first_name, u.last_name, u.email, s.role, r.name AS role_name
           FROM people_standing s JOIN people_user u ON u.id = s.user_id JOIN accounts_account a ON a.id = s.account_id
           LEFT JOIN access_role r ON r.account_id = s.account_id AND r.key = s.role
           WHERE s.account_id = %(a)s AND s.status = 'active' AND s.role <> 'member'
             AND (s.role = 'owner' OR CASE WHEN s.role = 'admin' AND r.key IS NULL THEN %(admins)s ELSE %(p)s = ANY (r.privileges) END
                  AND (s.role = 'admin' OR {has("a.plan", "'custom_roles'")}) AND NOT EXISTS (SELECT 1 FROM access_scope x WHERE x.user_id = s.user_id))
           ORDER BY s.role <> 'owner', u.name_key, u.id LIMIT %(l)s""",
        {
            "a": account,
            "p": privilege,
            "admins": privilege in privileges_of("admin"),
            "l": limit,
        },
    )
