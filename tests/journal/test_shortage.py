"""Too few seats of several products: who finds theirs, line by line, against a plain loop."""

import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.harness import patience
from usher.core import sql
from usher.journal.shortage import fated, free_of

PRODUCTS = ("meetings:licensed", "phone", "scheduler", "webinar:500")
Lines = list[frozenset[str]]


def first_ones(lines: Lines, free: Mapping[str, int]) -> list[bool]:
    """One line after the other: all of its seats, or none of them."""
    left, found = dict(free), []
    for line in lines:
        fits = all(left.get(product, 1) > 0 for product in line)
        left = {product: n - (fits and product in line) for product, n in left.items()}
        found.append(fits)
    return found


def asked(lines: Lines, free: Mapping[str, int]) -> list[bool]:
    """The same by one statement. Every third line is pending: its seats are counted like all others."""
    takes = [" ".join(f"{p}@pending" if n % 3 == 0 else p for p in sorted(line)) or None for n, line in enumerate(lines)]
    rows = """SELECT ord::int, NULL::int AS subj, NULL::uuid AS obj, NULL::int AS version, NULL::jsonb AS before, NULL::jsonb AS after, NULL::text AS skip, takes,
      NULL::text AS gives FROM unnest(%(takes)s::text[]) WITH ORDINALITY t(takes, ord)"""
    return [r["skip"] is None for r in sql.rows(f"{fated(rows, free)} ORDER BY 1", {"takes": takes, **free_of(free)})]


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.frozensets(st.sampled_from(PRODUCTS)), max_size=25),
    free=st.dictionaries(st.sampled_from(PRODUCTS), st.integers(0, 12), min_size=1),
)
def test_as_one_after_the_other(lines: Lines, free: dict[str, int]) -> None:
    """LIC-03, S0-43: whatever the lines want and however few seats there are, the statement says what a loop over the lines says."""
    assert asked(lines, free) == first_ones(lines, free)


@pytest.mark.django_db
def test_what_a_line_could_not_take_is_there_for_the_next() -> None:
    """The first Webinar seat is gone with the first line; the second keeps no Licensed seat from the third."""
    both, one = frozenset({"webinar:500", "meetings:licensed"}), frozenset({"meetings:licensed"})
    assert asked([both, both, one, one], {"webinar:500": 1, "meetings:licensed": 2}) == [True, False, True, False]


@pytest.mark.django_db
def test_the_longest_file() -> None:
    """S0-40: 9,998 lines, four products of which each runs out elsewhere."""
    lines = [frozenset(p for at, p in enumerate(PRODUCTS) if (n >> at) % 3 != 1) for n in range(9_998)]
    free = dict(zip(PRODUCTS, (5_000, 2_500, 1_200, 600), strict=True))
    began = time.monotonic()
    found = asked(lines, free)
    assert time.monotonic() - began < patience()
    assert found == first_ones(lines, free) and 600 < sum(found) < 9_998
