"""Cancel and undo: between chunks, while it runs, after others changed something."""

import pytest

from tests.journal.test_start import CHANGE_LICENSE, to_unassigned
from tests.people_of import (
    BASIC,
    LICENSED,
    Company,
    breaches,
    crowd,
    do,
    everybody,
    finish,
    one,
    outcome,
    seats,
    standing,
)
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo
from usher.journal.engine import INLINE
from usher.journal.plan import preview
from usher.journal.rows import sample
from usher.journal.run import CHUNK_MIN
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db


def test_cancel_stops_between_chunks_and_gives_the_rest_back(northlake: Company) -> None:
    """F27"""
    crowd(northlake.owner, CHUNK_MIN + 50)
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 5_000})
    started = engine.start(
        plan(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": everybody(northlake, status=["pending"])}), "cancel"
    )
    assert started.change_id
    engine.step(started.change_id)
    assert engine.cancel(northlake.account, started.change_id)
    finish(started)
    told = outcome(northlake.owner, started)
    assert (told.state, told.done, told.left) == ("cancelled", CHUNK_MIN, 51)
    assert seats(northlake, LICENSED) == {"bought": 5_000, "used": 0, "pending": CHUNK_MIN, "held": 0}
    assert engine.cancel(northlake.account, started.change_id) is False
    assert not breaches()


def test_cancel_wakes_a_worker(northlake: Company) -> None:
    """F27: a run that nobody steps at this moment ends soon, not when its worker is taken for dead."""
    crowd(northlake.owner, INLINE + 10)
    started = engine.start(plan(northlake.owner, CHANGE_LICENSE, to_unassigned(northlake)), "wake")
    sql.execute("DELETE FROM procrastinate_jobs")
    assert started.change_id and engine.cancel(northlake.account, started.change_id)
    assert sql.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'journal.step'") == 1


def test_nobody_cancels_the_run_of_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    crowd(northlake.owner, INLINE + 10)
    started = engine.start(plan(northlake.owner, CHANGE_LICENSE, to_unassigned(northlake)), "mine")
    assert started.change_id and started.number
    assert engine.cancel(southport.account, started.change_id) is False
    with pytest.raises(Refused) as no:
        reads.change(southport.owner, started.number)
    assert no.value.kind == "missing"


def test_undo_of_a_done_and_of_a_cancelled_run(northlake: Company) -> None:
    crowd(northlake.owner, CHUNK_MIN + 50)
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 5_000})
    for stop in (False, True):
        started = engine.start(
            plan(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": everybody(northlake, status=["pending"])}),
            f"undo{stop}",
        )
        assert started.change_id and started.number
        engine.step(started.change_id)
        if stop:
            engine.cancel(northlake.account, started.change_id)
        finish(started)
        done = outcome(northlake.owner, started).done
        undone = finish(undo.start_undo(northlake.owner, started.number))
        assert outcome(northlake.owner, undone).done == done
        assert seats(northlake, LICENSED) == {"bought": 5_000, "used": 0, "pending": 0, "held": 0}
        assert not breaches()


def test_undo_of_a_running_change_stops_it_first(northlake: Company) -> None:
    crowd(northlake.owner, CHUNK_MIN + 50)
    started = engine.start(plan(northlake.owner, CHANGE_LICENSE, to_unassigned(northlake)), "running")
    assert started.change_id and started.number
    engine.step(started.change_id)
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, started.number)
    assert (no.value.kind, no.value.code) == ("later", "still_running")
    finish(started)
    assert outcome(northlake.owner, started).state == "cancelled"
    undone = finish(undo.start_undo(northlake.owner, started.number))
    assert outcome(northlake.owner, undone).done == CHUNK_MIN
    assert standing(northlake.pending)["license"] == BASIC


def test_undo_says_what_was_changed_since(northlake: Company) -> None:
    """The plan of an undo lists what it leaves alone, and an undo cannot be undone."""
    people = crowd(northlake.owner, 5)
    started = do(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(*people)})
    do(northlake.owner, CHANGE_LICENSE, {"license": "meetings:unassigned", "subjects": one(*people[:2])})
    assert started.number
    wish = undo.plan_undo(northlake.owner, reads.change(northlake.owner, started.number))
    assert preview(wish).will == 3
    assert {r["obj"] for r in sample(wish, skipped=True)} == set(people[:2])
    undone = undo.start_undo(northlake.owner, started.number)
    assert undone.number
    assert "cannot" not in undo.why_not(reads.change(northlake.owner, started.number)) and undo.why_not(
        reads.change(northlake.owner, undone.number)
    )


def test_undo_of_one_person_changed_since_says_so(northlake: Company) -> None:
    started = do(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(northlake.pending)})
    do(northlake.owner, CHANGE_LICENSE, {"license": "meetings:unassigned", "subjects": one(northlake.pending)})
    assert started.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, started.number)
    assert (no.value.code, no.value.words) == ("changed", "Nothing was done: changed meanwhile.")


def test_undo_takes_the_right_of_the_verb(northlake: Company) -> None:
    started = do(northlake.owner, "access.set_role", {"role": "admin", "subjects": one(northlake.member.user_id or "")})
    assert started.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.admin, started.number)
    assert no.value.kind == "forbidden"


def test_a_stopped_undo_of_several_phases_goes_on_where_it_was(northlake: Company) -> None:
    """F27: the phases that ended are not planned again, by whom it is undone is one change after the other, and the seats are as they were."""
    do(northlake.operator, "licenses.set_seats", {"product": "phone", "quantity": 600})
    was = seats(northlake, "phone"), seats(northlake, BASIC)
    people = crowd(northlake.owner, 520, add_ons=["phone"])
    made = sql.value("SELECT number FROM journal_change WHERE verb = 'lifecycle.invite' ORDER BY number DESC LIMIT 1")
    first = undo.start_undo(northlake.owner, made)
    assert first.change_id and first.number and engine.step(first.change_id)
    engine.cancel(northlake.account, first.change_id)
    finish(first)
    assert seats(northlake, "phone") == was[0] and seats(northlake, BASIC) != was[1]
    assert sql.rows("SELECT DISTINCT phase FROM journal_left") == [{"phase": 1}]
    found = reads.change(northlake.owner, made)
    seen = preview(undo.plan_undo(northlake.owner, found))
    assert (seen.will, seen.items, seen.skipped()) == (520, 520, {})
    second = finish(undo.start_undo(northlake.owner, made))
    assert second.number and second.number != first.number
    assert reads.related(reads.change(northlake.owner, second.number)) == [
        {"how": "cause", "number": first.number},
        {"how": "undoes", "number": made},
    ]
    assert {standing(u)["status"] for u in people} == {"gone"} and (seats(northlake, "phone"), seats(northlake, BASIC)) == was
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, made)
    assert no.value.code == "not_undoable" and not breaches()
