"""Change license and Set role, for one and for many: always a plan first."""

import csv
import io

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, activate, crowd, seats, standing
from tests.portal.test_import import confirm, finish
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_it_works(owner: Client, northlake: Company) -> None:
    """S0-9, S1-23: choose a license with its seats beside it, see the plan, do it."""
    address = f"/people/license-changes?ids={short(northlake.member.user_id)}"
    page = owner.get(address).content.decode()
    assert "Which license shall they have?" in page and "10 free" in page and "See the plan" in page
    page = owner.get(address + f"&license_to={LICENSED}").content.decode()
    assert "1\u00a0person will be Licensed." in page and "Change 1 person" in page
    answer = confirm(owner, address + f"&license_to={LICENSED}")
    assert answer.status_code == 303
    assert standing(northlake.member.user_id)["license"] == LICENSED
    assert seats(northlake, LICENSED)["used"] == 1


def test_without_the_privilege(db: None, northlake: Company) -> None:
    client = signed_in(northlake.member.user_id)
    for path in ("/people/license-changes", "/people/role-changes"):
        assert client.get(path, {"ids": short(northlake.owner.user_id)}).status_code == 403


def test_other_account_is_not_there(owner: Client, northlake: Company, southport: Company) -> None:
    """AUTHZ-10: each id is checked by itself; the foreign one selects nobody."""
    address = f"/people/license-changes?ids={short(northlake.member.user_id)},{short(southport.member.user_id)}&license_to={LICENSED}"
    assert confirm(owner, address).status_code == 303
    assert standing(northlake.member.user_id)["license"] == LICENSED
    assert standing(southport.member.user_id)["license"] == BASIC


def test_wrong_method(owner: Client) -> None:
    assert owner.put("/people/license-changes").status_code == 405


def test_too_few_seats(owner: Client, northlake: Company) -> None:
    """S0-22, S0-57: how many are missing; the first ones only when that is chosen."""
    activate(*crowd(northlake.operator, 12))
    address = f"/people/license-changes?all=1&status=active&license_to={LICENSED}"
    page = owner.get(address).content.decode()
    assert "Only 10 Licensed seats are free." in page and "Change the first 10" in page
    assert confirm(owner, address).status_code == 409
    answer = confirm(owner, address + "&how=first", how="first")
    assert answer.status_code == 303
    finish(owner, answer, northlake)
    assert seats(northlake, LICENSED)["used"] == 10


def test_the_owner_sets_roles(owner: Client, northlake: Company) -> None:
    """S0-14, S0-17, S0-18: admin, and member again."""
    address = f"/people/role-changes?ids={short(northlake.member.user_id)}"
    for role in ("admin", "member"):
        assert confirm(owner, f"{address}&role_to={role}").status_code == 303
        assert standing(northlake.member.user_id)["role"] == role


def test_an_admin_sets_no_roles(db: None, northlake: Company) -> None:
    """AUTHZ-02, S0-17, S0-18: only the owner; on the page and by its button."""
    client = signed_in(northlake.admin.user_id)
    address = f"/people/role-changes?ids={short(northlake.member.user_id)}&role_to=admin"
    assert "Only the owner" in client.get(address).content.decode()
    assert client.post(address).status_code == 403
    assert standing(northlake.member.user_id)["role"] == "member"


@pytest.mark.parametrize("wrong", ["license_to=unicorn", "license_to=phone", "license_to=meetings:on_prem", "license_to=%00"])
def test_what_is_not_offered_is_refused(owner: Client, northlake: Company, wrong: str) -> None:
    """S0-23, MASS-08."""
    assert owner.get(f"/people/license-changes?ids={short(northlake.member.user_id)}&{wrong}").status_code == 422


def test_the_owner_stays_the_owner(owner: Client, northlake: Company) -> None:
    """AUTHZ-01: skipped with the reason."""
    address = f"/people/role-changes?ids={short(northlake.owner.user_id)}&role_to=member"
    assert "ownership is transferred" in owner.get(address).content.decode()
    confirm(owner, address)
    assert standing(northlake.owner.user_id)["role"] == "owner"


def test_the_plan_as_a_file(owner: Client, northlake: Company) -> None:
    """CSV-01: everybody with what changes, and everybody left out with the reason; formula-safe; nothing is done by it."""
    sql.execute("UPDATE people_user SET display_name = '=1+1' WHERE id = %(u)s", {"u": northlake.member.user_id})
    answer = owner.get(f"/people/license-changes?all=1&license_to={LICENSED}&as=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert rows[0] == ["Name", "E-mail", "What", "From", "To", "Why not"]
    assert ["'=1+1", northlake.member.email, "License", "Basic", "Licensed", ""] in rows
    assert len(rows) == 5 and standing(northlake.member.user_id)["license"] == BASIC


def test_a_plan_can_be_searched(owner: Client, northlake: Company) -> None:
    address = f"/people/license-changes?all=1&license_to={LICENSED}"
    assert "Nobody matches “unicorn” here." in owner.get(address, {"find": "unicorn", "all": "1", "license_to": LICENSED}).content.decode()
