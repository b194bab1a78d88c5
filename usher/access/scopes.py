"""The scopes an app can be given, as the wire calls them (S4-34). The face that asks for them registers them at start, so the two cannot differ.

With each scope stand the rights it makes use of. Nobody lends an app what they may not do themselves (OAUTH-21): where people agree to an app, the
scopes that are of no use to them are left out, and the others are told in the words of those rights.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.actor import Actor
from usher.core.privileges import known as known_right
from usher.core.refusals import Refused

ALL = "all"  # instead of a list: every scope there is, also those that come later
MOST = 300
# Instead of a right: what everybody may see and change, of themselves. What they made is told apart, in the words of the face that asks for it.
OWN, OWN_CHANGES = "", "own"
OWN_RIGHT = "people:self:manage"  # what the verbs ask for that do it
_registry: dict[str, set[str]] = {}
_own: dict[str, str | Promise] = {
    OWN: gettext_lazy("see your own profile, rights, meeting settings and phone"),
    OWN_CHANGES: gettext_lazy("change your own time zone, meeting settings and phone, and sign you out"),
}


def register(names: Iterable[str], right: str) -> None:
    """Scopes that some operation asks for, and the right it makes use of; any right of a scope makes it useful."""
    for name in names:
        _registry.setdefault(name, set()).add(right)


def register_own(names: Iterable[str], what: str, words: str | Promise) -> None:
    """Scopes that some operation asks for of oneself: `what` stands instead of a right, and the words tell whoever agrees what it is."""
    _own[what] = words
    register(names, what)


def known() -> list[str]:
    """Every scope there is, by name."""
    return sorted(_registry)


def held(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes that a list of an app or a token stands for."""
    named = frozenset(scopes)
    return frozenset(_registry) if ALL in named else named & _registry.keys()


def useful(actor: Actor, scopes: Iterable[str]) -> list[str]:
    """Those of a list that the actor's own rights are of use for, by name."""
    return sorted(name for name in held(scopes) if any(_may(actor, right) for right in _registry[name]))


def in_words(actor: Actor, scopes: Iterable[str]) -> list[tuple[str, list[str]]]:
    """What a list of scopes lets somebody do for the actor: words, and the scopes they come of. One's own comes first."""
    found: dict[str, list[str]] = {}
    for name in sorted(held(scopes)):
        for right in _registry[name]:
            if _may(actor, right):
                found.setdefault(right, []).append(name)
    told = [right for right in sorted(found) if not _says_less(right, found)]
    return [(str(_own.get(right) or known_right(right).words), found[right]) for right in told]


def _says_less(right: str, found: dict[str, list[str]]) -> bool:
    """Whether it is seeing what the same scopes manage."""
    manage = found.get(right.removesuffix(":view") + ":manage", []) if right.endswith(":view") else []
    return bool(manage) and set(found[right]) <= set(manage)


def _may(actor: Actor, right: str) -> bool:
    return right in _own or actor.may(right)


def checked(given: Any) -> list[str]:
    """Scopes as they are journaled. Refused (invalid, scopes) for none, and for one that no operation asks for."""
    names = given.replace(",", " ").split() if isinstance(given, str) else given
    if not isinstance(names, list | tuple) or not 0 < len(names) <= MOST or not all(isinstance(n, str) for n in names):
        raise Refused("invalid", "scopes", _("An app needs at least one scope, or all of them."), field="scopes")
    if ALL in names:
        return [ALL]
    if odd := sorted(set(names) - _registry.keys()):
        words = _("There is no scope %(scope)s. The page about the API lists all of them.") % {"scope": odd[0][:80]}
        raise Refused("invalid", "scopes", words, field="scopes")
    return sorted(set(names))
