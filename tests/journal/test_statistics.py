"""After a large run the planner knows what was written."""

import pytest

from tests.people_of import Company, crowd
from usher.core import sql
from usher.journal import tasks


@pytest.mark.django_db(transaction=True)
def test_what_was_invited_a_moment_ago_is_listed_at_once() -> None:
    """F39: the planner counts 1,500 people where it knew of none; asked again, nothing is left to look at."""
    from tests.people_of import open_company

    company: Company = open_company("Northlake")
    crowd(company.owner, 1_500)
    assert {"people_user", "people_standing", "journal_effect"} <= set(tasks.look_again())
    assert int(sql.value("SELECT reltuples FROM pg_class WHERE relname = 'people_standing'")) >= 1_500
    assert "people_user" not in tasks.look_again()
