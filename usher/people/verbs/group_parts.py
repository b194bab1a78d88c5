"""Everybody of one group leaves it, for another or for none: the rows that moving all members and deleting a group have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from usher.journal.verb import DONE, NO_SEATS, Part
from usher.people import selection

from .groups import TAKEN

# Whom a deletion is about. Who left the account keeps the groups they had, for the day they come back.
MEMBERS = """SELECT m.user_id AS id FROM people_membership m JOIN people_standing s ON s.user_id = m.user_id
             WHERE m.account_id = %(account)s AND m.group_id = %(group)s::uuid AND {who}"""
IM_MEMBERS = """SELECT u.id FROM people_user u JOIN people_standing s ON s.user_id = u.id
                WHERE u.account_id = %(account)s AND u.im_group_id = %(group)s::uuid AND {who}"""
HERE, GONE = "s.status <> 'gone'", "s.status = 'gone'"
# An empty group stands for itself, so that a plan without people is a plan; one that became empty by the change does not.
ITSELF = """ UNION ALL SELECT NULL::int, %(group)s::uuid, NULL::int, jsonb_build_object('name', %(group_name)s::text), NULL::jsonb, NULL::text, NULL::text, NULL::text
             WHERE NOT EXISTS ({members}) AND NOT EXISTS (SELECT 1 FROM journal_planrow p WHERE p.change_id = %(change)s::uuid)"""
# Why an undo would find no group to go back to: it was deleted; or, when it comes back itself, another has its name by now.
DELETED = "NOT EXISTS (SELECT 1 FROM people_group x WHERE x.id = %(group)s::uuid)"
REPLACED = f"EXISTS ({TAKEN.format(name='%(group_name)s')})"


class FromGroup(Part):
    """Each leaves a user group and is in another, which is primary where the first was; without another the oldest of the rest takes its place.

    Parameters: kind, group, group_name, to, to_name (null for no other). `member` is who was in the other already, `next` whose turn it is.
    """

    lock = ("people_standing", "user_id")
    no_way_back: ClassVar[str] = DELETED

    def who(self, params: Mapping[str, Any]) -> str:
        """SELECT id of the people, with their place when there is an order."""
        return selection.sql_of(params["subjects"])

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version,
                   jsonb_build_object('user_group', %(group_name)s::text, 'user_group_id', %(group)s::uuid, 'primary', m."primary",
                     'member', t.user_id IS NOT NULL, 'next', coalesce(%(to)s::uuid, n.id)) AS before,
                   jsonb_build_object('user_group', CASE WHEN %(to)s::uuid IS NULL THEN n.name ELSE %(to_name)s::text END, 'user_group_id', coalesce(%(to)s::uuid, n.id)) AS after,
                   CASE WHEN m.user_id IS NULL THEN 'not_member' END AS skip, {NO_SEATS}
                   FROM ({self.who(params)}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN people_membership m ON m.user_id = s.user_id AND m.group_id = %(group)s::uuid
                   LEFT JOIN people_membership t ON t.user_id = s.user_id AND t.group_id = %(to)s::uuid
                   LEFT JOIN LATERAL (SELECT g.id, g.name FROM people_membership x JOIN people_group g ON g.id = x.group_id
                     WHERE %(to)s::uuid IS NULL AND m."primary" AND x.user_id = s.user_id AND x.id <> m.id ORDER BY x.id LIMIT 1) n ON true
                   {selection.order_by(params.get("subjects", {}))}"""

    write = """
away AS (DELETE FROM people_membership m USING ok WHERE m.user_id = ok.obj AND m.group_id = %(group)s::uuid AND m."primary" = (ok.before->>'primary')::boolean
  RETURNING m.user_id AS obj, m."primary" AS was_primary),
did AS (SELECT obj FROM away UNION ALL SELECT ok.obj FROM ok WHERE ok.obj = %(group)s::uuid),
put AS (INSERT INTO people_membership AS t (account_id, group_id, user_id, "primary")
  SELECT %(account)s, %(to)s::uuid, a.obj, a.was_primary FROM away a WHERE %(to)s::uuid IS NOT NULL
  ON CONFLICT (group_id, user_id) DO UPDATE SET "primary" = t."primary" OR excluded."primary"),
promoted AS (UPDATE people_membership m SET "primary" = true FROM away a WHERE %(to)s::uuid IS NULL AND a.was_primary
  AND m.id = (SELECT min(x.id) FROM people_membership x WHERE x.user_id = a.obj AND x.group_id <> %(group)s::uuid))"""
    back_write = """
taken AS (DELETE FROM people_membership m USING ok WHERE m.user_id = ok.obj AND m.group_id = %(to)s::uuid AND NOT (ok.after->>'member')::boolean RETURNING m.user_id),
demoted AS (UPDATE people_membership m SET "primary" = false FROM ok WHERE (ok.after->>'primary')::boolean AND m.user_id = ok.obj AND m."primary"
  AND m.group_id = (ok.after->>'next')::uuid AND (%(to)s::uuid IS NULL OR (ok.after->>'member')::boolean) RETURNING m.user_id),
again AS (INSERT INTO people_membership (account_id, group_id, user_id, "primary")
  SELECT %(account)s, g.id, ok.obj, (ok.after->>'primary')::boolean FROM ok JOIN people_group g ON g.id = %(group)s::uuid
  LEFT JOIN taken t ON t.user_id = ok.obj LEFT JOIN demoted d ON d.user_id = ok.obj
  WHERE ok.obj <> %(group)s::uuid AND (%(to)s::uuid IS NULL OR (ok.after->>'member')::boolean OR t.user_id IS NOT NULL)
    AND (NOT (ok.after->>'primary')::boolean OR t.user_id IS NOT NULL OR d.user_id IS NOT NULL
         OR NOT EXISTS (SELECT 1 FROM people_membership x WHERE x.user_id = ok.obj AND x."primary"))
  ON CONFLICT (group_id, user_id) DO NOTHING RETURNING user_id AS obj),
did AS (SELECT obj FROM again UNION ALL SELECT ok.obj FROM ok WHERE ok.obj = %(group)s::uuid)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN {self.no_way_back} THEN 'group_gone' WHEN e.obj = %(group)s::uuid THEN NULL WHEN s.user_id IS NULL OR m.user_id IS NOT NULL THEN 'changed'
                        WHEN (e.before->>'primary')::boolean AND p.group_id IS DISTINCT FROM (e.before->>'next')::uuid THEN 'changed'
                        WHEN %(to)s::uuid IS NOT NULL AND t.user_id IS NULL THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN people_standing s ON s.user_id = e.obj
                   LEFT JOIN people_membership m ON m.user_id = e.obj AND m.group_id = %(group)s::uuid
                   LEFT JOIN people_membership t ON t.user_id = e.obj AND t.group_id = %(to)s::uuid
                   LEFT JOIN people_membership p ON p.user_id = e.obj AND p."primary" WHERE {DONE} ORDER BY e.obj"""


class FromImGroup(Part):
    """Each leaves an IM group for another, or for none. The same parameters."""

    lock = ("people_standing", "user_id")
    no_way_back: ClassVar[str] = DELETED

    def who(self, params: Mapping[str, Any]) -> str:
        return selection.sql_of(params["subjects"])

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version,
                   jsonb_build_object('im_group_name', %(group_name)s::text, 'im_group_id', %(group)s::uuid) AS before,
                   jsonb_build_object('im_group_name', %(to_name)s::text, 'im_group_id', %(to)s::uuid) AS after,
                   CASE WHEN u.im_group_id IS DISTINCT FROM %(group)s::uuid THEN 'not_member' END AS skip, {NO_SEATS}
                   FROM ({self.who(params)}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = s.user_id
                   {selection.order_by(params.get("subjects", {}))}"""

    write = """
away AS (UPDATE people_user t SET im_group_id = %(to)s::uuid FROM ok WHERE t.id = ok.obj AND t.im_group_id = %(group)s::uuid RETURNING t.id AS obj),
did AS (SELECT obj FROM away UNION ALL SELECT ok.obj FROM ok WHERE ok.obj = %(group)s::uuid)"""
    back_write = """
again AS (UPDATE people_user t SET im_group_id = g.id FROM ok JOIN people_group g ON g.id = %(group)s::uuid
  WHERE t.id = ok.obj AND t.im_group_id IS NOT DISTINCT FROM %(to)s::uuid RETURNING t.id AS obj),
did AS (SELECT obj FROM again UNION ALL SELECT ok.obj FROM ok WHERE ok.obj = %(group)s::uuid)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN {self.no_way_back} THEN 'group_gone' WHEN e.obj = %(group)s::uuid THEN NULL
                        WHEN u.id IS NULL OR u.im_group_id IS DISTINCT FROM %(to)s::uuid THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN people_standing s ON s.user_id = e.obj LEFT JOIN people_user u ON u.id = e.obj WHERE {DONE} ORDER BY e.obj"""
