"""Pending: who is invited, sending again, deleting; for one and for a selection."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.people_of import LICENSED, Company, crowd, do, invite, link_of, seats
from tests.portal.test_belonging import address, carry_out, group
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.lifecycle import accept


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-47, S1-18: who has not confirmed yet, with when it was sent and when it ends; nobody else."""
    text = owner.get("/people/pending").content.decode()
    assert f"pending@{northlake.domain}" in text and northlake.member.email not in text
    assert "Sent" in text and "Expires" in text and "1 person" in text


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    for path in ("/people/pending", "/people/resends", "/people/withdrawals"):
        assert client.get(path).status_code == 403


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """AUTHZ-10: a stranger's id selects nobody; nothing is done to them."""
    page = owner.get("/people/withdrawals", {"ids": short(southport.pending)}).content.decode()
    assert "Nobody." in page and re.search(r'btn-primary" disabled', page)
    confirm(owner, f"/people/withdrawals?ids={short(southport.pending)}")
    assert sql.value("SELECT status FROM people_standing WHERE user_id = %(u)s", {"u": southport.pending}) == "pending"


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/people/pending").status_code == 405


def test_resend(owner: Client, northlake: Company) -> None:
    """S0-48, S0-51: a new mail, thirty days from now, the old link is dead."""
    old = link_of(northlake.pending)
    sql.execute("UPDATE people_invitation SET sent_at = now() - interval '9 days', expires_at = now() + interval '21 days'")
    mails = sql.value("SELECT count(*) FROM mail_message WHERE to_user = %(u)s", {"u": northlake.pending})
    address = f"/people/resends?ids={short(northlake.pending)}"
    assert "the old links stop working" in owner.get(address).content.decode()
    assert confirm(owner, address).status_code == 303
    assert sql.value("SELECT count(*) FROM mail_message WHERE to_user = %(u)s", {"u": northlake.pending}) == mails + 1
    assert sql.value(
        "SELECT expires_at > now() + interval '29 days' FROM people_invitation WHERE user_id = %(u)s", {"u": northlake.pending}
    )
    with pytest.raises(Refused):
        accept.look_up(northlake.pending, old)


def test_where_they_belong_is_said_before_they_come(owner: Client, northlake: Company) -> None:
    """S0-28: IM group and site stand above the list, as above Users, and hold for whoever is invited."""
    page = owner.get("/people/pending").content.decode()
    assert "/people/im-group-changes" in page and "/people/site-changes" in page
    nordic = group(northlake, "Nordic", "im")
    assert "put into the IM group Nordic" in carry_out(owner, address("im-group-changes", northlake.pending, im_group_to=nordic))
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    oslo = short(sql.value("SELECT id FROM accounts_site WHERE account_id = %(a)s", {"a": northlake.account}))
    carry_out(owner, address("site-changes", northlake.pending, site_to=oslo), "site")
    found = sql.row(
        """SELECT g.name AS im_group, p.name AS site FROM people_user u JOIN people_group g ON g.id = u.im_group_id JOIN accounts_site p ON p.id = u.site_id
           WHERE u.id = %(u)s""",
        {"u": northlake.pending},
    )
    assert found == {"im_group": "Nordic", "site": "Oslo"}


def test_delete(owner: Client, northlake: Company) -> None:
    """S0-49, S0-50: off the list, the seat is free, the link is dead; and it can be taken back."""
    (user,) = invite(northlake.operator, "zoe@x.test", license=LICENSED)
    link = link_of(user)
    done = confirm(owner, f"/people/withdrawals?ids={short(user)}")
    assert done.status_code == 303
    assert "zoe@x.test" not in owner.get("/people/pending").content.decode()
    assert seats(northlake, LICENSED)["pending"] == 0
    with pytest.raises(Refused):
        accept.look_up(user, link)
    assert confirm(owner, done["Location"] + "/undo").status_code == 303
    assert "zoe@x.test" in owner.get("/people/pending").content.decode()


def test_all_that_match_but_some(owner: Client, northlake: Company) -> None:
    """S0-49: the list's own query with exceptions, as the bulk bar sends it; more than a hundred ask for the number."""
    users = crowd(northlake.operator, 130)
    page = owner.get("/people/pending?all=1").content.decode()
    assert 'name="status" value="pending"' in page and "131 selected" in page
    address = f"/people/withdrawals?all=1&status=pending&except={short(users[0])}"
    assert "Type 130 to go on" in owner.get(address).content.decode()
    assert confirm(owner, address, typed="130").status_code == 303
    text = owner.get("/people/pending").content.decode()
    assert "1 person" in text and short(users[0]) in text
    assert sql.value("SELECT count(*) FROM people_standing WHERE account_id = %(a)s AND status = 'active'", {"a": northlake.account}) == 3


@pytest.mark.parametrize("nobody", ["", "?ids=", "?ids=x", "?ids=AaIANa4jd6-T4p879C2Yax,,"])
def test_nobody_chosen(owner: Client, nobody: str) -> None:
    """AUTHZ-19: an empty confirm step is refused with what to do; nothing changes."""
    for method in ("get", "post"):
        answer: Any = getattr(owner, method)("/people/withdrawals" + nobody)
        assert answer.status_code == 422 and "Nobody is chosen" in answer.content.decode()
