"""Secrets at rest: AES-256-GCM under a key derived from USHER_SECRET_KEY. Each value is bound to its purpose and to whose it is,
so that a row copied to somebody else opens for nobody. Losing the key loses what was sealed with it.
"""

import base64
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class Unreadable(Exception):
    """This was not sealed here, not for this purpose, or not for this owner."""


def seal(text: str, purpose: str, owner: object) -> str:
    """The text, unreadable and unchangeable without the server key."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + _cipher(purpose).encrypt(nonce, text.encode(), str(owner).encode())).decode()


def unseal(sealed: str, purpose: str, owner: object) -> str:
    """What was sealed. Raises Unreadable."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return _cipher(purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], str(owner).encode()).decode()
    except (InvalidTag, ValueError) as trouble:
        raise Unreadable(purpose) from trouble


def keyed_hash(text: str, purpose: str, owner: object) -> str:
    """A hash that says nothing without the server key: for secrets a person can type, which could be guessed from a plain hash."""
    return hmac.digest(_key(purpose), f"{owner}|{text}".encode(), "sha256").hex()


def _cipher(purpose: str) -> AESGCM:
    return AESGCM(_key(purpose))


def _key(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"usher-sealed|{purpose}".encode(), "sha256")
