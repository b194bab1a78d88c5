"""Why somebody may do what they may: every right with its reason, and who else has it. And who holds a role, for whom."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.privileges import things
from usher.core.refusals import not_found
from usher.people.scope import NAMED, within

from .actors import PERSON, name_of
from .roles import NAMES, OWNER_ONLY, called, of_a_part, privileges_of

Level = Literal["none", "view", "manage"]
MOST_HOLDERS = 50


@dataclass(frozen=True)
class Right:
    """One thing: what the role gives, what holds now, and why less (`rests`: factor, plan, scope, owner or role); `others` are names of who may manage it."""

    thing: str
    words: str | Promise
    given: Level
    now: Level
    rests: str
    others: tuple[str, ...]


def level_of(privileges: frozenset[str], thing: str) -> Level:
    return "manage" if f"{thing}:manage" in privileges else "view" if f"{thing}:view" in privileges else "none"


def effective(actor: Actor, user: UUID) -> tuple[dict[str, Any], list[Right]]:
    """A person of the account (id, name, role_name, scope, most, lacks_factor) with every right. Refused (missing) for anybody else."""
    actor.require("access:role:view")
    found = sql.row(f"{PERSON} AND u.account_id = %(a)s AND u.id = %(u)s{within(actor)}", {"a": actor.account_id, "u": user})
    if found is None:
        raise not_found(_("This person"))
    given = privileges_of(found["role"], found["given"])
    without_plan = found["role"] not in NAMES and "custom_roles" not in found["capabilities"]
    barred = "inactive" if found["status"] != "active" else "factor" if found["lacks_factor"] else "plan" if without_plan else ""
    others = _holders(actor)
    rights = [_right(thing, words, given, barred, found["scope_kind"], others, user) for thing, words in things().items()]
    scope = scope_in_words(found["scope_kind"], names_in_scope(actor, found["scope_kind"], found["scope_values"]))
    return {**found, "name": name_of(found), "role_called": called(found), "scope": scope}, rights


def _right(
    thing: str,
    words: str | Promise,
    given: frozenset[str],
    barred: str,
    scope: str | None,
    others: list[tuple[UUID, str, frozenset[str]]],
    user: UUID,
) -> Right:
    left = frozenset() if barred else given & of_a_part(scope) if scope else given
    gives, now = level_of(given, thing), level_of(left, thing)
    short = "" if now == gives else barred or "scope"
    owner_only = f"{thing}:manage" in OWNER_ONLY and now != "manage"
    who = tuple(name for id, name, rights in others if id != user and f"{thing}:manage" in rights)[:2]
    return Right(thing, words, gives, now, short or ("" if now == "manage" else "owner" if owner_only else "role"), who)


def _holders(actor: Actor) -> list[tuple[UUID, str, frozenset[str]]]:
    """Active holders of a role for the whole account with their rights, the owner first."""
    found = sql.rows(
        f"{PERSON} AND u.account_id = %(a)s AND s.status = 'active' AND s.role <> 'member' AND x.user_id IS NULL ORDER BY s.role <> 'owner', u.name_key, u.id LIMIT %(l)s",
        {"a": actor.account_id, "l": MOST_HOLDERS},
    )
    return [(f["id"], name_of(f), privileges_of(f["role"], f["given"])) for f in found]


def holders_of(actor: Actor, key: str) -> list[dict[str, Any]]:
    """Who holds a role, by name: id, name, and in `scope` whom it covers in words; at most MOST_HOLDERS."""
    actor.require("access:role:view")
    found = sql.rows(
        f"""SELECT u.id, u.first_name, u.last_name, u.display_name, u.email, x.kind, coalesce(CASE WHEN x.kind <> 'department' THEN
             (SELECT array_agg(n.name ORDER BY n.name) FROM {NAMED} n WHERE n.account_id = x.account_id AND n.kind = x.kind AND n.id::text = ANY (x.values))
             ELSE x.values END, '{{}}') AS names
           FROM people_standing s JOIN people_user u ON u.id = s.user_id LEFT JOIN access_scope x ON x.user_id = s.user_id
           WHERE s.account_id = %(a)s AND s.role = %(k)s AND s.role <> 'member' AND s.status <> 'gone' ORDER BY u.name_key, u.id LIMIT %(l)s""",
        {"a": actor.account_id, "k": key, "l": MOST_HOLDERS},
    )
    return [{"id": f["id"], "name": name_of(f), "email": f["email"], "scope": scope_in_words(f["kind"], f["names"])} for f in found]


def names_in_scope(actor: Actor, kind: str | None, values: list[str] | None) -> list[str]:
    """The names of what a scope names: groups and sites by their id, departments as they are."""
    if kind in (None, "department"):
        return list(values or ())
    query = f"SELECT n.name FROM {NAMED} n WHERE n.account_id = %(a)s AND n.kind = %(k)s AND n.id::text = ANY (%(v)s) ORDER BY n.name_key"
    return [n["name"] for n in sql.rows(query, {"a": actor.account_id, "k": kind, "v": values})]


def scope_in_words(kind: str | None, names: list[str]) -> str:
    """Whom a role covers; empty for everybody."""
    if not kind:
        return ""
    n = len(names)
    if kind == "group":
        told = ngettext("people of the group %(names)s", "people of the groups %(names)s", n)
    elif kind == "site":
        told = ngettext("people at the site %(names)s", "people at the sites %(names)s", n)
    else:
        told = ngettext("people of the department %(names)s", "people of the departments %(names)s", n)
    return told % {"names": ", ".join(names) or _("none")}
