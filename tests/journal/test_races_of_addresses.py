"""Addresses that are wanted at the same moment. Everything here commits for real."""

from functools import partial
from uuid import UUID

import pytest

from tests.lifecycle.test_managed_domain import manages
from tests.people_of import Company, accept_invitation, breaches, invite
from tests.threads import at_once
from usher.core import sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.lifecycle.addresses import change_address

pytestmark = pytest.mark.django_db(transaction=True)


def take(company: Company, person: UUID, email: str) -> str:
    """done, or the code of the refusal."""
    try:
        return "done" if change_address(company.owner, person, email, f"test:{uuid7()}") else ""
    except Refused as no:
        return no.code


def test_two_want_one_address_at_once(company: Company) -> None:
    """MAIL-12: one has it, the others are refused like for any address that is not free."""
    manages(company)
    people = invite(company.operator, *(f"t{i}@{company.domain}" for i in range(4)))
    for person in people:
        accept_invitation(person)
    told = at_once([partial(take, company, person, f"wanted@{company.domain}") for person in people])
    assert sorted(told) == ["done", "not_free", "not_free", "not_free"]
    assert sql.value("SELECT count(*) FROM people_login WHERE canonical = %(c)s", {"c": f"wanted@{company.domain}"}) == 1
    assert not breaches()


def test_four_changes_of_one_person_at_once(company: Company) -> None:
    """MAIL-12: the limit of three holds however many come at once; who found another state than they read is told so."""
    manages(company)
    (person,) = invite(company.operator, f"once@{company.domain}")
    accept_invitation(person)
    told = at_once([partial(take, company, person, f"r{n}@{company.domain}") for n in range(6)])
    assert told.count("done") <= 3 and set(told) <= {"done", "too_many_changes", "changed"}
    assert not breaches()
