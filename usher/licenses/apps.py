from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import register_pair
from usher.journal.ledger import fit
from usher.journal.verify import invariant


class LicensesConfig(AppConfig):
    name = "usher.licenses"

    def ready(self) -> None:
        register_pair("licenses:subscription", _("what was bought"))
        from . import giving, members, subscribing, verbs, waiting_verbs  # noqa: F401
        from .ledger import SeatLedger

        fit(SeatLedger())
        invariant(
            "I1-used",
            "used and pending of every product are exactly the seats people hold, held is exactly what running work holds",
            COUNTED,
        )
        invariant("I1-waiting", "no seat is free for five minutes that somebody waits for while the clock runs", WAITED_FOR)
        invariant("I2-inactive", "nobody deactivated or gone holds an add-on", IDLE)
        invariant("I1-needs", "nobody holds an add-on without the license it needs", NEEDS)


COUNTED = """
WITH real AS (
  SELECT account_id, product, sum(used)::int AS used, sum(pending)::int AS pending FROM (
    SELECT account_id, license AS product, count(*) FILTER (WHERE status = 'active') AS used, count(*) FILTER (WHERE status = 'pending') AS pending
      FROM people_standing WHERE license IS NOT NULL GROUP BY 1, 2
    UNION ALL
    SELECT a.account_id, a.product, count(*) FILTER (WHERE s.status = 'active'), count(*) FILTER (WHERE s.status = 'pending')
      FROM licenses_seat a JOIN people_standing s ON s.user_id = a.user_id GROUP BY 1, 2
    UNION ALL
    SELECT account_id, product, count(*), 0 FROM licenses_roomseat GROUP BY 1, 2) x GROUP BY 1, 2),
held AS (
  SELECT r.account_id, h.key AS product, sum(h.value::int)::int AS held FROM journal_run r, jsonb_each_text(r.held) h WHERE r.state = 'running' GROUP BY 1, 2)
SELECT coalesce(l.account_id, real.account_id)::text AS account, coalesce(l.product, real.product) AS product, l.used, real.used AS real_used,
       l.pending, real.pending AS real_pending, l.held, held.held AS real_held
FROM licenses_license l FULL JOIN real ON real.account_id = l.account_id AND real.product = l.product
LEFT JOIN held ON held.account_id = l.account_id AND held.product = l.product
WHERE coalesce(l.used, 0) <> coalesce(real.used, 0) OR coalesce(l.pending, 0) <> coalesce(real.pending, 0) OR coalesce(l.held, 0) <> coalesce(held.held, 0)"""
# The clock came by five minutes after the last change of the account, and left a seat that somebody could have.
WAITED_FOR = """SELECT w.account_id::text, w.product, count(*)::int AS waiting, l.bought - l.used - l.pending - l.held AS free
FROM licenses_waiting w JOIN licenses_license l ON l.account_id = w.account_id AND l.product = w.product
WHERE w.state = 'waiting' AND l.bought > l.used + l.pending + l.held AND split_part(w.product, ':', 1) NOT IN ('large_meeting', 'webinar', 'events')
  AND (SELECT max(c.at) FROM journal_change c WHERE c.account_id = w.account_id) < (
    SELECT to_timestamp(max(defer_timestamp)) - interval '5 minutes' FROM procrastinate_periodic_defers WHERE task_name = 'licenses.give_waiting')
GROUP BY 1, 2, 4"""
IDLE = "SELECT a.user_id::text, a.product FROM licenses_seat a JOIN people_standing s ON s.user_id = a.user_id WHERE s.status NOT IN ('active', 'pending')"
NEEDS = """SELECT a.user_id::text, a.product, s.license FROM licenses_seat a JOIN people_standing s ON s.user_id = a.user_id
WHERE split_part(a.product, ':', 1) IN ('large_meeting', 'webinar', 'events') AND s.license NOT IN ('meetings:licensed', 'meetings:on_prem')"""
