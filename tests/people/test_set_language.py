"""people.set_language: everybody's own choice."""

from dataclasses import replace

import pytest

from tests.people_of import Company, actor_of, breaches, do
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import reads
from usher.people.verbs.language import OWN, choose_language

pytestmark = pytest.mark.django_db
NAME = "people.set_language"


def language_of(user: object) -> str:
    return str(sql.value("SELECT language FROM people_user WHERE id = %(u)s", {"u": user}))


def test_it_works(northlake: Company) -> None:
    """A member may; it is a Change of theirs, and the next request knows it."""
    choose_language(northlake.member, "de")
    assert language_of(northlake.member.user_id) == "de"
    assert northlake.member.user_id is not None
    assert actor_of(northlake.member.user_id).languages[0] == "de"
    assert (reads.changes(northlake.owner, limit=1)[0]["verb"], reads.changes(northlake.owner, limit=1)[0]["actor_name"]) == (
        NAME,
        northlake.member.name,
    )
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """The operator is no person and has no language; who lacks the right to their own is refused."""
    for actor in (northlake.operator, replace(northlake.member, privileges=frozenset())):
        with pytest.raises(Refused) as no:
            do(actor, NAME, {"language": "de"})
        assert no.value.kind == "forbidden"


def test_other_account_and_other_people_keep_theirs(northlake: Company, southport: Company) -> None:
    """TENANT-01: nobody is named in it, so nobody else can be meant."""
    choose_language(northlake.member, "de")
    assert language_of(northlake.admin.user_id) == "" == language_of(southport.member.user_id)


@pytest.mark.parametrize("language", ["", "deutsch", "../de", "de\0", "DE", None, 7])
def test_what_is_no_code_is_refused(northlake: Company, language: object) -> None:
    with pytest.raises(Refused) as no:
        do(replace(northlake.member, privileges=frozenset({OWN})), NAME, {"language": language})
    assert no.value.code == "bad_language"
