"""From message rows to letters: context fetched and links made for the whole batch, then text, HTML and the raw mail of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from itertools import groupby
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise

from usher.core.address import parse
from usher.core.clock import zone_of

from .kinds import Kind, Row, kind_of

COLUMNS = ("id", "account_id", "kind", "to_user", "address", "params", "state", "tries", "created_at")


@dataclass(frozen=True)
class Letter:
    """A mail as it is read. `alive` is false when it makes no sense any more; `url` is empty for a mail without a link."""

    address: str
    subject: str
    text: str
    html: str
    language: str
    url: str
    alive: bool


def columns(alias: str) -> str:
    """What a message row must have here, for a SELECT."""
    return ", ".join(f"{alias}.{column}" for column in COLUMNS)


def contexts(rows: Sequence[Row]) -> dict[UUID, Row]:
    """What is true now about each message, one query per kind. A message whose person or account is gone is left out."""
    return {id: context for kind, some in _by_kind(rows) for id, context in kind.fresh(some).items()}


def links(rows: Sequence[Row]) -> dict[UUID, str]:
    """The link of each message that has one, made and its hash stored."""
    return {id: url for kind, some in _by_kind(rows) if kind.links for id, url in kind.links(some).items()}


def wants_link(row: Row) -> bool:
    return kind_of(row["kind"]).links is not None


def write(row: Row, context: Row, url: str) -> Letter:
    """The letter of one message. What people typed is one line of text and nothing else (INVITE-19, WEB-05)."""
    kind = kind_of(row["kind"])
    with translation.override(context["language"]), timezone.override(zone_of(context.get("time_zone", ""))):
        known = {key: one_line(str(value)) if isinstance(value, str | Promise) else value for key, value in context.items()} | {"url": url}
        return Letter(
            address=row["address"],
            subject=one_line(str(kind.subject) % known),
            text=_without_gaps(render_to_string(f"mail/{kind.code}.txt", known)),
            html=render_to_string(f"mail/{kind.code}.html", known),
            language=context["language"],
            url=url,
            alive=context["alive"],
        )


def of(code: str, subject: str, context: Row) -> Letter:
    """A letter outside the queue, without a link: templates mail/<code>.txt and .html, to context["email"]."""
    return Letter(
        address=context["email"],
        subject=subject,
        text=_without_gaps(render_to_string(f"mail/{code}.txt", context)),
        html=render_to_string(f"mail/{code}.html", context),
        language=context["language"],
        url="",
        alive=True,
    )


def raw(letter: Letter, sender: str, message: UUID) -> EmailMessage:
    """The mail as it goes out: one recipient, and the same Message-ID however often it is sent, so that a repeated one can be told."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=wire_address(letter.address))
    mail["Subject"] = letter.subject
    mail["Message-ID"] = f"<{message}@{urlsplit(settings.BASE_URL).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    mail["Content-Language"] = letter.language  # last: what becomes multipart hands earlier Content headers down to its first part
    return mail


def wire_address(address: str) -> str:
    """The stored local part as it is, the domain in its ASCII form (RFC 5321, RFC 5890)."""
    found = parse(address)
    return f"{found.shown.rpartition('@')[0]}@{found.canonical.rpartition('@')[2]}"


def one_line(text: str) -> str:
    """No control character, no line break."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _by_kind(rows: Sequence[Row]) -> list[tuple[Kind, list[Row]]]:
    in_order = sorted(rows, key=lambda r: r["kind"])
    return [(kind_of(code), list(some)) for code, some in groupby(in_order, key=lambda r: r["kind"])]


def _without_gaps(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
