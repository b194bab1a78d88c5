"""Accepting an invitation: one link, one person, one account, by POST only."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from tests.people_of import PASSWORD, Company, breaches, do, invite, link_of, one, seats, standing
from tests.signed_in import signed_in
from tests.threads import wide_pool
from usher.core import clock, link_token, sql
from usher.core.ids import short, uuid7

FORM = {"first_name": "Ann", "last_name": "Lee", "password": PASSWORD, "again": PASSWORD}


def path_of(user: UUID, secret: str = "") -> str:
    return f"/join/{short(user)}/{secret or link_of(user)}"


def is_in(client: Client) -> bool:
    return bool(client.get("/me/security").status_code == 200)


@pytest.fixture(scope="module")
def invited(northlake: Company) -> UUID:
    return invite(northlake.owner, f"ann@{northlake.domain}")[0]


@pytest.fixture
def ann(db: None, invited: UUID) -> UUID:
    return invited


def test_it_works(ann: UUID, client: Client, northlake: Company) -> None:
    """S1-22, S0-50: the invited person sees who invites and where to, chooses a password, is active and signed in."""
    path = path_of(ann)
    page = client.get(path).content.decode()
    assert "Join Northlake" in page and "Olga Owner invites you" in page and f"ann@{northlake.domain}" in page
    assert standing(ann)["status"] == "pending"
    answer = client.post(path, FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/"), answer.content.decode()
    assert standing(ann)["status"] == "active"
    assert is_in(client)
    assert Client().post("/sign-in", {"email": f"ann@{northlake.domain}", "password": PASSWORD}).status_code == 302
    found = sql.row("SELECT first_name, last_name FROM people_user WHERE id = %(u)s", {"u": ann})
    assert found == {"first_name": "Ann", "last_name": "Lee"}
    assert sql.value("SELECT means FROM people_signin WHERE user_id = %(u)s ORDER BY id LIMIT 1", {"u": ann}) == "invitation"
    assert breaches() == []


def test_wrong_method(ann: UUID, client: Client) -> None:
    assert client.put(path_of(ann)).status_code == 405


def test_the_page_leaves_no_trace(ann: UUID, client: Client) -> None:
    """INVITE-23: no Referer carries the link, the page names it only where it leads on itself and loads nothing foreign, no cache keeps it."""
    secret = link_of(ann)
    for path, status in ((path_of(ann, secret), 200), (path_of(ann, "x"), 400)):
        answer = client.get(path)
        assert answer.status_code == status
        assert answer["Referrer-Policy"] in ("no-referrer", "strict-origin")
        assert "no-store" in answer["Cache-Control"]
        assert secret not in answer.content.decode().replace(f'href="{path}/', "")
        assert "https://" not in answer.content.decode()


def test_twice(ann: UUID, client: Client, northlake: Company) -> None:
    """INVITE-01: the second acceptance is 410, and there is one seat."""
    path = path_of(ann)
    used = seats(northlake, "meetings:basic")["used"]
    assert client.post(path, FORM).status_code == 302
    assert Client().post(path, FORM).status_code == 410
    assert Client().get(path).status_code == 410
    assert seats(northlake, "meetings:basic")["used"] == used + 1


def test_twenty_at_once(northlake: Company) -> None:
    """INVITE-01: of 20 parallel acceptances one succeeds, the others are 410; one membership, one seat, one login."""
    (user,) = invite(northlake.owner, f"race@{northlake.domain}")
    path, before = path_of(user), seats(northlake, "meetings:basic")

    def accept(_: int) -> int:
        try:
            return int(Client(raise_request_exception=False).post(path, FORM).status_code)
        finally:
            connection.close()

    with wide_pool(), ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(accept, range(20)))
    assert answers == [302] + [410] * 19
    after = seats(northlake, "meetings:basic")
    assert (after["used"] - before["used"], after["pending"] - before["pending"]) == (1, -1)
    assert sql.value("SELECT count(*) FROM people_login WHERE canonical = %(c)s", {"c": f"race@{northlake.domain}"}) == 1
    assert breaches() == []


def test_expired_on_use(ann: UUID, client: Client) -> None:
    """INVITE-02: 30 days and a second later it is 410 though no worker has run; a second earlier it opens."""
    path = path_of(ann)
    with clock.travel(clock.now() + timedelta(days=30, seconds=-1)):
        assert client.get(path).status_code == 200
    with clock.travel(clock.now() + timedelta(days=30, seconds=1)):
        assert client.get(path).status_code == 410
        assert client.post(path, FORM).status_code == 410
    assert standing(ann)["status"] == "pending"


def test_edited_links(ann: UUID, client: Client, northlake: Company, southport: Company) -> None:
    """INVITE-04: cut, extended, made longer by a look-alike encoding, for another row, with a foreign key: 400 and no detail."""
    secret = link_of(ann)
    foreign = link_token.token("invite", ann, uuid7())
    wrong = [
        secret[:-1],
        secret + "A",
        secret[:-1] + ("A" if secret[-1] != "A" else "E"),
        secret.swapcase(),
        foreign,
        link_of(southport.pending),
    ]
    for edited in (*wrong, secret + "=", "eyJhbGciOiJub25lIn0.e30."):
        for method in (client.get, client.post):
            answer = method(path_of(ann, edited))
            assert answer.status_code in (400, 429)
            assert "Northlake" not in answer.content.decode()
    assert Client(REMOTE_ADDR="192.0.2.8").get(f"/join/{short(southport.pending)}/{secret}").status_code == 400
    assert Client(REMOTE_ADDR="192.0.2.8").get(f"/join/{short(ann)[:-1]}/{secret}").status_code == 400
    assert standing(ann)["status"] == "pending"


@pytest.mark.parametrize("rest", ["", "null", "[]", "/null", "/[]", "/%00", "/%ff", "//", "/a/b"])
def test_empty_and_odd_links(db: None, client: Client, northlake: Company, rest: str) -> None:
    """INVITE-18: nothing, null and lists open nothing while the row's hash is still null, and break nothing."""
    sql.execute("UPDATE people_invitation SET token_hash = NULL WHERE user_id = %(u)s", {"u": northlake.pending})
    for method in (client.get, client.post):
        assert method(f"/join/{short(northlake.pending)}{rest}").status_code == 400
    assert client.get(f"/join/{rest}").status_code in (400, 404)


def test_only_for_joining(ann: UUID, client: Client) -> None:
    """INVITE-05: an invitation's secret opens no reset and no sign-in, and the other way round."""
    secret = link_of(ann)
    for what in ("reset", "link"):
        assert client.get(f"/{what}/{short(ann)}/{secret}").status_code == 400
        assert client.post(f"/{what}/{short(ann)}/{secret}", FORM).status_code == 400


def test_one_invitation_one_account(ann: UUID, client: Client, northlake: Company, southport: Company) -> None:
    """INVITE-06: fields and cookies added to the form change neither account, address, role nor license."""
    more = {
        "account_id": str(southport.account),
        "email": "evil@x.test",
        "role": "owner",
        "license": "meetings:licensed",
        "user_id": str(southport.pending),
    }
    client.cookies["account"] = str(southport.account)
    assert client.post(path_of(ann), {**FORM, **more}).status_code == 302
    found = sql.row(
        "SELECT u.account_id, u.email, s.role, s.license FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.id = %(u)s",
        {"u": ann},
    )
    assert found == {"account_id": northlake.account, "email": f"ann@{northlake.domain}", "role": "member", "license": "meetings:basic"}
    assert standing(southport.pending)["status"] == "pending"


def test_while_signed_in_as_somebody_else(ann: UUID, northlake: Company) -> None:
    """INVITE-07: the page says so and offers to sign out first; POST accepts nothing; after signing out it goes on where it was."""
    client = signed_in(northlake.member.user_id)
    path = path_of(ann)
    page = client.get(path)
    assert page.status_code == 200 and "Sign out first" in page.content.decode()
    assert client.post(path, FORM).status_code == 409
    assert standing(ann)["status"] == "pending"
    assert client.post("/sign-out", {"next": path})["Location"] == path
    assert client.post(path, FORM).status_code == 302
    assert standing(ann)["status"] == "active"


def test_after_the_inviter_lost_the_right(ann: UUID, client: Client, northlake: Company) -> None:
    """INVITE-09: whoever was asked in by an admin who is none any more becomes a member and nothing more."""
    (ben,) = invite(northlake.admin, f"ben@{northlake.domain}")
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id)})  # type: ignore[arg-type]
    assert client.post(path_of(ben), FORM).status_code == 302
    assert standing(ben)["role"] == "member"


def test_a_mail_scanner(ann: UUID, client: Client) -> None:
    """INVITE-10: GET, HEAD and prefetch consume nothing, however often."""
    path = path_of(ann)
    for _ in range(5):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
        assert client.get(path, HTTP_SEC_PURPOSE="prefetch").status_code == 200
        assert client.options(path).status_code == 405
    assert standing(ann)["status"] == "pending"
    assert client.post(path, FORM).status_code == 302


def test_the_address_of_the_request_does_not_matter(ann: UUID, client: Client, settings: Any) -> None:
    """INVITE-13: a forged Host is refused, and forged forwarding headers change no address."""
    assert client.get(path_of(ann), HTTP_HOST="evil.test").status_code == 400
    page = client.get(path_of(ann), HTTP_X_FORWARDED_HOST="evil.test", HTTP_FORWARDED="host=evil.test").content.decode()
    assert "evil.test" not in page


def test_guessing(db: None, client: Client, northlake: Company) -> None:
    """INVITE-17: random links are 400, after thirty of them 429; a right one from elsewhere still opens."""
    answers = [client.get(f"/join/{short(uuid7())}/{secrets.token_urlsafe(32)}").status_code for _ in range(60)]
    assert answers == [400] * 30 + [429] * 30
    assert int(client.get("/join/x/y")["Retry-After"]) > 0
    assert Client(REMOTE_ADDR="192.0.2.99").get(path_of(northlake.pending)).status_code == 200


def test_a_withdrawn_invitation(ann: UUID, client: Client, northlake: Company) -> None:
    """S0-50: after a delete the old link no longer works; nor does the one from before a resend."""
    path = path_of(ann)
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(ann)})
    assert client.get(path).status_code == 410
    assert client.post(path, FORM).status_code == 410
    assert standing(ann)["status"] == "gone"
    old = path_of(northlake.pending)
    with clock.travel(clock.now() + timedelta(minutes=2)):
        do(northlake.owner, "lifecycle.resend_invitation", {"subjects": one(northlake.pending)})
    assert client.get(old).status_code == 400


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**FORM, "again": "something else"}, "differ"),
        ({**FORM, "password": "short", "again": "short"}, "too short"),
        ({**FORM, "first_name": "A" * 65}, "too long"),
        ({**FORM, "first_name": "A\nBcc: x"}, "one line"),
        ({"first_name": "Ann"}, "needed"),
    ],
)
def test_what_is_wrong_is_said(ann: UUID, client: Client, given: dict[str, str], words: str) -> None:
    """S1-22: a form that is refused keeps what was typed, except passwords, and accepts nothing."""
    answer = client.post(path_of(ann), given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page and PASSWORD not in page
    assert standing(ann)["status"] == "pending"


def test_who_has_a_password_uses_it(ann: UUID, client: Client, northlake: Company) -> None:
    """S1-20: an address that had an account before joins with the password it has, under the limits of sign-in."""
    from usher.people.models import Login

    login = Login(email=f"ann@{northlake.domain}", canonical=f"ann@{northlake.domain}")
    login.set_password("an older password of mine")
    login.save()
    path = path_of(ann)
    new = client.post(path, FORM)
    assert new.status_code == 422 and "Sign in with it instead" in new.content.decode()
    wrong = client.post(f"{path}/sign-in", {"password": "not it"})
    assert wrong.status_code == 422 and "not the password" in wrong.content.decode()
    assert standing(ann)["status"] == "pending"
    assert client.post(f"{path}/sign-in", {"password": "an older password of mine"}).status_code == 302
    assert standing(ann)["status"] == "active"
    assert is_in(client)


def test_the_owner_sets_the_account_up_once(db: None, client: Client) -> None:
    """INVITE-01, INVITE-21: the setup link makes the owner, once."""
    from usher.lifecycle.open_account import open_account

    account, _ = open_account("Eastwick", "business", "eva@eastwick.test")
    owner = sql.value("SELECT user_id FROM people_standing WHERE account_id = %(a)s", {"a": account})
    path = path_of(owner)
    assert "Set up Eastwick" in client.get(path).content.decode()
    assert client.post(path, FORM).status_code == 302
    assert client.get("/").status_code == 200
    assert Client().get(path).status_code == 410
    assert sql.value("SELECT means FROM people_signin WHERE user_id = %(u)s", {"u": owner}) == "setup_link"
