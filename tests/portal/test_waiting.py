"""The waiting list: the third choice of a plan that lacks seats, the page of the list, taking off, putting first."""

import re
from uuid import UUID

import pytest
from django.test import Client

from tests.licenses.test_waiting import line, set_seats
from tests.people_of import Company, add_ons, crowd
from tests.portal.test_belonging import carry_out
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.licenses import giving

PATH = "/account/subscriptions/waiting"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


@pytest.fixture(scope="module")
def people(northlake: Company) -> list[UUID]:
    set_seats(northlake, 2)
    return crowd(northlake.owner, 4, prefix="w")


def ask(client: Client, people: list[UUID], **more: str) -> str:
    path = f"/people/add-on-changes?ids={','.join(map(short, people))}&add_on_to=scheduler&order=email&how=wait"
    page = client.get(path).content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest and '<input type="hidden" name="how" value="wait">' in page, page
    answer = client.post(path, {"digest": digest.group(1), "key": "queued", "how": "wait"})
    assert answer.status_code == 303
    return page


def id_of(user: UUID) -> str:
    return short(sql.value("SELECT id FROM licenses_waiting WHERE user_id = %(u)s AND state = 'waiting'", {"u": user}))


def test_it_works(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """S0-57: chosen on the plan page, listed in order, seen beside the ledger and with the person, put first, taken off."""
    assert "Change the first 2 now, the others wait" in ask(owner, people)
    assert line() == people[2:]
    last = sql.value("SELECT max(number) FROM journal_change")
    assert "2 wait for a seat" in owner.get(f"/changes/{last}").content.decode()
    listed = owner.get(PATH).content.decode()
    assert listed.index("w00002@") < listed.index("w00003@") and "w00001@" not in listed
    assert "2 wait" in owner.get("/account/subscriptions").content.decode()
    assert "Waits for Scheduler, place 2." in owner.get(f"/people/{short(people[3])}").content.decode()
    carry_out(owner, f"{PATH}/firsts?ids={id_of(people[3])}", "first")
    assert line() == [people[3], people[2]]
    carry_out(owner, f"{PATH}/removals?ids={id_of(people[2])}", "off")
    assert line() == [people[3]]
    set_seats(northlake, 3)
    assert giving.give() == 1 and add_ons(people[3]) == ["scheduler"]
    assert "Nobody waits for a seat." in owner.get(PATH).content.decode()


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5"""
    client = signed_in(northlake.member.user_id)
    assert {client.get(f"{PATH}{more}").status_code for more in ("", "/export", "/removals?ids=x", "/firsts?ids=x")} == {403}


def test_another_account_s_list_is_not_there(owner: Client, northlake: Company, southport: Company, people: list[UUID]) -> None:
    """TENANT-03"""
    ask(owner, people)
    stranger = signed_in(southport.owner.user_id)
    assert "w00003@" not in stranger.get(PATH).content.decode()
    assert "w00003@" not in stranger.get(f"{PATH}/firsts?ids={id_of(people[3])}").content.decode()


def test_wrong_method_and_nobody_chosen(owner: Client) -> None:
    assert owner.post(PATH).status_code == 405
    assert owner.get(f"{PATH}/removals").status_code == 422


def test_with_no_seat_at_all(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """Nobody can be served now: the choice says so, and all of them wait."""
    set_seats(northlake, 0)
    assert "Put 4 people on the waiting list" in ask(owner, people)
    assert line() == people


def test_what_cannot_wait_has_no_such_choice(owner: Client, northlake: Company, people: list[UUID]) -> None:
    """Only where a seat is all somebody lacks: reactivating gives what there is."""
    set_seats(northlake, 4)
    page = owner.get(f"/people/add-on-changes?ids={','.join(map(short, people))}&add_on_to=scheduler").content.decode()
    assert "the others wait" not in page


def test_the_export(owner: Client, people: list[UUID]) -> None:
    ask(owner, people)
    told = b"".join(owner.get(f"{PATH}/export?product=scheduler").streaming_content).decode()  # type: ignore[attr-defined]
    assert "w00003@" in told and "Scheduler" in told
