"""The one registry of privileges, `area:thing:level`. Areas register at start; an unknown name is an error at start, not at noon."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

GRAMMAR = re.compile(r"^[a-z_]+:[a-z_]+:(view|manage)$")


@dataclass(frozen=True)
class Privilege:
    name: str
    words: str | Promise


_registry: dict[str, Privilege] = {}
_things: dict[str, str | Promise] = {}


def register(name: str, words: str | Promise) -> str:
    """Register a right and return its name. `words` complete the sentence "This needs the right to …"."""
    if not GRAMMAR.match(name):
        raise ValueError(f"privilege {name!r} is not area:thing:view|manage")
    _registry[name] = Privilege(name, words)
    return name


def register_pair(thing: str, words: str | Promise) -> None:
    """Register view ("see …") and manage ("manage …") of one thing: what a role can be given."""
    _things[thing] = words
    register(f"{thing}:view", format_lazy(_("see {things}"), things=words))
    register(f"{thing}:manage", format_lazy(_("manage {things}"), things=words))


def known(name: str) -> Privilege:
    """The registered privilege; KeyError for a name nobody registered."""
    return _registry[name]


def all_names() -> frozenset[str]:
    return frozenset(_registry)


def things() -> dict[str, str | Promise]:
    """`area:thing` -> its words, of everything that can be seen or managed, in the order of registration."""
    return dict(_things)


@lru_cache(maxsize=256)
def expand(names: frozenset[str]) -> frozenset[str]:
    """Manage includes view."""
    return names | {n.removesuffix(":manage") + ":view" for n in names if n.endswith(":manage")}
