"""Asking an address whether it knows the secret: when somebody says so, and every 72 hours (README 9, Challenge; HOOK-09).

ask      `endpoint.url_validation` with a random text; the right answer is its HMAC under the secret, with 200 or 204, within three seconds
record   confirmed: from then on it hears of events; else a failure more: a mail after the second and the fourth, and after the sixth nothing is sent there
"""

import hmac
import json
import logging
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.access import actors
from usher.core import clock, jobs, sql
from usher.core.actor import Actor
from usher.core.ids import short, uuid7
from usher.core.refusals import Refused, not_found
from usher.journal import engine
from usher.journal.verb import plan
from usher.zoom_wire import events as wire

from . import signing
from .delivering import Message, Try, message_of, send

log = logging.getLogger(__name__)
AGAIN = timedelta(hours=72)
SOON = timedelta(minutes=10)  # one that was never confirmed
TOLD_AFTER, OFF_AFTER = (2, 4), 6
AT_ONCE, SECONDS = 100, 40.0
CHALLENGE, WRONG = "endpoint.url_validation", "wrong_answer"
ONE = """SELECT s.id AS subscription_id, s.account_id, s.app_id, s.url, s.auth, s.sealed, s.state, s.failures FROM webhooks_subscription s
         WHERE s.account_id = %(a)s AND s.id = %(i)s"""


def ask(row: Mapping[str, Any]) -> Try:
    """Put the question to a subscription's address. Takes seconds; no transaction may be open. `trouble` is wrong_answer for an answer that is not the one."""
    plain, at = secrets.token_urlsafe(16), clock.now()
    return asked(message_of(row, wire.body(CHALLENGE, at, {"plainToken": plain}), short(uuid7())), plain, int(at.timestamp()))


def asked(message: Message, plain: str, at: int) -> Try:
    tried = send(message, at)
    if not tried.arrived:
        return tried
    try:
        told = json.loads(tried.answer)
        answers = [signing.answer_to(secret, plain) for secret in message.secrets]
        right = told["plainToken"] == plain and any(hmac.compare_digest(str(told["encryptedToken"]), known) for known in answers)
    except (ValueError, KeyError, TypeError):
        right = False
    return tried if right else Try(tried.status, tried.took_ms, tried.answer, WRONG)


def is_confirmed(tried: Try) -> bool:
    return tried.arrived and not tried.trouble


def confirm(actor: Actor, id: UUID, key: str) -> Try:
    """Ask now. One that answers, and was not confirmed or was off, hears of events from then on. Refused like the verb, before anybody is asked."""
    wish = plan(actor, "connections.confirm_webhook", {"webhook": id})
    found = sql.row(ONE, {"a": actor.account_id, "i": id})
    if found is None:
        raise not_found(_("This webhook"))
    tried = ask(found)
    with transaction.atomic():
        _note(found, tried)
        if is_confirmed(tried) and found["state"] in ("new", "off"):
            engine.start(wish, key)
    return tried


def check_due() -> int:
    """The addresses whose turn it is; how many were asked, a minute's work at the most."""
    due = sql.rows(
        """SELECT s.account_id, s.id FROM webhooks_subscription s JOIN access_app p ON p.id = s.app_id AND p.is_on
           JOIN people_standing o ON o.user_id = p.creator_id AND o.status = 'active' WHERE s.check_at <= %(now)s ORDER BY s.check_at LIMIT %(n)s""",
        {"now": clock.now(), "n": AT_ONCE},
    )
    until, n = time.monotonic() + SECONDS, 0
    for one in due:
        if time.monotonic() > until:
            break
        n += 1
        try:
            check(one["account_id"], one["id"])
        except Exception:  # one that cannot be asked must not keep the others waiting
            log.exception("The webhook %s could not be asked", one["id"])
    return n


def check(account: UUID, id: UUID) -> Try | None:
    """Ask one address for the clock, and do what follows from its answer."""
    found = sql.row(ONE, {"a": account, "i": id})
    if found is None:
        return None
    tried, system = ask(found), actors.system(account)
    with transaction.atomic():
        failures = _note(found, tried)
        if is_confirmed(tried):
            if found["state"] == "new":
                _do(system, "connections.confirm_webhook", id)
        elif found["state"] == "on" and failures >= OFF_AFTER:
            _do(system, "connections.disable_webhook", id)
            tell_owner(id, "webhook_off")
        elif found["state"] == "on" and failures in TOLD_AFTER:
            tell_owner(id, "webhook_silent")
    return tried


def _note(found: Mapping[str, Any], tried: Try) -> int:
    """When it was asked and when it is asked again; how often it did not answer in a row. Nobody is asked for ever who never confirmed."""
    failures = 0 if is_confirmed(tried) else found["failures"] + 1
    now = clock.now()
    after = None if found["state"] == "new" and failures >= OFF_AFTER else now + (SOON if found["state"] == "new" and failures else AGAIN)
    sql.execute(
        "UPDATE webhooks_subscription SET failures = %(f)s, checked_at = %(now)s, check_at = %(after)s WHERE id = %(i)s",
        {"f": failures, "now": now, "after": after, "i": found["subscription_id"]},
    )
    return failures


def _do(actor: Actor, verb: str, id: UUID) -> None:
    try:
        engine.start(plan(actor, verb, {"webhook": id}), f"{verb}:{uuid7()}")
    except Refused:  # somebody was there first
        log.info("%s of %s was not needed any more", verb, id)


def tell_owner(id: UUID, kind: str) -> None:
    """A mail to whoever made the app, and to the owner of the account when that is somebody else; in the same transaction."""
    sql.execute(
        """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
           SELECT usher_uuid7(), s.account_id, %(k)s, u.id, u.email, jsonb_build_object('webhook', s.id), %(now)s, %(now)s
           FROM webhooks_subscription s JOIN access_app p ON p.id = s.app_id JOIN people_standing o ON o.account_id = s.account_id AND o.status = 'active'
             AND (o.user_id = p.creator_id OR o.role = 'owner') JOIN people_user u ON u.id = o.user_id WHERE s.id = %(i)s""",
        {"k": kind, "i": id, "now": clock.now()},
    )
    jobs.defer("mail.deliver")
