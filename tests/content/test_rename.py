"""content.rename: another title."""

import pytest

from tests.content.items import item, make
from tests.people_of import Company, do
from usher.content import reads
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "content.rename"


def chosen(*ids: object) -> dict[str, list[str]]:
    return {"ids": [str(i) for i in ids]}


def test_it_works(northlake: Company) -> None:
    """S4-45: there and back; a title that was changed again stays."""
    (note,) = make(northlake, item(northlake.member.user_id, "note", "Draft"))
    first = do(northlake.admin, NAME, {"items": chosen(note), "title": "Plan"})
    second = do(northlake.admin, NAME, {"items": chosen(note), "title": "Plan B"})
    assert do(northlake.admin, NAME, {"items": chosen(note), "title": "Plan B"}).state == "unchanged"
    assert first.number and second.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.admin, first.number)
    assert no.value.code == "changed"
    assert reads.item(northlake.admin, note)["title"] == "Plan B"
    undo.start_undo(northlake.admin, second.number)
    assert reads.item(northlake.admin, note)["title"] == "Plan"


def test_without_the_privilege(northlake: Company) -> None:
    (note,) = make(northlake, item(northlake.member.user_id))
    with pytest.raises(Refused) as no:
        do(northlake.member, NAME, {"items": chosen(note), "title": "Mine"})
    assert no.value.kind == "forbidden"


def test_another_account_s_items_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    (theirs,) = make(southport, item(southport.member.user_id, "note", "Theirs"))
    assert do(northlake.admin, NAME, {"items": chosen(theirs), "title": "Ours"}).change_id is None
    assert reads.item(southport.admin, theirs)["title"] == "Theirs"
    with pytest.raises(Refused) as no:
        reads.item(northlake.admin, theirs)
    assert no.value.kind == "missing"


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-08"""
    a, b = make(northlake, item(northlake.member.user_id), item(northlake.member.user_id))
    for params in ({"items": chosen(a), "title": " "}, {"items": chosen(a, b), "title": "Both"}, {"items": chosen("x"), "title": "X"}, {}):
        with pytest.raises(Refused) as no:
            plan(northlake.admin, NAME, params)
        assert no.value.kind == "invalid"
