"""content.change: when an item takes place, how long, how often, and what programs said about it. content.delete_for_good."""

from typing import Any

import pytest

from tests.content.items import SOON, in_trash, item, make
from tests.people_of import Company, breaches, do
from usher.content import by_number
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAME = "content.change"


def chosen(*ids: object) -> dict[str, list[str]]:
    return {"ids": [str(i) for i in ids]}


def told(company: Company, id: object) -> dict[str, Any]:
    found = by_number.one(company.admin, str(id))
    return {name: found[name] for name in ("title", "occurs", "starts_at", "seconds", "details")}


def test_it_works(northlake: Company) -> None:
    """S4-45: what is named changes, the rest stays; undone, all of it is as it was, and an undo passes over what was changed since."""
    (id,) = make(northlake, item(northlake.member.user_id, "meeting", "Weekly", seconds=600))
    before = told(northlake, id)
    wish = {"starts_at": SOON, "occurs": "recurring", "details": {"agenda": "A", "settings": {"x": 1}}}
    first = do(northlake.admin, NAME, {"items": chosen(id), "wanted": wish})
    after = told(northlake, id)
    assert after["title"] == "Weekly" and after["seconds"] == 600 and after["occurs"] == "recurring" and after["starts_at"]
    assert do(northlake.admin, NAME, {"items": chosen(id), "wanted": wish}).state == "unchanged"
    second = do(northlake.admin, NAME, {"items": chosen(id), "wanted": {"details": {"settings": {"y": 2}}, "seconds": None}})
    assert told(northlake, id)["details"] == {"agenda": "A", "settings": {"x": 1, "y": 2}} and told(northlake, id)["seconds"] is None
    assert first.number and second.number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.admin, first.number)
    assert no.value.code == "changed"
    undo.start_undo(northlake.admin, second.number)
    assert told(northlake, id) == after
    undo.start_undo(northlake.admin, first.number)
    assert told(northlake, id) == before and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    (id,) = make(northlake, item(northlake.member.user_id))
    for verb, more in ((NAME, {"wanted": {"title": "Mine"}}), ("content.delete_for_good", {})):
        with pytest.raises(Refused) as no:
            do(northlake.member, verb, {"items": chosen(id), **more})
        assert no.value.kind == "forbidden"


def test_another_account_s_items_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    (theirs,) = make(southport, item(southport.member.user_id, "note", "Theirs"))
    with pytest.raises(Refused) as no:
        do(northlake.admin, NAME, {"items": chosen(theirs), "wanted": {"title": "Ours"}})
    assert no.value.kind == "missing"
    assert do(northlake.admin, "content.delete_for_good", {"items": chosen(theirs)}).change_id is None
    assert told(southport, theirs)["title"] == "Theirs"


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        None,
        {"owner": "x"},
        {"title": ""},
        {"occurs": "weekly"},
        {"starts_at": "tomorrow"},
        {"seconds": -1},
        {"seconds": 90_000},
        {"details": []},
        {"details": {"x": "\x00"}},
    ],
)
def test_wrong_parameters(northlake: Company, wanted: Any) -> None:
    """MASS-08"""
    (id,) = make(northlake, item(northlake.member.user_id, "meeting"))
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"items": chosen(id), "wanted": wanted})
    assert no.value.kind == "invalid"


def test_a_number_is_everybody_s_only_once(northlake: Company, southport: Company) -> None:
    """Ten digits, of the sequence of personal meeting ids; also what was made at once has different ones."""
    make(northlake, *(item(northlake.member.user_id) for _ in range(50)))
    make(southport, item(southport.member.user_id))
    query = (
        "SELECT number AS n FROM content_item UNION ALL SELECT personal_meeting_id FROM people_user WHERE personal_meeting_id IS NOT NULL"
    )
    found = [r["n"] for r in sql.rows(query)]
    assert len(set(found)) == len(found) >= 51 and all(10**9 <= n < 10**10 for n in found)


def test_what_is_in_the_trash_stays_as_it_is(northlake: Company) -> None:
    (id,) = make(northlake, item(northlake.member.user_id))
    do(northlake.admin, "content.delete", {"items": chosen(id)})
    with pytest.raises(Refused) as no:
        do(northlake.admin, NAME, {"items": chosen(id), "wanted": {"title": "Late"}})
    assert no.value.code == "in_trash" and in_trash(id)


def test_for_good(northlake: Company) -> None:
    """From its place or from the trash; nothing brings it back, and its file is loose from then on."""
    here, there = make(northlake, item(northlake.member.user_id, title="Here"), item(northlake.member.user_id, title="There"))
    do(northlake.admin, "content.delete", {"items": chosen(there)})
    started = do(northlake.admin, "content.delete_for_good", {"items": chosen(here, there)})
    assert started.number and not sql.value("SELECT count(*) FROM content_item WHERE id = ANY(%(i)s)", {"i": [here, there]})
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.admin, started.number)
    assert no.value.code == "not_undoable" and not breaches()
