"""usher advanced: totals, and what is done to everybody at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cli.told import Told
from tests.people_of import BASIC, LICENSED, Company, activate, crowd, do, one, seats, standing
from usher.core import clock, sql

pytestmark = pytest.mark.django_db


def test_totals(cli: Callable[..., Told], northlake: Company) -> None:
    """S0-53"""
    do(northlake.owner, "accounts.create_room", {"name": "Fjord", "kind": "Kiosk"})
    told = cli("advanced", "totals").answer
    assert {k: told[k] for k in ("active", "pending", "inactive", "rooms")} == {"active": 3, "pending": 1, "inactive": 0, "rooms": 1}
    assert {"product": BASIC, "name": "Basic", "bought": 9_999, "used": 3, "pending": 1, "free": 9_995} in told["seats"]


def test_all_members_get_another_license(cli: Callable[..., Told], northlake: Company) -> None:
    """S0-54, S0-55, S0-56, S0-57: refused whole without seats for everybody; with --first the first of an order, the others listed."""
    crowd(northlake.operator, 10)
    no = cli("advanced", "change-license", BASIC, LICENSED)
    assert (no.code, no.answer["code"], no.answer["details"]["needed"]) == (3, "no_seat", 12)
    assert cli("advanced", "change-license", BASIC, LICENSED, "--dry-run").answer["state"] == "planned"
    part = cli("advanced", "change-license", BASIC, LICENSED, "--first", "--order", "-email")
    assert (part.code, part.counts) == (4, {"updated": 10, "skipped": 4})
    assert {r["code"] for r in part.answer["refusals"]} == {"no_seat", "owner_stays", "admin_stays"}
    assert seats(northlake, LICENSED)["used"] + seats(northlake, LICENSED)["pending"] == 10
    same = cli("advanced", "change-license", BASIC, BASIC)
    assert (same.code, same.answer["code"]) == (3, "same_license")


def test_everybody_who_came_in_by_a_domain(cli: Callable[..., Told], northlake: Company) -> None:
    """S0-60"""
    do(northlake.owner, "accounts.claim_domain", {"domain": "northlake.example.org"})
    sql.execute("UPDATE accounts_domain SET name = %(d)s WHERE account_id = %(a)s", {"d": northlake.domain, "a": northlake.account})
    sql.execute("UPDATE people_user SET came_in = 'domain' WHERE id = %(u)s", {"u": northlake.member.user_id})
    done = cli("advanced", "domain-license", northlake.domain, LICENSED)
    assert (done.code, done.counts) == (0, {"updated": 1})
    assert cli("advanced", "domain-license", "elsewhere.example.org", LICENSED).code == 3


def test_the_long_deactivated_are_deleted(cli: Callable[..., Told], northlake: Company) -> None:
    old, new = crowd(northlake.operator, 2)
    activate(old, new)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(old, new)})
    sql.execute("UPDATE lifecycle_departure SET at = %(at)s WHERE user_id = %(u)s", {"at": clock.now() - timedelta(days=100), "u": old})
    assert cli("advanced", "delete-deactivated", "90").counts == {"updated": 1}
    assert (standing(old)["status"], standing(new)["status"]) == ("gone", "inactive")
