"""lifecycle.accept: a pending person joins with the link of their mail."""

import itertools
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.hashers import check_password

from tests.people_of import (
    LICENSED,
    PASSWORD,
    Company,
    actor_of,
    add_ons,
    breaches,
    do,
    invite,
    link_of,
    one,
    rows_written,
    seats,
    standing,
)
from usher.core import clock, link_token, sql
from usher.core.refusals import Refused
from usher.journal import reads, undo
from usher.journal.verb import plan
from usher.lifecycle.accept import accept, look_up

pytestmark = pytest.mark.django_db
NAME = "lifecycle.accept"


def join(user: UUID, secret: str, *, password: str = PASSWORD, first: str = "", last: str = "") -> None:
    accept(user, secret, first_name=first, last_name=last, password=password, ip="192.0.2.9", request_id="r1")


def refusal(user: UUID, secret: str, **how: str) -> Refused:
    with pytest.raises(Refused) as no:
        join(user, secret, **how)
    return no.value


def test_it_works(northlake: Company) -> None:
    """S1-22, S1-23, S0-32: active, with the licenses given beforehand, a meeting id, a password, and a record of it."""
    (user,) = invite(northlake.owner, "Ann@Join.test", license=LICENSED, add_ons=["phone"])
    join(user, link_of(user), first="Ann", last="Lee")
    found = sql.row(
        """SELECT u.first_name, u.last_name, u.personal_meeting_id, u.activated_at IS NOT NULL AS activated, l.canonical, l.password, i.state
           FROM people_user u JOIN people_login l ON l.id = u.login_id JOIN people_invitation i ON i.user_id = u.id WHERE u.id = %(u)s""",
        {"u": user},
    )
    assert found and (found["first_name"], found["last_name"], found["canonical"], found["state"]) == (
        "Ann",
        "Lee",
        "ann@join.test",
        "accepted",
    )
    assert check_password(PASSWORD, found["password"])
    assert 10**9 <= found["personal_meeting_id"] < 10**10
    assert (standing(user)["status"], standing(user)["license"], add_ons(user)) == ("active", LICENSED, ["phone"])
    assert (seats(northlake, LICENSED)["used"], seats(northlake, LICENSED)["pending"]) == (1, 0)
    assert (seats(northlake, "phone")["used"], seats(northlake, "phone")["pending"]) == (1, 0)
    newest = reads.changes(northlake.owner, limit=1)[0]
    assert (newest["verb"], newest["actor_id"], newest["door"], newest["ip"], newest["request_id"]) == (
        NAME,
        user,
        "sign_in",
        "192.0.2.9",
        "r1",
    )
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """INVITE-06, INVITE-07: nobody, not even the owner, accepts for somebody else without the link."""
    with pytest.raises(Refused) as no:
        plan(
            actor_of(northlake.member.user_id or UUID(int=0)),
            NAME,
            {"subjects": one(northlake.pending), "login": str(uuid4()), "first_name": "", "last_name": ""},
        )
    assert no.value.kind == "forbidden"
    assert refusal(northlake.pending, "").code == "bad_link"


def test_a_link_of_another_account_or_person_opens_nothing(northlake: Company, southport: Company) -> None:
    """INVITE-05, TENANT-07: bound to its person, and so to its account and address."""
    (other,) = invite(northlake.owner, "other@join.test")
    secret = link_of(northlake.pending)
    for user in (other, southport.pending, uuid4()):
        link_of(user) if user in (other, southport.pending) else None
        assert refusal(user, secret).code == "bad_link"
    assert standing(other)["status"] == standing(southport.pending)["status"] == "pending"


@pytest.mark.parametrize("edit", ["cut", "longer", "case", "empty", "null", "purpose", "nonce", "surrogate"])
def test_wrong_parameters(northlake: Company, edit: str) -> None:
    """INVITE-04, INVITE-05, INVITE-18: cut, extended, edited, empty, made for another purpose; the answer tells nothing more."""
    secret = link_of(northlake.pending)
    found = sql.row("SELECT nonce FROM people_invitation WHERE user_id = %(u)s", {"u": northlake.pending}) or {}
    offered = {
        "cut": secret[:-1],
        "longer": secret + "x",
        "case": secret.swapcase(),
        "empty": "",
        "null": "null",
        "purpose": link_token.token("reset", northlake.pending, found["nonce"]),
        "nonce": link_token.token("invite", northlake.pending, uuid4()),
        "surrogate": "\ud800",
    }[edit]
    no = refusal(northlake.pending, offered)
    assert (no.kind, no.code, no.words) == ("missing", "bad_link", "This link is not valid. Ask for a new invitation.")
    join(northlake.pending, secret)


def test_a_link_never_shown_opens_nothing(northlake: Company) -> None:
    """INVITE-18: as long as the row has no hash, even the right secret is wrong."""
    nonce = sql.value("SELECT nonce FROM people_invitation WHERE user_id = %(u)s", {"u": northlake.pending})
    assert refusal(northlake.pending, link_token.token("invite", northlake.pending, nonce)).code == "bad_link"


def test_a_link_works_once(northlake: Company) -> None:
    """INVITE-01"""
    secret = link_of(northlake.pending)
    join(northlake.pending, secret)
    before = rows_written()
    assert refusal(northlake.pending, secret).code == "used"
    assert rows_written() == before


def test_looking_consumes_nothing(northlake: Company) -> None:
    """INVITE-10: a mail scanner that opens the page five times changes no row."""
    secret = link_of(northlake.pending)
    before = rows_written()
    for _ in range(5):
        found = look_up(northlake.pending, secret)
    assert rows_written() == before
    assert found["account_name"] == "Northlake" and not {"nonce", "token_hash"} & set(found)


def test_expiry_is_asked_on_use(northlake: Company) -> None:
    """INVITE-02, S0-51: valid up to 30 days, refused one second later, with no worker that cleans up."""
    secret = link_of(northlake.pending)
    sent = sql.value("SELECT sent_at FROM people_invitation WHERE user_id = %(u)s", {"u": northlake.pending})
    with clock.travel(sent + timedelta(days=30, seconds=1)):
        assert refusal(northlake.pending, secret).code == "expired"
    with clock.travel(sent + timedelta(days=30)):
        assert refusal(northlake.pending, secret).code == "expired"
    with clock.travel(sent + timedelta(days=30, seconds=-1)):
        join(northlake.pending, secret)
    assert standing(northlake.pending)["status"] == "active"


def test_a_withdrawn_invitation_lets_nobody_in(northlake: Company) -> None:
    """S0-49, S0-50: the link of a deleted entry is dead, also after another entry for the address."""
    secret = link_of(northlake.pending)
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(northlake.pending)})
    assert refusal(northlake.pending, secret).code == "withdrawn"
    (again,) = invite(northlake.owner, f"pending@{northlake.domain}")
    assert again != northlake.pending
    assert refusal(again, secret).code == "bad_link"
    assert standing(northlake.pending)["status"] == "gone"


@pytest.mark.parametrize("password", ["short", "password123", "1234567890", "", "join.test.ann", "pending@northlake"])
def test_a_weak_password_is_refused_and_nothing_happens(northlake: Company, password: str) -> None:
    """ASVS 6.2: too short, too common, or like the address; the link stays good."""
    secret = link_of(northlake.pending)
    if password == "join.test.ann":
        (user,) = invite(northlake.owner, "join.test.ann@join.test")
    else:
        user = northlake.pending
    secret = link_of(user)
    before = rows_written()
    no = refusal(user, secret, password=password)
    assert (no.kind, no.field) == ("invalid", "password")
    assert rows_written() == before
    join(user, secret)


@pytest.mark.parametrize("name", ["x" * 65, "A\r\nBcc: eve@x.test", "a\x00b", "\u202eevil"])
def test_a_name_is_one_short_line(northlake: Company, name: str) -> None:
    """INVITE-19, MAIL-10"""
    no = refusal(northlake.pending, link_of(northlake.pending), first=name)
    assert (no.kind, no.field) == ("invalid", "first_name")


def test_somebody_who_lives_elsewhere_cannot_be_in_two_accounts(northlake: Company, southport: Company) -> None:
    """TENANT-08, S0-33: the address has an account already; the refusal says what to do and nothing about the account."""
    (user,) = invite(northlake.owner, southport.member.email)
    no = refusal(user, link_of(user))
    assert (no.kind, no.code) == ("conflict", "elsewhere")
    assert "Southport" not in no.words
    assert standing(user)["status"] == "pending"


def test_a_login_that_is_free_again_needs_its_own_password(northlake: Company, southport: Company) -> None:
    """S0-33, INVITE-07: whoever has a login proves it; the link alone does not change a password."""
    (user,) = invite(northlake.owner, southport.member.email)
    sql.execute("UPDATE people_standing SET status = 'gone', license = NULL WHERE user_id = %(u)s", {"u": southport.member.user_id})
    sql.execute("UPDATE people_user SET left_at = now() WHERE id = %(u)s", {"u": southport.member.user_id})
    login = sql.row("SELECT id, password FROM people_login WHERE canonical = %(c)s", {"c": southport.member.email})
    assert refusal(user, link_of(user), password="not their password").field == "password"
    join(user, link_of(user))
    assert sql.row("SELECT id, password FROM people_login WHERE canonical = %(c)s", {"c": southport.member.email}) == login
    assert standing(user)["status"] == "active"


def test_who_was_asked_in_is_a_member(northlake: Company) -> None:
    """INVITE-09: whatever became of the inviter, an acceptance gives the role of a member and no more."""
    (user,) = invite(northlake.admin, "member@join.test")
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id or "")})
    join(user, link_of(user))
    assert (standing(user)["role"], standing(user)["status"]) == ("member", "active")


def test_an_acceptance_is_not_undone(northlake: Company) -> None:
    join(northlake.pending, link_of(northlake.pending))
    number = reads.changes(northlake.owner, limit=1)[0]["number"]
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, number)
    assert no.value.code == "not_undoable"


def test_meeting_ids_are_unlike_each_other(northlake: Company) -> None:
    """S0-34: ten digits, one for each, never the next number of the one before."""
    people = invite(northlake.owner, *[f"m{i}@meet.test" for i in range(40)])
    for user in people:
        join(user, link_of(user))
    found = [r["n"] for r in sql.rows("SELECT personal_meeting_id AS n FROM people_user WHERE id = ANY(%(p)s) ORDER BY id", {"p": people})]
    assert len(set(found)) == 40 and all(len(str(n)) == 10 for n in found)
    assert not any(abs(a - b) == 1 for a, b in itertools.pairwise(found))
