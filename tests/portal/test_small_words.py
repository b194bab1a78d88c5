"""Words that stand in many places and are said in one way."""

import pytest
from django.test import Client
from django.utils import translation

from tests.people_of import Company, do, one
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.ids import short
from usher.journal.names import one_of


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def test_one_of_several() -> None:
    """Commas between, or before the last, in the language of whoever reads."""
    assert [one_of(["A"]), one_of(["A", "B"]), one_of(["A", "B", "C"])] == ["A", "A or B", "A, B or C"]
    with translation.override("de"):
        assert one_of(["A", "B", "C"]) == "A, B oder C"


def test_who_is_marked_is_told_by_whom_and_why(owner: Client, northlake: Company) -> None:
    """Whoever opens the person knows at once; nobody else has the notice."""
    member = northlake.member.user_id
    assert "passes over" not in owner.get(f"/people/{short(member)}").content.decode()
    do(northlake.admin, "people.mark", {"kind": "never", "why": "Chief <executive>", "subjects": one(member or "")})
    page = owner.get(f"/people/{short(member)}").content.decode()
    assert f"put there by {northlake.admin.name}" in page and "Chief &lt;executive&gt;" in page


def test_the_page_of_dates_is_a_tab_of_its_own(owner: Client) -> None:
    assert '<a href="/people/dates" aria-current="page">Dates</a>' in owner.get("/people/dates").content.decode()


def test_who_is_deactivated_has_no_access_to_lose(owner: Client, northlake: Company) -> None:
    """Deleting the deactivated says what becomes of them, and nothing that is so already."""
    member = northlake.member.user_id
    assert "deleted and lose access at once" in owner.get(f"/people/{short(member)}/deletion").content.decode()
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(member or "")})
    for path in (f"/people/{short(member)}/deletion", "/people/advanced/deletions?days=0"):
        page = owner.get(path).content.decode()
        assert "will be deleted" in page and "lose access" not in page, path


def test_a_capability_that_no_plan_has(owner: Client, northlake: Company) -> None:
    """S0-4: said as it is, without plans to choose from."""
    sql.execute("DELETE FROM accounts_plancapability WHERE capability = 'import'")
    told = owner.get("/people/imports/new").content.decode()
    assert "No plan has it." in told and "These plans" not in told
