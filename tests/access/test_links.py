"""One-time links: the operator's sign-in link and the reset of a password."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.people_of import Company, link_of
from tests.threads import wide_pool
from usher.access import links
from usher.core import clock, link_token, sql
from usher.core.ids import unshort
from usher.core.refusals import Refused
from usher.lifecycle import accept


def parts(url: str) -> tuple[str, UUID, str]:
    what, row, secret = url.rsplit("/", 3)[1:]
    return what, unshort(row), secret


def reset_link(company: Company, who: str) -> tuple[UUID, str]:
    """The reset link of an address as its mail holds it."""
    links.send_reset(f"{who}@{company.domain}")
    made = sql.value("SELECT id FROM access_link WHERE purpose = 'reset' ORDER BY created_at DESC, id DESC LIMIT 1")
    _, row, secret = parts(links.urls([made])[made])
    return row, secret


def test_a_sign_in_link_works_once(db: None, northlake: Company) -> None:
    """INVITE-01: the operator's link lets one person in, once, within 15 minutes, and is journaled."""
    what, row, secret = parts(links.sign_in_link(northlake.owner.email))
    assert what == "link"
    login = links.use(links.SIGN_IN, row, secret)
    assert login == sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": northlake.owner.user_id})
    with pytest.raises(Refused, match="used already"):
        links.use(links.SIGN_IN, row, secret)
    assert sql.value("SELECT verb FROM journal_change ORDER BY number DESC LIMIT 1") == "access.make_link"


def test_expired_on_use(db: None, northlake: Company) -> None:
    """INVITE-02: 15 minutes and a second later it is over, though nobody swept."""
    _, row, secret = parts(links.sign_in_link(northlake.owner.email))
    with clock.travel(clock.now() + timedelta(minutes=15, seconds=1)), pytest.raises(Refused) as refused:
        links.use(links.SIGN_IN, row, secret)
    assert refused.value.code == "expired"


def test_twenty_at_once(northlake: Company) -> None:
    """INVITE-01: of 20 parallel uses of one link exactly one succeeds."""
    _, row, secret = parts(links.sign_in_link(northlake.owner.email))

    def use(_: int) -> str:
        try:
            links.use(links.SIGN_IN, row, secret)
            return "in"
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with wide_pool(), ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(use, range(20)))
    assert answers.count("in") == 1
    assert answers.count("used") == 19


def test_for_somebody_pending_it_is_the_invitation(db: None, northlake: Company) -> None:
    """S0-50: the link of somebody pending is their invitation; the link sent before stops working."""
    old = link_of(northlake.pending)
    what, user, secret = parts(links.sign_in_link(f"pending@{northlake.domain}"))
    assert (what, user) == ("join", northlake.pending)
    assert accept.look_up(user, secret)["email"] == f"pending@{northlake.domain}"
    with pytest.raises(Refused, match="not valid"):
        accept.look_up(user, old)


def test_nobody_of_that_address(db: None, northlake: Company) -> None:
    with pytest.raises(Refused, match="Nobody active or pending"):
        links.sign_in_link("nobody@nowhere.test")


def test_only_the_operator_makes_them(db: None, northlake: Company) -> None:
    """AUTHZ-01: not even the owner makes a link that signs in as somebody else."""
    from usher.journal.verb import plan

    params = {"user": str(northlake.member.user_id), "link": str(UUID(int=1)), "status": "active"}
    with pytest.raises(Refused, match="on the machine itself"):
        plan(northlake.owner, "access.make_link", params)


def test_a_link_is_for_one_purpose(db: None, northlake: Company) -> None:
    """INVITE-05: a reset link signs nobody in, a sign-in link resets nothing, an invitation is neither; another row's secret opens nothing."""
    row, secret = reset_link(northlake, "member")
    assert links.look_up(links.RESET, row, secret)["email"] == northlake.member.email
    for purpose, id, offered in (
        (links.SIGN_IN, row, secret),
        (links.RESET, northlake.pending, link_of(northlake.pending)),
        (links.RESET, reset_link(northlake, "admin")[0], secret),
    ):
        with pytest.raises(Refused) as refused:
            links.look_up(purpose, id, offered)
        assert refused.value.code == "bad_link"
    with pytest.raises(Refused, match="not valid"):
        accept.look_up(northlake.pending, secret)


@pytest.mark.parametrize("offered", ["", "null", "[]", "None", "0" * 43])
def test_a_link_never_sent_opens_for_nothing(db: None, northlake: Company, offered: str) -> None:
    """INVITE-18: while the row's hash is still null there is no secret that fits, not even the right one."""
    links.send_reset(northlake.member.email)
    found = sql.row("SELECT id, nonce, token_hash FROM access_link ORDER BY created_at DESC LIMIT 1")
    assert found is not None and found["token_hash"] is None
    for secret in (offered, link_token.token("reset", found["id"], found["nonce"])):
        with pytest.raises(Refused, match="not valid"):
            links.look_up(links.RESET, found["id"], secret)


@pytest.mark.parametrize("typed", ["mıke@{d}", "ｍike@{d}", "MİKE@{d}", "mike@{d}\n", "mike @{d}", "mike@{d}\x00", "", "x" * 5000])
def test_no_reset_for_a_look_alike(db: None, northlake: Company, typed: str) -> None:
    """MAIL-03: a reset for what only looks like an address sends nothing to the one it looks like."""
    sql.execute(
        "UPDATE people_login SET canonical = %(c)s WHERE canonical = %(o)s", {"c": f"mike@{northlake.domain}", "o": northlake.member.email}
    )
    before = sql.value("SELECT count(*) FROM access_link")
    links.send_reset(typed.format(d=northlake.domain))
    allowed = 1 if typed.strip(" \t\r\n\u00a0") == "mike@{d}" else 0  # surrounding white space is trimmed once
    assert sql.value("SELECT count(*) FROM access_link") == before + allowed


@pytest.mark.parametrize("status", ["inactive", "gone"])
def test_no_reset_for_who_may_not_come_in(db: None, northlake: Company, status: str) -> None:
    """S4-3: the deactivated get no mail that could let them in."""
    sql.execute(
        "UPDATE people_standing SET status = %(s)s, license = NULL WHERE user_id = %(u)s", {"s": status, "u": northlake.member.user_id}
    )
    links.send_reset(northlake.member.email)
    assert not sql.value("SELECT count(*) FROM mail_message WHERE kind = 'password_reset'")


def test_hashes_are_stored_in_one_statement(db: None, northlake: Company, django_assert_num_queries: Any) -> None:
    """However many links: one reads them, one stores their hashes, and asking again stores nothing."""
    made = [reset_link(northlake, who)[0] for who in ("owner", "admin", "member") * 5]
    sql.execute("UPDATE access_link SET token_hash = NULL")
    with django_assert_num_queries(3):  # the third is the clock
        first = links.urls(made)
    with django_assert_num_queries(2):
        assert links.urls(made) == first
