"""Home: what needs somebody, and the chart of a year of seats."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.people_of import LICENSED, Company, do, one
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.licenses import history


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def needs(client: Client) -> list[str]:
    return [n["words"] for n in client.get("/").context["needs"]]


def test_it_works(owner: Client, northlake: Company) -> None:
    """S4-1, S4-24, S4-47: the chart tells how seats went; its table and its file hold the same numbers; the last is of now."""
    today = clock.now()
    with clock.travel(today - timedelta(days=70)):
        history.write_today(northlake.account)
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.member.user_id)})
    answer = owner.get("/")
    text = answer.content.decode()
    assert "Seats used went from 0 on" in text and "to 1 now" in text and "uplot.min.js" in text
    weeks = answer.context["trend"]["weeks"]
    assert [w["used"] for w in weeks] == [0] * 10 + [1] and weeks[-1]["day"] == today.date()
    lines = owner.get("/seats.csv").content.decode().splitlines()
    assert lines[-1] == f"{today.date()},1,0,10" and len(lines) == 12
    assert owner.get("/", {"seats": "phone"}).context["trend"]["seat"]["product"] == "phone"
    assert owner.get("/", {"seats": "gold"}).context["trend"]["seat"]["product"] == LICENSED


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    assert client.get("/")["Location"] == "/me" and client.get("/seats.csv").status_code == 403


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    sql.execute("UPDATE mail_message SET state = 'undeliverable' WHERE account_id = %(a)s", {"a": southport.account})
    sql.execute("UPDATE people_invitation SET expires_at = now() + interval '1 day' WHERE account_id = %(a)s", {"a": southport.account})
    history.write_today(southport.account)
    assert needs(owner) == [] and owner.get("/").context["trend"]["weeks"] == []


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/").status_code == 405 and owner.post("/seats.csv").status_code == 405


def test_seats_that_run_out(owner: Client, northlake: Company) -> None:
    """None; only a few; gone soon at the pace of the last month; and quiet when there are plenty."""
    sql.execute("UPDATE licenses_license SET used = 5 WHERE product = 'phone'")
    sql.execute("UPDATE licenses_license SET used = 3 WHERE product = 'whiteboard'")
    with clock.travel(clock.now() - timedelta(days=30)):
        history.write_today(northlake.account)
    sql.execute("UPDATE licenses_license SET used = 6 WHERE product = %(p)s", {"p": LICENSED})
    found = needs(owner)
    assert found[0].startswith("Licensed seats run out around ")
    assert found[1:] == ["Only 2 Whiteboard seats are free", "No Phone seat is free"]
    assert "/people?status=any&amp;license=meetings%3Alicensed" in owner.get("/").content.decode()


def test_terms_that_end(owner: Client, northlake: Company) -> None:
    today = clock.now().date()
    for product, days in ((LICENSED, 20), ("phone", -3), ("scheduler", 40)):
        terms = {"price": "", "currency": "", "starts": "", "ends": str(today + timedelta(days=days))}
        do(northlake.owner, "licenses.subscribe", {"product": product, "quantity": 30, **terms})
    found = needs(owner)
    assert [w.split(" on ")[0] for w in found] == ["The term of Licensed ends", "The term of Phone ended"]


def test_invitations_about_to_expire(owner: Client, northlake: Company) -> None:
    sql.execute("UPDATE people_invitation SET expires_at = now() + interval '2 days' WHERE account_id = %(a)s", {"a": northlake.account})
    assert needs(owner) == ["1 invitation expires within 3 days"]


def test_mail_that_came_back(owner: Client, northlake: Company) -> None:
    sql.execute(
        "UPDATE mail_message SET state = 'undeliverable', error = '550 no' WHERE address = %(m)s", {"m": f"pending@{northlake.domain}"}
    )
    assert needs(owner) == ["1 mail was not delivered"]
    text = owner.get("/account/outbox?state=undeliverable").content.decode()
    assert f"pending@{northlake.domain}" in text and northlake.member.email not in text.split("<main")[1]


def test_work_that_failed(owner: Client, northlake: Company) -> None:
    """F29: a run of which a part failed leads to the reasons."""
    change = sql.row(
        "SELECT change_id, number FROM journal_run JOIN journal_change ON id = change_id WHERE journal_run.account_id = %(a)s LIMIT 1",
        {"a": northlake.account},
    )
    assert change is not None
    sql.execute('UPDATE journal_run SET counts = \'{"0": {"done": 1, "failed": 2}}\' WHERE change_id = %(c)s', {"c": change["change_id"]})
    assert needs(owner) == ["2 of a change failed"]
    assert f"/changes/{change['number']}?part=failed" in owner.get("/").content.decode()
