"""accounts.require_factor: a second factor for every administrator, or no administration."""

import pytest

from tests.people_of import Company, actor_of, do, one
from tests.portal.factors_of import set_up_app
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.refusals import Refused

pytestmark = pytest.mark.django_db
NAME = "accounts.require_factor"


def is_on(company: Company) -> bool:
    return bool(sql.value("SELECT admins_need_factor FROM accounts_account WHERE id = %(a)s", {"a": company.account}))


def test_it_works(northlake: Company) -> None:
    """ASVS 6.3.3: from the next request on an admin without a factor has no rights and is led to the set-up; with one they are back at once."""
    owner, admin = signed_in(northlake.owner.user_id), signed_in(northlake.admin.user_id)
    set_up_app(owner)
    assert not is_on(northlake)
    do(northlake.owner, NAME, {"on": True})
    assert is_on(northlake)
    refused = admin.get("/people")
    assert refused.status_code == 403
    assert "asks every administrator for a second factor" in refused.content.decode() and "/me/security" in refused.content.decode()
    assert admin.get("/")["Location"] == "/me"
    assert "your rights rest" in admin.get("/me").content.decode()
    assert owner.get("/people").status_code == 200
    set_up_app(admin)
    assert admin.get("/people").status_code == 200


def test_without_the_privilege(northlake: Company) -> None:
    """S0-17: only the owner."""
    for actor in (northlake.admin, northlake.member):
        with pytest.raises(Refused) as no:
            do(actor, NAME, {"on": True})
        assert no.value.kind == "forbidden"


def test_another_account_stays_as_it_is(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    do(northlake.owner, NAME, {"on": True})
    assert is_on(northlake) and not is_on(southport)
    assert signed_in(southport.admin.user_id).get("/people").status_code == 200


@pytest.mark.parametrize("params", [{}, {"on": "yes"}, {"on": True, "x": 1}])
def test_wrong_parameters(northlake: Company, params: dict[str, object]) -> None:
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, params)
    assert no.value.kind == "invalid"


def test_verbs_refuse_too(northlake: Company) -> None:
    """AUTHZ-20: it is not the pages that hold the rights back; the actor has none."""
    do(northlake.owner, NAME, {"on": True})
    assert northlake.admin.user_id and northlake.member.user_id
    with pytest.raises(Refused) as no:
        do(actor_of(northlake.admin.user_id), "access.sign_out", {"subjects": one(northlake.member.user_id)})
    assert no.value.kind == "forbidden"


def test_the_last_one_stays(northlake: Company) -> None:
    """An administrator who must have one does not remove the last one; somebody without rights may."""
    admin = signed_in(northlake.admin.user_id)
    set_up_app(admin)
    do(northlake.owner, NAME, {"on": True})
    factor = sql.value("SELECT id FROM mfa_authenticator WHERE type = 'totp'")
    answer = admin.post(f"/me/security/{factor}/removal")
    assert answer.status_code == 409 and "Add another one first" in answer.content.decode()


def test_members_are_not_asked(northlake: Company) -> None:
    do(northlake.owner, NAME, {"on": True})
    assert "your rights rest" not in signed_in(northlake.member.user_id).get("/me").content.decode()
