"""The ledger day by day: written by the clock, one statement for all accounts, and read as weeks for a chart (docs/decisions/0032)."""

from typing import Any
from uuid import UUID

from usher.core import clock, sql
from usher.core.actor import Actor

VIEW = "licenses:subscription:view"
WEEKS = 52


def write_today(account: UUID | None = None) -> int:
    """Write down how every ledger of an open account stands (or those of one); once more on the same day writes over it. How many lines."""
    return sql.execute(
        """INSERT INTO licenses_seatday (account_id, product, day, bought, used, pending)
           SELECT account_id, product, (coalesce(%(now)s::timestamptz, now()) AT TIME ZONE 'UTC')::date, bought, used, pending + held FROM licenses_license
           WHERE (%(a)s::uuid IS NULL OR account_id = %(a)s::uuid) AND account_id NOT IN (SELECT id FROM accounts_account WHERE closed_at IS NOT NULL)
           ON CONFLICT (account_id, product, day) DO UPDATE SET bought = excluded.bought, used = excluded.used, pending = excluded.pending
           WHERE (licenses_seatday.bought, licenses_seatday.used, licenses_seatday.pending) <> (excluded.bought, excluded.used, excluded.pending)""",
        {"now": clock.travelled(), "a": account},
    )


def weeks(actor: Actor, product: str, back: int = WEEKS) -> list[dict[str, Any]]:
    """One line a week, the oldest first, the last of today: day, bought, used, pending. Before the first day ever written there is none.

    Refuses (forbidden) without the right to see what was bought.
    """
    actor.require(VIEW)
    return sql.rows(
        """SELECT d.day::date AS day, h.bought, h.used, h.pending
           FROM (SELECT (coalesce(%(now)s::timestamptz, now()) AT TIME ZONE 'UTC')::date AS day) today
           CROSS JOIN LATERAL generate_series(today.day - 7 * %(back)s, today.day, interval '7 days') d(day)
           CROSS JOIN LATERAL (SELECT bought, used, pending FROM licenses_seatday
             WHERE account_id = %(a)s AND product = %(p)s AND day <= d.day::date ORDER BY day DESC LIMIT 1) h ORDER BY d.day""",
        {"a": actor.account_id, "p": product, "now": clock.travelled(), "back": back},
    )


def taken_since(actor: Actor, days: int = 30) -> dict[str, int]:
    """product -> seats (used and pending) that were in use so many days ago; a product without a line that old is left out."""
    actor.require(VIEW)
    found = sql.rows(
        """SELECT l.product, h.used + h.pending AS taken FROM licenses_license l CROSS JOIN LATERAL (SELECT used, pending FROM licenses_seatday s
             WHERE s.account_id = l.account_id AND s.product = l.product AND s.day <= (coalesce(%(now)s::timestamptz, now()) AT TIME ZONE 'UTC')::date - %(d)s::int
             ORDER BY s.day DESC LIMIT 1) h WHERE l.account_id = %(a)s""",
        {"a": actor.account_id, "now": clock.travelled(), "d": days},
    )
    return {f["product"]: f["taken"] for f in found}
