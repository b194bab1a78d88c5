"""people.set_im_group: the one IM group of each of a set."""

from uuid import UUID

import pytest

from tests.people.profiles import column, group
from tests.people_of import Company, accept_invitation, crowd, do, one, outcome
from usher.core.refusals import Refused
from usher.journal import undo

pytestmark = pytest.mark.django_db
NAME = "people.set_im_group"


@pytest.fixture(scope="module")
def nordic(northlake: Company) -> UUID:
    return group(northlake.owner, "Nordic", kind="im")


def test_it_works(northlake: Company, nordic: UUID) -> None:
    """S0-28, S1-18: given, kept at activation, and taken away."""
    do(northlake.owner, NAME, {"group": "nordic", "subjects": one(northlake.pending)})
    accept_invitation(northlake.pending)
    assert column(northlake.pending, "im_group_id") == nordic
    do(northlake.owner, NAME, {"group": "", "subjects": one(northlake.pending)})
    assert column(northlake.pending, "im_group_id") is None


def test_without_the_privilege(northlake: Company, nordic: UUID) -> None:
    """S0-5"""
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"group": str(nordic), "subjects": one(northlake.pending)})
    assert no.value.kind == "forbidden"


def test_another_account_s_groups_and_people_do_not_exist(northlake: Company, southport: Company, nordic: UUID) -> None:
    """TENANT-03"""
    theirs = group(southport.owner, "Southern", kind="im")
    assert southport.member.user_id
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"group": str(theirs), "subjects": one(northlake.pending)})
    assert (no.value.kind, no.value.code) == ("invalid", "no_group")
    assert do(northlake.owner, NAME, {"group": str(nordic), "subjects": one(southport.member.user_id)}).change_id is None


def test_a_user_group_is_no_im_group(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"group": str(group(northlake.owner, "Lab")), "subjects": one(northlake.pending)})
    assert no.value.code == "no_group"


def test_undo(northlake: Company, nordic: UUID) -> None:
    other = group(northlake.owner, "Care", kind="im")
    people = crowd(northlake.owner, 3)
    do(northlake.owner, NAME, {"group": str(other), "subjects": one(people[0])})
    started = do(northlake.owner, NAME, {"group": str(nordic), "subjects": one(*people)})
    do(northlake.owner, NAME, {"group": str(other), "subjects": one(people[2])})
    assert started.number
    undone = undo.start_undo(northlake.owner, started.number)
    assert outcome(northlake.owner, undone).reasons == {"changed": 1}
    assert [column(p, "im_group_id") for p in people] == [other, None, other]
