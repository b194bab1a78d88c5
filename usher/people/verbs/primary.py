"""Which of a person's user groups is the primary one: unlocked settings come from it (behaviour.md F). They stay in all of them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import ngettext

from usher.journal.names import figure
from usher.journal.verb import NO_SEATS, Part, register
from usher.people import selection

from .membership import GROUP, UNDONE, OfGroup


class Primary(Part):
    """The mark on one membership goes to another one. Parameters: group, group_name."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('user_group', g.name, 'user_group_id', p.group_id) AS before, {GROUP} AS after,
                   CASE WHEN m.user_id IS NULL THEN 'not_member' WHEN m."primary" THEN 'already' END AS skip, {NO_SEATS}
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN people_membership m ON m.user_id = s.user_id AND m.group_id = %(group)s::uuid
                   LEFT JOIN people_membership p ON p.user_id = s.user_id AND p."primary" LEFT JOIN people_group g ON g.id = p.group_id {selection.order_by(params["subjects"])}"""

    # The one that stops being primary is written first: nobody ever has two.
    write = """
demoted AS (UPDATE people_membership m SET "primary" = false FROM ok
  WHERE m.user_id = ok.obj AND m."primary" AND m.group_id = (ok.before->>'user_group_id')::uuid
  AND EXISTS (SELECT 1 FROM people_membership x WHERE x.user_id = ok.obj AND x.group_id = (ok.after->>'user_group_id')::uuid) RETURNING m.user_id),
did AS (UPDATE people_membership m SET "primary" = true FROM demoted d JOIN ok ON ok.obj = d.user_id
  WHERE m.user_id = ok.obj AND m.group_id = (ok.after->>'user_group_id')::uuid RETURNING m.user_id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN p.group_id IS DISTINCT FROM (e.after->>'user_group_id')::uuid THEN 'changed' WHEN m.user_id IS NULL THEN 'not_member' END AS skip, {NO_SEATS}
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj
                   LEFT JOIN people_membership p ON p.user_id = e.obj AND p."primary"
                   LEFT JOIN people_membership m ON m.user_id = e.obj AND m.group_id = (e.before->>'user_group_id')::uuid WHERE {UNDONE}"""


@register
class SetPrimaryGroup(OfGroup):
    """Make a user group the primary one of each of a set of people who are in it. Who is not in it is skipped (not_member)."""

    name = "people.set_primary_group"
    parts = (Primary(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(group)s will be the primary group of %(n)s\u00a0person.", "%(group)s will be the primary group of %(n)s\u00a0people.", will
        )
        return told % {"n": figure(will), "group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext(
            "%(group)s is the primary group of %(n)s\u00a0person now", "%(group)s is the primary group of %(n)s\u00a0people now", done
        )
        return told % {"n": figure(done), "group": params["group_name"]}
