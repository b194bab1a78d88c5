"""What the journal is worth as evidence: nobody changes it, tampering shows, refused attempts are counted."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from tests.people_of import LICENSED, Company, breaches, crowd, do, invite, one
from usher.core import clock, sql
from usher.core.ids import earliest_at, uuid7
from usher.core.refusals import Refused
from usher.journal import denials, engine, reads, seal, tasks, undo
from usher.journal.verb import VERBS, plan

TABLES = ("journal_change", "journal_effect", "journal_seal")


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", TABLES)
def test_the_application_cannot_change_the_journal(northlake: Company, table: str, statement: str) -> None:
    """AUDIT-03, F15: UPDATE, DELETE and TRUNCATE are refused by the database, also when they would touch no row."""
    column = "verb" if table == "journal_change" else "result" if table == "journal_effect" else "seq"
    with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
        sql.execute(statement.format(table, column, column))


@pytest.mark.django_db
def test_a_change_tells_who_what_where_and_when(northlake: Company) -> None:
    """AUDIT-01: actor, door, address, request, time, and before and after of the target; one record, in the transaction that did it."""
    before = clock.now()
    started = do(northlake.admin, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.pending)})
    assert started.number
    found = reads.change(northlake.owner, started.number)
    told = {k: found[k] for k in ("verb", "actor_kind", "actor_id", "door", "ip", "request_id", "params")}
    assert told == {
        "verb": "licenses.change_license",
        "actor_kind": "person",
        "actor_id": northlake.admin.user_id,
        "door": "portal",
        "ip": "192.0.2.7",
        "request_id": "test",
        "params": {"license": LICENSED, "subjects": one(northlake.pending)},
    }
    assert found["at"] >= before
    (effect,) = reads.effects(found)
    assert (effect["obj"], effect["before"], effect["after"]) == (northlake.pending, {"license": "meetings:basic"}, {"license": LICENSED})
    assert reads.sentence(found, 1) == "1\u00a0person became Licensed"


@pytest.mark.django_db
def test_a_refused_change_leaves_no_record_of_itself(northlake: Company) -> None:
    """AUDIT-01, F15: what was not done has no Change."""
    changes = sql.value("SELECT count(*) FROM journal_change")
    with pytest.raises(Refused):
        do(northlake.owner, "licenses.change_license", {"license": "meetings:on_prem", "subjects": one(northlake.pending)})
    with pytest.raises(Refused):
        do(northlake.owner, "licenses.give_add_on", {"add_on": "webinar:500", "subjects": one(northlake.pending)})
    assert sql.value("SELECT count(*) FROM journal_change") == changes


@pytest.mark.django_db
def test_every_finished_change_gets_one_link_of_the_chain(northlake: Company) -> None:
    assert seal.seal_account(northlake.account) > 0
    assert seal.seal_account(northlake.account) == 0
    started = do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.pending)})
    assert northlake.account in seal.accounts_to_seal()
    assert seal.seal_account(northlake.account) == 1
    assert sql.value("SELECT max(seq) = count(*) FROM journal_seal WHERE account_id = %(a)s", {"a": northlake.account})
    assert sql.value("SELECT count(*) FROM journal_seal WHERE change_id = %(c)s", {"c": started.change_id}) == 1
    assert not breaches()


@pytest.mark.django_db
def test_the_night_seals_all_that_was_forgotten(northlake: Company) -> None:
    """AUDIT-03: more than one batch of an account."""
    sql.execute(
        """INSERT INTO journal_change (id, account_id, verb, params, key, params_hash, actor_kind, actor_name, door, request_id, ip, at)
           SELECT usher_uuid7(), %(a)s, 'people.create_group', '{}', 'old' || n, '', 'system', 'Usher', 'clock', '', '', now() - interval '9 days'
           FROM generate_series(1, 201) n""",
        {"a": northlake.account},
    )
    assert northlake.account in seal.forgotten()
    tasks.sweep.func(0)
    assert northlake.account not in seal.forgotten() and not seal.broken_links()


@pytest.mark.django_db
def test_a_running_change_is_sealed_when_it_has_ended(northlake: Company) -> None:
    crowd(northlake.owner, 600)
    seal.seal_account(northlake.account)
    wish = plan(
        northlake.owner, "licenses.change_license", {"license": "meetings:unassigned", "subjects": {"query": {"status": ["pending"]}}}
    )
    started = engine.start(wish, "seal")
    assert seal.seal_account(northlake.account) == 0
    assert started.change_id
    while engine.step(started.change_id):
        pass
    assert seal.seal_account(northlake.account) == 1
    assert not breaches()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tampering",
    [
        """UPDATE journal_effect SET after = '{"license": "meetings:licensed", "by": "me"}' WHERE change_id = %(c)s""",
        "UPDATE journal_effect SET result = 'skipped' WHERE change_id = %(c)s",
        "DELETE FROM journal_effect WHERE change_id = %(c)s",
        "UPDATE journal_change SET actor_name = 'Somebody Else' WHERE id = %(c)s",
        "UPDATE journal_change SET at = at - interval '1 day' WHERE id = %(c)s",
        "DELETE FROM journal_change WHERE id = %(c)s",
        "DELETE FROM journal_seal WHERE change_id = %(c)s",
    ],
)
def test_tampering_shows(northlake: Company, tampering: str) -> None:
    """AUDIT-03, F15: one row edited or removed behind every trigger, as a superuser can, and verify names the change."""
    started = do(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": one(northlake.pending)})
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 7})
    seal.seal_account(northlake.account)
    assert not breaches()
    with connection.cursor() as intruder:
        intruder.execute("SET LOCAL session_replication_role = replica")
        intruder.execute(tampering, {"c": started.change_id})
        assert intruder.rowcount >= 1
    found = dict(breaches())
    assert "I6-seals" in found
    named = {b["change"] for b in found["I6-seals"]}
    assert "journal_seal" in tampering or {started.number, str(started.change_id)} & named


@pytest.mark.django_db
def test_refused_attempts_are_grouped(northlake: Company, southport: Company) -> None:
    """AUDIT-02: a flood of a thousand is one row with a number; another door, verb or reason is another row; each stays in its account."""
    for _ in range(1_000):
        denials.record(northlake.member, "licenses.set_seats", "privilege")
    denials.record(northlake.member, "licenses.set_seats", "no_seat")
    denials.record(northlake.member.at("api"), "licenses.set_seats", "privilege")
    denials.record(southport.member, "licenses.set_seats", "privilege")
    found = sql.rows(
        "SELECT actor_id, door, code, times, ip FROM journal_denial WHERE account_id = %(a)s ORDER BY times DESC, door, code",
        {"a": northlake.account},
    )
    me = northlake.member.user_id
    assert [(f["actor_id"], f["door"], f["code"], f["times"]) for f in found] == [
        (me, "portal", "privilege", 1_000),
        (me, "api", "privilege", 1),
        (me, "portal", "no_seat", 1),
    ]


@pytest.mark.django_db
def test_the_journal_of_another_account_does_not_exist(northlake: Company, southport: Company) -> None:
    """TENANT-09: neither in the list nor by number, however large the number is."""
    started = do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 9})
    assert started.number
    assert started.number not in {c["number"] for c in reads.changes(southport.owner)}
    for number in (started.number, -1, 2**63 - 1, 2**80):
        with pytest.raises(Refused) as no:
            undo.start_undo(southport.owner, number)
        assert no.value.kind == "missing"


@pytest.mark.django_db
def test_every_verb_tells_itself_in_one_and_in_many(northlake: Company) -> None:
    """Every Change in the list has a sentence; undone, it says so."""
    invite(northlake.owner, f"told@{northlake.domain}", add_ons=["phone"])
    for found in reads.changes(northlake.owner):
        for n in (0, 1, 9_998):
            told = reads.sentence(found, n)
            assert told and not told[0].islower() and "  " not in told
            assert reads.sentence({**found, "undoes": uuid4()}, n).startswith("Undone: ")
        headline = VERBS[found["verb"]].headline(found["params"], 2)
        assert headline.endswith(".") and "please" not in headline.lower()


@pytest.mark.django_db
def test_plan_rows_of_a_start_that_died_are_swept(northlake: Company) -> None:
    """I13, F01: what was staged by a process killed before its Change was written goes after a day; what a run still needs stays."""
    crowd(northlake.owner, 600)
    running = engine.start(
        plan(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": {"query": {}}}), "stays", short="first"
    )
    old = earliest_at(clock.now() - timedelta(days=2))
    for change in (old, uuid7()):
        sql.execute("INSERT INTO journal_planrow (change_id, phase, ord, obj, version) VALUES (%(c)s, 0, 1, %(c)s, 0)", {"c": change})
    tasks.sweep.func(0)
    left = {r["change_id"] for r in sql.rows("SELECT DISTINCT change_id FROM journal_planrow")}
    assert old not in left and running.change_id in left and len(left) == 2


@pytest.mark.django_db
def test_a_run_nobody_moves_is_taken_over(northlake: Company) -> None:
    """P7, F07: a run without a beat for a while gets a new job; one that moves does not."""
    crowd(northlake.owner, 600)
    started = engine.start(
        plan(northlake.owner, "licenses.change_license", {"license": LICENSED, "subjects": {"query": {}}}), "still", short="first"
    )
    sql.execute("DELETE FROM procrastinate_jobs")
    assert reads.stalled() == []
    sql.execute("UPDATE journal_run SET beat = now() - interval '1 minute'")
    assert reads.stalled() == [started.change_id]
    tasks.take_over.func(0)
    assert sql.value("SELECT args->>'change' FROM procrastinate_jobs WHERE task_name = 'journal.step'") == str(started.change_id)
