"""A mail to whoever started work that took more than a minute, at its end (portal.md section 8); a switch in Me turns it off."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from usher.core import clock, jobs, sql
from usher.journal import reads
from usher.mail.kinds import Kind, register

MESSAGES = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.first_name, u.email, false AS admin, true AS alive,
  (m.params->>'change')::uuid AS change FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN accounts_account a ON a.id = m.account_id
WHERE m.id = ANY(%(ids)s)"""


@app.task(name="lifecycle.tell_long_work", queue="mail")
def tell(change: str) -> None:
    """Queue the mail: once, to somebody active who wants it. The work of the operator and of the clock has no reader."""
    with transaction.atomic():
        told = sql.execute(
            """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
               SELECT usher_uuid7(), u.account_id, 'work_ended', u.id, u.email, jsonb_build_object('change', c.id), %(now)s, %(now)s
               FROM journal_change c JOIN people_user u ON u.id = c.actor_id AND u.mail_when_done
               JOIN people_standing s ON s.user_id = u.id AND s.status = 'active'
               WHERE c.id = %(c)s AND NOT EXISTS (SELECT 1 FROM mail_message m WHERE m.to_user = u.id AND m.kind = 'work_ended' AND m.params->>'change' = c.id::text)""",
            {"c": change, "now": clock.now()},
        )
        if told:
            jobs.defer("mail.deliver")


def ended(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """What was done, in the reader's language, and how much of it was not."""
    found = {r["id"]: r for r in sql.rows(MESSAGES, {"ids": [m["id"] for m in messages]})}
    changes = {c["id"]: c for c in sql.rows(f"{reads.CHANGE} WHERE c.id = ANY(%(i)s)", {"i": [r["change"] for r in found.values()]})}
    return {id: {**row, **_told(changes[row["change"]], row["language"])} for id, row in found.items()}


def _told(change: dict[str, Any], language: str) -> dict[str, Any]:
    outcome = reads.outcome(change)
    with translation.override(language):
        return {
            "what": reads.sentence(change, outcome.done),
            "number": change["number"],
            "left_out": outcome.skipped + outcome.refused + outcome.failed,
            "stopped": outcome.left,
        }


def result_pages(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, str]:
    """The page of the result. It is no key: whoever opens it signs in."""
    numbers = sql.rows(
        "SELECT m.id, c.number FROM mail_message m JOIN journal_change c ON c.id = (m.params->>'change')::uuid WHERE m.id = ANY(%(ids)s)",
        {"ids": [m["id"] for m in messages]},
    )
    return {n["id"]: f"{settings.BASE_URL}/changes/{n['number']}" for n in numbers}


register(Kind("work_ended", _("Done: C-%(number)s at %(account)s"), ended, result_pages))
