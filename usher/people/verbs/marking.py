"""Who stands on the never-touch list, and who is a service account (marks.py says what follows from it)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, reason, register
from usher.people import selection
from usher.people.marks import KINDS
from usher.people.of_people import OfPeople

LONGEST_WHY = 200
NOT_HERE_YET = reason("not_here_yet", gettext_lazy("still pending: only who has joined can be marked"))


class Marking(Part):
    """The one mark of a person, or none. Parameters: kind (null for none), why."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('mark', k.kind, 'why', k.why) AS before,
                   jsonb_build_object('mark', %(kind)s::text, 'why', %(why)s::text) AS after,
                   CASE WHEN k.kind IS NOT DISTINCT FROM %(kind)s::text AND k.why IS NOT DISTINCT FROM %(why)s::text THEN 'already'
                        WHEN s.status = 'pending' THEN 'not_here_yet' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN people_mark k ON k.user_id = s.user_id {selection.order_by(params["subjects"])}"""

    write = """
away AS (DELETE FROM people_mark m USING ok WHERE m.user_id = ok.obj AND ok.after->>'mark' IS NULL AND m.kind = ok.before->>'mark' RETURNING m.user_id AS obj),
put AS (INSERT INTO people_mark AS m (user_id, account_id, kind, why, at, change_id)
  SELECT ok.obj, %(account)s, ok.after->>'mark', ok.after->>'why', %(now)s, %(change)s FROM ok
  LEFT JOIN people_mark x ON x.user_id = ok.obj WHERE ok.after->>'mark' IS NOT NULL AND x.kind IS NOT DISTINCT FROM ok.before->>'mark'
  ON CONFLICT (user_id) DO UPDATE SET kind = excluded.kind, why = excluded.why, at = excluded.at, change_id = excluded.change_id RETURNING m.user_id AS obj),
did AS (SELECT obj FROM away UNION ALL SELECT obj FROM put)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                  CASE WHEN k.kind IS DISTINCT FROM e.after->>'mark' OR k.why IS DISTINCT FROM e.after->>'why' THEN 'changed' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj LEFT JOIN people_mark k ON k.user_id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""


class _Marks(OfPeople):
    """The shared half. Whoever is marked is meant here, so nobody is passed over."""

    privilege = "people:mark:manage"
    parts = (Marking(),)
    spares_marked = False


@register
class Mark(_Marks):
    """Put each of a set of people on the never-touch list (kind never), or mark them as service accounts (kind service), with a word why.

    Somebody has one mark; another takes its place. Skipped: who is pending (not_here_yet). Refuses (invalid) another kind, and words of more than a line.
    """

    name = "people.mark"

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if str(params.get("kind")) not in KINDS:
            raise Refused("invalid", "unknown_kind", _("A mark is never or service."), field="kind")
        why = " ".join(str(params.get("why") or "").replace("\x00", "").split())
        if len(why) > LONGEST_WHY or not why.isprintable():
            raise Refused("invalid", "too_long", _("At most %(n)s characters, on one line.") % {"n": LONGEST_WHY}, field="why")
        return {"kind": params["kind"], "why": why}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["kind"] == "service":
            told = ngettext("%(n)s\u00a0person will be a service account.", "%(n)s\u00a0people will be service accounts.", will)
        else:
            told = ngettext(
                "%(n)s\u00a0person will be on the never-touch list.", "%(n)s\u00a0people will be on the never-touch list.", will
            )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if params["kind"] == "service":
            told = ngettext("%(n)s\u00a0person marked as a service account", "%(n)s\u00a0people marked as service accounts", done)
        else:
            told = ngettext("%(n)s\u00a0person put on the never-touch list", "%(n)s\u00a0people put on the never-touch list", done)
        return told % {"n": figure(done)}


@register
class Unmark(_Marks):
    """Take the mark from each of a set of people: verbs over a set mean them again."""

    name = "people.unmark"

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"kind": None, "why": None}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will not be marked any more.", "%(n)s\u00a0people will not be marked any more.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person is not marked any more", "%(n)s\u00a0people are not marked any more", done)
        return told % {"n": figure(done)}
