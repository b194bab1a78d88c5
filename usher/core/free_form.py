"""What a program says about a thing in fields that nobody here reads: kept as it came and told again, as long as every database column can hold it."""

import json
import math
from typing import Any

from django.utils.translation import gettext as _

from .refusals import Refused

MOST_BYTES = 32 * 1024
DEEPEST = 8  # the deepest of the contract has four levels


def checked_details(details: Any) -> dict[str, Any]:
    """An object of JSON, empty for None. Refuses (invalid, details) what is larger than 32 KB, deeper than 8, or has a character or number that is none."""
    found = {} if details is None else details
    if not isinstance(found, dict) or not _is_kept(found, DEEPEST) or len(json.dumps(found)) > MOST_BYTES:
        words = _("The further fields are larger than %(n)s KB, too deep, or hold what is no text.") % {"n": MOST_BYTES // 1024}
        raise Refused("invalid", "details", words, field="details")
    return found


def _is_kept(value: Any, depth: int) -> bool:
    """Whether jsonb takes it: no NUL, no half of a surrogate pair, no number beyond all numbers."""
    if isinstance(value, str):
        return "\x00" not in value and not any(0xD800 <= ord(c) < 0xE000 for c in value)
    if isinstance(value, dict):
        return depth > 0 and all(_is_kept(key, 1) and _is_kept(each, depth - 1) for key, each in value.items())
    if isinstance(value, list):
        return depth > 0 and all(_is_kept(each, depth - 1) for each in value)
    return not isinstance(value, float) or math.isfinite(value)
