"""A test mail to oneself, at once and outside the queue, so that what the mail server answers can be told (INVITE-22)."""

import os
import smtplib
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.mode import Unsafe
from usher.core.refusals import Refused

from . import letter
from .send import reason_of
from .smtp import connect, server_of

TRY = "mail:message:manage"


@dataclass(frozen=True)
class Tried:
    """`sent` is whether the server took the mail, `words` what it said or why it could not be asked."""

    sent: bool
    words: str


def way_out() -> tuple[bool, str]:
    """Whether mails go out, and where to, as a sentence without any secret."""
    try:
        server = server_of(os.environ)
    except Unsafe as trouble:
        return False, str(trouble)
    if server is None:
        return False, _("No mail server is set. Mails are not sent; they are read here.")
    tls = {"none": _("without TLS, on this machine"), "starttls": "STARTTLS", "implicit": "TLS"}[server.tls]
    told = {"host": server.host, "port": server.port, "tls": tls, "sender": server.sender}
    return True, _("Mails go out by %(host)s, port %(port)s, %(tls)s, from %(sender)s.") % told


def send_test(actor: Actor) -> Tried:
    """One mail to the actor's own address. Refuses (forbidden) without the right, and (invalid) somebody without an address. No transaction may be open."""
    actor.require(TRY)
    if not actor.email:
        raise Refused("invalid", "no_address", _("You have no address here to send a mail to."))
    try:
        server = server_of(os.environ)
    except Unsafe as trouble:
        return Tried(False, str(trouble))
    if server is None:
        return Tried(False, _("No mail server is set. Set USHER_SMTP_URL and start Usher again."))
    context = {"account": letter.one_line(actor.account_name), "email": actor.email, "language": get_language() or "en"}
    mail = letter.raw(letter.of("test", _("Test mail from Usher"), context), server.sender, uuid7())
    try:
        with connect(server) as connection:
            code, said = _hand_over(connection, mail["From"].addresses[0].addr_spec, letter.wire_address(actor.email), mail.as_bytes())
    except (OSError, smtplib.SMTPException, ValueError) as trouble:
        return Tried(False, _("%(host)s took no mail: %(why)s") % {"host": server.host, "why": reason_of(trouble)})
    return Tried(code == 250, f"{server.host}: {code} {letter.one_line(said.decode(errors='replace'))[:300]}")


def _hand_over(connection: smtplib.SMTP, sender: str, to: str, raw: bytes) -> tuple[int, bytes]:
    """Sender, recipient, mail; the first answer that is a no, or the last."""
    for code, said in (connection.mail(sender), connection.rcpt(to)):
        if code >= 300:
            return code, said
    return connection.data(raw)
