"""Identifiers: UUIDv7 (RFC 9562), so that new rows lie together, and their 22-character form in addresses and on the wire."""

import base64
import os
import re
import time
from datetime import datetime
from uuid import UUID

CANONICAL = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562 section 5.7): 48 bits of milliseconds, 74 random bits."""
    ms = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    return UUID(int=(ms << 80) | (0x7 << 76) | ((tail >> 68) << 64) | (0b10 << 62) | (tail & ((1 << 62) - 1)))


def of_a_set(place: str) -> str:
    """SQL of the id of the row at this place (a bigint) of a set that is written in one statement: time and random bits are drawn once for all of them, and
    the place is added. PostgreSQL without OpenSSL opens its source of random bits for each id, which takes as long as to write the row (docs/decisions/0120).
    """
    return f"(left((SELECT usher_uuid7()::text), 24) || to_hex((SELECT ('x1' || right(usher_uuid7()::text, 11))::bit(48)::bigint) + {place}))::uuid"


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


def canonical(text: str) -> str:
    """The usual spelling of an id in any of them; ValueError for what is none. Of the many that are spelled so no object is made."""
    return text if CANONICAL.fullmatch(text) else str(UUID(text))


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
