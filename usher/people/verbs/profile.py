"""Who people are: the profile of one person, the department of many (S0-10)."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure, listed
from usher.journal.verb import Part, Verb, reason, register
from usher.people import selection
from usher.people.named import manager_named
from usher.people.of_people import OfPeople
from usher.people.rank import is_higher, refuse_higher
from usher.people.scope import refuse_outside

MANAGER_LOOP = reason("manager_loop", gettext_lazy("the new manager reports to this person, directly or through others"))
MANAGER_GONE = reason("manager_gone", gettext_lazy("the manager is not here any more"))

# behaviour.md A; where it names no limit, 128 as for the job title
LONGEST = {
    "first_name": 64,
    "last_name": 64,
    "display_name": 128,
    "job_title": 128,
    "department": 128,
    "location": 256,
    "cost_center": 128,
    "employee_id": 128,
    "time_zone": 64,
}
WORDS: dict[str, str | Promise] = {
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "display_name": gettext_lazy("display name"),
    "job_title": gettext_lazy("job title"),
    "department": gettext_lazy("department"),
    "location": gettext_lazy("location"),
    "cost_center": gettext_lazy("cost center"),
    "employee_id": gettext_lazy("employee id"),
    "time_zone": gettext_lazy("time zone"),
    "manager_id": gettext_lazy("manager"),
}
MANAGER = "(ok.after->>'manager_id')::uuid"


def profile_of(user: str) -> str:
    """The editable columns of a row of people_user as one object: what the plan compares and the write is guarded by."""
    columns = [f"'{name}', {user}.{name}" for name in WORDS]
    return f"jsonb_build_object({', '.join(columns)})"


def name_of(user: str) -> str:
    return f"coalesce(nullif({user}.display_name, ''), nullif(btrim({user}.first_name || ' ' || {user}.last_name), ''), {user}.email)"


def with_manager(values: str) -> str:
    """An object with the manager's name beside the id, so that the journal can be read without the person."""
    return f"""({values} || CASE WHEN {values} ? 'manager_id' THEN jsonb_build_object('manager',
               (SELECT {name_of("m")} FROM people_user m WHERE m.id = ({values}->>'manager_id')::uuid)) ELSE '{{}}' END)"""


def chain_above(manager: str) -> str:
    """A manager, their manager and so on; it ends in a ring too."""
    return f"""WITH RECURSIVE up(id) AS (SELECT {manager} UNION SELECT m.manager_id FROM up JOIN people_user m ON m.id = up.id) SELECT id FROM up"""


def wrong_manager(manager: str, person: str) -> str:
    """Why this person cannot have this manager: a reason code, or null."""
    return f"""CASE WHEN {person} IN ({chain_above(manager)}) THEN 'manager_loop'
               WHEN EXISTS (SELECT 1 FROM people_user m WHERE m.id = {manager} AND m.left_at IS NOT NULL) THEN 'manager_gone' END"""


class Profile(Part):
    """Columns of people_user. Parameters: fields (column -> new value), seen (what the actor had before them, column -> value)."""

    lock = ("people_standing", "user_id")
    # Everybody above the new manager is held too, or two changes at once could close a ring that neither sees.
    locked = f"""unnest(array_append(ARRAY({chain_above("(after->>'manager_id')::uuid")}), obj))"""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, p.obj, p.version, {with_manager("p.old")} AS before, {with_manager("p.new")} AS after,
                   CASE WHEN p.higher THEN 'higher_rank' WHEN p.now @> p.new THEN 'already' WHEN NOT p.now @> %(seen)s THEN 'changed'
                        ELSE {wrong_manager("(p.new->>'manager_id')::uuid", "p.obj")} END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM (SELECT n.*, (SELECT jsonb_object_agg(k, n.now->k) FROM jsonb_object_keys(n.new) k) AS old
                         FROM (SELECT u.id AS obj, s.version, {profile_of("u")} AS now, %(fields)s::jsonb AS new, {is_higher()} AS higher
                               FROM ({selection.sql_of(params["subjects"])}) who JOIN people_user u ON u.id = who.id
                               JOIN people_standing s ON s.user_id = u.id) n) p ORDER BY p.obj"""

    write = f"""
did AS (UPDATE people_user t SET {", ".join(f"{name} = coalesce(ok.after->>'{name}', t.{name})" for name in LONGEST)},
    manager_id = CASE WHEN ok.after ? 'manager_id' THEN {MANAGER} ELSE t.manager_id END
  FROM ok JOIN people_standing s ON s.user_id = ok.obj
  WHERE t.id = ok.obj AND t.left_at IS NULL AND {profile_of("t")} @> (ok.before - 'manager') AND NOT {is_higher()}
  AND {wrong_manager(MANAGER, "ok.obj")} IS NULL RETURNING t.id AS obj),
counted AS (UPDATE people_standing v SET version = v.version + 1 FROM did WHERE v.user_id = did.obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN u.left_at IS NOT NULL OR NOT {profile_of("u")} @> (e.after - 'manager') THEN 'changed' WHEN {is_higher()} THEN 'higher_rank'
                        ELSE {wrong_manager("(e.before->>'manager_id')::uuid", "e.obj")} END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e JOIN people_user u ON u.id = e.obj JOIN people_standing s ON s.user_id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""


@register
class EditProfile(Verb):
    """Change the profile of one person. Parameters: subjects (one id), fields (name -> text; `manager` is an id or address, empty for none).

    `seen` holds the values the actor had before them; if one is different by now, nothing is done (changed). Refuses (invalid) an unknown field,
    a text that is too long or not on one line, an unknown time zone, a manager who is not here; (manager_loop) a manager who reports to the
    person; (forbidden, higher_rank) an admin who edits another admin or the owner (AUTHZ-05). For somebody pending it holds from activation on.
    """

    name = "people.edit_profile"
    keeps_scope = True
    privilege = "people:user:manage"
    parts = (Profile(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        subjects = selection.checked(actor, params.get("subjects"))
        if len(subjects.get("ids", ())) != 1:
            raise Refused("invalid", "one_person", _("A profile is edited for one person at a time."))
        fields = {k: v for name, value in dict(params.get("fields") or {}).items() for k, v in checked_field(actor, name, value).items()}
        if not fields:
            raise Refused("invalid", "no_fields", _("Say what shall change."))
        refuse_higher(actor, subjects)
        seen = {k: v for k, v in dict(params.get("seen") or {}).items() if k in WORDS}
        return {"subjects": subjects, "fields": fields, "seen": seen}

    def check_undo(self, actor: Actor, change: Mapping[str, Any]) -> None:
        refuse_outside(actor, change)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"fields": params["fields"], "seen": params["seen"], **selection.params_of(params["subjects"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(fields)s of %(n)s\u00a0person will change.", "%(fields)s of %(n)s\u00a0people will change.", will)
        return self._told(told, params, will)

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(fields)s of %(n)s\u00a0person changed", "%(fields)s of %(n)s\u00a0people changed", done)
        return self._told(told, params, done)

    def _told(self, words: str, params: Mapping[str, Any], n: int) -> str:
        told = words % {"n": figure(n), "fields": listed([str(w) for name, w in WORDS.items() if name in params["fields"]])}
        return told[0].upper() + told[1:]


def checked_field(actor: Actor, name: str, value: Any) -> dict[str, str | None]:
    """One column with its new value, or Refused (invalid) with the field's name."""
    text = str(value or "").strip()
    if name == "manager":
        return {"manager_id": manager_named(actor, text) if text else None}
    if name not in LONGEST:
        words = _("There is no field %(name)s. The fields are %(fields)s.") % {"name": name, "fields": listed([*LONGEST, "manager"])}
        raise Refused("invalid", "unknown_field", words)
    if name == "department" and actor.scope is not None and actor.scope.kind == "department" and text not in actor.scope.values:
        words = _("Your role covers %(departments)s. Moving somebody elsewhere needs a role that covers both departments.")
        raise Refused("forbidden", "scope", words % {"departments": listed(list(actor.scope.values))}, field=name)
    if len(text) > LONGEST[name] or not text.isprintable():
        raise Refused("invalid", "too_long", _("At most %(n)s characters, on one line.") % {"n": LONGEST[name]}, field=name)
    if name == "time_zone" and text not in available_timezones():
        words = _("There is no time zone %(name)s. Choose one like Europe/Warsaw.") % {"name": text}
        raise Refused("invalid", "time_zone", words, field=name)
    return {name: text}


class Department(Part):
    """The one column, for any number of people. Parameter: department."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('department', u.department) AS before,
                   jsonb_build_object('department', %(department)s::text) AS after,
                   CASE WHEN u.department = %(department)s THEN 'already' WHEN {is_higher()} THEN 'higher_rank' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_user u ON u.id = who.id JOIN people_standing s ON s.user_id = u.id
                   {selection.order_by(params["subjects"])}"""

    write = f"""
did AS (UPDATE people_user t SET department = ok.after->>'department' FROM ok JOIN people_standing s ON s.user_id = ok.obj
  WHERE t.id = ok.obj AND t.left_at IS NULL AND t.department = ok.before->>'department' AND NOT {is_higher()} RETURNING t.id AS obj),
counted AS (UPDATE people_standing v SET version = v.version + 1 FROM did WHERE v.user_id = did.obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN u.left_at IS NOT NULL OR u.department <> e.after->>'department' THEN 'changed' WHEN {is_higher()} THEN 'higher_rank' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e JOIN people_user u ON u.id = e.obj JOIN people_standing s ON s.user_id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""


@register
class SetDepartment(OfPeople):
    """Give each of a set of people one department, or none (S0-10). An admin passes over other admins and the owner (higher_rank)."""

    name = "people.set_department"
    privilege = "people:user:manage"
    parts = (Department(),)
    by_rank = True

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return checked_field(actor, "department", params.get("department"))

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["department"]:
            told = ngettext("%(n)s\u00a0person will be in %(department)s.", "%(n)s\u00a0people will be in %(department)s.", will)
        else:
            told = ngettext("%(n)s\u00a0person will have no department.", "%(n)s\u00a0people will have no department.", will)
        return told % {"n": figure(will), "department": params["department"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if params["department"]:
            told = ngettext("%(n)s\u00a0person moved to %(department)s", "%(n)s\u00a0people moved to %(department)s", done)
        else:
            told = ngettext("%(n)s\u00a0person left without a department", "%(n)s\u00a0people left without a department", done)
        return told % {"n": figure(done), "department": params["department"]}
