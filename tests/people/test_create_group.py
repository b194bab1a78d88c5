"""people.create_group and people.create_im_group."""

from dataclasses import replace

import pytest

from tests.people_of import Company, do, invite
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.people import reads

pytestmark = pytest.mark.django_db
NAME, IM = "people.create_group", "people.create_im_group"


def names(company: Company, kind: str = "user") -> list[str]:
    return [g["name"] for g in reads.groups(company.owner, kind)]


def test_it_works(northlake: Company) -> None:
    """S0-27, S0-28: a user group and an IM group may share a name; people come in into them."""
    for kind, verb in (("user", NAME), ("im", IM)):
        do(northlake.admin, verb, {"name": " Support "})
        assert names(northlake, kind) == ["Support"]
    (user,) = invite(northlake.owner, "a@group.test", group="support", im_group="SUPPORT")
    assert reads.person(northlake.owner, user)["group"] == "Support"


def test_without_the_privilege(northlake: Company) -> None:
    """The two kinds have a right each: who may manage user groups alone creates no IM group."""
    for verb, held in ((NAME, "people:im_group:manage"), (IM, "people:group:manage")):
        with pytest.raises(Refused) as no:
            do(replace(northlake.admin, privileges=frozenset({held})), verb, {"name": "Support"})
        assert no.value.kind == "forbidden"


def test_another_account_has_its_own_names(northlake: Company, southport: Company) -> None:
    """TENANT-10: a name taken elsewhere is free here, and nobody sees it."""
    do(southport.owner, NAME, {"kind": "user", "name": "Support"})
    assert names(northlake) == []
    do(northlake.owner, NAME, {"kind": "user", "name": "Support"})


@pytest.mark.parametrize(
    "params",
    [{}, {"kind": "user"}, {"kind": "team", "name": "x"}, {"kind": ["user"], "name": "x"}]
    + [{"kind": "user", "name": n} for n in ("", " ", "x" * 128, "a\nb", "a\x00b", "a\u202eb", None)],
)
def test_wrong_parameters(northlake: Company, params: dict[str, object]) -> None:
    with pytest.raises(Refused) as no:
        plan(northlake.owner, NAME, params)
    assert no.value.kind == "invalid"


@pytest.mark.parametrize("again", ["Café", "CAFÉ", "Cafe\u0301", "cafe", "Ｃａｆé"])
def test_one_name_in_any_spelling(northlake: Company, again: str) -> None:
    """MAIL-14: unique by canonical form: case, composition, accents and width."""
    do(northlake.owner, NAME, {"kind": "user", "name": "Café"})
    with pytest.raises(Refused) as no:
        do(northlake.owner, NAME, {"kind": "user", "name": again})
    assert no.value.code == "name_taken"


def test_what_was_seen_is_what_is_done(northlake: Company) -> None:
    """A plan and its start agree on the id; one that another group came before does not."""
    wish = plan(northlake.owner, NAME, {"kind": "user", "name": "Support"})
    seen = preview(wish)
    assert preview(wish).digest == seen.digest
    assert engine.start(wish, "a", digest=seen.digest).state == "done"
    with pytest.raises(Refused) as no:
        engine.start(plan(northlake.owner, IM, {"name": "Support"}), "b", digest=seen.digest)
    assert no.value.code == "stale"


def test_a_name_that_was_renamed_away_can_be_used_again(northlake: Company) -> None:
    do(northlake.owner, NAME, {"kind": "user", "name": "Support"})
    sql.execute("UPDATE people_group SET name = 'Help desk' WHERE account_id = %(a)s", {"a": northlake.account})
    do(northlake.owner, NAME, {"kind": "user", "name": "Support"})
    assert sorted(names(northlake)) == ["Help desk", "Support"]


def test_undo_removes_an_empty_group_only(northlake: Company) -> None:
    empty, full = (do(northlake.owner, NAME, {"kind": "user", "name": n}).number or 0 for n in ("Empty", "Full"))
    invite(northlake.owner, "a@group.test", group="Full")
    undo.start_undo(northlake.owner, empty)
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, full)
    assert no.value.code == "changed"
    assert names(northlake) == ["Full"]
