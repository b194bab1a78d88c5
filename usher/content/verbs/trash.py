"""The trash of content: items wait there for 30 days, can be taken out again, and are purged by the clock."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.content import selection
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, reason, register

DAYS = 30  # behaviour.md E: the trash rule of recordings, here for every kind
IN_TRASH = reason("in_trash", gettext_lazy("is in the trash"))
NOT_IN_TRASH = reason("not_in_trash", gettext_lazy("is not in the trash any more"))

HERE, TRASH = """'{"state": "here"}'::jsonb""", """'{"state": "trash"}'::jsonb"""


class PutAway(Part):
    """Items go to the trash. Whose they are stays."""

    lock = ("content_standing", "item_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, i.id AS obj, s.version, {HERE} || jsonb_build_object('name', i.title, 'kind', i.kind) AS before, {TRASH} AS after,
                   CASE WHEN s.trashed_at IS NOT NULL THEN 'already' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["items"])}) c JOIN content_item i ON i.id = c.id JOIN content_standing s ON s.item_id = i.id ORDER BY i.id"""

    write = """did AS (UPDATE content_standing t SET trashed_at = %(now)s, version = t.version + 1 FROM ok
               WHERE t.item_id = ok.obj AND t.trashed_at IS NULL RETURNING t.item_id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, s.version, e.before || e.after AS before, e.before AS after,
                  CASE WHEN s.trashed_at IS NULL THEN 'not_in_trash' WHEN u.left_at IS NOT NULL THEN 'owner_gone' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN content_standing s ON s.item_id = e.obj LEFT JOIN people_user u ON u.id = s.owner_id
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""

    back_write = """did AS (UPDATE content_standing t SET trashed_at = NULL, version = t.version + 1 FROM ok
                    WHERE t.item_id = ok.obj AND t.trashed_at IS NOT NULL RETURNING t.item_id AS obj)"""


class TakenOut(Part):
    """Items come out of the trash, to whoever had them."""

    lock = ("content_standing", "item_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, i.id AS obj, s.version, {TRASH} || jsonb_build_object('name', i.title, 'kind', i.kind) AS before, {HERE} AS after,
                   CASE WHEN s.trashed_at IS NULL THEN 'not_in_trash' WHEN u.left_at IS NOT NULL THEN 'owner_gone' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["items"])}) c JOIN content_item i ON i.id = c.id JOIN content_standing s ON s.item_id = i.id
                   JOIN people_user u ON u.id = s.owner_id ORDER BY i.id"""

    write, back_write = PutAway.back_write, PutAway.write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, s.version, e.before || e.after AS before, e.before AS after,
                  CASE WHEN s.item_id IS NULL OR s.trashed_at IS NOT NULL THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN content_standing s ON s.item_id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""


class Purged(Part):
    """Items are gone for good; their files become loose and are removed by the clock. `items` makes a SELECT of (ord int, item_id uuid):

    `ord` is the row in phase 0 of the person they belonged to, or null. The leaving verbs purge with it what somebody left behind.
    """

    lock = ("content_standing", "item_id")

    def __init__(self, items: Callable[[Mapping[str, Any]], str]) -> None:
        self.items = items

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT c.ord AS subj, i.id AS obj, s.version,
                   jsonb_build_object('name', i.title, 'kind', i.kind, 'file', i.file, 'size', i.size) AS before, NULL::jsonb AS after, NULL::text AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM ({self.items(params)}) c JOIN content_item i ON i.id = c.item_id JOIN content_standing s ON s.item_id = i.id
                   WHERE i.account_id = %(account)s ORDER BY c.ord, i.id"""

    write = """did AS (DELETE FROM content_item t USING ok, content_standing s WHERE t.id = ok.obj AND s.item_id = ok.obj AND s.version = ok.version
                       RETURNING t.id AS obj, t.file),
               loose AS (INSERT INTO content_loosefile (name, since) SELECT file, %(now)s FROM did WHERE file <> '' ON CONFLICT (name) DO NOTHING)"""


class _OfItems(Verb):
    """The shared half: a set of items."""

    privilege = "content:item:manage"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"items": selection.checked(params.get("items"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return selection.params_of(params["items"])

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["items"].get("ids", ())) == 1


@register
class Delete(_OfItems):
    """Put a set of items in the trash for 30 days. Parameter: items."""

    name = "content.delete"
    parts = (PutAway(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0item goes to the trash.", "%(n)s\u00a0items go to the trash.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0item went to the trash", "%(n)s\u00a0items went to the trash", done) % {"n": figure(done)}

    def undo_words(self, done: int) -> str:
        return _("They come out of the trash, within %(days)s days.") % {"days": DAYS}


@register
class Restore(_OfItems):
    """Take a set of items out of the trash. Parameter: items. Skipped: what is not there any more (not_in_trash), whose owner left (owner_gone)."""

    name = "content.restore"
    parts = (TakenOut(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0item comes out of the trash.", "%(n)s\u00a0items come out of the trash.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0item came out of the trash", "%(n)s\u00a0items came out of the trash", done) % {"n": figure(done)}


def chosen(params: Mapping[str, Any]) -> str:
    """The items chosen, wherever they are."""
    return f"SELECT NULL::int AS ord, c.id AS item_id FROM ({selection.sql_of(params['items'])}) c"


@register
class DeleteForGood(_OfItems):
    """Remove a set of items at once, also from the trash. Parameter: items. Nothing brings them back; their files are removed by the clock within a day."""

    name = "content.delete_for_good"
    parts = (Purged(chosen),)
    undoable = False
    for_good = True
    lost = gettext_lazy("What was purged cannot come back.")

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return gone_for_good(will)

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return was_gone_for_good(done)


def gone_for_good(will: int) -> str:
    return ngettext("%(n)s\u00a0item will be deleted for good.", "%(n)s\u00a0items will be deleted for good.", will) % {"n": figure(will)}


def was_gone_for_good(done: int) -> str:
    return ngettext("%(n)s\u00a0item deleted for good", "%(n)s\u00a0items deleted for good", done) % {"n": figure(done)}


def long_in_trash(params: Mapping[str, Any]) -> str:
    """What went to the trash before a moment, the oldest first."""
    return """SELECT NULL::int AS ord, s.item_id FROM content_standing s WHERE s.account_id = %(account)s AND s.trashed_at < %(until)s::timestamptz"""


@register
class Purge(Verb):
    """Remove for good what is in the trash since before `until` (ISO 8601). Only the clock does it (forbidden)."""

    name = "content.purge"
    privilege = "content:item:manage"
    parts = (Purged(long_in_trash),)
    undoable = False
    lost = gettext_lazy("What was purged cannot come back.")

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "system":
            raise Refused(
                "forbidden", "clock_only", _("Only the clock empties the trash, %(days)s days after something went there.") % {"days": DAYS}
            )
        return {"until": str(params["until"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return gone_for_good(will)

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return was_gone_for_good(done)
