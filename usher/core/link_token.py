"""Links in mails: an HMAC over (purpose, row, nonce) with the server key, never stored; the row keeps its SHA-256 (INVITE-05, INVITE-17).

A link can be shown again as long as the row keeps its nonce; a new nonce kills it. Only POST uses it (INVITE-10).
"""

import base64
import hashlib
import hmac
from uuid import UUID

from .server_keys import derived


def token(purpose: str, row: UUID, nonce: UUID, stored: bytes | memoryview | None = None) -> str:
    """The 43-character secret part of a link: 256 bits, bound to what it is for and to its row.

    With the stored hash of a link that was shown before, it is that very link again, also when the server key has changed since (F46).
    """
    possible = _possible(purpose, row, nonce)
    return next((secret for secret in possible if stored and hmac.compare_digest(bytes(stored), token_hash(secret))), possible[0])


def token_hash(secret: str) -> bytes:
    """What the row keeps."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def matches(purpose: str, row: UUID, nonce: UUID, stored: bytes | memoryview | None, offered: str) -> bool:
    """Whether an offered secret opens this row: it must equal the HMAC under a key that still counts, and its hash the stored one.

    Compared in constant time. A row whose link was never sent or shown has no hash and opens for nothing (INVITE-18).
    """
    if not stored or not offered:
        return False
    expected = token(purpose, row, nonce, stored)
    return hmac.compare_digest(expected.encode(), offered.encode(errors="replace")) & hmac.compare_digest(
        bytes(stored), token_hash(offered)
    )


def _possible(purpose: str, row: UUID, nonce: UUID) -> list[str]:
    return [base64.urlsafe_b64encode(mac).rstrip(b"=").decode() for mac in derived(f"usher-link|{purpose}|{row}|{nonce}")]
