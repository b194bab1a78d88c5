"""By which letters of a word whoever has it in name or address is looked up: by three or a few more that few people have, and not by all of them.

For every three letters the trigram index knows whom they occur in. It finds a word by reading the lists of all its threes to their end, the longest too,
a tenth of everybody each, which leave out hardly anybody whom the rare ones let pass (docs/decisions/0084).
"""

import re
from collections import Counter
from collections.abc import Sequence
from time import monotonic

from usher.core import sql

FEWEST_LISTS, MOST_LISTS = 3, 5
SAMPLE_PAGES = 32  # about a thousand people
FAR_MORE = 5
LEARNT_SECONDS = 3_600
THREE = re.compile("(?=([a-z0-9]{3}))")
SAMPLE = """SELECT search FROM people_user TABLESAMPLE SYSTEM
  (least(100, 100.0 * %(pages)s * current_setting('block_size')::int / (SELECT greatest(pg_relation_size('people_user'), 1))))"""
Sample = tuple[list[str], Counter[str]]
# Some people, in how many of them each three stands, and until when that is believed.
_learnt: tuple[Sample, float] = (([], Counter()), 0.0)


def far_more_frequent(words: Sequence[str]) -> set[str]:
    """Those of several words that so many more people have than the rarest that their lists are not worth reading: whoever has that one is asked for them.

    Words that no list knows, since they are too short or their letters are folded into others, are none of them and say nothing of the others.
    """
    people, _ = _sample()
    listed = [word for word in words if word.isascii() and THREE.search(word.lower())]
    having = {word: sum(word.lower() in person for person in people) for word in listed}
    return {word for word, n in having.items() if n >= FAR_MORE * (1 + min(having.values()))}


def rare_of(word: str) -> str:
    """A pattern of LIKE that every text with this word fits, made of the rarest of its threes: "%orto%rsa%" of jortorsand.

    Empty where it has too few of them, letters that are folded into others, or somebody of the sample fits any of them without having the word.
    The sample is drawn once an hour; if it is unlucky a search takes longer and finds the same.
    """
    text = word.lower()
    places = {found[1]: found.start() for found in THREE.finditer(text)} if word.isascii() else {}
    if len(places) <= FEWEST_LISTS:
        return ""
    people, frequency = _sample()
    rising = sorted(places.values(), key=lambda place: frequency[text[place : place + 3]])
    for lists in range(FEWEST_LISTS, min(MOST_LISTS, len(rising) - 1) + 1):
        pieces = _pieces(text, _some(rising, lists))
        fitting = people
        for piece in pieces:
            fitting = [person for person in fitting if piece in person]
        if all(text in person for person in fitting):
            return f"%{'%'.join(pieces)}%"
    return ""


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
    if monotonic() >= _learnt[1]:
        people = [str(r["search"]) for r in sql.rows(SAMPLE, {"pages": SAMPLE_PAGES})]
        _learnt = (people, Counter(three for person in people for three in set(THREE.findall(person)))), monotonic() + LEARNT_SECONDS
    return _learnt[0]
