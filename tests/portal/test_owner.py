"""Account, Owner: choosing a new owner, the plan, the fresh sign-in and the typed name."""

import re

import pytest
from django.test import Client

from tests.people_of import Company, standing
from tests.portal.test_fresh_sign_in import QUESTION, later
from tests.signed_in import signed_in
from usher.core.ids import short

PATH = "/account/owner"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def hand_over(client: Client, company: Company, typed: str):  # type: ignore[no-untyped-def]
    path = f"{PATH}?to={short(company.admin.user_id)}"  # type: ignore[arg-type]
    digest = re.search(r'name="digest" value="(\w+)"', client.get(path).content.decode())
    assert digest
    return client.post(path, {"digest": digest.group(1), "key": "handed", "typed": typed})


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-18 (behaviour.md I): active admins to choose from, a plan, the name typed; then the page is closed to whoever was the owner."""
    assert northlake.admin.email in owner.get(PATH).content.decode() and northlake.member.email not in owner.get(PATH).content.decode()
    page = owner.get(f"{PATH}?to={short(northlake.admin.user_id)}").content.decode()  # type: ignore[arg-type]
    assert "will own this account." in page and "Cannot be undone" in page
    assert hand_over(owner, northlake, "Somebody Else").status_code == 422
    assert hand_over(owner, northlake, northlake.admin.name).status_code == 303
    assert northlake.admin.user_id and standing(northlake.admin.user_id)["role"] == "owner"
    assert owner.get(PATH).status_code == 403
    assert signed_in(northlake.admin.user_id).get(PATH).status_code == 200


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5, AUTHZ-02"""
    for actor in (northlake.admin, northlake.member):
        answer = signed_in(actor.user_id).get(PATH)
        assert answer.status_code == 403 and northlake.owner.name in answer.content.decode()


def test_another_account_s_people_do_not_exist(owner: Client, southport: Company) -> None:
    """TENANT-03"""
    assert owner.get(f"{PATH}?to={short(southport.admin.user_id)}").status_code == 422  # type: ignore[arg-type]


def test_wrong_method(owner: Client) -> None:
    assert owner.put(PATH).status_code == 405


def test_it_asks_who_it_is(owner: Client, northlake: Company) -> None:
    """SESSION-12: sixteen minutes after the sign-in the answer is the question, and nothing was done."""
    with later():
        assert QUESTION in hand_over(owner, northlake, northlake.admin.name).content.decode()
    assert northlake.owner.user_id and standing(northlake.owner.user_id)["role"] == "owner"
