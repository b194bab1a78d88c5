"""What is sensitive asks who it is when that was shown more than 15 minutes ago, and then goes on with the form as it was."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.people_of import PASSWORD, Company
from tests.portal.factors_of import code_of, is_in, set_up_app
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.core.ids import short

QUESTION = "Is it you?"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def later(minutes: int = 16) -> Any:
    return time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False)


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the question, as the browser would send them."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.split('action="/me/confirm"')[-1]))


def test_it_works(owner: Client, northlake: Company) -> None:
    """SESSION-12, ASVS 7.5.3: after 16 minutes a page that shows a secret leads to the question, and the right password back to it."""
    with later():
        answer = owner.get("/me/security/app")
        assert answer["Location"] == "/me/confirm?next=%2Fme%2Fsecurity%2Fapp"
        page = owner.get(answer["Location"]).content.decode()
        assert QUESTION in page and page.count('class="form-label"') == 1, "the password alone, for somebody without a second factor"
        answer = owner.post("/me/confirm", {"confirm_next": "/me/security/app", "confirm_password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/me/security/app")
        assert owner.get("/me/security/app").status_code == 200


def test_without_the_privilege_of_a_sign_in_there_is_no_question(db: None, client: Client) -> None:
    assert client.get("/me/confirm")["Location"].startswith("/sign-in?next=")


def test_another_account_s_password_is_wrong(owner: Client, southport: Company) -> None:
    """A password is theirs only together with their address."""
    answer = owner.post("/me/confirm", {"confirm_next": "/me", "confirm_password": "not this one at all"})
    assert answer.status_code == 422 and "This is not your password" in answer.content.decode()


def test_wrong_method(owner: Client) -> None:
    assert owner.delete("/me/confirm").status_code == 405


def test_within_fifteen_minutes_nothing_is_asked(owner: Client) -> None:
    with later(14):
        assert owner.get("/me/security/app").status_code == 200


@pytest.mark.parametrize("path", ["/me/sessions", "/me/sessions/others", "/me/security/codes", "/me/security/1/removal"])
def test_what_asks(owner: Client, path: str) -> None:
    """SESSION-12: nothing is done before the answer."""
    changes = sql.value("SELECT count(*) FROM journal_change")
    with later():
        answer = owner.post(path)
        assert answer.status_code == 403 and QUESTION in answer.content.decode()
        assert is_in(owner)
    assert sql.value("SELECT count(*) FROM journal_change") == changes


def test_the_form_comes_back_as_it_was(owner: Client, northlake: Company) -> None:
    """SESSION-12, portal.md 5.8: making somebody admin asks; the answer does it with what was on the form, by a 307, without typing again."""
    path = f"/people/role-changes?ids={short(northlake.member.user_id)}&role_to=admin"  # type: ignore[arg-type]
    page = owner.get(path).content.decode()
    digest = re.search(r'name="digest" value="(\w+)"', page)
    key = re.search(r'name="key" value="(\w+)"', page)
    assert digest and key
    with later():
        asked = owner.post(path, {"digest": digest[1], "key": key[1]})
        assert asked.status_code == 403
        kept = fields_of(asked.content.decode())
        assert (kept["digest"], kept["key"]) == (digest[1], key[1])
        kept = {k: v.replace("&amp;", "&") for k, v in kept.items()}
        wrong = owner.post("/me/confirm", {**kept, "confirm_password": "wrong"})
        assert wrong.status_code == 422
        assert fields_of(wrong.content.decode())["digest"] == digest[1]
        gone_on = owner.post("/me/confirm", {**kept, "confirm_password": PASSWORD})
        assert (gone_on.status_code, gone_on["Location"]) == (307, path)
        done = owner.post(gone_on["Location"], {**kept, "confirm_password": PASSWORD})
    assert done.status_code == 303
    assert sql.value("SELECT role FROM people_standing WHERE user_id = %(u)s", {"u": northlake.member.user_id}) == "admin"


def test_passwords_are_not_kept(owner: Client) -> None:
    """SECRET-01: what was typed into a password field is on no page, also not hidden in a form."""
    with later():
        page = owner.post("/me/sessions", {"password": "hunter2hunter2", "present": "hunter2hunter2", "confirm_password": "hunter2hunter2"})
        assert "hunter2" not in page.content.decode()
        page = owner.post("/me/confirm", {"confirm_next": "/me", "confirm_password": "hunter2hunter2"})
        assert "hunter2" not in page.content.decode()


def test_a_code_will_do(owner: Client) -> None:
    secret, _ = set_up_app(owner)
    with later():
        now = code_of(secret)
        assert owner.post("/me/confirm", {"confirm_next": "/me", "confirm_code": now})["Location"] == "/me"
        again = owner.post("/me/confirm", {"confirm_next": "/me", "confirm_code": now})
        assert again.status_code == 422 and "used already" in again.content.decode()


def test_guessing_is_counted(owner: Client) -> None:
    """DOS-02: the question has the limits of every sign-in."""
    for _ in range(5):
        owner.post("/me/confirm", {"confirm_next": "/me", "confirm_password": "wrong"})
    assert owner.post("/me/confirm", {"confirm_next": "/me", "confirm_password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_it_leads_nowhere_else(owner: Client, path: str) -> None:
    """WEB-03: only to an address of ours, with and without the form."""
    for form in ("", "yes"):
        answer = owner.post("/me/confirm", {"confirm_next": path, "confirm_form": form, "confirm_password": PASSWORD})
        assert answer["Location"] == "/"
