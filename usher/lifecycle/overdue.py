"""Deleting people who have been deactivated for as long as the account says, never without a warning before (behaviour.md E)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.actors import system
from usher.core import clock, jobs, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import Verb, plan, register

from .leave import Away, Delete

WARNED_DAYS = 7
SPARE = f"least({WARNED_DAYS}, a.delete_after_days)"  # so many days lie between the warning and the deletion
NOT_MARKED = "NOT EXISTS (SELECT 1 FROM people_mark k WHERE k.user_id = d.user_id)"  # the clock touches nobody who is marked
# Deactivated for long enough, and warned of for long enough: also who was deactivated years before the account chose its number.
OVERDUE = f"""d.how = 'deactivated' AND a.delete_after_days > 0 AND d.at <= %(until)s::timestamptz - make_interval(days => a.delete_after_days)
  AND d.warned_at <= %(until)s::timestamptz - make_interval(days => {SPARE}) AND {NOT_MARKED}"""
AHEAD = f"d.at <= %(now)s::timestamptz - make_interval(days => a.delete_after_days - {SPARE}) AND {NOT_MARKED}"


class OverdueAway(Away):
    """Whoever is overdue at `until`, read where it is done: somebody reactivated meanwhile is not among them."""

    def who(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT d.user_id AS id FROM lifecycle_departure d JOIN accounts_account a ON a.id = d.account_id WHERE d.account_id = %(account)s AND {OVERDUE}"""

    def order(self, params: Mapping[str, Any]) -> str:
        return "ORDER BY s.user_id"


@register
class DeleteOverdue(Verb):
    """Delete everybody who is deactivated for longer than the account wants, into the trash like any deletion. Only the clock does it (clock_only).

    Parameter: until, the moment it looked (ISO 8601). Nobody is deleted whose administrators were not told seven days before.
    """

    name = "lifecycle.delete_overdue"
    privilege = "people:user:manage"
    parts = (OverdueAway(),)
    lost = Delete.lost

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "system":
            raise Refused("forbidden", "clock_only", _("Only the clock deletes by the account's setting. Choose whom to delete."))
        return {"until": str(params["until"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"how": Delete.how, "becomes": Delete.becomes, "until": params["until"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s deactivated person will be deleted.", "%(n)s deactivated people will be deleted.", will) % {
            "n": figure(will)
        }

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s person was deleted, deactivated for long", "%(n)s people were deleted, deactivated for long", done)
        return told % {"n": figure(done)}


def delete_overdue() -> int:
    """Delete whoever is overdue, account by account; how many accounts had some. Twice in one minute is once."""
    until = this_minute()
    due = sql.rows(
        f"SELECT DISTINCT d.account_id FROM lifecycle_departure d JOIN accounts_account a ON a.id = d.account_id WHERE {OVERDUE}",
        {"until": until},
    )

    def delete_those_of(found: dict[str, Any]) -> None:
        wish = plan(system(found["account_id"]), DeleteOverdue.name, {"until": until.isoformat()})
        engine.start(wish, f"delete_overdue:{until:%Y%m%d%H%M}")

    return len(jobs.each(due, delete_those_of))


def this_minute() -> datetime:
    return clock.now().replace(second=0, microsecond=0)


def warn() -> int:
    """Tell the owner and the admins who will be deleted in seven days: one mail to each, an account has one a day; how many mails.

    Who is not near their end any more, because the number was raised, is warned of anew in time.
    """
    now = clock.now()
    with transaction.atomic():
        sql.execute(
            f"""UPDATE lifecycle_departure d SET warned_at = NULL FROM accounts_account a
                WHERE a.id = d.account_id AND d.warned_at IS NOT NULL AND d.how = 'deactivated' AND NOT (a.delete_after_days > 0 AND {AHEAD})""",
            {"now": now},
        )
        mails = sql.execute(
            f"""WITH warned AS (UPDATE lifecycle_departure d SET warned_at = %(now)s FROM accounts_account a
                  WHERE a.id = d.account_id AND d.warned_at IS NULL AND d.how = 'deactivated' AND a.delete_after_days > 0 AND {AHEAD}
                  AND NOT EXISTS (SELECT 1 FROM lifecycle_departure x WHERE x.account_id = a.id AND x.warned_at > %(today)s) RETURNING d.account_id, {SPARE} AS spare),
                told AS (SELECT account_id, count(*) AS n, max(spare) AS spare FROM warned GROUP BY 1)
                INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
                SELECT usher_uuid7(), t.account_id, 'deletion_ahead', u.id, u.email, jsonb_build_object('n', t.n, 'on', %(now)s::timestamptz + make_interval(days => t.spare)),
                       %(now)s, %(now)s
                FROM told t JOIN people_standing s ON s.account_id = t.account_id AND s.status = 'active' AND s.role <> 'member' JOIN people_user u ON u.id = s.user_id""",
            {"now": now, "today": now - timedelta(hours=20)},
        )
        if mails:
            jobs.defer("mail.deliver")
    return mails
