"""Every verb has a test file that opens alike, a right of the registry, and words that say what it does."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from usher.core.privileges import all_names
from usher.journal.verb import REASONS, VERBS

# The fourth shows wrong parameters, under whatever name says what is wrong there.
FIRST = (r"test_it_works", r"test_without_the_privilege", r"test_(a_link_of_)?(an)?other_account", r"test_")


def opens_alike(path: Path) -> bool:
    tests = [n.name for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    return len(tests) >= len(FIRST) and all(re.match(expected, found) for expected, found in zip(FIRST, tests, strict=False))


ALIKE = {path: path.read_text() for path in sorted((ROOT / "tests").rglob("test_*.py")) if opens_alike(path)}


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_a_test_file_that_opens_with_the_four(verb: str) -> None:
    """It works; without the privilege; another account does not exist; wrong parameters."""
    assert [path for path, text in ALIKE.items() if f'"{verb}"' in text], f"no test file that opens with the four names {verb}"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_has_a_registered_right_and_words(verb: str) -> None:
    assert VERBS[verb].privilege in all_names()
    assert (type(VERBS[verb]).__doc__ or "").strip()
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", verb)
    assert VERBS[verb].parts


def test_reasons_complete_a_sentence() -> None:
    """Words of a skip reason stand after "Skipped: 12 …" and after "Nothing was done: …": lower case, without a full stop."""
    odd = [
        r.code
        for r in REASONS.values()
        if r.words != r.words.strip() or r.words.endswith(".") or not r.words or r.retry not in ("never", "seat_free", "later")
    ]
    assert odd == []
