"""Calls come into the account log from files of the telephone system, and tell who uses their phone (S3-43 … S3-45, docs/decisions/0097)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import not_found
from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, reason, register
from usher.phone.parts import NAME

TWICE = reason("call_twice", gettext_lazy("the call stands in the file twice"), refused=True)
NOBODY = reason("call_nobody", gettext_lazy("nobody here had this address, extension or number then"), refused=True)
# A call that was made, or answered. What rang in vain is no use of a phone. Of phone_call or of what was made of it, c.
IS_USE = "c.user_id IS NOT NULL AND (c.direction = 'outbound' OR c.result = 'answered')"
DAY = "(c.started_at AT TIME ZONE 'UTC')::date"


class NewCalls(Part):
    """The lines of a file. By an address a call is whoever's it is now; by an extension or a number only since that is theirs, for it may have been
    somebody else's before. Parameter: file."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, l.id AS obj, NULL::int AS version, NULL::jsonb AS before,
                   jsonb_build_object('name', coalesce(nullif(l.call_id, ''), '?'), 'line', l.line, 'whose', l.owner,
                     'of', coalesce(u.id, h.id, n.holder_id)) AS after,
                   CASE WHEN l.problem IS NOT NULL THEN l.problem
                        WHEN row_number() OVER (PARTITION BY l.problem IS NULL, l.call_id ORDER BY l.line) > 1 THEN '{TWICE}'
                        WHEN c.id IS NOT NULL THEN 'already'
                        WHEN coalesce(u.id, h.id, n.holder_id) IS NULL THEN '{NOBODY}' END AS skip, {NO_SEATS}
                   FROM phone_callfile f JOIN phone_callline l ON l.file_id = f.id
                   LEFT JOIN phone_call c ON c.account_id = f.account_id AND c.call_id = l.call_id
                   LEFT JOIN people_user u ON u.account_id = f.account_id AND u.canonical = l.owner AND u.left_at IS NULL
                   LEFT JOIN phone_user h ON h.account_id = f.account_id AND h.extension = l.owner AND h.state = 'active' AND h.since <= l.started_at
                   LEFT JOIN phone_number n ON n.account_id = f.account_id AND n.number = l.owner AND n.holder_id IS NOT NULL AND n.since <= l.started_at
                   WHERE f.account_id = %(account)s AND f.id = %(file)s::uuid ORDER BY l.line"""

    # In one order everywhere, so that two imports of the same calls never wait for each other in a ring.
    write = f"""
made AS (INSERT INTO phone_call (id, account_id, call_id, direction, caller, callee, user_id, room_id, holder_name, site_id, started_at, seconds, result, path)
  SELECT l.id, %(account)s, l.call_id, l.direction, l.caller, l.callee, u.id, r.id, coalesce({NAME}, r.name), coalesce(h.site_id, u.site_id, r.site_id),
         l.started_at, l.seconds, l.result, l.path
  FROM ok JOIN phone_callline l ON l.id = ok.obj LEFT JOIN people_user u ON u.account_id = %(account)s AND u.id = (ok.after->>'of')::uuid
  LEFT JOIN accounts_room r ON r.account_id = %(account)s AND r.id = (ok.after->>'of')::uuid LEFT JOIN phone_user h ON h.id = (ok.after->>'of')::uuid
  WHERE u.id IS NOT NULL OR r.id IS NOT NULL ORDER BY l.call_id ON CONFLICT (account_id, call_id) DO NOTHING RETURNING *),
recorded AS (INSERT INTO phone_recording (id, account_id, call_id, kind, started_at, seconds, size, transcript)
  SELECT usher_uuid7(), %(account)s, made.id, x.kind, made.started_at, x.seconds, x.size, x.transcript FROM made JOIN phone_callline l ON l.id = made.id
  CROSS JOIN LATERAL jsonb_to_recordset(l.recorded) x(kind text, seconds int, size bigint, transcript text) WHERE l.recorded <> '[]'),
used AS (INSERT INTO licenses_usage (user_id, account_id, product, day, source)
  SELECT DISTINCT c.user_id, %(account)s::uuid, 'phone', {DAY} AS day, 'calls' FROM made c WHERE {IS_USE} ORDER BY 1, 4 ON CONFLICT DO NOTHING),
did AS (SELECT made.id AS obj FROM made)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, '{{}}'::jsonb AS after,
                   CASE WHEN c.id IS NULL THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_call c ON c.id = e.obj AND c.account_id = %(account)s WHERE {DONE} ORDER BY e.ord"""

    # A day is unused again when no other call of it is left.
    back_write = f"""
gone AS (DELETE FROM phone_call c USING ok WHERE c.id = ok.obj AND c.account_id = %(account)s RETURNING c.*),
unused AS (DELETE FROM licenses_usage g USING (SELECT DISTINCT c.user_id, {DAY} AS day FROM gone c WHERE {IS_USE}) d
  WHERE g.user_id = d.user_id AND g.product = 'phone' AND g.day = d.day AND g.source = 'calls'
  AND NOT EXISTS (SELECT 1 FROM phone_call c WHERE c.user_id = d.user_id AND c.started_at >= d.day::timestamp AT TIME ZONE 'UTC'
    AND c.started_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC' AND {IS_USE} AND c.id NOT IN (SELECT id FROM gone))),
did AS (SELECT gone.id AS obj FROM gone)"""


@register
class ImportCalls(Verb):
    """Take the calls of a staged file into the account log. Parameter: file, the id of a call_files.CallFile.

    A call that is here already is left alone, so a file may come twice. A bad line is told with its reason and never stops the others: what is wrong
    with it by itself (call_lines), call_twice, call_nobody. Refuses (missing) another account's file.
    """

    name = "phone.import_calls"
    privilege = "phone:log:manage"
    parts = (NewCalls(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = sql.row(
            "SELECT id, filename, lines FROM phone_callfile WHERE id = %(f)s AND account_id = %(a)s",
            {"f": _id(params.get("file")), "a": actor.account_id},
        )
        if found is None:
            raise not_found(_("This file"))
        return {"file": str(found["id"]), "filename": found["filename"], "lines": found["lines"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0call comes into the account log.", "%(n)s\u00a0calls come into the account log.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0call came into the account log", "%(n)s\u00a0calls came into the account log", done) % {
            "n": figure(done)
        }

    def undo_words(self, done: int) -> str:
        return _("The calls leave the account log, with their recordings and voicemails.")


def _id(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
