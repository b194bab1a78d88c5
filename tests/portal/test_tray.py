"""The tray: own work in the background, what failed until it is dismissed; never what the open page shows."""

from typing import Any

import pytest
from django.test import Client

from tests.people_of import Company
from tests.portal.test_changes import started
from tests.signed_in import signed_in
from usher.core import sql
from usher.journal import engine, reads


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def tray(client: Client, **headers: str) -> str:
    return str(client.get("/tray", headers=headers).content.decode())


def ended(company: Company, number: int, **counts: int) -> None:
    """A run steps to its end; `counts` add to what came of its first phase."""
    change = reads.change(company.owner, number)["id"]
    while engine.step(change):
        pass
    if counts:
        sql.execute(
            "UPDATE journal_run SET counts = jsonb_set(counts, '{0}', counts->'0' || %(n)s) WHERE change_id = %(c)s",
            {"n": sql.Jsonb(counts), "c": change},
        )


def test_it_works(owner: Client, northlake: Company) -> None:
    """portal.md 8: how far it came, asked for again every two seconds; then done, with Undo, and asked for no more."""
    assert "hx-get" not in tray(owner) and "u-toast" not in tray(owner)
    number = started(owner, northlake)
    shown = tray(owner)
    assert "Invite" in shown and "1,000 of 1,501" in shown and "every 2s" in shown and f'href="/changes/{number}"' in shown
    ended(northlake, number)
    shown = tray(owner)
    assert "1,500\u00a0people invited" in shown and f"/changes/{number}/undo" in shown and "data-leaves" in shown and "hx-get" not in shown


def test_it_does_not_repeat_what_the_page_shows(owner: Client, northlake: Company) -> None:
    number = started(owner, northlake)
    for page in (f"/changes/{number}", f"/changes/{number}?part=failed"):
        shown = tray(owner, **{"HX-Current-URL": f"http://testserver{page}"})
        assert "u-toast" not in shown and "hx-get" not in shown, page
    assert "u-toast" in tray(owner, **{"HX-Current-URL": f"http://testserver/changes/{number}0"})


def test_others_have_their_own(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-01: nobody sees the work of another, in the account or outside."""
    started(owner, northlake)
    for other in (northlake.admin, northlake.member, southport.owner):
        assert "u-toast" not in tray(signed_in(other.user_id))


def test_failed_work_stays_until_it_is_dismissed(owner: Client, northlake: Company) -> None:
    number = started(owner, northlake)
    ended(northlake, number, failed=3)
    sql.execute(
        "UPDATE journal_run SET ended_at = now() - interval '2 hours' WHERE change_id = %(c)s",
        {"c": reads.change(northlake.owner, number)["id"]},
    )
    shown = tray(owner)
    assert "3 of 1,503 failed" in shown and f"/tray/{number}/dismissal" in shown and "data-leaves" not in shown
    assert "u-toast" not in owner.post(f"/tray/{number}/dismissal").content.decode()
    assert "u-toast" not in tray(owner)


def test_three_at_most(owner: Client, northlake: Company) -> None:
    for n in range(5):
        number = started(owner, northlake, 600 + n)
        sql.execute(
            "UPDATE people_user SET canonical = id::text WHERE account_id = %(a)s AND canonical LIKE 'p%%'", {"a": northlake.account}
        )
        assert number
    shown = tray(owner)
    assert shown.count("u-toast") == 3 and "2 more" in shown


def test_without_the_privilege_it_is_empty(db: None, northlake: Company) -> None:
    assert "u-toast" not in tray(signed_in(northlake.member.user_id))


def test_wrong_method(owner: Client) -> None:
    assert owner.post("/tray").status_code == 405 and owner.get("/tray/1/dismissal").status_code == 405


@pytest.mark.parametrize("number", [0, 1, 10**30])
def test_a_number_of_nothing_is_kept_and_harms_nobody(owner: Client, number: Any) -> None:
    assert owner.post(f"/tray/{number}/dismissal").status_code == 200
