"""people.move_members, people.move_im_members and people.add_domain_to_group: many people between groups in one go."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.people.profiles import column, group, groups, proven
from tests.people_of import Company, breaches, crowd, do, finish, invite, one, outcome, why_no_way_back
from usher.core import sql
from usher.core.actor import Scope
from usher.core.refusals import Refused
from usher.journal import engine, undo

pytestmark = pytest.mark.django_db
MOVE, IM, DOMAIN = "people.move_members", "people.move_im_members", "people.add_domain_to_group"
OUT = "people.remove_from_im_group"


@pytest.fixture
def made(northlake: Company) -> dict[str, UUID]:
    return {name: group(northlake.owner, name) for name in ("Lab", "Crew", "Hall")}


def add(company: Company, name: str, *users: UUID) -> None:
    do(company.owner, "people.add_to_group", {"group": name, "subjects": one(*users)})


def move(company: Company, left: str, to: str, verb: str = MOVE) -> engine.Started:
    return do(company.owner, verb, {"group": left, "to": to})


def take_back(company: Company, started: engine.Started) -> dict[str, int]:
    assert started.number
    return outcome(company.owner, finish(undo.start_undo(company.owner, started.number))).reasons


def test_it_works(northlake: Company, made: Any) -> None:
    """S0-64: they leave the one and join the other; primary follows; who is in the other already only leaves the first."""
    alone, beside, both = crowd(northlake.owner, 3)
    add(northlake, "Lab", alone, both)
    add(northlake, "Hall", beside)
    add(northlake, "Lab", beside)
    add(northlake, "Crew", both)
    moved = move(northlake, "Lab", "Crew")
    assert outcome(northlake.owner, moved).done == 3
    assert groups(alone) == ("Crew", ["Crew"])
    assert groups(beside) == ("Hall", ["Hall", "Crew"])
    assert groups(both) == ("Crew", ["Crew"])
    assert take_back(northlake, moved) == {}
    assert groups(alone) == ("Lab", ["Lab"])
    assert (groups(beside)[0], set(groups(beside)[1])) == ("Hall", {"Hall", "Lab"})
    assert (groups(both)[0], set(groups(both)[1])) == ("Lab", {"Crew", "Lab"})
    assert not breaches()


def test_without_the_privilege(northlake: Company, made: Any) -> None:
    """S0-5: the right to one kind is none to the other."""
    for verb, other in (
        (MOVE, "people:im_group:manage"),
        (IM, "people:group:manage"),
        (DOMAIN, "people:im_group:manage"),
        (OUT, "people:group:manage"),
    ):
        for actor in (northlake.member, replace(northlake.admin, privileges=frozenset({other}))):
            with pytest.raises(Refused) as no:
                do(actor, verb, {"group": "Lab", "to": "Crew", "domain": "x.test", "subjects": one(northlake.pending)})
            assert no.value.kind == "forbidden"


def test_another_account_s_groups_and_people_do_not_exist(northlake: Company, southport: Company, made: Any) -> None:
    """TENANT-03: neither as the one they leave nor as the one they join; and a domain finds people of this account alone."""
    theirs = group(southport.owner, "Theirs")
    for left, to, field in ((str(theirs), "Crew", "group"), ("Lab", "Theirs", "to")):
        with pytest.raises(Refused) as no:
            move(northlake, left, to)
        assert (no.value.kind, no.value.code, no.value.field) == ("invalid", "no_group", field)
    with pytest.raises(Refused) as no:
        do(northlake.owner, DOMAIN, {"group": "Lab", "domain": proven(southport)})
    assert no.value.code == "no_domain"
    invite(southport.owner, "elsewhere@shared.test")
    added = do(northlake.owner, DOMAIN, {"group": "Lab", "domain": proven(northlake, "shared.test")})
    assert outcome(northlake.owner, added).done == 0
    assert groups(southport.member.user_id) == (None, [])


def test_wrong_parameters(northlake: Company, made: Any) -> None:
    """A move to where they are; a group of the other kind; what is no domain."""
    group(northlake.owner, "Chat", "im")
    for params, code in (
        ({"group": "Lab", "to": "LAB"}, "same_group"),
        ({"group": "Lab", "to": "Chat"}, "no_group"),
        ({"group": "Lab"}, "no_group"),
    ):
        with pytest.raises(Refused) as no:
            do(northlake.owner, MOVE, params)
        assert (no.value.kind, no.value.code) == ("invalid", code)
    for domain in ("", "nowhere", "a@b.test", "a b.test", "not.ours.example.org", None):
        with pytest.raises(Refused) as no:
            do(northlake.owner, DOMAIN, {"group": "Lab", "domain": domain})
        assert (no.value.code, no.value.field) == ("no_domain", "domain")


def test_undo_leaves_alone_who_was_changed_since(northlake: Company, made: Any) -> None:
    """Moved on, taken out, or put back by hand: each stays, the others go back."""
    same, on, out, back = crowd(northlake.owner, 4)
    add(northlake, "Lab", same, on, out, back)
    moved = move(northlake, "Lab", "Crew")
    do(northlake.owner, "people.move_group", {"group": "Hall", "subjects": one(on)})
    do(northlake.owner, "people.remove_from_group", {"group": "Crew", "subjects": one(out)})
    add(northlake, "Lab", back)
    assert take_back(northlake, moved) == {"changed": 3}
    assert [groups(p) for p in (same, on, out)] == [("Lab", ["Lab"]), ("Hall", ["Hall"]), (None, [])]
    assert groups(back) == ("Crew", ["Crew", "Lab"])


def test_undo_when_the_group_they_left_is_gone(northlake: Company, made: Any) -> None:
    (user,) = crowd(northlake.owner, 1)
    add(northlake, "Lab", user)
    moved = move(northlake, "Lab", "Crew")
    do(northlake.owner, "people.delete_group", {"group": "Lab"})
    assert why_no_way_back(northlake.owner, moved) == "group_gone"
    assert groups(user) == ("Crew", ["Crew"])


def test_an_empty_group_moves_nobody(northlake: Company, made: Any) -> None:
    assert outcome(northlake.owner, move(northlake, "Lab", "Crew")).done == 0


def test_more_people_than_fit_in_one_go(northlake: Company, made: Any) -> None:
    """The same statements over staged rows and chunks: 520 people, done and undone."""
    people = crowd(northlake.owner, 520, group=str(made["Lab"]))
    moved = move(northlake, "Lab", "Crew")
    assert outcome(northlake.owner, moved).done == 520
    assert take_back(northlake, moved) == {}
    assert groups(people[519]) == ("Lab", ["Lab"])
    assert not breaches()


def test_im_groups(northlake: Company) -> None:
    """S0-67: everybody of one IM group is in the other; undo brings back whoever is there still."""
    for name in ("Nordic", "Baltic", "Pacific"):
        group(northlake.owner, name, "im")
    same, on = crowd(northlake.owner, 2, im_group="Nordic")
    (other,) = crowd(northlake.owner, 1, im_group="Pacific")
    moved = move(northlake, "Nordic", "Baltic", IM)
    names = {name: column_of(northlake, name) for name in ("Nordic", "Baltic", "Pacific")}
    assert [column(p, "im_group_id") for p in (same, on, other)] == [names["Baltic"], names["Baltic"], names["Pacific"]]
    do(northlake.owner, "people.set_im_group", {"group": None, "subjects": one(on)})
    assert take_back(northlake, moved) == {"changed": 1}
    assert [column(p, "im_group_id") for p in (same, on)] == [names["Nordic"], None]


def column_of(company: Company, name: str) -> UUID:
    from usher.people.named import group_named

    return UUID(group_named(company.owner, "im", name)["group"])


def test_everybody_at_a_domain(northlake: Company, made: Any) -> None:
    """S0-65: whoever has an address there, in any case, is added and stays in the groups they are in; who is in it is as wanted."""
    first, second, elsewhere = invite(northlake.owner, "a@managed.test", "b@MANAGED.test", "c@other.managed.test")
    add(northlake, "Hall", first)
    add(northlake, "Lab", second)
    proven(northlake, "managed.test")
    added = do(northlake.owner, DOMAIN, {"group": "Lab", "domain": " Managed.TEST "})
    came = outcome(northlake.owner, added)
    assert (came.done, came.unchanged) == (1, 1)
    assert [groups(p) for p in (first, second, elsewhere)] == [("Hall", ["Hall", "Lab"]), ("Lab", ["Lab"]), (None, [])]
    assert take_back(northlake, added) == {}
    assert groups(first) == ("Hall", ["Hall"])


def test_out_of_an_im_group(northlake: Company) -> None:
    """Whoever is in another is left alone; undo brings back who has none since."""
    for name in ("Nordic", "Baltic"):
        group(northlake.owner, name, "im")
    (inside,), (other,) = crowd(northlake.owner, 1, im_group="Nordic"), crowd(northlake.owner, 1, im_group="Baltic")
    out = do(northlake.owner, OUT, {"group": "Nordic", "subjects": one(inside, other)})
    assert outcome(northlake.owner, out).reasons == {"not_member": 1}
    assert [column(p, "im_group_id") for p in (inside, other)] == [None, column_of(northlake, "Baltic")]
    assert take_back(northlake, out) == {}
    assert column(inside, "im_group_id") == column_of(northlake, "Nordic")


def test_a_role_that_covers_some_people_moves_nobody_into_its_reach(northlake: Company, made: Any) -> None:
    """AUTHZ-11: groups belong to the whole account; who covers one group changes none, not even its own."""
    limited = replace(northlake.admin, scope=Scope("group", (str(made["Lab"]),)))
    wishes: dict[str, dict[str, Any]] = {
        MOVE: {"group": "Crew", "to": "Lab"},
        "people.add_to_group": {"group": "Lab", "subjects": one(northlake.pending)},
        "people.rename_group": {"group": "Lab", "name": "x"},
        "people.delete_group": {"group": "Lab"},
        "people.set_default_group": {"group": "Lab"},
    }
    for verb, params in wishes.items():
        with pytest.raises(Refused) as no:
            do(limited, verb, params)
        assert (no.value.kind, no.value.code) == ("forbidden", "scope"), verb


def test_verify_sees_somebody_without_a_primary_group(northlake: Company, made: Any) -> None:
    (user,) = crowd(northlake.owner, 1)
    add(northlake, "Lab", user)
    sql.execute('UPDATE people_membership SET "primary" = false WHERE user_id = %(u)s', {"u": user})
    assert [name for name, _ in breaches()] == ["I3-groups"]
