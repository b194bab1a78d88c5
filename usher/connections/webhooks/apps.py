from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from usher.core.privileges import register_pair
from usher.journal import feed
from usher.journal.verify import invariant


class WebhooksConfig(AppConfig):
    name = "usher.connections.webhooks"

    def ready(self) -> None:
        register_pair("connections:webhook", _("webhooks"))
        from . import listening, mails, verbs  # noqa: F401

        feed.listeners.append(feed.Listener(listening.LISTENED, listening.heard))
        invariant(
            "I14-webhooks",
            "what waits to be told has an event, and no address hears of anything before it has confirmed",
            """SELECT d.id::text FROM webhooks_delivery d JOIN webhooks_subscription s ON s.id = d.subscription_id
               WHERE d.state = 'waiting' AND s.checked_at IS NULL""",
        )
