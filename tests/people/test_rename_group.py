"""people.rename_group and people.rename_im_group."""

from dataclasses import replace

import pytest

from tests.people.profiles import group
from tests.people_of import Company, do, invite
from usher.core.refusals import Refused
from usher.journal import undo
from usher.people import reads

pytestmark = pytest.mark.django_db
VERBS = {"user": "people.rename_group", "im": "people.rename_im_group"}


def names(company: Company, kind: str) -> list[str]:
    return [g["name"] for g in reads.groups(company.owner, kind)]


@pytest.mark.parametrize("kind", VERBS)
def test_it_works(northlake: Company, kind: str) -> None:
    """S0-27, S0-28: the group keeps its id and its members; only its name is another, and undo gives the old one back."""
    id = group(northlake.owner, "Crew", kind)
    (user,) = invite(northlake.owner, "a@group.test", **{"group" if kind == "user" else "im_group": "Crew"})
    started = do(northlake.admin, VERBS[kind], {"group": str(id), "name": " Night crew "})
    assert names(northlake, kind) == ["Night crew"]
    found = reads.person(northlake.owner, user)
    assert found["group"] == "Night crew" if kind == "user" else found["im_group_id"] == id
    assert started.number
    undo.start_undo(northlake.owner, started.number)
    assert names(northlake, kind) == ["Crew"]


@pytest.mark.parametrize("kind", VERBS)
def test_without_the_privilege(northlake: Company, kind: str) -> None:
    """The right to one kind is none to the other."""
    group(northlake.owner, "Crew", kind)
    other = {"user": "people:im_group:manage", "im": "people:group:manage"}[kind]
    for actor in (northlake.member, replace(northlake.admin, privileges=frozenset({other}))):
        with pytest.raises(Refused) as no:
            do(actor, VERBS[kind], {"group": "Crew", "name": "x"})
        assert no.value.kind == "forbidden"


@pytest.mark.parametrize("kind", VERBS)
def test_another_account_s_group_does_not_exist(northlake: Company, southport: Company, kind: str) -> None:
    """TENANT-03: by id or by name; and a group of the other kind is none of this one."""
    theirs = group(southport.owner, "Theirs", kind)
    ours = group(northlake.owner, "Ours", "im" if kind == "user" else "user")
    for foreign in (str(theirs), "Theirs", str(ours)):
        with pytest.raises(Refused) as no:
            do(northlake.owner, VERBS[kind], {"group": foreign, "name": "x"})
        assert (no.value.code, no.value.field) == ("no_group", "group")
    assert names(southport, kind) == ["Theirs"]


@pytest.mark.parametrize("name", ["", " ", "x" * 128, "a\nb", "a\u202eb", None])
def test_wrong_parameters(northlake: Company, name: str | None) -> None:
    group(northlake.owner, "Crew")
    with pytest.raises(Refused) as no:
        do(northlake.owner, "people.rename_group", {"group": "Crew", "name": name})
    assert (no.value.kind, no.value.field) == ("invalid", "name")


def test_one_name_in_any_spelling(northlake: Company) -> None:
    """MAIL-14: another group's name is taken in any spelling; one's own may be spelled otherwise; the kinds do not mind each other."""
    group(northlake.owner, "Café")
    group(northlake.owner, "Crew")
    group(northlake.owner, "Hall", "im")
    with pytest.raises(Refused) as no:
        do(northlake.owner, "people.rename_group", {"group": "Crew", "name": "CAFE"})
    assert no.value.code == "name_taken"
    do(northlake.owner, "people.rename_group", {"group": "Café", "name": "CAFE"})
    do(northlake.owner, "people.rename_group", {"group": "Crew", "name": "Hall"})
    assert sorted(names(northlake, "user")) == ["CAFE", "Hall"]
    assert do(northlake.owner, "people.rename_group", {"group": "Hall", "name": "Hall"}).state == "unchanged"


def test_undo_leaves_alone_what_was_changed_since(northlake: Company) -> None:
    """Renamed again, or the old name given to another meanwhile: it stays."""
    group(northlake.owner, "Crew")
    first = do(northlake.owner, "people.rename_group", {"group": "Crew", "name": "Night crew"}).number or 0
    group(northlake.owner, "Crew")
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, first)
    assert no.value.code == "name_taken"
    do(northlake.owner, "people.rename_group", {"group": "Night crew", "name": "Watch"})
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, first)
    assert no.value.code == "changed"
