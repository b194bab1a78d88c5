"""The keys of this installation. The present one makes everything new; older ones still open what they made, until they are left out (F46)."""

import hmac
from functools import lru_cache

from django.conf import settings


def derived(what: str) -> list[bytes]:
    """One 256-bit key per server key for this use, the present one first."""
    return list(_derived(what, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=100)
def _derived(what: str, *keys: str) -> tuple[bytes, ...]:
    return tuple(hmac.digest(key.encode(), what.encode(), "sha256") for key in keys)
