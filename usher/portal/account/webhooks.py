"""Webhooks: what is told to which address. The signing secret is shown once, on the answer to the form that made it (issue 6)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.access import api_apps
from usher.access.actors import name_of
from usher.connections.webhooks import confirming, log, subscriptions
from usher.connections.webhooks.catalog import KINDS
from usher.connections.webhooks.signing import BASIC, CUSTOM, OAUTH, ZOOM
from usher.core.actor import Actor
from usher.core.ids import short, unshort
from usher.core.refusals import Refused, not_found
from usher.journal import engine
from usher.journal.verb import plan
from usher.portal.page import SignedIn, key_of, page
from usher.portal.plan_page import Look, plan_page
from usher.portal.sign_in.fresh import fresh_sign_in

PATH = "/account/webhooks"
VIEW, MANAGE = "connections:webhook:view", "connections:webhook:manage"
STATES: dict[str, tuple[str, str | Promise]] = {
    "new": ("pend", gettext_lazy("Not confirmed")),
    "on": ("ok", gettext_lazy("On")),
    "paused": ("off", gettext_lazy("Paused")),
    "off": ("bad", gettext_lazy("Off: it did not answer")),
}
STOPPED = ("bad", gettext_lazy("Its app does not work"))
AUTHS: list[tuple[int, str | Promise]] = [
    (ZOOM, gettext_lazy("None: the signature is enough")),
    (BASIC, gettext_lazy("User name and password")),
    (OAUTH, gettext_lazy("Token of the receiver's own server (OAuth)")),
    (CUSTOM, gettext_lazy("A header of your own")),
]
AUTH_FIELDS = ("username", "password", "client_id", "client_secret", "token_url", "scope", "key", "value")


@page(VIEW)
def all_webhooks(request: SignedIn) -> HttpResponse:
    """Every webhook of the account: where to, of which app, whether it is on, and what has not arrived."""
    found = [described(w) for w in subscriptions.webhooks(request.actor)]
    return render(request, "account/webhooks.html", {"webhooks": found, "may_manage": request.actor.may(MANAGE), "tabs": tabs()})


@page(MANAGE, ("GET", "POST"))
@fresh_sign_in()
def new_webhook(request: SignedIn) -> HttpResponse:
    """Make a webhook; the answer shows the signing secret when its app had none."""
    if request.method == "GET":
        return form(request, {"events": list(KINDS), "type": ZOOM, "app": request.GET.get("app", "")})
    given = given_in(request)
    try:
        made = subscriptions.make(request.actor, app_in(given), fields_of(given), auth_of(given), key_of(request))
    except Refused as refused:
        if refused.kind == "forbidden":
            raise
        return form(request, given, refused)
    return shown_once(request, made.id, made.secret, first=True)


@page(VIEW, ("GET", "POST"))
def one_webhook(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """One webhook: where to, what, the last deliveries, and what else can be done to it."""
    found = subscriptions.webhook(request.actor, webhook_id)
    if request.method == "GET":
        auth = found["auth"]
        return form(request, {**found, **auth, "type": auth.get("type", ZOOM), "events": found["events"]}, webhook=found)
    given = given_in(request)
    try:
        started = subscriptions.edit(request.actor, webhook_id, fields_of(given), changed_auth(found, given), key_of(request))
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return form(request, given, refused, found)
    messages.success(request, _("Saved as C-%(n)s.") % {"n": started.number} if started.number else _("Nothing was different."))
    return HttpResponseRedirect(path_of(found), status=303)


@page(MANAGE, ("POST",))
def confirmation(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """Ask the address whether it knows the secret; one that does hears of events from then on."""
    tried = confirming.confirm(request.actor, webhook_id, key_of(request))
    if confirming.is_confirmed(tried):
        messages.success(request, _("The address answered as it should, in %(n)s ms.") % {"n": tried.took_ms})
    else:
        messages.error(request, _("The address is not confirmed: %(why)s.") % {"why": log.why(tried.status, tried.trouble)})
    return HttpResponseRedirect(f"{PATH}/{short(webhook_id)}", status=303)


@page(MANAGE, ("POST",))
def state(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """Pause a webhook, or let it go on."""
    on = request.POST.get("on") == "yes"
    fields = {"webhook_state": "on" if on else "paused"}
    engine.start(plan(request.actor, "connections.edit_webhook", {"webhook": webhook_id, "fields": fields}), key_of(request))
    messages.success(request, _("The webhook goes on.") if on else _("The webhook is paused. What happens now is not told later."))
    return HttpResponseRedirect(f"{PATH}/{short(webhook_id)}", status=303)


@page(MANAGE, ("GET", "POST"))
@fresh_sign_in()
def secret(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """Another signing secret for every webhook of the app, from now on."""
    found = subscriptions.webhook(request.actor, webhook_id)
    if request.method == "GET":
        others = len(subscriptions.webhooks(request.actor, found["app_id"]))
        context = {**crumbs(found, _("New signing secret")), "webhook": described(found), "others": others, "key": uuid4().hex}
        return render(request, "account/webhook_renew.html", context)
    return shown_once(request, webhook_id, subscriptions.renew(request.actor, found["app_id"], key_of(request)))


@page(MANAGE, ("GET", "POST"))
def deletion(request: SignedIn, webhook_id: UUID) -> HttpResponseBase:
    """Delete a webhook, for good."""
    found = subscriptions.webhook(request.actor, webhook_id)
    look = Look(
        title=_("Delete the webhook"),
        crumbs=crumbs(found, _("Delete"))["crumbs"],
        button=lambda n: _("Delete the webhook for good"),
        back=(_("Cancel"), path_of(found)),
        tally={"will": _("will be deleted")},
    )
    return plan_page(request, plan(request.actor, "connections.delete_webhook", {"webhook": webhook_id}), look)


def form(
    request: SignedIn, given: Mapping[str, Any], refused: Refused | None = None, webhook: dict[str, Any] | None = None
) -> HttpResponse:
    """Where to, what, and how the receiver knows us, as they are or as they were typed."""
    actor = request.actor
    context = {
        **crumbs(webhook, "" if webhook else _("New webhook")),
        "webhook": described(webhook) if webhook else None,
        "given": given,
        "trouble": {"field": refused.field or "name", "words": refused.words} if refused else {},
        "apps": [] if webhook else apps_of(actor),
        "kinds": list(KINDS.values()),
        "auths": AUTHS,
        "may_manage": actor.may(MANAGE),
        "lends": webhook is None or lends(actor, webhook),
        "last": log.last(actor, webhook["id"]) if webhook else [],
        "key": uuid4().hex if request.method == "GET" else request.POST.get("key", ""),
    }
    return render(request, "account/webhook.html", context, status=422 if refused else 200)


def given_in(request: SignedIn) -> dict[str, Any]:
    """What the form says."""
    data = request.POST
    told: dict[str, Any] = {name: data.get(name, "").strip() for name in ("name", "url", "app", *AUTH_FIELDS)}
    return {
        **told,
        "events": data.getlist("events"),
        "type": int(kind) if (kind := data.get("type", "0")) in ("0", "1", "2", "3") else ZOOM,
    }


def fields_of(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("name", "url", "events")}


def auth_of(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": given["type"], **{name: given[name] for name in AUTH_FIELDS if given[name]}}


def changed_auth(webhook: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The header as it was typed; None while nothing of it differs, so that a secret that is not shown need not be typed again."""
    told = auth_of(given)
    hidden = any(given[name] for names in subscriptions.HIDDEN.values() for name in names)
    shown = {"type": told["type"], **{n: told[n] for n in subscriptions.SHOWN[told["type"]] if n in told}}
    return told if hidden or shown != webhook["auth"] else None


def app_in(given: Mapping[str, Any]) -> UUID:
    """The app that was chosen. Refused (missing) for what is none."""
    try:
        return unshort(given["app"])
    except ValueError:
        raise not_found(_("This app")) from None


def apps_of(actor: Actor) -> list[dict[str, Any]]:
    """The apps the actor may make webhooks of."""
    if not actor.may("access:app:view"):
        return []
    return [{"value": short(a["id"]), "name": a["name"]} for a in api_apps.apps(actor) if lends(actor, a)]


def lends(actor: Actor, app: Mapping[str, Any]) -> bool:
    return actor.is_owner or app["creator_id"] == actor.user_id


def shown_once(request: SignedIn, id: UUID, made: str | None, *, first: bool = False) -> HttpResponse:
    """The signing secret, when this is the answer that made it."""
    found = subscriptions.webhook(request.actor, id)
    if first and made is None:
        messages.success(request, _("The webhook is there. Its messages are signed with the secret of its app. Confirm its address now."))
        return HttpResponseRedirect(path_of(found), status=303)
    context = {**crumbs(found, _("Signing secret")), "webhook": described(found), "secret": made, "key": uuid4().hex}
    return render(request, "account/webhook_secret.html", context)


def described(webhook: Mapping[str, Any]) -> dict[str, Any]:
    """A webhook as pages show it."""
    works = webhook["app_on"] and webhook["creator_status"] == "active"
    dot, words = STATES[webhook["state"]] if works else STOPPED
    path = path_of(webhook)
    return {
        **webhook,
        "path": path,
        "dot": dot,
        "words": words,
        "works": works,
        "creator": name_of(dict(webhook)),
        "log": f"{PATH}/log?webhook={short(webhook['id'])}",
    }


def path_of(webhook: Mapping[str, Any]) -> str:
    return f"{PATH}/{short(webhook['id'])}"


def tabs() -> list[tuple[str, str]]:
    return [(_("Webhooks"), PATH), (_("Log"), f"{PATH}/log")]


def crumbs(webhook: Mapping[str, Any] | None, here: str) -> dict[str, Any]:
    """Where one is; without `here`, on the page of the webhook itself."""
    trail = [
        (_("Webhooks"), PATH),
        *([(webhook["name"], path_of(webhook) if here else "")] if webhook else []),
        *([(here, "")] if here else []),
    ]
    return {"crumbs": trail, "heading": here or (webhook["name"] if webhook else "")}
