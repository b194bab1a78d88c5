"""New content: meetings, webinars, whiteboards and notes by a form, recordings by an upload."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.content import passcodes
from usher.content.kinds import OCCURS
from usher.content.parts import heir_lacks
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, register
from usher.people.verbs.profile import name_of

LONGEST_TITLE = 200
MOST_ITEMS = 1_000
LONGEST_SECONDS = 24 * 3600


class NewItems(Part):
    """Each item of %(made)s, a list of objects: owner, kind, title, occurs, starts_at, seconds, details, meeting, file, filename, size.

    Undone, they are in the trash.
    """

    lock = None

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, usher_uuid7() AS obj, NULL::int AS version, NULL::jsonb AS before,
                   jsonb_strip_nulls(jsonb_build_object('name', x.title, 'kind', x.kind, 'occurs', x.occurs, 'starts_at', x.starts_at, 'seconds', x.seconds,
                     'meeting', x.meeting, 'file', x.file, 'filename', x.filename, 'size', x.size, 'owner', {name_of("u")}, 'owner_id', x.owner))
                     || CASE WHEN x.details IS NULL THEN '{{}}'::jsonb ELSE jsonb_build_object('details', x.details) END AS after,
                   {heir_lacks("h", "x.kind")} AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM ROWS FROM (jsonb_to_recordset(%(made)s::jsonb) AS (owner uuid, kind text, title text, occurs text, starts_at timestamptz, seconds int,
                     details jsonb, meeting uuid, file text, filename text, size bigint)) WITH ORDINALITY
                     AS x(owner, kind, title, occurs, starts_at, seconds, details, meeting, file, filename, size, nth)
                   LEFT JOIN people_standing h ON h.user_id = x.owner AND h.account_id = %(account)s LEFT JOIN people_user u ON u.id = h.user_id ORDER BY x.nth"""

    write = """
made AS (INSERT INTO content_item (id, account_id, kind, title, occurs, starts_at, seconds, details, meeting_id, file, filename, size, created_at)
  SELECT ok.obj, %(account)s, ok.after->>'kind', ok.after->>'name', coalesce(ok.after->>'occurs', ''), (ok.after->>'starts_at')::timestamptz,
         (ok.after->>'seconds')::int, coalesce(ok.after->'details', '{}'), (ok.after->>'meeting')::uuid, coalesce(ok.after->>'file', ''), coalesce(ok.after->>'filename', ''),
         (ok.after->>'size')::bigint, %(now)s
  FROM ok JOIN people_standing h ON h.user_id = (ok.after->>'owner_id')::uuid AND h.status = 'active' RETURNING id, kind),
kept AS (DELETE FROM content_loosefile f USING ok WHERE f.name = ok.after->>'file'),
did AS (INSERT INTO content_standing (item_id, account_id, owner_id, kind, version)
  SELECT made.id, %(account)s, (ok.after->>'owner_id')::uuid, made.kind, 1 FROM made JOIN ok ON ok.obj = made.id RETURNING item_id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, s.version, e.after || '{"state": "here"}' AS before, '{"state": "trash"}'::jsonb AS after,
                  CASE WHEN s.item_id IS NULL OR s.trashed_at IS NOT NULL OR s.version <> 1 THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN content_standing s ON s.item_id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""

    back_write = """did AS (UPDATE content_standing t SET trashed_at = %(now)s, version = t.version + 1 FROM ok
                    WHERE t.item_id = ok.obj AND t.version = 1 AND t.trashed_at IS NULL RETURNING t.item_id AS obj)"""


class _Making(Verb):
    """The shared half of what makes new items."""

    privilege = "content:item:manage"
    parts = (NewItems(),)
    makes_new = True

    def undo_words(self, done: int) -> str:
        return _("What was made goes to the trash, unless it was changed since.")


@register
class Create(_Making):
    """Create items for people. Parameter: items, at most 1,000 of {owner, kind, title, occurs, starts_at, seconds, size, details}; starts_at is ISO 8601 with its offset.

    Refuses (invalid) a title that is empty, too long or not on one line, an unknown kind, a time that is none. Skipped: an owner who is not here
    (heir_gone), not active, or lacks the license that the kind needs. A recording made so has no file; files come by content.upload.
    """

    name = "content.create"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        items = params.get("items")
        if not isinstance(items, list) or not 0 < len(items) <= MOST_ITEMS:
            words = _("Name between 1 and %(n)s\u00a0items.") % {"n": figure(MOST_ITEMS)}
            raise Refused("invalid", "items", words)
        return {"items": [checked_item(actor, i) for i in items]}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"made": as_json(params["items"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["items"]) == 1

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0item will be created.", "%(n)s\u00a0items will be created.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if len(params["items"]) == 1:
            return _("%(title)s was created") % {"title": params["items"][0]["title"]}
        return ngettext("%(n)s\u00a0item created", "%(n)s\u00a0items created", done) % {"n": figure(done)}


@register
class Upload(_Making):
    """A recording whose file lies in the storage already. Parameters: owner, title, starts_at, seconds, meeting, file, filename, size in bytes.

    Called by content.uploading only, which puts the file there. Refuses and skips what create does.
    """

    name = "content.upload"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        item = checked_item(actor, {**params, "kind": "recording"})
        return {**item, "file": str(params["file"]), "filename": str(params["filename"]), "size": int(params["size"])}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"made": as_json([dict(params)])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(title)s will be uploaded.") % {"title": params["title"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(title)s was uploaded") % {"title": params["title"]}


def checked_item(actor: Actor, item: Any) -> dict[str, Any]:
    """An item as it is journaled, without what was not said. Refuses (invalid) with the name of the field that is wrong."""
    kind = item.get("kind")
    if kind not in OCCURS:
        raise Refused("invalid", "kind", _("Choose a meeting, a webinar, a recording, a whiteboard or a note."), field="kind")
    occurs = item.get("occurs") or OCCURS[kind][0]
    if occurs not in OCCURS[kind]:
        raise Refused("invalid", "occurs", _("Choose how often it takes place."), field="occurs")
    made = {
        "owner": checked_id(item.get("owner"), "owner"),
        "kind": kind,
        "title": checked_title(item.get("title")),
        "occurs": occurs,
        "starts_at": checked_time(item.get("starts_at")),
        "seconds": checked_number(item.get("seconds"), LONGEST_SECONDS, "seconds"),
        "size": checked_number(item.get("size"), 2**53, "size"),
        "details": passcodes.kept(actor.account_id, item.get("details"), {}) or None,
        "meeting": checked_id(item["meeting"], "meeting") if item.get("meeting") else None,
    }
    return {key: value for key, value in made.items() if value is not None}


def checked_title(title: Any) -> str:
    """Refuses (invalid, title) an empty title, one of several lines or of more than 200 characters."""
    text = str(title or "").strip()
    if not text or len(text) > LONGEST_TITLE or not text.isprintable():
        raise Refused("invalid", "title", _("A title has 1 to %(n)s characters, on one line.") % {"n": LONGEST_TITLE}, field="title")
    return text


def checked_id(text: Any, field: str) -> str:
    try:
        return str(UUID(str(text)))
    except ValueError:
        raise Refused("invalid", field, _("Nobody here has this address."), field=field) from None


def checked_time(text: Any) -> str | None:
    """ISO 8601 with its offset, or None for nothing."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(str(text))
        if at.tzinfo is not None and 1970 <= at.year <= 2200:
            return at.isoformat()
    except ValueError:
        pass
    raise Refused("invalid", "starts_at", _("This is no date and time."), field="starts_at")


def checked_number(number: Any, most: int, field: str) -> int | None:
    if number in (None, ""):
        return None
    if not isinstance(number, int) or not 0 <= number <= most:
        raise Refused("invalid", field, _("Type a number from 0 to %(n)s.") % {"n": figure(most)}, field=field)
    return number


def as_json(items: list[dict[str, Any]]) -> str:
    """A list is an array to the database driver; the part wants one value."""
    return json.dumps(items)
