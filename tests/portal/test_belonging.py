"""Department, groups, IM group and add-ons of a set: the questions, the plan, and what is done."""

import re
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import Company, add_ons, crowd, do
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

ADDRESSES = ("department-changes", "group-changes", "im-group-changes", "site-changes", "add-on-changes", "sign-outs")


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


@pytest.fixture(scope="module")
def people(northlake: Company) -> list[UUID]:
    return crowd(northlake.owner, 3)


def group(company: Company, name: str, kind: str = "user") -> str:
    do(company.owner, "people.create_im_group" if kind == "im" else "people.create_group", {"name": name})
    return short(sql.value("SELECT id FROM people_group WHERE account_id = %(a)s AND name = %(n)s", {"a": company.account, "n": name}))


def address(what: str, *users: UUID, **answers: str) -> str:
    return f"/people/{what}?ids={','.join(map(short, users))}" + "".join(f"&{k}={v}" for k, v in answers.items())


def carry_out(client: Client, path: str, key: str = "belonging") -> str:
    """See the plan, do it; the page of what was done."""
    page = client.get(path).content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest, page
    answer = client.post(path, {"digest": digest.group(1), "key": key})
    assert answer.status_code == 303
    return client.get(answer["Location"]).content.decode()


def test_it_works(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """S0-10: asked, planned, done, each for three people at once."""
    asked = owner.get(address("department-changes", *people)).content.decode()
    assert 'name="department_to"' in asked and f'name="ids" value="{short(people[0])},' in asked
    assert (
        "3\u00a0people will be in Finance." in owner.get(address("department-changes", *people, department_to="Finance")).content.decode()
    )
    assert "3\u00a0people moved to Finance" in carry_out(owner, address("department-changes", *people, department_to="Finance"))
    assert sql.value("SELECT count(*) FROM people_user WHERE department = 'Finance' AND account_id = %(a)s", {"a": northlake.account}) == 3


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5"""
    client = signed_in(northlake.member.user_id)
    for what in ADDRESSES:
        assert client.get(address(what, northlake.pending)).status_code == 403
        assert client.post(address(what, northlake.pending, department_to="X")).status_code == 403


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-03: the plan of a stranger's id is a plan for nobody, and a stranger's group is no group."""
    assert southport.member.user_id
    page = owner.get(address("department-changes", southport.member.user_id, department_to="X")).content.decode()
    assert "0\u00a0people will be in X." in page
    theirs = group(southport, "Theirs")
    for answers in ({"how_to": "add", "group_to": theirs}, {"how_to": "move", "group_to": "x"}):
        answer = owner.get(address("group-changes", southport.member.user_id, **answers))
        assert answer.status_code == 422 and "There is no user group" in answer.content.decode()


def test_wrong_method_and_nobody_chosen(owner: Client) -> None:
    for what in ADDRESSES:
        assert owner.delete(f"/people/{what}").status_code == 405
        answer = owner.get(f"/people/{what}")
        assert answer.status_code == 422 and "Nobody is chosen" in answer.content.decode()


def test_groups(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """S0-27: added to one, moved to another, taken out again."""
    lab, crew = group(northlake, "Lab"), group(northlake, "Crew")
    asked = owner.get(address("group-changes", *people)).content.decode()
    assert f'value="{lab}"' in asked and 'value="move"' in asked
    assert "3\u00a0people added to Lab" in carry_out(owner, address("group-changes", *people, how_to="add", group_to=lab))
    moved = owner.get(address("group-changes", *people, how_to="move", group_to=crew)).content.decode()
    assert "3\u00a0people will move to Crew." in moved and "Lab" in moved
    left = owner.get(address("group-changes", people[0], how_to="remove", group_to=crew)).content.decode()
    assert "Not in this group" in left or "not in this group" in left


def test_site(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """S0-13: one site for each, or none; it stands on the page of a person, in the list, in its filter and in the export."""
    assert "There are no sites yet." in owner.get(address("site-changes", *people)).content.decode()
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    oslo = sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s", {"a": northlake.account})
    assert ">Oslo</option>" in owner.get(address("site-changes", *people)).content.decode()
    assert "are at the site Oslo now" in carry_out(owner, address("site-changes", *people, site_to=short(oslo)))
    page = owner.get(f"/people/{short(people[0])}").content.decode()
    assert "<dd>Oslo" in page and f"/people/site-changes?ids={short(people[0])}" in page
    file = b"".join(owner.get(f"/people/pending/export?site={oslo}")).decode("utf-8-sig")
    assert len(file.splitlines()) - 1 == 3
    assert ">3<" in owner.get("/account/places/sites").content.decode()
    assert "will have no site" in owner.get(address("site-changes", *people, site_to="none")).content.decode()
    assert owner.get(address("site-changes", *people, site_to="Nowhere")).status_code == 422


def test_im_group(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """S0-28: given, and none."""
    nordic = group(northlake, "Nordic", "im")
    assert "put into the IM group Nordic" in carry_out(owner, address("im-group-changes", *people, im_group_to=nordic))
    assert "will have no IM group" in owner.get(address("im-group-changes", *people, im_group_to="none")).content.decode()


def test_add_ons(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """S0-9, S0-24, S0-25, S1-15: bought add-ons with their free seats; given to many, taken back from many."""
    asked = owner.get(address("add-on-changes", *people)).content.decode()
    assert "5 free" in asked and 'value="phone"' in asked and "Large Meeting" not in asked
    assert "3\u00a0people got Phone" in carry_out(owner, address("add-on-changes", *people, add_on_how="give", add_on_to="phone"))
    assert [add_ons(p) for p in people] == [["phone"]] * 3
    back = owner.get(address("add-on-changes", *people, add_on_how="take", add_on_to="phone")).content.decode()
    assert "Phone will be taken back from 3\u00a0people." in back


def test_what_cannot_be_is_asked_again(owner: Client, people: list[UUID]) -> None:
    answer = owner.get(address("department-changes", *people, department_to="x" * 129))
    assert answer.status_code == 422 and "At most 128 characters" in answer.content.decode()


def test_all_that_match(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """S4-9: the list's own query is the set; the question carries it on to the plan."""
    query = "/people/department-changes?all=1&status=pending"
    asked = owner.get(query).content.decode()
    assert 'name="all" value="1"' in asked and 'name="status" value="pending"' in asked
    assert "4\u00a0people will be in Finance." in owner.get(query + "&department_to=Finance").content.decode()


def test_administrators_are_passed_over_by_an_admin(db: None, northlake: Company) -> None:
    """AUTHZ-05: the plan says who is skipped and why."""
    page = signed_in(northlake.admin.user_id).get("/people/department-changes?all=1&status=active&department_to=Finance").content.decode()
    assert "2\u00a0people will be in Finance." in page
    assert "only the owner may change an admin or the owner" in page


def test_the_way_back_is_where_they_came_from(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """One person's plan leads back to the person, a set's to the list."""
    assert f'href="/people/{short(people[0])}">Cancel' in owner.get(address("department-changes", people[0])).content.decode()
    assert 'href="/people">Cancel' in owner.get(address("department-changes", *people)).content.decode()
