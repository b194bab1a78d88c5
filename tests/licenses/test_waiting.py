"""The waiting list: who finds no seat is queued by the choice of a plan, and gets one in order as seats come free."""

from uuid import UUID

import pytest

from tests.people_of import LICENSED, Company, accept_invitation, add_ons, breaches, crowd, do, everybody, one, outcome, seats, standing
from usher.core import sql
from usher.core.actor import Actor
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.licenses import giving, waiting

pytestmark = pytest.mark.django_db


def ask(actor: Actor, people: list[UUID], product: str = "scheduler", key: str = "") -> engine.Started:
    """An add-on or a license for these, by address, whoever finds none waits."""
    wish = {"license": product} if product.startswith("meetings") else {"add_on": product}
    verb = "licenses.change_license" if product.startswith("meetings") else "licenses.give_add_on"
    return do(actor, verb, {**wish, "subjects": {**one(*people), "order": "email"}}, key=key, short="wait")


def set_seats(company: Company, n: int, product: str = "scheduler") -> None:
    do(company.operator, "licenses.set_seats", {"product": product, "quantity": n})


def line(product: str = "scheduler") -> list[UUID]:
    """Who waits, in order."""
    found = sql.rows("SELECT user_id FROM licenses_waiting WHERE product = %(p)s AND state = 'waiting' ORDER BY place, id", {"p": product})
    return [f["user_id"] for f in found]


def fate(user: UUID) -> tuple[str, str]:
    found = sql.row("SELECT state, note FROM licenses_waiting WHERE user_id = %(u)s ORDER BY id DESC LIMIT 1", {"u": user})
    assert found
    return found["state"], found["note"]


@pytest.fixture(scope="module")
def people(northlake: Company) -> list[UUID]:
    set_seats(northlake, 2)
    return crowd(northlake.owner, 5, prefix="w")


def test_it_works(northlake: Company, people: list[UUID]) -> None:
    """S0-57: the first two now, three wait in the order of the plan; two seats more, and the next two have theirs, by a Change whose cause is the first."""
    started = ask(northlake.owner, people)
    assert outcome(northlake.owner, started).reasons == {"no_seat": 3}
    assert line() == people[2:] and waiting.counts(northlake.owner) == {"scheduler": 3}
    assert giving.give() == 0
    set_seats(northlake, 4)
    assert giving.give() == 2
    assert line() == people[4:] and [add_ons(p) for p in people] == [["scheduler"]] * 4 + [[]]
    made = sql.row("SELECT cause, actor_id, door FROM journal_change ORDER BY number DESC LIMIT 1")
    assert made == {"cause": started.change_id, "actor_id": northlake.owner.user_id, "door": "clock"}
    assert fate(people[2]) == ("given", "")
    assert waiting.of_person(northlake.owner, people[4])[0]["place"] == 1
    assert giving.give() == 0 and not breaches()


def test_somebody_leaves_and_the_next_is_served(northlake: Company, people: list[UUID]) -> None:
    """LIC-02: a seat given back goes to the list; a seat given by hand meanwhile is gone, and nothing is oversold."""
    ask(northlake.owner, people)
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(people[0])})
    assert giving.give() == 1 and line() == people[3:]
    do(northlake.owner, "licenses.take_add_on", {"add_on": "scheduler", "subjects": one(people[1])})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "scheduler", "subjects": one(people[4])})
    assert giving.give() == 0 and fate(people[4]) == ("dropped", "already")
    assert line() == [people[3]] and seats(northlake, "scheduler")["pending"] == 2
    assert not breaches()


def test_whoever_cannot_have_it_drops_off(northlake: Company, people: list[UUID]) -> None:
    """Gone, deactivated, marked: each with the reason; the others come up."""
    for person in people:
        accept_invitation(person)
    ask(northlake.owner, people)
    do(northlake.owner, "people.mark", {"kind": "service", "subjects": one(people[2])})
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(people[3])})
    set_seats(northlake, 3)
    assert giving.give() == 1
    assert [fate(p) for p in people[2:]] == [("dropped", "service_account"), ("dropped", "inactive"), ("given", "")]


def test_a_license_is_waited_for_too(northlake: Company, people: list[UUID]) -> None:
    """One wish of a family at a time; who waits for the license an add-on needs waits on for the add-on."""
    set_seats(northlake, 0, LICENSED)
    ask(northlake.owner, people[:1], LICENSED, "a")
    ask(northlake.owner, people[:1], LICENSED, "b")
    assert line(LICENSED) == people[:1]
    set_seats(northlake, 1, LICENSED)
    assert giving.give() == 1 and standing(people[0])["license"] == LICENSED


def test_without_the_privilege_the_clock_gives(northlake: Company, people: list[UUID]) -> None:
    """Who queued them lost the right: the clock gives in its own name, and the cause still tells who wished it."""
    ask(northlake.admin, people)
    do(northlake.owner, "access.set_role", {"role": "member", "subjects": one(northlake.admin.user_id or "")})
    set_seats(northlake, 3)
    assert giving.give() == 1
    assert sql.value("SELECT actor_kind FROM journal_change ORDER BY number DESC LIMIT 1") == "system"


def test_another_account_s_list_is_its_own(northlake: Company, southport: Company, people: list[UUID]) -> None:
    """TENANT-03: seats of one account never serve the list of another, and nobody sees it."""
    ask(northlake.owner, people)
    set_seats(southport, 50)
    assert giving.give() == 0
    assert waiting.counts(southport.owner) == {} and waiting.of_person(southport.owner, people[4]) == []
    id = sql.value("SELECT id FROM licenses_waiting LIMIT 1")
    assert preview(plan(southport.owner, "licenses.stop_waiting", {"ids": [str(id)]})).will == 0


def test_undo_takes_them_off(northlake: Company, people: list[UUID]) -> None:
    """What is undone is not given later."""
    started = ask(northlake.owner, people)
    assert started.number
    undo.start_undo(northlake.owner, started.number)
    assert line() == [] and fate(people[4]) == ("dropped", "undone")
    assert giving.give() == 0 and add_ons(people[2]) == []


def test_one_person_with_no_seat_free(northlake: Company, people: list[UUID]) -> None:
    """Nobody can be given one now: the Change says so, and its undo ends the waiting."""
    set_seats(northlake, 0)
    planned = plan(northlake.owner, "licenses.give_add_on", {"add_on": "scheduler", "subjects": one(people[0])})
    started = engine.start(planned, "single", digest=preview(planned).digest, short="wait")
    assert line() == people[:1] and started.number
    undo.start_undo(northlake.owner, started.number)
    assert line() == []


def test_a_query_of_everybody(northlake: Company, people: list[UUID]) -> None:
    set_seats(northlake, 1)
    do(northlake.owner, "licenses.give_add_on", {"add_on": "scheduler", "subjects": everybody(northlake)}, short="wait")
    assert len(line()) == 8
    set_seats(northlake, 9)
    assert giving.give() == 8 and not breaches()


def test_killed_between_giving_and_writing_it_down(northlake: Company, people: list[UUID]) -> None:
    """The clock dies in between: the seats were given, the list does not know it yet; the next strike finds everybody served and gives nothing twice."""
    ask(northlake.owner, people)
    set_seats(northlake, 4)
    assert giving.give() == 2
    sql.execute("UPDATE licenses_waiting SET state = 'waiting', done_by = NULL WHERE state = 'given'")
    assert giving.give() == 0
    assert fate(people[2]) == ("dropped", "already") and add_ons(people[2]) == ["scheduler"]
    assert seats(northlake, "scheduler")["pending"] == 4 and not breaches()
