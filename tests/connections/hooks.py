"""What tests of webhooks share: making them, letting time pass, and telling what was done as a worker would."""

from typing import Any
from uuid import UUID

from tests.people_of import Company, do, one
from tests.receiver import Receiver
from usher.access import api_apps
from usher.connections.webhooks import confirming, delivering, expanding, log, subscriptions
from usher.connections.webhooks.catalog import KINDS
from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import uuid7

ALL = list(KINDS)


def app_of(actor: Actor, scopes: Any = "all") -> UUID:
    return api_apps.make(actor, "HR sync", scopes, f"test:{uuid7()}")[0]


def made(
    actor: Actor, app: UUID, url: str = "https://receiver.example/hook", events: list[str] | None = None, **more: Any
) -> subscriptions.Made:
    """A webhook that is not confirmed."""
    auth = more.pop("auth", {"type": 0})
    return subscriptions.make(
        actor, app, {"name": "Payroll", "url": url, "events": ALL if events is None else events, **more}, auth, f"test:{uuid7()}"
    )


def confirmed(actor: Actor, app: UUID, receiver: Receiver, events: list[str] | None = None, path: str = "", **more: Any) -> UUID:
    """A webhook that hears of events."""
    new = made(actor, app, receiver.address + path, events, **more)
    receiver.secret = new.secret or receiver.secret
    tried = confirming.confirm(actor, new.id, f"test:{uuid7()}")
    assert confirming.is_confirmed(tried), tried
    return new.id


def told(account: UUID | None = None) -> None:
    """What a worker would do until nothing is due."""
    for each in [account] if account else log.with_notices():
        expanding.tell(each)
    while delivering.deliver(20):
        pass


def deliveries(webhook: UUID) -> list[dict[str, Any]]:
    return sql.rows(
        """SELECT d.*, e.body, e.name FROM webhooks_delivery d JOIN webhooks_event e ON e.id = d.message_id WHERE d.subscription_id = %(w)s ORDER BY d.seq""",
        {"w": webhook},
    )


def state_of(webhook: UUID) -> str:
    return str(sql.value("SELECT state FROM webhooks_subscription WHERE id = %(w)s", {"w": webhook}))


def left(company: Company, *users: UUID) -> int:
    """Deactivated; the number of the change."""
    started = do(company.admin, "lifecycle.deactivate", {"subjects": one(*(users or (company.member.user_id or "",)))})
    assert started.number
    return started.number
