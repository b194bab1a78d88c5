"""The scopes an app can be given, as the wire calls them (S4-34). The face that asks for them registers them at start, so the two cannot differ."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from usher.core.refusals import Refused

ALL = "all"  # instead of a list: every scope there is, also those that come later
MOST = 300
_registry: set[str] = set()


def register(names: Iterable[str]) -> None:
    """Scopes that some operation asks for."""
    _registry.update(names)


def known() -> list[str]:
    """Every scope there is, by name."""
    return sorted(_registry)


def held(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes that a list of an app or a token stands for."""
    named = frozenset(scopes)
    return frozenset(_registry) if ALL in named else named & _registry


def checked(given: Any) -> list[str]:
    """Scopes as they are journaled. Refused (invalid, scopes) for none, and for one that no operation asks for."""
    names = given.replace(",", " ").split() if isinstance(given, str) else given
    if not isinstance(names, list | tuple) or not 0 < len(names) <= MOST or not all(isinstance(n, str) for n in names):
        raise Refused("invalid", "scopes", _("An app needs at least one scope, or all of them."), field="scopes")
    if ALL in names:
        return [ALL]
    if odd := sorted(set(names) - _registry):
        words = _("There is no scope %(scope)s. The page about the API lists all of them.") % {"scope": odd[0][:80]}
        raise Refused("invalid", "scopes", words, field="scopes")
    return sorted(set(names))
