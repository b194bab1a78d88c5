"""Sign in: the page, who may, how often, and where it leads."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client, override_settings

from tests.people_of import PASSWORD, Company
from tests.portal.at_the_door import is_in, sign_in
from tests.signed_in import signed_in
from usher.core import clock, sql


def test_it_works(db: None, client: Client, northlake: Company) -> None:
    """S0-6, S1-8, S2-11: use starts with signing in to the portal; the sign-in is in the person's history."""
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


def test_a_login_without_an_account(db: None, client: Client, northlake: Company) -> None:
    """S0-50: who was removed everywhere is told so, only after the right password."""
    sql.execute("UPDATE people_user SET left_at = now() WHERE id = %(u)s", {"u": northlake.member.user_id})
    assert sign_in(client, northlake, "member", "wrong").status_code == 422
    answer = sign_in(client, northlake, "member")
    assert answer.status_code == 403
    assert "no account for this address" in answer.content.decode()


def test_cookie_flags(db: None, northlake: Company) -> None:
    """SESSION-10, ASVS 3.4.1: on https browsers are told to stay there, the cookies are __Host-, Secure, HttpOnly, SameSite and small, and no page is kept by a cache."""
    told = "import json; from usher.config import settings as s; print(json.dumps({k: getattr(s, k) for k in dir(s) if 'COOKIE' in k or 'HSTS' in k}))"
    env = {**os.environ, "USHER_BASE_URL": "https://usher.example"}
    https = json.loads(subprocess.run([sys.executable, "-c", told], env=env, capture_output=True, text=True, check=True).stdout)
    assert https["SESSION_COOKIE_NAME"] == "__Host-usher"
    assert https["SECURE_HSTS_SECONDS"] >= 31_536_000
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
