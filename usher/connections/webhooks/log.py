"""The log of deliveries: what it keeps, for how long, and what it calls things."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import clock, outbound, sql
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import not_found

from .confirming import WRONG
from .delivering import UNREADABLE

KEPT = timedelta(days=14)
SLICE = 10_000
STATES: dict[str, str | Promise] = {
    "waiting": gettext_lazy("Waiting"),
    "delivered": gettext_lazy("Delivered"),
    "failed": gettext_lazy("Not delivered"),
}
TROUBLES: dict[str, str | Promise] = {
    **outbound.WORDS,
    WRONG: gettext_lazy("it did not answer with the text that was asked for"),
    UNREADABLE: gettext_lazy("the key that its secret was sealed with is not on this server any more"),
}


def why(status: int | None, trouble: str) -> str:
    """What came of a try, as half a sentence: the answer's number, or why there was none."""
    return str(TROUBLES.get(trouble, trouble)) if trouble else str(status or "")


def delivery(actor: Actor, webhook: UUID, id: UUID) -> dict[str, Any]:
    """One delivery with what was sent. Refused (missing) for one of another account or webhook."""
    actor.require("connections:webhook:view")
    found = sql.row(
        """SELECT d.*, e.name, e.number, e.body, e.at FROM webhooks_delivery d JOIN webhooks_event e ON e.id = d.message_id
           WHERE d.account_id = %(a)s AND d.subscription_id = %(w)s AND d.id = %(i)s""",
        {"a": actor.account_id, "w": webhook, "i": id},
    )
    if found is None:
        raise not_found(_("This delivery"))
    return found


def last(actor: Actor, webhook: UUID | str, limit: int = 5) -> list[dict[str, Any]]:
    """The newest deliveries of a webhook, for its page and for the command line."""
    actor.require("connections:webhook:view")
    found = sql.rows(
        """SELECT d.id, d.event, d.state, d.tries, d.status, d.took_ms, d.trouble, d.created_at, e.name FROM webhooks_delivery d
           JOIN webhooks_event e ON e.id = d.message_id WHERE d.account_id = %(a)s AND d.subscription_id = %(w)s ORDER BY d.created_at DESC, d.id DESC LIMIT %(n)s""",
        {"a": actor.account_id, "w": webhook, "n": limit},
    )
    return [{**d, "path_id": short(d["id"]), "words": STATES[d["state"]], "why": why(d["status"], d["trouble"])} for d in found]


def with_notices() -> list[UUID]:
    """The accounts that have something to tell."""
    return [r["account_id"] for r in sql.rows("SELECT DISTINCT account_id FROM webhooks_notice")]


def forget() -> int:
    """Drop deliveries older than the log keeps, delivered or not, and the events nobody is told of any more; how many deliveries. Slice by slice."""
    old, n = clock.now() - KEPT, 0
    while gone := sql.execute(
        "DELETE FROM webhooks_delivery WHERE id IN (SELECT id FROM webhooks_delivery WHERE created_at < %(old)s ORDER BY created_at LIMIT %(n)s)",
        {"old": old, "n": SLICE},
    ):
        n += gone
    sql.execute(
        "DELETE FROM webhooks_event e WHERE e.at < %(old)s AND NOT EXISTS (SELECT 1 FROM webhooks_delivery d WHERE d.message_id = e.id)",
        {"old": old},
    )
    return n
