"""Advanced: the defaults, moves between groups, and everybody at or by a domain."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, activate, breaches, do, invite, one, seats, standing
from tests.portal.test_import import confirm
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short

TAB = "/people/advanced"
PATHS = ("default-group", "default-im-group", "group-moves", "im-group-moves", "domain-groups", "domain-licenses")


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


@pytest.fixture
def groups(db: None, northlake: Company) -> dict[str, str]:
    """A and B, user groups; I and J, IM groups: by name the id as an address has it."""
    for name, verb in {"A": "create_group", "B": "create_group", "I": "create_im_group", "J": "create_im_group"}.items():
        do(northlake.owner, f"people.{verb}", {"name": name})
    found = sql.rows("SELECT id, name FROM people_group WHERE account_id = %(a)s", {"a": northlake.account})
    return {g["name"]: short(g["id"]) for g in found}


@pytest.fixture
def domain(db: None, northlake: Company) -> str:
    """Northlake's own domain, proven."""
    return prove(northlake)


def prove(company: Company) -> str:
    do(company.owner, "accounts.claim_domain", {"domain": company.domain.replace(".test", ".example.org")})
    sql.execute(
        "UPDATE accounts_domain SET name = %(d)s, state = 'verified', how = 'dns', verified_at = now() WHERE account_id = %(a)s",
        {"d": company.domain, "a": company.account},
    )
    return company.domain


def test_it_works(owner: Client, northlake: Company, groups: dict[str, str]) -> None:
    """S0-62, S0-63, S0-66: the default groups are of those added from now on, and of nobody who is here."""
    page = owner.get(TAB).content.decode()
    assert page.count("Now: none") == 2
    assert "Everybody added from now on will be in A." in owner.get(f"{TAB}/default-group?default_group={groups['A']}").content.decode()
    assert confirm(owner, f"{TAB}/default-group?default_group={groups['A']}").status_code == 303
    assert confirm(owner, f"{TAB}/default-im-group?default_im_group={groups['I']}").status_code == 303
    page = owner.get(TAB).content.decode()
    assert "Now: A" in page and "Now: I" in page and f'value="{groups["A"]}" selected' in page
    (new,) = invite(northlake.operator, f"new@{northlake.domain}")
    assert belongs(new) == (["A"], "I") and belongs(northlake.member.user_id) == ([], None)
    assert confirm(owner, f"{TAB}/default-group?default_group=none").status_code == 303
    assert "Now: none" in owner.get(TAB).content.decode()


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """AUTHZ-13"""
    client = signed_in(northlake.member.user_id)
    for path in PATHS:
        assert client.get(f"{TAB}/{path}").status_code == 403
        assert client.post(f"{TAB}/{path}").status_code == 403


def test_other_account_s_groups_and_domains_are_not_there(
    owner: Client, northlake: Company, southport: Company, groups: dict[str, str]
) -> None:
    """TENANT-03: asked again on the tab, as if there were no such group or domain."""
    do(southport.owner, "people.create_group", {"name": "Theirs"})
    theirs = short(sql.value("SELECT id FROM people_group WHERE account_id = %(a)s", {"a": southport.account}))
    prove(southport)
    for path in (
        f"default-group?default_group={theirs}",
        f"group-moves?group_from={theirs}&group_into={groups['A']}",
        f"group-moves?group_from={groups['A']}&group_into={theirs}",
        f"domain-groups?domain={southport.domain}&group_into={groups['A']}",
        f"domain-licenses?domain={southport.domain}&license_to={LICENSED}",
    ):
        answer = owner.get(f"{TAB}/{path}")
        assert answer.status_code == 422 and "Theirs" not in answer.content.decode(), path


def test_wrong_method(owner: Client) -> None:
    for path in PATHS:
        assert owner.put(f"{TAB}/{path}").status_code == 405


def test_everybody_moves_between_groups(owner: Client, northlake: Company, groups: dict[str, str]) -> None:
    """S0-64, S0-67: all of A to B, all of I to J."""
    member = northlake.member.user_id
    do(northlake.owner, "people.add_to_group", {"group": "A", "subjects": one(*filter(None, [member, northlake.admin.user_id]))})
    do(northlake.owner, "people.set_im_group", {"group": "I", "subjects": one(*filter(None, [member]))})
    assert confirm(owner, f"{TAB}/group-moves?group_from={groups['A']}&group_into={groups['B']}").status_code == 303
    assert confirm(owner, f"{TAB}/im-group-moves?im_group_from={groups['I']}&im_group_into={groups['J']}").status_code == 303
    assert belongs(member) == (["B"], "J") and belongs(northlake.admin.user_id) == (["B"], None)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("group-moves?group_from={A}&group_into={A}", "They are in this group already."),
        ("group-moves?group_from={I}&group_into={A}", "There is no user group"),
        ("im-group-moves?im_group_from={A}&im_group_into={J}", "There is no IM group"),
        ("default-group", "Choose a group, or none."),
        ("domain-groups?domain=example.com&group_into={A}", "Choose a domain of this account."),
        ("domain-licenses?license_to=meetings:basic", "Choose a domain of this account."),
    ],
)
def test_what_cannot_be_is_asked_again(owner: Client, groups: dict[str, str], domain: str, path: str, words: str) -> None:
    """MASS-08"""
    answer = owner.get(f"{TAB}/{path.format(**groups)}")
    assert answer.status_code == 422 and words in answer.content.decode()


def test_everybody_at_a_domain(owner: Client, northlake: Company, groups: dict[str, str], domain: str) -> None:
    """S0-65: by the address, however they came in; who is elsewhere is not meant."""
    (elsewhere,) = invite(northlake.operator, "somebody@elsewhere.test")
    page = owner.get(f"{TAB}/domain-groups?domain={domain}&group_into={groups['A']}").content.decode()
    assert f"4\u00a0people at {domain} will be added to A." in page
    assert confirm(owner, f"{TAB}/domain-groups?domain={domain}&group_into={groups['A']}").status_code == 303
    assert belongs(northlake.member.user_id) == (["A"], None) and belongs(elsewhere) == ([], None)


def test_everybody_who_came_in_by_a_domain(owner: Client, northlake: Company, domain: str) -> None:
    """S0-60, S0-61: whoever is recorded as having come in by it; added people at the same domain keep theirs."""
    (by_it,) = invite(northlake.operator, f"by-it@{domain}")
    activate(by_it)
    sql.execute("UPDATE people_user SET came_in = 'domain' WHERE id = %(u)s", {"u": by_it})
    address = f"{TAB}/domain-licenses?domain={domain}&license_to={LICENSED}"
    assert "1\u00a0person will be Licensed." in owner.get(address).content.decode()
    assert confirm(owner, address).status_code == 303
    assert (standing(by_it)["license"], standing(northlake.member.user_id)["license"]) == (LICENSED, BASIC)  # type: ignore[arg-type]
    assert seats(northlake, LICENSED)["used"] == 1 and not breaches()


def test_a_type_with_too_many_groups_is_typed(owner: Client, groups: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list is no menu: names are proposed, and a typed one is understood."""
    monkeypatch.setattr("usher.portal.people.belonging.MOST_OFFERED", 1)
    assert '<datalist id="l-group-move-group_from">' in owner.get(TAB).content.decode()
    assert owner.get(f"{TAB}/group-moves?group_from=a&group_into=B").status_code == 200


def test_what_needs_a_group_or_a_domain_says_so(owner: Client) -> None:
    """S4-23: closed, with the way out."""
    page = owner.get(TAB).content.decode()
    assert page.count("There is no group yet.") == 4 and page.count("No domain of this account is verified yet.") == 2


def belongs(user: UUID | None) -> tuple[list[str], Any]:
    """The user groups and the IM group of somebody."""
    found = sql.rows(
        "SELECT g.name FROM people_membership m JOIN people_group g ON g.id = m.group_id WHERE m.user_id = %(u)s ORDER BY 1", {"u": user}
    )
    im = sql.value("SELECT g.name FROM people_user u LEFT JOIN people_group g ON g.id = u.im_group_id WHERE u.id = %(u)s", {"u": user})
    return [g["name"] for g in found], im
