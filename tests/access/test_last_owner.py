"""An account never loses its owner: by a role, by leaving, by a file, by the clock, by an undo (I4-owner, S4-5)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.people_of import Company, actor_of, breaches, do, everybody, one, outcome, standing
from usher.access.actors import actor_of_row
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import undo
from usher.lifecycle import staging

pytestmark = pytest.mark.django_db
LEAVING = ("lifecycle.deactivate", "lifecycle.unlink", "lifecycle.delete")


@pytest.fixture(scope="module")
def desk(northlake: Company) -> str:
    """A custom role with all that can be given, which the admin holds."""
    do(northlake.owner, "access.create_role", {"name": "All", "privileges": sorted(northlake.admin.privileges & grantable())})
    key = str(sql.value("SELECT key FROM access_role WHERE account_id = %(a)s", {"a": northlake.account}))
    do(northlake.owner, "access.set_role", {"role": key, "subjects": one(northlake.admin.user_id or "")})
    return key


def grantable() -> frozenset[str]:
    from usher.access.roles import grantable

    return grantable()


def still_owner(company: Company) -> bool:
    assert company.owner.user_id
    return standing(company.owner.user_id)["role"] == "owner" and standing(company.owner.user_id)["status"] == "active" and not breaches()


def actors(company: Company) -> list[Actor]:
    assert company.admin.user_id
    return [company.owner, company.operator, actor_of(company.admin.user_id)]


def test_no_role_takes_it_away(northlake: Company, desk: str) -> None:
    """AUTHZ-01: alone, among everybody, by whoever it is."""
    for actor in actors(northlake):
        for role in ("member", desk):
            with pytest.raises(Refused):
                do(actor, "access.set_role", {"role": role, "subjects": one(northlake.owner.user_id or "")})
            do(actor, "access.set_role", {"role": role, "subjects": one(northlake.owner.user_id or "", northlake.member.user_id or "")})
            assert still_owner(northlake)


@pytest.mark.parametrize("verb", LEAVING)
def test_no_way_out_takes_the_owner(northlake: Company, desk: str, verb: str) -> None:
    """S4-5, R12: alone, among everybody, and named by a file of leavers."""
    for actor in actors(northlake):
        stage = staging.stage_addresses(actor, [northlake.owner.email], {})
        ways: list[dict[str, Any]] = [{"query": {"role": ["owner"]}, "except": []}, {"stage": str(stage.id)}]
        with pytest.raises(Refused):
            do(actor, verb, {"subjects": one(northlake.owner.user_id or "")})
        for subjects in ways:
            done = do(actor, verb, {"subjects": subjects})
            assert outcome(northlake.owner, done).done == 0
        assert still_owner(northlake)
    done = do(northlake.owner, verb, {"subjects": everybody(northlake)})
    assert "is_owner" in outcome(northlake.owner, done).reasons and still_owner(northlake)


def test_no_undo_takes_it_back(northlake: Company) -> None:
    """Nothing that made the owner can be undone: not the opening of the account, not the joining."""
    for found in sql.rows(
        "SELECT DISTINCT c.number FROM journal_change c JOIN journal_effect e ON e.change_id = c.id WHERE c.account_id = %(a)s AND e.obj = %(o)s",
        {"a": northlake.account, "o": northlake.owner.user_id},
    ):
        try:
            undo.start_undo(northlake.operator, found["number"])
        except Refused as no:
            assert no.kind in ("conflict", "forbidden")
        assert still_owner(northlake)


def test_a_date_for_the_owner_is_refused(northlake: Company) -> None:
    """S4-5: also on a day to come."""
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    with pytest.raises(Refused):
        do(northlake.owner, "lifecycle.schedule", {"what": "deactivate", "day": day, "subjects": one(northlake.owner.user_id or "")})
    assert still_owner(northlake)


def test_a_role_nobody_knows_gives_nothing(northlake: Company) -> None:
    """AUTHZ-21: what cannot be read is no right: an unknown role, and one whose row is gone."""
    row: dict[str, Any] = {
        "id": northlake.member.user_id,
        "account_id": northlake.account,
        "email": "x@x.test",
        "first_name": "",
        "last_name": "",
        "display_name": "",
    }
    row |= {
        "role": "root",
        "given": None,
        "capabilities": ["custom_roles"],
        "scope_kind": None,
        "scope_values": None,
        "most": None,
        "role_name": None,
    }
    row |= {
        "lacks_factor": False,
        "account_name": "",
        "plan": "business",
        "api_limits": True,
        "language": "",
        "account_language": "en",
        "time_zone": "UTC",
        "theme": "auto",
    }
    assert actor_of_row({**row, "single_keys": True, "mail_when_done": True}, "portal").privileges == frozenset()
