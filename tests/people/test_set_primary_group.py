"""people.set_primary_group: which of somebody's groups is the primary one."""

import pytest

from tests.people.profiles import group, groups
from tests.people_of import Company, actor_of, breaches, do, one
from usher.core.refusals import Refused
from usher.journal import undo

pytestmark = pytest.mark.django_db
NAME = "people.set_primary_group"


def in_two(company: Company) -> str:
    """The member is in Lab and Crew; Lab is primary."""
    assert company.member.user_id
    made = [group(company.owner, name) for name in ("Lab", "Crew")]
    for id in made:
        do(company.owner, "people.add_to_group", {"group": str(id), "subjects": one(company.member.user_id)})
    return str(made[1])


def test_it_works(northlake: Company) -> None:
    """S0-27: they stay in both; undo makes the first one primary again."""
    crew, member = in_two(northlake), northlake.member.user_id
    assert member
    started = do(northlake.owner, NAME, {"group": crew, "subjects": one(member)})
    assert groups(member) == ("Crew", ["Lab", "Crew"]) and breaches() == [] and started.number
    assert do(northlake.owner, NAME, {"group": crew, "subjects": one(member)}).state == "unchanged"
    undo.start_undo(northlake.owner, started.number)
    assert groups(member) == ("Lab", ["Lab", "Crew"]) and breaches() == []


def test_without_the_privilege(northlake: Company) -> None:
    crew, member = in_two(northlake), northlake.member.user_id
    assert member
    with pytest.raises(Refused) as no:
        do(actor_of(member), NAME, {"group": crew, "subjects": one(member)})
    assert no.value.kind == "forbidden" and groups(member)[0] == "Lab"


def test_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    crew, member = in_two(northlake), northlake.member.user_id
    assert member
    with pytest.raises(Refused) as no:
        do(southport.owner, NAME, {"group": crew, "subjects": one(member)})
    assert no.value.code == "no_group" and groups(member)[0] == "Lab"


def test_who_is_not_in_it_is_left_alone(northlake: Company) -> None:
    crew = in_two(northlake)
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"group": crew, "subjects": one(northlake.pending)})
    assert no.value.code == "not_member" and groups(northlake.pending) == (None, [])


def test_what_changed_since_is_left_alone(northlake: Company) -> None:
    crew, member = in_two(northlake), northlake.member.user_id
    assert member
    started = do(northlake.owner, NAME, {"group": crew, "subjects": one(member)})
    do(northlake.owner, "people.remove_from_group", {"group": "Lab", "subjects": one(member)})
    with pytest.raises(Refused):
        undo.start_undo(northlake.owner, started.number or 0)
    assert groups(member) == ("Crew", ["Crew"]) and breaches() == []
