"""What programs said and nobody here reads, in words: settings, and further fields of meetings and rooms."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

LONGEST = 60


def what_differs(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two sides of an effect, of further fields only those that differ."""
    if before.get("details") is None or after.get("details") is None:
        return before, after
    was, will = flat(before["details"]), flat(after["details"])
    same = {name for name in was if name in will and was[name] == will[name]}
    left = [{name: value for name, value in side.items() if name not in same} for side in (was, will)]
    return {**before, "details": left[0]}, {**after, "details": left[1]}


def flat(details: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Objects of objects as dotted name -> value; what is sealed is one value."""
    found: dict[str, Any] = {}
    for name, value in details.items():
        found |= flat(value, f"{above}{name}.") if isinstance(value, Mapping) and "sealed" not in value else {above + name: value}
    return found


def further_in_words(details: Mapping[str, Any]) -> list[str]:
    """Each field with its value, a long one cut."""
    return [f"{name}: {Truncator(setting_in_words(one)).chars(LONGEST)}" for name, one in flat(details).items()]


def setting_in_words(value: Any) -> str:
    """What is kept under a name. A secret is sealed, and nobody reads it here."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return _("a secret") if isinstance(value, dict) else json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
