"""Settings that programs keep with phones, sites, templates, numbers and the account, and that nothing here acts on."""

from typing import Any
from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, breaches, do
from tests.phone.phones import PLAN, add, equip
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.phone import kept

pytestmark = pytest.mark.django_db
VERBS = {
    "phone.store_for_phone": "phone",
    "phone.store_for_site": "site",
    "phone.store_for_template": "template",
    "phone.store_for_number": "number",
    "phone.store_for_account": "account",
}
WISH = {"policy": {"sms": {"enable": True}}, "user_settings": {"desk_phone": {"pin_code": "847362"}}}


@pytest.fixture
def owners(northlake: Company) -> dict[str, UUID]:
    """One of each that has settings."""
    return owners_of(northlake)


def owners_of(company: Company) -> dict[str, UUID]:
    equip(company)
    assert company.member.user_id
    add(company, company.member.user_id, package=PLAN)
    do(company.owner, "accounts.create_site", {"name": "Oslo"})
    do(company.owner, "phone.create_template", {"name": "Desk"})
    found = {"phone": company.member.user_id, "account": company.account}
    for kind, table in {"site": "accounts_site", "template": "phone_template", "number": "phone_number"}.items():
        found[kind] = sql.value(f"SELECT id FROM {table} WHERE account_id = %(a)s ORDER BY id LIMIT 1", {"a": company.account})
    return found


def read(company: Company, kind: str, owner: UUID) -> dict[str, Any]:
    return kept.KINDS[kind].opened(company.owner, kept.KINDS[kind].flat(owner), owner)


@pytest.mark.parametrize(("verb", "kind"), VERBS.items())
def test_it_works(northlake: Company, owners: dict[str, UUID], verb: str, kind: str) -> None:
    """SECRET-01: merged, told again, undone; a PIN stands nowhere in plain text."""
    owner = owners[kind]
    do(northlake.owner, verb, {"owner": str(owner), "settings": WISH})
    changed = do(northlake.owner, verb, {"owner": str(owner), "settings": {"policy": {"sms": {"enable": False}, "delegation": True}}})
    assert read(northlake, kind, owner) == {**WISH, "policy": {"sms": {"enable": False}, "delegation": True}}
    for table in (kept.KINDS[kind].table, "journal_effect", "journal_change", "journal_planrow"):
        assert not sql.value(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%847362%%'"), table
    undo.start_undo(northlake.owner, changed.number or 0)
    assert read(northlake, kind, owner) == WISH and not breaches()
    do(northlake.owner, verb, {"owner": str(owner), "settings": {}, "gone": ["policy.sms.enable"]})
    assert "policy" not in read(northlake, kind, owner)


@pytest.mark.parametrize(("verb", "kind"), VERBS.items())
def test_without_the_privilege(northlake: Company, owners: dict[str, UUID], verb: str, kind: str) -> None:
    with pytest.raises(Refused, match="right"):
        do(actor_of(northlake.member.user_id), verb, {"owner": str(owners[kind]), "settings": WISH})  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", [verb for verb, kind in VERBS.items() if kind != "account"])
def test_another_account(northlake: Company, southport: Company, owners: dict[str, UUID], verb: str) -> None:
    """TENANT-03: it does not exist."""
    with pytest.raises(Refused) as refused:
        do(southport.owner, verb, {"owner": str(owners[VERBS[verb]]), "settings": WISH})
    assert refused.value.kind == "missing"


@pytest.mark.parametrize(("verb", "kind"), VERBS.items())
def test_what_is_no_setting(northlake: Company, owners: dict[str, UUID], verb: str, kind: str) -> None:
    """MASS-08: a name that is none, a value no column can hold, an owner that is no id."""
    for wrong in ({"a b": 1}, {"a": "\x00"}, {"a": [float("inf")]}, []):
        with pytest.raises(Refused):
            do(northlake.owner, verb, {"owner": str(owners[kind]), "settings": wrong})
    if kind != "account":
        with pytest.raises(Refused):
            do(northlake.owner, verb, {"owner": "x", "settings": WISH})
    assert read(northlake, kind, owners[kind]) == {}


def test_they_go_with_what_they_are_about(northlake: Company, owners: dict[str, UUID]) -> None:
    """A phone that is removed, a template and a number that are deleted leave no row behind; a phone in the trash keeps its own."""
    for verb, kind in VERBS.items():
        do(northlake.owner, verb, {"owner": str(owners[kind]), "settings": WISH})
    do(northlake.owner, "phone.remove", {"subjects": {"ids": [str(owners["phone"])]}})
    do(northlake.owner, "phone.delete_template", {"template": str(owners["template"])})
    do(northlake.owner, "phone.release_numbers", {"numbers": [str(owners["number"])]})
    do(northlake.owner, "accounts.delete_sites", {"sites": [str(owners["site"])]})
    assert {kind: len(read(northlake, kind, owners[kind])) > 0 for kind in VERBS.values()} == {
        "phone": False, "site": False, "template": False, "number": False, "account": True,
    }  # fmt: skip
    assert not breaches()
