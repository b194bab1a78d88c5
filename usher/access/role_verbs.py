"""Making, changing and deleting the roles of an account (S0-15). Whoever does it holds every right of the role, before and after (AUTHZ-04)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.privileges import expand
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import NO_SEATS, Part, Verb, reason, register
from usher.people.rank import is_beyond

from .handing_out import custom_role, given_role, refuse_more_than_own, refuse_without_plan
from .roles import NAMES, grantable, privileges_of
from .verbs import BEFORE, RolePart, called_in

ROLE_NAME = reason("role_name_taken", gettext_lazy("there is a role of this name already"), refused=True)
ROLE_HELD = reason("role_held", gettext_lazy("somebody holds it since"), "later")
LONGEST_NAME, LONGEST_DESCRIPTION = 64, 255
TAKEN = "EXISTS (SELECT 1 FROM access_role o WHERE o.account_id = %(account)s AND o.key <> %(role)s AND o.name_key = usher_fold({name}))"
UNDONE = "e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"


def values_of(row: str) -> str:
    """The editable columns of a row of access_role as one object: what the plan compares and the write is guarded by."""
    return f"""jsonb_build_object('name', {row}.name, 'description', {row}.description, 'privileges', to_jsonb({row}.privileges), 'most', {row}.most)"""


INSERT = """INSERT INTO access_role AS t (id, account_id, key, name, description, privileges, most, version, created_at)
  SELECT ok.obj, %(account)s, {key}, ok.after->>'name', ok.after->>'description', ARRAY(SELECT jsonb_array_elements_text(ok.after->'privileges')),
         (ok.after->>'most')::int, 1, %(now)s FROM ok"""
DELETE = "did AS (DELETE FROM access_role t USING ok WHERE t.id = ok.obj AND {values} = ok.before RETURNING t.id AS obj)"


class NewRole(Part):
    """A role by its name. Parameters: role (empty), fields. Its id is made from the name and the newest role there is, so that a plan and its start agree."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, md5('role' || %(account)s::text || usher_fold(%(fields)s::jsonb->>'name') || coalesce((SELECT r.id::text FROM access_role r
                     WHERE r.account_id = %(account)s ORDER BY r.created_at DESC, r.id DESC LIMIT 1), ''))::uuid AS obj, NULL::int AS version, NULL::jsonb AS before,
                   %(fields)s::jsonb AS after, CASE WHEN {TAKEN.format(name="%(fields)s::jsonb->>'name'")} THEN 'role_name_taken' END AS skip, {NO_SEATS}"""

    write = f"did AS ({INSERT.format(key='ok.obj::text')} ON CONFLICT DO NOTHING RETURNING t.id AS obj)"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, r.version, e.after AS before, NULL::jsonb AS after,
                   CASE WHEN r.id IS NULL OR {values_of("r")} <> e.after THEN 'changed'
                        WHEN EXISTS (SELECT 1 FROM people_standing s WHERE s.account_id = %(account)s AND s.role = r.key) THEN 'role_held' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN access_role r ON r.id = e.obj WHERE {UNDONE}"""

    back_write = DELETE.format(values=values_of("t"))


class EditedRole(Part):
    """What a role is called and may. Admin has a row from its first change on. Parameters: role, fields, system (what Admin is without a row)."""

    lock = ("access_role", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        now = f"CASE WHEN r.id IS NULL THEN %(system)s::jsonb ELSE {values_of('r')} END"
        before = f"CASE WHEN r.id IS NOT NULL THEN {values_of('r')} END"
        return f"""SELECT NULL::int AS subj, coalesce(r.id, md5('admin' || %(account)s::text)::uuid) AS obj, r.version, {before} AS before, {now} || %(fields)s::jsonb AS after,
                   CASE WHEN {now} || %(fields)s::jsonb = {now} THEN 'already'
                        WHEN {TAKEN.format(name="%(fields)s::jsonb->>'name'")} THEN 'role_name_taken' END AS skip, {NO_SEATS}
                   FROM (SELECT 1) x LEFT JOIN access_role r ON r.account_id = %(account)s AND r.key = %(role)s WHERE r.id IS NOT NULL OR %(role)s = 'admin'"""

    CHANGED = f"""changed AS (UPDATE access_role t SET name = ok.after->>'name', description = ok.after->>'description',
  privileges = ARRAY(SELECT jsonb_array_elements_text(ok.after->'privileges')), most = (ok.after->>'most')::int, version = t.version + 1
  FROM ok WHERE t.id = ok.obj AND {values_of("t")} = ok.before AND ok.after IS NOT NULL RETURNING t.id)"""
    write = f"""{CHANGED}, made AS ({INSERT.format(key="%(role)s::text")} WHERE ok.before IS NULL ON CONFLICT DO NOTHING RETURNING t.id),
did AS (SELECT id AS obj FROM changed UNION ALL SELECT id FROM made)"""
    back_write = f"""{CHANGED}, gone AS (DELETE FROM access_role t USING ok WHERE t.id = ok.obj AND ok.after IS NULL AND {values_of("t")} = ok.before RETURNING t.id),
did AS (SELECT id AS obj FROM changed UNION ALL SELECT id FROM gone)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, r.version, e.after AS before, e.before AS after,
                   CASE WHEN r.id IS NULL OR {values_of("r")} <> e.after THEN 'changed'
                        WHEN {TAKEN.format(name="e.before->>'name'")} THEN 'role_name_taken' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN access_role r ON r.id = e.obj WHERE {UNDONE}"""


class Replaced(RolePart):
    """Whoever holds a role gets another one; whom it covers stays, when that is a custom one too. Parameters: role, gets."""

    asks_again = True
    hinders = f"WHEN {is_beyond('s.role')} THEN 'higher_rank'"  # the role itself comes back first, and check_undo has asked for its rights

    def rows(self, params: Mapping[str, Any]) -> str:
        scope = "'{}'" if params["instead"] in NAMES else f"coalesce(jsonb_build_object('scope', {BEFORE}->'scope'), '{{}}')"
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, {BEFORE} AS before, jsonb_strip_nulls(%(gets)s::jsonb || {scope}) AS after,
                   CASE WHEN {is_beyond("s.role")} THEN 'higher_rank' END AS skip, {NO_SEATS}
                   FROM people_standing s WHERE s.account_id = %(account)s AND s.role = %(role)s AND s.status <> 'gone' ORDER BY s.user_id"""


class RoleAway(Part):
    """The role itself, when nobody holds it any more."""

    lock = ("access_role", "id")
    beside = False

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, r.id AS obj, r.version, {values_of("r")} AS before, NULL::jsonb AS after, NULL::text AS skip, {NO_SEATS}
                   FROM access_role r WHERE r.account_id = %(account)s AND r.key = %(role)s"""

    write = f"""did AS (DELETE FROM access_role t USING ok WHERE t.id = ok.obj AND {values_of("t")} = ok.before
               AND NOT EXISTS (SELECT 1 FROM people_standing s WHERE s.account_id = %(account)s AND s.role = t.key) RETURNING t.id AS obj)"""
    back_write = f"did AS ({INSERT.format(key='ok.obj::text')} ON CONFLICT DO NOTHING RETURNING t.id AS obj)"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, NULL::jsonb AS before, e.before AS after,
                   CASE WHEN {TAKEN.format(name="e.before->>'name'")} THEN 'role_name_taken' END AS skip, {NO_SEATS} FROM journal_effect e WHERE {UNDONE}"""


class _OfRole(Verb):
    """What the three have in common: the right, and that an undo asks for every right of the role once more."""

    privilege = "access:role:manage"

    def check_undo(self, actor: Actor, change: Mapping[str, Any]) -> None:
        if change["params"].get("role") == "admin":
            actor.require("access:admin:manage")
        for effect in sql.rows("SELECT before, after FROM journal_effect WHERE change_id = %(c)s", {"c": change["id"]}):
            for told in (effect["before"], effect["after"]):
                if told and "privileges" in told:
                    refuse_more_than_own(actor, told["privileges"], told["most"])


@register
class CreateRole(_OfRole):
    """Make a role: name, description, privileges (names), most (people at once, or None). Refused (forbidden) beyond the actor's own rights."""

    name = "access.create_role"
    parts = (NewRole(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        refuse_without_plan(actor)
        fields = checked_fields({"description": "", "privileges": [], "most": None, **params, "name": params.get("name")})
        refuse_more_than_own(actor, fields["privileges"], fields["most"])
        return {"fields": fields}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"role": "", "fields": sql.Jsonb(params["fields"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("1\u00a0role will be created: %(role)s.") % {"role": params["fields"]["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The role %(role)s was created") % {"role": params["fields"]["name"]}


@register
class EditRole(_OfRole):
    """Change what a role is called and may; of Admin, by the owner, what it may. Owner and Member stay as they are (behaviour.md I)."""

    name = "access.edit_role"
    parts = (EditedRole(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        key, fields = params.get("role"), checked_fields(params)
        if key == "admin":
            actor.require("access:admin:manage")
            if "name" in fields:
                raise Refused("invalid", "system_role", _("Admin keeps its name."), field="name")
            return {"role": key, "fields": fields}
        found = custom_role(actor, key)
        if found is None:
            words = _("There is no such role that can be changed. Owner and Member stay as they are.")
            raise Refused("invalid", "unknown_role", words, field="role")
        refuse_without_plan(actor)
        for privileges, most in ((found["privileges"], found["most"]), (fields.get("privileges", ()), fields.get("most", found["most"]))):
            refuse_more_than_own(actor, privileges, most)
        return {"role": found["key"], "role_name": found["name"], "fields": fields}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        system = {"name": "Admin", "description": "", "privileges": sorted(privileges_of("admin")), "most": None}
        return {"role": params["role"], "fields": sql.Jsonb(params["fields"]), "system": sql.Jsonb(system)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The role %(role)s will change.") % {"role": called_in(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The role %(role)s was changed") % {"role": called_in(params)}


@register
class DeleteRole(_OfRole):
    """Delete a role; whoever holds it gets `instead`, another role or member. Refused (forbidden) when either may more than the actor's own."""

    name = "access.delete_role"
    parts = (Replaced(), RoleAway())

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = custom_role(actor, params.get("role"))
        if found is None:
            words = _("There is no such role that can be deleted. Owner, Admin and Member stay.")
            raise Refused("invalid", "unknown_role", words, field="role")
        refuse_more_than_own(actor, found["privileges"], found["most"])
        instead = given_role(actor, params.get("instead") or "member")
        if instead["role"] == found["key"]:
            raise Refused("invalid", "same_role", _("Choose another role than the one that goes."), field="instead")
        return {"role": found["key"], "role_name": found["name"], "instead": instead["role"], "instead_name": instead.get("role_name", "")}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        after = {"role": params["instead"], **({"role_name": params["instead_name"]} if params["instead_name"] else {})}
        return {"role": params["role"], "gets": sql.Jsonb(after)}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = {
            "n": figure(will),
            "role": called_in(params),
            "instead": called_in({"role": params["instead"], "role_name": params["instead_name"]}),
        }
        if not will:
            return _("The role %(role)s will be deleted. Nobody holds it.") % told
        will_be = ngettext(
            "%(n)s\u00a0person who holds it will be %(instead)s.", "%(n)s\u00a0people who hold it will be %(instead)s.", will
        )
        return _("The role %(role)s will be deleted. %(people)s") % {**told, "people": will_be % told}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The role %(role)s was deleted") % {"role": called_in(params)}


def checked_fields(params: Mapping[str, Any]) -> dict[str, Any]:
    """Those of name, description, privileges and most that were given, as they are journaled. Refused (invalid) when one is wrong."""
    checks = {"name": _name, "description": _description, "privileges": _privileges, "most": _most}
    return {field: check(params[field]) for field, check in checks.items() if field in params}


def _name(given: Any) -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        words = _("A role needs a name of at most %(n)s characters, on one line.") % {"n": LONGEST_NAME}
        raise Refused("invalid", "name", words, field="name")
    if name.casefold() in NAMES:
        raise Refused("invalid", "name", _("Owner, Admin and Member are there already. Choose another name."), field="name")
    return name


def _description(given: Any) -> str:
    text = given.strip() if isinstance(given, str) else ""
    if len(text) > LONGEST_DESCRIPTION or not text.isprintable():
        words = _("A description has at most %(n)s characters, on one line.") % {"n": LONGEST_DESCRIPTION}
        raise Refused("invalid", "description", words, field="description")
    return text


def _privileges(given: Any) -> list[str]:
    names = frozenset(given) if isinstance(given, list | tuple) and all(isinstance(g, str) for g in given) else frozenset({""})
    if names - grantable():
        raise Refused("invalid", "privileges", _("One of these rights is none that a role can have."), field="privileges")
    return sorted(expand(names))


def _most(given: Any) -> int | None:
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 2**31:
        words = _("How many people one change may touch is a number from 1 on, or nothing.")
        raise Refused("invalid", "most", words, field="most")
    return given
