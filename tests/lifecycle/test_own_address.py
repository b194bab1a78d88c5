"""lifecycle.choose_address: who is asked to join may keep their own account with another address, proven by a link (behaviour.md H, R11)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.lifecycle.movers import Mover, on_their_own
from tests.lifecycle.test_managed_domain import manages
from tests.people_of import Company, breaches, do
from usher.access import links
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.lifecycle import consolidate, own_address

pytestmark = pytest.mark.django_db
NEW = "ida@new.test"


def asked_mover(company: Company) -> Mover:
    """Somebody with an own account at a domain that the company manages and consolidates."""
    mover = on_their_own("ida@managed.test")
    manages(company, "managed.test", consolidate=True)
    return mover


def link_to(address: str) -> tuple[UUID, str]:
    row: UUID = sql.value("SELECT id FROM accounts_signup WHERE email = %(e)s ORDER BY id DESC LIMIT 1", {"e": address})
    return row, links.asked_urls([row], "address")[row].rsplit("/", 1)[1]


def mails() -> list[dict[str, Any]]:
    return sql.rows("SELECT kind, address FROM mail_message WHERE kind IN ('new_address', 'address_changed') ORDER BY id")


def test_it_works(northlake: Company) -> None:
    """The login moves, the old address is told, sessions end, and nobody asks any more."""
    mover = asked_mover(northlake)
    epoch = sql.value("SELECT access_epoch FROM people_standing WHERE user_id = %(u)s", {"u": mover.user})
    own_address.ask(mover.login, NEW)
    assert mails() == [{"kind": "new_address", "address": NEW}]
    assert own_address.change(*link_to(NEW)) == NEW
    assert sql.value("SELECT canonical FROM people_login WHERE id = %(l)s", {"l": mover.login}) == NEW
    assert sql.value("SELECT canonical FROM people_user WHERE id = %(u)s", {"u": mover.user}) == NEW
    assert sql.value("SELECT access_epoch FROM people_standing WHERE user_id = %(u)s", {"u": mover.user}) > epoch
    assert mails()[-1] == {"kind": "address_changed", "address": mover.email}
    assert consolidate.question(mover.login) is None and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20: no administrator, and nobody from inside the portal without the link."""
    for actor in (northlake.owner, northlake.member):
        with pytest.raises(Refused) as no:
            do(
                actor,
                "lifecycle.choose_address",
                {"subjects": {"ids": [str(northlake.member.user_id)]}, "email": NEW, "canonical": NEW},
            )
        assert no.value.kind == "forbidden"


def test_another_account(northlake: Company) -> None:
    """TENANT-08: a link moves the account it was asked for, and works for no other purpose or row."""
    mover = asked_mover(northlake)
    own_address.ask(mover.login, NEW)
    row, secret = link_to(NEW)
    other = on_their_own("ola@elsewhere.test")
    sql.execute("UPDATE accounts_signup SET account_id = %(a)s, nonce = gen_random_uuid() WHERE id = %(i)s", {"a": other.account, "i": row})
    with pytest.raises(Refused) as no:
        own_address.change(row, secret)
    assert no.value.code == "bad_link"


@pytest.mark.parametrize("text", ["", "nonsense", "a b@c.test", "ida@localhost"])
def test_wrong_addresses(northlake: Company, text: str) -> None:
    mover = asked_mover(northlake)
    with pytest.raises(Refused) as no:
        own_address.ask(mover.login, text)
    assert (no.value.kind, no.value.field) == ("invalid", "email") and not mails()


def test_addresses_that_are_not_free(northlake: Company) -> None:
    """R11: somebody's, or at a managed domain: no mail, and no word about why."""
    mover = asked_mover(northlake)
    for taken in (northlake.owner.email, "other@managed.test"):
        own_address.ask(mover.login, taken)
    assert not mails()


def test_taken_meanwhile(northlake: Company) -> None:
    """Asked again where it counts."""
    mover = asked_mover(northlake)
    own_address.ask(mover.login, NEW)
    on_their_own(NEW)
    with pytest.raises(Refused) as no:
        own_address.change(*link_to(NEW))
    assert no.value.code == "not_free"
    assert sql.value("SELECT canonical FROM people_login WHERE id = %(l)s", {"l": mover.login}) == mover.email


def test_once_and_for_a_day(northlake: Company) -> None:
    """INVITE-01, INVITE-02, INVITE-05"""
    mover = asked_mover(northlake)
    own_address.ask(mover.login, NEW)
    row, secret = link_to(NEW)
    with clock.travel(clock.now() + timedelta(hours=24, seconds=1)), pytest.raises(Refused) as no:
        own_address.look_up(row, secret)
    assert no.value.code == "expired"
    own_address.change(row, secret)
    with pytest.raises(Refused) as no:
        own_address.change(row, secret)
    assert no.value.code == "used"


def test_nobody_who_is_not_asked(northlake: Company) -> None:
    """A member of a company changes no address by this way."""
    login = sql.value("SELECT login_id FROM people_user WHERE id = %(u)s", {"u": northlake.member.user_id})
    with pytest.raises(Refused) as no:
        own_address.ask(login, NEW)
    assert no.value.code == "not_asked"
