"""The default user group and the default IM group: where everybody added from now on begins, by whatever door (S0-62, S0-63, S0-66)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, register
from usher.people.named import group_named


class DefaultPart(Part):
    """The default group of a kind, or none. The object is the account. Parameters: kind, label, group (null for none), group_name."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, a.id AS obj, NULL::int AS version, jsonb_build_object(%(label)s::text, g.name, 'group', d.group_id) AS before,
                   jsonb_build_object(%(label)s::text, %(group_name)s::text, 'group', %(group)s::uuid) AS after,
                   CASE WHEN d.group_id IS NOT DISTINCT FROM %(group)s::uuid THEN 'already' END AS skip, {NO_SEATS}
                   FROM accounts_account a LEFT JOIN people_defaultgroup d ON d.account_id = a.id AND d.kind = %(kind)s
                   LEFT JOIN people_group g ON g.id = d.group_id WHERE a.id = %(account)s"""

    write = """
did AS (INSERT INTO people_defaultgroup AS t (account_id, kind, group_id) SELECT ok.obj, %(kind)s, g.id FROM ok
  LEFT JOIN people_group g ON g.id = (ok.after->>'group')::uuid WHERE ok.after->>'group' IS NULL OR g.id IS NOT NULL
  ON CONFLICT (account_id, kind) DO UPDATE SET group_id = excluded.group_id
  WHERE t.group_id IS NOT DISTINCT FROM (SELECT (ok.before->>'group')::uuid FROM ok) RETURNING t.account_id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   CASE WHEN d.group_id IS DISTINCT FROM (e.after->>'group')::uuid THEN 'changed'
                        WHEN e.before->>'group' IS NOT NULL AND g.id IS NULL THEN 'group_gone' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN people_defaultgroup d ON d.account_id = e.obj AND d.kind = %(kind)s
                   LEFT JOIN people_group g ON g.id = (e.before->>'group')::uuid WHERE {DONE}"""


class _SetDefault(Verb):
    """The shared half: a group by id or name, or none. Refuses (invalid, no_group) one that is not in this account."""

    parts = (DefaultPart(),)
    kind: ClassVar[str]

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return group_named(actor, self.kind, params["group"]) if params.get("group") else {"group": None, "group_name": None}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "kind": self.kind, "label": f"default_{self.kind}_group"}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def undo_words(self, done: int) -> str:
        return _("The default is what it was before. Whoever was added meanwhile stays where they are.")


@register
class SetDefaultGroup(_SetDefault):
    """Set the user group of everybody added from now on, or none. Who is here already stays as they are."""

    name = "people.set_default_group"
    privilege = "people:group:manage"
    kind = "user"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if not params["group"]:
            return _("Everybody added from now on will be in no user group.")
        return _("Everybody added from now on will be in %(group)s.") % {"group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if not params["group"]:
            return _("There is no default user group any more")
        return _("%(group)s became the default user group") % {"group": params["group_name"]}


@register
class SetDefaultImGroup(_SetDefault):
    """Set the IM group of everybody added from now on, or none. Who is here already stays as they are."""

    name = "people.set_default_im_group"
    privilege = "people:im_group:manage"
    kind = "im"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if not params["group"]:
            return _("Everybody added from now on will be in no IM group.")
        return _("Everybody added from now on will be in the IM group %(group)s.") % {"group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if not params["group"]:
            return _("There is no default IM group any more")
        return _("%(group)s became the default IM group") % {"group": params["group_name"]}
