"""Every verb has a test file that opens alike, a right of the registry, and words that say what it does."""

import re
from functools import cache

import pytest

from tests.architecture.source import files_of_tests
from usher.access.roles import OWNER_ONLY, grantable
from usher.core.privileges import all_names
from usher.journal.verb import REASONS, VERBS

# The fourth shows wrong parameters, under whatever name says what is wrong there.
FIRST = (r"test_it_works", r"test_without_the_privilege", r"test_(a_link_of_)?(an)?other_account", r"test_")


def opens_alike(text: str) -> bool:
    found = re.findall(r"^def (test_\w+)", text, re.MULTILINE)
    return len(found) >= len(FIRST) and all(re.match(expected, name) for expected, name in zip(FIRST, found, strict=False))


@cache
def alike() -> list[str]:
    """The texts of the test files that open with the four."""
    return [text for path in files_of_tests() if opens_alike(text := path.read_text())]


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_a_test_file_that_opens_with_the_four(verb: str) -> None:
    """It works; without the privilege; another account does not exist; wrong parameters."""
    assert any(f'"{verb}"' in text for text in alike()), f"no test file that opens with the four names {verb}"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_a_registered_right_and_words(verb: str) -> None:
    assert {VERBS[verb].privilege, VERBS[verb].undo_privilege or VERBS[verb].privilege} <= set(all_names())
    assert (type(VERBS[verb]).__doc__ or "").strip()
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", verb)
    assert VERBS[verb].parts


def test_a_role_can_be_given_what_every_undo_asks_for() -> None:
    """S4-34: what people did to what is their own is taken back by whoever manages such things; an offer of the ownership by its owner alone."""
    asked = {verb.name: verb.undo_privilege or verb.privilege for verb in VERBS.values() if verb.undoable}
    assert {name for name, right in asked.items() if right not in grantable() | OWNER_ONLY} == set()


def test_reasons_complete_a_sentence() -> None:
    """Words of a skip reason stand after "Skipped: 12 …" and after "Nothing was done: …": lower case, without a full stop."""
    odd = [
        r.code
        for r in REASONS.values()
        if r.words != r.words.strip() or r.words.endswith(".") or not r.words or r.retry not in ("never", "seat_free", "later")
    ]
    assert odd == []
