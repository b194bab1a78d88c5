"""people.choose_look: everybody's own columns of a list."""

from dataclasses import replace
from typing import Any

import pytest

from tests.people_of import Company, breaches, do
from usher.core.refusals import Refused
from usher.people.looks import Look, look_of
from usher.people.verbs.list_look import choose_look
from usher.people.verbs.own import OWN

pytestmark = pytest.mark.django_db
NAME = "people.choose_look"
SOME: dict[str, Any] = {"listing": "people", "columns": ["email", "role"], "tight": True}


def test_it_works(northlake: Company) -> None:
    """Kept for each list of each person, changed again, and gone when nothing is chosen."""
    assert look_of(northlake.member, "people") == Look()
    choose_look(northlake.member, "people", Look(("role", "email"), tight=True))
    choose_look(northlake.member, "activity", Look(("at",)))
    choose_look(northlake.member, "people", Look(("email",)))
    assert look_of(northlake.member, "people") == Look(("email",))
    assert look_of(northlake.member, "activity") == Look(("at",))
    choose_look(northlake.member, "people", Look())
    assert look_of(northlake.member, "people") == Look() and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """The operator is no person and has no lists; who lacks the right to their own is refused."""
    for actor in (northlake.operator, replace(northlake.member, privileges=frozenset())):
        with pytest.raises(Refused) as no:
            do(actor, NAME, SOME)
        assert no.value.kind == "forbidden"


def test_other_account_and_other_people_keep_theirs(northlake: Company, southport: Company) -> None:
    """TENANT-01: nobody is named in it, so nobody else can be meant."""
    choose_look(northlake.member, "people", Look(("role",)))
    assert look_of(northlake.admin, "people") == look_of(southport.member, "people") == Look()


@pytest.mark.parametrize(
    "wrong", [{"columns": "email"}, {"columns": ["'; --"]}, {"columns": [7]}, {"columns": ["a"] * 101}, {"listing": None}]
)
def test_what_names_no_columns_is_refused(northlake: Company, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused) as no:
        do(replace(northlake.member, privileges=frozenset({OWN})), NAME, {**SOME, **wrong})
    assert no.value.code == "bad_columns"
    assert do(replace(northlake.member, privileges=frozenset({OWN})), NAME, {**SOME, "columns": [], "tight": False}).state == "unchanged"
