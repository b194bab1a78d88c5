"""Inviting people for whom seats lack: they come in with what is free, and wait for the rest."""

import pytest

from tests.lifecycle.test_invite import stage_of
from tests.lifecycle.test_invite_mixed import person
from tests.people_of import BASIC, LICENSED, Company, accept_invitation, add_ons, breaches, crowd, do, finish, one, outcome, seats, standing
from usher.core import sql
from usher.journal import engine, undo
from usher.journal.engine import INLINE
from usher.journal.plan import preview
from usher.licenses import giving
from usher.lifecycle import join, staging

pytestmark = pytest.mark.django_db
UNASSIGNED = "meetings:unassigned"


def set_seats(company: Company, product: str, n: int) -> None:
    do(company.operator, "licenses.set_seats", {"product": product, "quantity": n})


def set_free(product: str, n: int) -> None:
    sql.execute("UPDATE licenses_license SET bought = used + pending + held + %(n)s WHERE product = %(p)s", {"p": product, "n": n})


def line(product: str) -> list[str]:
    """Who waits for a product, in order."""
    query = "SELECT u.email FROM licenses_waiting w JOIN people_user u ON u.id = w.user_id WHERE w.product = %(p)s AND w.state = 'waiting' ORDER BY w.place"
    return [w["email"].partition("@")[0] for w in sql.rows(query, {"p": product})]


def had(name: str) -> tuple[str, list[str]]:
    found = person(f"{name}@wait.test")
    return found["license"], add_ons(found["id"])


def file_of(*lines: str) -> str:
    """name,license,add-ons"""
    return "email,first name,last name,license,add-ons\n" + "".join(
        f"{name}@wait.test,F,L,{rest}\n" for name, _, rest in (x.partition(",") for x in lines)
    )


def test_it_works(northlake: Company) -> None:
    """S0-57, S1-18: one Licensed and one Phone seat for three: the others are Basic, wait in the order of the file, and are given theirs as seats come."""
    set_free(LICENSED, 1)
    set_seats(northlake, "phone", 1)
    wish = join.plan_invite(northlake.admin, stage_of(northlake, file_of("a,Licensed,phone", "b,Licensed,phone", "c,Licensed,")), {})
    seen, meant = preview(wish), preview(wish.waiting())
    assert seen.missing == {LICENSED: 2, "phone": 1} and seen.fits == 1
    assert (meant.missing, meant.will) == ({}, 3)
    started = finish(engine.start(wish, "wait", digest=meant.digest, short="wait"))
    assert outcome(northlake.owner, started).done == 3
    assert [had(n) for n in "abc"] == [(LICENSED, ["phone"]), (BASIC, []), (BASIC, [])]
    assert line(LICENSED) == ["b", "c"] and line("phone") == ["b"]
    assert not breaches()
    set_free(LICENSED, 1)
    set_free("phone", 1)
    assert giving.give() == 2
    assert had("b") == (LICENSED, ["phone"]) and line(LICENSED) == ["c"] and line("phone") == []
    accept_invitation(person("c@wait.test")["id"])
    set_free(LICENSED, 1)
    assert giving.give() == 1 and standing(person("c@wait.test")["id"])["license"] == LICENSED
    assert not breaches()


def test_an_add_on_waits_for_its_license(northlake: Company) -> None:
    """LIC-08: a Webinar seat is free, but not the license it needs: both are waited for, and the Webinar seat is there for the next who can have it."""
    set_free(LICENSED, 0)
    stage = stage_of(northlake, file_of("w,Licensed,Webinar 500"))
    finish(engine.start(join.plan_invite(northlake.admin, stage, {}), "base", short="wait"))
    assert had("w") == (BASIC, []) and line(LICENSED) == line("webinar:500") == ["w"]
    assert giving.give() == 0 and seats(northlake, "webinar:500")["pending"] == 0
    set_free(LICENSED, 1)
    assert giving.give() == 2 and had("w") == (LICENSED, ["webinar:500"])
    assert not breaches()


def test_whoever_finds_not_even_unassigned_is_not_invited(northlake: Company) -> None:
    """LIC-03: Basic, then Unassigned, then nobody; who is not here is on no list."""
    for product, n in {LICENSED: 0, BASIC: 1, UNASSIGNED: 1}.items():
        set_free(product, n)
    stage = staging.stage_addresses(northlake.owner, [f"{n}@wait.test" for n in "abc"], {})
    wish = join.plan_invite(northlake.owner, stage, {"license": LICENSED})
    meant = preview(wish.waiting())
    assert (meant.will, meant.fits) == (3, 2)
    started = finish(engine.start(wish, "none", digest=meant.digest, short="wait"))
    assert outcome(northlake.owner, started).reasons == {"no_seat": 1}
    assert (had("a")[0], had("b")[0], line(LICENSED)) == (BASIC, UNASSIGNED, ["a", "b"])
    assert not breaches()


def test_with_seats_for_all_nobody_waits(northlake: Company) -> None:
    stage = staging.stage_addresses(northlake.owner, ["a@wait.test", "b@wait.test"], {})
    wish = join.plan_invite(northlake.owner, stage, {"license": LICENSED, "add_ons": ["phone"]})
    finish(engine.start(wish, "all", short="wait"))
    assert [had(n) for n in "ab"] == [(LICENSED, ["phone"])] * 2 and line(LICENSED) == []


def test_undo_takes_them_off(northlake: Company) -> None:
    """S0-49: the invitations are withdrawn, what was given meanwhile comes free, and nobody of them waits any more."""
    set_seats(northlake, "phone", 1)
    stage = staging.stage_addresses(northlake.owner, ["a@wait.test", "b@wait.test", "c@wait.test"], {})
    started = engine.start(join.plan_invite(northlake.owner, stage, {"add_ons": ["phone"]}), "undo", short="wait")
    set_seats(northlake, "phone", 2)
    assert giving.give() == 1 and had("b") == (BASIC, ["phone"]) and line("phone") == ["c"]
    finish(undo.start_undo(northlake.owner, started.number or 0))
    assert line("phone") == [] and seats(northlake, "phone")["pending"] == 0
    assert not breaches()


def test_a_world_that_changed_is_shown(northlake: Company) -> None:
    """Who took the free seat since the plan was read changes what somebody else would get: refused with the plan as it is now."""
    set_seats(northlake, "phone", 1)
    wish = join.plan_invite(
        northlake.owner, staging.stage_addresses(northlake.owner, ["a@wait.test", "b@wait.test"], {}), {"add_ons": ["phone"]}
    )
    meant = preview(wish.waiting())
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(northlake.pending)})
    with pytest.raises(Exception, match="changed while you were reading"):
        engine.start(wish, "stale", digest=meant.digest, short="wait")


def test_a_crowd_keeps_its_order_over_chunks(northlake: Company) -> None:
    """A run of several steps: the list is in the order of the file, behind whoever waited before."""
    set_seats(northlake, "phone", 0)
    (early,) = crowd(northlake.owner, 1, prefix="early")
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(early)}, short="wait")
    names = [f"p{n:04}" for n in range(INLINE + 700)]
    stage = staging.stage_addresses(northlake.owner, [f"{n}@wait.test" for n in reversed(names)], {})
    finish(engine.start(join.plan_invite(northlake.owner, stage, {"add_ons": ["phone"]}), "crowd", short="wait"))
    assert line("phone") == ["early00000", *reversed(names)]
    assert not breaches()
