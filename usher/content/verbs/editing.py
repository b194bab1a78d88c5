"""What an item says of itself: its title alone, or with when it takes place, how long, how often, and what programs said about it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.content import passcodes, reads, selection
from usher.content.kinds import OCCURS
from usher.content.verbs.making import LONGEST_SECONDS, checked_number, checked_time, checked_title
from usher.core.actor import Actor
from usher.core.free_form import MOST_BYTES
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, reason, register

MOST_KEPT = 2 * MOST_BYTES
TOO_MUCH = reason("details_full", gettext_lazy("programs said too much about it already"), refused=True)
NOW = """jsonb_build_object('title', i.title, 'occurs', i.occurs, 'starts_at', i.starts_at, 'seconds', i.seconds, 'details', i.details)"""
# What is said of an item is laid over what is known of it, and so are its settings and the dates of a series, one by one.
LAID = """CASE WHEN w.details ? '{name}' THEN jsonb_build_object('{name}', coalesce(i.details->'{name}', '{{}}') || (w.details->'{name}')) ELSE '{{}}' END"""
WANTED = f"""jsonb_build_object('title', w.title, 'occurs', w.occurs, 'starts_at', w.starts_at, 'seconds', w.seconds, 'details', i.details || coalesce(w.details, '{{}}') ||
            {LAID.format(name="settings")} || {LAID.format(name="occurrences")})"""
ONLY_WANTED = "(SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(%s) WHERE jsonb_exists(%%(wanted)s::jsonb, key))"
# A row of content_item is as an effect tells it, in every field of which the effect tells; the passcode is the same one, however it is sealed by now.
IS = """({item}.title = coalesce({told}->>'title', {item}.title) AND {item}.occurs = coalesce({told}->>'occurs', {item}.occurs)
         AND (NOT jsonb_exists({told}, 'starts_at') OR {item}.starts_at IS NOT DISTINCT FROM ({told}->>'starts_at')::timestamptz)
         AND (NOT jsonb_exists({told}, 'seconds') OR {item}.seconds IS NOT DISTINCT FROM ({told}->>'seconds')::int)
         AND ({told}->'details' IS NULL OR {item}.details - 'password' = ({told}->'details') - 'password' AND {passcode} IS NOT DISTINCT FROM {told_passcode}))"""


def as_told(item: str, told: str) -> str:
    """SQL that is true when a row of content_item is as an effect tells it."""
    return IS.format(item=item, told=told, passcode=passcodes.which(f"{item}.details"), told_passcode=passcodes.which(f"{told}->'details'"))


class Edited(Part):
    """Parameters: items (one), wanted (an object of title, occurs, starts_at, seconds, details: what is in it is changed, the rest stays)."""

    lock = ("content_standing", "item_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, x.id AS obj, x.version, jsonb_build_object('name', x.title) || x.was AS before,
                   jsonb_build_object('name', coalesce(x.will->>'title', x.title)) || x.will AS after,
                   CASE WHEN x.was = x.will THEN 'already' WHEN x.trashed_at IS NOT NULL THEN 'in_trash'
                        WHEN octet_length(x.will->>'details') > {MOST_KEPT} THEN 'details_full' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM (SELECT i.id, i.title, s.version, s.trashed_at, {ONLY_WANTED % NOW} AS was, {ONLY_WANTED % WANTED} AS will
                         FROM ({selection.sql_of(params["items"])}) c JOIN content_item i ON i.id = c.id JOIN content_standing s ON s.item_id = i.id
                         CROSS JOIN jsonb_to_record(%(wanted)s::jsonb) AS w(title text, occurs text, starts_at timestamptz, seconds int, details jsonb)) x"""

    write = f"""edited AS (UPDATE content_item t SET title = coalesce(ok.after->>'title', t.title), occurs = coalesce(ok.after->>'occurs', t.occurs),
                  starts_at = CASE WHEN jsonb_exists(ok.after, 'starts_at') THEN (ok.after->>'starts_at')::timestamptz ELSE t.starts_at END,
                  seconds = CASE WHEN jsonb_exists(ok.after, 'seconds') THEN (ok.after->>'seconds')::int ELSE t.seconds END,
                  details = coalesce(ok.after->'details', t.details)
                  FROM ok, content_standing s WHERE t.id = ok.obj AND s.item_id = ok.obj AND s.trashed_at IS NULL AND {as_told("t", "ok.before")} RETURNING t.id),
                did AS (UPDATE content_standing t SET version = t.version + 1 FROM edited WHERE t.item_id = edited.id RETURNING t.item_id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        before, after = (passcodes.as_sealed_now(told, unless_changed="e", item="i") for told in ("e.after", "e.before"))
        return f"""SELECT NULL::int AS subj, e.obj, s.version, {before} AS before, {after} AS after,
                   CASE WHEN i.id IS NULL OR s.trashed_at IS NOT NULL OR NOT {as_told("i", "e.after")} THEN 'changed' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e LEFT JOIN content_item i ON i.id = e.obj LEFT JOIN content_standing s ON s.item_id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


class _OfOne(Verb):
    """The shared half: one item."""

    privilege = "content:item:manage"
    parts = (Edited(),)

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True


@register
class Rename(_OfOne):
    """Give one item another title. Parameters: items (one id), title. Refuses (invalid) what no title can be; (conflict, in_trash) what is in the trash."""

    name = "content.rename"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"items": one_item(params), "title": checked_title(params.get("title"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"wanted": {"title": params["title"]}, **selection.params_of(params["items"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The item will be called %(title)s.") % {"title": params["title"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("An item was renamed: %(title)s") % {"title": params["title"]}


@register
class Change(_OfOne):
    """Change what one item says of itself. Parameters: items (one id), wanted: title, occurs, starts_at (ISO 8601 with its offset, or null), seconds, details.

    What is not named stays; details, and the settings among them, are laid over those there are; the passcode among them (`password`) is sealed.
    Refuses (invalid) what none of them can be; (conflict) what is in the trash (in_trash), or says more than 64 KB by now (details_full).
    """

    name = "content.change"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        items, wanted = one_item(params), params.get("wanted")
        item = reads.item(actor, UUID(items["ids"][0]))
        if not isinstance(wanted, dict) or not wanted or set(wanted) - {*CHECKS, "details"}:
            raise Refused("invalid", "unknown_field", _("Name what shall change: title, occurs, starts_at, seconds, details."))
        if "occurs" in wanted and wanted["occurs"] not in OCCURS[item["kind"]]:
            raise Refused("invalid", "occurs", _("Choose how often it takes place."), field="occurs")
        told = {name: CHECKS[name](value) for name, value in wanted.items() if name in CHECKS}
        if "details" in wanted:
            told["details"] = passcodes.kept(actor.account_id, wanted["details"], item["details"])
        return {"items": items, "title": item["title"], "wanted": told}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"wanted": params["wanted"], **selection.params_of(params["items"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(title)s will be changed.") % {"title": params["title"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(title)s was changed") % {"title": params["title"]}


CHECKS: dict[str, Callable[[Any], Any]] = {
    "title": checked_title,
    "occurs": str,
    "starts_at": checked_time,
    "seconds": lambda number: checked_number(number, LONGEST_SECONDS, "seconds"),
}


def one_item(params: Mapping[str, Any]) -> dict[str, Any]:
    """The selection of one item. Refuses (invalid, one_item) any other."""
    items = selection.checked(params.get("items"))
    if len(items.get("ids", ())) != 1:
        raise Refused("invalid", "one_item", _("An item is changed one at a time."))
    return items
