"""Accepting an invitation with an account of one's own: signed in as that very person, listed first, once, by POST; or declining it."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from tests.lifecycle.leavers import somebody
from tests.lifecycle.movers import Mover, asked, is_closed, living, on_their_own, with_items
from tests.people_of import LICENSED, PASSWORD, Company, breaches, do, invite, link_of, one, rows_written, seats, standing
from tests.portal.factors_of import code_of, set_up_app
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.core.ids import short

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(northlake: Company) -> Mover:
    mover = on_their_own("ida@own.test")
    with_items(
        mover.account,
        mover.user,
        {"kind": "recording", "title": "Film"},
        {"kind": "recording", "title": "Second"},
        {"kind": "note", "title": "List"},
    )
    return mover


@pytest.fixture
def user(northlake: Company, ida: Mover) -> UUID:
    return asked(northlake, ida, license=LICENSED, add_ons=["phone"])


def path_of(user: UUID, rest: str = "") -> str:
    return f"/join/{short(user)}/{link_of(user)}" + (f"/{rest}" if rest else "")


def text_of(client: Client, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split())


def test_it_works(northlake: Company, ida: Mover, user: UUID, client: Client) -> None:
    """S0-33, S0-34, S0-35, S0-36, S1-20, S1-21, S1-22: from the mail to sign-in, to the list of what comes along, to the other account, without signing in again."""
    path = path_of(user)
    assert client.get(f"{path}/transfer")["Location"] == f"{path}/sign-in"
    assert "Sign in as yourself" in text_of(client, f"{path}/sign-in")
    assert client.post(f"{path}/sign-in", {"password": PASSWORD})["Location"] == f"{path}/transfer"
    assert standing(user)["status"] == "pending"
    page = text_of(client, f"{path}/transfer")
    for words in (
        "Join Northlake with what you have",
        "Name Ida Own",
        "Meeting ID",
        "Recordings 2",
        "Notes 1",
        "License Licensed",
        "Add-ons Phone",
        "account Of their own",
    ):
        assert words in page, words
    old = client.session.session_key
    answer = client.post(f"{path}/transfer", {"from": short(ida.user)})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert living(ida.login) == (northlake.account, user) and is_closed(ida.account)
    assert client.session.session_key != old
    assert "You belong to Northlake now" in client.get("/me").content.decode()
    assert client.get(f"{path}/transfer").status_code == 410
    assert sql.value("SELECT means FROM people_signin WHERE user_id = %(u)s", {"u": user}) == "invitation"
    assert breaches() == []


def test_without_the_privilege_nothing_is_accepted(ida: Mover, user: UUID, northlake: Company) -> None:
    """AUTHZ-19, AUTHZ-20, INVITE-07: a stranger is led to sign-in, somebody else is told to sign out, and neither changes a row."""
    path = path_of(user, "transfer")
    before = rows_written()
    assert Client().post(path, {"from": short(ida.user)})["Location"].endswith("/sign-in")
    for other in (northlake.owner, northlake.member):
        client = signed_in(other.user_id)
        assert "Sign out first" in text_of(client, path)
        assert client.post(path, {"from": short(ida.user)}).status_code == 409
        assert client.post(path_of(user, "refusal")).status_code == 409
    assert standing(user)["status"] == "pending"
    assert {k: v for k, v in rows_written().items() if not k.startswith(("access_", "django_"))} == {
        k: v for k, v in before.items() if not k.startswith(("access_", "django_"))
    }


def test_another_account_s_link(ida: Mover, user: UUID, southport: Company) -> None:
    """INVITE-04, INVITE-05, TENANT-07: the secret of one invitation opens no other, whoever is signed in."""
    client, foreign = signed_in(ida.user), asked(southport, ida)
    secret = link_of(user)
    for rest in ("sign-in", "transfer", "refusal"):
        for method in (client.get, client.post):
            assert method(f"/join/{short(foreign)}/{secret}/{rest}").status_code == 400
    assert standing(foreign)["status"] == "pending"


def test_wrong_method(ida: Mover, user: UUID) -> None:
    client = signed_in(ida.user)
    for rest in ("sign-in", "transfer", "refusal"):
        assert client.put(path_of(user, rest)).status_code == 405


def test_looking_accepts_nothing(ida: Mover, user: UUID) -> None:
    """INVITE-10: GET, HEAD and prefetch, signed in or not."""
    for client in (Client(), signed_in(ida.user)):
        for rest in ("", "sign-in", "transfer", "refusal"):
            for _ in range(3):
                client.get(path_of(user, rest), HTTP_SEC_PURPOSE="prefetch")
                client.head(path_of(user, rest))
    assert standing(user)["status"] == "pending" and not is_closed(ida.account)


def test_what_was_not_seen_is_not_accepted(ida: Mover, user: UUID) -> None:
    """AUTHZ-19: an empty POST, and one that saw another account, is 409 with the list and changes nothing."""
    client, path = signed_in(ida.user), path_of(user, "transfer")
    for form in ({}, {"from": ""}, {"from": short(user)}):
        answer = client.post(path, form)
        assert answer.status_code == 409 and "Comes along" in answer.content.decode()
    assert standing(user)["status"] == "pending"


def test_a_fresh_sign_in_is_needed(ida: Mover, user: UUID) -> None:
    """SESSION-12: after 15 minutes the password is asked once more; the answer accepts, without anything typed again."""
    client, path = signed_in(ida.user), path_of(user, "transfer")
    session = client.session
    session["usher_proved"] -= 16 * 60
    session.save()
    asked_first = client.post(path, {"from": short(ida.user)})
    assert asked_first.status_code == 403 and standing(user)["status"] == "pending"
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked_first.content.decode()))
    answer = client.post("/me/confirm", {**kept, "confirm_password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (307, path)
    assert client.post(path, {"from": kept["from"]}).status_code == 303
    assert standing(user)["status"] == "active"


def test_the_second_factor_first(ida: Mover, user: UUID, client: Client) -> None:
    """ASVS 6.3.3: the password alone shows nothing of what comes along."""
    secret, _ = set_up_app(signed_in(ida.user))
    path = path_of(user)
    assert client.post(f"{path}/sign-in", {"password": PASSWORD})["Location"] == "/sign-in/factor"
    assert client.get(f"{path}/transfer")["Location"] == f"{path}/sign-in"
    assert client.post("/sign-in/factor", {"code": code_of(secret)})["Location"] == f"{path}/transfer"


def test_a_stranger_cannot_tell_the_address(ida: Mover, user: UUID, northlake: Company) -> None:
    """R11, TENANT-10: before anybody has signed in the pages of an invitation are the same with an account and without, and so is a wrong password."""
    (new,) = invite(northlake.owner, "new@own.test", license=LICENSED, add_ons=["phone"])

    def seen(who: UUID, address: str) -> list[tuple[int, str]]:
        client, path = Client(), path_of(who)
        answers = [client.get(f"{path}{rest}") for rest in ("", "/sign-in", "/refusal")]
        answers.append(client.post(f"{path}/sign-in", {"password": "not it"}))
        answers.append(client.get(f"{path}/transfer"))
        told = [(a.status_code, a.content.decode() + a.get("Location", "")) for a in answers]
        return [(s, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", t.replace(path, "").replace(address, ""))) for s, t in told]

    assert seen(user, "ida@own.test") == seen(new, "new@own.test")


def test_a_member_of_a_company_is_told_why(northlake: Company, southport: Company) -> None:
    """S1-20 (1009), R11: the reason, to them alone; no button; the same link works when they were unlinked, through an account of a moment."""
    eve = somebody(southport, "eve")
    login = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": eve})
    (user,) = invite(northlake.owner, f"eve@{southport.domain}")
    path, client = path_of(user), signed_in(eve)
    page = text_of(client, f"{path}/transfer")
    assert "You cannot join yet. You belong to Southport. Ask its administrator to unlink you first" in page
    assert "Accept and join" not in page
    assert client.post(f"{path}/transfer", {"from": short(eve)}).status_code == 409
    do(southport.admin, "lifecycle.unlink", {"subjects": one(eve)})
    fresh = Client()
    assert fresh.post(f"{path}/sign-in", {"password": PASSWORD})["Location"] == f"{path}/transfer"
    assert "Accept and join Northlake" in text_of(fresh, f"{path}/transfer")
    home = living(login)
    assert home and fresh.post(f"{path}/transfer", {"from": short(home[1])}).status_code == 303
    assert living(login) == (northlake.account, user)
    assert breaches() == []


def test_declining(northlake: Company, ida: Mover, user: UUID) -> None:
    """S0-49, S0-50: asked once more, then the link is dead, the seats are free, and administrators see that it was declined."""
    client, path = signed_in(ida.user), path_of(user)
    used = seats(northlake, LICENSED)["pending"]
    assert "Decline the invitation to Northlake?" in text_of(client, f"{path}/refusal")
    assert standing(user)["status"] == "pending"
    assert "The invitation is declined" in client.post(f"{path}/refusal").content.decode()
    assert standing(user)["status"] == "gone" and seats(northlake, LICENSED)["pending"] == used - 1
    for rest in ("", "/transfer", "/refusal"):
        assert client.get(path + rest).status_code == 410
    assert "An invitation was declined" in signed_in(northlake.admin.user_id).get("/activity").content.decode()
    assert not is_closed(ida.account)
    assert breaches() == []


def test_who_is_new_may_decline_too(northlake: Company) -> None:
    """R11: declining tells nothing about an account elsewhere, because anybody with a link can."""
    (new,) = invite(northlake.owner, "new@own.test")
    assert Client().post(path_of(new, "refusal")).status_code == 200
    assert standing(new)["status"] == "gone"


def test_expired(ida: Mover, user: UUID) -> None:
    """INVITE-02: 30 days and a second later none of the pages opens."""
    path = path_of(user)
    client = signed_in(ida.user)
    with clock.travel(clock.now() + timedelta(days=30, seconds=1)):
        for rest in ("/sign-in", "/transfer", "/refusal"):
            assert client.get(path + rest).status_code == 410
            assert client.post(path + rest).status_code == 410
    assert standing(user)["status"] == "pending"
