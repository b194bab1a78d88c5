"""The words of the journal: reasons become refusals, Changes become sentences. Templates stand with their verbs."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from usher.core.refusals import Refused

from .verb import VERBS, words_of

log = logging.getLogger(__name__)
TITLES: dict[str, str | Promise] = {}  # what each verb is called by itself; registered at start


def refusal(code: str) -> Refused:
    """The refusal of a set of one whose only row was left alone."""
    if code == "no_seat":
        return Refused("conflict", code, _("No seat is free. Buy more or take one back first."))
    return Refused("conflict", code, _("Nothing was done: %(reason)s.") % {"reason": words_of(code)})


def sentence(verb: str, params: dict[str, Any], done: int, *, undoes: bool = False) -> str:
    """What a Change did, in the past tense."""
    if not done and params.get("subjects", {}).get("rest_of"):
        return _("What an earlier change had left was done")
    told = _told(verb, params, done)
    return _("Undone: %(sentence)s") % {"sentence": told} if undoes else told


def _told(verb: str, params: Mapping[str, Any], done: int) -> str:
    """A journal is read for years: what an older version wrote, or a newer one, may not be what the sentence is made of now. Its title is, then."""
    if verb in VERBS:
        try:
            return VERBS[verb].sentence(params, done)
        except (LookupError, TypeError, ValueError) as trouble:
            log.warning("No sentence for %s from its parameters: %r", verb, trouble)
    return f"{TITLES.get(verb, verb)} ({figure(done)})"


def figure(n: int) -> str:
    """12345 as the language of the reader groups it: "12,345", "12.345"."""
    return str(number_format(n, force_grouping=True))


def long_day(day: date) -> str:
    """ "31 December 2026", as the language of the reader writes a day in a sentence."""
    return date_format(day, pgettext("a day in sentences, as Django writes dates", "j F Y"))


def listed(words: list[str]) -> str:
    """ "a, b and c"; words are translated already."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(then)s") % {"first": ", ".join(words[:-1]), "then": words[-1]}


def one_of(words: Sequence[str]) -> str:
    """ "a, b or c"; words are translated already."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s or %(then)s") % {"first": ", ".join(words[:-1]), "then": words[-1]}


def amount(n: int, one: str, many: str) -> str:
    """ "1 person", "9,998 people", with a no-break space as portal.md section 14 asks."""
    return f"{n:,}\u00a0{one if n == 1 else many}"


def people(n: int) -> str:
    return amount(n, "person", "people")
