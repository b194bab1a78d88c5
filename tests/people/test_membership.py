"""people.add_to_group, people.remove_from_group, people.move_group: who is in which user group, and which is primary."""

from typing import Any
from uuid import UUID

import pytest

from tests.people.profiles import group, groups
from tests.people_of import Company, accept_invitation, breaches, crowd, do, finish, one, outcome
from usher.core.refusals import Refused
from usher.journal import engine, undo

pytestmark = pytest.mark.django_db
ADD, REMOVE, MOVE = "people.add_to_group", "people.remove_from_group", "people.move_group"
ALL = (ADD, REMOVE, MOVE)


@pytest.fixture
def lab(northlake: Company) -> UUID:
    return group(northlake.owner, "Lab")


@pytest.fixture
def crew(northlake: Company) -> UUID:
    return group(northlake.owner, "Crew")


def start(company: Company, verb: str, to: Any, *users: UUID) -> engine.Started:
    return do(company.owner, verb, {"group": str(to), "subjects": one(*users)})


def take_back(company: Company, started: engine.Started) -> dict[str, int]:
    """Undo; the reasons why somebody stays."""
    assert started.number
    return outcome(company.owner, finish(undo.start_undo(company.owner, started.number))).reasons


def test_it_works(northlake: Company, lab: UUID, crew: UUID) -> None:
    """S0-27: the first group is primary, a second stands beside it, moving replaces the primary one, leaving it promotes the other."""
    user = northlake.pending
    start(northlake, ADD, lab, user)
    start(northlake, ADD, crew, user)
    assert groups(user) == ("Lab", ["Lab", "Crew"])
    hall = group(northlake.owner, "Hall")
    start(northlake, MOVE, hall, user)
    assert groups(user) == ("Hall", ["Crew", "Hall"])
    start(northlake, REMOVE, hall, user)
    assert groups(user) == ("Crew", ["Crew"])
    start(northlake, REMOVE, crew, user)
    assert groups(user) == (None, [])


def test_without_the_privilege(northlake: Company, lab: UUID) -> None:
    """S0-5"""
    for verb in ALL:
        with pytest.raises(Refused) as no:
            do(northlake.member, verb, {"group": str(lab), "subjects": one(northlake.pending)})
        assert no.value.kind == "forbidden"
    assert groups(northlake.pending) == (None, [])


def test_another_account_s_people_and_groups_do_not_exist(northlake: Company, southport: Company, lab: UUID) -> None:
    """TENANT-03: neither a foreign person into one's own group, nor one's own into a foreign group, by id or by name."""
    theirs = group(southport.owner, "Theirs")
    assert southport.member.user_id
    for verb in ALL:
        for foreign in (str(theirs), "Theirs", "", "\x00"):
            with pytest.raises(Refused) as no:
                start(northlake, verb, foreign.replace("\x00", "nowhere"), northlake.pending)
            assert (no.value.kind, no.value.code, no.value.field) == ("invalid", "no_group", "group")
        assert start(northlake, verb, lab, southport.member.user_id).change_id is None
    mixed = start(northlake, ADD, lab, southport.member.user_id, northlake.pending)
    assert outcome(northlake.owner, mixed).done == 1
    assert groups(southport.member.user_id) == (None, [])


def test_an_im_group_is_no_user_group(northlake: Company) -> None:
    im = group(northlake.owner, "Chat", kind="im")
    for verb in ALL:
        with pytest.raises(Refused) as no:
            start(northlake, verb, im, northlake.pending)
        assert no.value.code == "no_group"


def test_a_group_by_its_name(northlake: Company, lab: UUID) -> None:
    start(northlake, ADD, "läb", northlake.pending)
    assert groups(northlake.pending) == ("Lab", ["Lab"])


def test_administrators_are_moved_like_anybody(northlake: Company, lab: UUID) -> None:
    """Groups are no matter of rank: an admin may put the owner into one."""
    assert northlake.owner.user_id
    do(northlake.admin, ADD, {"group": str(lab), "subjects": one(northlake.owner.user_id)})
    assert groups(northlake.owner.user_id) == ("Lab", ["Lab"])


def test_as_wanted_already(northlake: Company, lab: UUID, crew: UUID) -> None:
    start(northlake, ADD, lab, northlake.pending)
    assert start(northlake, ADD, lab, northlake.pending).state == "unchanged"
    assert start(northlake, MOVE, lab, northlake.pending).state == "unchanged"
    with pytest.raises(Refused) as no:
        start(northlake, REMOVE, crew, northlake.pending)
    assert no.value.code == "not_member"


def test_moving_to_a_group_they_are_in(northlake: Company, lab: UUID, crew: UUID) -> None:
    user = northlake.pending
    start(northlake, ADD, lab, user)
    start(northlake, ADD, crew, user)
    moved = start(northlake, MOVE, crew, user)
    assert groups(user) == ("Crew", ["Crew"])
    assert take_back(northlake, moved) == {}
    assert groups(user)[0] == "Lab" and set(groups(user)[1]) == {"Lab", "Crew"}


def test_a_set_with_different_starts(northlake: Company, lab: UUID, crew: UUID) -> None:
    """One move of three people: without a group, in another, in the target already; and each back."""
    none, other, there = crowd(northlake.owner, 3)
    start(northlake, ADD, crew, other)
    start(northlake, ADD, lab, there)
    moved = start(northlake, MOVE, lab, none, other, there)
    assert [groups(p) for p in (none, other, there)] == [("Lab", ["Lab"])] * 3
    came = outcome(northlake.owner, moved)
    assert (came.done, came.left) == (2, 0)
    assert take_back(northlake, moved) == {}
    assert [groups(p) for p in (none, other, there)] == [(None, []), ("Crew", ["Crew"]), ("Lab", ["Lab"])]


def test_undo_of_adding(northlake: Company, lab: UUID, crew: UUID) -> None:
    """Who left since, or whose primary group it is no more, stays as they are."""
    stays, left, beside = crowd(northlake.owner, 3)
    added = start(northlake, ADD, lab, stays, left, beside)
    start(northlake, REMOVE, lab, left)
    start(northlake, ADD, crew, stays)
    assert take_back(northlake, added) == {"changed": 1}
    assert groups(stays) == ("Crew", ["Crew"])
    assert (groups(left), groups(beside)) == ((None, []), (None, []))


def test_undo_of_removing(northlake: Company, lab: UUID, crew: UUID) -> None:
    """The primary one is primary again; who got another primary since stays."""
    first, second, third = crowd(northlake.owner, 3)
    start(northlake, ADD, lab, first, second, third)
    start(northlake, ADD, crew, first, second)
    removed = start(northlake, REMOVE, lab, first, second, third)
    assert groups(first) == ("Crew", ["Crew"])
    start(northlake, MOVE, group(northlake.owner, "Hall"), second)
    assert take_back(northlake, removed) == {"changed": 1}
    assert groups(first)[0] == "Lab"
    assert (groups(second), groups(third)) == (("Hall", ["Hall"]), ("Lab", ["Lab"]))
    assert not breaches()


def test_it_holds_when_somebody_pending_activates(northlake: Company, lab: UUID, crew: UUID) -> None:
    """S0-27, S1-18"""
    start(northlake, ADD, lab, northlake.pending)
    start(northlake, MOVE, crew, northlake.pending)
    accept_invitation(northlake.pending)
    assert groups(northlake.pending) == ("Crew", ["Crew"])


def test_more_people_than_fit_in_one_go(northlake: Company, lab: UUID, crew: UUID) -> None:
    """The same statements over staged rows and chunks: 520 people, done and undone."""
    people = crowd(northlake.owner, 520, group=str(crew))
    moved = start(northlake, MOVE, lab, *people)
    named = do(northlake.owner, "people.set_department", {"department": "Finance", "subjects": one(*people)})
    assert outcome(northlake.owner, moved).done == outcome(northlake.owner, named).done == 520
    assert groups(people[0]) == ("Lab", ["Lab"])
    assert take_back(northlake, named) == take_back(northlake, moved) == {}
    assert groups(people[519]) == ("Crew", ["Crew"])
    assert not breaches()
