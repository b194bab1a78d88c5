"""The title of an item."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from usher.content import selection
from usher.content.verbs.making import checked_title
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, register

GUARDED = """WHERE t.id = ok.obj AND t.title = ok.before->>'title' AND s.item_id = ok.obj AND s.trashed_at IS NULL"""


class Title(Part):
    """Parameters: items (one), title."""

    lock = ("content_standing", "item_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, i.id AS obj, s.version, jsonb_build_object('name', i.title, 'title', i.title) AS before,
                   jsonb_build_object('name', %(title)s::text, 'title', %(title)s::text) AS after,
                   CASE WHEN i.title = %(title)s THEN 'already' WHEN s.trashed_at IS NOT NULL THEN 'in_trash' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["items"])}) c JOIN content_item i ON i.id = c.id JOIN content_standing s ON s.item_id = i.id"""

    write = f"""named AS (UPDATE content_item t SET title = ok.after->>'title' FROM ok, content_standing s {GUARDED} RETURNING t.id),
                did AS (UPDATE content_standing t SET version = t.version + 1 FROM named WHERE t.item_id = named.id RETURNING t.item_id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                  CASE WHEN s.trashed_at IS NOT NULL OR i.title IS DISTINCT FROM e.after->>'title' THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN content_item i ON i.id = e.obj LEFT JOIN content_standing s ON s.item_id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


@register
class Rename(Verb):
    """Give one item another title. Parameters: items (one id), title. Refuses (invalid) what no title can be; (conflict, in_trash) what is in the trash."""

    name = "content.rename"
    privilege = "content:item:manage"
    parts = (Title(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        items = selection.checked(params.get("items"))
        if len(items.get("ids", ())) != 1:
            raise Refused("invalid", "one_item", _("An item is renamed one at a time."))
        return {"items": items, "title": checked_title(params.get("title"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"title": params["title"], **selection.params_of(params["items"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The item will be called %(title)s.") % {"title": params["title"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("An item was renamed: %(title)s") % {"title": params["title"]}
