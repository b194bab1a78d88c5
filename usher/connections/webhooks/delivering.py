"""Sending what waits: claim, let go of the database, send, record. No transaction is ever held across the network (as usher/mail/send.py).

claim    due deliveries, of each address at most PER_ADDRESS at a time and of all together MOST, under a lease; of one person never the second before the
         first is delivered or given up
send     in threads that know no database, three seconds each: a slow receiver keeps its own few, never the others
record   delivered (200, 204) | waiting again (no answer, 500 and above) after 5, 20 and 60 minutes | failed (everything else, and the fourth try)

Who dies between sending and recording leaves a lease that ends: the same event is sent again with the same x-zm-request-id.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from usher.core import clock, outbound, sql
from usher.core.failpoints import failpoint
from usher.core.ids import short
from usher.core.sealed import Unreadable

from . import signing

log = logging.getLogger(__name__)
MOST, PER_ADDRESS = 32, 8
LEASE = timedelta(seconds=30)
RETRIES = (timedelta(minutes=5), timedelta(minutes=20), timedelta(minutes=60))
SUCCESS = (200, 204)
UNSIGNED = (400, 401, 403)  # what receivers answer to a signature they do not believe
FIRST_BYTES = 500
CLAIMS = 7_283_002  # any fixed number: one worker at a time claims
UNREADABLE = "unreadable"  # the secret
FOR_GOOD = {"bad_address", "not_public", "redirect", "too_large", UNREADABLE}  # another try would meet the same

# Of every address that listens, the next few that are due. A later event of a person waits for the earlier one.
CLAIM = """
WITH busy AS (SELECT subscription_id, count(*)::int AS n FROM webhooks_delivery WHERE leased_until > %(now)s GROUP BY 1),
due AS (SELECT d.id, row_number() OVER (PARTITION BY s.id ORDER BY d.next_at, d.seq) AS place FROM webhooks_subscription s
  JOIN access_app p ON p.id = s.app_id AND p.is_on JOIN people_standing o ON o.user_id = p.creator_id AND o.status = 'active'
  LEFT JOIN busy b ON b.subscription_id = s.id
  CROSS JOIN LATERAL (SELECT w.id, w.next_at, w.seq FROM webhooks_delivery w WHERE w.subscription_id = s.id AND w.state = 'waiting' AND w.next_at <= %(now)s
    AND (w.leased_until IS NULL OR w.leased_until <= %(now)s)
    AND NOT EXISTS (SELECT 1 FROM webhooks_delivery x WHERE x.subscription_id = s.id AND x.subject = w.subject AND x.state = 'waiting' AND x.seq < w.seq)
    ORDER BY w.next_at, w.seq LIMIT greatest(0, %(each)s - coalesce(b.n, 0))) d
  WHERE s.state = 'on')
UPDATE webhooks_delivery t SET leased_until = %(lease)s, tries = t.tries + 1 FROM webhooks_subscription s, webhooks_event e
WHERE t.id IN (SELECT id FROM due ORDER BY place LIMIT greatest(0, %(most)s - (SELECT coalesce(sum(n), 0)::int FROM busy)))
  AND s.id = t.subscription_id AND e.id = t.message_id
RETURNING t.id, t.message_id, t.subscription_id, t.tries, s.app_id, s.url, s.auth, s.sealed, e.body"""
RECORD = """
WITH r AS (SELECT * FROM jsonb_to_recordset(%(r)s) AS x(id uuid, state text, next_at timestamptz, status int, took_ms int, answer text, trouble text)),
done AS (UPDATE webhooks_delivery d SET state = r.state, next_at = coalesce(r.next_at, d.next_at), leased_until = NULL, tried_at = %(now)s, status = r.status,
    took_ms = r.took_ms, answer = r.answer, trouble = r.trouble FROM r WHERE d.id = r.id RETURNING d.subscription_id, d.subject, d.seq, d.state, d.next_at)
UPDATE webhooks_delivery d SET next_at = done.next_at FROM done WHERE done.state = 'waiting' AND d.subscription_id = done.subscription_id
  AND d.subject = done.subject AND d.state = 'waiting' AND d.seq > done.seq AND d.next_at < done.next_at"""


@dataclass(frozen=True)
class Message:
    """What is sent where. Without a secret, because nobody can read it any more, it is not sent. After a renewal there are two (signing.py)."""

    url: str
    body: str
    secrets: Sequence[str]
    auth: Mapping[str, Any]
    request_id: str


@dataclass(frozen=True)
class Try:
    """What came of one try. `status` is None when nothing came that can be read; `trouble` then says why."""

    status: int | None
    took_ms: int
    answer: str = ""
    trouble: str = ""

    @property
    def arrived(self) -> bool:
        return self.status in SUCCESS

    @property
    def again(self) -> bool:
        """Whether another try may do better (README 9): no answer, or 500 and above."""
        return self.status >= 500 if self.status is not None else self.trouble not in FOR_GOOD


def deliver(seconds: float) -> bool:
    """Send what is due until nothing is, for so many seconds at most; whether there may be more."""
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(MOST, thread_name_prefix="webhook") as senders:
        flying: dict[Future[Try], dict[str, Any]] = {}
        while True:
            claimed = claim() if time.monotonic() < until else []
            flying |= {senders.submit(send, *ready): row for row, ready in _prepared(claimed)}
            if not flying:
                return time.monotonic() >= until
            landed, _still = wait(flying, timeout=signing.SECONDS, return_when=FIRST_COMPLETED)
            record([(flying.pop(one), _came_of(one)) for one in landed])


def _came_of(one: Future[Try]) -> Try:
    """What came of it. A failure of our own must not keep the others, nor be met again at once: it counts as no answer."""
    try:
        return one.result()
    except Exception:
        log.exception("A webhook could not be sent")
        return Try(None, 0, trouble="unreachable")


def claim() -> list[dict[str, Any]]:
    """What is due now, leased to the caller."""
    with transaction.atomic():
        sql.value("SELECT pg_advisory_xact_lock(%(l)s)", {"l": CLAIMS})
        now = clock.now()
        return sql.rows(CLAIM, {"now": now, "lease": now + LEASE, "each": PER_ADDRESS, "most": MOST})


def _prepared(claimed: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], tuple[Message, int]]]:
    """Each with what a thread needs to send it: secrets are opened here."""
    at = int(clock.now().timestamp())
    return [(row, (message_of(row, row["body"], short(row["message_id"])), at)) for row in claimed]


def message_of(row: Mapping[str, Any], body: str, request_id: str) -> Message:
    """A message to the address of a subscription's row. What a key that is not here any more has sealed is sent to nobody."""
    try:
        auth = signing.auth_of(row["subscription_id"], row["auth"], row["sealed"])
        return Message(row["url"], body, signing.secrets_of(row["app_id"]), auth, request_id)
    except Unreadable:
        return Message(row["url"], body, (), {}, request_id)


def send(message: Message, at: int) -> Try:
    """One try; asks no database. A receiver that refuses the signature of a new secret is sent the same once more, signed with the one before."""
    tried = Try(None, 0, trouble=UNREADABLE)
    for secret in message.secrets:
        tried = _sent(message, secret, at)
        if tried.status not in UNSIGNED:
            break
    return tried


def _sent(message: Message, secret: str, at: int) -> Try:
    began = time.monotonic()
    try:
        told = signing.headers(secret, message.body, at, message.request_id, message.auth)
        answer = outbound.post(message.url, message.body.encode(), told, seconds=signing.SECONDS)
    except outbound.NoAnswer as no:
        return Try(None, _since(began), trouble=no.code)
    return Try(answer.status, _since(began), answer=answer.text.replace("\x00", ""))


def record(tried: Sequence[tuple[dict[str, Any], Try]]) -> None:
    """Write down what came of them; what waits for another try holds back the later events of its person."""
    failpoint("webhooks.sent")
    now = clock.now()
    told = [{"id": str(row["id"]), **_fate(row["tries"], tried_, now), **_seen(tried_)} for row, tried_ in tried]
    if told:
        sql.execute(RECORD, {"r": sql.Jsonb(told), "now": now})


def _fate(tries: int, tried: Try, now: datetime) -> dict[str, Any]:
    if tried.arrived:
        return {"state": "delivered"}
    if tried.again and tries <= len(RETRIES):
        return {"state": "waiting", "next_at": (now + RETRIES[tries - 1]).isoformat()}
    return {"state": "failed"}


def _seen(tried: Try) -> dict[str, Any]:
    return {"status": tried.status, "took_ms": tried.took_ms, "answer": tried.answer[:FIRST_BYTES], "trouble": tried.trouble}


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
