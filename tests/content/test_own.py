"""content.create_own, content.change_own and content.delete_own: what everybody does with what is theirs."""

from dataclasses import replace
from typing import Any

import pytest

from tests.content.items import in_trash, item, license_all, make, owner_of
from tests.people_of import Company, actor_of, breaches, do, one
from usher.content import reads
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.reads import made_by

pytestmark = pytest.mark.django_db
NAMES = ("content.create_own", "content.change_own", "content.delete_own")


def oneself(actor: Actor) -> Actor:
    """The same person with the rights everybody has over themselves."""
    return replace(actor, privileges=frozenset({reads.OWN}))


def chosen(*ids: object) -> dict[str, list[str]]:
    return {"ids": [str(i) for i in ids]}


def wishes(id: object, owner: object) -> list[tuple[str, dict[str, Any]]]:
    wanted: list[dict[str, Any]] = [
        {"items": [item(owner, "note", "Mine")]},  # type: ignore[arg-type]
        {"items": chosen(id), "wanted": {"title": "Other"}},
        {"items": chosen(id)},
    ]
    return list(zip(NAMES, wanted, strict=True))


def test_it_works(northlake: Company) -> None:
    """OAUTH-21: made, changed, put away; an administrator takes it back."""
    member = oneself(northlake.member)
    note = made_by(do(member, "content.create_own", {"items": [item(member.user_id, "note", "Mine")]}).change_id)
    assert owner_of(note) == member.user_id and reads.item(member, note)["title"] == "Mine"
    do(member, "content.change_own", {"items": chosen(note), "wanted": {"title": "Ours"}})
    assert reads.item(member, note)["title"] == "Ours"
    gone = do(member, "content.delete_own", {"items": chosen(note)})
    assert in_trash(note) and gone.number
    undo.start_undo(northlake.owner, gone.number)
    assert not in_trash(note) and breaches() == []


@pytest.mark.parametrize("nth", range(3), ids=NAMES)
def test_without_the_privilege(northlake: Company, nth: int) -> None:
    (note,) = make(northlake, item(northlake.member.user_id))
    name, params = wishes(note, northlake.member.user_id)[nth]
    with pytest.raises(Refused) as no:
        do(replace(northlake.member, privileges=frozenset()), name, params)
    assert no.value.kind == "forbidden"


@pytest.mark.parametrize("nth", range(3), ids=NAMES)
def test_another_account_s_items_do_not_exist_nor_another_s(northlake: Company, southport: Company, nth: int) -> None:
    """AUTHZ-11, TENANT-01: of somebody else of the account, or of another account; also for who may see all of them."""
    for company, owner in ((northlake, northlake.admin), (southport, southport.member)):
        (theirs,) = make(company, item(owner.user_id))
        name, params = wishes(theirs, owner.user_id)[nth]
        for actor in (oneself(northlake.member), northlake.owner):
            with pytest.raises(Refused) as no:
                do(actor, name, params)
            assert no.value.kind == ("forbidden" if nth == 0 else "missing"), (name, actor.name)
        assert not in_trash(theirs) and reads.item(company.owner, theirs)["title"] == "A note"


@pytest.mark.parametrize("wrong", [None, [], {"ids": []}, {"query": {}}, {"ids": ["x"]}])
def test_wrong_parameters(northlake: Company, wrong: Any) -> None:
    for name in NAMES:
        with pytest.raises(Refused) as no:
            do(oneself(northlake.member), name, {"items": wrong, "wanted": {"title": "X"}})
        assert no.value.kind in ("invalid", "missing")


def test_what_is_handed_on_is_not_their_own_any_more(northlake: Company) -> None:
    """A set of which one is another's is left alone as a whole."""
    license_all(northlake)
    mine, given = make(northlake, item(northlake.member.user_id), item(northlake.member.user_id))
    do(northlake.owner, "content.transfer", {"items": chosen(given), "heir": str(northlake.admin.user_id)})
    with pytest.raises(Refused):
        do(oneself(northlake.member), "content.delete_own", {"items": chosen(mine, given)})
    assert not in_trash(mine) and not in_trash(given)


@pytest.mark.parametrize(("rights", "may"), [(["content:item:manage"], True), (["content:item:view", "people:user:manage"], False)])
@pytest.mark.parametrize("nth", range(3), ids=NAMES)
def test_who_takes_it_back(northlake: Company, nth: int, rights: list[str], may: bool) -> None:
    """S4-34: whoever manages content by a role of any kind, and nobody without that; the right over oneself is in no role."""
    (note,) = make(northlake, item(northlake.member.user_id))
    name, params = wishes(note, northlake.member.user_id)[nth]
    done = do(oneself(northlake.member), name, params)
    do(northlake.owner, "access.create_role", {"name": "Desk", "privileges": [*rights, "journal:change:view"]})
    role = sql.value("SELECT key FROM access_role WHERE account_id = %(a)s AND name = 'Desk'", {"a": northlake.account})
    do(northlake.owner, "access.set_role", {"role": role, "subjects": one(northlake.admin.user_id)})
    desk = actor_of(northlake.admin.user_id)  # type: ignore[arg-type]
    assert done.number
    if may:
        assert undo.start_undo(desk, done.number).state == "done"
        return
    with pytest.raises(Refused) as no:
        undo.start_undo(desk, done.number)
    assert (no.value.kind, no.value.details) == ("forbidden", {"privilege": "content:item:manage"})
