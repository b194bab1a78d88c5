"""A chain of digests over each account's finished Changes, made by a job, so that writers never wait for each other and tampering shows (AUDIT-03).

digest(n) = SHA-256(digest(n-1), the Change, SHA-256 of each 5,000 effects in order)
"""

import hashlib
from itertools import accumulate
from typing import Any
from uuid import UUID

from django.db import transaction

from usher.core import sql

SLICE = 5_000
MOST_AT_ONCE = 1_000
CHANGE_TEXT = """concat_ws('|', c.id, c.number, c.account_id, c.verb, c.params::text, c.key, encode(c.params_hash, 'hex'), c.actor_kind, c.actor_id,
                  c.actor_name, c.door, c.request_id, c.ip, c.cause, c.undoes, extract(epoch FROM c.at))"""
# Which Changes of an account may have no link yet. A number is drawn a moment before its Change is there, and a run is sealed when it has ended: so those
# a little before the last link are looked at as well, and every run of the last days. What stays open longer is found once a night.
LATELY = """c.id IN (SELECT x.id FROM journal_change x WHERE x.account_id = %(a)s AND x.number > (SELECT coalesce(max(l.number), 0) - 10000
    FROM journal_change l WHERE l.id = (SELECT s.change_id FROM journal_seal s WHERE s.account_id = %(a)s ORDER BY s.seq DESC LIMIT 1))
  UNION ALL SELECT n.change_id FROM journal_run n WHERE n.account_id = %(a)s AND n.started_at > now() - interval '3 days')"""
EVER = "true"
SEALS = """SELECT s.change_id, s.account_id, s.seq, s.digest, c.number FROM journal_seal s LEFT JOIN journal_change c ON c.id = s.change_id
           WHERE (s.account_id, s.seq) > (%(a)s, %(s)s) ORDER BY s.account_id, s.seq LIMIT %(l)s"""


def told_by(changes: list[UUID]) -> dict[UUID, list[bytes]]:
    """What the link of each Change is made of beside the one before: its own text, and the digests of its effects. One that is not there is left out."""
    told = {
        c["id"]: [c["told"].encode()]
        for c in sql.rows(f"SELECT c.id, {CHANGE_TEXT} AS told FROM journal_change c WHERE c.id = ANY(%(ids)s)", {"ids": changes})
    }
    for part in sql.rows(
        f"""SELECT change_id, phase, (ord - 1) / {SLICE} AS slice, sha256(convert_to(string_agg(
              concat_ws('|', ord, obj, result, before::text, coalesce(after::text, '-'), reason), E'\\n' ORDER BY ord), 'UTF8')) AS digest
            FROM journal_effect WHERE change_id = ANY(%(ids)s) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
        {"ids": list(told)},
    ):
        told[part["change_id"]].append(bytes(part["digest"]))
    return told


def link(previous: bytes, told: list[bytes]) -> bytes:
    """The link of a Change after `previous`."""
    return hashlib.sha256(b"".join((previous, *told))).digest()


def seal_account(account: UUID, among: str = LATELY, limit: int = 200) -> int:
    """Seal the account's finished Changes that have no link yet, `among` those of LATELY or EVER, oldest first; how many."""
    with transaction.atomic():
        if not sql.value("SELECT pg_try_advisory_xact_lock(hashtextextended('seal:' || %(a)s, 0))", {"a": str(account)}):
            return 0
        last = sql.row("SELECT seq, digest FROM journal_seal WHERE account_id = %(a)s ORDER BY seq DESC LIMIT 1", {"a": account})
        seq, digest = (last["seq"], bytes(last["digest"])) if last else (0, b"")
        found = sql.rows(
            f"""SELECT c.id FROM journal_change c LEFT JOIN journal_run r ON r.change_id = c.id WHERE c.account_id = %(a)s AND {among}
                AND (r.state IS NULL OR r.state <> 'running') AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.change_id = c.id)
                ORDER BY c.number LIMIT %(l)s""",
            {"a": account, "l": limit},
        )
        told = told_by([f["id"] for f in found])
        digests = list(accumulate((told[f["id"]] for f in found), link, initial=digest))[1:]
        return sql.execute(
            """INSERT INTO journal_seal (change_id, account_id, seq, digest, at)
               SELECT x.change, %(a)s, %(seq)s + x.n, x.digest, now() FROM unnest(%(c)s::uuid[], %(d)s::bytea[]) WITH ORDINALITY AS x(change, digest, n)""",
            {"a": account, "seq": seq, "c": [f["id"] for f in found], "d": digests},
        )


def accounts_to_seal() -> list[UUID]:
    """Accounts with a Change of the last day that has no link."""
    return _unsealed("c.at > now() - interval '1 day'")


def forgotten() -> list[UUID]:
    """Accounts with any such Change, however old: they did nothing since, or nobody was there to seal it. All Changes are looked at."""
    return _unsealed("true")


def _unsealed(which: str) -> list[UUID]:
    found = sql.rows(
        f"SELECT DISTINCT c.account_id FROM journal_change c WHERE {which} AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.change_id = c.id)"
    )
    return [f["account_id"] for f in found]


def broken_links() -> list[dict[str, Any]]:
    """Every seal whose digest is not what its Change and effects say now: somebody changed a row behind the journal's back."""
    broken: list[dict[str, Any]] = []
    before: dict[str, Any] = {"account_id": UUID(int=0), "seq": 0, "digest": b""}
    while some := sql.rows(SEALS, {"a": before["account_id"], "s": before["seq"], "l": MOST_AT_ONCE}):
        told = told_by([s["change_id"] for s in some])
        for s in some:
            seq, digest = (before["seq"], bytes(before["digest"])) if before["account_id"] == s["account_id"] else (0, b"")
            if s["seq"] != seq + 1 or s["change_id"] not in told or link(digest, told[s["change_id"]]) != bytes(s["digest"]):
                broken.append({"change": s["number"] or str(s["change_id"]), "seq": s["seq"]})
            before = s
    return broken
