"""lifecycle.invite: people come in from a form, a file or the command line."""

import io
from typing import Any
from uuid import uuid4

import pytest

from tests.people_of import (
    BASIC,
    LICENSED,
    ON_PREM,
    Company,
    add_ons,
    breaches,
    do,
    finish,
    invite,
    open_company,
    outcome,
    rows_written,
    seats,
    standing,
)
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo
from usher.journal.plan import preview
from usher.journal.verb import plan
from usher.lifecycle import join, staging
from usher.lifecycle.reading import COLUMNS

pytestmark = pytest.mark.django_db
NAME = "lifecycle.invite"


def stage_of(company: Company, text: str | bytes, **how: Any) -> staging.Stage:
    data = text.encode() if isinstance(text, str) else text
    return staging.stage_csv(
        company.admin, io.BytesIO(data), how.pop("filename", "people.csv"), most=how.pop("most", staging.MOST_IN_PORTAL), choices={}
    )


def test_it_works(northlake: Company) -> None:
    """S0-11, S0-30, S0-32, S1-18, S1-19: several addresses with the same settings become pending people with a link of 30 days and a mail each."""
    people = invite(
        northlake.admin,
        "a@new.test",
        "B@New.test",
        license=LICENSED,
        add_ons=["phone"],
        department="Sales",
        job_title="Agent",
        location="Oslo",
    )
    for person, address in zip(people, ("a@new.test", "B@New.test"), strict=True):
        found = sql.row(
            """SELECT u.email, u.department, u.job_title, u.location, u.came_in, i.state, i.expires_at - i.sent_at = interval '30 days' AS thirty, i.token_hash,
                      i.invited_by, (SELECT array_agg(m.kind || ' ' || m.state || ' ' || m.address) FROM mail_message m WHERE m.to_user = u.id) AS mails
               FROM people_user u JOIN people_invitation i ON i.user_id = u.id WHERE u.id = %(p)s""",
            {"p": person},
        )
        assert found == {
            "email": address, "department": "Sales", "job_title": "Agent", "location": "Oslo", "came_in": "added", "state": "open", "thirty": True, "token_hash": None,
            "invited_by": northlake.admin.user_id, "mails": [f"invitation waiting {address}"],
        }  # fmt: skip
        assert (standing(person)["status"], standing(person)["license"], add_ons(person)) == ("pending", LICENSED, ["phone"])
    assert seats(northlake, LICENSED)["pending"] == seats(northlake, "phone")["pending"] == 2
    assert not breaches()


def test_without_the_privilege(northlake: Company) -> None:
    """S0-5, AUTHZ-20: a member neither stages nor invites."""
    with pytest.raises(Refused) as no:
        staging.stage_addresses(northlake.member, ["a@new.test"], {})
    assert no.value.kind == "forbidden"
    stage = staging.stage_addresses(northlake.admin, ["a@new.test"], {})
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.member, stage, {})
    assert no.value.kind == "forbidden"


def test_another_account_s_stage_group_and_manager_do_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-03, TENANT-10: nothing of the other account can be named, and an address may be in both."""
    stage = staging.stage_addresses(southport.admin, ["a@new.test"], {})
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.admin, stage, {})
    assert no.value.kind == "missing"
    with pytest.raises(Refused):
        staging.stage_of(northlake.admin, stage.id)
    foreign = do(southport.owner, "people.create_group", {"kind": "user", "name": "Harbor"})
    group = reads.effects(reads.change(southport.owner, foreign.number or 0))[0]["obj"]
    own = staging.stage_addresses(northlake.admin, ["a@new.test"], {})
    for choices in (
        {"group": str(group)},
        {"group": "Harbor"},
        {"manager": str(southport.admin.user_id)},
        {"manager": southport.admin.email},
    ):
        with pytest.raises(Refused) as no:
            join.plan_invite(northlake.admin, own, choices)
        assert no.value.kind == "invalid"
    invite(southport.admin, "both@new.test")
    invite(northlake.admin, "both@new.test", southport.admin.email)
    assert not breaches()


@pytest.mark.parametrize(
    "choices",
    [
        {"license": "gold"},
        {"license": "phone"},
        {"add_ons": ["gold"]},
        {"add_ons": [LICENSED]},
        {"add_ons": ["webinar:500"]},
        {"license": LICENSED, "add_ons": ["webinar:500", "events:500"]},
        {"department": "x" * 129},
        {"department": "a\nb"},
        {"job_title": "\x00"},
        {"group": "nobody"},
        {"group": "\x00"},
        {"group": "0192f0c0-0000-7000-8000-00000000dead"},
        {"im_group": "nobody"},
        {"manager": "nobody@new.test"},
        {"manager": "\x00"},
        {"manager": [1]},
    ],
)
def test_wrong_parameters(northlake: Company, choices: dict[str, object]) -> None:
    """S0-21, S0-24, S0-26, S0-27, S0-28, MASS-08"""
    stage = staging.stage_addresses(northlake.admin, ["a@new.test"], {})
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.admin, stage, choices)
    assert no.value.kind == "invalid" and no.value.field


@pytest.mark.parametrize("stage", ["", "x", None, "0192f0c0-0000-7000-8000-00000000dead", "\x00"])
def test_a_stage_that_is_none(northlake: Company, stage: object) -> None:
    with pytest.raises(Refused) as no:
        plan(northlake.admin, NAME, {"stage": stage})
    assert no.value.kind == "missing"


def test_a_free_account_has_no_user_management(committed: None) -> None:
    """S0-3, S0-4, S1-4: which plans have it is one table; the refusal names them."""
    for code, allowed in {"free_with_card": True, "pro": True, "business": True, "education": True, "enterprise": True}.items():
        assert allowed and open_company(code.replace("_", ""), plan_code=code).pending
    with pytest.raises(Refused) as no:
        open_company("Free", plan_code="free")
    assert (no.value.kind, no.value.code) == ("forbidden", "plan")
    assert "Business" in no.value.words


def test_licensed_needs_a_seat(northlake: Company) -> None:
    """S0-22, S0-43, S1-16: by form and by file; nobody is invited and no mail is written."""
    for n in (1, 3, 12):
        stage = stage_of(northlake, "\n".join(f"s{i}@seats.test,First,Last" for i in range(n)))
        do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": n - 1})
        before = rows_written()
        with pytest.raises(Refused) as no:
            engine.start(join.plan_invite(northlake.admin, stage, {"license": LICENSED}), f"seat{n}")
        assert no.value.code == "no_seat"
        assert rows_written() == before


def test_on_prem_needs_the_meeting_connector(northlake: Company) -> None:
    """S0-23, S0-44"""
    do(northlake.owner, "licenses.set_seats", {"product": ON_PREM, "quantity": 3})
    stage = stage_of(northlake, "o@prem.test,First,Last")
    with pytest.raises(Refused) as no:
        join.plan_invite(northlake.admin, stage, {"license": ON_PREM})
    assert (no.value.code, no.value.field) == ("switched_off", "license")
    do(northlake.owner, "accounts.change_settings", {"meeting_connector": True})
    started = engine.start(join.plan_invite(northlake.admin, stage, {"license": ON_PREM}), "prem")
    assert outcome(northlake.owner, started).done == 1
    assert seats(northlake, ON_PREM)["pending"] == 1


def test_each_feature_needs_a_seat_for_each_person(northlake: Company) -> None:
    """S0-25, S0-45, S0-37: five phones, six people: refused whole; five of them go."""
    six = staging.stage_addresses(northlake.admin, [f"f{i}@feature.test" for i in range(6)], {})
    with pytest.raises(Refused) as no:
        engine.start(join.plan_invite(northlake.admin, six, {"add_ons": ["phone", "whiteboard"]}), "six")
    assert no.value.code == "no_seat"
    five = staging.stage_addresses(northlake.admin, [f"f{i}@feature.test" for i in range(5)], {})
    started = engine.start(join.plan_invite(northlake.admin, five, {"add_ons": ["phone", "whiteboard"]}), "five")
    assert outcome(northlake.admin, started).done == 5
    assert seats(northlake, "phone")["pending"] == seats(northlake, "whiteboard")["pending"] == 5


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
        do(northlake.owner, "people.create_group", {"kind": kind, "name": name})
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
    for done, unchanged in ((2, 0), (0, 2)):
        started = engine.start(join.plan_invite(northlake.admin, stage_of(northlake, text), {}), str(uuid4()))
        told = outcome(northlake.owner, started)
        assert (told.done, told.unchanged) == (done, unchanged)
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


def test_addresses_typed_into_a_form(northlake: Company) -> None:
    """MAIL-09: the same address twice counts once, a wrong one is refused alone, 1,001 are taken."""
    stage = staging.stage_addresses(northlake.admin, ["a@form.test", "A@FORM.test", "wrong@", "ａ@form.test"], {})
    seen = preview(join.plan_invite(northlake.admin, stage, {}))
    assert (seen.will, seen.skipped()) == (1, {"twice": 1, "bad_email": 1, "look_alike": 1})
    assert len(invite(northlake.admin, *[f"n{i}@thousand.test" for i in range(1_001)])) == 1_001
    assert not breaches()


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
