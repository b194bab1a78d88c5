"""Account: subscriptions and the outbox."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from usher.licenses.ledger import seats
from usher.mail import read
from usher.portal.page import SignedIn, page
from usher.portal.plan_page import with_query
from usher.portal.wish import clean, ids_of

STATES = {"waiting": "pend", "sent": "ok", "shown": "ok", "undeliverable": "bad", "cancelled": "off"}
ROWS = 50


@page("licenses:subscription:view")
def subscriptions(request: SignedIn) -> HttpResponse:
    """Every product the account has, with its seats: bought, used, pending, free (S0-22, S0-25)."""
    return render(request, "account/subscriptions.html", {"seats": seats(request.actor)})


@page("mail:message:view")
def outbox(request: SignedIn) -> HttpResponse:
    """What was mailed, newest first; without an SMTP server this is where mails are read."""
    to = clean(request.GET.get("to", ""))
    before = next(iter(ids_of([request.GET.get("before", "")])), None)
    found = read.outbox(request.actor, to=to, before=before, limit=ROWS + 1)
    lines = [{**m, "dot": STATES[m["state"]], "words": read.STATES[m["state"]], "what": what_of(m["kind"])} for m in found[:ROWS]]
    older = with_query(request, before=str(found[ROWS - 1]["id"])) if len(found) > ROWS else ""
    return render(request, "account/outbox.html", {"lines": lines, "to": to, "older": older, "first": before is None})


def what_of(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


@page("mail:message:view")
def message(request: SignedIn, message_id: UUID) -> HttpResponse:
    """One mail as text, with its link where it may be shown."""
    mail = read.message(request.actor, message_id)
    return render(request, "account/message.html", {"mail": mail, "dot": STATES[mail.state], "words": read.STATES[mail.state]})
