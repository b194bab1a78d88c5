"""Deleting a group: first everybody leaves it, for another group or for none, then it goes. Undo brings both back."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, register
from usher.people.named import group_named

from .group_parts import GONE, HERE, IM_MEMBERS, ITSELF, MEMBERS, REPLACED, FromGroup, FromImGroup
from .groups import TAKEN


class Leaving(FromGroup):
    """Everybody in it who is here, and who came in while it went on; an empty group stands for itself."""

    asks_again = True
    no_way_back = REPLACED

    def who(self, params: Mapping[str, Any]) -> str:
        return MEMBERS.format(who=HERE)

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"SELECT * FROM ({super().rows(params)}) l" + ITSELF.format(members=MEMBERS.format(who=HERE))


class LongGone(FromGroup):
    """Who left the account and would have it again on coming back. Nobody counts them."""

    beside = False
    no_way_back = REPLACED

    def who(self, params: Mapping[str, Any]) -> str:
        return MEMBERS.format(who=GONE)


class ImLeaving(FromImGroup):
    asks_again = True
    no_way_back = REPLACED

    def who(self, params: Mapping[str, Any]) -> str:
        return IM_MEMBERS.format(who=HERE)

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"SELECT * FROM ({super().rows(params)}) l" + ITSELF.format(members=IM_MEMBERS.format(who=HERE))


class ImLongGone(FromImGroup):
    beside = False
    no_way_back = REPLACED

    def who(self, params: Mapping[str, Any]) -> str:
        return IM_MEMBERS.format(who=GONE)


class GroupAway(Part):
    """The group itself, once nobody is in it, with the settings kept for it. A default mark goes to where its members went, or away. Parameters: kind, group, group_name, to."""

    lock = ("people_group", "id")
    beside = False

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, g.id AS obj, NULL::int AS version,
                   jsonb_build_object('name', g.name, 'created_at', g.created_at, 'default', d.group_id IS NOT NULL, 'kept',
                     (SELECT jsonb_object_agg(k.part, k.values) FROM people_groupsettings k WHERE k.group_id = g.id)) AS before,
                   NULL::jsonb AS after, NULL::text AS skip, {NO_SEATS}
                   FROM people_group g LEFT JOIN people_defaultgroup d ON d.account_id = g.account_id AND d.kind = g.kind AND d.group_id = g.id
                   WHERE g.account_id = %(account)s AND g.kind = %(kind)s AND g.id = %(group)s::uuid"""

    write = """
did AS (DELETE FROM people_group t USING ok WHERE t.id = ok.obj AND NOT EXISTS (SELECT 1 FROM people_membership m WHERE m.group_id = t.id)
  AND NOT EXISTS (SELECT 1 FROM people_user u WHERE u.account_id = t.account_id AND u.im_group_id = t.id) RETURNING t.id AS obj),
mark AS (UPDATE people_defaultgroup d SET group_id = %(to)s::uuid FROM did WHERE d.account_id = %(account)s AND d.kind = %(kind)s AND d.group_id = did.obj)"""
    back_write = """
did AS (INSERT INTO people_group (id, account_id, kind, name, created_at)
  SELECT ok.obj, %(account)s, %(kind)s, ok.after->>'name', (ok.after->>'created_at')::timestamptz FROM ok ON CONFLICT DO NOTHING RETURNING id AS obj),
mark AS (UPDATE people_defaultgroup d SET group_id = did.obj FROM did JOIN ok ON ok.obj = did.obj WHERE (ok.after->>'default')::boolean
  AND d.account_id = %(account)s AND d.kind = %(kind)s AND d.group_id IS NOT DISTINCT FROM %(to)s::uuid),
settings AS (INSERT INTO people_groupsettings (account_id, group_id, part, values, version) SELECT %(account)s, did.obj, k.key, k.value, 1
  FROM did JOIN ok ON ok.obj = did.obj CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(ok.after->'kept') = 'object' THEN ok.after->'kept' ELSE '{}' END) k)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   CASE WHEN EXISTS ({TAKEN.format(name="e.before->>'name'")}) THEN 'name_taken' END AS skip, {NO_SEATS}
                   FROM journal_effect e WHERE {DONE}"""


class _Delete(Verb):
    """The shared half. Parameters: group, and `to`, the group its members move to; without it they are only taken out.

    Refuses (invalid) groups that are not here (no_group), and members moved to the group itself (same_group); and (conflict) marked members.
    """

    kind: ClassVar[str]

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        told = group_named(actor, self.kind, params.get("group"))
        to = group_named(actor, self.kind, params["to"], "to") if params.get("to") else {"group": None, "group_name": None}
        if to["group"] == told["group"]:
            raise Refused("invalid", "same_group", _("They are in this group already. Choose another one to move to."), field="to")
        refuse_marked(actor, MEMBERS if self.kind == "user" else IM_MEMBERS, told["group"])
        return {**told, "to": to["group"], "to_name": to["group_name"]}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "kind": self.kind}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if self.kind == "im":
            return _("The IM group %(group)s will be deleted.") % {"group": params["group_name"]}
        return _("The user group %(group)s will be deleted.") % {"group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = _("The IM group %(group)s was deleted") if self.kind == "im" else _("The user group %(group)s was deleted")
        return told % {"group": params["group_name"]}

    def undo_words(self, done: int) -> str:
        return _("The group comes back with everybody whose groups were not changed since.")


def refuse_marked(actor: Actor, members: str, group: str) -> None:
    """Refuse (conflict, marked_members) a group with people whom no verb over a set touches: they are taken out one by one first."""
    n = sql.value(
        f"SELECT count(*)::int FROM ({members.format(who=HERE)}) m JOIN people_mark k ON k.user_id = m.id",
        {"account": actor.account_id, "group": group},
    )
    if n:
        words = ngettext(
            "%(n)s\u00a0person in it is marked to be left alone. Take them out by hand first.",
            "%(n)s\u00a0people in it are marked to be left alone. Take them out one by one first.",
            n,
        )
        raise Refused("conflict", "marked_members", words % {"n": figure(n)})


@register
class DeleteGroup(_Delete):
    """Delete a user group. Its members move to another group, or fall back to the group they have been in longest beside it."""

    name = "people.delete_group"
    privilege = "people:group:manage"
    kind = "user"
    parts = (Leaving(), LongGone(), GroupAway())


@register
class DeleteImGroup(_Delete):
    """Delete an IM group. Its members move to another, or are left without one."""

    name = "people.delete_im_group"
    privilege = "people:im_group:manage"
    kind = "im"
    parts = (ImLeaving(), ImLongGone(), GroupAway())
