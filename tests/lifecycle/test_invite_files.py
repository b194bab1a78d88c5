"""lifecycle.invite of a file: good and bad lines, the same again, undo, hostile names and cells."""

from uuid import uuid4

import pytest

from tests.lifecycle.test_invite import stage_of
from tests.people_of import (
    BASIC,
    LICENSED,
    Company,
    breaches,
    do,
    finish,
    invite,
    outcome,
    rows_written,
    seats,
    standing,
)
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo
from usher.journal.plan import preview
from usher.lifecycle import join, staging
from usher.lifecycle.reading import COLUMNS

pytestmark = pytest.mark.django_db


MIXED = """email,first name,last name,department,user group,im group
ann@mixed.test,Ann,Lee,Sales,North,Chat
ANN@mixed.test,Ann,Twin,,,
bad@,Bad,Line,,,
{member},Here,Already,,,
{owner},The,Owner,,,
gus@mixed.test,Gus,Group,,Nowhere,
ivy@mixed.test,Ivy,Im,,,Nowhere
{foreign},In,Another,,,
zoe@mixed.test,Zoe,Last,,NORTH,chat
"""


def test_bad_lines_stop_nobody_else(northlake: Company, southport: Company) -> None:
    """CSV-06, S0-39, F01: twice in the file in another case, wrong, here already, the owner, no such group; the others go through."""
    for kind, name in (("user", "North"), ("im", "Chat")):
        do(northlake.owner, "people.create_im_group" if kind == "im" else "people.create_group", {"name": name})
    text = MIXED.format(member=northlake.member.email.upper(), owner=northlake.owner.email, foreign=southport.member.email)
    wish = join.plan_invite(northlake.admin, stage_of(northlake, text), {})
    seen = preview(wish)
    assert seen.will == 3
    assert seen.skipped() == {"bad_email": 1, "exists": 2, "no_group": 1, "no_im_group": 1, "twice": 1}
    assert [(x["line"], x["reason"], x["field"]) for x in join.refused_lines(wish)] == [
        (3, "twice", "email"),
        (4, "bad_email", "email"),
        (5, "exists", "email"),
        (6, "exists", "email"),
        (7, "no_group", "user_group"),
        (8, "no_im_group", "im_group"),
    ]
    started = finish(engine.start(wish, "mixed", digest=seen.digest))
    told = outcome(northlake.owner, started)
    assert (told.done, told.unchanged, told.refused, told.skipped, told.left) == (3, 2, 4, 0, 0)
    left = join.lines_left(northlake.owner, reads.effects(reads.change(northlake.owner, started.number or 0), result="left"))
    assert {(x["line"], x["reason"]) for x in left} == {
        (3, "twice"),
        (4, "bad_email"),
        (5, "exists"),
        (6, "exists"),
        (7, "no_group"),
        (8, "no_im_group"),
    }
    assert all(x["words"].endswith(".") for x in left)
    groups = sql.rows(
        """SELECT u.email, g.name AS "group", i.name AS im FROM people_user u LEFT JOIN people_membership m ON m.user_id = u.id
           LEFT JOIN people_group g ON g.id = m.group_id LEFT JOIN people_group i ON i.id = u.im_group_id
           WHERE u.account_id = %(a)s AND u.email LIKE '%%mixed.test' ORDER BY 1""",
        {"a": northlake.account},
    )
    assert groups == [
        {"email": "ann@mixed.test", "group": "North", "im": "Chat"},
        {"email": "zoe@mixed.test", "group": "North", "im": "Chat"},
    ]
    assert not breaches()


def test_the_same_file_again_changes_nothing(northlake: Company) -> None:
    """CSV-11: another upload of the same people finds them here."""
    text = "a@again.test,A,A\nb@again.test,B,B"
    for done, state in ((2, "done"), (0, "unchanged")):
        started = engine.start(join.plan_invite(northlake.admin, stage_of(northlake, text), {}), str(uuid4()))
        assert (outcome(northlake.owner, started).done, started.state) == (done, state)
    assert sql.value("SELECT count(*) FROM mail_message WHERE address LIKE '%%again.test'") == 2


def test_two_starts_of_two_uploads_of_one_file(northlake: Company) -> None:
    """CSV-11, F27: planned at the same time, started one after the other: the second finds a changed world and says so."""
    text = "a@twice.test,A,A\nb@twice.test,B,B"
    wishes = [join.plan_invite(northlake.admin, stage_of(northlake, text), {}) for _ in range(2)]
    digests = [preview(w).digest for w in wishes]
    assert outcome(northlake.owner, engine.start(wishes[0], "first", digest=digests[0])).done == 2
    with pytest.raises(Refused) as no:
        engine.start(wishes[1], "second", digest=digests[1])
    assert no.value.code == "stale"


def test_undo_of_an_import(northlake: Company) -> None:
    """The invitations are withdrawn, the seats come free, the links are dead; who has joined by then stays."""
    from tests.people_of import accept_invitation

    people = invite(northlake.owner, *[f"u{i}@undo.test" for i in range(4)], license=LICENSED, add_ons=["phone"])
    (number,) = {c["number"] for c in reads.changes(northlake.owner, limit=1)}
    accept_invitation(people[0])
    undone = finish(undo.start_undo(northlake.owner, number))
    told = outcome(northlake.owner, undone)
    assert (told.done, told.reasons) == (3, {"activated": 1})
    assert [standing(p)["status"] for p in people] == ["active", "gone", "gone", "gone"]
    assert seats(northlake, LICENSED) == {"bought": 10, "used": 1, "pending": 0, "held": 0}
    assert seats(northlake, "phone") == {"bought": 5, "used": 1, "pending": 0, "held": 0}
    assert sql.value("SELECT count(*) FROM mail_message WHERE to_user = ANY(%(p)s) AND state = 'waiting'", {"p": people[1:]}) == 0
    assert invite(northlake.owner, "u1@undo.test") != [people[1]], "the address is free again, for a new person"
    assert not breaches()


@pytest.mark.parametrize(
    "filename", ["../../x.csv", "<img src=x onerror=alert(1)>.csv", "x" * 5_000 + ".csv", "a\x00b.csv", "zwei\nzeilen.csv"]
)
def test_a_file_name_is_only_shown(northlake: Company, filename: str) -> None:
    """CSV-08: never a path; cut, and without control characters in the journal's sentence."""
    stage = stage_of(northlake, "a@name.test,A,A\nb@name.test,B,B", filename=filename)
    started = engine.start(join.plan_invite(northlake.admin, stage, {}), "name")
    told = reads.sentence(reads.change(northlake.owner, started.number or 0), 2)
    assert len(told) < 300 and all(c.isprintable() or c == "\u00a0" for c in told)


def test_nothing_is_staged_of_a_file_that_cannot_be_read(northlake: Company) -> None:
    """CSV-05, CSV-03: never half read."""
    before = rows_written()
    for text, most in (
        (b"a@x.test,A,A\nb@x.test,\xff,B\n", None),
        (b'a@x.test,A,A\nb@x.test,"B,B\n', None),
        (b"a@x.test,A,A\nb@x.test,B,B\n", 1),
    ):
        with pytest.raises(Refused):
            stage_of(northlake, text, most=most)
    assert rows_written() == before


def test_columns_that_would_give_rights_do_not(northlake: Company) -> None:
    """CSV-07, AUTHZ-02, MASS-01: role, account and status in a file are not read; whoever comes in is a pending member of this account."""
    stage = stage_of(
        northlake, f"email,first name,last name,role,account_id,status\nrole@x.test,R,R,owner,{uuid4()},active\nb@x.test,B,B,admin,,"
    )
    assert stage.choices["ignored_columns"] == ["role", "account_id", "status"]
    engine.start(join.plan_invite(northlake.admin, stage, {}), "role")
    found = sql.rows(
        "SELECT s.role, s.status, u.account_id FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE u.email LIKE '%%@x.test'"
    )
    assert found == [{"role": "member", "status": "pending", "account_id": northlake.account}] * 2


def test_hostile_text_reaches_the_database_as_text(northlake: Company) -> None:
    """CSV-09, CSV-05: NUL in a line too long, markup, percent signs and quotes in names and groups."""
    text = (
        """a@text.test,<script>,"x'); DROP TABLE people_user; --",%s %(x)s,,\nb@text.test,B,B,,100%,\nc\x00@text.test,C,C,D,U,I,extra\n"""
    )
    stage = stage_of(northlake, text)
    wish = join.plan_invite(northlake.admin, stage, {})
    started = engine.start(wish, "text", digest=preview(wish).digest)
    assert outcome(northlake.owner, started).reasons == {"no_group": 1, "too_many_cells": 1}
    found = sql.row("SELECT first_name, last_name, department FROM people_user WHERE email = 'a@text.test'")
    assert found == {"first_name": "<script>", "last_name": "x'); DROP TABLE people_user; --", "department": "%s %(x)s"}


def test_the_stage_is_swept_after_a_week(northlake: Company) -> None:
    stage = stage_of(northlake, "a@sweep.test,A,A")
    assert staging.sweep() == 0
    sql.execute("UPDATE lifecycle_stage SET created_at = created_at - interval '8 days' WHERE id = %(s)s", {"s": stage.id})
    assert staging.sweep() == 1
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.admin, stage, {})
    assert no.value.kind == "missing"


def test_the_columns_of_the_file() -> None:
    """S0-38: email, first name, last name, department, user group, IM group, in this order."""
    assert COLUMNS == ("email", "first_name", "last_name", "department", "user_group", "im_group")
    assert BASIC == "meetings:basic"
