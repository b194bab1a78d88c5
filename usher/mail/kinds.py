"""The registry of kinds of mail. Areas register theirs at start; a message row names its kind and holds no link and no secret."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of mail. Its text and HTML are templates mail/<code>.txt and .html.

    fresh    message rows -> {message id: context}, one query for any number. Needed keys: account, language, alive (whether the mail still makes
             sense), admin (whether it lets its reader be more than a member). time_zone, when there is one, is the clock of its dates.
    links    message rows -> {message id: address}; makes each link and stores its hash, one statement for any number. None: a mail without link.
    subject  a text with %(name)s places, filled from the context
    secret   its link is for the person alone, whoever else may read the outbox (INVITE-12, INVITE-15)
    private  keys of its context that the letter tells its reader and nobody else: in the outbox it is read without them (R11)
    """

    code: str
    subject: str | Promise
    fresh: Callable[[Sequence[Row]], dict[UUID, Row]]
    links: Callable[[Sequence[Row]], dict[UUID, str]] | None = None
    secret: bool = False
    private: frozenset[str] = frozenset()


_registry: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known."""
    if kind.code in _registry:
        raise ValueError(f"two kinds of mail are named {kind.code}")
    _registry[kind.code] = kind
    return kind


def kind_of(code: str) -> Kind:
    """The registered kind; KeyError for a name nobody registered."""
    return _registry[code]


def all_kinds() -> list[Kind]:
    return list(_registry.values())
