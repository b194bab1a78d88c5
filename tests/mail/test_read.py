"""Reading the outbox: who sees a mail, and who sees its link."""

from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, do, invite, one
from usher.access import links
from usher.core import sql
from usher.core.refusals import Refused
from usher.mail import read, send


def last_message(user: Any) -> UUID:
    found: UUID = sql.value("SELECT id FROM mail_message WHERE to_user = %(u)s ORDER BY id DESC LIMIT 1", {"u": user})
    return found


@pytest.fixture
def invited(db: None, northlake: Company) -> UUID:
    """A message of somebody invited, shown."""
    (user,) = invite(northlake.owner, f"ann@{northlake.domain}")
    while send.deliver_waiting():
        pass
    return last_message(user)


def test_it_works(invited: UUID, northlake: Company) -> None:
    """S0-32: the mails of the account, newest first, and one of them with its link."""
    listed = read.outbox(northlake.admin)
    assert listed[0]["id"] == invited
    assert read.outbox(northlake.admin, to="ANN@")[0]["address"] == f"ann@{northlake.domain}"
    assert [m["id"] for m in read.outbox(northlake.admin, limit=1)] == [invited]
    shown = read.message(northlake.admin, invited)
    assert shown.url and shown.url in shown.text and shown.hidden == ""


def test_without_the_privilege(invited: UUID, northlake: Company) -> None:
    """INVITE-12: a member reads no invitation."""
    with pytest.raises(Refused, match="right"):
        read.message(northlake.member, invited)
    with pytest.raises(Refused, match="right"):
        read.outbox(northlake.member)


def test_of_another_account(invited: UUID, southport: Company) -> None:
    """INVITE-12: another account's mail does not exist."""
    with pytest.raises(Refused) as refused:
        read.message(southport.owner, invited)
    assert refused.value.kind == "missing"
    assert invited not in [m["id"] for m in read.outbox(southport.owner, limit=500)]


def test_with_a_mail_server_links_are_in_the_mail_only(invited: UUID, northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """INVITE-12: as soon as mails go out, nobody reads links in the portal."""
    monkeypatch.setenv("USHER_SMTP_URL", "smtp://localhost:25")
    shown = read.message(northlake.owner, invited)
    assert shown.url == "" and "the link stands in the mail" in shown.text
    assert "/join/" not in shown.text + shown.html


def test_reset_links_are_for_the_person_alone(db: None, northlake: Company) -> None:
    """INVITE-12, INVITE-15: an admin or owner never reads somebody's reset link; the operator of the machine may."""
    links.send_reset(northlake.member.email)
    while send.deliver_waiting():
        pass
    message = last_message(northlake.member.user_id)
    for actor in (northlake.admin, northlake.owner):
        shown = read.message(actor, message)
        assert shown.url == "" and "/reset/" not in shown.text + shown.html
    assert "/reset/" in read.message(northlake.operator, message).text


def test_an_admin_cannot_become_the_owner_by_a_setup_link(db: None, northlake: Company) -> None:
    """INVITE-12: the link of whoever is more than a member is shown to the owner only."""
    (user,) = invite(northlake.owner, f"boss@{northlake.domain}")
    sql.execute("UPDATE people_standing SET role = 'admin' WHERE user_id = %(u)s", {"u": user})
    while send.deliver_waiting():
        pass
    assert read.message(northlake.admin, last_message(user)).url == ""
    assert "/join/" in read.message(northlake.owner, last_message(user)).url


def test_a_mail_that_is_over_shows_no_link(invited: UUID, northlake: Company) -> None:
    """S0-50: after the invitation was withdrawn its mail can be read, without a link."""
    user = sql.value("SELECT to_user FROM mail_message WHERE id = %(m)s", {"m": invited})
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(user)})
    shown = read.message(northlake.owner, invited)
    assert shown.url == "" and "does not work any more" in shown.text
