"""Signing up: a public page that says the same to everybody, and the page its link leads to (S0-61; behaviour.md H)."""

from typing import Any

import pytest
from django.test import Client

from tests.lifecycle.test_managed_domain import manages
from tests.lifecycle.test_sign_up import asked, mails
from tests.people_of import PASSWORD, Company, do, seats
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

pytestmark = pytest.mark.django_db
NEW = {"first_name": "Nora", "last_name": "New", "password": PASSWORD, "again": PASSWORD}


def jobs() -> list[dict[str, Any]]:
    return sql.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'lifecycle.send_sign_up' ORDER BY id")


def test_it_works(northlake: Company, client: Client) -> None:
    """S0-61: the link, a name, a password, and in; GET alone does nothing (INVITE-10)."""
    manages(northlake, sign_up=True)
    link, secret = asked(f"nora@{northlake.domain}")
    path = f"/sign-up/{short(link)}/{secret}"
    for _look in range(3):
        page = client.get(path)
    assert page.status_code == 200 and "Join Northlake" in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"  # INVITE-23
    assert sql.value("SELECT count(*) FROM people_user WHERE canonical = %(c)s", {"c": f"nora@{northlake.domain}"}) == 0
    answer = client.post(path, NEW)
    assert answer.status_code == 302 and client.get("/me").status_code == 200
    assert client.post(path, NEW).status_code in (409, 410)
    assert Client().post(path, NEW).status_code == 410


def test_the_same_answer_for_every_address(northlake: Company, client: Client) -> None:
    """R11, SECRET-03: known, unknown, of another domain, nonsense; a job for each."""
    manages(northlake, sign_up=True)
    told = set()
    for email in (f"nora@{northlake.domain}", northlake.owner.email, "nora@elsewhere.test", "nonsense"):
        answer = client.post("/sign-up", {"email": email})
        told.add((answer.status_code, answer.content.decode().replace(email, "X")))
    assert len(told) == 1 and len(jobs()) == 4


def test_nobody_can_sign_up(northlake: Company, client: Client) -> None:
    """No domain with the switch: the page says so, and nothing is written."""
    manages(northlake)
    for answer in (client.get("/sign-up"), client.post("/sign-up", {"email": f"nora@{northlake.domain}"})):
        assert answer.status_code == 200 and "Nobody can sign up here by themselves." in answer.content.decode()
    assert not jobs() and not mails("sign_up")


def test_the_page_of_sign_in_leads_there(northlake: Company, client: Client) -> None:
    """Where anybody can sign up, and only there."""
    manages(northlake)
    assert "/sign-up" not in client.get("/sign-in").content.decode()
    sql.execute("UPDATE accounts_domain SET sign_up = true")
    assert "/sign-up" in client.get("/sign-in").content.decode()


def test_limits(northlake: Company, client: Client) -> None:
    """DOS-01: three an hour for one address."""
    manages(northlake, sign_up=True)
    answers = [client.post("/sign-up", {"email": f"Nora@{northlake.domain}"}).status_code for _ in range(4)]
    assert answers[:3] == [200] * 3 and answers[3] in (429, 503)
    assert len(jobs()) == 3


def test_bad_links(northlake: Company, client: Client) -> None:
    """INVITE-04, INVITE-18"""
    manages(northlake, sign_up=True)
    link, secret = asked(f"nora@{northlake.domain}")
    for path in (
        f"/sign-up/{short(link)}/{secret}x",
        f"/sign-up/{short(link)}/",
        "/sign-up/x",
        f"/sign-up/{secret}/{secret}",
        f"/join/{short(link)}/{secret}",
    ):
        assert client.post(path, NEW).status_code == 400, path


def test_somebody_else_is_signed_in(northlake: Company) -> None:
    """INVITE-07"""
    manages(northlake, sign_up=True)
    link, secret = asked(f"nora@{northlake.domain}")
    answer = signed_in(northlake.member.user_id).post(f"/sign-up/{short(link)}/{secret}", NEW)
    assert answer.status_code == 409 and "Sign out first" in answer.content.decode()


def test_no_seat_is_told(northlake: Company, client: Client) -> None:
    """Unassigned, and said so on the first page."""
    manages(northlake, sign_up=True, license="meetings:licensed")
    line = seats(northlake, "meetings:licensed")
    do(northlake.operator, "licenses.set_seats", {"product": "meetings:licensed", "quantity": line["used"] + line["pending"]})
    link, secret = asked(f"nora@{northlake.domain}")
    answer = client.post(f"/sign-up/{short(link)}/{secret}", NEW, follow=True)
    assert "No seat was free for you yet" in answer.content.decode()


def test_the_form_keeps_what_was_typed(northlake: Company, client: Client) -> None:
    """ASVS 6.2: a weak password, and two that differ."""
    manages(northlake, sign_up=True)
    link, secret = asked(f"nora@{northlake.domain}")
    answer = client.post(f"/sign-up/{short(link)}/{secret}", {**NEW, "again": "another password here"})
    assert answer.status_code == 422 and 'value="Nora"' in answer.content.decode()
