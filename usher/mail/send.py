"""Delivering the outbox: claim, let go of the database, send, record. No transaction is ever held across the network.

claim    due messages by a conditional update that moves next_try to the end of a lease; two workers never claim the same one
send     one letter at a time; what was sent is recorded before the next, so that a crash repeats one letter at most
record   sent | shown (no SMTP: readable in the Outbox, its link works from now on) | undeliverable (5xx) | waiting again | cancelled
"""

import logging
import os
import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext_noop

from usher.core import clock, sql
from usher.core.failpoints import failpoint
from usher.core.mode import Unsafe

from . import letter
from .kinds import Row
from .smtp import Server, connect, server_of

logger = logging.getLogger(__name__)

LEASE_SECONDS = 180
SENDING_SECONDS = 60  # then the rest of a batch is given back, well before its lease ends
FIRST_GAP_SECONDS = 60
LONGEST_GAP_SECONDS = 24 * 3600
MOST_TRIES = 16  # about five days
SHOWN_AT_ONCE = 2_000


@dataclass(frozen=True)
class Trouble:
    """Why a mail was not sent: English for logs and programs, kept with its places apart for readers of any language."""

    said: str = ""
    places: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.said % self.places if self.places else self.said

    @property
    def kept(self) -> dict[str, Any]:
        return {"said": self.said, "places": self.places}


NONE = Trouble()
NO_SENSE = Trouble(gettext_noop("It made no sense any more when its turn came."))
UNWRITTEN = Trouble(gettext_noop("It could not be written; the log of the server says why."))
BUSY = Trouble(gettext_noop("The invitation was being changed at that moment."))


def deliver_waiting(limit: int = 200) -> int:
    """One batch of due messages; how many were taken. 0 when nothing is due, and when the server cannot be reached for now."""
    try:
        server = server_of(os.environ)
    except Unsafe as trouble:
        _put_off(_claim(limit), Trouble("%(why)s", {"why": str(trouble)}))
        return 0
    claimed = _claim(limit if server else SHOWN_AT_ONCE)
    if not claimed:
        return 0
    contexts, strange = _understood(claimed, letter.contexts)
    alive, over = _split(_without(claimed, strange), lambda row: contexts.get(row["id"], {}).get("alive", False))
    links, unlinked = _understood(alive, letter.links)
    ready, busy = _split(_without(alive, unlinked), lambda row: row["id"] in links or not letter.wants_link(row))
    _record([row["id"] for row in over], "cancelled", NO_SENSE)
    _put_off(busy, BUSY)
    _put_off([*strange, *unlinked], UNWRITTEN)
    if server is None:
        _record([row["id"] for row in ready], "shown")
    elif not _send(server, ready, contexts, links):
        return 0
    return len(claimed)


def _claim(limit: int) -> list[Row]:
    now = clock.now()
    return sql.rows(
        f"""WITH due AS (SELECT id FROM mail_message WHERE state = 'waiting' AND next_try <= %(now)s ORDER BY next_try, id LIMIT %(n)s FOR UPDATE SKIP LOCKED)
            UPDATE mail_message m SET tries = m.tries + 1, next_try = %(lease)s FROM due WHERE m.id = due.id RETURNING {letter.columns("m")}""",
        {"now": now, "n": limit, "lease": now + timedelta(seconds=LEASE_SECONDS)},
    )


def _understood(rows: Sequence[Row], ask: Callable[[Sequence[Row]], dict[UUID, Any]]) -> tuple[dict[UUID, Any], list[Row]]:
    """What is asked about messages, and those it cannot be found out of: an older worker does not know a newer kind (F43), and one bad row must not keep all
    the others waiting (F29). All at once, and one by one only where that fails.
    """
    try:
        with transaction.atomic():
            return ask(rows), []
    except (InterfaceError, OperationalError):
        raise  # the database is gone for all of them
    except Exception:
        if len(rows) == 1:
            logger.exception("The mail %s could not be written", rows[0]["id"])
            return {}, list(rows)
    each = [_understood([row], ask) for row in rows]
    return {id: told for found, _strange in each for id, told in found.items()}, [row for _found, strange in each for row in strange]


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    gone = {row["id"] for row in others}
    return [row for row in rows if row["id"] not in gone]


def _split(rows: Sequence[Row], fits: Callable[[Row], bool]) -> tuple[list[Row], list[Row]]:
    return [row for row in rows if fits(row)], [row for row in rows if not fits(row)]


def _send(server: Server, ready: Sequence[Row], contexts: Mapping[UUID, Row], links: Mapping[UUID, str]) -> bool:
    """One after another over one connection. False when the server is out of reach; what was not sent waits for another try."""
    if not ready:
        return True
    try:
        connection = connect(server)
    except (OSError, smtplib.SMTPException) as trouble:
        _put_off(ready, Trouble(gettext_noop("%(host)s takes no mail: %(why)s"), {"host": server.host, "why": reason_of(trouble)}))
        return False
    until = time.monotonic() + SENDING_SECONDS
    with connection:
        for n, row in enumerate(ready):
            if time.monotonic() > until:
                _give_back(ready[n:])
                break
            try:
                written = letter.write(row, contexts[row["id"]], links.get(row["id"], ""))
            except Exception:
                logger.exception("The mail %s could not be written", row["id"])
                _put_off([row], UNWRITTEN)
                continue
            failpoint("mail.before_send")
            if not _send_one(connection, server, row, written):
                _put_off(ready[n + 1 :], Trouble(gettext_noop("%(host)s stopped taking mails."), {"host": server.host}))
                return False
    return True


def _send_one(connection: smtplib.SMTP, server: Server, row: Row, written: letter.Letter) -> bool:
    """Send and record one letter. False when the connection is of no more use."""
    try:
        mail = letter.raw(written, server.sender, row["id"])
        connection.send_message(mail, to_addrs=[letter.wire_address(row["address"])])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as no:
        code, why = _answer(no)
        places = {"host": server.host, "why": why}
        if code >= 500:
            _record([row["id"]], "undeliverable", Trouble(gettext_noop("%(host)s refused it: %(why)s"), places))
        else:
            _put_off([row], Trouble(gettext_noop("%(host)s asks to wait: %(why)s"), places))
        return True
    except (smtplib.SMTPNotSupportedError, ValueError) as no:
        places = {"host": server.host, "why": reason_of(no)}
        _record([row["id"]], "undeliverable", Trouble(gettext_noop("%(host)s cannot take this address: %(why)s"), places))
        return True
    except (OSError, smtplib.SMTPException) as trouble:
        _put_off([row], Trouble(gettext_noop("%(host)s broke off: %(why)s"), {"host": server.host, "why": reason_of(trouble)}))
        return False
    failpoint("mail.sent")
    _record([row["id"]], "sent")
    return True


def _record(ids: Sequence[UUID], state: str, why: Trouble = NONE) -> None:
    if ids:
        sql.execute(
            """UPDATE mail_message SET state = %(s)s, error = %(why)s, trouble = %(kept)s, sent_at = CASE WHEN %(s)s IN ('sent', 'shown') THEN %(now)s::timestamptz END
               WHERE id = ANY(%(ids)s) AND state = 'waiting'""",
            {"s": state, "why": str(why), "kept": why.kept if why.said else None, "ids": list(ids), "now": clock.now()},
        )


def _put_off(rows: Sequence[Row], why: Trouble) -> None:
    """Try again after a gap that doubles each time up to a day; after MOST_TRIES it is undeliverable."""
    if not rows:
        return
    logger.warning("%s mails wait: %s", len(rows), why)
    sql.execute(
        """UPDATE mail_message SET error = %(why)s, trouble = %(kept)s, state = CASE WHEN tries >= %(most)s THEN 'undeliverable' ELSE 'waiting' END,
           next_try = %(now)s::timestamptz + make_interval(secs => least(%(longest)s, %(first)s * power(2, tries - 1))) WHERE id = ANY(%(ids)s) AND state = 'waiting'""",
        {
            "why": str(why),
            "kept": why.kept,
            "ids": [row["id"] for row in rows],
            "now": clock.now(),
            "most": MOST_TRIES,
            "longest": LONGEST_GAP_SECONDS,
            "first": FIRST_GAP_SECONDS,
        },
    )


def _give_back(rows: Sequence[Row]) -> None:
    """They were claimed but never tried."""
    sql.execute(
        "UPDATE mail_message SET tries = tries - 1, next_try = %(now)s WHERE id = ANY(%(ids)s) AND state = 'waiting'",
        {"now": clock.now(), "ids": [row["id"] for row in rows]},
    )


def _answer(no: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> tuple[int, str]:
    code, said = next(iter(no.recipients.values())) if isinstance(no, smtplib.SMTPRecipientsRefused) else (no.smtp_code, no.smtp_error)
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return code, f"{code} {letter.one_line(text)[:300]}"


def reason_of(trouble: Exception) -> str:
    """One line that says what went wrong and holds no secret."""
    if isinstance(trouble, smtplib.SMTPAuthenticationError):
        return f"{trouble.smtp_code} the user name or password is not accepted"
    if isinstance(trouble, smtplib.SMTPResponseException):
        text = trouble.smtp_error.decode(errors="replace") if isinstance(trouble.smtp_error, bytes) else str(trouble.smtp_error)
        return f"{trouble.smtp_code} {letter.one_line(text)[:300]}"
    return letter.one_line(str(trouble) or type(trouble).__name__)[:300]
