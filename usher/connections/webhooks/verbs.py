"""What may be done to webhooks: made, changed, confirmed, paused, deleted; their secret renewed; deliveries sent again.

A webhook tells an address what its app's creator may see, so, as with the app itself, only its creator and the owner say where to and what (AUTHZ-04).
Pausing, sending again and deleting is open to everybody who manages webhooks. No secret is ever journaled (AUDIT-07).
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.app_verbs import OtherSecret, app_of, refuse_anothers
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found
from usher.journal.names import figure
from usher.journal.verb import Verb, register

from .fields import checked_fields, scopes_of, webhook_of
from .parts import SILENT, EditedWebhook, NewWebhook, SentAgain, StateOfWebhook, WebhookGone


class _OfWebhook(Verb):
    """What the verbs about one webhook share."""

    privilege = "connections:webhook:manage"
    undoable = False
    lends: ClassVar[bool] = False  # says where to or what: for the app's creator and the owner

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = webhook_of(actor, params.get("webhook"))
        if self.lends:
            refuse_anothers(actor, found)
        return {"webhook": found["webhook"], "called": found["name"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True


@register
class CreateWebhook(_OfWebhook):
    """Make a webhook of an app. It hears of nothing until its address has confirmed. Parameters: webhook (its id), app, source, and fields (fields.py).

    Refuses (forbidden, anothers_app) an app of somebody else's, (invalid) an address inside or events there are not, and (conflict) a 21st of one app.
    """

    name = "connections.create_webhook"
    parts = (NewWebhook(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        app = app_of(actor, params.get("app"))
        refuse_anothers(actor, app)
        fields = checked_fields(
            actor, scopes_of(app["app"]), {"reach": "account", "user_ids": [], "auth": {"type": 0}, **params["fields"]}, new=True
        )
        return {
            "webhook": str(params["webhook"]),
            "app": app["app"],
            "called": fields["name"],
            "source": params.get("source", "default"),
            "fields": fields,
        }

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "fields": sql.Jsonb(params["fields"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("1\u00a0webhook will be created: %(webhook)s.") % {"webhook": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The webhook %(webhook)s was created") % {"webhook": params["called"]}


@register
class EditWebhook(_OfWebhook):
    """Change a webhook, pause it or let it go on. Parameters: webhook, fields (those that change), anew (its hidden fields change too)."""

    name = "connections.edit_webhook"
    parts = (EditedWebhook(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = webhook_of(actor, params.get("webhook"))
        fields = checked_fields(actor, found["app_scopes"], params.get("fields") or {}, new=False)
        if set(fields) - {"name"} and fields != {"webhook_state": "paused"}:
            refuse_anothers(actor, found)
        if "webhook_state" in fields and found["state"] not in ("on", "paused"):
            raise Refused("conflict", SILENT, _("This webhook is not confirmed. Confirm its address first."))
        return {"webhook": found["webhook"], "called": found["name"], "fields": fields, "anew": bool(params.get("anew"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "fields": sql.Jsonb(params["fields"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The webhook %(webhook)s will change.") % {"webhook": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if params["fields"] == {"webhook_state": "paused"}:
            return _("The webhook %(webhook)s was paused") % {"webhook": params["called"]}
        return _("The webhook %(webhook)s was changed") % {"webhook": params["called"]}


@register
class ConfirmWebhook(_OfWebhook):
    """Its address has shown that it knows the secret (confirming.py): it hears of events from now on. Parameter: webhook."""

    name = "connections.confirm_webhook"
    parts = (StateOfWebhook(),)
    lends = True

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "becomes": "on", "of": ["new", "off"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The webhook %(webhook)s will hear of events.") % {"webhook": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The address of the webhook %(webhook)s was confirmed") % {"webhook": params["called"]}


@register
class DisableWebhook(_OfWebhook):
    """Its address did not confirm six times in a row: nothing is sent there until somebody confirms it again. Parameter: webhook."""

    name = "connections.disable_webhook"
    parts = (StateOfWebhook(),)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "becomes": "off", "of": ["on", "paused", "new"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The webhook %(webhook)s will hear of nothing until its address is confirmed.") % {"webhook": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The webhook %(webhook)s was switched off: its address did not answer") % {"webhook": params["called"]}


@register
class DeleteWebhook(_OfWebhook):
    """Delete a webhook with its log. Parameter: webhook."""

    name = "connections.delete_webhook"
    parts = (WebhookGone(),)
    for_good = True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The webhook %(webhook)s will be deleted with its log. What waits to be sent is not sent any more.") % {
            "webhook": params["called"]
        }

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The webhook %(webhook)s was deleted") % {"webhook": params["called"]}


@register
class RenewSigningSecret(_OfWebhook):
    """Sign the messages of an app with another secret, from now on. Parameter: app."""

    name = "connections.renew_signing_secret"
    parts = (OtherSecret(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = app_of(actor, params.get("app"))
        refuse_anothers(actor, found)
        return {"app": found["app"], "called": found["name"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("Messages of the app %(app)s will be signed with a new secret.") % {"app": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Messages of the app %(app)s are signed with a new secret") % {"app": params["called"]}


@register
class SendAgain(_OfWebhook):
    """Send deliveries of a webhook again: the same message under the same number. Parameters: webhook, deliveries (ids; without, all that failed)."""

    name = "connections.send_again"
    parts = (SentAgain(),)
    then = ("webhooks.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        ids = params.get("deliveries")
        try:
            told = sorted({str(UUID(str(id))) for id in ids}) if ids else None
        except ValueError:
            raise not_found(_("This delivery")) from None
        return {**super().check(actor, params), "deliveries": told}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["deliveries"] or ()) == 1

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0delivery of %(webhook)s will be sent again.", "%(n)s\u00a0deliveries of %(webhook)s will be sent again.", will
        )
        return told % {"n": figure(will), "webhook": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0delivery of %(webhook)s was sent again", "%(n)s\u00a0deliveries of %(webhook)s were sent again", done)
        return told % {"n": figure(done), "webhook": params["called"]}
