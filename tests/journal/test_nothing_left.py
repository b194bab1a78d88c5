"""A plan in which nobody is left: nothing is written where all is as it is wanted, a Change tells whom it left alone for a reason, and an undo is not spent."""

from uuid import UUID

import pytest

from tests.journal.test_start import CHANGE_LICENSE
from tests.people_of import (
    BASIC,
    LICENSED,
    Company,
    breaches,
    crowd,
    do,
    finish,
    one,
    outcome,
    rows_written,
    seats,
    standing,
    why_no_way_back,
)
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo

pytestmark = pytest.mark.django_db
UNASSIGNED = "meetings:unassigned"


def to(company: Company, license: str, people: list[UUID], **how: str) -> engine.Started:
    return do(company.owner, CHANGE_LICENSE, {"license": license, "subjects": one(*people)}, **how)


def test_what_is_so_already_is_no_change(northlake: Company) -> None:
    """F20: of many as of one; and under the same key again, when there is something to do by then, it is done."""
    people = crowd(northlake.owner, 4)
    before = rows_written()
    for _ in range(2):
        assert to(northlake, BASIC, people, key="so already") == engine.Started(None, None, "unchanged")
    assert rows_written() == before
    to(northlake, UNASSIGNED, people[:1])
    assert to(northlake, BASIC, people, key="so already").state == "done"
    assert standing(people[0])["license"] == BASIC and not breaches()


def test_whoever_is_left_alone_for_a_reason_is_told(northlake: Company) -> None:
    """LIC-03: what was wanted of them stands in the journal, with the reason of each, although nothing was done."""
    people = crowd(northlake.owner, 3)
    started = do(northlake.owner, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(*people)})
    told = outcome(northlake.owner, started)
    assert (told.done, told.reasons) == (0, {"needs_base": 3})


def test_an_undo_that_could_take_nothing_back_is_not_spent(northlake: Company) -> None:
    """Everybody was changed since: it is refused as for one person, and works once they are as the change had left them."""
    people = crowd(northlake.owner, 3)
    started = to(northlake, LICENSED, people)
    to(northlake, UNASSIGNED, people)
    assert started.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, started.number)
    assert (no.value.code, no.value.words) == ("changed", "Nothing was done: changed meanwhile.")
    assert reads.change(northlake.owner, started.number)["undone_by"] is None
    to(northlake, LICENSED, people)
    assert outcome(northlake.owner, finish(undo.start_undo(northlake.owner, started.number))).done == 3
    assert not breaches()


def test_nor_is_one_that_finds_no_seat(northlake: Company) -> None:
    """LIC-07: nothing is held, and with seats it works."""
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 3})
    people = crowd(northlake.owner, 3, license=LICENSED)
    others = crowd(northlake.owner, 3)
    started = to(northlake, BASIC, people)
    to(northlake, LICENSED, others)
    assert started.number
    assert why_no_way_back(northlake.owner, started) == "no_seat" and seats(northlake, LICENSED)["held"] == 0
    assert sql.value("SELECT count(*) FROM journal_planrow") == 0
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 5})
    undone = finish(undo.start_undo(northlake.owner, started.number))
    assert outcome(northlake.owner, undone).done == 2
    assert reads.change(northlake.owner, started.number)["undone_in_part"] and not breaches()
