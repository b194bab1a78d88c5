"""Account, Sign-in: the page of the switch."""

from datetime import timedelta

import time_machine
from django.test import Client

from tests.people_of import Company
from tests.portal.factors_of import set_up_app
from tests.signed_in import signed_in
from usher.core import clock

PATH = "/account/sign-in"


def test_it_works(db: None, northlake: Company) -> None:
    """ASVS 6.3.3: the owner makes it a must; who has a factor stands below; off is the beginning."""
    owner = signed_in(northlake.owner.user_id)
    page = owner.get(PATH).content.decode()
    assert "It is not a must" in page and page.count("Not set up") == 2
    set_up_app(owner)
    assert owner.post(PATH, {"on": "yes", "key": "k1"})["Location"] == PATH
    page = owner.get(PATH).content.decode()
    assert "It is a must" in page and page.count("Not set up") == 1
    assert owner.post(PATH, {"on": "no", "key": "k2"}).status_code == 303
    assert "It is not a must" in owner.get(PATH).content.decode()


def test_without_the_privilege(db: None, northlake: Company, client: Client) -> None:
    """S0-5, S4-23: a member sees nothing; an admin sees it closed, and the verb refuses what the page does not offer."""
    assert signed_in(northlake.member.user_id).get(PATH).status_code == 403
    admin = signed_in(northlake.admin.user_id)
    assert "Only the owner can change this." in admin.get(PATH).content.decode()
    assert admin.post(PATH, {"on": "yes", "key": "k"}).status_code == 403
    assert client.get(PATH)["Location"].startswith("/sign-in?next=")


def test_another_account_s_people_are_not_listed(db: None, northlake: Company, southport: Company) -> None:
    assert southport.domain not in signed_in(northlake.owner.user_id).get(PATH).content.decode()


def test_wrong_method(db: None, northlake: Company) -> None:
    assert signed_in(northlake.owner.user_id).delete(PATH).status_code == 405


def test_it_asks_who_it_is(db: None, northlake: Company) -> None:
    """SESSION-12"""
    owner = signed_in(northlake.owner.user_id)
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        answer = owner.post(PATH, {"on": "yes", "key": "k"})
    assert answer.status_code == 403 and "Is it you?" in answer.content.decode()
