"""Giving a role to people, for everybody or for some (S0-14, S0-15, S0-17, S0-18). Nobody hands out more than they hold (AUTHZ-01, AUTHZ-02, AUTHZ-04)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, reason, register
from usher.people import selection
from usher.people.named import group_named, site_named
from usher.people.of_people import OfPeople
from usher.people.rank import is_beyond, refuse_higher
from usher.people.scope import NAMED as NAMED_BY_ID

from .handing_out import given_role
from .roles import NAMES

IS_OWNER = reason("is_owner", gettext_lazy("the owner: ownership is transferred, never taken away"))
NOT_ACTIVE = reason("not_active", gettext_lazy("not active: only active people can be administrators"))
ROLE_GONE = reason("role_gone", gettext_lazy("the role they had is not there any more"))
MOST_VALUES = 100
# Of somebody's role in the journal: its name as it was then, when it is a custom one; whom it covers, when not everybody.
SCOPE = "(SELECT jsonb_build_object('kind', x.kind, 'values', to_jsonb(x.values)) FROM access_scope x WHERE x.user_id = {person}.user_id)"
NAMED = f"""(SELECT jsonb_build_object('names', coalesce(jsonb_agg(n.name ORDER BY n.name), '[]')) FROM access_scope x JOIN {NAMED_BY_ID} n
            ON n.account_id = x.account_id AND n.kind = x.kind AND n.id::text = ANY (x.values) WHERE x.user_id = s.user_id)"""
BEFORE = f"""jsonb_strip_nulls(jsonb_build_object('role', s.role, 'role_name', CASE WHEN s.role NOT IN ('owner', 'admin', 'member') THEN
               (SELECT r.name FROM access_role r WHERE r.account_id = s.account_id AND r.key = s.role) END,
               'scope', {SCOPE.format(person="s")} || CASE WHEN EXISTS (SELECT 1 FROM access_scope x WHERE x.user_id = s.user_id AND x.kind <> 'department')
                 THEN {NAMED} ELSE '{{}}' END))"""


class RolePart(Part):
    """The role of a person and whom it covers; rights are gone at the next request, because every request reads the role. Parameters: gets."""

    lock = ("people_standing", "user_id")
    # What keeps an undo from giving a role back.
    hinders: ClassVar[str] = f"""WHEN e.before->>'role' NOT IN ('admin', 'member') AND NOT EXISTS (SELECT 1 FROM access_role r
        WHERE r.account_id = %(account)s AND r.key = e.before->>'role') THEN 'role_gone'
      WHEN {is_beyond("(e.before->>'role')")} OR {is_beyond("s.role")} THEN 'higher_rank'"""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, {BEFORE} AS before, %(gets)s::jsonb AS after,
                   CASE WHEN s.role = %(gets)s::jsonb->>'role' AND {SCOPE.format(person="s")} IS NOT DISTINCT FROM (%(gets)s::jsonb->'scope') - 'names' THEN 'already'
                        WHEN s.role = 'owner' THEN 'is_owner' WHEN s.status <> 'active' THEN 'not_active' WHEN {is_beyond("s.role")} THEN 'higher_rank' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id {selection.order_by(params["subjects"])}"""

    # The role is locked shared: it can be deleted before somebody gets it, or after, and is then looked at again.
    write = f"""there AS MATERIALIZED (SELECT r.key FROM access_role r WHERE r.account_id = %(account)s AND r.key IN (SELECT ok.after->>'role' FROM ok) FOR SHARE),
did AS (UPDATE people_standing t SET role = ok.after->>'role', version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.role = ok.before->>'role' AND t.role <> 'owner' AND t.status <> 'gone' AND NOT {is_beyond("t.role")}
  AND {SCOPE.format(person="t")} IS NOT DISTINCT FROM (ok.before->'scope') - 'names'
  AND (ok.after->>'role' IN ('admin', 'member') OR ok.after->>'role' IN (SELECT key FROM there)) RETURNING t.user_id AS obj),
everybody AS (DELETE FROM access_scope x USING did JOIN ok ON ok.obj = did.obj WHERE x.user_id = did.obj AND ok.after->'scope' IS NULL),
those AS (INSERT INTO access_scope (user_id, account_id, kind, values)
  SELECT did.obj, %(account)s, ok.after->'scope'->>'kind', ARRAY(SELECT jsonb_array_elements_text(ok.after->'scope'->'values')) FROM did JOIN ok ON ok.obj = did.obj
  WHERE ok.after->'scope' IS NOT NULL ON CONFLICT (user_id) DO UPDATE SET kind = excluded.kind, values = excluded.values)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN s.role <> e.after->>'role' OR s.status <> 'active' OR {SCOPE.format(person="s")} IS DISTINCT FROM (e.after->'scope') - 'names' THEN 'changed'
                        {self.hinders} END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""


@register
class SetRole(OfPeople):
    """Give people a role, or make them members again. Refused (forbidden) when the role, or the one they hold, may more than the actor's own does.

    Parameters: role, a key; scope, `{"kind": "department" | "group" | "site", "values": […]}`, for a custom role that shall not cover everybody.
    """

    name = "access.set_role"
    privilege = "access:role:manage"
    parts = (RolePart(),)

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        role = given_role(actor, params.get("role"))
        scope = checked_scope(actor, role["role"], params.get("scope"))
        return {**role, **({"scope": scope} if scope else {})}

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        checked = super().check(actor, params)
        refuse_higher(actor, checked["subjects"], is_beyond("s.role"))
        return checked

    def check_undo(self, actor: Actor, change: Mapping[str, Any]) -> None:
        """Admins are made and unmade by the owner, also by way of an undo."""
        super().check_undo(actor, change)
        admins = "SELECT true FROM journal_effect WHERE change_id = %(c)s AND 'admin' IN (before->>'role', after->>'role') LIMIT 1"
        if sql.value(admins, {"c": change["id"]}):
            actor.require("access:admin:manage")

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"gets": sql.Jsonb({key: params[key] for key in ("role", "role_name", "scope") if key in params})}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will be %(role)s.", "%(n)s\u00a0people will be %(role)s.", will)
        return told % {"n": figure(will), "role": called_in(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person has the role %(role)s now", "%(n)s\u00a0people have the role %(role)s now", done)
        return told % {"n": figure(done), "role": called_in(params)}


def called_in(params: Mapping[str, Any]) -> str:
    """The role as it was called when it was given."""
    return str(params.get("role_name") or NAMES[params["role"]])


def checked_scope(actor: Actor, role: str, scope: Any) -> dict[str, Any] | None:
    """Whom a role shall cover, as it is journaled; None for everybody. Refused (invalid) when it is nothing known, or the role is one of the system."""
    if not scope:
        return None
    kind, values = (scope.get("kind"), scope.get("values")) if isinstance(scope, Mapping) else (None, None)
    if kind not in ("department", "group", "site") or not isinstance(values, list) or not 0 < len(values) <= MOST_VALUES:
        words = _("A role covers everybody, or the people of departments, groups or sites. Name at least one, and at most %(n)s.") % {
            "n": MOST_VALUES
        }
        raise Refused("invalid", "scope", words, field="scope")
    if role in NAMES:
        raise Refused("invalid", "scope", _("Only a custom role can be limited. Admin and Member are about everybody."), field="scope")
    if kind != "department":
        found = dict(named_in_scope(actor, kind, value) for value in values)
        return {"kind": kind, "values": sorted(found), "names": [found[id] for id in sorted(found)]}
    named = sorted({str(value).replace("\x00", "").strip() for value in values})
    if not all(named):
        raise Refused("invalid", "scope", _("A department has a name. Somebody without one is in none."), field="scope")
    return {"kind": kind, "values": named}


def named_in_scope(actor: Actor, kind: str, value: Any) -> tuple[str, str]:
    """Id and name of a group or site. Refused (invalid) when it is not in this account (TENANT-03)."""
    if kind == "site":
        site = site_named(actor, value, "scope")
        return site["site"], site["site_name"]
    group = group_named(actor, "user", value, "scope")
    return group["group"], group["group_name"]
