"""Account, Owner: asking somebody to own the account; and their page, where they say yes after a fresh sign-in, by their name, or no."""

import re

import pytest
from django.test import Client

from tests.people_of import Company, do, standing
from tests.portal.test_fresh_sign_in import QUESTION, later
from tests.signed_in import signed_in
from usher.access.owner_offer import open_question
from usher.core.ids import short

PATH, OWN = "/account/owner", "/me/ownership"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


@pytest.fixture
def asked(db: None, northlake: Company) -> Client:
    """The admin, who has been asked."""
    do(northlake.owner, "access.offer_ownership", {"to": str(northlake.admin.user_id)})
    return signed_in(northlake.admin.user_id)


def press(client: Client, path: str, typed: str = ""):  # type: ignore[no-untyped-def]
    digest = re.search(r'name="digest" value="(\w+)"', client.get(path).content.decode())
    assert digest
    return client.post(path, {"digest": digest.group(1), "key": "pressed", "typed": typed})


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-17, S0-18 (behaviour.md I): active admins to choose from, a plan, and back to the page, which says who is asked and takes it back."""
    page = owner.get(PATH).content.decode()
    assert northlake.admin.email in page and northlake.member.email not in page
    wish = f"{PATH}?to={short(northlake.admin.user_id)}"  # type: ignore[arg-type]
    page = owner.get(wish).content.decode()
    assert "will be asked to own this account." in page and re.search(r"until \d+ \w+ \d{4}", page)
    assert press(owner, wish)["Location"] == PATH
    page = owner.get(PATH).content.decode()
    assert f"{northlake.admin.name} is asked to own this account" in page
    undo = re.search(r'href="(/changes/\d+/undo)"', page)
    assert undo and press(owner, undo[1]).status_code == 303
    assert northlake.admin.email in owner.get(PATH).content.decode()
    assert northlake.owner.user_id and standing(northlake.owner.user_id)["role"] == "owner"


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
    assert owner.get(f"{OWN}/refusal").status_code == 405


def test_it_asks_who_it_is(owner: Client, northlake: Company) -> None:
    """SESSION-12: sixteen minutes after the sign-in the answer is the question, and nobody was asked."""
    with later():
        assert QUESTION in press(owner, f"{PATH}?to={short(northlake.admin.user_id)}").content.decode()  # type: ignore[arg-type]
    assert open_question(northlake.owner) is None


def test_yes_is_said_by_name_after_a_fresh_sign_in(asked: Client, owner: Client, northlake: Company) -> None:
    """S0-18, SESSION-12: found on Home, listed first, done only with the name typed; then the page of Owner changes hands."""
    assert f'href="{OWN}"' in asked.get("/").content.decode()
    page = asked.get(OWN).content.decode()
    assert "Cannot be undone" in page and f"{northlake.owner.name} asks you to own this account" in page
    assert press(asked, OWN, "Somebody Else").status_code == 422
    longer_ago = signed_in(northlake.admin.user_id)
    with later():
        assert QUESTION in press(longer_ago, OWN, northlake.admin.name).content.decode()
    assert northlake.admin.user_id and standing(northlake.admin.user_id)["role"] == "admin"
    assert press(asked, OWN, northlake.admin.name).status_code == 303
    assert standing(northlake.admin.user_id)["role"] == "owner"
    assert owner.get(PATH).status_code == 403 and asked.get(PATH).status_code == 200


def test_no_is_said_by_a_button(asked: Client, owner: Client, northlake: Company) -> None:
    assert asked.post(f"{OWN}/refusal").status_code == 303
    assert f'href="{OWN}"' not in asked.get("/").content.decode()
    assert asked.post(f"{OWN}/refusal").status_code == 404
    assert northlake.admin.email in owner.get(PATH).content.decode()


def test_nobody_else_is_led_there(asked: Client, owner: Client, northlake: Company) -> None:
    """AUTHZ-19: neither the owner, nor a member, nor who is asked elsewhere."""
    for client in (owner, signed_in(northlake.member.user_id)):
        assert client.get(OWN)["Location"] == "/" and client.post(OWN, {"digest": "x"})["Location"] == "/"
        assert client.post(f"{OWN}/refusal").status_code == 404
    assert northlake.owner.user_id and standing(northlake.owner.user_id)["role"] == "owner"
