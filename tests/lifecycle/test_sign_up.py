"""lifecycle.sign_up: somebody with an address at a domain comes in by a link (S0-61; behaviour.md H)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import PASSWORD, Company, breaches, do, invite, seats, standing
from tests.threads import at_once, wide_pool
from usher.access import links
from usher.core import clock, sql
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.lifecycle import sign_up
from usher.mail import letter, read
from usher.mail.send import deliver_waiting
from usher.people import person

GIVEN = {"first_name": "Nora", "last_name": "New", "password": PASSWORD}


def mails(kind: str) -> list[dict[str, Any]]:
    return sql.rows(f"SELECT {letter.columns('m')} FROM mail_message m WHERE kind = %(k)s ORDER BY id", {"k": kind})


def asked(email: str) -> tuple[UUID, str]:
    """The link that the mail to this address holds."""
    sign_up.ask(email)
    (mail,) = [m for m in mails("sign_up") if m["address"] == email]
    asked = UUID(mail["params"]["sign_up"])
    *_rest, row, secret = links.asked_urls([asked], "sign_up")[asked].rsplit("/", 2)
    assert unshort(row) == asked
    return asked, secret


def test_it_works(db: None, northlake: Company) -> None:
    """S0-61, S0-62, S0-66: an active member with the license and group of the domain, who came in by it; the ledger adds up."""
    row = manages(northlake, sign_up=True, license="meetings:licensed")
    do(northlake.owner, "people.create_group", {"kind": "user", "name": "Newcomers"})
    group = sql.value("SELECT id FROM people_group WHERE account_id = %(a)s", {"a": northlake.account})
    sql.execute("UPDATE accounts_domain SET group_id = %(g)s WHERE id = %(d)s", {"g": group, "d": row["id"]})
    before = seats(northlake, "meetings:licensed")["used"]
    link, secret = asked(f"Nora@{northlake.domain}")
    user, got = sign_up.accept(link, secret, **GIVEN)
    found = person.person(northlake.owner, user)
    assert (found["status"], found["license"], found["role"], found["came_in"]) == ("active", "meetings:licensed", "member", "domain")
    assert [g["name"] for g in found["groups"]] == ["Newcomers"] and found["personal_meeting_id"]
    assert got and seats(northlake, "meetings:licensed")["used"] == before + 1
    assert not breaches()
    told = [
        c["verb"]
        for c in sql.rows("SELECT verb FROM journal_change WHERE account_id = %(a)s ORDER BY number DESC LIMIT 2", {"a": northlake.account})
    ]
    assert told == ["lifecycle.accept", "lifecycle.sign_up"]


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """AUTHZ-20: no administrator signs somebody up by this verb."""
    manages(northlake, sign_up=True)
    with pytest.raises(Refused) as no:
        do(northlake.owner, "lifecycle.sign_up", {"user": str(northlake.member.user_id)})
    assert no.value.kind == "forbidden"


def test_another_account(db: None, northlake: Company, southport: Company) -> None:
    """TENANT-03: the domain of one account lets nobody into another, not even by a link that was written for it."""
    manages(northlake, "shared.test", sign_up=True)
    link, secret = asked("nora@shared.test")
    sql.execute("UPDATE accounts_signup SET account_id = %(a)s WHERE id = %(i)s", {"a": southport.account, "i": link})
    with pytest.raises(Refused) as no:
        sign_up.accept(link, secret, **GIVEN)
    assert no.value.code == "no_sign_up"


@pytest.mark.parametrize("switches", [{}, {"manage": False}])
def test_no_domain_no_mail(db: None, northlake: Company, switches: dict[str, bool]) -> None:
    """A domain without the switch, another domain, and what is no address: nothing is written."""
    manages(northlake, **switches)
    for email in (f"nora@{northlake.domain}", "nora@elsewhere.test", "nora", "", "a@b\x00c"):
        sign_up.ask(email)
    assert not mails("sign_up") and not mails("sign_up_known") and not sql.value("SELECT count(*) FROM accounts_signup")


def test_who_is_here_is_told_by_mail_alone(db: None, northlake: Company, southport: Company) -> None:
    """R11, TENANT-10: in the outbox of the account they live in, and of no other; who is invited gets the invitation again; a deactivated person nothing."""
    manages(northlake, southport.domain, sign_up=True)  # somebody at the domain of Northlake lives in Southport
    sign_up.ask(southport.member.email)
    (mail,) = mails("sign_up_known")
    assert (mail["account_id"], mail["to_user"]) == (southport.account, southport.member.user_id)
    manages(northlake, sign_up=True)
    before = len(mails("invitation"))
    sign_up.ask(f"pending@{northlake.domain}")
    assert len(mails("invitation")) == before + 1
    do(northlake.owner, "lifecycle.deactivate", {"subjects": {"ids": [str(northlake.member.user_id)]}})
    sign_up.ask(northlake.member.email)
    assert len(mails("sign_up_known")) == 1 and not mails("sign_up")


def test_no_seat_is_unassigned_and_told(db: None, northlake: Company) -> None:
    """S0-22: nobody waits before the door for a seat."""
    manages(northlake, sign_up=True, license="meetings:licensed")
    used = seats(northlake, "meetings:licensed")
    do(northlake.operator, "licenses.set_seats", {"product": "meetings:licensed", "quantity": used["used"] + used["pending"]})
    user, got = sign_up.accept(*asked(f"nora@{northlake.domain}"), **GIVEN)
    assert not got and standing(user)["license"] == "meetings:unassigned"
    assert not breaches()


def test_the_link_works_once_and_for_a_day(db: None, northlake: Company) -> None:
    """INVITE-01, INVITE-02, INVITE-04, INVITE-05: used, too old, changed by a character, of another row, of another purpose."""
    manages(northlake, sign_up=True)
    link, secret = asked(f"nora@{northlake.domain}")
    other, _ = asked(f"nils@{northlake.domain}")
    for id, text in ((link, secret[:-1]), (link, secret + "A"), (link, ""), (other, secret), (northlake.pending, secret)):
        with pytest.raises(Refused) as no:
            sign_up.accept(id, text, **GIVEN)
        assert no.value.code == "bad_link"
    with clock.travel(clock.now() + timedelta(hours=24, seconds=1)), pytest.raises(Refused) as no:
        sign_up.look_up(link, secret)
    assert no.value.code == "expired"
    sign_up.accept(link, secret, **GIVEN)
    with pytest.raises(Refused) as no:
        sign_up.accept(link, secret, **GIVEN)
    assert no.value.code == "used"


def test_two_links_of_one_person(db: None, northlake: Company) -> None:
    """INVITE-06: the second finds the address taken."""
    manages(northlake, sign_up=True)
    first = asked(f"nora@{northlake.domain}")
    sql.execute("UPDATE mail_message SET kind = 'was' WHERE kind = 'sign_up'")
    second = asked(f"nora@{northlake.domain}")
    sign_up.accept(*first, **GIVEN)
    with pytest.raises(Refused) as no:
        sign_up.accept(*second, **GIVEN)
    assert no.value.code == "elsewhere"


def test_the_switch_counts_when_the_link_is_used(db: None, northlake: Company) -> None:
    """And so does a domain that was released."""
    row = manages(northlake, sign_up=True)
    link = asked(f"nora@{northlake.domain}")
    do(northlake.owner, "lifecycle.change_domain", {"id": str(row["id"]), "sign_up": False})
    with pytest.raises(Refused) as no:
        sign_up.accept(*link, **GIVEN)
    assert no.value.code == "no_sign_up"


def test_invited_meanwhile(db: None, northlake: Company) -> None:
    """Nobody is here twice."""
    manages(northlake, sign_up=True)
    link = asked(f"nora@{northlake.domain}")
    invite(northlake.operator, f"nora@{northlake.domain}")
    with pytest.raises(Refused) as no:
        sign_up.accept(*link, **GIVEN)
    assert no.value.code == "exists"


def test_the_mail(db: None, northlake: Company) -> None:
    """INVITE-12, INVITE-17: no administrator reads the link in the outbox, and the row keeps its hash alone."""
    manages(northlake, sign_up=True)
    sign_up.ask(f"nora@{northlake.domain}")
    deliver_waiting()
    (mail,) = mails("sign_up")
    shown = read.message(northlake.owner, mail["id"])
    assert shown.subject == "Join Northlake" and not shown.url and shown.hidden
    assert "asked to join Northlake" in shown.text
    assert mail["state"] == "shown"


def test_weak_passwords(db: None, northlake: Company) -> None:
    """ASVS 6.2: and nothing was written."""
    manages(northlake, sign_up=True)
    link = asked(f"nora@{northlake.domain}")
    with pytest.raises(Refused) as no:
        sign_up.accept(*link, **{**GIVEN, "password": "short"})
    assert (no.value.kind, no.value.field) == ("invalid", "password")
    sign_up.accept(*link, **GIVEN)


def test_eight_at_once(northlake: Company) -> None:
    """INVITE-01: of eight presses at once one comes in, with one seat."""
    row = manages(northlake, sign_up=True)
    link, secret = asked(f"nora@{northlake.domain}")
    before = seats(northlake, "meetings:basic")["used"]
    with wide_pool():
        told = at_once([lambda: sign_up.accept(link, secret, **GIVEN)] * 8)
    assert sorted(t.code if isinstance(t, Refused) else "in" for t in told) == ["in"] + ["used"] * 7
    assert seats(northlake, "meetings:basic")["used"] == before + 1
    sql.execute("DELETE FROM accounts_domain WHERE id = %(i)s", {"i": row["id"]})
