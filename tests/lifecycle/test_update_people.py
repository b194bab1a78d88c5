"""lifecycle.update_people: each line of a file says what one person shall have."""

import io
from typing import Any
from uuid import UUID

import pytest

from tests.people_of import (
    BASIC,
    LICENSED,
    Company,
    add_ons,
    breaches,
    do,
    finish,
    invite,
    one,
    outcome,
    rows_written,
    seats,
    standing,
    why_no_way_back,
)
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo
from usher.journal.plan import preview
from usher.journal.verb import Plan, plan
from usher.lifecycle import join, staging, update_people

pytestmark = pytest.mark.django_db

NAME = "lifecycle.update_people"
FIELDS = "u.first_name, u.last_name, u.display_name, u.department, u.job_title, u.location, u.cost_center, u.employee_id"


def planned(actor: Actor, text: str, filename: str = "update.csv") -> Plan:
    stage = staging.stage_updates(actor, io.BytesIO(text.encode()), filename, most=staging.MOST_IN_PORTAL, choices={})
    return update_people.plan_update(actor, stage)


def update(actor: Actor, text: str, **how: Any) -> engine.Started:
    wish = planned(actor, text)
    return finish(engine.start(wish, f"update:{wish.params['stage']}", **how))


def told(user: UUID) -> dict[str, Any]:
    """Everything an update can change."""
    found = sql.row(
        f"""SELECT {FIELDS}, s.license, m.email AS manager, g.name AS "group", i.name AS im,
                   ARRAY(SELECT x.name FROM people_membership n JOIN people_group x ON x.id = n.group_id WHERE n.user_id = u.id ORDER BY 1) AS groups
            FROM people_user u JOIN people_standing s ON s.user_id = u.id LEFT JOIN people_user m ON m.id = u.manager_id LEFT JOIN people_group i ON i.id = u.im_group_id
            LEFT JOIN people_membership p ON p.user_id = u.id AND p."primary" LEFT JOIN people_group g ON g.id = p.group_id WHERE u.id = %(u)s""",
        {"u": user},
    )
    assert found
    return {**found, "add_ons": add_ons(user)}


def groups(company: Company) -> None:
    for name in ("North", "South"):
        do(company.owner, "people.create_group", {"name": name, "kind": "user"})
    do(company.owner, "people.create_im_group", {"name": "Chat"})


def test_it_works(northlake: Company) -> None:
    """S0-10, S0-27, S0-28, S1-15: everything a line says at once, of somebody active and of somebody pending; undo brings all of it back."""
    groups(northlake)
    do(northlake.owner, "people.add_to_group", {"group": "North", "subjects": one(northlake.member.user_id or "")})
    do(northlake.owner, "people.edit_profile", {"subjects": one(northlake.pending), "fields": {"employee_id": "P-7", "department": "Old"}})
    before = told(northlake.member.user_id or UUID(int=0)), told(northlake.pending)
    text = f"""Email,First name,Department,User group,IM group,License,Add-ons,Employee id,Manager,Display name
{northlake.member.email.upper()},Mia,Sales,south,CHAT,Licensed,Webinar 500; phone,M-1,{northlake.admin.email},Mia M
,,(empty),North,,Unassigned,,P-7,{northlake.member.email},
"""
    wish = planned(northlake.admin, text)
    seen = preview(wish)
    assert (seen.will, seen.skipped()) == (2, {})
    assert seen.seats[LICENSED]["after"] == seen.seats[LICENSED]["free"] - 1
    started = finish(engine.start(wish, "works", digest=seen.digest))
    assert outcome(northlake.admin, started).done == 2
    mia, pending = told(northlake.member.user_id or UUID(int=0)), told(northlake.pending)
    assert mia == {
        **before[0], "first_name": "Mia", "department": "Sales", "group": "South", "groups": ["South"], "im": "Chat", "license": LICENSED,
        "add_ons": ["phone", "webinar:500"], "employee_id": "M-1", "manager": northlake.admin.email, "display_name": "Mia M",
    }  # fmt: skip
    assert pending == {
        **before[1],
        "department": "",
        "group": "North",
        "groups": ["North"],
        "license": "meetings:unassigned",
        "manager": northlake.member.email,
    }
    assert seats(northlake, "webinar:500")["used"] == 1 and seats(northlake, "meetings:unassigned")["pending"] == 1
    assert not breaches()
    again = preview(planned(northlake.admin, text))
    assert (again.will, again.unchanged(frozenset({"already"}))) == (0, 2)
    finish(undo.start_undo(northlake.owner, started.number or 0))
    assert (told(northlake.member.user_id or UUID(int=0)), told(northlake.pending)) == before
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """AUTHZ-20: a member neither stages nor updates; groups need the right to change groups."""
    with pytest.raises(Refused) as no:
        planned(northlake.member, f"email,department\n{northlake.admin.email},X\n")
    assert no.value.kind == "forbidden"
    stage = staging.stage_updates(northlake.admin, io.BytesIO(b"email,user group\na@x.test,North\n"), "x.csv", most=10, choices={})
    fewer = Actor(**{**vars(northlake.admin), "privileges": frozenset({"people:user:manage"})})
    with pytest.raises(Refused) as no:
        update_people.plan_update(fewer, stage)
    assert no.value.kind == "forbidden"


def test_another_account_s_stage_and_people_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03, TENANT-10, CSV-06: whoever is not here is told like an address nobody has, by address, by employee id, and as a manager."""
    do(southport.owner, "people.edit_profile", {"subjects": one(southport.member.user_id or ""), "fields": {"employee_id": "S-1"}})
    wish = planned(southport.admin, f"email,department\n{southport.member.email},X\n")
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"stage": wish.params["stage"]})
    assert no.value.kind == "missing"
    text = f"email,employee id,manager\n{southport.member.email},,\nnobody@north.test,,\n,S-1,\n{northlake.member.email},,{southport.admin.email}\n"
    assert preview(planned(northlake.admin, text)).skipped() == {"nobody_here": 3, "unknown_manager": 1}


@pytest.mark.parametrize("stage", ["", "x", None, 7, "0192f0c0-0000-7000-8000-00000000dead"])
def test_a_stage_that_is_none(northlake: Company, stage: object) -> None:
    """MASS-08"""
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"stage": stage})
    assert no.value.kind == "missing"


def test_a_list_given_for_something_else_is_none(northlake: Company) -> None:
    """A file of new people is not taken for an update, nor the other way round."""
    new = staging.stage_addresses(northlake.admin, ["a@b.test"], {})
    with pytest.raises(Refused):
        update_people.plan_update(northlake.admin, new)
    old = staging.stage_updates(northlake.admin, io.BytesIO(b"email,department\na@b.test,X\n"), "x.csv", most=9, choices={})
    with pytest.raises(Refused):
        join.plan_invite(northlake.admin, old, {})


def test_bad_lines_stop_nobody_else(northlake: Company) -> None:
    """CSV-06, LIC-08, F01: every line that cannot be is listed with its field and why; the others are done."""
    groups(northlake)
    people = invite(northlake.owner, *(f"l{i}@lines.test" for i in range(9)))
    do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(people[5])})
    do(northlake.owner, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(people[5])})
    for person in people[6:8]:
        do(northlake.owner, "people.edit_profile", {"subjects": one(person), "fields": {"employee_id": "TWO"}})
    text = """email,department,user group,im group,license,add-ons,manager,employee id
l0@lines.test,Sales,,,,,,
L0@lines.test,Twice,,,,,,
l1@lines.test,,Nowhere,,,,,
l2@lines.test,,,Nowhere,,,,
l3@lines.test,,,,Gold,,,
l4@lines.test,,,,,webinar 500,,
l5@lines.test,,,,Basic,,,
,X,,,,,,TWO
l8@lines.test,,,,,,nobody@lines.test,
bad@,,,,,,,
l1@lines.test,,,,(empty),,,
"""
    wish = planned(northlake.admin, text)
    seen = preview(wish)
    assert seen.will == 1
    lines = join.refused_lines(wish)
    assert [(x["line"], x["reason"], x["field"]) for x in lines] == [
        (3, "twice", "email"),
        (4, "no_group", "user_group"),
        (5, "no_im_group", "im_group"),
        (6, "unknown_license", "license"),
        (7, "wrong_products", "add_ons"),
        (8, "wrong_products", "add_ons"),
        (9, "ambiguous", "employee_id"),
        (10, "unknown_manager", "manager"),
        (11, "bad_email", "email"),
        (12, "cannot_clear", "license"),
    ]
    assert lines[5]["words"] == "Webinar 500 needs Licensed or On-Prem." and all(x["words"].endswith(".") for x in lines)
    started = finish(engine.start(wish, "bad lines", digest=seen.digest))
    assert outcome(northlake.owner, started).done == 1
    assert told(people[0])["department"] == "Sales" and told(people[5])["license"] == LICENSED
    assert not breaches()


def test_rank_marks_and_the_deactivated(northlake: Company) -> None:
    """AUTHZ-05: an admin does not change who another admin is, but what they use; the never-touch list holds; who is deactivated gets no license."""
    (left,) = invite(northlake.owner, "gone@rank.test")
    sql.execute("UPDATE people_standing SET role = 'admin' WHERE user_id = %(u)s", {"u": left})
    text = f"email,job title,license\n{northlake.owner.email},Boss,\ngone@rank.test,,Unassigned\n{northlake.member.email},Clerk,\n"
    do(northlake.owner, "people.mark", {"kind": "never", "why": "Runs the lobby", "subjects": one(northlake.member.user_id or "")})
    assert preview(planned(northlake.admin, text)).skipped() == {"higher_rank": 1, "never_touch": 1}
    assert preview(planned(northlake.owner, text)).skipped() == {"never_touch": 1}
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(northlake.member.user_id or "")})
    away = f"email,license\n{northlake.member.email},Licensed\n"
    assert set(preview(planned(northlake.owner, away)).skipped()) <= {"inactive", "never_touch"}


def test_nobody_reports_to_themselves(northlake: Company) -> None:
    """Managers of one file that would close a ring are refused together, also with those the file does not name."""
    a, b, c, d = invite(northlake.owner, *(f"{n}@ring.test" for n in "abcd"))
    do(northlake.owner, "people.edit_profile", {"subjects": one(d), "fields": {"manager": "c@ring.test"}})
    seen = preview(planned(northlake.admin, "email,manager\na@ring.test,b@ring.test\nb@ring.test,a@ring.test\nc@ring.test,d@ring.test\n"))
    assert (seen.will, seen.skipped()) == (0, {"manager_loop": 3})
    started = update(northlake.admin, "email,manager\na@ring.test,b@ring.test\nb@ring.test,c@ring.test\nd@ring.test,a@ring.test\n")
    assert outcome(northlake.admin, started).done == 3
    assert [told(p)["manager"] for p in (a, b, c, d)] == ["b@ring.test", "c@ring.test", None, "a@ring.test"]


def test_too_few_seats(northlake: Company) -> None:
    """LIC-03: refused whole, or the first for whom every seat is there; nobody is changed by half."""
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 2})
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 1})
    people = invite(northlake.owner, *(f"few{i}@few.test" for i in range(4)))
    text = "email,job title,license,add-ons\n" + "".join(f"few{i}@few.test,Job,licensed,{'phone' if i < 2 else ''}\n" for i in range(4))
    wish = planned(northlake.admin, text)
    seen = preview(wish)
    before = rows_written()
    with pytest.raises(Refused) as no:
        engine.start(wish, "few", digest=seen.digest)
    assert no.value.code == "no_seat" and rows_written() == before
    finish(engine.start(wish, "few", digest=seen.digest, short="first"))
    assert [(told(p)["license"], told(p)["add_ons"], told(p)["job_title"]) for p in people] == [
        (LICENSED, ["phone"], "Job"), (BASIC, [], ""), (LICENSED, [], "Job"), (BASIC, [], ""),
    ]  # fmt: skip
    assert not breaches()


def test_what_was_changed_since_stays(northlake: Company) -> None:
    """F20: undo leaves alone whoever was changed again, and says so."""
    one_of_them, other = invite(northlake.owner, "u1@undo.test", "u2@undo.test")
    started = update(northlake.admin, "email,department,license\nu1@undo.test,Sales,Licensed\nu2@undo.test,Sales,Licensed\n")
    do(northlake.owner, "licenses.change_license", {"license": BASIC, "subjects": one(other)})
    back = finish(undo.start_undo(northlake.owner, started.number or 0))
    assert [e["reason"] for e in reads.effects(reads.change(northlake.owner, back.number or 0), result="left")] == ["changed"]
    assert (told(one_of_them)["license"], told(one_of_them)["department"], told(other)["department"]) == (BASIC, "", "Sales")
    assert standing(other)["license"] == BASIC and not breaches()


def test_groups_that_are_cleared(northlake: Company) -> None:
    """R13: whoever leaves their primary group has the one they joined next; undo puts both back as they were."""
    groups(northlake)
    (person,) = invite(northlake.owner, "g@groups.test")
    for name in ("North", "South"):
        do(northlake.owner, "people.add_to_group", {"group": name, "subjects": one(person)})
    started = update(northlake.admin, "email,user group,im group\ng@groups.test,(empty),(leer)\n")
    assert (told(person)["group"], told(person)["groups"]) == ("South", ["South"])
    finish(undo.start_undo(northlake.owner, started.number or 0))
    assert (told(person)["group"], told(person)["groups"]) == ("North", ["North", "South"])
    assert not breaches()


def site_of(person: UUID) -> str | None:
    found: str | None = sql.value(
        "SELECT t.name FROM people_user u LEFT JOIN accounts_site t ON t.id = u.site_id WHERE u.id = %(u)s", {"u": person}
    )
    return found


def test_a_site_by_line(northlake: Company, southport: Company) -> None:
    """S1-15, TENANT-03: by its name in any spelling, cleared, left as it is; a site of another account does not exist; undo knows when one is gone."""
    for name in ("Oslo", "Bergen"):
        do(northlake.owner, "accounts.create_site", {"name": name})
    do(southport.owner, "accounts.create_site", {"name": "Lagos"})
    a, b, c, d = invite(northlake.owner, *(f"{n}@at.test" for n in "abcd"))
    do(northlake.owner, "people.set_site", {"site": "Oslo", "subjects": one(b, c)})
    wish = planned(northlake.admin, "email,site\na@at.test,OSLO\nb@at.test,(empty)\nc@at.test,\nd@at.test,Lagos\n")
    assert preview(wish).skipped() == {"already": 1, "no_site": 1}
    assert [(x["field"], x["words"]) for x in join.refused_lines(wish) if x["reason"] == "no_site"] == [("site", "There is no site Lagos.")]
    started = finish(engine.start(wish, "sites"))
    assert [site_of(p) for p in (a, b, c, d)] == ["Oslo", None, "Oslo", None]
    finish(undo.start_undo(northlake.admin, started.number or 0))
    assert [site_of(p) for p in (a, b, c, d)] == [None, "Oslo", "Oslo", None]
    moved = update(northlake.admin, "email,Standort\nb@at.test,Bergen\nc@at.test,Bergen\n")
    site = sql.value("SELECT id::text FROM accounts_site WHERE name = 'Oslo'")
    do(northlake.owner, "accounts.make_main_site", {"site": sql.value("SELECT id::text FROM accounts_site WHERE name = 'Bergen'")})
    do(northlake.owner, "accounts.delete_sites", {"sites": [site]})
    assert why_no_way_back(northlake.admin, moved) == "site_gone" and site_of(b) == "Bergen"
    assert not breaches()
