"""What may be done to roles. Only the owner makes an admin or a member of one (S0-14, S0-17, S0-18; AUTHZ-01, AUTHZ-02)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, reason, register
from usher.people import selection
from usher.people.of_people import OfPeople

from .roles import NAMES

IS_OWNER = reason("is_owner", gettext_lazy("the owner: ownership is transferred, never taken away"))
NOT_ACTIVE = reason("not_active", gettext_lazy("not active: only active people can be administrators"))


class RolePart(Part):
    """The system role of a person; an admin made a member loses the rights at the next request, because every request reads the role."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('role', s.role) AS before, jsonb_build_object('role', %(role)s::text) AS after,
                   CASE WHEN s.role = %(role)s THEN 'already' WHEN s.role = 'owner' THEN 'is_owner' WHEN s.status <> 'active' THEN 'not_active' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id {selection.order_by(params["subjects"])}"""

    write = """did AS (UPDATE people_standing t SET role = ok.after->>'role', version = t.version + 1 FROM ok
               WHERE t.user_id = ok.obj AND t.role = ok.before->>'role' AND t.role <> 'owner' RETURNING t.user_id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                  CASE WHEN s.role <> e.after->>'role' OR s.status = 'gone' THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""


@register
class SetRole(OfPeople):
    """Make people admins, or members again. Only the owner may (forbidden for everybody else, also by way of the operator's admins)."""

    name = "access.set_role"
    privilege = "access:admin:manage"
    parts = (RolePart(),)

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if str(params.get("role")) not in NAMES or params["role"] == "owner":
            words = _("A role is Admin or Member. Ownership is transferred by the owner.")
            raise Refused("invalid", "unknown_role", words, field="role")
        return {"role": params["role"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will be %(role)s.", "%(n)s\u00a0people will be %(role)s.", will)
        return told % {"n": figure(will), "role": NAMES[params["role"]]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person has the role %(role)s now", "%(n)s\u00a0people have the role %(role)s now", done)
        return told % {"n": figure(done), "role": NAMES[params["role"]]}
