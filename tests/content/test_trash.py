"""content.delete, content.restore and content.purge: the trash of content."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.content.items import in_trash, item, make
from tests.people_of import Company, breaches, do, finish, outcome
from usher.access.actors import system
from usher.content import reads, tasks
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.verb import plan

pytestmark = pytest.mark.django_db
NAMES = ("content.delete", "content.restore", "content.purge")


def chosen(*ids: UUID) -> dict[str, object]:
    return {"items": {"ids": [str(i) for i in ids]}}


def test_it_works(northlake: Company) -> None:
    """S4-44: away, back by undo, away again, back by restore."""
    (note,) = make(northlake, item(northlake.member.user_id, "note"))
    started = do(northlake.admin, "content.delete", chosen(note))
    assert in_trash(note) and started.number
    assert reads.newest_of(northlake.admin, northlake.member.user_id, 5) == []  # type: ignore[arg-type]
    undo.start_undo(northlake.admin, started.number)
    assert not in_trash(note)
    do(northlake.admin, "content.delete", chosen(note))
    do(northlake.admin, "content.restore", chosen(note))
    assert not in_trash(note) and not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    (note,) = make(northlake, item(northlake.member.user_id))
    for name in NAMES[:2]:
        with pytest.raises(Refused) as no:
            do(northlake.member, name, chosen(note))
        assert no.value.kind == "forbidden"
    with pytest.raises(Refused) as no:
        do(northlake.owner, "content.purge", {"until": clock.now().isoformat()})
    assert (no.value.kind, no.value.code) == ("forbidden", "clock_only")


def test_another_account_s_items_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03"""
    (theirs,) = make(southport, item(southport.member.user_id))
    assert do(northlake.admin, "content.delete", chosen(theirs)).change_id is None
    do(northlake.admin, "content.delete", {"items": {"query": {}, "except": []}})
    assert not in_trash(theirs)


def test_wrong_parameters(northlake: Company) -> None:
    """MASS-08"""
    for name in NAMES[:2]:
        wrong: list[object] = [{}, {"ids": []}, {"ids": ["x"]}, {"query": []}, None]
        for items in wrong:
            with pytest.raises(Refused) as no:
                plan(northlake.admin, name, {"items": items})
            assert no.value.kind == "invalid"


def test_the_clock_empties_the_trash(northlake: Company) -> None:
    """After 30 days and not before; what is taken out in time stays, what is purged is gone for good."""
    old, saved, young = make(northlake, *(item(northlake.member.user_id, "note", t) for t in ("Old", "Saved", "Young")))
    do(northlake.admin, "content.delete", chosen(old, saved))
    do(northlake.admin, "content.restore", chosen(saved))
    assert tasks.empty_trash() == 0
    sql.execute("UPDATE content_standing SET trashed_at = trashed_at - interval '31 days' WHERE item_id = %(i)s", {"i": old})
    do(northlake.admin, "content.delete", chosen(young))
    assert tasks.empty_trash() == 1
    with pytest.raises(Refused):
        reads.item(northlake.admin, old)
    assert in_trash(young) and not in_trash(saved) and not breaches()
    back = sql.value("SELECT number FROM journal_change WHERE account_id = %(a)s AND verb = 'content.purge'", {"a": northlake.account})
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, back)
    assert no.value.code == "not_undoable"


def test_what_left_the_trash_meanwhile_is_not_purged(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarded by the version: what was taken out between the plan and its work stays."""
    (note,) = make(northlake, item(northlake.member.user_id))
    do(northlake.admin, "content.delete", chosen(note))
    monkeypatch.setattr(engine, "INLINE", 0)
    started = engine.start(
        plan(system(northlake.account), "content.purge", {"until": (clock.now() + timedelta(days=1)).isoformat()}), "purge"
    )
    do(northlake.admin, "content.restore", chosen(note))
    assert outcome(northlake.owner, finish(started)).reasons == {"changed": 1}
    assert not in_trash(note)
