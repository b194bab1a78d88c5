"""The never-touch list: its page, putting people on it, taking them off, and what a plan says of one of them."""

from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import Company, do, one
from tests.portal.test_belonging import carry_out
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import short
from usher.people.marks import mark_of

LIST, MARKS, REMOVALS = "/account/never-touch", "/people/marks", "/people/mark-removals"


def id_of(actor: Actor) -> UUID:
    assert actor.user_id
    return actor.user_id


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(id_of(northlake.owner))


def kind_of(company: Company) -> str:
    assert id_of(company.member)
    return (mark_of(company.owner, id_of(company.member)) or {}).get("kind", "")


def test_it_works(owner: Client, northlake: Company) -> None:
    """S2-3 (behaviour.md I): put on by address, listed with the reason, found by a filter, taken off."""
    assert "Nobody is on the list." in owner.get(LIST).content.decode()
    asked = owner.get(MARKS, {"mark_who": northlake.member.email, "mark_kind": "never", "mark_why": "Signs the invoices"})
    assert "will be on the never-touch list." in asked.content.decode()
    carry_out(owner, f"{MARKS}?mark_who={northlake.member.email}&mark_kind=never&mark_why=Signs+the+invoices")
    assert kind_of(northlake) == "never"
    listed = owner.get(LIST).content.decode()
    assert "Signs the invoices" in listed and northlake.member.email in listed
    assert northlake.member.email not in owner.get(f"{LIST}?mark=service").content.decode()
    assert northlake.member.email in owner.get("/people?mark=never").content.decode()
    carry_out(owner, f"{REMOVALS}?ids={short(id_of(northlake.member))}", "off")
    assert kind_of(northlake) == ""


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5"""
    client = signed_in(id_of(northlake.member))
    assert {client.get(path).status_code for path in (LIST, MARKS, REMOVALS, f"{LIST}/export")} == {403}


def test_another_account_s_people_do_not_exist(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03: not by address, not by id, not on the list."""
    do(southport.owner, "people.mark", {"kind": "never", "subjects": one(id_of(southport.member))})
    asked = owner.get(MARKS, {"mark_who": southport.member.email, "mark_kind": "never"})
    assert asked.status_code == 422
    assert "0\u00a0people" in owner.get(f"{MARKS}?ids={short(id_of(southport.member))}&mark_kind=never").content.decode()
    assert southport.member.email not in owner.get(LIST).content.decode()


def test_wrong_method(owner: Client) -> None:
    assert owner.post(LIST).status_code == 405
    assert owner.put(MARKS).status_code == 405


def test_a_plan_about_one_marked_person_says_so(owner: Client, northlake: Company) -> None:
    """Chosen by hand they are touched, with a notice; of two they are left out by name."""
    do(northlake.owner, "people.mark", {"kind": "service", "why": "lobby screen", "subjects": one(id_of(northlake.member))})
    alone = owner.get(f"/people/license-changes?ids={short(id_of(northlake.member))}&license_to=meetings:licensed").content.decode()
    assert "This is a service account. Why: lobby screen." in alone and "1\u00a0person will be Licensed." in alone
    both = f"{short(id_of(northlake.member))},{short(northlake.pending)}"
    page = owner.get(f"/people/license-changes?ids={both}&license_to=meetings:licensed").content.decode()
    assert "a service account" in page and "This is a service account." not in page and "1\u00a0person will be Licensed." in page


def test_the_person_s_page(owner: Client, northlake: Company) -> None:
    """The tag beside the name, here and in the list of people; the menu says what can be done."""
    path = f"/people/{short(id_of(northlake.member))}"
    assert f"{MARKS}?ids=" in owner.get(path).content.decode()
    do(northlake.owner, "people.mark", {"kind": "never", "subjects": one(id_of(northlake.member))})
    page = owner.get(path).content.decode()
    assert '<span class="u-tag">Never touch</span>' in page and f"{REMOVALS}?ids=" in page
    assert '<span class="u-tag">Never touch</span>' in owner.get("/people").content.decode()


def test_the_export(owner: Client, northlake: Company) -> None:
    do(northlake.owner, "people.mark", {"kind": "never", "why": "=1+1", "subjects": one(id_of(northlake.member))})
    told = b"".join(owner.get(f"{LIST}/export").streaming_content).decode()  # type: ignore[attr-defined]
    assert northlake.member.email in told and "'=1+1" in told
    assert sql.value("SELECT count(*) FROM people_mark") == 1
