"""Subscriptions: seats, price and term of every product; a change is a plan, and too few is refused with who holds them."""

import pytest
from django.test import Client

from tests.people_of import LICENSED, Company, do, one, seats
from tests.signed_in import signed_in
from usher.licenses.subscribing import subscriptions

CHANGE = "/account/subscriptions/change"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def wish(**terms: str) -> dict[str, str]:
    return {
        "product": LICENSED,
        "quantity": "20",
        "price": "12.50",
        "currency": "eur",
        "starts": "2026-01-01",
        "ends": "2026-12-31",
        **terms,
    }


def confirm(client: Client, query: dict[str, str]) -> str:
    """See the plan, press its button; where it leads."""
    plan = client.get(CHANGE, query)
    assert plan.status_code == 200 and "digest" in plan.context
    answer = client.post(CHANGE, {"digest": plan.context["digest"], "key": plan.context["key"]}, query_params=query)
    assert answer.status_code == 303
    return answer["Location"]


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-22, S0-25, S4-24, S4-47: what was bought, what it costs, until when; changed by a plan and its button."""
    assert "Which product?" in owner.get(CHANGE).content.decode()
    assert 'value="10"' in owner.get(CHANGE, {"product": LICENSED}).content.decode()
    led_to = confirm(owner, wish())
    assert "20 seats at 12.50\u00a0EUR each" in owner.get(led_to).content.decode()
    text = owner.get("/account/subscriptions").content.decode()
    assert "12.50 EUR" in text and "until 31 December 2026" in text and "250.00 EUR" in text
    assert seats(northlake, LICENSED)["bought"] == 20


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    for path in ("/account", "/account/subscriptions", CHANGE):
        assert client.get(path).status_code == 403
    assert client.post(CHANGE, query_params=wish()).status_code == 403


def test_other_account_keeps_its_own(owner: Client, southport: Company) -> None:
    """TENANT-12"""
    confirm(owner, wish())
    assert seats(southport, LICENSED)["bought"] == 10 and subscriptions(southport.owner) == {}


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/account/subscriptions").status_code == 405


def test_too_few_is_refused_with_who_holds_them(owner: Client, northlake: Company) -> None:
    """LIC-05, S4-20: the number in use, and a link to the people."""
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.member.user_id, northlake.pending)})
    answer = owner.get(CHANGE, wish(quantity="1"))
    text = answer.content.decode()
    assert answer.status_code == 422 and "2 Licensed seats are in use." in text and 'value="12.50"' in text
    holders = "/people?status=any&license=meetings%3Alicensed"
    assert holders.replace("&", "&amp;") in text and "/people/pending?license=meetings%3Alicensed" in text
    assert northlake.member.email in owner.get(holders).content.decode()
    assert seats(northlake, LICENSED)["bought"] == 10


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"quantity": "many"}, "The quantity is a number"),
        ({"quantity": "-5"}, "The quantity is a number"),
        ({"price": "12.505"}, "at most two decimals"),
        ({"currency": "€"}, "three capital letters"),
        ({"ends": "2025-01-01"}, "ends before it starts"),
        ({"starts": "soon"}, "A day looks like"),
    ],
)
def test_what_is_wrong_stands_at_its_field(owner: Client, wrong: dict[str, str], words: str) -> None:
    answer = owner.get(CHANGE, wish(**wrong))
    assert answer.status_code == 422 and words in answer.content.decode()


def test_the_quantity_alone_leaves_the_terms(owner: Client, northlake: Company) -> None:
    confirm(owner, wish())
    led_to = confirm(owner, wish(quantity="1,030"))
    assert "Licensed now has 1,030 seats" in owner.get(led_to).content.decode()
    assert str(subscriptions(northlake.owner)[LICENSED]["price"]) == "12.50"
