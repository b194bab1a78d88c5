"""access.set_role: people become admins, or members again."""

from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, breaches, do, everybody, one, outcome, standing
from usher.access.roles import people_to_ask, privileges_of
from usher.core.privileges import all_names
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "access.set_role"


def member_of(company: Company) -> UUID:
    return company.member.user_id or UUID(int=0)


def test_it_works(northlake: Company) -> None:
    """S0-14: the owner makes a member an admin, who then may what admins may; and a member again."""
    do(northlake.owner, NAME, {"role": "admin", "subjects": one(member_of(northlake))})
    assert actor_of(member_of(northlake)).may("people:user:manage")
    do(northlake.owner, NAME, {"role": "member", "subjects": one(member_of(northlake))})
    assert not actor_of(member_of(northlake)).may("people:user:view")
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """S0-17, S0-18, AUTHZ-01, AUTHZ-02: an admin promotes nobody, demotes nobody, not even themselves; a member neither."""
    members = (northlake.member.user_id, northlake.pending)
    tried = [("admin", user) for user in (northlake.admin.user_id, northlake.owner.user_id, *members)]
    tried += [("member", user) for user in (northlake.admin.user_id, northlake.owner.user_id)]
    for actor in (northlake.admin, northlake.member):
        for role, user in tried:
            with pytest.raises(Refused) as no:
                do(actor, NAME, {"role": role, "subjects": one(user or "")})
            assert no.value.kind == "forbidden"
    assert (standing(northlake.admin.user_id or UUID(int=0))["role"], standing(member_of(northlake))["role"]) == ("admin", "member")


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """AUTHZ-10, TENANT-03"""
    assert do(northlake.owner, NAME, {"role": "admin", "subjects": one(member_of(southport))}).change_id is None
    do(northlake.owner, NAME, {"role": "admin", "subjects": one(member_of(southport), member_of(northlake))})
    assert (standing(member_of(southport))["role"], standing(member_of(northlake))["role"]) == ("member", "admin")


@pytest.mark.parametrize("role", ["owner", "Admin", "", None, True, ["admin"], {"admin": 1}, "root"])
def test_wrong_parameters(northlake: Company, role: object) -> None:
    """AUTHZ-01, MASS-01, MASS-08: the owner's role is none that can be given."""
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, {"role": role, "subjects": one(member_of(northlake))})
    assert no.value.kind == "invalid"


def test_the_owner_stays_owner(northlake: Company) -> None:
    """AUTHZ-01: neither alone nor among everybody."""
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"role": "member", "subjects": one(northlake.owner.user_id or "")})
    assert no.value.code == "is_owner"
    told = outcome(northlake.owner, do(northlake.owner, NAME, {"role": "member", "subjects": everybody(northlake)}))
    assert (told.done, told.reasons) == (1, {"is_owner": 1})
    assert standing(northlake.owner.user_id or UUID(int=0))["role"] == "owner"
    assert not breaches()


def test_somebody_pending_becomes_no_admin(northlake: Company) -> None:
    """INVITE-09"""
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"role": "admin", "subjects": one(northlake.pending)})
    assert no.value.code == "not_active"


def test_undo_of_a_promotion(northlake: Company) -> None:
    started = do(northlake.owner, NAME, {"role": "admin", "subjects": one(member_of(northlake))})
    assert started.number
    undo.start_undo(northlake.owner, started.number)
    assert standing(member_of(northlake))["role"] == "member"


def test_what_the_three_roles_may() -> None:
    """S0-1, S0-5, S0-17: the owner everything, an admin all but the making of admins and how administrators sign in, a member nothing of the administration."""
    assert all_names() <= privileges_of("owner")
    assert all_names() - privileges_of("admin") == {"access:admin:manage", "access:owner:manage", "accounts:sign_in:manage"}
    assert privileges_of("member") == privileges_of("nobody") == frozenset()


def test_whom_to_ask(northlake: Company) -> None:
    """S4-23: a refusal names those who have the right, the owner first."""
    assert [p["role"] for p in people_to_ask(northlake.account, "people:user:manage")] == ["owner", "admin"]
    assert [p["role"] for p in people_to_ask(northlake.account, "access:admin:manage")] == ["owner"]
