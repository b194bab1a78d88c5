"""access.sign_out: the end of other people's sessions."""

import pytest

from tests.people_of import Company, do, everybody, one, outcome, standing
from tests.signed_in import signed_in
from usher.core.refusals import Refused

pytestmark = pytest.mark.django_db
NAME = "access.sign_out"


def test_it_works(northlake: Company) -> None:
    """S4-3: the next request of every session of theirs leads to sign-in; others go on."""
    assert northlake.member.user_id
    phone, desk, other = (signed_in(u) for u in (northlake.member.user_id, northlake.member.user_id, northlake.admin.user_id))
    assert phone.get("/me").status_code == 200
    do(northlake.admin, NAME, {"subjects": one(northlake.member.user_id)})
    assert [c.get("/me").status_code for c in (phone, desk, other)] == [302, 302, 200]
    assert signed_in(northlake.member.user_id).get("/me").status_code == 200


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5"""
    assert northlake.admin.user_id
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"subjects": one(northlake.admin.user_id)})
    assert no.value.kind == "forbidden"


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    assert southport.member.user_id
    before = standing(southport.member.user_id)
    assert do(northlake.owner, NAME, {"subjects": one(southport.member.user_id)}).change_id is None
    assert standing(southport.member.user_id) == before


def test_those_of_higher_rank_and_those_without_sessions(northlake: Company) -> None:
    """AUTHZ-05: an admin does not end the owner's sessions; in a set of everybody the owner and the pending are skipped."""
    assert northlake.owner.user_id
    with pytest.raises(Refused) as no:
        do(northlake.admin, NAME, {"subjects": one(northlake.owner.user_id)})
    assert (no.value.kind, no.value.code) == ("forbidden", "higher_rank")
    came = outcome(northlake.owner, do(northlake.admin, NAME, {"subjects": everybody(northlake)}))
    assert (came.done, came.reasons) == (2, {"higher_rank": 1, "no_sessions": 1})
