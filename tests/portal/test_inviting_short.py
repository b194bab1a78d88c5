"""Inviting where seats lack: the third choice of an import's plan, and the tick of Add users."""

import re

import pytest
from django.test import Client

from tests.licenses.test_waiting import line, set_seats
from tests.people_of import Company, seats
from tests.portal.test_add_users import form, pending
from tests.portal.test_import import HEAD, confirm, finish, upload
from tests.signed_in import signed_in
from usher.core import sql

LINES = HEAD + "ann@x.test,Ann,Archer,,,\nbob@x.test,Bob,Baker,,,\ncy@x.test,Cy,Carter,,,\n"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_an_import_invites_everybody_and_some_wait(owner: Client, northlake: Company) -> None:
    """S0-43, S0-57, S1-18: the plan offers it, shows who gets what and who waits for what, and does just that; as a file too."""
    set_seats(northlake, 1)
    address = upload(owner, LINES, add_ons=["scheduler"])["Location"]
    assert "Invite all 3 people now, some wait for seats" in owner.get(address).content.decode()
    page = owner.get(f"{address}?how=wait").content.decode()
    assert "Only 1 Scheduler seat is free." in page and "Waits for" in page and "find no seat" not in page
    told = b"".join(owner.get(f"{address}?how=wait&as=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert told.count("Waits for,,Scheduler") == 2
    done = confirm(owner, f"{address}?how=wait", how="wait")
    assert done.status_code == 303
    result = finish(owner, done, northlake)
    assert "3\u00a0people invited" in result and "2 wait for a seat" in result
    assert len(line()) == 2 and seats(northlake, "scheduler")["pending"] == 1
    assert len(pending(northlake)) == 3


def test_a_seat_taken_meanwhile_is_told(owner: Client, northlake: Company) -> None:
    """The plan of those who wait is another one then; nothing is done."""
    set_seats(northlake, 1)
    address = upload(owner, LINES, add_ons=["scheduler"])["Location"]
    page = owner.get(f"{address}?how=wait")
    set_seats(northlake, 0)
    digest = page.context["digest"]
    answer = owner.post(f"{address}?how=wait", {"digest": digest, "key": "k", "how": "wait"})
    assert answer.status_code == 409 and pending(northlake) == set()


def test_add_users_offers_it_when_seats_lack(owner: Client, northlake: Company) -> None:
    """S0-32, S0-57: refused with what lacks and the way on; ticked, everybody is invited and one waits."""
    set_seats(northlake, 1)
    assert "some wait for seats" not in owner.get("/people/new").content.decode()
    refused = owner.post("/people/new", form("ann@x.test, bob@x.test", add_ons=["scheduler"]))
    assert refused.status_code == 422 and pending(northlake) == set()
    page = refused.content.decode()
    assert "2 Scheduler seats are needed. Only 1 Scheduler seat is free." in page and 'name="wait" value="yes"' in page
    answer = owner.post("/people/new", form("ann@x.test, bob@x.test", add_ons=["scheduler"], wait="yes"))
    assert answer.status_code == 303 and pending(northlake) == {"ann@x.test", "bob@x.test"}
    assert [sql.value("SELECT email FROM people_user WHERE id = %(u)s", {"u": u}) for u in line()] == ["bob@x.test"]


def test_what_has_no_seat_left_can_be_waited_for(owner: Client, northlake: Company) -> None:
    """S0-25, S0-57: open, and marked; the foot says so and offers to wait; without the tick nobody is invited; the form of an import as well."""
    set_seats(northlake, 1)
    owner.post("/people/new", form("first@x.test", key="k0", add_ons=["scheduler"]))
    for path in ("/people/new", "/people/imports/new"):
        assert re.search(r'value="scheduler"><span>Scheduler</span><span class="n warn">none free', owner.get(path).content.decode())
    chosen = form("ann@x.test", add_ons=["scheduler"])
    told = owner.post("/people/new/sum", chosen).content.decode()
    assert "No Scheduler seat is free." in told and 'name="wait" value="yes"' in told and " checked" not in told
    assert 'name="wait"' not in owner.post("/people/new/sum", form("ann@x.test")).content.decode()
    assert " checked" in owner.post("/people/new/sum", {**chosen, "wait": "yes"}).content.decode()
    assert owner.post("/people/new", chosen).status_code == 422 and pending(northlake) == {"first@x.test"}
    assert owner.post("/people/new", {**chosen, "wait": "yes"}).status_code == 303
    assert pending(northlake) == {"first@x.test", "ann@x.test"} and len(line()) == 1


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    assert client.post("/people/new", form("ann@x.test", wait="yes")).status_code == 403


def test_other_account_waits_by_itself(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-01: its seats and its list are its own."""
    set_seats(northlake, 0)
    set_seats(southport, 0)
    for client in (owner, signed_in(southport.owner.user_id)):
        client.post("/people/new", form("ann@x.test", add_ons=["scheduler"], wait="yes"))
    assert sql.rows(
        "SELECT account_id, count(*)::int AS n, min(place)::int AS place FROM licenses_waiting GROUP BY 1 ORDER BY 1"
    ) == sorted(({"account_id": c.account, "n": 1, "place": 1} for c in (northlake, southport)), key=lambda r: str(r["account_id"]))
