"""people.mark and people.unmark, and what follows: verbs over a set pass over whoever is marked."""

from uuid import UUID

import pytest

from tests.people_of import Company, breaches, crowd, do, everybody, one, outcome, standing
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.people.marks import mark_of

pytestmark = pytest.mark.django_db
NEVER = {"kind": "never", "why": "signs the invoices"}


def id_of(actor: Actor) -> UUID:
    assert actor.user_id
    return actor.user_id


def kind_of(user: object) -> str | None:
    found: str | None = sql.value("SELECT kind FROM people_mark WHERE user_id = %(u)s", {"u": user})
    return found


def test_it_works(northlake: Company) -> None:
    """S2-3 (behaviour.md I): who, why, by whom and by which Change."""
    started = do(northlake.admin, "people.mark", {**NEVER, "subjects": one(id_of(northlake.member))})
    found = mark_of(northlake.owner, id_of(northlake.member))
    assert found is not None
    assert (found["kind"], found["why"], found["by"], found["number"]) == (
        "never",
        "signs the invoices",
        northlake.admin.name,
        started.number,
    )
    do(northlake.admin, "people.mark", {"kind": "service", "subjects": one(id_of(northlake.member))})
    assert kind_of(id_of(northlake.member)) == "service"
    do(northlake.admin, "people.unmark", {"subjects": one(id_of(northlake.member))})
    assert kind_of(id_of(northlake.member)) is None


def test_without_the_privilege(northlake: Company) -> None:
    for verb, more in (("people.mark", NEVER), ("people.unmark", {})):
        with pytest.raises(Refused) as no:
            do(northlake.member, verb, {**more, "subjects": one(id_of(northlake.member))})
        assert no.value.kind == "forbidden"


def test_another_account_s_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03: a foreign id selects nobody, and a foreign mark is not seen."""
    do(southport.owner, "people.mark", {**NEVER, "subjects": one(id_of(southport.member))})
    assert preview(plan(northlake.owner, "people.mark", {**NEVER, "subjects": one(id_of(southport.member))})).will == 0
    assert mark_of(northlake.owner, id_of(southport.member)) is None


def test_wrong_parameters(northlake: Company) -> None:
    for wrong, field in (({"kind": "sometimes"}, "kind"), ({"kind": "never", "why": "x" * 201}, "why"), ({}, "kind")):
        with pytest.raises(Refused) as no:
            do(northlake.owner, "people.mark", {**wrong, "subjects": one(id_of(northlake.member))})
        assert (no.value.kind, no.value.field) == ("invalid", field)


def test_who_is_pending_is_left_out(northlake: Company) -> None:
    with pytest.raises(Refused) as no:
        do(northlake.owner, "people.mark", {**NEVER, "subjects": one(northlake.pending)})
    assert no.value.code == "not_here_yet"


def test_undo(northlake: Company) -> None:
    """Each goes back to the mark before; who was marked anew since stays."""
    both = one(id_of(northlake.member), id_of(northlake.admin))
    do(northlake.owner, "people.mark", {"kind": "service", "subjects": one(id_of(northlake.member))})
    started = do(northlake.owner, "people.mark", {**NEVER, "subjects": both})
    do(northlake.owner, "people.unmark", {"subjects": one(id_of(northlake.admin))})
    assert started.number
    came = outcome(northlake.owner, undo.start_undo(northlake.owner, started.number))
    assert (came.done, came.reasons) == (1, {"changed": 1})
    assert [kind_of(u.user_id) for u in (northlake.member, northlake.admin)] == ["service", None]
    removed = do(northlake.owner, "people.unmark", {"subjects": both})
    assert removed.number
    undo.start_undo(northlake.owner, removed.number)
    assert kind_of(id_of(northlake.member)) == "service"


def test_a_set_passes_over_them_and_one_is_touched(northlake: Company) -> None:
    """MASS-01: of many they are skipped, whoever chose them; one picked by hand is meant. Undo holds nobody back."""
    member, admin = id_of(northlake.member), id_of(northlake.admin)
    do(northlake.owner, "people.mark", {**NEVER, "subjects": one(member)})
    do(northlake.owner, "people.mark", {"kind": "service", "subjects": one(admin)})
    wish = {"license": "meetings:licensed"}
    for subjects in (everybody(northlake), one(member, admin, northlake.pending)):
        seen = preview(plan(northlake.owner, "licenses.change_license", {**wish, "subjects": subjects}))
        assert {k: seen.skipped()[k] for k in ("never_touch", "service_account")} == {"never_touch": 1, "service_account": 1}
        assert seen.seats["meetings:licensed"]["after"] == seen.seats["meetings:licensed"]["free"] - seen.will
    came = outcome(
        northlake.owner, do(northlake.owner, "licenses.change_license", {**wish, "subjects": one(member, admin, northlake.pending)})
    )
    assert (came.done, came.reasons) == (1, {"never_touch": 1, "service_account": 1})
    assert standing(member)["license"] == "meetings:basic"
    started = do(northlake.owner, "licenses.change_license", {**wish, "subjects": one(member)})
    assert standing(member)["license"] == "meetings:licensed"
    assert started.number
    undo.start_undo(northlake.owner, started.number)
    assert standing(member)["license"] == "meetings:basic"
    assert not breaches()


def test_their_order_and_the_seats_of_the_others_stay(northlake: Company) -> None:
    """LIC-02: with too few seats the first N are the first who may have one; somebody marked takes no place in the row."""
    people = crowd(northlake.owner, 4, prefix="row")
    do(northlake.operator, "licenses.set_seats", {"product": "scheduler", "quantity": 2})
    sql.execute(
        "INSERT INTO people_mark (user_id, account_id, kind, why, at, change_id) SELECT id, account_id, 'never', '', now(), usher_uuid7() FROM people_user WHERE id = %(u)s",
        {"u": people[0]},
    )
    started = do(
        northlake.owner, "licenses.give_add_on", {"add_on": "scheduler", "subjects": {**one(*people), "order": "email"}}, short="first"
    )
    assert outcome(northlake.owner, started).reasons == {"never_touch": 1, "no_seat": 1}
    held = sql.rows("SELECT user_id FROM licenses_seat WHERE product = 'scheduler' AND user_id = ANY(%(p)s)", {"p": people})
    assert {h["user_id"] for h in held} == set(people[1:3])
