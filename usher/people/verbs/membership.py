"""Who is in which group (S0-27, S0-28). Somebody in any group has exactly one primary; by default it is the one they joined first.

Like licenses, groups may be changed for anybody by whoever may manage them; rank (usher/people/rank.py) is about identity and access.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, reason, register
from usher.people import selection
from usher.people.named import group_named
from usher.people.of_people import OfPeople

NOT_MEMBER = reason("not_member", gettext_lazy("not in this group"))
GROUP_GONE = reason("group_gone", gettext_lazy("the group they were in is not there any more"))

GROUP = "jsonb_build_object('user_group', %(group_name)s::text, 'user_group_id', %(group)s::uuid)"
NO_GROUP = "'{\"user_group\": null}'::jsonb"
# A group that is deleted meanwhile is seen, once that is done, by a second try.
HERE = "EXISTS (SELECT 1 FROM people_group h WHERE h.id = %(group)s::uuid)"
UNDONE = f"{DONE} ORDER BY e.obj"
# The next primary is the oldest membership left. Its row is written after the one that goes: the join has to read that one first.
LEAVE = """
did AS (DELETE FROM people_membership t USING ok WHERE t.user_id = ok.obj AND t.group_id = %(group)s::uuid AND t."primary" = (ok.before->>'primary')::boolean
  RETURNING t.user_id AS obj, t."primary" AS was_primary),
promoted AS (UPDATE people_membership m SET "primary" = true FROM did WHERE did.was_primary
  AND m.id = (SELECT min(x.id) FROM people_membership x WHERE x.user_id = did.obj AND x.group_id <> %(group)s::uuid))"""


class Joined(Part):
    """One membership more; primary when it is the person's first. Parameters: group, group_name."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, {NO_GROUP} AS before, {GROUP} || jsonb_build_object('primary', p.user_id IS NULL) AS after,
                   CASE WHEN m.user_id IS NOT NULL THEN 'already' END AS skip, {NO_SEATS}
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN people_membership m ON m.user_id = s.user_id AND m.group_id = %(group)s::uuid
                   LEFT JOIN people_membership p ON p.user_id = s.user_id AND p."primary" {selection.order_by(params["subjects"])}"""

    write = f"""did AS (INSERT INTO people_membership (account_id, group_id, user_id, "primary")
               SELECT %(account)s, %(group)s::uuid, ok.obj, (ok.after->>'primary')::boolean FROM ok JOIN people_user u ON u.id = ok.obj AND u.left_at IS NULL
               WHERE {HERE} AND (ok.after->>'primary')::boolean = NOT EXISTS (SELECT 1 FROM people_membership x WHERE x.user_id = ok.obj AND x."primary")
               ON CONFLICT (group_id, user_id) DO NOTHING RETURNING user_id AS obj)"""
    back_write = LEAVE

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN m."primary" IS DISTINCT FROM (e.after->>'primary')::boolean THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj
                   LEFT JOIN people_membership m ON m.user_id = e.obj AND m.group_id = %(group)s::uuid WHERE {UNDONE}"""


class Left(Part):
    """One membership less; when it was the primary one, the oldest of the others takes its place. The same parameters."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, {GROUP} || jsonb_build_object('primary', m."primary", 'next',
                     CASE WHEN m."primary" THEN (SELECT x.group_id FROM people_membership x WHERE x.user_id = s.user_id AND x.id <> m.id ORDER BY x.id LIMIT 1) END) AS before,
                   {NO_GROUP} AS after, CASE WHEN m.user_id IS NULL THEN 'not_member' END AS skip, {NO_SEATS}
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN people_membership m ON m.user_id = s.user_id AND m.group_id = %(group)s::uuid {selection.order_by(params["subjects"])}"""

    write = LEAVE
    back_write = """
demoted AS (UPDATE people_membership m SET "primary" = false FROM ok
  WHERE (ok.after->>'primary')::boolean AND m.user_id = ok.obj AND m."primary" AND m.group_id = (ok.after->>'next')::uuid RETURNING m.user_id),
did AS (INSERT INTO people_membership (account_id, group_id, user_id, "primary")
  SELECT %(account)s, %(group)s::uuid, ok.obj, (ok.after->>'primary')::boolean FROM ok LEFT JOIN demoted d ON d.user_id = ok.obj
  WHERE NOT (ok.after->>'primary')::boolean OR d.user_id IS NOT NULL
     OR NOT EXISTS (SELECT 1 FROM people_membership x WHERE x.user_id = ok.obj AND x."primary")
  ON CONFLICT (group_id, user_id) DO NOTHING RETURNING user_id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN g.id IS NULL THEN 'group_gone' WHEN s.status = 'gone' OR m.user_id IS NOT NULL THEN 'changed'
                        WHEN (e.before->>'primary')::boolean AND p.group_id IS DISTINCT FROM (e.before->>'next')::uuid THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj LEFT JOIN people_group g ON g.id = %(group)s::uuid
                   LEFT JOIN people_membership m ON m.user_id = e.obj AND m.group_id = %(group)s::uuid
                   LEFT JOIN people_membership p ON p.user_id = e.obj AND p."primary" WHERE {UNDONE}"""


class Moved(Part):
    """The primary membership becomes one of another group. Parameters: group, group_name; `member` is whether they were in it beside the other."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version,
                   jsonb_build_object('user_group', g.name, 'user_group_id', p.group_id, 'member', m.user_id IS NOT NULL) AS before, {GROUP} AS after,
                   CASE WHEN m."primary" THEN 'already' END AS skip, {NO_SEATS}
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN people_membership m ON m.user_id = s.user_id AND m.group_id = %(group)s::uuid
                   LEFT JOIN people_membership p ON p.user_id = s.user_id AND p."primary" LEFT JOIN people_group g ON g.id = p.group_id {selection.order_by(params["subjects"])}"""

    write = f"""
away AS (DELETE FROM people_membership m USING ok WHERE {HERE} AND m.user_id = ok.obj AND m."primary" AND m.group_id = (ok.before->>'user_group_id')::uuid RETURNING m.user_id),
did AS (INSERT INTO people_membership (account_id, group_id, user_id, "primary")
  SELECT %(account)s, %(group)s::uuid, ok.obj, true FROM ok JOIN people_user u ON u.id = ok.obj AND u.left_at IS NULL LEFT JOIN away a ON a.user_id = ok.obj
  WHERE {HERE} AND CASE WHEN ok.before->>'user_group_id' IS NULL THEN NOT EXISTS (SELECT 1 FROM people_membership x WHERE x.user_id = ok.obj AND x."primary")
             ELSE a.user_id IS NOT NULL END
  ON CONFLICT (group_id, user_id) DO UPDATE SET "primary" = true RETURNING user_id AS obj)"""
    back_write = """
away AS (DELETE FROM people_membership m USING ok WHERE m.user_id = ok.obj AND m.group_id = %(group)s::uuid AND m."primary"
  AND NOT (ok.after->>'member')::boolean RETURNING m.user_id AS obj),
kept AS (UPDATE people_membership m SET "primary" = false FROM ok WHERE m.user_id = ok.obj AND m.group_id = %(group)s::uuid AND m."primary"
  AND (ok.after->>'member')::boolean RETURNING m.user_id AS obj),
did AS (SELECT obj FROM away UNION ALL SELECT obj FROM kept),
again AS (INSERT INTO people_membership (account_id, group_id, user_id, "primary")
  SELECT %(account)s, (ok.after->>'user_group_id')::uuid, ok.obj, true FROM did JOIN ok ON ok.obj = did.obj WHERE ok.after->>'user_group_id' IS NOT NULL)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN s.status = 'gone' OR p.group_id IS DISTINCT FROM %(group)s::uuid OR f.user_id IS NOT NULL THEN 'changed'
                        WHEN e.before->>'user_group_id' IS NOT NULL AND g.id IS NULL THEN 'group_gone' END AS skip, {NO_SEATS}
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj
                   LEFT JOIN people_membership p ON p.user_id = e.obj AND p."primary"
                   LEFT JOIN people_group g ON g.id = (e.before->>'user_group_id')::uuid
                   LEFT JOIN people_membership f ON f.user_id = e.obj AND f.group_id = (e.before->>'user_group_id')::uuid WHERE {UNDONE}"""


class ImGroup(Part):
    """The one IM group of a person, or none. Parameters: group (null for none), group_name."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('im_group_name', g.name, 'im_group_id', u.im_group_id) AS before,
                   jsonb_build_object('im_group_name', %(group_name)s::text, 'im_group_id', %(group)s::uuid) AS after,
                   CASE WHEN u.im_group_id IS NOT DISTINCT FROM %(group)s::uuid THEN 'already' END AS skip, {NO_SEATS}
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = s.user_id
                   LEFT JOIN people_group g ON g.id = u.im_group_id {selection.order_by(params["subjects"])}"""

    write = """
did AS (UPDATE people_user t SET im_group_id = (ok.after->>'im_group_id')::uuid FROM ok
  WHERE t.id = ok.obj AND t.left_at IS NULL AND t.im_group_id IS NOT DISTINCT FROM (ok.before->>'im_group_id')::uuid RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN s.status = 'gone' OR u.im_group_id IS DISTINCT FROM (e.after->>'im_group_id')::uuid THEN 'changed'
                        WHEN e.before->>'im_group_id' IS NOT NULL AND g.id IS NULL THEN 'group_gone' END AS skip, {NO_SEATS}
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj JOIN people_user u ON u.id = e.obj
                   LEFT JOIN people_group g ON g.id = (e.before->>'im_group_id')::uuid WHERE {UNDONE}"""


class OfGroup(OfPeople):
    """The shared half: one group, any set of people. Refuses (invalid, no_group) a group that is not in this account (TENANT-03)."""

    privilege = "people:group:manage"
    keeps_scope = False  # who comes into a group comes into the reach of whoever covers it (AUTHZ-11)
    kind: ClassVar[str] = "user"

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return group_named(actor, self.kind, params.get("group"))


@register
class AddToGroup(OfGroup):
    """Put each of a set of people into a user group; they stay in the groups they are in. A first group is their primary one."""

    name = "people.add_to_group"
    parts = (Joined(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will be added to %(group)s.", "%(n)s\u00a0people will be added to %(group)s.", will)
        return told % {"n": figure(will), "group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person added to %(group)s", "%(n)s\u00a0people added to %(group)s", done)
        return told % {"n": figure(done), "group": params["group_name"]}


@register
class RemoveFromGroup(OfGroup):
    """Take each of a set of people out of a user group. Who is not in it is skipped (not_member)."""

    name = "people.remove_from_group"
    parts = (Left(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will leave %(group)s.", "%(n)s\u00a0people will leave %(group)s.", will)
        return told % {"n": figure(will), "group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person taken out of %(group)s", "%(n)s\u00a0people taken out of %(group)s", done)
        return told % {"n": figure(done), "group": params["group_name"]}


@register
class MoveGroup(OfGroup):
    """Make a user group the primary one of each of a set of people, in place of the one that is; they leave that one."""

    name = "people.move_group"
    parts = (Moved(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will move to %(group)s.", "%(n)s\u00a0people will move to %(group)s.", will)
        return told % {"n": figure(will), "group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person moved to the group %(group)s", "%(n)s\u00a0people moved to the group %(group)s", done)
        return told % {"n": figure(done), "group": params["group_name"]}


@register
class SetImGroup(OfGroup):
    """Give each of a set of people one IM group, or none when no group is named."""

    name = "people.set_im_group"
    privilege = "people:im_group:manage"
    kind = "im"
    parts = (ImGroup(),)

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return super().wish(actor, params) if params.get("group") else {"group": None, "group_name": None}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["group"]:
            told = ngettext(
                "%(n)s\u00a0person will be in the IM group %(group)s.", "%(n)s\u00a0people will be in the IM group %(group)s.", will
            )
        else:
            told = ngettext("%(n)s\u00a0person will have no IM group.", "%(n)s\u00a0people will have no IM group.", will)
        return told % {"n": figure(will), "group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if params["group"]:
            told = ngettext("%(n)s\u00a0person put into the IM group %(group)s", "%(n)s\u00a0people put into the IM group %(group)s", done)
        else:
            told = ngettext("%(n)s\u00a0person left without an IM group", "%(n)s\u00a0people left without an IM group", done)
        return told % {"n": figure(done), "group": params["group_name"]}
