"""Secrets at rest: AES-256-GCM under a key derived from USHER_SECRET_KEY. Each value is bound to its purpose and to whose it is,
so that a row copied to somebody else opens for nobody. Losing the key loses what was sealed with it; while an older key is listed in
USHER_SECRET_KEY_FALLBACKS, what it sealed opens too (F46).
"""

import base64
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .server_keys import derived

NONCE_BYTES = 12


class Unreadable(Exception):
    """This was not sealed here, not for this purpose, or not for this owner."""


def seal(text: str, purpose: str, owner: object) -> str:
    """The text, unreadable and unchangeable without the server key."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + AESGCM(_keys(purpose)[0]).encrypt(nonce, text.encode(), str(owner).encode())).decode()


def unseal(sealed: str, purpose: str, owner: object) -> str:
    """What was sealed. Raises Unreadable."""
    for key in _keys(purpose):
        if (text := _opened(key, sealed, owner)) is not None:
            return text
    raise Unreadable(purpose)


def is_present(sealed: str, purpose: str, owner: object) -> bool:
    """Whether the present key sealed it: then it needs no other."""
    return _opened(_keys(purpose)[0], sealed, owner) is not None


def anew(sealed: str, purpose: str, owner: object) -> str | None:
    """What an older key sealed, sealed with the present one, so that the older one can be left out some day (F46). None where nothing is to be done, or can be."""
    if is_present(sealed, purpose, owner):
        return None
    try:
        return seal(unseal(sealed, purpose, owner), purpose, owner)
    except Unreadable:
        return None


def keyed_hash(text: str, purpose: str, owner: object) -> str:
    """A hash that says nothing without the server key: for secrets a person can type, which could be guessed from a plain hash."""
    return keyed_hashes(text, purpose, owner)[0]


def keyed_hashes(text: str, purpose: str, owner: object) -> list[str]:
    """The same under every key that still counts, the present one first: what a stored hash is compared with."""
    return [hmac.digest(key, f"{owner}|{text}".encode(), "sha256").hex() for key in _keys(purpose)]


def _opened(key: bytes, sealed: str, owner: object) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], str(owner).encode()).decode()
    except (InvalidTag, ValueError):
        return None


def _keys(purpose: str) -> list[bytes]:
    return derived(f"usher-sealed|{purpose}")
