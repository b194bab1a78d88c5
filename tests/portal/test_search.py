"""Search everywhere: one endpoint for the dialog and for the page without JavaScript; and the switch of the single keys."""

import gzip

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.people_of import Company, do, one
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.portal.templatetags.usher import STATIC


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def search(client: Client, q: str) -> str:
    return client.get("/search", {"q": q}).content.decode()


def fragment(client: Client, q: str) -> str:
    answer = client.get("/search", {"q": q}, headers={"HX-Request": "true", "HX-Target": "found"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_works(owner: Client, northlake: Company) -> None:
    """S4-7: people by name and address; a page of its own without JavaScript, the list alone for the dialog."""
    assert northlake.owner.user_id is not None
    path = f"/people/{short(northlake.owner.user_id)}"
    assert f'href="{path}"' in search(owner, "olga own")
    assert f'href="{path}"' in search(owner, "OWNER@" + northlake.domain[:5].upper())
    found = fragment(owner, "olga")
    assert f'href="{path}"' in found and "<html" not in found
    assert 'name="q" value="olga"' in search(owner, "olga")


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5, AUTHZ-20: a member finds their own pages and the guide, and neither people nor changes nor pages of others."""
    client = signed_in(northlake.member.user_id)
    assert "Olga" not in fragment(client, "olga")
    assert "/changes/" not in fragment(client, "C-1")
    assert "/people" not in fragment(client, "users") and 'href="/help/users"' in fragment(client, "users")
    assert 'href="/me/security"' in fragment(client, "security")


def test_other_account_is_not_there(owner: Client, southport: Company) -> None:
    """TENANT-01: neither people nor groups nor changes of another account."""
    do(southport.owner, "people.create_group", {"kind": "user", "name": "Southern night watch"})
    assert "href=" not in fragment(owner, southport.domain)
    assert "href=" not in fragment(owner, "southern")
    number = sql.value("SELECT max(number) FROM journal_change WHERE account_id = %(a)s", {"a": southport.account})
    assert owner.get(f"/changes/{number}").status_code == 404
    assert "/changes/" not in fragment(owner, f"C-{number}")


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/search", {"q": "x"}).status_code == 405


def test_whoever_begins_so_comes_first(owner: Client, northlake: Company) -> None:
    """A short text finds whoever begins with it; an employee id is found whole and comes before all others; accents and case do not matter."""
    do(
        northlake.owner,
        "people.edit_profile",
        {"subjects": one(northlake.pending), "fields": {"first_name": "Åse", "employee_id": "A-0042"}},
    )
    assert "Åse" in fragment(owner, "as")
    assert "Åse" in fragment(owner, "ASE") and "Åse" in fragment(owner, "A-0042")
    assert "Åse" not in fragment(owner, "A-004")
    assert "Pending · " in fragment(owner, "A-0042")


def test_groups_changes_pages_and_help(owner: Client, northlake: Company) -> None:
    do(northlake.owner, "people.create_group", {"kind": "user", "name": "Night shift"})
    group = sql.value("SELECT id FROM people_group WHERE account_id = %(a)s AND name = 'Night shift'", {"a": northlake.account})
    assert f'href="/groups/{short(group)}"' in fragment(owner, "night")
    number = sql.value("SELECT min(number) FROM journal_change WHERE account_id = %(a)s", {"a": northlake.account})
    for written in (f"C-{number}", f"c{number}", str(number)):
        assert f'href="/changes/{number}"' in fragment(owner, written), written
    assert "/changes/" not in fragment(owner, f"C-{number}x") and "/changes/" not in fragment(owner, "C-99999999999999999")
    assert 'href="/account/outbox"' in fragment(owner, "outb")
    assert 'href="/help/import"' in fragment(owner, "impo")


def test_nothing_typed_offers_the_pages(owner: Client) -> None:
    text = fragment(owner, "  ")
    assert 'href="/people"' in text and 'href="/activity"' in text and "/help/import" not in text


def test_what_is_typed_is_only_text(owner: Client) -> None:
    """WEB-07, DOS-13: wildcards, quotes, NUL and markup mean themselves."""
    for odd in ("%", "___", "\\", "'", "\0", "%%%%", "a" * 500, '"><svg onload=alert(1)>', "1" * 400):
        assert "<svg onload" not in search(owner, odd)
        assert "Olga" not in fragment(owner, odd), odd


def test_pages_by_all_their_words(owner: Client) -> None:
    """A page is found by its name, its area's, and what else it is called; every word must be there."""
    for q, path in (
        ("account outbox", "/account/outbox"),
        ("smtp", "/account/outbox"),
        ("dark", "/me"),
        ("audit", "/activity"),
        ("passkey", "/me/security"),
    ):
        assert f'href="{path}"' in fragment(owner, q), q
    assert "/account/outbox" not in fragment(owner, "account pending")


def test_the_first_person_found_brings_the_commonest_verbs(owner: Client, northlake: Company) -> None:
    """portal.md section 2: three, what cannot be done left out; a member is offered none."""
    found = fragment(owner, "member")
    who = short(northlake.member.user_id)  # type: ignore[arg-type]
    assert found.count('class="acts"') == 1
    assert f"/people/license-changes?ids={who}" in found and f"/people/{who}/deactivation" in found and "/profile" in found
    assert 'class="acts"' not in fragment(signed_in(northlake.member.user_id), "member")


def test_at_most_four_statements(owner: Client) -> None:
    """F39: the two that say who asks, one for people and groups, one for the change."""
    for q in ("olga", "C-1", "1", "xyzxyz", ""):
        with CaptureQueriesContext(connection) as seen:
            fragment(owner, q)
        assert len([s for s in seen if not s["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 4, q


def test_single_keys_can_be_switched_off(owner: Client) -> None:
    """WCAG 2.1.4: kept with the person, from the list of keys."""
    assert "data-keys-off" not in owner.get("/me").content.decode()
    assert owner.post("/me/settings", {"single_keys": "off", "next": "/people"})["Location"] == "/people"
    assert "data-keys-off" in owner.get("/me").content.decode()
    owner.post("/me/settings", {"single_keys": "<b>"})
    assert "data-keys-off" in owner.get("/me").content.decode()
    owner.post("/me/settings", {"single_keys": "on"})
    assert "data-keys-off" not in owner.get("/me").content.decode()


def test_the_script_stays_small() -> None:
    """portal.md section 11: at most 6 kB compressed."""
    assert len(gzip.compress((STATIC / "usher/portal.js").read_bytes(), 9)) <= 6_000
