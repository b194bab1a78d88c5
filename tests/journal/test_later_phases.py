"""A run that is stopped among its phases: what goes with those it had come to is gone on with, and nothing of it twice."""

from uuid import UUID

import pytest
from django.test import Client

from tests.content.items import item, license_all, make, owner_of
from tests.people_of import Company, accept_invitation, breaches, invite, one, outcome, standing
from tests.people_of import finish as step_to_end
from tests.portal.test_import import confirm, finish
from tests.signed_in import signed_in
from usher.core import sql
from usher.journal import engine, reads, run, undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
KINDS = ["whiteboards_and_notes"]


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


Leaving = tuple[list[UUID], list[UUID], engine.Started]


@pytest.fixture
def leaving(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> Leaving:
    """Four people with a note each, who are deactivated two by two, and then their notes go to the admin: not begun yet."""
    return four_leave(northlake, monkeypatch, "lifecycle.deactivate")


def four_leave(northlake: Company, monkeypatch: pytest.MonkeyPatch, verb: str) -> Leaving:
    for module, name, size in ((engine, "INLINE", 0), (engine, "CHUNK_MIN", 2), (run, "CHUNK_MIN", 2), (run, "CHUNK_MAX", 2)):
        monkeypatch.setattr(module, name, size)
    license_all(northlake)
    people = invite(northlake.operator, *(f"l{i}@{northlake.domain}" for i in range(4)))
    for person in people:
        accept_invitation(person)
    notes = make(northlake, *(item(person, "note") for person in people))
    wish = {"subjects": one(*people), "content": {"kinds": KINDS, "heir": str(northlake.admin.user_id)}}
    return people, notes, engine.start(plan(northlake.owner, verb, wish), "leave")


def stop_after(company: Company, started: engine.Started, chunks: int) -> int:
    assert started.change_id and started.number
    for _ in range(chunks):
        assert engine.step(started.change_id)
    engine.cancel(company.account, started.change_id)
    engine.step(started.change_id)
    return started.number


def at_heir(company: Company, notes: list[UUID]) -> int:
    return [owner_of(note) for note in notes].count(company.admin.user_id or notes[0])


@pytest.mark.parametrize(("chunks", "people_left", "notes_left"), [(1, 2, 2), (2, 0, 4), (3, 0, 2)])
def test_go_on(
    owner: Client,
    northlake: Company,
    leaving: Leaving,
    chunks: int,
    people_left: int,
    notes_left: int,
) -> None:
    """F27, portal.md 5.13: among the people, between the phases, and among the notes."""
    people, notes, started = leaving
    number = stop_after(northlake, started, chunks)
    assert reads.later_left(reads.change(northlake.owner, number)) == notes_left
    page = owner.get(f"/changes/{number}").content.decode()
    assert "Go on" in page and ("not all that goes with it" in page) == (people_left == 0)
    address = f"/changes/{number}/again?what=rest"
    page = owner.get(address).content.decode()
    assert f"For those who were done already {notes_left} things more that go with it will be done." in page
    assert (f"{people_left} people will be deactivated" in page) == (people_left > 0)
    page = finish(owner, confirm(owner, address), northlake)
    assert people_left or "What an earlier change had left was done" in page
    assert at_heir(northlake, notes) == 4 and {standing(p)["status"] for p in people} == {"inactive"}
    assert not breaches()


def test_what_was_gone_on_with_is_not_done_again(owner: Client, northlake: Company, leaving: Leaving) -> None:
    """F27: asked once more, nothing is left; and the second change is undone by itself."""
    people, notes, started = leaving
    number = stop_after(northlake, started, 2)
    address = f"/changes/{number}/again?what=rest"
    finish(owner, confirm(owner, address), northlake)
    wish = {"subjects": {"rest_of": str(started.change_id)}, "content": {"kinds": KINDS, "heir": str(northlake.admin.user_id)}}
    again = plan(northlake.owner, "lifecycle.deactivate", wish, cause=started.change_id)
    assert engine.start(again, "again").state == "unchanged" and reads.later_left(reads.change(northlake.owner, number)) == 0
    second = sql.value("SELECT max(number) FROM journal_change")
    undone = step_to_end(undo.start_undo(northlake.owner, second))
    assert at_heir(northlake, notes) == 0 and {standing(p)["status"] for p in people} == {"inactive"}
    assert outcome(northlake.owner, undone).state == "done" and not breaches()


@pytest.mark.parametrize("chunks", [1, 2])
def test_what_was_undone_is_not_gone_on_with(owner: Client, northlake: Company, leaving: Leaving, chunks: int) -> None:
    """F27: they are back, so nothing of theirs goes to the heir: not offered, and nothing is planned by whoever asks all the same."""
    people, notes, started = leaving
    number = stop_after(northlake, started, chunks)
    step_to_end(undo.start_undo(northlake.owner, number))
    assert "Go on" not in owner.get(f"/changes/{number}").content.decode()
    assert owner.get(f"/changes/{number}/again?what=rest").status_code == 404
    assert reads.later_left(reads.change(northlake.owner, number)) == 0
    wish = {"subjects": {"rest_of": str(started.change_id)}, "content": {"kinds": KINDS, "heir": str(northlake.admin.user_id)}}
    step_to_end(engine.start(plan(northlake.owner, "lifecycle.deactivate", wish, cause=started.change_id), "again"))
    here = [standing(p)["status"] for p in people].count("active")
    assert here == 2 * chunks and at_heir(northlake, notes) == 4 - here


def test_nor_with_what_went_on_with_it(owner: Client, northlake: Company, leaving: Leaving) -> None:
    """F27: stopped, gone on with, stopped again; then the first is undone, whose people the second holds the notes of."""
    people, notes, started = leaving
    number = stop_after(northlake, started, 2)
    more = int(confirm(owner, f"/changes/{number}/again?what=rest")["Location"].rsplit("/", 1)[1])
    second = reads.change(northlake.owner, more)
    assert engine.step(second["id"]) and engine.cancel(northlake.account, second["id"])
    engine.step(second["id"])
    second = reads.change(northlake.owner, more)
    assert (second["state"], reads.later_left(second), at_heir(northlake, notes)) == ("cancelled", 2, 2)
    step_to_end(undo.start_undo(northlake.owner, number))
    assert reads.later_left(second) == 0 and {standing(p)["status"] for p in people} == {"active"}


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize(("verb", "chunks"), [("lifecycle.delete", 1), ("lifecycle.delete", 2), ("lifecycle.unlink", 2)])
def test_both_are_undone(
    owner: Client, northlake: Company, monkeypatch: pytest.MonkeyPatch, verb: str, chunks: int, newest_first: bool
) -> None:
    """S4-16: in either order. Notes of people who come back with the other undo wait for them, as those of people who leave without a hand-over."""
    people, notes, started = four_leave(northlake, monkeypatch, verb)
    number = stop_after(northlake, started, chunks)
    finish(owner, confirm(owner, f"/changes/{number}/again?what=rest"), northlake)
    assert at_heir(northlake, notes) == 4 and {standing(p)["status"] for p in people} == {"gone"}
    second = sql.value("SELECT max(number) FROM journal_change")
    for each in (second, number) if newest_first else (number, second):
        step_to_end(undo.start_undo(northlake.owner, each))
    assert [owner_of(note) for note in notes] == people and {standing(p)["status"] for p in people} == {"active"}
    assert not breaches()


def test_only_with_the_change_that_was_stopped(northlake: Company, leaving: Leaving) -> None:
    """TENANT-01: a selection written by hand names the rest of a change; what that change kept is no part of it."""
    _people, notes, started = leaving
    stop_after(northlake, started, 2)
    wish = {"subjects": {"rest_of": str(started.change_id)}, "content": {"kinds": KINDS, "heir": str(northlake.admin.user_id)}}
    assert engine.start(plan(northlake.owner, "lifecycle.deactivate", wish), "by hand").state == "unchanged"
    assert at_heir(northlake, notes) == 0
