"""The outbox: what was mailed, one mail, and a test of the mail server."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from usher.access import throttle
from usher.core.ids import short
from usher.core.keyset import Row
from usher.mail import read
from usher.mail.trying import TRY, Tried, send_test, way_out
from usher.portal.listing import Column, Filter, Listing, register
from usher.portal.listing_export import export
from usher.portal.listing_page import Frame, list_page
from usher.portal.page import SignedIn, page
from usher.portal.templatetags.usher import status, when

STATES = {"waiting": "pend", "sent": "ok", "shown": "ok", "undeliverable": "bad", "cancelled": "off"}
MAILS: dict[str, str | Promise] = {
    "invitation": _("Invitation"),
    "phone": _("A phone"),
    "owner_setup": _("Owner setup"),
    "sign_up": _("Sign-up"),
    "new_address": _("Proof of a new address"),
    "sign_up_known": _("Sign-up of somebody known"),
    "password_reset": _("Password reset"),
    "password_changed": _("Password changed"),
    "address_changed": _("Address changed"),
    "factor_added": _("Second factor added"),
    "factor_removed": _("Second factor removed"),
    "recovery_code_used": _("Recovery code used"),
    "deletion_ahead": _("Deletion ahead"),
    "work_ended": _("Work ended"),
    "webhook_silent": _("Webhook that does not answer"),
    "webhook_off": _("Webhook switched off"),
    "ownership_offered": _("Account offered"),
    "ownership_declined": _("Account declined"),
    "ownership_given": _("Account handed on"),
    "ownership_received": _("Account received"),
}
MAIL_TEST = throttle.Limit("mail-test", 5, 600)


def path_of(row: Row) -> str:
    return f"/account/outbox/{short(row['id'])}"


def address_cell(row: Row) -> Any:
    return format_html('<span class="who"><a href="{}"><bdi>{}</bdi></a></span>', path_of(row), row["address"])


def mail_of(row: Row) -> str:
    return str(MAILS.get(row["kind"], row["kind"]))


def moment(key: str, row: Row) -> str:
    """For the export: ISO 8601 in UTC, empty when it never was."""
    return row[key].isoformat(timespec="seconds") if row[key] else ""


OUTBOX = Listing(
    path="/account/outbox",
    select=read.COLUMNS,
    source=read.SOURCE,
    columns=(
        Column("to", _("To"), address_cell, lambda r: r["address"], "main"),
        Column("mail", _("Mail"), mail_of, mail_of, "meta nowrap"),
        Column(
            "state",
            _("State"),
            lambda r: status(STATES[r["state"]], read.STATES[r["state"]]),
            lambda r: str(read.STATES[r["state"]]),
            "side",
        ),
        Column("tries", _("Tries"), lambda r: r["tries"], lambda r: str(r["tries"]), "num", shown=False),
        Column("sent", _("Sent"), lambda r: when(r["sent_at"], "—"), partial(moment, "sent_at"), "num nowrap", shown=False),
        Column("written", _("Written"), lambda r: when(r["created_at"]), partial(moment, "created_at"), "num nowrap", "written"),
    ),
    sorts=(read.WRITTEN,),
    where=read.where,
    filters=(
        Filter("state", _("State"), lambda actor: list(read.STATES.items())),
        Filter("mail", _("Mail"), lambda actor: list(MAILS.items())),
    ),
    order="-written",
)
register(OUTBOX)


@page("mail:message:view")
def outbox(request: SignedIn) -> HttpResponse:
    """What was mailed, newest first; without an SMTP server this is where mails are read."""
    return listed(request, None)


def listed(request: SignedIn, tried: Tried | None) -> HttpResponse:
    """The list, and above it what a test mail met."""
    frame = Frame(
        title=_("Outbox"),
        noun=lambda n: ngettext("mail", "mails", n),
        template="account/outbox.html",
        row_name=lambda row: str(row["address"]),
        row_path=path_of,
        search_words=_("Address"),
        nothing_found=_("There is no such mail."),
        nothing_yet=_("No mail was written yet. Invitations and password mails appear here."),
    )
    more: dict[str, Any] = {"tried": tried, "way_out": way_out(), "may_try": request.actor.may(TRY)}
    return list_page(request, OUTBOX, frame, export_path="/account/outbox/export", **more)


@page("mail:message:view", ("GET", "POST"))
def outbox_export(request: SignedIn) -> HttpResponseBase:
    """Exactly what is listed, as CSV: no text and no link of any mail."""
    return export(request, OUTBOX, "outbox.csv")


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
