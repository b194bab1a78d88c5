"""One level's settings as a form: what holds, where it comes from, what can be chosen; and what a form that came back changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from usher.accounts import stored
from usher.core.actor import Actor
from usher.journal import engine
from usher.journal.verb import plan
from usher.people.inherited import Holds, Level, holding

from .known import KNOWN, SECTIONS, Known, in_words, text_of, value_of

NOBODY = Level("", "", True, {}, frozenset())


@dataclass(frozen=True)
class Whose:
    """The account, a group or a person: their levels from the top, the verb that changes theirs, and who it names."""

    kind: str
    levels: list[Level]
    verb: str
    named: Mapping[str, Any]

    @property
    def own(self) -> Level:
        return next((level for level in self.levels if level.kind == self.kind), NOBODY)

    @property
    def above(self) -> list[Level]:
        return [level for level in self.levels if level.kind != self.kind]


def sections(whose: Whose) -> list[dict[str, Any]]:
    """The lines of the form by section."""
    return [{"words": words, "lines": [line(whose, known) for known in members]} for words, members in SECTIONS]


def line(whose: Whose, known: Known) -> dict[str, Any]:
    """One setting: what can be chosen here and is, or, when it is locked above, by whom."""
    above, own = holding(whose.above, known.name), whose.own.values.get(known.name)
    return {
        "name": known.name,
        "words": known.words,
        "holds": in_words(known, holding(whose.levels, known.name).value),
        "comes": comes_from(whose, holding(whose.levels, known.name)),
        "locked": locked_by(above.locked) if above.locked else "",
        "like_above": like_above(whose, in_words(known, above.value)),
        "choices": [(text_of(value), words, value == own) for value, words in known.choices],
        "locks": known.name in whose.own.locks,
    }


def comes_from(whose: Whose, holds: Holds) -> str:
    """Where a value comes from, when it is not from here."""
    if holds.of is None or holds.of.kind == whose.kind:
        return ""
    return _("from the group %(group)s") % {"group": holds.of.name} if holds.of.kind == "group" else _("from the account")


def locked_by(level: Level) -> str:
    return _("Locked by the group %(group)s") % {"group": level.name} if level.kind == "group" else _("Locked by the account")


def like_above(whose: Whose, value: str) -> str:
    """What choosing nothing here means."""
    if whose.kind == "account":
        return _("Not set")
    words = _("Like the account: %(value)s") if whose.kind == "group" else _("Like the group and the account: %(value)s")
    return words % {"value": value}


def save(actor: Actor, whose: Whose, given: Mapping[str, str], key: str) -> int | None:
    """Store what differs: settings, then locks; both or neither. The number of the last change, None when nothing was different. A line the form does not have
    stays as it is.
    """
    with transaction.atomic():
        return _saved(actor, whose, given, key)


def _saved(actor: Actor, whose: Whose, given: Mapping[str, str], key: str) -> int | None:
    number = None
    for part, was, wanted in (
        ("settings", whose.own.values, chosen(given)),
        ("locks", dict.fromkeys(whose.own.locks, True), locked(given)),
    ):
        wish = {name: value for name, value in wanted.items() if value is not None and was.get(name) != value}
        gone = [name for name, value in wanted.items() if value is None and name in was]
        if wish or gone:
            params = {**whose.named, "part": part, "settings": stored.nested(wish, ""), "gone": gone}
            number = engine.start(plan(actor, whose.verb, params), f"{key}:{part}").number or number
    return number


def chosen(given: Mapping[str, str]) -> dict[str, Any]:
    return {known.name: value_of(known, given[known.name]) for known in KNOWN if known.name in given}


def locked(given: Mapping[str, str]) -> dict[str, Any]:
    """Locks are told only by a form that has them; a box that is not ticked sends nothing."""
    return {known.name: True if f"lock:{known.name}" in given else None for known in KNOWN if known.name in given and "has_locks" in given}
