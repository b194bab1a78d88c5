"""The log of webhooks: what was sent, what came back, and sending it again."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from usher.connections.webhooks import log, subscriptions
from usher.connections.webhooks.catalog import KINDS
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row, Sort
from usher.journal import engine
from usher.journal.verb import plan
from usher.people.filters import like_literal
from usher.portal.account.webhooks import MANAGE, PATH, VIEW, crumbs, described, path_of, tabs
from usher.portal.listing import Column, Filter, Listing, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Frame, list_page
from usher.portal.page import SignedIn, key_of, page
from usher.portal.templatetags.usher import status, when
from usher.portal.wish import ids_of

DOTS = {"waiting": "pend", "delivered": "ok", "failed": "bad"}


def delivery_path(row: Row) -> str:
    return f"{PATH}/{short(row['subscription_id'])}/deliveries/{short(row['id'])}"


def event_cell(row: Row) -> Any:
    return format_html('<span class="who"><a href="{}">{}</a></span>', delivery_path(row), row["event"])


def answer_of(row: Row) -> str:
    return log.why(row["status"], row["trouble"])


def took(row: Row) -> str:
    return "" if row["took_ms"] is None else _t("%(n)s ms") % {"n": row["took_ms"]}


def moment(key: str, row: Row) -> str:
    return str(row[key].isoformat(timespec="seconds")) if row[key] else ""


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The clauses of search, webhook, state and event."""
    clauses: list[str] = []
    params: dict[str, Any] = {}
    for n, word in enumerate(str(query.get("q") or "").replace("\x00", "").split()[:8]):
        clauses, params = [*clauses, f"e.name ILIKE %(f_q{n})s"], {**params, f"f_q{n}": f"%{like_literal(word)}%"}
    for key, column in (("state", "d.state"), ("event", "d.event")):
        if values := query.get(key):
            clauses, params = [*clauses, f"{column} = ANY(%(f_{key})s)"], {**params, f"f_{key}": list(values)}
    if which := query.get("webhook"):
        clauses, params = (
            [*clauses, "d.subscription_id = ANY(%(f_webhook)s::uuid[])"],
            {**params, "f_webhook": [str(i) for i in ids_of(which)]},
        )
    return " AND ".join(clauses), params


def webhook_options(actor: Actor) -> list[tuple[str, Any]]:
    return [(short(w["id"]), w["name"]) for w in subscriptions.webhooks(actor)[:50]]


LOG = Listing(
    path=f"{PATH}/log",
    select="d.id, d.subscription_id, d.event, d.state, d.tries, d.status, d.took_ms, d.trouble, d.tried_at, d.created_at, e.name, s.name AS webhook",
    source="FROM webhooks_delivery d JOIN webhooks_event e ON e.id = d.message_id JOIN webhooks_subscription s ON s.id = d.subscription_id WHERE d.account_id = %(account)s",
    columns=(
        Column("event", _("Event"), event_cell, lambda r: str(r["event"]), "main"),
        Column("about", _("About"), lambda r: r["name"], lambda r: str(r["name"]), "meta"),
        Column("webhook", _("Webhook"), lambda r: r["webhook"], lambda r: str(r["webhook"]), "nowrap"),
        Column(
            "state", _("State"), lambda r: status(DOTS[r["state"]], log.STATES[r["state"]]), lambda r: str(log.STATES[r["state"]]), "side"
        ),
        Column("answer", _("Answer"), answer_of, answer_of),
        Column("took", _("Took"), took, took, "num nowrap"),
        Column("tries", _("Tries"), lambda r: r["tries"], lambda r: str(r["tries"]), "num"),
        Column("tried", _("Last tried"), lambda r: when(r["tried_at"], "—"), partial(moment, "tried_at"), "num nowrap", shown=False),
        Column("created", _("Happened"), lambda r: when(r["created_at"]), partial(moment, "created_at"), "num nowrap", "created"),
    ),
    sorts=(Sort("created", "d.created_at", "d.id", "timestamptz"),),
    where=where,
    filters=(
        Filter("webhook", _("Webhook"), webhook_options),
        Filter("state", _("State"), lambda actor: list(log.STATES.items())),
        Filter("event", _("Event"), lambda actor: [(k, k) for k in KINDS]),
    ),
    order="-created",
)
register(LOG)


@page(VIEW)
def deliveries(request: SignedIn) -> HttpResponse:
    """What was sent, newest first."""
    frame = Frame(
        title=_("Webhooks"),
        noun=lambda n: ngettext("delivery", "deliveries", n),
        template="account/webhook_log.html",
        row_name=lambda row: str(row["event"]),
        row_path=delivery_path,
        search_words=_("Address of a person or name of a group"),
        nothing_found=_("There is no such delivery."),
        nothing_yet=_(
            "Nothing was sent yet. As soon as a confirmed webhook hears of something, it stands here with the answer, for two weeks."
        ),
    )
    return list_page(request, LOG, frame, export_path=f"{PATH}/log/export", tabs=tabs())


@page(VIEW, ("GET", "POST"))
def log_export(request: SignedIn) -> HttpResponseBase:
    return export(request, LOG, "webhook-log.csv")


@page(VIEW)
def delivery(request: SignedIn, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """One delivery: what was sent, byte by byte, and how the answer began."""
    webhook = subscriptions.webhook(request.actor, webhook_id)
    found = log.delivery(request.actor, webhook_id, delivery_id)
    context = {
        **crumbs(webhook, found["event"]),
        "webhook": described(webhook),
        "delivery": found,
        "request_id": short(found["message_id"]),
        "dot": DOTS[found["state"]],
        "words": log.STATES[found["state"]],
        "came": answer_of(found),
        "again": f"{delivery_path(found)}/again" if request.actor.may(MANAGE) and found["state"] != "waiting" else "",
        "key": uuid4().hex,
    }
    return render(request, "account/delivery.html", context)


@page(MANAGE, ("POST",))
def again(request: SignedIn, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send one delivery once more: the same message under the same number."""
    found = log.delivery(request.actor, webhook_id, delivery_id)
    engine.start(plan(request.actor, "connections.send_again", {"webhook": webhook_id, "deliveries": [delivery_id]}), key_of(request))
    messages.success(request, _("It is sent again. Reload this page to see the answer."))
    return HttpResponseRedirect(delivery_path(found), status=303)


@page(MANAGE, ("POST",))
def failed_again(request: SignedIn, webhook_id: UUID) -> HttpResponse:
    """Send everything of a webhook once more that has not arrived."""
    webhook = subscriptions.webhook(request.actor, webhook_id)
    engine.start(plan(request.actor, "connections.send_again", {"webhook": webhook_id}), key_of(request))
    messages.success(request, _("What had not arrived is sent again, in the order in which it happened."))
    return HttpResponseRedirect(path_of(webhook), status=303)
