"""Looking for the proof of a domain: a TXT record at the domain or at _usher below it, or a file on its web server.

snapshot   the claim, without a transaction
look       the network: two questions to the name servers, one file (core/name_server.py, core/outbound.py)
record     proven: the verb of the system; else what was found instead, and since when a proof that stood there is missing
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from usher.core import clock, name_server, outbound, sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.privileges import expand
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan

from .domains import MANAGE, TAKEN, VerifyDomain

log = logging.getLogger(__name__)
KEY = "usher-verification="
BELOW = "_usher"
FILE_URL = "https://{domain}/.well-known/usher-domain.txt"
AGAIN = timedelta(minutes=9)  # a claim that waits
DAILY = timedelta(days=1)  # a domain that is verified
AT_ONCE, SECONDS = 50, 60.0
LONGEST_SHOWN, MOST_SHOWN = 80, 3


@dataclass(frozen=True)
class Look:
    """What was found: `how` dns, file, or empty; `found` says what stands there instead, as it is kept; `sure` is false when nothing answered."""

    how: str
    found: dict[str, Any] = field(default_factory=dict)
    sure: bool = True


def record_of(token: str) -> str:
    """The TXT record, and the line of the file, that prove a claim."""
    return KEY + token


def look(name: str, token: str) -> Look:
    """Ask the name servers, then the web server. Takes seconds; no transaction may be open."""
    texts: list[str] = []
    answered = 0
    for where in (f"{BELOW}.{name}", name):
        try:
            texts += name_server.texts_of(where)
            answered += 1
        except name_server.NotAnswered:
            continue
        if record_of(token) in [t.strip() for t in texts]:
            return Look("dns")
    try:
        answer = outbound.get(FILE_URL.format(domain=name))
        file = "other" if answer.status == 200 else "none" if answer.status in (404, 410) else f"status_{answer.status}"
        if answer.status == 200 and answer.text.strip() == record_of(token):
            return Look("file")
    except outbound.NoAnswer as no:
        file = no.code
    ours = [t[:LONGEST_SHOWN] for t in texts if t.strip().startswith(KEY)]
    return Look("", {"dns": answered, "texts": len(texts), "ours": ours[:MOST_SHOWN], "file": file}, sure=answered == 2)


def check(account: UUID, id: UUID) -> str:
    """Look for the proof of one claim now, and write down what was found. `dns`, `file`, empty when it is not there; Refused is never raised for that."""
    claim = sql.row("SELECT id, name, token, state FROM accounts_domain WHERE account_id = %(a)s AND id = %(id)s", {"a": account, "id": id})
    if claim is None:
        return ""
    seen = look(claim["name"], claim["token"])
    found, how = seen.found, seen.how
    if how and claim["state"] != "verified" and not _verified(account, claim, how):
        found, how = {TAKEN: True}, ""
    sql.execute(
        """UPDATE accounts_domain SET checked_at = %(now)s, found = %(found)s,
             missing_since = CASE WHEN %(how)s <> '' OR state <> 'verified' THEN NULL WHEN %(sure)s THEN coalesce(missing_since, %(now)s) ELSE missing_since END
           WHERE id = %(id)s""",
        {"id": id, "now": clock.now(), "found": sql.Jsonb(found or None), "how": how, "sure": seen.sure},
    )
    return how


def _verified(account: UUID, claim: dict[str, Any], how: str) -> bool:
    """The verb of the system; False when another account has proven the domain first."""
    actor = Actor("system", account, "Usher", expand(frozenset({MANAGE})), "clock")
    wish = plan(actor, VerifyDomain.name, {"id": str(claim["id"]), "domain": claim["name"], "how": how})
    try:
        with transaction.atomic():
            engine.start(wish, f"verify:{claim['id']}:{uuid7()}")
    except IntegrityError:  # two at once: the index domain_proven_once has let one in
        return False
    except Refused as no:
        if no.code != TAKEN:
            raise
        return False
    return True


def check_due() -> int:
    """Claims that wait, every ten minutes for 72 hours; verified domains once a day. How many were looked at; a minute at the most."""
    now = clock.now()
    sql.execute("UPDATE accounts_domain SET state = 'expired' WHERE state = 'waiting' AND ask_until <= %(now)s", {"now": now})
    due = sql.rows(
        """SELECT id, account_id FROM accounts_domain WHERE state = 'waiting' AND (checked_at IS NULL OR checked_at <= %(soon)s)
             OR state = 'verified' AND (checked_at IS NULL OR checked_at <= %(daily)s) ORDER BY checked_at NULLS FIRST, id LIMIT %(most)s""",
        {"soon": now - AGAIN, "daily": now - DAILY, "most": AT_ONCE},
    )
    until, looked = time.monotonic() + SECONDS, 0
    for one in due:
        if time.monotonic() > until:
            break
        looked += 1
        try:
            check(one["account_id"], one["id"])
        except Exception:  # one that cannot be looked at must not keep the others waiting
            log.exception("The domain %s could not be checked", one["id"])
    return looked
