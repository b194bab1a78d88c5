"""What may be done to groups."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, reason, register

NAME_TAKEN = reason("name_taken", gettext_lazy("there is a group of this name already"), refused=True)
LONGEST_NAME = 127  # behaviour.md G: under 128 characters


class NewGroup(Part):
    """A group by its name, unique by canonical form (MAIL-14). Parameters: kind, group_name.

    Its id is made from the name and the newest group there is, so that a plan and its start agree, and a name that was renamed away can be used again.
    """

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj,
                  md5(%(account)s::text || %(kind)s || usher_fold(%(group_name)s) || coalesce((SELECT g.id::text FROM people_group g
                    WHERE g.account_id = %(account)s ORDER BY g.created_at DESC, g.id DESC LIMIT 1), ''))::uuid AS obj, NULL::int AS version, NULL::jsonb AS before,
                  jsonb_build_object('name', %(group_name)s::text, 'kind', %(kind)s::text) AS after,
                  CASE WHEN EXISTS (SELECT 1 FROM people_group g WHERE g.account_id = %(account)s AND g.kind = %(kind)s AND g.name_key = usher_fold(%(group_name)s))
                       THEN 'name_taken' END AS skip, NULL::text AS takes, NULL::text AS gives"""

    write = """did AS (INSERT INTO people_group (id, account_id, kind, name, created_at) SELECT obj, %(account)s, %(kind)s, %(group_name)s, %(now)s FROM ok
               ON CONFLICT DO NOTHING RETURNING id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, NULL::jsonb AS after,
                  CASE WHEN EXISTS (SELECT 1 FROM people_membership m WHERE m.group_id = e.obj) OR EXISTS (SELECT 1 FROM people_user u WHERE u.im_group_id = e.obj)
                       THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""

    back_write = "did AS (DELETE FROM people_group t USING ok WHERE t.id = ok.obj RETURNING t.id AS obj)"


@register
class CreateGroup(Verb):
    """Create a user group or an IM group. Refuses a name that another group of the kind has in any spelling (name_taken)."""

    name = "people.create_group"
    privilege = "people:group:manage"
    parts = (NewGroup(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        name = str(params.get("name") or "").strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            words = _("A group needs a name of at most %(n)s characters, on one line.") % {"n": LONGEST_NAME}
            raise Refused("invalid", "name", words, field="name")
        if params.get("kind") not in ("user", "im"):
            raise Refused("invalid", "kind", _("A group is a user group or an IM group."), field="kind")
        return {"kind": params["kind"], "name": name}

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
