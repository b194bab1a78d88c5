"""lifecycle.invite of a file that says license, add-ons and more line by line."""

from typing import Any

import pytest

from tests.lifecycle.test_invite import stage_of
from tests.people_of import BASIC, LICENSED, ON_PREM, Company, add_ons, breaches, do, finish, outcome, seats
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, undo
from usher.journal.plan import preview
from usher.lifecycle import join
from usher.lifecycle.more_columns import cell_of, said_of, words_for

pytestmark = pytest.mark.django_db

MIXED = """email;first name;last name;License;Add-ons;Job title;Manager;Display name;Employee id;Cost center;Location
ann@kinds.test;Ann;Lee;Licensed;Webinar 500|phone;Pilot;{manager};Annie;E1;CC7;Oslo
bob@kinds.test;Bob;Ray;;;;;;;;
cyd@kinds.test;Cyd;Fox;unassigned;(empty);;;;;;
dan@kinds.test;Dan;Oak;Gold;;;;;;;
eve@kinds.test;Eve;Elm;Basic;Webinar 500;;;;;;
fay@kinds.test;Fay;Fir;Licensed;Webinar 500, Events 500;;;;;;
gil@kinds.test;Gil;Ash;;Sauna;;;;;;
hal@kinds.test;Hal;Yew;On-Prem;;;;;;;
ida@kinds.test;Ida;Bay;;;;nobody@kinds.test;;;;
joe@kinds.test;Joe;Box;Licensed;scheduler whiteboard;;;;;;
"""


def person(email: str) -> dict[str, Any]:
    found = sql.row(
        """SELECT u.id, s.license, s.status, u.job_title, u.display_name, u.employee_id, u.cost_center, u.location, m.email AS manager
           FROM people_user u JOIN people_standing s ON s.user_id = u.id LEFT JOIN people_user m ON m.id = u.manager_id WHERE u.email = %(e)s""",
        {"e": email},
    )
    assert found
    return found


def test_each_line_has_its_own_license_and_add_ons(northlake: Company) -> None:
    """S0-42, S0-45, S1-15, S1-16, LIC-08: a cell counts, an empty one is the form's choice; what cannot be is refused line by line, in words."""
    wish = join.plan_invite(northlake.admin, stage_of(northlake, MIXED.format(manager=northlake.member.email)), {"add_ons": ["phone"]})
    seen = preview(wish)
    assert seen.will == 4
    assert seen.skipped() == {"unknown_license": 1, "wrong_products": 2, "unknown_add_on": 1, "switched_off": 1, "unknown_manager": 1}
    assert {(x["line"], x["field"]): x["words"] for x in join.refused_lines(wish)} == {
        (5, "license"): "There is no Workplace license Gold.",
        (6, "add_ons"): "Webinar 500 needs Licensed or On-Prem.",
        (7, "add_ons"): "Events 500 and Webinar 500 exclude each other.",
        (8, "add_ons"): "There is no add-on Sauna.",
        (9, "license"): "On-Prem needs Meeting Connector, which is off in this account.",
        (10, "manager"): "Nobody here has the address nobody@kinds.test.",
    }
    assert {p: line["free"] - line["after"] for p, line in seen.seats.items()} == {BASIC: 1, LICENSED: 2, "meetings:unassigned": 1, "phone": 2,
        "webinar:500": 1, "scheduler": 1, "whiteboard": 1}  # fmt: skip
    started = finish(engine.start(wish, "kinds", digest=seen.digest))
    assert outcome(northlake.owner, started).done == 4
    ann = person("ann@kinds.test")
    assert (ann["license"], add_ons(ann["id"])) == (LICENSED, ["phone", "webinar:500"])
    assert (ann["job_title"], ann["display_name"], ann["employee_id"], ann["cost_center"], ann["location"], ann["manager"]) == (
        "Pilot", "Annie", "E1", "CC7", "Oslo", northlake.member.email)  # fmt: skip
    assert [(person(f"{n}@kinds.test")["license"], add_ons(person(f"{n}@kinds.test")["id"])) for n in ("bob", "cyd", "joe")] == [
        (BASIC, ["phone"]),
        ("meetings:unassigned", []),
        (LICENSED, ["scheduler", "whiteboard"]),
    ]
    assert not breaches()
    finish(undo.start_undo(northlake.owner, started.number or 0))
    assert seats(northlake, "webinar:500")["pending"] == seats(northlake, LICENSED)["pending"] == 0
    assert not breaches()


def test_with_too_few_seats_of_several_products_nobody_is_invited_by_half(northlake: Company) -> None:
    """LIC-03, S0-43: three Licensed and two Webinar seats for five lines: refused whole, or all in their order for whom every seat is there.

    The third wants a Webinar seat that is gone; the Licensed seat it leaves is the fourth line's.
    """
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 3})
    do(northlake.owner, "licenses.set_seats", {"product": "webinar:500", "quantity": 2})
    lines = ["w1,Licensed,webinar 500", "w2,Licensed,webinar 500", "w3,Licensed,webinar 500", "p4,Licensed,", "b5,Basic,phone"]
    text = "email,first name,last name,license,add-ons\n" + "".join(
        f"{name}@few.test,F,L,{license},{more}\n" for name, license, more in (line.split(",") for line in lines)
    )
    wish = join.plan_invite(northlake.admin, stage_of(northlake, text), {})
    seen = preview(wish)
    assert seen.missing == {LICENSED: 1, "webinar:500": 1}
    assert seen.fits == 4
    with pytest.raises(Refused) as no:
        engine.start(wish, "few", digest=seen.digest)
    assert no.value.code == "no_seat"
    started = finish(engine.start(wish, "few", digest=seen.digest, short="first"))
    there = sql.rows("SELECT u.id, u.email FROM people_user u WHERE u.email LIKE '%%@few.test' AND u.left_at IS NULL ORDER BY 2")
    assert {p["email"]: add_ons(p["id"]) for p in there} == {
        "b5@few.test": ["phone"],
        "p4@few.test": [],
        "w1@few.test": ["webinar:500"],
        "w2@few.test": ["webinar:500"],
    }
    assert seats(northlake, LICENSED)["held"] == seats(northlake, "webinar:500")["held"] == 0
    assert outcome(northlake.owner, started).done == 4
    assert not breaches()


def test_a_site_by_line(northlake: Company) -> None:
    """S1-15: whoever is invited is at the site their line names; one nobody knows is refused with its name."""
    do(northlake.owner, "accounts.create_site", {"name": "Oslo"})
    text = "email,first name,last name,site\na@at.test,F,L,oslo\nb@at.test,F,L,\nc@at.test,F,L,Olso\n"
    wish = join.plan_invite(northlake.admin, stage_of(northlake, text), {})
    assert [(x["line"], x["field"], x["words"]) for x in join.refused_lines(wish)] == [(4, "site", "There is no site Olso.")]
    finish(engine.start(wish, "sites"))
    at = sql.rows(
        "SELECT u.email, t.name FROM people_user u LEFT JOIN accounts_site t ON t.id = u.site_id WHERE u.email LIKE '%%@at.test' ORDER BY 1"
    )
    assert at == [{"email": "a@at.test", "name": "Oslo"}, {"email": "b@at.test", "name": None}]


def test_on_prem_by_line_needs_the_meeting_connector(northlake: Company) -> None:
    """S0-23, S0-44: switched on it is taken."""
    do(northlake.owner, "licenses.set_seats", {"product": ON_PREM, "quantity": 1})
    do(northlake.owner, "accounts.change_settings", {"meeting_connector": True})
    text = "email,first name,last name,license\nprem@kinds.test,P,Rem,on-prem\n"
    finish(engine.start(join.plan_invite(northlake.admin, stage_of(northlake, text), {}), "prem line"))
    assert person("prem@kinds.test")["license"] == ON_PREM


def test_words_and_codes_of_products() -> None:
    """S0-21, S1-15: a product by its code, or by its name in any of our languages, whatever the case; a cell reads back as it was written."""
    licenses, products = words_for("workplace"), words_for("add_on")
    assert licenses["licensed"] == licenses["lizenziert"] == licenses["meetings:licensed"] == LICENSED
    assert products["webinar 500"] == products["webinar:500"] == "webinar:500"
    assert said_of("add_ons", "Whiteboard ; PHONE | phone")[0] == ["phone", "whiteboard"]
    assert said_of("add_ons", cell_of(["phone", "whiteboard"]))[0] == ["phone", "whiteboard"]
    assert said_of("add_ons", cell_of([]))[0] == [] and said_of("job_title", cell_of(""))[0] == ""
    assert said_of("license", "(empty)")[1].code == "cannot_clear"  # type: ignore[union-attr]
