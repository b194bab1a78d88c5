"""Add users: the form, its seats, what is typed wrong, and what it does."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, seats
from tests.signed_in import signed_in
from usher.core import sql


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def form(addresses: str, **more: Any) -> dict[str, Any]:
    return {"addresses": addresses, "license": BASIC, "key": "k1", **more}


def pending(company: Company) -> set[str]:
    found = sql.rows(
        "SELECT u.email FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.account_id = %(a)s AND s.status = 'pending'",
        {"a": company.account},
    )
    return {r["email"] for r in found} - {f"pending@{company.domain}"}


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-11, S0-20, S0-29, S0-30, S0-31, S0-32, S1-1, S1-10, S1-11, S1-17, S1-18, S1-19: several addresses, the same settings, pending, a mail each."""
    answer = owner.post(
        "/people/new", form("ann@x.test, bob@x.test; cleo@x.test", license=LICENSED, add_ons=["phone"], department="Finance")
    )
    assert answer.status_code == 303
    assert answer["Location"] == "/people/pending"
    assert pending(northlake) == {"ann@x.test", "bob@x.test", "cleo@x.test"}
    assert seats(northlake, LICENSED)["pending"] == 3
    assert seats(northlake, "phone")["pending"] == 3
    found = sql.rows(
        "SELECT u.department, m.kind FROM people_user u JOIN mail_message m ON m.to_user = u.id WHERE u.email LIKE '%%@x.test'"
    )
    assert [(f["department"], f["kind"]) for f in found] == [("Finance", "invitation")] * 3
    listed = owner.get("/people/pending").content.decode()
    assert "ann@x.test" in listed
    assert "3 people invited." in listed and "/undo" in listed


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5, AUTHZ-20: a member can neither see nor send the form."""
    client = signed_in(northlake.member.user_id)
    assert client.get("/people/new").status_code == 403
    assert client.post("/people/new", form("ann@x.test")).status_code == 403
    assert pending(northlake) == set()


def test_other_account_is_not_there(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-03: another account's group and manager do not exist here."""
    group = "01a20041-6aba-7efa-b0e2-4e4f47531a93"
    sql.execute(
        "INSERT INTO people_group (id, account_id, kind, name) VALUES (%(g)s, %(a)s, 'user', 'Theirs')",
        {"g": group, "a": southport.account},
    )
    for wrong in ({"group": group}, {"manager": southport.owner.email}):
        answer = owner.post("/people/new", form("ann@x.test", **wrong))
        assert answer.status_code == 422
    assert "Theirs" not in owner.get("/people/new").content.decode()
    assert pending(northlake) == set()


def test_wrong_method(owner: Client) -> None:
    assert owner.put("/people/new").status_code == 405


def test_seats_stand_beside_every_choice(owner: Client, northlake: Company) -> None:
    """S0-21, S0-22, S0-23, S0-24, S0-25, S1-15, S1-16: free seats, none free, needs Meeting Connector; what cannot be had is closed, what may be waited for is marked."""
    sql.execute(
        "UPDATE licenses_license SET bought = 1, pending = 1 WHERE account_id = %(a)s AND product = 'phone'", {"a": northlake.account}
    )
    text = owner.get("/people/new").content.decode()
    assert re.search(r'value="meetings:licensed"[^>]*><span>Licensed</span><span class="n">10 free', text)
    assert re.search(r'value="meetings:on_prem" disabled><span>On-Prem</span><span class="n warn">needs Meeting Connector', text)
    assert re.search(r'value="phone"><span>Phone</span><span class="n warn">none free', text)
    sql.execute("UPDATE accounts_account SET meeting_connector = true WHERE id = %(a)s", {"a": northlake.account})
    assert re.search(
        r'value="meetings:on_prem" disabled><span>On-Prem</span><span class="n warn">none free', owner.get("/people/new").content.decode()
    )


def test_bad_addresses_stay_in_the_field(owner: Client, northlake: Company) -> None:
    """MAIL-09: the good ones go ahead, twice is once, the bad and the known ones stay with their reason; nothing typed is lost."""
    answer = owner.post("/people/new", form(f"ann@x.test ann@x.test, ANN@X.test;bob@x, {northlake.member.email}", job_title="Clerk"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert pending(northlake) == {"ann@x.test"}
    assert "1 person was invited" in text
    field = re.search(r"<textarea[^>]*>([^<]*)</textarea>", text)
    assert field is not None and set(field.group(1).split()) == {"ANN@X.test", "bob@x", northlake.member.email}
    assert "the part after @ needs a dot" in text and "already" in text and 'value="Clerk"' in text


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "At least one"), (" , ;\n", "At least one"), (",".join(f"p{i}@x.test" for i in range(1_001)), "1,000 fit here")],
)
def test_too_few_and_too_many(owner: Client, northlake: Company, typed: str, words: str) -> None:
    """MAIL-09: the limit is told."""
    answer = owner.post("/people/new", form(typed))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert pending(northlake) == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"license": "meetings:unicorn"},
        {"license": ""} | {"add_ons": ["webinar:500"]},
        {"license": "meetings:on_prem"},
        {"add_ons": ["gold"]},
    ],
)
def test_what_cannot_be_had_is_refused_on_the_form(owner: Client, northlake: Company, wrong: dict[str, Any]) -> None:
    """S0-22, S0-23, S0-25, LIC-08, MASS-08: whatever the browser sends; input is kept."""
    answer = owner.post("/people/new", form("ann@x.test", **wrong))
    assert answer.status_code == 422
    assert "ann@x.test" in answer.content.decode() and "u-err" in answer.content.decode()
    assert pending(northlake) == set()


def test_no_seat_is_refused_and_nothing_done(owner: Client, northlake: Company) -> None:
    """S0-22, S1-16: twelve for ten seats: nobody is invited, nothing typed is lost."""
    answer = owner.post("/people/new", form(" ".join(f"p{i}@x.test" for i in range(12)), license=LICENSED))
    assert answer.status_code == 422
    assert "12 Licensed seats are needed. Only 10 Licensed seats are free." in answer.content.decode()
    assert pending(northlake) == set()


def test_extra_fields_change_nothing(owner: Client, northlake: Company) -> None:
    """MASS-01, CSV-07: role, account and status are not fields of this form."""
    owner.post("/people/new", form("ann@x.test", role="owner", account_id="x", status="active", came_in="owner"))
    found = sql.row(
        "SELECT s.role, s.status, u.account_id FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.email = 'ann@x.test'"
    )
    assert found == {"role": "member", "status": "pending", "account_id": northlake.account}


def test_the_dialog_is_the_same_form(owner: Client) -> None:
    """S1-10: a pop-up window; opened directly it is a page; success moves the browser on."""
    dialog = owner.get("/people/new", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in dialog and 'id="dialog-title"' in dialog and 'hx-post="/people/new"' in dialog
    answer = owner.post("/people/new", form("ann@x.test"), headers={"HX-Request": "true"})
    assert answer.status_code == 204 and answer["HX-Redirect"] == "/people/pending"
    answer = owner.post("/people/new", form("bob@x", key="k2"), headers={"HX-Request": "true"})
    assert answer.status_code == 422 and "<html" not in answer.content.decode()


def test_the_same_key_invites_once(owner: Client, northlake: Company) -> None:
    """F20: a second press, a reload, two tabs."""
    for _ in range(3):
        owner.post("/people/new", form("ann@x.test"))
    assert sql.value("SELECT count(*) FROM journal_change WHERE key = 'portal:k1'") == 1
    assert sql.value("SELECT count(*) FROM mail_message WHERE address = 'ann@x.test'") == 1


def test_a_form_from_elsewhere_is_refused(db: None, northlake: Company) -> None:
    """SESSION-08: no token, no origin of ours, nothing done."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in(northlake.owner.user_id).cookies
    answer = client.post("/people/new", form("ann@x.test"), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and "Load the page again" in answer.content.decode()
    assert pending(northlake) == set()


def test_what_cannot_stand_together_is_closed(owner: Client, northlake: Company) -> None:
    """S0-24, S0-25, S1-15: an add-on beside the license it needs and what excludes it; what was ticked and still fits stays ticked."""
    page = owner.get("/people/new").content.decode()
    assert "5 free · needs Licensed" in page
    chosen = owner.post("/people/new/add-ons", {"license": BASIC, "add_ons": ["phone", "webinar:500"]}).content.decode()
    assert re.search(r'value="webinar:500" disabled>.*?needs Licensed', chosen) and re.search(r'value="phone" checked', chosen)
    chosen = owner.post("/people/new/add-ons", {"license": LICENSED, "add_ons": ["webinar:500"]}).content.decode()
    assert re.search(r'value="webinar:500" checked', chosen) and re.search(r'value="events:500" disabled>.*?not with Webinar 500', chosen)


def test_the_foot_adds_up(owner: Client) -> None:
    """S1-18, S1-19: how many invitations, which seats they take, and when there are too few; the button says how many."""
    one = owner.post("/people/new/sum", {"addresses": "a@x.test", "license": BASIC, "add_ons": ["phone"]}).content.decode()
    assert "1 invitation" in one and "takes 1\u00a0Phone seat while it is pending" in one and "Add 1 user<" in one
    many = owner.post("/people/new/sum", {"addresses": "a@x.test b@x.test", "license": LICENSED, "add_ons": ["phone"]}).content.decode()
    assert (
        "2 invitations" in many and "takes 2\u00a0Licensed and 2\u00a0Phone seats while they are pending" in many and "Add 2 users" in many
    )
    lots = owner.post("/people/new/sum", {"addresses": " ".join(f"p{i}@x.test" for i in range(6)), "license": BASIC, "add_ons": ["phone"]})
    assert "Only 5 Phone seats are free." in lots.content.decode()
    assert "Add users" in owner.post("/people/new/sum", {"addresses": ""}).content.decode()
