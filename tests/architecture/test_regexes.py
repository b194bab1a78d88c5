"""No pattern of ours can be made to think for long: each is tried on 50,000 characters that almost fit."""

import importlib
import re
import time
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, files
from usher.core.address import NotAnAddress, parse

LENGTH, SECONDS = 50_000, 0.05
ALMOST = ["a", "1", " ", "-", ".", "a.", "a@", "a,", "%", "\\", "<", "_", "\n", "A-", "é", '"']


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled pattern that is a name of one of our modules."""
    importlib.import_module("usher.config.urls")  # first: it registers what the routes of others name
    for path in files():
        if "re.compile(" in path.read_text():
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
            yield from ((f"{module.__name__}.{name}", p) for name, p in vars(module).items() if isinstance(p, re.Pattern))


def test_no_pattern_tracks_back_for_long() -> None:
    """DOS-14, ASVS 1.3.12: search, match and fullmatch, of processor time each less than a twentieth of a second."""
    found = dict(patterns())
    slow = []
    for name, pattern in found.items():
        if isinstance(pattern.pattern, str):
            for piece in ALMOST:
                text = (piece * LENGTH)[:LENGTH] + "!"
                for way in (pattern.search, pattern.match, pattern.fullmatch):
                    begun = time.thread_time()
                    way(text)
                    if time.thread_time() - begun > SECONDS:
                        slow.append((name, piece, way.__name__))
    assert slow == []
    assert len(found) > 5


@pytest.mark.parametrize("text", ["a" * LENGTH + "!", "a" * LENGTH + "@x.test", "a@" + "x." * (LENGTH // 2), '"' * LENGTH, "@" * LENGTH])
def test_an_endless_address_is_refused_at_once(text: str) -> None:
    """DOS-14, MAIL-08"""
    begun = time.thread_time()
    with pytest.raises(NotAnAddress):
        parse(text)
    assert time.thread_time() - begun < SECONDS
