"""An authenticator app and recovery codes: set up, asked for, spent, renewed and taken away."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.lifecycle.leavers import somebody
from tests.people_of import Company, do, one
from tests.portal.at_the_door import NEW, reset_path
from tests.portal.factors_of import code_of, codes_on, is_in, login_of, set_up_app, sign_in
from tests.signed_in import signed_in
from tests.threads import at_once
from usher.access import factors, links
from usher.core import sql


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def second_step(email: str, code: str) -> tuple[Client, Any]:
    """A new browser after the password, and what the code was answered with."""
    client = Client()
    assert sign_in(client, email)["Location"] == "/sign-in/factor"
    return client, client.post("/sign-in/factor", {"code": code})


def test_it_works(owner: Client, northlake: Company) -> None:
    """ASVS 6.3.3, S0-6: after the set-up a password alone lets nobody in; with the code it does, to the page that was wanted."""
    secret, codes = set_up_app(owner)
    assert len(set(codes)) == 10
    client = Client()
    asked = client.post(
        "/sign-in?next=/activity", {"email": northlake.owner.email, "password": "a river runs past seven mills", "next": "/activity"}
    )
    assert asked["Location"] == "/sign-in/factor" and not is_in(client)
    assert "Type the code" in client.get("/sign-in/factor").content.decode()
    assert client.post("/sign-in/factor", {"code": f" {code_of(secret)[:3]} {code_of(secret)[3:]}"})["Location"] == "/activity"
    assert is_in(client)
    assert "Password and code" in client.get("/me/security").content.decode()


def test_without_the_privilege_a_stranger_is_sent_to_sign_in(db: None, client: Client) -> None:
    for path in ("/me/security/app", "/me/security/passkey", "/me/confirm"):
        assert client.get(path)["Location"].startswith("/sign-in?next=")
    assert client.get("/sign-in/factor")["Location"] == "/sign-in"
    assert client.post("/sign-in/factor", {"code": "123456"})["Location"] == "/sign-in"


def test_another_account_s_factor_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-01: a factor's number of somebody else answers like one that never was."""
    set_up_app(signed_in(southport.owner.user_id))
    factor = sql.value("SELECT id FROM mfa_authenticator WHERE user_id = %(l)s AND type = 'totp'", {"l": login_of(southport.owner.user_id)})
    assert owner.post(f"/me/security/{factor}/removal").status_code == 404
    assert sql.value("SELECT count(*) FROM mfa_authenticator WHERE id = %(f)s", {"f": factor}) == 1


def test_wrong_method(owner: Client) -> None:
    """SESSION-08: nothing here changes by GET."""
    for path in (
        "/me/security/codes",
        "/me/security/1/removal",
        "/sign-in/passkey",
        "/sign-in/passkey/question",
        "/me/security/passkey/question",
    ):
        assert owner.get(path).status_code == 405, path


def test_a_code_works_once(owner: Client, northlake: Company) -> None:
    """RFC 6238 5.2, ASVS 6.5.1: a code that was used is refused, in whatever browser; the one before it too; the next one is fine."""
    secret, _ = set_up_app(owner)
    email = northlake.owner.email
    assert second_step(email, code_of(secret, -1))[1].status_code == 422  # used for the set-up
    assert second_step(email, code_of(secret))[1].status_code == 302
    assert second_step(email, code_of(secret))[1].status_code == 422
    assert second_step(email, code_of(secret, -1))[1].status_code == 422
    assert second_step(email, code_of(secret, 1))[1].status_code == 302
    assert second_step(email, code_of(secret, 3))[1].status_code == 422


def test_guessing_is_counted(owner: Client, northlake: Company) -> None:
    """ASVS 6.3.1, AUDIT-02: five wrong codes in five minutes, then not even the right one is looked at; the failures stand in one row."""
    secret, codes = set_up_app(owner)
    for _ in range(5):
        assert second_step(northlake.owner.email, "000000")[1].status_code == 422
    for right in (code_of(secret), codes[0]):
        client, answer = second_step(northlake.owner.email, right)
        assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
        assert not is_in(client)
    rows = sql.rows("SELECT code, times FROM journal_denial WHERE actor_id = %(u)s ORDER BY code", {"u": northlake.owner.user_id})
    assert rows == [{"code": "too_many", "times": 2}, {"code": "wrong_code", "times": 5}]


def test_a_recovery_code_works_once(owner: Client, northlake: Company) -> None:
    """ASVS 6.5.1: once, with or without its hyphen; it is in the journal, and the person gets a mail."""
    _, codes = set_up_app(owner)
    client, answer = second_step(northlake.owner.email, codes[0].upper())
    assert answer.status_code == 302 and is_in(client)
    assert second_step(northlake.owner.email, codes[0])[1].status_code == 422
    assert second_step(northlake.owner.email, codes[1].replace("-", ""))[1].status_code == 302
    assert "8 recovery codes are left" in owner.get("/me/security").content.decode()
    told = sql.row("SELECT verb, door, params FROM journal_change ORDER BY number DESC LIMIT 1")
    assert told == {"verb": "access.use_recovery_code", "door": "sign_in", "params": {}}
    assert sql.value("SELECT count(*) FROM mail_message WHERE kind = 'recovery_code_used'") == 2


def test_new_codes_kill_the_old_ones(owner: Client, northlake: Company) -> None:
    _, old = set_up_app(owner)
    new = codes_on(owner.post("/me/security/codes").content.decode())
    assert len(new) == 10 and not set(new) & set(old)
    assert sql.value("SELECT verb FROM journal_change ORDER BY number DESC LIMIT 1") == "access.renew_recovery_codes"
    assert second_step(northlake.owner.email, old[0])[1].status_code == 422
    assert second_step(northlake.owner.email, new[0])[1].status_code == 302


def test_no_codes_without_a_factor(owner: Client) -> None:
    answer = owner.post("/me/security/codes")
    assert answer.status_code == 409 and "Add one first" in answer.content.decode()


def test_a_wrong_first_code_sets_nothing_up(owner: Client, northlake: Company) -> None:
    """ASVS 6.4.1: the app must have shown that it has the secret; the same secret stays on the page."""
    before = owner.get("/me/security/app").content.decode()
    answer = owner.post("/me/security/app", {"code": "12345"})
    assert answer.status_code == 422
    secret = before.split('class="u-code"><bdi>')[1].split("</bdi>")[0]
    assert secret in answer.content.decode()
    assert sql.value("SELECT count(*) FROM mfa_authenticator") == 0


def test_only_one_app(owner: Client) -> None:
    set_up_app(owner)
    page = owner.get("/me/security/app").content.decode()
    secret = page.split('class="u-code"><bdi>')[1].split("</bdi>")[0].replace(" ", "")
    assert owner.post("/me/security/app", {"code": code_of(secret)}).status_code == 409


def test_removing_it(owner: Client, northlake: Company) -> None:
    """ASVS 6.3.7, 7.4.3: the codes go with the last factor, other sessions end, this one goes on, a mail tells, the journal knows."""
    set_up_app(owner)
    there = signed_in(northlake.owner.user_id)
    factor = sql.value("SELECT id FROM mfa_authenticator WHERE type = 'totp'")
    assert owner.post(f"/me/security/{factor}/removal")["Location"] == "/me/security"
    assert is_in(owner) and not is_in(there)
    assert sql.value("SELECT count(*) FROM mfa_authenticator") == 0
    assert sign_in(Client(), northlake.owner.email)["Location"] == "/"
    told = sql.rows("SELECT verb, params->>'what' AS what, door FROM journal_change ORDER BY number DESC LIMIT 2")
    assert told == [
        {"verb": "access.remove_factor", "what": "totp", "door": "portal"},
        {"verb": "access.add_factor", "what": "totp", "door": "portal"},
    ]
    assert [r["kind"] for r in sql.rows("SELECT kind FROM mail_message WHERE kind LIKE 'factor%%' ORDER BY id")] == [
        "factor_added",
        "factor_removed",
    ]


def test_adding_one_ends_other_sessions(owner: Client, northlake: Company) -> None:
    """ASVS 7.4.3."""
    there = signed_in(northlake.owner.user_id)
    set_up_app(owner)
    assert is_in(owner) and not is_in(there)


def test_secrets_are_nowhere(owner: Client, northlake: Company) -> None:
    """AUDIT-07, SECRET-01: after the set-up the secret and the codes are on no page, in no journal row, no mail, no session and in no table as they are."""
    secret, codes = set_up_app(owner)
    kept = json.dumps(
        [
            sql.rows(f"SELECT to_jsonb(t) AS row FROM {table} t")
            for table in ("mfa_authenticator", "journal_change", "journal_effect", "mail_message", "journal_denial", "access_throttle")
        ],
        default=str,
    )
    pages = owner.get("/me/security").content.decode() + owner.get("/activity").content.decode() + json.dumps(dict(owner.session))
    for word in (secret, *codes, *[c.replace("-", "") for c in codes]):
        assert word not in kept and word not in pages


def test_a_row_copied_to_somebody_else_opens_nothing(owner: Client, northlake: Company) -> None:
    """The secret is sealed for its login: the same row under another login is unreadable."""
    from usher.core import sealed

    set_up_app(owner)
    kept = sql.value("SELECT data->>'secret' FROM mfa_authenticator WHERE type = 'totp'")
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(kept, "totp", login_of(northlake.admin.user_id))


def test_a_reset_link_asks_for_it_too(owner: Client, northlake: Company) -> None:
    """ASVS 6.4.3: a new password by mail does not go round the second factor."""
    secret, _ = set_up_app(owner)
    links.send_reset(northlake.owner.email)
    made = sql.value("SELECT id FROM access_link ORDER BY created_at DESC, id DESC LIMIT 1")
    client, new = Client(), "nine white boats at anchor"
    answer = client.post(urlsplit(links.urls([made])[made]).path, {"password": new, "again": new})
    assert answer["Location"] == "/sign-in/factor" and not is_in(client)
    assert client.post("/sign-in/factor", {"code": code_of(secret)})["Location"] == "/" and is_in(client)


def test_who_is_deactivated_between_the_steps_stays_out(owner: Client, northlake: Company) -> None:
    """S4-3, SESSION-07: the epoch of the first step holds."""
    secret, _ = set_up_app(owner)
    client = Client()
    sign_in(client, northlake.owner.email)
    sql.execute("UPDATE people_standing SET access_epoch = access_epoch + 1 WHERE user_id = %(u)s", {"u": northlake.owner.user_id})
    client.post("/sign-in/factor", {"code": code_of(secret)})
    assert not is_in(client)


def test_five_at_once_spend_a_recovery_code_once(northlake: Company) -> None:
    """ASVS 6.5.1 under a race: of five at the same moment exactly one is right. Committed, so that threads see it."""
    _, codes = set_up_app(signed_in(northlake.member.user_id))
    login = login_of(northlake.member.user_id)
    told = at_once([lambda: factors.by_code(northlake.member, login, codes[0], "192.0.2.7")] * 5)
    assert sorted(map(str, told)) == ["None"] * 4 + ["recovery_code"]


def test_five_at_once_spend_a_code_once(northlake: Company) -> None:
    """RFC 6238 5.2 under the same race."""
    secret, _ = set_up_app(signed_in(northlake.admin.user_id))
    login = login_of(northlake.admin.user_id)
    told = at_once([lambda: factors.by_code(northlake.admin, login, code_of(secret, 1), "192.0.2.7")] * 5)
    assert sorted(map(str, told)) == ["None"] * 4 + ["totp"]


@pytest.mark.parametrize("by", ["app", "recovery"])
def test_an_account_of_ones_own_opens_after_the_last_step(northlake: Company, db: None, by: str) -> None:
    """ASVS 6.3.3: of somebody unlinked who has a second factor nothing is opened by the password alone; a recovery code is told in the new account."""
    ann = somebody(northlake, "ann-factor")
    login, email = login_of(ann), f"ann-factor@{northlake.domain}"
    secret, codes = set_up_app(signed_in(ann))
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(ann)})
    client = Client()
    assert sign_in(client, email)["Location"] == "/sign-in/factor"
    assert client.post("/sign-in/factor", {"code": "000000"}).status_code == 422
    assert not sql.value("SELECT true FROM people_user WHERE login_id = %(l)s AND left_at IS NULL", {"l": login})
    answer = client.post("/sign-in/factor", {"code": code_of(secret) if by == "app" else codes[0]})
    assert answer["Location"] == "/me/own-account" and is_in(client)
    now = sql.value("SELECT id FROM people_user WHERE login_id = %(l)s AND left_at IS NULL", {"l": login})
    told = sql.value("SELECT count(*) FROM mail_message WHERE to_user = %(u)s AND kind = 'recovery_code_used'", {"u": now})
    assert told == (1 if by == "recovery" else 0)


def test_a_reset_opens_nothing_before_the_last_step(northlake: Company, db: None) -> None:
    """ASVS 6.3.3: the new password of somebody unlinked holds, their account opens after the code, and there they are told of both."""
    bea = somebody(northlake, "bea-factor")
    login, email = login_of(bea), f"bea-factor@{northlake.domain}"
    secret, _codes = set_up_app(signed_in(bea))
    do(northlake.admin, "lifecycle.unlink", {"subjects": one(bea)})
    client = Client()
    assert client.post(reset_path(email), {"password": NEW, "again": NEW})["Location"] == "/sign-in/factor"
    assert not sql.value("SELECT true FROM people_user WHERE login_id = %(l)s AND left_at IS NULL", {"l": login})
    assert client.post("/sign-in/factor", {"code": code_of(secret)})["Location"] == "/me/own-account"
    assert is_in(client)
    now = sql.value("SELECT id FROM people_user WHERE login_id = %(l)s AND left_at IS NULL", {"l": login})
    assert sql.value("SELECT count(*) FROM mail_message WHERE to_user = %(u)s AND kind = 'password_changed'", {"u": now}) == 1
    assert sign_in(Client(), email, NEW)["Location"] == "/sign-in/factor"
