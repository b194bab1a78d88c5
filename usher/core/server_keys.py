"""The keys of this installation. The present one makes everything new; older ones still open what they made, until they are left out (F46)."""

import hmac

from django.conf import settings


def derived(what: str) -> list[bytes]:
    """One 256-bit key per server key for this use, the present one first."""
    return [hmac.digest(key.encode(), what.encode(), "sha256") for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
