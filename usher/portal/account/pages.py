"""The outbox: what was mailed, one mail, and a test of the mail server."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usher.access import throttle
from usher.mail import read
from usher.mail.trying import TRY, Tried, send_test, way_out
from usher.portal.page import SignedIn, page
from usher.portal.plan_page import with_query
from usher.portal.wish import clean, ids_of

STATES = {"waiting": "pend", "sent": "ok", "shown": "ok", "undeliverable": "bad", "cancelled": "off"}
ROWS = 50
MAILS: dict[str, str | Promise] = {
    "invitation": _("Invitation"),
    "owner_setup": _("Owner setup"),
    "password_reset": _("Password reset"),
    "password_changed": _("Password changed"),
    "factor_added": _("Second factor added"),
    "factor_removed": _("Second factor removed"),
    "recovery_code_used": _("Recovery code used"),
    "deletion_ahead": _("Deletion ahead"),
    "work_ended": _("Work ended"),
}
MAIL_TEST = throttle.Limit("mail-test", 5, 600)


@page("accounts:account:view")
def account(request: SignedIn) -> HttpResponse:
    """The way in is its first place."""
    return HttpResponseRedirect("/account/subscriptions")


@page("mail:message:view")
def outbox(request: SignedIn) -> HttpResponse:
    """What was mailed, newest first; without an SMTP server this is where mails are read."""
    return listed(request, None)


def listed(request: SignedIn, tried: Tried | None) -> HttpResponse:
    """The list, and above it what a test mail met."""
    to, state = clean(request.GET.get("to", "")), request.GET.get("state", "")
    before = next(iter(ids_of([request.GET.get("before", "")])), None)
    found = read.outbox(request.actor, to=to, state=state if state in STATES else "", before=before, limit=ROWS + 1)
    lines = [{**m, "dot": STATES[m["state"]], "words": read.STATES[m["state"]], "what": MAILS.get(m["kind"], m["kind"])} for m in found[:ROWS]]
    older = with_query(request, before=str(found[ROWS - 1]["id"])).replace("/test?", "?") if len(found) > ROWS else ""
    context = {"lines": lines, "to": to, "state": state, "older": older, "first": before is None, "tried": tried, "way_out": way_out()}
    return render(request, "account/outbox.html", {**context, "may_try": request.actor.may(TRY)})


@page("mail:message:manage", ("POST",))
def mail_test(request: SignedIn) -> HttpResponse:
    """A mail to oneself; what the mail server answered stands above the list (INVITE-22)."""
    throttle.spend((MAIL_TEST, str(request.actor.user_id)))
    return listed(request, send_test(request.actor))


@page("mail:message:view")
def message(request: SignedIn, message_id: UUID) -> HttpResponse:
    """One mail as text, with its link where it may be shown."""
    mail = read.message(request.actor, message_id)
    return render(request, "account/message.html", {"mail": mail, "dot": STATES[mail.state], "words": read.STATES[mail.state]})
