"""licenses.stop_waiting and licenses.wait_first: the list by hand."""

from uuid import UUID

import pytest

from tests.licenses.test_waiting import ask, fate, line, set_seats
from tests.people_of import Company, breaches, crowd, do, outcome
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.licenses import giving

pytestmark = pytest.mark.django_db
STOP, FIRST = "licenses.stop_waiting", "licenses.wait_first"


def ids(*users: UUID) -> dict[str, list[str]]:
    found = sql.rows("SELECT id FROM licenses_waiting WHERE user_id = ANY(%(u)s) AND state = 'waiting'", {"u": list(users)})
    return {"ids": [str(f["id"]) for f in found]}


@pytest.fixture(scope="module")
def people(northlake: Company) -> list[UUID]:
    """Four who wait, in this order."""
    set_seats(northlake, 0)
    people = crowd(northlake.owner, 4, prefix="v")
    ask(northlake.owner, people)
    return people


def test_it_works(northlake: Company, people: list[UUID]) -> None:
    """Two are put first, in their own order; one is taken off."""
    do(northlake.owner, FIRST, ids(people[2], people[3]))
    assert line() == [people[2], people[3], people[0], people[1]]
    do(northlake.owner, STOP, ids(people[2]))
    assert line() == [people[3], people[0], people[1]] and fate(people[2]) == ("dropped", "taken_off")
    set_seats(northlake, 1)
    assert giving.give() == 1 and line() == [people[0], people[1]]


def test_without_the_privilege(northlake: Company, people: list[UUID]) -> None:
    """S0-5"""
    for verb in (STOP, FIRST):
        with pytest.raises(Refused) as no:
            do(northlake.member, verb, ids(people[3]))
        assert no.value.kind == "forbidden"


def test_another_account_s_list_does_not_exist(northlake: Company, southport: Company, people: list[UUID]) -> None:
    """TENANT-03"""
    for verb in (STOP, FIRST):
        assert preview(plan(southport.owner, verb, ids(people[3]))).will == 0
    assert line() == people


def test_wrong_parameters(northlake: Company, people: list[UUID]) -> None:
    for params in ({}, {"ids": []}, {"ids": ["nobody"]}, {"ids": None}):
        for verb in (STOP, FIRST):
            with pytest.raises(Refused) as no:
                do(northlake.owner, verb, params)
            assert (no.value.kind, no.value.code) == ("invalid", "no_selection")
    wish = ids(people[3])
    do(northlake.owner, STOP, wish, key="once")
    with pytest.raises(Refused) as no:
        do(northlake.owner, FIRST, wish)
    assert no.value.code == "wait_over"


def test_undo(northlake: Company, people: list[UUID]) -> None:
    """Off and on again at the same place; put first and back, unless something happened since."""
    off = do(northlake.owner, STOP, ids(people[1], people[2]))
    ask(northlake.owner, people[1:2], key="again")
    assert off.number
    came = outcome(northlake.owner, undo.start_undo(northlake.owner, off.number))
    assert (came.done, came.reasons) == (1, {"changed": 1})
    assert line() == [people[0], people[2], people[3], people[1]]
    first = do(northlake.owner, FIRST, ids(people[3]))
    assert line()[0] == people[3] and first.number
    undo.start_undo(northlake.owner, first.number)
    assert line() == [people[0], people[2], people[3], people[1]]
    assert not breaches()
