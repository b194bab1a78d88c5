"""What a program says about a thing in fields that nobody here reads: kept as it came and told again, as long as every database column can hold it."""

import json
import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .refusals import Refused

MOST_BYTES = 32 * 1024
DEEPEST = 8  # the deepest of the contract has four levels
# Text under a name with one of these in it lets somebody in (SECRET-01).
SECRET = ("password", "passcode", "pin_code", "secret", "token", "host_key", "credential")


def checked_details(details: Any) -> dict[str, Any]:
    """An object of JSON, empty for None, without what lets somebody in: the journal would tell it for good (AUDIT-07).

    Refuses (invalid, details) what is larger than 32 KB, deeper than 8 levels, or holds a character or number that is none.
    """
    found = {} if details is None else details
    if not isinstance(found, dict) or not is_sound(found, DEEPEST) or len(json.dumps(found)) > MOST_BYTES:
        words = _("The further fields are larger than %(n)s KB, too deep, or hold what is no text.") % {"n": MOST_BYTES // 1024}
        raise Refused("invalid", "details", words, field="details")
    return {name: _without_secrets(value, name) for name, value in found.items() if _is_kept(name, value)}


def is_sound(value: Any, levels: int) -> bool:
    """Whether jsonb keeps it as it is, objects and lists at most so many levels deep: no NUL, no half of a surrogate pair, no number beyond all numbers."""
    if levels < 0:
        return False
    if isinstance(value, str):
        return "\x00" not in value and not any(0xD800 <= ord(c) < 0xE000 for c in value)
    if isinstance(value, Mapping):
        return all(is_sound(name, 0) and is_sound(inner, levels - 1) for name, inner in value.items())
    if isinstance(value, list):
        return all(is_sound(inner, levels - 1) for inner in value)
    return abs(value) < 2**63 if isinstance(value, int) else not isinstance(value, float) or math.isfinite(value)


def is_secret(name: str, value: Any) -> bool:
    """Whether a value, or one inside of a list, is text that lets somebody in."""
    if isinstance(value, Mapping):
        return any(is_secret(inner, one) for inner, one in value.items())
    if isinstance(value, list):
        return any(is_secret(name, one) for one in value)
    last = name.rpartition(".")[2].lower()
    return isinstance(value, str) and not last.startswith("require_") and any(word in last for word in SECRET)


def _is_kept(name: str, value: Any) -> bool:
    return isinstance(value, Mapping | list) or not is_secret(name, value)


def _without_secrets(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return {inner: _without_secrets(one, inner) for inner, one in value.items() if _is_kept(inner, one)}
    if isinstance(value, list):
        return [_without_secrets(one, name) for one in value if _is_kept(name, one)]
    return value
