"""Go on with a stopped change, and try again what was left out for a reason that may have passed."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.people_of import BASIC, LICENSED, Company, crowd, do, everybody, one, seats, standing
from tests.portal.test_import import confirm, finish
from tests.portal.test_plan_page import rows_of
from tests.signed_in import signed_in
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads
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


def test_without_the_privilege(db: None, owner: Client, northlake: Company) -> None:
    number = short_of_seats(northlake, crowd(northlake.owner, 12))
    assert signed_in(northlake.member.user_id).get(f"/changes/{number}/again?what=failed").status_code == 403


def test_other_account_is_not_there(owner: Client, northlake: Company, southport: Company) -> None:
    """TENANT-01: neither the page, nor a selection made by hand that names their change."""
    number = short_of_seats(southport, crowd(southport.owner, 12))
    assert owner.get(f"/changes/{number}/again?what=failed").status_code == 404
    theirs = str(reads.change(southport.owner, number)["id"])
    wish = plan(northlake.owner, NAME, {"license": LICENSED, "subjects": {"left_by": theirs}})
    params = {**selection.params_of(wish.params["subjects"]), "account": northlake.account, "actor": northlake.owner.user_id}
    assert sql.rows(selection.sql_of(wish.params["subjects"]), params) == []


def test_wrong_method(owner: Client) -> None:
    assert owner.delete("/changes/1/again").status_code == 405


def test_nothing_is_left_of_what_was_done(owner: Client, northlake: Company) -> None:
    started = do(northlake.owner, NAME, {"license": LICENSED, "subjects": one(northlake.member.user_id)})
    for what in ("rest", "failed", "unicorn", ""):
        assert owner.get(f"/changes/{started.number}/again", {"what": what}).status_code == 404
    assert not re.search("Go on|Try these again", owner.get(f"/changes/{started.number}").content.decode())


@pytest.mark.parametrize("odd", [{"left_by": "x"}, {"left_by": ["x"]}, {"query": {}, "not_done_in": "x"}])
def test_odd_selections_are_refused(northlake: Company, db: None, odd: dict[str, Any]) -> None:
    """MASS-08."""
    with pytest.raises(Refused):
        plan(northlake.owner, NAME, {"license": LICENSED, "subjects": odd})
