"""By which letters of a word whoever has it in name or address is looked up: by three or a few more that few people have, and not by all of them.

For every three letters the trigram index knows whom they occur in. It finds a word by reading the lists of all its threes to their end, the longest too,
a tenth of everybody each, which leave out hardly anybody whom the rare ones let pass (docs/decisions/0084).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from time import monotonic

from usher.core import sql

FEWEST_LISTS, MOST_LISTS = 3, 7
SAMPLE_PAGES = 128  # about four thousand people
VISIT = 100  # so many lines of a list are read in the time in which one person is looked at, who may be in no cache
FAR_MORE = 5
LEARNT_SECONDS = 3_600
THREE = re.compile("(?=([a-z0-9]{3}))")
SAMPLE = """SELECT search FROM people_user TABLESAMPLE SYSTEM
  (least(100, 100.0 * %(pages)s * current_setting('block_size')::int / (SELECT greatest(pg_relation_size('people_user'), 1))))"""


@dataclass(frozen=True)
class Sample:
    """Names and addresses of some people, which of them (by their places) have each three, and until when that is believed."""

    people: Sequence[str] = ()
    having: dict[str, set[int]] = field(default_factory=dict)
    until: float = 0.0

    def lists(self, threes: Collection[str]) -> list[set[int]]:
        """Who has each of these, the shortest list first."""
        return sorted((self.having.get(three, set()) for three in threes), key=len)

    def all_of(self, threes: Collection[str]) -> set[int]:
        """Who has all of these."""
        first, *others = self.lists(threes)
        return first.intersection(*others)


_learnt = Sample()


def far_more_frequent(words: Sequence[str]) -> set[str]:
    """Those of several words that so many more people have than the rarest that their lists are not worth reading: whoever has that one is asked for them.

    Words that no list knows, since they are too short or their letters are folded into others, are none of them and say nothing of the others.
    """
    sample = _sample()
    listed = {word: set(THREE.findall(word.lower())) for word in words if word.isascii()}
    having = {word: len(_who_has(sample, word.lower(), threes)) for word, threes in listed.items() if threes}
    return {word for word, n in having.items() if n >= FAR_MORE * (1 + min(having.values()))}


def rare_of(word: str) -> str:
    """A pattern of LIKE that every text with this word fits, made of some of its threes, the rarest: "%orto%rsa%" of jortorsand.

    As many as make the lists that are read and the people that are looked at in vain the least together. Empty where those are all, where it has too
    few of them, or letters that are folded into others. The sample is drawn once an hour; if it is unlucky a search takes longer and finds the same.
    """
    text = word.lower()
    places = {found[1]: found.start() for found in THREE.finditer(text)} if word.isascii() else {}
    if len(places) <= FEWEST_LISTS:
        return ""
    sample = _sample()
    having = _who_has(sample, text, places)
    rising = sorted(places.values(), key=lambda place: len(sample.having.get(text[place : place + 3], ())))
    ways = [_pieces(text, _some(rising, lists)) for lists in range(FEWEST_LISTS, min(MOST_LISTS, len(rising) - 1) + 1)]
    cost, pieces = min((_cost(sample, {three for piece in way for three in THREE.findall(piece)}, having), way) for way in ways)
    return f"%{'%'.join(pieces)}%" if cost < _cost(sample, places, having) else ""


def _who_has(sample: Sample, text: str, threes: Collection[str]) -> set[int]:
    return {person for person in sample.all_of(threes) if text in sample.people[person]}


def _cost(sample: Sample, threes: Collection[str], having: set[int]) -> float:
    """Of reading the lists of these threes, and of looking at whoever is in all of them without having the word."""
    return sum(map(len, sample.lists(threes))) / VISIT + len(sample.all_of(threes) - having)


def _some(rising: Sequence[int], lists: int) -> list[int]:
    """The first, without those that share one letter with another: the one between them, frequent as it may be, would stand in the pattern too."""
    taken: list[int] = []
    for place in rising:
        if len(taken) < lists and not any(place + 2 * way in taken and place + way not in taken for way in (-1, 1)):
            taken.append(place)
    return sorted(taken + [place for place in rising if place not in taken][: lists - len(taken)])


def _pieces(text: str, places: Sequence[int]) -> list[str]:
    """The threes at these places, as one piece where they overlap."""
    pieces: list[str] = []
    end = 0
    for place in places:
        if place < end:
            pieces[-1] += text[end : place + 3]
        else:
            pieces.append(text[place : place + 3])
        end = place + 3
    return pieces


def _sample() -> Sample:
    global _learnt
    if monotonic() >= _learnt.until:
        people, having = [str(r["search"]) for r in sql.rows(SAMPLE, {"pages": SAMPLE_PAGES})], defaultdict(set)
        for place, person in enumerate(people):
            for three in THREE.findall(person):
                having[three].add(place)
        _learnt = Sample(people, dict(having), monotonic() + LEARNT_SECONDS)
    return _learnt
