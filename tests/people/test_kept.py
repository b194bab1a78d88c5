"""Selections that are kept: more ids than an address takes, for their actor alone."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.people_of import LICENSED, Company, activate, crowd, do, everybody, standing
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.people import kept, selection

pytestmark = pytest.mark.django_db


def meant(actor: Actor, subjects: dict[str, object]) -> set[UUID]:
    """The people a selection means for this actor."""
    told = selection.checked(actor, subjects)
    params = {"account": actor.account_id, "actor": actor.user_id, **selection.params_of(told)}
    return {r["id"] for r in sql.rows(selection.sql_of(told), params)}


def test_it_works(northlake: Company) -> None:
    """S4-48: kept, added to, taken from; each once; used by a verb as hand-picked ids are, also in an order and as exceptions."""
    people = crowd(northlake.operator, 5)
    made = kept.keep(northlake.owner, people[:3])
    assert kept.change(northlake.owner, made, add=people[2:], drop=people[:1]) == 4
    assert kept.size(northlake.owner, made) == 4
    assert kept.among(northlake.owner, made, [people[0], people[1]]) == {people[1]}
    for order in ("", "name", "-created"):
        assert meant(northlake.owner, {"kept": str(made), "order": order}) == set(people[1:])
    pending = {*people, northlake.pending}
    assert meant(northlake.owner, {**everybody(northlake, status=["pending"]), "except_kept": str(made)}) == pending - set(people[1:])
    activate(*people)
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": {"kept": str(made)}})
    assert [standing(p)["license"] == LICENSED for p in people] == [False, True, True, True, True]


def test_without_a_person(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        kept.keep(northlake.operator, [])
    assert no.value.kind == "forbidden"


def test_another_account_and_another_person_select_nobody(northlake: Company, southport: Company) -> None:
    """TENANT-01, AUTHZ-10: another's selection is empty and cannot be changed; a foreign id in one's own selects nobody."""
    made = kept.keep(northlake.owner, [northlake.pending])
    for stranger in (northlake.admin, southport.owner, northlake.operator):
        assert kept.size(stranger, made) == 0 and kept.among(stranger, made, [northlake.pending]) == frozenset()
        assert meant(stranger, {"kept": str(made)}) == set()
        with pytest.raises(Refused) as no:
            kept.change(stranger, made, add=[southport.pending])
        assert no.value.kind == "missing"
    assert meant(southport.owner, {"kept": str(kept.keep(southport.owner, [northlake.pending]))}) == set()


@pytest.mark.parametrize("wrong", [{"kept": "x"}, {"kept": 7}, {"kept": ""}, {"query": {}, "except_kept": "x"}])
def test_what_names_no_selection_is_refused(northlake: Company, wrong: dict[str, object]) -> None:
    with pytest.raises(Refused) as no:
        selection.checked(northlake.owner, wrong)
    assert no.value.kind == "invalid"


def test_it_is_forgotten_after_a_day(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day after it was last touched, with everything in it."""
    made = kept.keep(northlake.owner, [uuid4(), uuid4()])
    assert kept.sweep() == 0 and kept.size(northlake.owner, made) == 2
    later = clock.now() + kept.KEPT_FOR + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert kept.sweep() == 1 and kept.size(northlake.owner, made) == 0
    assert sql.value("SELECT count(*) FROM people_picked WHERE selection_id = %(s)s", {"s": made}) == 0


def test_nobody_picks_endlessly(northlake: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    made = kept.keep(northlake.owner, [uuid4(), uuid4(), uuid4()])
    with pytest.raises(Refused) as no:
        kept.change(northlake.owner, made, add=[uuid4()])
    assert no.value.code == "too_many" and kept.size(northlake.owner, made) == 3
