"""What shall happen on a day: deactivate people, end a license or an add-on; and cancelling it (FLOW-06, FLOW-07; docs/decisions/0041)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.administrators import left_alone
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.journal.names import figure, long_day
from usher.journal.verb import Part, Verb, reason, register
from usher.licenses.catalog import BASIC, PRODUCTS
from usher.people import selection
from usher.people.of_people import OfPeople

from .leave import FULL_NAME, checked_content

DEACTIVATE, END_LICENSE, END_ADD_ON = "deactivate", "end_license", "end_add_on"
LONGEST = timedelta(days=5 * 366)

AWAY_ALREADY = reason("away_already", gettext_lazy("is deactivated already"))
DATED = reason("dated", gettext_lazy("has a date for this already: cancel it first"))
DAY_BEGUN = reason("day_begun", gettext_lazy("that day has begun where they live"))
DATE_OVER = reason("date_over", gettext_lazy("was done or cancelled meanwhile"))
WAITING = "d.state IN ('waiting', 'held_back', 'failed')"


class Scheduled(Part):
    """One date per person. Parameters: what, product, day, params of the verb to come, zones with the midnight of that day in each."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, '{{"on": null}}'::jsonb AS before,
                   jsonb_build_object('on', %(day)s::text, 'due', coalesce(z.due, %(utc)s::timestamptz), 'name', {FULL_NAME}, 'email', u.email) AS after,
                   CASE WHEN d.id IS NOT NULL THEN 'dated' WHEN coalesce(z.due, %(utc)s::timestamptz) <= %(now)s THEN 'day_begun'
                        WHEN %(what)s = 'end_license' AND s.license IS DISTINCT FROM %(product)s THEN 'not_held'
                        WHEN %(what)s = 'end_add_on' AND NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = s.user_id AND a.product = %(product)s) THEN 'not_held'
                        WHEN %(what)s <> 'deactivate' THEN NULL WHEN s.status = 'pending' THEN 'still_pending' WHEN s.status <> 'active' THEN 'away_already'
                        {left_alone("is_owner", "is_admin", "holds_role")} WHEN s.user_id = %(actor)s::uuid THEN 'oneself' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = who.id
                   LEFT JOIN unnest(%(zones)s::text[], %(dues)s::timestamptz[]) z(name, due) ON z.name = u.time_zone
                   LEFT JOIN lifecycle_dated d ON d.user_id = s.user_id AND d.state = 'waiting' AND d.what = %(what)s AND d.product = %(product)s
                   {selection.order_by(params["subjects"])}"""

    write = """
did AS (INSERT INTO lifecycle_dated (id, account_id, user_id, what, params, product, day, due, change_id, state, note)
  SELECT usher_uuid7(), %(account)s, ok.obj, %(what)s, %(then)s::jsonb, %(product)s, %(day)s::date, (ok.after->>'due')::timestamptz, %(change)s, 'waiting', '' FROM ok
  ON CONFLICT (user_id, what, product) WHERE state = 'waiting' DO NOTHING RETURNING user_id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after, CASE WHEN d.id IS NULL THEN 'date_over' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e LEFT JOIN people_standing s ON s.user_id = e.obj
                   LEFT JOIN lifecycle_dated d ON d.user_id = e.obj AND d.change_id = %(undoes)s::uuid AND {WAITING}
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""

    back_write = f"""did AS (UPDATE lifecycle_dated d SET state = 'cancelled' FROM ok
                     WHERE d.user_id = ok.obj AND d.change_id = %(undoes)s::uuid AND {WAITING} RETURNING d.user_id AS obj)"""


@register
class Schedule(OfPeople):
    """Do something to each of a set of people on a day. Parameters: subjects; day (ISO 8601); what: deactivate, with `content` as the leaving verbs
    take it; end_license, of the `product` they hold, for Basic; end_add_on, taking `product` back.

    The day begins at midnight of the person's own time zone as it is set now; where that midnight does not exist, at the first moment of the day.
    Refuses (invalid) an unknown what or product, no day (bad_day), and one that is past or more than five years away (past, too_far).
    Skipped: who has such a date (dated), where the day has begun (day_begun), who does not hold it (not_held), who cannot leave; the lines of a file that
    name nobody (nobody_here).
    """

    name = "lifecycle.schedule"
    privilege = "people:user:manage"
    parts = (Scheduled(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if set(params) - {"subjects", "what", "product", "day", "content", "zones"} or params.get("what") not in (
            DEACTIVATE,
            END_LICENSE,
            END_ADD_ON,
        ):
            raise Refused("invalid", "unknown_field", _("There is no such choice."))
        subjects, day = selection.checked(actor, params.get("subjects")), checked_day(params.get("day"))
        zones = {zone: midnight(day, zone).isoformat() for zone in zones_of(actor, subjects)}
        if max([datetime.fromisoformat(due) for due in zones.values()], default=midnight(day, "UTC")) <= clock.now():
            raise Refused("invalid", "past", _("This day has begun already. Choose a later one, or do it now."), field="day")
        what = params["what"]
        return {
            "subjects": subjects,
            "what": what,
            "product": checked_product(what, params.get("product")),
            "day": day.isoformat(),
            "content": checked_content(actor, params.get("content")) if what == DEACTIVATE else {},
            "zones": zones,
        }

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "what": params["what"],
            "product": params["product"],
            "day": params["day"],
            "then": sql.Jsonb(params_to_come(params)),
            "zones": list(params["zones"]),
            "dues": list(params["zones"].values()),
            "utc": midnight(date.fromisoformat(params["day"]), "UTC"),
            **selection.params_of(params["subjects"]),
        }

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = {"n": figure(will), "day": day_of(params), "product": name_of(params)}
        if params["what"] == DEACTIVATE:
            words = ngettext("%(n)s person will be deactivated on %(day)s.", "%(n)s people will be deactivated on %(day)s.", will)
        elif params["what"] == END_LICENSE:
            words = ngettext(
                "%(n)s person will have Basic instead of %(product)s from %(day)s on.",
                "%(n)s people will have Basic instead of %(product)s from %(day)s on.",
                will,
            )
        else:
            words = ngettext(
                "%(product)s will be taken back from %(n)s person on %(day)s.",
                "%(product)s will be taken back from %(n)s people on %(day)s.",
                will,
            )
        return words % told

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = {"n": figure(done), "day": day_of(params), "product": name_of(params)}
        if params["what"] == DEACTIVATE:
            words = ngettext("%(n)s person is to be deactivated on %(day)s", "%(n)s people are to be deactivated on %(day)s", done)
        else:
            words = ngettext("%(n)s person keeps %(product)s until %(day)s", "%(n)s people keep %(product)s until %(day)s", done)
        return words % told

    def undo_words(self, done: int) -> str:
        return _("Their dates are cancelled, as far as the day has not come.")


def checked_day(text: Any) -> date:
    """A day not too far away, or Refused with its field."""
    try:
        day = date.fromisoformat(str(text or "").strip())
    except ValueError:
        raise Refused("invalid", "bad_day", _("A day is written like 2026-12-31."), field="day") from None
    if day > clock.now().date() + LONGEST:
        raise Refused("invalid", "too_far", _("Choose a day within the next five years."), field="day")
    return day


def midnight(day: date, zone: str) -> datetime:
    """The moment with which a day begins in a time zone. Python takes the clock before a change: a midnight that is skipped is the day's first moment."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.zone_of(zone)).astimezone(UTC)


def zones_of(actor: Actor, subjects: Mapping[str, Any]) -> list[str]:
    """The time zones these people live by."""
    found = sql.rows(
        f"SELECT DISTINCT u.time_zone AS zone FROM ({selection.sql_of(subjects)}) who JOIN people_user u ON u.id = who.id ORDER BY 1",
        {**selection.params_of(subjects), "account": actor.account_id, "actor": actor.user_id},
    )
    return [f["zone"] for f in found]


def checked_product(what: str, code: Any) -> str:
    """The product that ends: a Workplace license that is more than Basic, or an add-on. Empty for people who leave."""
    if what == DEACTIVATE:
        return ""
    product = PRODUCTS.get(str(code))
    if product is None or product.code == BASIC or (product.kind == "workplace") != (what == END_LICENSE):
        raise Refused("invalid", "unknown_product", _("Choose a license or an add-on that can end."), field="product")
    return product.code


def params_to_come(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the verb of that day is given beside its subjects."""
    if params["what"] == DEACTIVATE:
        return {"content": params["content"]}
    return {"license": BASIC} if params["what"] == END_LICENSE else {"add_on": params["product"]}


def day_of(params: Mapping[str, Any]) -> str:
    return long_day(date.fromisoformat(params["day"]))


def name_of(params: Mapping[str, Any]) -> str:
    return PRODUCTS[params["product"]].name if params["product"] in PRODUCTS else ""


class Cancelled(Part):
    """A date is none any more. Parameter: ids of dates."""

    lock, locked = ("people_standing", "user_id"), "coalesce(before->>'user', after->>'user')::uuid"

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, d.id AS obj, NULL::int AS version,
                   jsonb_build_object('on', d.day, 'user', d.user_id, 'name', {FULL_NAME}, 'email', u.email) AS before, '{{"on": null}}'::jsonb AS after,
                   CASE WHEN NOT {WAITING} THEN 'date_over' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM lifecycle_dated d JOIN people_user u ON u.id = d.user_id WHERE d.account_id = %(account)s AND d.id = ANY(%(ids)s::uuid[]) ORDER BY d.user_id, d.id"""

    write = f"did AS (UPDATE lifecycle_dated d SET state = 'cancelled' FROM ok WHERE d.id = ok.obj AND {WAITING} RETURNING d.id AS obj)"

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                  CASE WHEN d.id IS NULL OR d.state <> 'cancelled' THEN 'changed' WHEN d.due <= %(now)s THEN 'day_begun' WHEN x.id IS NOT NULL THEN 'dated' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN lifecycle_dated d ON d.id = e.obj
                  LEFT JOIN lifecycle_dated x ON x.user_id = d.user_id AND x.what = d.what AND x.product = d.product AND x.state = 'waiting'
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""

    back_write = """did AS (UPDATE lifecycle_dated d SET state = 'waiting', note = '' FROM ok WHERE d.id = ok.obj AND d.state = 'cancelled' AND d.due > %(now)s
                    AND NOT EXISTS (SELECT 1 FROM lifecycle_dated x WHERE x.user_id = d.user_id AND x.what = d.what AND x.product = d.product AND x.state = 'waiting')
                    RETURNING d.id AS obj)"""


@register
class CancelDate(Verb):
    """Cancel dates that wait, were held back or failed. Parameter: ids. Skipped: what was done or cancelled meanwhile (date_over)."""

    name = "lifecycle.cancel_date"
    privilege = "people:user:manage"
    parts = (Cancelled(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        try:
            ids = sorted({str(unshort(str(i))) for i in params.get("ids") or []})
        except (TypeError, ValueError):
            ids = []
        if not ids or len(ids) > selection.MOST_IDS:
            raise Refused("invalid", "no_selection", _("Choose a date first."))
        return {"ids": ids}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["ids"]) == 1

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s date will be cancelled.", "%(n)s dates will be cancelled.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s date was cancelled", "%(n)s dates were cancelled", done) % {"n": figure(done)}

    def undo_words(self, done: int) -> str:
        return _("The dates hold again, as far as their days have not come.")
