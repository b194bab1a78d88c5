"""lifecycle.change_domain: the three switches of a verified domain, and what somebody gets who signs up by it (behaviour.md H)."""

from typing import Any

import pytest

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import Company, do
from usher.accounts import domains
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import reads, undo

pytestmark = pytest.mark.django_db
NAME = "lifecycle.change_domain"


def switches(company: Company, row: dict[str, Any]) -> tuple[bool, bool, bool]:
    now = domains.domain(company.owner, row["id"])
    return now["manage"], now["consolidate"], now["sign_up"]


def test_it_works(northlake: Company) -> None:
    """S0-61: each switch alone, all together, and back by undo."""
    row = manages(northlake, manage=False)
    first = do(northlake.admin, NAME, {"id": str(row["id"]), "manage": True, "consolidate": True})
    assert switches(northlake, row) == (True, True, False)
    do(northlake.admin, NAME, {"id": str(row["id"]), "sign_up": True})
    assert switches(northlake, row) == (True, True, True)
    do(northlake.admin, NAME, {"id": str(row["id"]), "consolidate": False, "sign_up": False})
    told = reads.sentence(reads.change(northlake.admin, first.number or 0), 1)
    assert told == f"{northlake.domain} was changed: manage its people on and ask people with an own account to join on"


def test_without_the_privilege(northlake: Company) -> None:
    row = manages(northlake)
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"id": str(row["id"]), "sign_up": True})
    assert no.value.kind == "forbidden"


def test_another_account(northlake: Company, southport: Company) -> None:
    """TENANT-03: neither its domain, nor its group."""
    row = manages(southport)
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"id": str(row["id"]), "sign_up": True})
    assert no.value.kind == "missing"
    do(southport.owner, "people.create_group", {"kind": "user", "name": "Theirs"})
    theirs = sql.value("SELECT id FROM people_group WHERE account_id = %(a)s", {"a": southport.account})
    ours = manages(northlake)
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"id": str(ours["id"]), "group": str(theirs)})
    assert no.value.code == "no_group"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "unknown_setting"),
        ({"manage": "yes"}, "unknown_setting"),
        ({"state": "verified"}, "unknown_setting"),
        ({"manage": False, "sign_up": True}, "needs_manage"),
        ({"manage": False}, "needs_manage"),
        ({"license": "phone"}, "unknown_license"),
        ({"license": "meetings:on_prem"}, "switched_off"),
        ({"group": "nobody"}, "no_group"),
    ],
)
def test_wrong_wishes(northlake: Company, wish: dict[str, Any], code: str) -> None:
    """S0-23 among them: no On-Prem while Meeting Connector is off."""
    row = manages(northlake, consolidate=True)
    with pytest.raises(Refused) as no:
        do(northlake.admin, NAME, {"id": str(row["id"]), **wish})
    assert (no.value.kind, no.value.code) == ("invalid", code)


def test_what_who_signs_up_gets(northlake: Company) -> None:
    """The license of the domain, and a group by id or name; taken back by undo."""
    row = manages(northlake)
    do(northlake.owner, "people.create_group", {"kind": "user", "name": "Newcomers"})
    group = sql.value("SELECT id FROM people_group WHERE account_id = %(a)s", {"a": northlake.account})
    done = do(northlake.admin, NAME, {"id": str(row["id"]), "license": "meetings:licensed", "group": "newcomers"})
    now = domains.domain(northlake.admin, row["id"])
    assert (now["license"], now["group_id"]) == ("meetings:licensed", group)
    undo.start_undo(northlake.admin, done.number or 0)
    now = domains.domain(northlake.admin, row["id"])
    assert (now["license"], now["group_id"]) == ("meetings:basic", None)


def test_a_group_that_is_deleted_is_none(northlake: Company) -> None:
    """The database lets go of it; the domain stays."""
    row = manages(northlake)
    do(northlake.owner, "people.create_group", {"kind": "user", "name": "Newcomers"})
    do(northlake.admin, NAME, {"id": str(row["id"]), "group": "Newcomers"})
    sql.execute("DELETE FROM people_group WHERE account_id = %(a)s", {"a": northlake.account})
    assert domains.domain(northlake.admin, row["id"])["group_id"] is None


def test_not_before_it_is_proven(northlake: Company) -> None:
    """Nobody manages people at a domain that is merely claimed."""
    do(northlake.admin, "accounts.claim_domain", {"domain": "example.org"})
    waiting = domains.by_name(northlake.admin, "example.org")
    with pytest.raises(Refused) as no:
        do(northlake.admin, NAME, {"id": str(waiting["id"]), "manage": True})
    assert no.value.code == "domain_waiting"


def test_no_undo_to_a_combination_that_cannot_be(northlake: Company) -> None:
    """Sign-up was turned off, then managing: turning sign-up on again alone would leave it without what it stands on."""
    row = manages(northlake, sign_up=True)
    off = do(northlake.admin, NAME, {"id": str(row["id"]), "sign_up": False})
    do(northlake.admin, NAME, {"id": str(row["id"]), "manage": False})
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.admin, off.number or 0)
    assert no.value.code == "changed"
    assert switches(northlake, row) == (False, False, False)
