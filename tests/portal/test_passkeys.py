"""Passkeys, with an authenticator in software that also answers what no browser would. The browser's own stand in tests/journeys."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests.people_of import Company
from tests.portal.authenticator import PRESENT, Authenticator
from tests.portal.factors_of import is_in, login_of, sign_in
from tests.signed_in import signed_in
from usher.core import clock, sql

ORIGIN = settings.BASE_URL


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def question(client: Client, path: str = "/sign-in/passkey/question") -> dict[str, Any]:
    answer = client.post(path)
    assert answer.status_code == 200, answer.content.decode()
    asked: dict[str, Any] = json.loads(answer.content)["publicKey"]
    return asked


def add(client: Client, key: Authenticator, name: str = "Laptop") -> Any:
    asked = question(client, "/me/security/passkey/question")
    return client.post("/me/security/passkey", {"name": name, "credential": key.make(asked)})


def test_it_works(owner: Client, northlake: Company) -> None:
    """ASVS 6.3.3, S0-6: a passkey signs in by itself, without password and second step; the history says so, and the page wanted is reached."""
    key = Authenticator(ORIGIN)
    assert "recovery codes" in add(owner, key).content.decode()
    client = Client()
    asked = question(client)
    assert (asked["userVerification"], asked.get("allowCredentials", [])) == ("required", [])
    shown = key.show(asked, login_of(northlake.owner.user_id))
    assert client.post("/sign-in/passkey", {"credential": shown, "next": "/activity"})["Location"] == "/activity"
    assert is_in(client)
    page = client.get("/me/security").content.decode()
    assert "Laptop" in page and '<td class="side">Passkey</td>' in page


def test_without_the_privilege(client: Client, db: None) -> None:
    """A stranger makes no passkey, and is told of none."""
    assert client.post("/me/security/passkey/question")["Location"].startswith("/sign-in?next=")
    assert question(client).get("allowCredentials", []) == []


def test_another_account_s_passkey_does_not_count(owner: Client, southport: Company, northlake: Company) -> None:
    """TENANT-01: as the second step of somebody else, or under another handle, a good passkey is no passkey."""
    mine, theirs = Authenticator(ORIGIN), Authenticator(ORIGIN)
    add(owner, mine)
    add(signed_in(southport.owner.user_id), theirs)
    client = Client()
    sign_in(client, northlake.owner.email)
    asked = question(client)
    assert len(asked["allowCredentials"]) == 1
    assert client.post("/sign-in/factor", {"credential": theirs.show(asked)}).status_code == 422
    stranger = Client()
    shown = theirs.show(question(stranger), login_of(northlake.owner.user_id))
    assert stranger.post("/sign-in/passkey", {"credential": shown}).status_code == 422
    assert not is_in(client) and not is_in(stranger)


def test_wrong_method(owner: Client) -> None:
    for path in ("/sign-in/passkey", "/sign-in/passkey/question", "/me/security/passkey/question"):
        assert owner.get(path).status_code == 405


def test_as_the_second_step(owner: Client, northlake: Company) -> None:
    key = Authenticator(ORIGIN)
    add(owner, key)
    client = Client()
    assert sign_in(client, northlake.owner.email)["Location"] == "/sign-in/factor"
    assert client.post("/sign-in/factor", {"credential": key.show(question(client))})["Location"] == "/"
    assert "Password and passkey" in client.get("/me/security").content.decode()


def test_it_confirms(owner: Client, northlake: Company, southport: Company) -> None:
    """SESSION-12: one's own passkey is a fresh sign-in; somebody else's is not."""
    mine, theirs = Authenticator(ORIGIN), Authenticator(ORIGIN)
    add(owner, mine)
    add(signed_in(southport.owner.user_id), theirs)
    assert owner.post("/me/confirm", {"confirm_next": "/me", "confirm_credential": mine.show(question(owner))})["Location"] == "/me"
    assert owner.post("/me/confirm", {"confirm_next": "/me", "confirm_credential": theirs.show(question(owner))}).status_code == 422


@pytest.mark.parametrize(
    ("what", "twist"),
    [
        ("another origin", lambda key: setattr(key, "origin", "https://evil.example")),
        ("a subdomain", lambda key: setattr(key, "origin", ORIGIN.replace("//", "//evil."))),
        ("another port", lambda key: setattr(key, "origin", ORIGIN.rsplit(":", 1)[0] + ":1")),
        ("another host", lambda key: setattr(key, "host", "evil.example")),
        ("no finger, face or PIN", lambda key: setattr(key, "flags", PRESENT)),
        ("nobody present", lambda key: setattr(key, "flags", 4)),
        ("another key", lambda key: setattr(key, "key", Authenticator(ORIGIN).key)),
        ("an old count", lambda key: setattr(key, "count", -1)),
    ],
)
def test_answers_that_do_not_hold(owner: Client, northlake: Company, what: str, twist: Callable[[Authenticator], None]) -> None:
    """ASVS 6.5, WebAuthn 7.2: each of these is refused by name of nothing, and lets nobody in."""
    key = Authenticator(ORIGIN, count=5)
    add(owner, key)
    twist(key)
    client = Client()
    answer = client.post("/sign-in/passkey", {"credential": key.show(question(client), login_of(northlake.owner.user_id))})
    assert answer.status_code == 422 and "was not accepted" in answer.content.decode(), what
    assert not is_in(client)


def test_an_answer_holds_once_and_for_five_minutes(owner: Client, northlake: Company) -> None:
    """WebAuthn 13.4.3: not again, not later, not in another browser."""
    key = Authenticator(ORIGIN)
    add(owner, key)
    client, other = Client(), Client()
    shown = key.show(question(client), login_of(northlake.owner.user_id))
    assert other.post("/sign-in/passkey", {"credential": shown}).status_code == 422
    assert client.post("/sign-in/passkey", {"credential": shown}).status_code == 302
    client.post("/sign-out")
    assert client.post("/sign-in/passkey", {"credential": shown}).status_code == 422
    late = key.show(question(client), login_of(northlake.owner.user_id))
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        assert client.post("/sign-in/passkey", {"credential": late}).status_code == 422


@pytest.mark.parametrize(
    "answer",
    ["", "{", "[]", "1", "null", '{"id": 1}', '{"id":"AA","rawId":"AA","type":"public-key","response":{}}', "[" * 15_000, "x" * 30_000],
)
def test_nonsense(owner: Client, answer: str) -> None:
    """API-09: whatever is sent as an answer is refused; nothing breaks."""
    client = Client()
    question(client)
    assert client.post("/sign-in/passkey", {"credential": answer}).status_code == 422
    question(owner, "/me/security/passkey/question")
    assert owner.post("/me/security/passkey", {"name": "x", "credential": answer}).status_code == 422
    assert sql.value("SELECT count(*) FROM mfa_authenticator") == 0


def test_a_new_one_must_hold_too(owner: Client, northlake: Company) -> None:
    """WebAuthn 7.1: from our origin, with finger, face or PIN, for whom it was asked, and not one that is here already."""
    assert add(owner, Authenticator("https://evil.example")).status_code == 422
    assert add(owner, Authenticator(ORIGIN, flags=PRESENT)).status_code == 422
    key = Authenticator(ORIGIN)
    assert add(owner, key).status_code == 200
    again = add(signed_in(northlake.admin.user_id), key)
    assert again.status_code == 422 and "registered already" in again.content.decode()


def test_who_is_deactivated_is_told(owner: Client, northlake: Company) -> None:
    """S4-3: a good passkey of somebody deactivated lets nobody in."""
    key = Authenticator(ORIGIN)
    add(owner, key)
    sql.execute("UPDATE people_standing SET status = 'inactive', license = NULL WHERE user_id = %(u)s", {"u": northlake.owner.user_id})
    client = Client()
    answer = client.post("/sign-in/passkey", {"credential": key.show(question(client), login_of(northlake.owner.user_id))})
    assert answer.status_code == 403 and "deactivated" in answer.content.decode()
    assert not is_in(client)


def test_questions_are_counted(db: None, client: Client) -> None:
    """DOS-02: a stranger's questions cost us sessions; fifty in five minutes are enough."""
    for _ in range(50):
        client.post("/sign-in/passkey/question")
    assert client.post("/sign-in/passkey/question").status_code == 429
