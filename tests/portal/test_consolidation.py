"""Somebody with an own account at a managed domain is asked to join when they sign in (behaviour.md H): three times not now, then an answer."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import PASSWORD, Company, breaches, do, finish, invite, seats
from tests.signed_in import signed_in
from usher.access import links
from usher.core import sql
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal import engine
from usher.lifecycle import consolidate
from usher.people import person

pytestmark = pytest.mark.django_db
HERE = "/me/consolidation"


def own_account(northlake: Company, southport: Company) -> dict[str, Any]:
    """The member of Southport with an account of their own, and Northlake verified for their domain."""
    do(southport.owner, "lifecycle.unlink", {"subjects": {"ids": [str(southport.member.user_id)]}})
    client = Client()
    client.post("/sign-in", {"email": southport.member.email, "password": PASSWORD})
    client.post("/sign-out")
    manages(northlake, southport.domain, consolidate=True, license="meetings:licensed")
    found = sql.row(
        "SELECT u.id, u.account_id, u.login_id, u.email FROM people_user u WHERE u.canonical = %(c)s AND u.left_at IS NULL",
        {"c": southport.member.email},
    )
    assert found is not None and found["account_id"] not in (northlake.account, southport.account)
    return found


def enter(email: str) -> tuple[Client, str]:
    """A browser after the sign-in, and where it was led."""
    client = Client()
    answer = client.post("/sign-in", {"email": email, "password": PASSWORD})
    return client, answer["Location"]


def lives(email: str) -> UUID:
    found: UUID = sql.value("SELECT account_id FROM people_user WHERE canonical = %(c)s AND left_at IS NULL", {"c": email})
    return found


def test_it_works(northlake: Company, southport: Company) -> None:
    """S0-33, S0-34, S0-35, S0-36, S1-20, S1-21: asked, listed, joined with the license of the domain, came in by it; the own account is closed, the ledger adds up."""
    own = own_account(northlake, southport)
    before = seats(northlake, "meetings:licensed")["used"]
    client, led = enter(own["email"])
    assert led == HERE
    page = client.get(HERE).content.decode()
    assert "Northlake asks you to join" in page and "3 more times" in page
    answer = client.post(HERE, {"answer": "join", "from": short(own["id"])})
    assert answer.status_code == 303 and client.get("/me").status_code == 200
    assert lives(own["email"]) == northlake.account
    for run in sql.rows("SELECT change_id FROM journal_run WHERE state = 'running'"):
        finish(engine.Started(run["change_id"], None, "running"))
    now = person.person(
        northlake.owner, sql.value("SELECT id FROM people_user WHERE canonical = %(c)s AND left_at IS NULL", {"c": own["email"]})
    )
    assert (now["status"], now["license"], now["came_in"]) == ("active", "meetings:licensed", "domain")
    assert sql.value("SELECT closed_at IS NOT NULL FROM accounts_account WHERE id = %(a)s", {"a": own["account_id"]})
    assert seats(northlake, "meetings:licensed")["used"] == before + 1 and not breaches()
    assert client.get(HERE)["Location"] == "/"


def test_three_times_not_now_then_an_answer(northlake: Company, southport: Company) -> None:
    """behaviour.md H: counted over sign-ins; then nothing else is open until they have answered."""
    own = own_account(northlake, southport)
    for left in (3, 2, 1):
        client, led = enter(own["email"])
        assert led == HERE and f"{left} more time" in client.get(HERE).content.decode()
        assert client.post(HERE, {"answer": "later"})["Location"] == "/"
        assert client.get("/me").status_code == 200
    client, led = enter(own["email"])
    assert led == HERE
    for path in ("/me", "/", "/people", "/account/settings"):
        assert client.get(path)["Location"] == HERE, path
    assert "Not now" not in client.get(HERE).content.decode()
    assert client.post(HERE, {"answer": "later"}).status_code == 409
    assert client.post(HERE, {"answer": "join", "from": short(own["id"])}).status_code == 303
    assert client.get("/me").status_code == 200 and lives(own["email"]) == northlake.account


def test_nobody_else_is_asked(northlake: Company, southport: Company) -> None:
    """Not a member of a company, not an owner with people, not without the switch."""
    manages(northlake, southport.domain, consolidate=True)
    for email in (southport.member.email, southport.owner.email):
        assert enter(email)[1] == "/"
    own = own_account_of_somebody(southport)
    sql.execute("UPDATE accounts_domain SET consolidate = false")
    assert enter(own)[1] == "/"
    client = signed_in(southport.owner.user_id)
    assert client.get(HERE)["Location"] == "/"


def own_account_of_somebody(southport: Company) -> str:
    do(southport.owner, "lifecycle.unlink", {"subjects": {"ids": [str(southport.member.user_id)]}})
    enter(southport.member.email)
    return southport.member.email


def test_who_cannot_join_yet_is_not_held_up(northlake: Company, southport: Company) -> None:
    """S0-35: seats that were bought; the reason is told to them alone, and the count does not go on."""
    own = own_account(northlake, southport)
    sql.execute(
        "INSERT INTO licenses_license (id, account_id, product, bought, used, pending, held) VALUES (usher_uuid7(), %(a)s, 'phone', 1, 0, 0, 0)",
        {"a": own["account_id"]},
    )
    for _time in range(5):
        client, led = enter(own["email"])
        assert led == HERE and "You cannot join yet." in client.get(HERE).content.decode()
        assert client.post(HERE, {"answer": "later"}).status_code == 303 and client.get("/me").status_code == 200
    assert client.post(HERE, {"answer": "join", "from": short(own["id"])}).status_code == 409
    assert lives(own["email"]) == own["account_id"]


def test_the_switch_is_asked_again(northlake: Company, southport: Company) -> None:
    """Turned off between looking and pressing: nothing happens; and who must answer is free again."""
    own = own_account(northlake, southport)
    sql.execute(
        "INSERT INTO accounts_asked (login_id, account_id, skipped) VALUES (%(l)s, %(a)s, 3)",
        {"l": own["login_id"], "a": northlake.account},
    )
    client, _led = enter(own["email"])
    sql.execute("UPDATE accounts_domain SET consolidate = false")
    with pytest.raises(Refused) as no:
        consolidate.join(own["login_id"])
    assert no.value.code == "not_asked" and lives(own["email"]) == own["account_id"]
    assert client.post(HERE, {"answer": "join", "from": short(own["id"])})["Location"] == "/"
    assert client.get("/me").status_code == 200


def test_invited_there_already(northlake: Company, southport: Company) -> None:
    """Nobody is in an account twice: the invitation is what they accept."""
    own = own_account(northlake, southport)
    invite(northlake.operator, own["email"])
    with pytest.raises(Refused) as no:
        consolidate.join(own["login_id"])
    assert no.value.code == "exists" and lives(own["email"]) in (own["account_id"], northlake.account)


def test_another_address_instead(northlake: Company, southport: Company) -> None:
    """behaviour.md H: join or change address; also when nothing else is open to them. The same answer for a free address and a taken one."""
    own = own_account(northlake, southport)
    sql.execute(
        "INSERT INTO accounts_asked (login_id, account_id, skipped) VALUES (%(l)s, %(a)s, 3)",
        {"l": own["login_id"], "a": northlake.account},
    )
    client, _led = enter(own["email"])
    told = {
        email: client.post(f"{HERE}/address", {"email": email}).content.decode().replace(email, "X")
        for email in ("ida@new.test", northlake.owner.email)
    }
    assert len(set(told.values())) == 1 and "Look into your mail" in told["ida@new.test"]
    wrong = client.post(f"{HERE}/address", {"email": "nonsense"}, follow=True).content.decode()
    assert "Is not an e-mail address" in wrong
    (asked,) = sql.rows("SELECT id FROM accounts_signup")
    path = links.asked_urls([asked["id"]], "address")[asked["id"]].split("/", 3)[3]
    stranger = Client()
    assert "Change my address" in stranger.get(f"/{path}").content.decode()
    assert sql.value("SELECT canonical FROM people_login WHERE id = %(l)s", {"l": own["login_id"]}) == own["email"]
    assert "from now on. The password is the same." in stranger.post(f"/{path}").content.decode()
    assert stranger.post(f"/{path}").status_code == 410 and stranger.get(f"/{path}x").status_code == 400
    assert client.get("/me").status_code == 302  # whoever was signed in is signed out
    assert enter("ida@new.test")[1] == "/"
