"""After a large run the planner knows what was written."""

import pytest
from django.db import connection

from tests.people_of import LICENSED, Company, crowd, do, one
from usher.core import sql
from usher.journal import run, tasks


@pytest.mark.django_db(transaction=True)
def test_what_was_invited_a_moment_ago_is_listed_at_once() -> None:
    """F39: the planner counts 1,500 people where it knew of none; asked again, nothing is left to look at."""
    from tests.people_of import open_company

    company: Company = open_company("Northlake")
    crowd(company.owner, 1_500)
    assert {"people_user", "people_standing", "journal_effect"} <= set(tasks.look_again())
    assert int(sql.value("SELECT reltuples FROM pg_class WHERE relname = 'people_standing'")) >= 1_500
    assert "people_user" not in tasks.look_again()


@pytest.mark.django_db
def test_an_undo_finds_the_effects_of_its_change_in_their_order(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planner knows how many were done: estimated at a two-hundredth of them, half a million effects were sorted on the disk."""
    monkeypatch.setattr(run, "MANY", 100)
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 500})
    people = crowd(northlake.owner, 400)
    started = do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(*people)})
    with connection.cursor() as cursor:
        done = "SELECT 1 FROM journal_effect WHERE change_id = %s AND phase = 0 AND result = 'done'"
        cursor.execute(f"EXPLAIN (FORMAT JSON) {done}", [started.change_id])
        assert cursor.fetchone()[0][0]["Plan"]["Plan Rows"] >= 200
