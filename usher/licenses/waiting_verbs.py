"""What may be done to the waiting list by hand: taking somebody off, and putting somebody first. Who gets on it is the choice of a plan that lacks seats."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, reason, register
from usher.people.verbs.profile import name_of

WAIT_OVER = reason("wait_over", gettext_lazy("does not wait any more"))
MOST = 1_000
WHO = "JOIN people_user u ON u.id = w.user_id WHERE w.account_id = %(account)s AND w.id = ANY(%(ids)s::uuid[])"


class _Listed(Part):
    """Lines of the list by their ids. Parameters: ids."""

    lock = ("licenses_waiting", "id")
    becomes = ""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, w.id AS obj, NULL::int AS version,
                   jsonb_build_object('name', {name_of("u")}, 'email', u.email, 'product', w.product, 'place', w.place) AS before, {self.becomes} AS after,
                   CASE WHEN w.state <> 'waiting' THEN 'wait_over' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM licenses_waiting w {WHO} ORDER BY w.place, w.id"""


class Off(_Listed):
    """They wait no more; undone, they wait at their place again, unless they wait for something else of the family by then."""

    becomes = "'{\"place\": null}'::jsonb"
    write = """did AS (UPDATE licenses_waiting t SET state = 'dropped', note = 'taken_off' FROM ok WHERE t.id = ok.obj AND t.state = 'waiting' RETURNING t.id AS obj)"""
    back_write = """did AS (UPDATE licenses_waiting t SET state = 'waiting', note = '' FROM ok WHERE t.id = ok.obj AND t.note = 'taken_off'
      AND NOT EXISTS (SELECT 1 FROM licenses_waiting x WHERE x.user_id = t.user_id AND x.family = t.family AND x.state = 'waiting') RETURNING t.id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                  CASE WHEN w.state IS DISTINCT FROM 'dropped' OR w.note <> 'taken_off' OR x.id IS NOT NULL THEN 'changed' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN licenses_waiting w ON w.id = e.obj
                  LEFT JOIN licenses_waiting x ON x.user_id = w.user_id AND x.family = w.family AND x.state = 'waiting'
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""


class First(_Listed):
    """Before everybody who waits for the same; undone, at the place before, as long as nobody moved them again."""

    becomes = """jsonb_build_object('place', (SELECT min(x.place) FROM licenses_waiting x WHERE x.account_id = w.account_id AND x.product = w.product AND x.state = 'waiting')
      - row_number() OVER (PARTITION BY w.product ORDER BY w.place DESC, w.id DESC))"""
    write = """did AS (UPDATE licenses_waiting t SET place = (ok.after->>'place')::bigint FROM ok
      WHERE t.id = ok.obj AND t.state = 'waiting' AND t.place = (ok.before->>'place')::bigint RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                  CASE WHEN w.state IS DISTINCT FROM 'waiting' THEN 'wait_over' WHEN w.place <> (e.after->>'place')::bigint THEN 'changed' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN licenses_waiting w ON w.id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""


class _OfTheList(Verb):
    """The shared half: lines by their ids, of this account."""

    privilege = "people:user:manage"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        try:
            ids = sorted({str(unshort(str(i))) for i in params.get("ids") or []})
        except (TypeError, ValueError):
            ids = []
        if not 0 < len(ids) <= MOST:
            raise Refused("invalid", "no_selection", _("Choose somebody on the waiting list first."))
        return {"ids": ids}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["ids"]) == 1


@register
class StopWaiting(_OfTheList):
    """Take people off the waiting list. Parameter: ids of its lines. Skipped: who does not wait any more (wait_over)."""

    name = "licenses.stop_waiting"
    parts = (Off(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will leave the waiting list.", "%(n)s\u00a0people will leave the waiting list.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person taken off the waiting list", "%(n)s\u00a0people taken off the waiting list", done)
        return told % {"n": figure(done)}


@register
class WaitFirst(_OfTheList):
    """Put people before everybody who waits for the same. The same parameter."""

    name = "licenses.wait_first"
    parts = (First(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will be the next to get a seat.", "%(n)s\u00a0people will be the next to get a seat.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person put first on the waiting list", "%(n)s\u00a0people put first on the waiting list", done)
        return told % {"n": figure(done)}
