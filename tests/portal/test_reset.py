"""A forgotten password, and the one-time links of the operator."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.people_of import Company
from tests.portal.at_the_door import NEW, is_in, reset_path, sign_in
from tests.signed_in import signed_in
from usher.access import links, own, way_in
from usher.core import clock, sql
from usher.core.refusals import Refused


def test_forgotten(db: None, client: Client, northlake: Company) -> None:
    """S0-6, SESSION-05, INVITE-01: the way back by mail: one link, one use, every session and the old password end, and one is in."""
    there = signed_in(northlake.member.user_id)
    path = reset_path(northlake.member.email)
    assert northlake.member.email in client.get(path).content.decode()
    answer = client.post(path, {"password": NEW, "again": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client) and not is_in(there)
    assert sign_in(Client(), northlake, "member").status_code == 422
    assert Client().post(path, {"password": NEW, "again": NEW}).status_code == 410


def test_the_answer_to_forgotten_is_one(db: None, client: Client, northlake: Company) -> None:
    """SECRET-03, MAIL-03: known, unknown and look-alike addresses get the same page; only the known one gets a job that mails."""
    pages = []
    for email in (northlake.member.email, "nobody@nowhere.test", "mıke@nowhere.test"):
        answer = client.post("/forgot", {"email": email})
        assert answer.status_code == 200
        pages.append(answer.content.decode().replace(email, "X"))
    assert pages[0] == pages[1] == pages[2]
    assert sql.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'access.send_reset'") == 3


def test_resets_are_limited_per_recipient(db: None, client: Client, northlake: Company) -> None:
    """DOS-04: a hundred wishes for one address are three mails; then 429."""
    answers = [client.post("/forgot", {"email": northlake.member.email.title()}).status_code for _ in range(100)]
    assert answers[:3] == [200, 200, 200]
    assert set(answers[3:]) == {429}


def test_the_reset_is_for_whom_it_was_made(db: None, client: Client, northlake: Company) -> None:
    """INVITE-15: an address or id of somebody else in the form changes nothing for them."""
    path = reset_path(northlake.member.email)
    more = {"email": northlake.owner.email, "login": "1", "user_id": str(northlake.owner.user_id)}
    client.post(path, {"password": NEW, "again": NEW, **more})
    assert sign_in(Client(), northlake, "owner", NEW).status_code == 422
    assert sign_in(Client(), northlake, "owner").status_code == 302
    assert sign_in(Client(), northlake, "member", NEW).status_code == 302


def test_a_reset_of_somebody_deactivated_meanwhile(db: None, client: Client, northlake: Company) -> None:
    """S4-3, SESSION-05: whoever was deactivated after the mail was sent changes nothing with it."""
    path = reset_path(northlake.member.email)
    before = sql.value("SELECT password FROM people_login WHERE canonical = %(c)s", {"c": northlake.member.email})
    sql.execute("UPDATE people_standing SET status = 'inactive', license = NULL WHERE user_id = %(u)s", {"u": northlake.member.user_id})
    assert client.post(path, {"password": NEW, "again": NEW}).status_code == 410
    with pytest.raises(Refused, match="not active"):
        own.change_password(northlake.member, way_in.by_user(northlake.member.user_id).login_id, NEW, "own")  # type: ignore[arg-type, union-attr]
    assert sql.value("SELECT password FROM people_login WHERE canonical = %(c)s", {"c": northlake.member.email}) == before


def test_resets_expire(db: None, client: Client, northlake: Company) -> None:
    """INVITE-02: an hour and a second later it is 410."""
    path = reset_path(northlake.member.email)
    with clock.travel(clock.now() + timedelta(hours=1, seconds=1)):
        assert client.get(path).status_code == 410
        assert client.post(path, {"password": NEW, "again": NEW}).status_code == 410


def test_a_newer_password_kills_older_resets(db: None, client: Client, northlake: Company) -> None:
    """SESSION-05: whoever holds an older reset link cannot undo the new password."""
    older, newer = reset_path(northlake.member.email), reset_path(northlake.member.email)
    assert client.post(newer, {"password": NEW, "again": NEW}).status_code == 302
    assert Client().get(older).status_code == 410


def test_the_one_time_link(db: None, client: Client, northlake: Company) -> None:
    """INVITE-10: looking at it five times spends nothing; the button signs in, once."""
    path = urlsplit(links.sign_in_link(northlake.owner.email)).path
    for method in (client.get, client.head, client.get, client.head, client.get):
        assert method(path).status_code == 200
    assert client.post(path)["Location"] == "/"
    assert is_in(client)
    assert Client().post(path).status_code == 410
    assert sql.value("SELECT means FROM people_signin ORDER BY id DESC LIMIT 1") == "link"


def test_links_leave_no_trace(
    db: None, client: Client, northlake: Company, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVITE-23, SESSION-14: the secret of a link is in no log line even when the page breaks, and no Referer can carry it; nothing foreign is loaded."""
    path = urlsplit(links.sign_in_link(northlake.owner.email)).path
    secret = path.rsplit("/", 1)[1]
    page = client.get(path)
    assert page["Referrer-Policy"] in ("no-referrer", "strict-origin")
    assert secret not in page.content.decode()
    assert "http://" not in page.content.decode().replace("http://www.w3.org", "") and "https://" not in page.content.decode()
    monkeypatch.setattr(links, "look_up", lambda *a: 1 / 0)
    broken = client.get(path)
    assert broken.status_code == 500
    assert secret not in broken.content.decode() + caplog.text
    assert "ZeroDivisionError" in caplog.text
