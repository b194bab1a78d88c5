"""people.delete_group and people.delete_im_group: what becomes of the members, of the default mark, and the way back."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.people.profiles import column, group, groups
from tests.people_of import Company, accept_invitation, breaches, crowd, do, finish, one, outcome, why_no_way_back
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.people import reads
from usher.people.groups import default_name

pytestmark = pytest.mark.django_db
NAME, IM = "people.delete_group", "people.delete_im_group"
VERBS = {"user": NAME, "im": IM}


@pytest.fixture
def made(northlake: Company) -> dict[str, UUID]:
    return {name: group(northlake.owner, name) for name in ("Lab", "Crew", "Hall")}


def add(company: Company, name: str, *users: UUID) -> None:
    do(company.owner, "people.add_to_group", {"group": name, "subjects": one(*users)})


def delete(company: Company, name: str, **params: Any) -> engine.Started:
    return do(company.owner, NAME, {"group": name, **params})


def take_back(company: Company, started: engine.Started) -> dict[str, int]:
    assert started.number
    return outcome(company.owner, finish(undo.start_undo(company.owner, started.number))).reasons


def names(company: Company, kind: str = "user") -> list[str]:
    return [g["name"] for g in reads.groups(company.owner, kind)]


def test_it_works(northlake: Company, made: Any) -> None:
    """Whoever had it as primary falls back to the oldest of the others, or to none; undo brings the group and its members back."""
    alone, first, beside = crowd(northlake.owner, 3)
    add(northlake, "Lab", alone, first)
    add(northlake, "Crew", first, beside)
    add(northlake, "Lab", beside)
    done = delete(northlake, "Lab")
    assert names(northlake) == ["Crew", "Hall"]
    assert [groups(p) for p in (alone, first, beside)] == [(None, []), ("Crew", ["Crew"]), ("Crew", ["Crew"])]
    assert take_back(northlake, done) == {}
    assert names(northlake) == ["Crew", "Hall", "Lab"]
    assert [groups(p)[0] for p in (alone, first, beside)] == ["Lab", "Lab", "Crew"]
    assert set(groups(first)[1]) == set(groups(beside)[1]) == {"Crew", "Lab"}
    assert sql.value("SELECT id FROM people_group WHERE account_id = %(a)s AND name = 'Lab'", {"a": northlake.account}) == made["Lab"]
    assert not breaches()


@pytest.mark.parametrize("kind", VERBS)
def test_without_the_privilege(northlake: Company, kind: str) -> None:
    """S0-5: the right to one kind is none to the other."""
    group(northlake.owner, "Crew", kind)
    other = {"user": "people:im_group:manage", "im": "people:group:manage"}[kind]
    for actor in (northlake.member, replace(northlake.admin, privileges=frozenset({other}))):
        with pytest.raises(Refused) as no:
            do(actor, VERBS[kind], {"group": "Crew"})
        assert no.value.kind == "forbidden"
    assert names(northlake, kind) == ["Crew"]


@pytest.mark.parametrize("kind", VERBS)
def test_another_account_s_group_does_not_exist(northlake: Company, southport: Company, kind: str) -> None:
    """TENANT-03: neither to be deleted nor to move members to."""
    theirs = group(southport.owner, "Theirs", kind)
    group(northlake.owner, "Ours", kind)
    for params, field in (({"group": str(theirs)}, "group"), ({"group": "Ours", "to": str(theirs)}, "to")):
        with pytest.raises(Refused) as no:
            do(northlake.owner, VERBS[kind], params)
        assert (no.value.code, no.value.field) == ("no_group", field)
    assert (names(southport, kind), names(northlake, kind)) == (["Theirs"], ["Ours"])


def test_wrong_parameters(northlake: Company, made: Any) -> None:
    for params, code in (({}, "no_group"), ({"group": "nowhere"}, "no_group"), ({"group": "Lab", "to": "lab"}, "same_group")):
        with pytest.raises(Refused) as no:
            do(northlake.owner, NAME, params)
        assert (no.value.kind, no.value.code) == ("invalid", code)


def test_members_move_to_a_chosen_group(northlake: Company, made: Any) -> None:
    """They are in it as they were in the one that is deleted; undo takes them out of it again."""
    alone, both = crowd(northlake.owner, 2)
    add(northlake, "Lab", alone, both)
    add(northlake, "Crew", both)
    done = delete(northlake, "Lab", to="Crew")
    assert [groups(p) for p in (alone, both)] == [("Crew", ["Crew"])] * 2
    assert take_back(northlake, done) == {}
    assert groups(alone) == ("Lab", ["Lab"])
    assert (groups(both)[0], set(groups(both)[1])) == ("Lab", {"Crew", "Lab"})


def test_an_empty_group_can_be_deleted_too(northlake: Company, made: Any) -> None:
    """Its plan is about the group itself."""
    wish = plan(northlake.owner, NAME, {"group": "Hall"})
    assert preview(wish).will == 1
    done = delete(northlake, "Hall")
    assert "Hall" not in names(northlake)
    assert take_back(northlake, done) == {}
    assert "Hall" in names(northlake)


def test_the_default_mark_goes_where_the_members_go(northlake: Company, made: Any) -> None:
    """S0-62: or away with the group; undo gives it back."""
    do(northlake.owner, "people.set_default_group", {"group": "Lab"})
    done = delete(northlake, "Lab")
    assert default_name(northlake.owner, "user") == ""
    take_back(northlake, done)
    assert default_name(northlake.owner, "user") == "Lab"
    delete(northlake, "Lab", to="Crew")
    assert default_name(northlake.owner, "user") == "Crew"


def test_undo_leaves_alone_who_was_changed_since(northlake: Company, made: Any) -> None:
    """Who got a primary group since stays; who did not is back in the group."""
    same, since = crowd(northlake.owner, 2)
    add(northlake, "Lab", same, since)
    done = delete(northlake, "Lab")
    add(northlake, "Hall", since)
    assert take_back(northlake, done) == {"changed": 1}
    assert [groups(p) for p in (same, since)] == [("Lab", ["Lab"]), ("Hall", ["Hall"])]


def test_undo_when_the_name_was_given_away(northlake: Company, made: Any) -> None:
    (user,) = crowd(northlake.owner, 1)
    add(northlake, "Lab", user)
    done = delete(northlake, "Lab")
    group(northlake.owner, "LAB")
    assert why_no_way_back(northlake.owner, done) == "name_taken"
    assert groups(user) == (None, [])


def test_whoever_is_in_the_trash_does_not_hold_a_group_back(northlake: Company, made: Any) -> None:
    """They are not counted, and have it again once the deletion is undone."""
    (user,) = crowd(northlake.owner, 1)
    accept_invitation(user)
    add(northlake, "Lab", user)
    do(northlake.owner, "lifecycle.delete", {"subjects": one(user)})
    done = delete(northlake, "Lab")
    assert outcome(northlake.owner, done).done == 1  # the group itself: nobody is in it
    assert groups(user) == (None, [])
    take_back(northlake, done)
    assert groups(user) == ("Lab", ["Lab"])


def test_more_people_than_fit_in_one_go(northlake: Company, made: Any) -> None:
    """520 members in chunks; somebody who comes in while it runs keeps the group, and the change says so."""
    people = crowd(northlake.owner, 520, group=str(made["Lab"]))
    done = delete(northlake, "Lab")
    assert outcome(northlake.owner, done).done == 520
    assert "Lab" not in names(northlake)
    take_back(northlake, done)
    assert groups(people[7]) == ("Lab", ["Lab"])
    running = engine.start(plan(northlake.owner, NAME, {"group": "Lab"}), "again")
    (late,) = crowd(northlake.owner, 1, group=str(made["Lab"]))
    finish(running)
    assert groups(late) == (None, []) and "Lab" not in names(northlake)
    assert not breaches()


def test_im_groups(northlake: Company) -> None:
    """S0-28: members are left without one, or moved."""
    nordic, baltic = (group(northlake.owner, name, "im") for name in ("Nordic", "Baltic"))
    people = crowd(northlake.owner, 2, im_group="Nordic")
    done = do(northlake.owner, IM, {"group": "Nordic"})
    assert {column(p, "im_group_id") for p in people} == {None}
    assert take_back(northlake, done) == {}
    assert {column(p, "im_group_id") for p in people} == {nordic}
    do(northlake.owner, IM, {"group": "Nordic", "to": "Baltic"})
    assert {column(p, "im_group_id") for p in people} == {baltic}
    assert names(northlake, "im") == ["Baltic"]


def test_a_group_with_marked_people_stays(northlake: Company, made: Any) -> None:
    """No verb over a set touches them: they are taken out by hand first."""
    (user,) = crowd(northlake.owner, 1)
    accept_invitation(user)
    add(northlake, "Lab", user)
    do(northlake.owner, "people.mark", {"kind": "never", "subjects": one(user)})
    with pytest.raises(Refused) as no:
        delete(northlake, "Lab")
    assert (no.value.kind, no.value.code) == ("conflict", "marked_members")
    do(northlake.owner, "people.remove_from_group", {"group": "Lab", "subjects": one(user)})
    delete(northlake, "Lab")
    assert "Lab" not in names(northlake)
