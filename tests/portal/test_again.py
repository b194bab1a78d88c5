"""Go on with a stopped change, and try again what was left out for a reason that may have passed."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, breaches, crowd, do, everybody, invite, one, seats, standing
from tests.portal.test_import import confirm, finish
from tests.portal.test_plan_page import rows_of
from tests.signed_in import signed_in
from usher.core import clock, sql
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo
from usher.journal.tasks import LEFT_KEPT, sweep
from usher.journal.verb import plan
from usher.people import selection

NAME = "licenses.change_license"


@pytest.fixture
def owner(db: None, northlake: Company) -> Client:
    return signed_in(northlake.owner.user_id)


def short_of_seats(company: Company, people: list[Any]) -> int:
    """Ten seats for twelve people: the number of the change that left two of them out."""
    started = do(company.owner, NAME, {"license": LICENSED, "subjects": {**one(*people), "order": "email"}}, short="first")
    return int(started.number or 0)


def test_it_works(owner: Client, northlake: Company) -> None:
    """portal.md 5.13: those who found no seat, and nobody else, once there are seats; tied to the change it goes back to."""
    people = crowd(northlake.owner, 12)
    number = short_of_seats(northlake, people)
    page = owner.get(f"/changes/{number}").content.decode()
    assert "Try these again" in page and "Go on" not in page
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 12})
    address = f"/changes/{number}/again?what=failed"
    page = owner.get(address).content.decode()
    assert "2\u00a0people will be Licensed." in page and len(rows_of(page)) == 2
    answer = confirm(owner, address)
    assert answer.status_code == 303 and all(standing(u)["license"] == LICENSED for u in people)
    assert f"C-{number}" in owner.get(answer["Location"]).content.decode()
    assert "0\u00a0people" in owner.get(address).content.decode() or owner.get(address).status_code == 200


def test_the_rest_of_a_stopped_change(owner: Client, northlake: Company) -> None:
    """F27: what was done is not done again; a verb that does it twice otherwise is told by what was done."""
    crowd(northlake.owner, 1_200)
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": 2_000})
    wish = plan(
        northlake.owner, NAME, {"license": "meetings:unassigned", "subjects": everybody(northlake, status="pending", license=BASIC)}
    )
    started = engine.start(wish, "stopped")
    assert started.change_id and started.number
    engine.step(started.change_id)
    engine.cancel(northlake.account, started.change_id)
    engine.step(started.change_id)
    page = owner.get(f"/changes/{started.number}").content.decode()
    assert "201 were not done" in page and "Go on" in page and "Try these again" not in page
    address = f"/changes/{started.number}/again?what=rest"
    assert "201\u00a0people will be Unassigned." in owner.get(address).content.decode()
    finish(owner, confirm(owner, address, typed="201"), northlake)
    assert seats(northlake, BASIC)["pending"] == 0
    assert "0\u00a0people will be Unassigned." in owner.get(address).content.decode()


def stopped(company: Company, started: engine.Started) -> int:
    """A run that was stopped after its first chunk; its number."""
    assert started.change_id and started.number and started.state == "running"
    engine.step(started.change_id)
    engine.cancel(company.account, started.change_id)
    engine.step(started.change_id)
    return started.number


def test_going_on_is_with_those_who_were_left(owner: Client, northlake: Company) -> None:
    """F27, portal.md 5.13: whoever the query would find by now is another wish: who came in since is not changed, who left its filter meanwhile is."""
    crowd(northlake.owner, 1_010)
    everyone = {"license": "meetings:unassigned", "subjects": {**everybody(northlake, status="pending"), "order": "-email"}}
    number = stopped(northlake, engine.start(plan(northlake.owner, NAME, everyone), "stopped"))
    left = {r["obj"] for r in sql.rows("SELECT obj FROM journal_left")}
    assert len(left) == 11
    here = min(left)
    sql.execute("UPDATE people_standing SET status = 'active' WHERE user_id = %(u)s", {"u": here})
    sql.execute(
        "UPDATE licenses_license SET pending = pending - 1, used = used + 1 WHERE product = %(p)s AND account_id = %(a)s",
        {"p": BASIC, "a": northlake.account},
    )
    (late,) = invite(northlake.owner, "late@x.test")
    address = f"/changes/{number}/again?what=rest"
    assert "11\u00a0people will be Unassigned." in owner.get(address).content.decode()
    finish(owner, confirm(owner, address), northlake)
    assert {standing(u)["license"] for u in left} == {"meetings:unassigned"} and standing(late)["license"] == BASIC


def test_a_stopped_undo_goes_on(owner: Client, northlake: Company) -> None:
    """F27: the rest is taken back by a second undo, what was taken back already is left alone, and then it is undone for good; nothing is counted twice."""
    crowd(northlake.owner, 1_200)
    wish = {"license": "meetings:unassigned", "subjects": everybody(northlake, status="pending")}
    started = engine.start(plan(northlake.owner, NAME, wish), "all")
    assert started.change_id and started.number
    while engine.step(started.change_id):
        pass
    before = seats(northlake, BASIC)["pending"]
    going = undo.start_undo(northlake.owner, started.number)
    assert not reads.change(northlake.owner, started.number)["undone_in_part"]  # it runs
    half = stopped(northlake, going)
    assert reads.change(northlake.owner, started.number)["undone_in_part"]
    assert seats(northlake, BASIC)["pending"] == before + 1_000
    for number in (started.number, half):
        page = owner.get(f"/changes/{number}").content.decode()
        assert re.search(rf'href="/changes/{started.number}/undo">.*?Go on', page), number
    assert f"Undone in part by C-{half}, which was stopped." in owner.get(f"/changes/{started.number}").content.decode()
    assert owner.get(f"/changes/{half}/again?what=rest").status_code == 404  # which would be the change once more
    address = f"/changes/{started.number}/undo"
    page = owner.get(address).content.decode()
    assert "Go on with the undo" in page and "Undo for 201 people" in page and "What was taken back already is not touched again." in page
    finish(owner, confirm(owner, address, typed="201"), northlake)
    assert seats(northlake, BASIC)["pending"] == before + 1_201 and not breaches()
    told = reads.change(northlake.owner, started.number)
    assert told["undone_by"] > half and "undone already" in undo.why_not(told)
    for number in (started.number, half):
        assert "Go on" not in owner.get(f"/changes/{number}").content.decode()
    assert owner.get(address).status_code == 409


def test_what_was_left_is_forgotten_after_a_month(owner: Client, northlake: Company) -> None:
    """Neither is gone on with then, and nothing is offered."""
    crowd(northlake.owner, 1_010)
    wish = {"license": "meetings:unassigned", "subjects": everybody(northlake, status="pending")}
    number = stopped(northlake, engine.start(plan(northlake.owner, NAME, wish), "stopped"))
    with clock.travel(clock.now() + LEFT_KEPT - timedelta(hours=1)):
        sweep.func(0)
        assert reads.has_left(reads.change(northlake.owner, number))
    with clock.travel(clock.now() + LEFT_KEPT + timedelta(hours=1)):
        sweep.func(0)
    assert "Go on" not in owner.get(f"/changes/{number}").content.decode()
    assert owner.get(f"/changes/{number}/again?what=rest").status_code == 404


def test_without_the_privilege(db: None, owner: Client, northlake: Company) -> None:
    number = short_of_seats(northlake, crowd(northlake.owner, 12))
    assert signed_in(northlake.member.user_id).get(f"/changes/{number}/again?what=failed").status_code == 403


def test_other_account_is_not_there(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-01: neither the page, nor a selection made by hand that names their change."""
    number = short_of_seats(southport, crowd(southport.owner, 12))
    assert owner.get(f"/changes/{number}/again?what=failed").status_code == 404
    theirs = str(reads.change(southport.owner, number)["id"])
    sql.execute("INSERT INTO journal_left SELECT change_id, phase, obj, ord FROM journal_effect WHERE change_id = %(c)s", {"c": theirs})
    for shape in ("left_by", "rest_of"):
        wish = plan(northlake.owner, NAME, {"license": LICENSED, "subjects": {shape: theirs}})
        params = {**selection.params_of(wish.params["subjects"]), "account": northlake.account, "actor": northlake.owner.user_id}
        assert sql.rows(selection.sql_of(wish.params["subjects"]), params) == []


def test_wrong_method(owner: Client) -> None:
    assert owner.delete("/changes/1/again").status_code == 405


def test_nothing_is_left_of_what_was_done(owner: Client, northlake: Company) -> None:
    started = do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(northlake.member.user_id)})
    for what in ("rest", "failed", "unicorn", ""):
        assert owner.get(f"/changes/{started.number}/again", {"what": what}).status_code == 404
    assert not re.search("Go on|Try these again", owner.get(f"/changes/{started.number}").content.decode())


@pytest.mark.parametrize("odd", [{"left_by": "x"}, {"left_by": ["x"]}, {"rest_of": "x"}])
def test_odd_selections_are_refused(northlake: Company, db: None, odd: dict[str, Any]) -> None:
    """MASS-08."""
    with pytest.raises(Refused):
        plan(northlake.owner, NAME, {"license": LICENSED, "subjects": odd})
