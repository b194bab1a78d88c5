"""A chain of digests over each account's finished Changes, made by a job, so that writers never wait for each other and tampering shows (AUDIT-03).

digest(n) = SHA-256(digest(n-1), the Change, SHA-256 of each 5,000 effects in order)
"""

import hashlib
from typing import Any
from uuid import UUID

from django.db import transaction

from usher.core import sql

SLICE = 5_000
CHANGE_TEXT = """concat_ws('|', c.id, c.number, c.account_id, c.verb, c.params::text, c.key, encode(c.params_hash, 'hex'), c.actor_kind, c.actor_id,
                  c.actor_name, c.door, c.request_id, c.ip, c.cause, c.undoes, extract(epoch FROM c.at))"""


def digest_of_change(change: UUID, previous: bytes) -> bytes:
    """The link of one finished Change after `previous`."""
    h = hashlib.sha256(previous)
    h.update(sql.value(f"SELECT {CHANGE_TEXT} FROM journal_change c WHERE id = %(c)s", {"c": change}).encode())
    for part in sql.rows(
        f"""SELECT phase, (ord - 1) / {SLICE} AS slice, sha256(convert_to(string_agg(
              concat_ws('|', ord, obj, result, before::text, coalesce(after::text, '-'), reason), E'\\n' ORDER BY ord), 'UTF8')) AS digest
            FROM journal_effect WHERE change_id = %(c)s GROUP BY 1, 2 ORDER BY 1, 2""",
        {"c": change},
    ):
        h.update(bytes(part["digest"]))
    return h.digest()


def seal_account(account: UUID, limit: int = 200) -> int:
    """Seal the account's finished Changes that have no link yet, oldest first; how many."""
    with transaction.atomic():
        if not sql.value("SELECT pg_try_advisory_xact_lock(hashtextextended('seal:' || %(a)s, 0))", {"a": str(account)}):
            return 0
        last = sql.row("SELECT seq, digest FROM journal_seal WHERE account_id = %(a)s ORDER BY seq DESC LIMIT 1", {"a": account})
        seq, digest = (last["seq"], bytes(last["digest"])) if last else (0, b"")
        open_changes = sql.rows(
            """SELECT c.id FROM journal_change c LEFT JOIN journal_run r ON r.change_id = c.id WHERE c.account_id = %(a)s
               AND (r.state IS NULL OR r.state <> 'running') AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.change_id = c.id)
               ORDER BY c.number LIMIT %(l)s""",
            {"a": account, "l": limit},
        )
        for at, found in enumerate(open_changes, seq + 1):
            digest = digest_of_change(found["id"], digest)
            sql.execute(
                "INSERT INTO journal_seal (change_id, account_id, seq, digest, at) VALUES (%(c)s, %(a)s, %(s)s, %(d)s, now())",
                {"c": found["id"], "a": account, "s": at, "d": digest},
            )
        return len(open_changes)


def accounts_to_seal() -> list[UUID]:
    """Accounts with a Change younger than their last seal."""
    return [
        r["account_id"]
        for r in sql.rows(
            "SELECT DISTINCT c.account_id FROM journal_change c WHERE c.at > now() - interval '1 day' "
            "AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.change_id = c.id)"
        )
    ]


def broken_links() -> list[dict[str, Any]]:
    """Every seal whose digest is not what its Change and effects say now: somebody changed a row behind the journal's back."""
    broken = []
    previous: dict[UUID, tuple[int, bytes]] = {}
    for s in sql.rows("SELECT change_id, account_id, seq, digest FROM journal_seal ORDER BY account_id, seq"):
        seq, digest = previous.get(s["account_id"], (0, b""))
        exists = sql.value("SELECT number FROM journal_change WHERE id = %(c)s", {"c": s["change_id"]})
        if s["seq"] != seq + 1 or exists is None or digest_of_change(s["change_id"], digest) != bytes(s["digest"]):
            broken.append({"change": exists or str(s["change_id"]), "seq": s["seq"]})
        previous[s["account_id"]] = (s["seq"], bytes(s["digest"]))
    return broken
