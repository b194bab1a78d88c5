"""Sign in, sign out, a forgotten password, one-time links, and how sessions end."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from tests.people_of import PASSWORD, Company
from tests.signed_in import signed_in
from usher.access import links, own, way_in
from usher.access.tasks import sweep
from usher.core import clock, sql
from usher.core.refusals import Refused

NEW = "nine white boats at anchor"


def sign_in(client: Client, company: Company, who: str = "owner", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"email": f"{who}@{company.domain}", "password": password, **more})


def is_in(client: Client) -> bool:
    return bool(client.get("/me/security").status_code == 200)


def reset_path(email: str) -> str:
    """The path of the reset link that a mail to this address would hold."""
    links.send_reset(email)
    made = sql.value("SELECT id FROM access_link ORDER BY created_at DESC, id DESC LIMIT 1")
    return urlsplit(links.urls([made])[made]).path


def test_it_works(db: None, client: Client, northlake: Company) -> None:
    """S0-6, S1-8: use starts with signing in to the portal; the sign-in is in the person's history."""
    assert client.get("/sign-in").status_code == 200
    answer = client.post("/sign-in", {"email": f" {northlake.owner.email.upper()} ", "password": PASSWORD}, HTTP_USER_AGENT="Browser\x07 1")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    row = sql.row(
        "SELECT means, ip, agent FROM people_signin WHERE user_id = %(u)s ORDER BY id DESC LIMIT 1", {"u": northlake.owner.user_id}
    )
    assert row == {"means": "password", "ip": "127.0.0.1", "agent": "Browser 1"}


def test_wrong_method(db: None, client: Client) -> None:
    """SESSION-08: nothing here changes by GET."""
    assert client.get("/sign-out").status_code == 405
    assert client.delete("/sign-in").status_code == 405


def test_a_stranger_learns_nothing(db: None, client: Client, northlake: Company) -> None:
    """SECRET-03: a wrong password and an unknown address get the same page; neither password is echoed."""
    wrong = sign_in(client, northlake, password="hunter2hunter2")
    nobody = sign_in(client, northlake, who="nobody", password="hunter2hunter2")
    assert wrong.status_code == nobody.status_code == 422
    normal = [a.content.decode().replace("owner@", "X@").replace("nobody@", "X@") for a in (wrong, nobody)]
    assert "hunter2" not in normal[0]
    assert _without_tokens(normal[0]) == _without_tokens(normal[1])


def _without_tokens(page: str) -> str:
    return "".join(line for line in page.splitlines(keepends=True) if "csrfmiddlewaretoken" not in line)


def test_failures_are_grouped(db: None, client: Client, northlake: Company) -> None:
    """AUDIT-02: three wrong passwords of a known person are one row with a number; unknown addresses leave nothing to flood."""
    for who in ("owner", "owner", "owner", "nobody"):
        sign_in(client, northlake, who=who, password="wrong")
    rows = sql.rows("SELECT actor_id, verb, code, times, ip FROM journal_denial WHERE verb = 'access.sign_in'")
    assert rows == [
        {"actor_id": northlake.owner.user_id, "verb": "access.sign_in", "code": "wrong_password", "times": 3, "ip": "127.0.0.1"}
    ]


def test_the_date_in_the_list_moves_every_three_days(db: None, northlake: Company) -> None:
    """behaviour.md A: a second sign-in within three days does not move the date; every one is in the history."""
    start, dates = clock.now(), []
    for days in (0, 2, 4):
        with clock.travel(start + timedelta(days=days)):
            sign_in(Client(), northlake)
        dates.append(sql.value("SELECT last_sign_in FROM people_standing WHERE user_id = %(u)s", {"u": northlake.owner.user_id}))
    assert dates == [start, start, start + timedelta(days=4)]
    assert sql.value("SELECT count(*) FROM people_signin WHERE user_id = %(u)s", {"u": northlake.owner.user_id}) == 3


def test_the_session_id_changes(db: None, northlake: Company) -> None:
    """SESSION-01: a session planted before the sign-in is dead after it, with what it held."""
    client = Client()
    planted = client.session
    planted["planted"] = "yes"
    planted.save()
    old = planted.session_key
    sign_in(client, northlake)
    new = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert new != old
    assert not Session.objects.filter(pk=old).exists()
    assert "planted" not in client.session
    client.cookies[settings.SESSION_COOKIE_NAME] = old
    assert not is_in(client)


def test_sign_out(db: None, northlake: Company) -> None:
    """SESSION-14: signing out ends the session on the server, whoever still has the cookie."""
    client = signed_in(northlake.member.user_id)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_in(client)
    assert client.post("/sign-out")["Location"] == "/sign-in"
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not is_in(client)


def test_a_new_password_ends_all_other_sessions(db: None, northlake: Company) -> None:
    """SESSION-05: after a change of the password only the browser that made it goes on, under a new id; the old password is dead."""
    here, there = Client(), signed_in(northlake.member.user_id)
    sign_in(here, northlake, "member")
    before = here.cookies[settings.SESSION_COOKIE_NAME].value
    answer = here.post("/me/password", {"present": PASSWORD, "password": NEW, "again": NEW})
    assert answer.status_code == 302, answer.content.decode()
    assert is_in(here) and not is_in(there)
    assert here.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert sign_in(Client(), northlake, "member").status_code == 422
    assert sign_in(Client(), northlake, "member", NEW).status_code == 302
    change = sql.row("SELECT id, verb, params, actor_id FROM journal_change ORDER BY number DESC LIMIT 1")
    assert change is not None and (change["verb"], change["actor_id"]) == ("access.change_password", northlake.member.user_id)
    assert NEW not in json.dumps(change["params"])
    assert (
        sql.value("SELECT count(*) FROM mail_message WHERE kind = 'password_changed' AND to_user = %(u)s", {"u": northlake.member.user_id})
        == 1
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"present": "wrong", "password": NEW, "again": NEW}, "not your present password"),
        ({"present": PASSWORD, "password": NEW, "again": NEW + "x"}, "differ"),
        ({"present": PASSWORD, "password": "short", "again": "short"}, "too short"),
        ({"present": PASSWORD, "password": "password123", "again": "password123"}, "too common"),
        ({"password": NEW, "again": NEW}, "needed"),
    ],
)
def test_a_password_that_is_refused(db: None, northlake: Company, given: dict[str, str], words: str) -> None:
    """S0-6: what is wrong is said at its field, nothing changes, no password is echoed."""
    client = signed_in(northlake.member.user_id)
    answer = client.post("/me/password", given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert NEW not in answer.content.decode()
    assert sign_in(Client(), northlake, "member").status_code == 302


def test_sign_out_everywhere(db: None, northlake: Company) -> None:
    """SESSION-05: one button ends every session of one's own, and nobody else's."""
    here, there, other = (signed_in(u) for u in (northlake.member.user_id, northlake.member.user_id, northlake.admin.user_id))
    assert here.post("/me/sessions")["Location"] == "/sign-in"
    assert not is_in(here) and not is_in(there) and is_in(other)


def test_the_own_pages_need_a_session(db: None, client: Client) -> None:
    """AUTHZ-13: strangers are sent to sign-in."""
    for path, method in (("/me/security", "get"), ("/me/password", "post"), ("/me/sessions", "post")):
        assert getattr(client, method)(path)["Location"].startswith("/sign-in?next=")


def test_a_password_changed_during_a_sign_in(db: None, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """SESSION-05: somebody whose old password was checked a moment before it was changed gets no session that lives."""
    real = way_in.check_password

    def slowly(password: str, encoded: str) -> bool:
        right = real(password, encoded)
        own.change_password(northlake.member, way_in.by_user(northlake.member.user_id).login_id, NEW, "own")  # type: ignore[arg-type, union-attr]
        return right

    monkeypatch.setattr(way_in, "check_password", slowly)
    client = Client()
    sign_in(client, northlake, "member")
    assert not is_in(client)


def test_reactivated_people_sign_in_anew(db: None, northlake: Company) -> None:
    """SESSION-06: what ended with a deactivation stays dead after the reactivation."""
    client = signed_in(northlake.member.user_id)
    told = "UPDATE people_standing SET status = %(s)s, license = %(l)s, access_epoch = access_epoch + %(e)s WHERE user_id = %(u)s"
    sql.execute(told, {"s": "inactive", "l": None, "e": 1, "u": northlake.member.user_id})
    assert not is_in(client)
    assert "deactivated" in sign_in(Client(), northlake, "member").content.decode()
    sql.execute(told, {"s": "active", "l": "meetings:basic", "e": 0, "u": northlake.member.user_id})
    assert not is_in(client)
    assert is_in(signed_in(northlake.member.user_id))


def test_a_login_without_an_account(db: None, client: Client, northlake: Company) -> None:
    """S0-50: who was removed everywhere is told so, only after the right password."""
    sql.execute("UPDATE people_user SET left_at = now() WHERE id = %(u)s", {"u": northlake.member.user_id})
    assert sign_in(client, northlake, "member", "wrong").status_code == 422
    answer = sign_in(client, northlake, "member")
    assert answer.status_code == 403
    assert "no account for this address" in answer.content.decode()


@pytest.mark.parametrize(("step", "times", "alive"), [(7, 5, True), (9, 1, False), (7, 47, True), (7, 49, False)])
def test_time_outs(db: None, northlake: Company, step: int, times: int, alive: bool) -> None:
    """SESSION-11: 8 hours unused end a session, and so do 14 days however busy; a clock set back does not revive it."""
    start = datetime.fromisoformat("2026-11-21T08:00:00+00:00")
    with time_machine.travel(start, tick=False) as machine:
        client = signed_in(northlake.member.user_id)
        seen = [True]
        for _ in range(times):
            machine.shift(timedelta(hours=step))
            seen.append(is_in(client))
        assert seen[-1] is alive
        machine.move_to(start + timedelta(minutes=30), tick=False)
        assert is_in(client) is False  # long after its last use, or before its beginning


def test_ended_sessions_are_swept(db: None, northlake: Company) -> None:
    """SESSION-11: the database keeps no session that is over."""
    client = signed_in(northlake.member.user_id)
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    sweep(0)
    assert Session.objects.count() == 0
    assert not is_in(client)


def test_cookie_flags(db: None, northlake: Company) -> None:
    """SESSION-10: on https the cookies are __Host-, Secure, HttpOnly, SameSite and small, and no page is kept by a cache."""
    told = "import json; from usher.config import settings as s; print(json.dumps({k: getattr(s, k) for k in dir(s) if 'COOKIE' in k}))"
    env = {**os.environ, "USHER_BASE_URL": "https://usher.example"}
    https = json.loads(subprocess.run([sys.executable, "-c", told], env=env, capture_output=True, text=True, check=True).stdout)
    assert https["SESSION_COOKIE_NAME"] == "__Host-usher"
    with override_settings(**https):
        client = Client()
        client.get("/sign-in", secure=True)
        page = client.post("/sign-in", {"email": northlake.owner.email, "password": PASSWORD}, secure=True)
        for name in (https["SESSION_COOKIE_NAME"], https["CSRF_COOKIE_NAME"]):
            cookie = client.cookies[name]
            assert name.startswith("__Host-")
            assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict")
            assert cookie["path"] == "/" and not cookie["domain"]
            assert len(cookie.OutputString()) < 4096
        assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil", "http://evil-testserver"])
@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-out", "/forgot", "/me/password", "/me/sessions", "/link/x/y", "/reset/x/y", "/join/x/y"]
)
def test_forms_of_others_are_refused(db: None, northlake: Company, path: str, origin: str) -> None:
    """SESSION-08: a form from another origin changes nothing, cookie or not."""
    client = signed_in(northlake.member.user_id, enforce_csrf_checks=True)
    answer = client.post(path, {"email": "a@b.test", "password": PASSWORD}, HTTP_ORIGIN=origin)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer
    assert is_in(client)


EVIL = [
    "//evil.test",
    "/\\evil.test",
    "https:evil.test",
    "https://evil.test",
    "/%2f%2fevil.test",
    "\t//evil.test",
    "/\t/evil.test",
    "javascript:alert(1)",
    "///evil.test",
]


@pytest.mark.parametrize("wish", EVIL)
def test_where_one_may_go_next(db: None, northlake: Company, wish: str) -> None:
    """WEB-03: after sign-in and sign-out only our own origin is next."""
    client = Client()
    for answer in (sign_in(client, northlake, next=wish), client.post("/sign-out", {"next": wish})):
        assert answer.status_code == 302
        assert answer["Location"] in ("/", "/sign-in"), answer["Location"]


def test_where_one_wanted_to_go(db: None, northlake: Company) -> None:
    """S1-8: the page somebody wanted is where they arrive."""
    client = Client()
    assert client.get("/me/security")["Location"] == "/sign-in?next=%2Fme%2Fsecurity"
    assert sign_in(client, northlake, next="/me/security")["Location"] == "/me/security"
    assert client.get("/sign-in?next=/me")["Location"] == "/me"


def test_too_many_tries(db: None, client: Client, northlake: Company) -> None:
    """DOS-01: the sixth wrong password is 429 with Retry-After, whatever X-Forwarded-For says; the right one does not get through then."""
    for n in range(5):
        answer = client.post(
            "/sign-in",
            {"email": northlake.owner.email, "password": "wrong"},
            HTTP_X_FORWARDED_FOR=["1.2.3.4", "a", "", "::1", "5.6.7.8"][n],
        )
        assert answer.status_code == 422
    answer = sign_in(client, northlake)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 300
    assert not is_in(client)


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


def test_an_ended_session_is_no_actor(db: None, northlake: Company) -> None:
    """SESSION-11: a session made by hand without its clock is no session."""
    client = signed_in(northlake.member.user_id)
    session = client.session
    del session["usher_since"]
    session.save()
    assert not is_in(client)
