"""Links in mails: an HMAC over (purpose, row, nonce) with the server key, never stored; the row keeps its SHA-256 (INVITE-05, INVITE-17).

A link can be shown again as long as the row keeps its nonce; a new nonce kills it. Only POST uses it (INVITE-10).
"""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings


def token(purpose: str, row: UUID, nonce: UUID) -> str:
    """The 43-character secret part of a link: 256 bits, bound to what it is for and to its row."""
    mac = hmac.digest(settings.SECRET_KEY.encode(), f"usher-link|{purpose}|{row}|{nonce}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def token_hash(secret: str) -> bytes:
    """What the row keeps."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def matches(purpose: str, row: UUID, nonce: UUID, stored: bytes | memoryview | None, offered: str) -> bool:
    """Whether an offered secret opens this row: it must equal the HMAC and its hash the stored one; compared in constant time.

    A row whose link was never sent or shown has no hash and opens for nothing (INVITE-18).
    """
    if not stored or not offered:
        return False
    expected = token(purpose, row, nonce)
    return hmac.compare_digest(expected.encode(), offered.encode(errors="replace")) & hmac.compare_digest(
        bytes(stored), token_hash(offered)
    )
