"""What was answered to a call under a key, kept for a day: the same call under the same key is answered the same, and done once.

The row is written in the transaction that does the work: whoever comes meanwhile with the same key waits for its end, and when it came to nothing there is no row.
"""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.core.sealed import Unreadable, seal, unseal

LIFE = timedelta(days=1)
PURPOSE = "answer"


def known(account: UUID, key: str, wish: bytes) -> tuple[int, str] | None:
    """Claim a key for a wish. Status and body when it was answered; None when it is new. Refused (conflict, key_reused) when it was used for another wish."""
    names = {"account": account, "key": hash_of(key), "wish": wish}
    new = "INSERT INTO journal_answer (account_id, key, wish) VALUES (%(account)s, %(key)s, %(wish)s) ON CONFLICT DO NOTHING"
    if sql.execute(new, names):
        return None
    found = sql.rows("SELECT wish, status, body FROM journal_answer WHERE account_id = %(account)s AND key = %(key)s", names)[0]
    if bytes(found["wish"]) != wish:
        raise Refused("conflict", "key_reused", _("This key was used for something else. Use a new key for a new wish."))
    try:
        return found["status"], unseal(found["body"], PURPOSE, account) if found["body"] else ""
    except Unreadable:
        raise Refused("conflict", "key_reused", _("What was answered under this key cannot be read any more. Use a new key.")) from None


def keep(account: UUID, key: str, status: int, body: str) -> None:
    """What the claimed key was answered, sealed: an answer may hold what is shown once (SECRET-01)."""
    sql.execute(
        "UPDATE journal_answer SET status = %(status)s, body = %(body)s WHERE account_id = %(account)s AND key = %(key)s",
        {"account": account, "key": hash_of(key), "status": status, "body": seal(body, PURPOSE, account) if body else ""},
    )


def sweep() -> int:
    """Forget what is older than a day."""
    return sql.execute("DELETE FROM journal_answer WHERE at < %(old)s", {"old": clock.now() - LIFE})


def hash_of(key: str) -> bytes:
    """A key may be anything a program chose; only its SHA-256 is kept."""
    return sha256(key.encode()).digest()
