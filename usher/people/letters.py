"""Which three letters of a word few people have in name or address: by their lists it is looked up, and not by those of all its letters.

For every three letters the trigram index knows whom they occur in. It finds a word by reading the lists of all its threes to their end, the longest too,
a tenth of everybody each, which leave out hardly anybody whom the rare ones let pass (docs/decisions/0084).
"""

import re
from collections import Counter
from collections.abc import Mapping
from time import monotonic

from usher.core import sql

LISTS = 4
SAMPLE_PAGES = 32  # about a thousand people
LEARNT_SECONDS = 3_600
THREE = re.compile("(?=([a-z0-9]{3}))")
SAMPLE = """SELECT search FROM people_user TABLESAMPLE SYSTEM
  (least(100, 100.0 * %(pages)s * current_setting('block_size')::int / (SELECT greatest(pg_relation_size('people_user'), 1))))"""
_learnt: tuple[Mapping[str, int], float] = ({}, 0.0)  # how many of the sample have them, and until when that is believed


def rarest(word: str) -> list[str]:
    """The LISTS threes of a word that the fewest people have; none where it has no more than that, or letters that are folded into others.

    How frequent they are is learnt from a sample, once an hour. If it is wrong a search takes longer and finds the same.
    """
    threes = dict.fromkeys(THREE.findall(word.lower())) if word.isascii() else {}
    if len(threes) <= LISTS:
        return []
    frequency = _frequency()
    return sorted(threes, key=lambda three: frequency.get(three, 0))[:LISTS]


def _frequency() -> Mapping[str, int]:
    global _learnt
    if monotonic() >= _learnt[1]:
        texts = [str(r["search"]) for r in sql.rows(SAMPLE, {"pages": SAMPLE_PAGES})]
        _learnt = Counter(three for text in texts for three in set(THREE.findall(text))), monotonic() + LEARNT_SECONDS
    return _learnt[0]
