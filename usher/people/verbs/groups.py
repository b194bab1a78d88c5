"""Making and renaming groups. User groups and IM groups have the same habits and a right each (S0-27, S0-28; behaviour.md R4)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, reason, register
from usher.people.named import MOST_GROUPS, group_named

NAME_TAKEN = reason("name_taken", gettext_lazy("there is a group of this name already"), refused=True)
TOO_MANY = reason("too_many_groups", gettext_lazy("there are 5,000 groups already"), refused=True)
LONGEST_NAME = 127  # behaviour.md G: under 128 characters

TAKEN = "SELECT 1 FROM people_group x WHERE x.account_id = %(account)s AND x.kind = %(kind)s AND x.name_key = usher_fold({name})"


def checked_name(given: Any) -> str:
    """A name for a group, without blanks around it. Refused (invalid, name) when it is empty, too long or not on one line."""
    name = str(given or "").strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        words = _("A group needs a name of at most %(n)s characters, on one line.") % {"n": LONGEST_NAME}
        raise Refused("invalid", "name", words, field="name")
    return name


class NewGroup(Part):
    """A group by its name, unique by canonical form (MAIL-14). Parameters: kind, group_name.

    Its id is made from the name and the newest group there is, so that a plan and its start agree, and a name that was renamed away can be used again.
    """

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj,
                  md5(%(account)s::text || %(kind)s || usher_fold(%(group_name)s) || coalesce((SELECT g.id::text FROM people_group g
                    WHERE g.account_id = %(account)s ORDER BY g.created_at DESC, g.id DESC LIMIT 1), ''))::uuid AS obj, NULL::int AS version, NULL::jsonb AS before,
                  jsonb_build_object('name', %(group_name)s::text, 'kind', %(kind)s::text) AS after,
                  CASE WHEN EXISTS ({TAKEN.format(name="%(group_name)s")}) THEN 'name_taken'
                       WHEN (SELECT count(*) FROM people_group g WHERE g.account_id = %(account)s) >= {MOST_GROUPS} THEN 'too_many_groups' END AS skip, {NO_SEATS}"""

    write = """did AS (INSERT INTO people_group (id, account_id, kind, name, created_at) SELECT obj, %(account)s, %(kind)s, %(group_name)s, %(now)s FROM ok
               ON CONFLICT DO NOTHING RETURNING id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, NULL::jsonb AS after,
                  CASE WHEN EXISTS (SELECT 1 FROM people_membership m WHERE m.group_id = e.obj)
                         OR EXISTS (SELECT 1 FROM people_user u WHERE u.account_id = %(account)s AND u.im_group_id = e.obj)
                         OR EXISTS (SELECT 1 FROM people_defaultgroup d WHERE d.account_id = %(account)s AND d.group_id = e.obj)
                       THEN 'changed' END AS skip, {NO_SEATS}
                  FROM journal_effect e WHERE {DONE}"""

    back_write = "did AS (DELETE FROM people_group t USING ok WHERE t.id = ok.obj RETURNING t.id AS obj)"


class _Create(Verb):
    """The shared half of creating. Refuses a name that another group of the kind has in any spelling (name_taken), and the 5,001st group."""

    parts = (NewGroup(),)
    makes_new = True
    kind: ClassVar[str]

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("kind", self.kind) != self.kind:
            raise Refused("invalid", "kind", _("User groups and IM groups are created each in their own way."), field="kind")
        return {"kind": self.kind, "name": checked_name(params.get("name"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"kind": params["kind"], "group_name": params["name"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if not will:
            return _("No group will be created: %(group)s is here already.") % {"group": params["name"]}
        return _("1\u00a0group will be created: %(group)s.") % {"group": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = _("The IM group %(group)s was created") if params["kind"] == "im" else _("The user group %(group)s was created")
        return told % {"group": params["name"]}


@register
class CreateGroup(_Create):
    """Create a user group."""

    name = "people.create_group"
    privilege = "people:group:manage"
    kind = "user"


@register
class CreateImGroup(_Create):
    """Create an IM group."""

    name = "people.create_im_group"
    privilege = "people:im_group:manage"
    kind = "im"


class GroupName(Part):
    """The name of one group. Parameters: kind, group, group_name (what it was), new_name."""

    lock = ("people_group", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, g.id AS obj, NULL::int AS version, jsonb_build_object('name', g.name) AS before,
                   jsonb_build_object('name', %(new_name)s::text) AS after,
                   CASE WHEN g.name = %(new_name)s THEN 'already'
                        WHEN EXISTS ({TAKEN.format(name="%(new_name)s")} AND x.id <> g.id) THEN 'name_taken' END AS skip, {NO_SEATS}
                   FROM people_group g WHERE g.account_id = %(account)s AND g.kind = %(kind)s AND g.id = %(group)s::uuid"""

    write = """did AS (UPDATE people_group t SET name = ok.after->>'name' FROM ok WHERE t.id = ok.obj AND t.name = ok.before->>'name'
               RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   CASE WHEN g.name IS DISTINCT FROM e.after->>'name' THEN 'changed'
                        WHEN EXISTS ({TAKEN.format(name="e.before->>'name'")} AND x.id <> g.id) THEN 'name_taken' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN people_group g ON g.id = e.obj WHERE {DONE}"""


class _Rename(Verb):
    """The shared half of renaming. Parameters: group (id or name), name. Refuses what creating refuses; only another spelling of its own name is free."""

    parts = (GroupName(),)
    kind: ClassVar[str]

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {**group_named(actor, self.kind, params.get("group")), "name": checked_name(params.get("name"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"kind": self.kind, "group": params["group"], "group_name": params["group_name"], "new_name": params["name"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(group)s will be called %(name)s.") % {"group": params["group_name"], "name": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = (
            _("The IM group %(group)s is called %(name)s now")
            if self.kind == "im"
            else _("The user group %(group)s is called %(name)s now")
        )
        return told % {"group": params["group_name"], "name": params["name"]}

    def undo_words(self, done: int) -> str:
        return _("The group gets its old name back, unless another has it by then.")


@register
class RenameGroup(_Rename):
    """Rename a user group."""

    name = "people.rename_group"
    privilege = "people:group:manage"
    kind = "user"


@register
class RenameImGroup(_Rename):
    """Rename an IM group."""

    name = "people.rename_im_group"
    privilege = "people:im_group:manage"
    kind = "im"
