"""Identifiers: UUIDv7 (RFC 9562), so that new rows lie together, and their 22-character form in addresses and on the wire."""

import base64
import os
import time
from datetime import datetime
from uuid import UUID


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562 section 5.7): 48 bits of milliseconds, 74 random bits."""
    ms = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    return UUID(int=(ms << 80) | (0x7 << 76) | ((tail >> 68) << 64) | (0b10 << 62) | (tail & ((1 << 62) - 1)))


def earliest_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a moment: everything made before it sorts below."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (0x7 << 76) | (0b10 << 62))


def short(value: UUID) -> str:
    """22 characters of URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(value.bytes).rstrip(b"=").decode()


def unshort(text: str) -> UUID:
    """The UUID of a short or canonical form; ValueError for anything else, also for a second spelling of the same id."""
    if len(text) == 36:
        return UUID(text)
    if len(text) != 22:
        raise ValueError("not an id")
    value = UUID(bytes=base64.urlsafe_b64decode(text + "=="))
    if short(value) != text:
        raise ValueError("not an id")
    return value


def is_uuid(text: str) -> bool:
    """Whether a text is an id in one of the canonical spellings."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class ShortIdConverter:
    """`<id:…>` in URL patterns."""

    regex = "[A-Za-z0-9_-]{22}"

    def to_python(self, value: str) -> UUID:
        return unshort(value)

    def to_url(self, value: UUID) -> str:
        return short(value)
