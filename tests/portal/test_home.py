"""Home, Me, the theme, Subscriptions, Outbox, and the pages of refusals and failures."""

import pytest
from django.db import OperationalError
from django.test import Client

from tests.people_of import LICENSED, Company
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.mail.send import deliver_waiting


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client) -> None:
    """S4-1: what is true now; seats with their numbers; what needs somebody."""
    sql.execute("UPDATE licenses_license SET bought = 3, used = 3 WHERE product = 'phone'")
    text = owner.get("/").content.decode()
    assert "3 people are active, 1 is invited." in text
    assert "No Phone seat is free" in text and "<b>10</b> free" in text


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5: a member lands on the own page, which says whom to ask."""
    client = signed_in(northlake.member.user_id)
    assert client.get("/")["Location"] == "/me"
    text = client.get("/me").content.decode()
    assert northlake.member.email in text and "Olga Owner" in text
    assert "User Management" not in text


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    text = owner.get("/account/outbox").content.decode()
    assert southport.domain not in text
    theirs = sql.value("SELECT id FROM mail_message WHERE account_id = %(a)s LIMIT 1", {"a": southport.account})
    assert owner.get(f"/account/outbox/{short(theirs)}").status_code == 404


def test_subscriptions(owner: Client) -> None:
    """S0-22, S0-25: bought, used and free of every product."""
    text = owner.get("/account/subscriptions").content.decode()
    assert "Webinar 500" in text and "10 bought" in text


def test_the_mail_is_read_in_the_outbox(owner: Client, northlake: Company) -> None:
    """S0-32: without an SMTP server the invitation and its link are read here."""
    deliver_waiting()
    listed = owner.get("/account/outbox", {"q": f"pending@{northlake.domain}"}).content.decode()
    assert f"pending@{northlake.domain}" in listed and northlake.member.email not in listed
    path = listed[listed.index('<a href="/account/outbox/') + 9 :].split('"')[0]
    text = owner.get(path).content.decode()
    assert "/join/" in text and "Open the link" in text


def test_a_lost_database_is_503_and_tells_nothing(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """F06, F10, AUTHZ-21, SECRET-07: Retry-After, plain words, no trace; the service denies when it cannot know."""

    def lost(*_args: object, **_more: object) -> None:
        raise OperationalError("connection to server at 10.1.2.3 failed: secret")

    monkeypatch.setattr("usher.access.actors.sql.row", lost)
    owner.raise_request_exception = False
    answer = owner.get("/people")
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "10.1.2.3" not in answer.content.decode() and "Traceback" not in answer.content.decode()


def test_a_bug_is_500_with_a_number(owner: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """SECRET-07, SESSION-14: a kind page with a number that stands in the log too; no trace, no session id."""

    def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("inside of us")

    monkeypatch.setattr("usher.portal.people.pages.reads.totals", broken)
    owner.raise_request_exception = False
    answer = owner.get("/people")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "inside of us" not in text and "Something went wrong on our side and nothing was changed" in text
    assert answer["X-Request-Id"] in text and answer["X-Request-Id"] in caplog.text
    assert owner.cookies["usher"].value not in caplog.text


def test_htmx_gets_a_refusal_as_a_notice(owner: Client) -> None:
    answer = owner.get("/people/AaIANa4jd6-T4p879C2Yaw", headers={"HX-Request": "true"})
    assert answer.status_code == 404 and (answer["HX-Retarget"], answer["HX-Reselect"]) == ("#notices", "unset")
    assert "<html" not in answer.content.decode()


def test_htmx_without_a_session_moves_the_whole_page(db: None, client: Client) -> None:
    answer = client.get("/people", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people?q=a"})
    assert answer.status_code == 401 and answer["HX-Redirect"] == "/sign-in?next=%2Fpeople%3Fq%3Da"
    evil = client.get("/people", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"})
    assert evil["HX-Redirect"] == "/sign-in?next=%2F"


def test_weight_of_a_first_visit(owner: Client) -> None:
    """Pages are under 150 kB compressed on the first visit, and ask no foreign host."""
    page = owner.get("/people", headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    text = owner.get("/people").content.decode()
    assets = {a.split('"')[0].split("#")[0] for a in text.replace("href=", "src=").split('src="') if a.startswith("/static/")}
    assert not [a for a in text.split('"') if a.startswith(("http://", "https://", "//"))]
    weight = len(page.content)
    for asset in assets:
        answer = owner.get(asset, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, asset
        weight += len(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert weight < 150_000, weight
    assert len(assets) >= 5 and LICENSED
