"""Start: keys, digests, what becomes a run, and what is left out."""

import io
from uuid import uuid4

import pytest

from tests.people_of import (
    BASIC,
    LICENSED,
    Company,
    add_ons,
    breaches,
    crowd,
    do,
    everybody,
    finish,
    one,
    outcome,
    rows_written,
    seats,
    standing,
)
from usher.core import sql
from usher.core.refusals import Refused
from usher.journal import engine, reads
from usher.journal.engine import INLINE
from usher.journal.plan import preview
from usher.journal.rows import sample
from usher.journal.run import CHUNK_MIN
from usher.journal.verb import plan
from usher.lifecycle import join, staging
from usher.lifecycle.lines import one_person

pytestmark = pytest.mark.django_db


CHANGE_LICENSE = "licenses.change_license"


def to_unassigned(company: Company, **query: object) -> dict[str, object]:
    """A mass change that never lacks seats."""
    return {"license": "meetings:unassigned", "subjects": everybody(company, **query)}


def test_the_same_key_is_the_same_change(northlake: Company) -> None:
    """F20, LIC-11: repeated with the same parameters it answers what was done the first time, for one object and for a set."""
    for subjects in (one(northlake.pending), everybody(northlake)):
        wish = {"license": "meetings:unassigned", "subjects": subjects}
        key = str(uuid4())
        first = do(northlake.owner, CHANGE_LICENSE, wish, key=key)
        again = do(northlake.owner, CHANGE_LICENSE, wish, key=key)
        assert (again.change_id, again.number, again.state, again.repeat) == (first.change_id, first.number, "done", True)
    assert sql.value("SELECT count(*) FROM journal_change WHERE key = %(k)s", {"k": key}) == 1


def test_jobs_follow_what_was_done_alone(northlake: Company) -> None:
    """They are queued with the Change, before anything is written: what is refused, and what is so already, queues none (F20)."""

    def queued() -> int:
        return int(sql.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'mail.deliver'"))

    def invite(license: str) -> engine.Started:
        someone = one_person(uuid4(), f"follows@{northlake.domain}", "Fay", "Low")
        return engine.start(join.plan_invite_one(northlake.owner, someone, {"license": license}), str(uuid4()))

    there = seats(northlake, LICENSED)
    do(northlake.operator, "licenses.set_seats", {"product": LICENSED, "quantity": there["used"] + there["pending"]})
    before = queued()
    with pytest.raises(Refused, match="seat"):
        invite(LICENSED)
    assert queued() == before
    assert invite(BASIC).state == "done" and queued() == before + 1
    assert invite(BASIC).state == "unchanged" and queued() == before + 1


def test_a_key_used_for_something_else_is_refused(northlake: Company) -> None:
    """LIC-11, F20"""
    do(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(northlake.pending)}, key="k")
    for other in ({"license": "meetings:unassigned", "subjects": one(northlake.pending)}, to_unassigned(northlake)):
        with pytest.raises(Refused) as no:
            do(northlake.owner, CHANGE_LICENSE, other, key="k")
        assert (no.value.kind, no.value.code) == ("conflict", "key_reused")
    assert standing(northlake.pending)["license"] == LICENSED


def test_a_key_belongs_to_its_account(northlake: Company, southport: Company) -> None:
    """TENANT-07: another account may use the same key for its own wish."""
    for company in (northlake, southport):
        assert not do(company.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(company.pending)}, key="same").repeat


def test_a_start_by_its_digest_does_what_was_seen(northlake: Company) -> None:
    wish = plan(northlake.owner, CHANGE_LICENSE, to_unassigned(northlake, status=["pending"]))
    seen = preview(wish)
    started = do(northlake.owner, CHANGE_LICENSE, wish.params, digest=seen.digest)
    assert outcome(northlake.owner, started).done == seen.will == 1


def test_a_changed_world_is_refused_and_nothing_is_done(northlake: Company) -> None:
    """AUTHZ-19: what would be done is not what was seen; rows and seats are as before."""
    wish = plan(northlake.owner, CHANGE_LICENSE, to_unassigned(northlake, status=["pending"]))
    seen = preview(wish)
    crowd(northlake.owner, 1)
    before = rows_written()
    with pytest.raises(Refused) as no:
        do(northlake.owner, CHANGE_LICENSE, wish.params, digest=seen.digest)
    assert (no.value.kind, no.value.code) == ("conflict", "stale")
    assert rows_written() == before
    assert seats(northlake, "meetings:unassigned")["held"] == 0


def test_a_version_that_moved_is_a_changed_world(northlake: Company) -> None:
    """The same people in the same number, but one of them was changed and changed back."""
    wish = plan(northlake.owner, CHANGE_LICENSE, to_unassigned(northlake, status=["pending"]))
    seen = preview(wish)
    do(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(northlake.pending)})
    do(northlake.owner, CHANGE_LICENSE, {"license": BASIC, "subjects": one(northlake.pending)})
    with pytest.raises(Refused) as no:
        do(northlake.owner, CHANGE_LICENSE, wish.params, digest=seen.digest)
    assert no.value.code == "stale"


def test_the_plan_writes_nothing(northlake: Company) -> None:
    """Preview and its table leave every table as it was, and no row changed in place."""
    crowd(northlake.owner, 30)
    before, touched = rows_written(), tuples_touched()
    for wish in (
        plan(northlake.owner, CHANGE_LICENSE, to_unassigned(northlake)),
        plan(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": everybody(northlake)}),
    ):
        preview(wish)
        sample(wish, limit=10)
        sample(wish, skipped=True)
    assert rows_written() == before
    assert tuples_touched() == touched


def tuples_touched() -> int:
    """Rows inserted, updated and deleted by this transaction so far."""
    return int(sql.value("SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"))


def test_more_than_a_handful_becomes_a_run_that_workers_step(northlake: Company) -> None:
    """MASS: held seats while it runs, progress chunk by chunk, effects once, plan rows gone at the end."""
    crowd(northlake.owner, CHUNK_MIN + 100)
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 5_000})
    wish = plan(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": everybody(northlake, status=["pending"])})
    seen = preview(wish)
    started = engine.start(wish, "run", digest=seen.digest)
    assert started.state == "running" and started.change_id and started.number
    assert seats(northlake, LICENSED) == {"bought": 5_000, "used": 0, "pending": 0, "held": seen.will}
    assert (
        sql.value(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'journal.step' AND args->>'change' = %(c)s",
            {"c": str(started.change_id)},
        )
        == 1
    )
    assert not breaches()

    assert engine.step(started.change_id)
    told = reads.outcome(reads.change(northlake.owner, started.number))
    assert (told.done, told.left, told.state) == (CHUNK_MIN, seen.will - CHUNK_MIN, "running")
    assert seats(northlake, LICENSED)["held"] == seen.will - CHUNK_MIN
    assert not breaches()

    finish(started)
    assert outcome(northlake.owner, started).done == seen.will
    assert seats(northlake, LICENSED) == {"bought": 5_000, "used": 0, "pending": seen.will, "held": 0}
    assert sql.value("SELECT count(*) FROM journal_planrow") == 0
    assert sql.rows(
        "SELECT count(*)::int AS n, count(DISTINCT (phase, ord))::int AS once FROM journal_effect WHERE change_id = %(c)s",
        {"c": started.change_id},
    ) == [{"n": seen.will, "once": seen.will}]
    assert engine.step(started.change_id) is False
    assert not breaches()


def test_held_seats_belong_to_the_run(northlake: Company) -> None:
    """LIC-07: what a run holds nobody else can take, and what it does not need comes back."""
    people = crowd(northlake.owner, INLINE + 20)
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": INLINE + 21})
    started = engine.start(
        plan(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": everybody(northlake, status=["pending"])}), "hold"
    )
    assert seats(northlake, LICENSED)["held"] == INLINE + 21
    with pytest.raises(Refused) as no:
        do(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(northlake.member.user_id or "")})
    assert no.value.code == "no_seat"
    with pytest.raises(Refused) as no:
        do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": INLINE})
    assert no.value.code == "in_use"
    do(northlake.owner, "lifecycle.withdraw_invitation", {"subjects": one(*people[:2])})
    finish(started)
    assert outcome(northlake.owner, started).reasons == {"changed": 2}
    assert seats(northlake, LICENSED) == {"bought": INLINE + 21, "used": 0, "pending": INLINE + 19, "held": 0}
    do(northlake.owner, CHANGE_LICENSE, {"license": LICENSED, "subjects": one(northlake.member.user_id or "")})
    assert not breaches()


def test_a_row_the_database_refuses_stops_nobody_else(northlake: Company) -> None:
    """F29: the poison row is written down as failed with the reason, the others go on, its seats come back."""
    sql.execute("ALTER TABLE people_user ADD CONSTRAINT poison CHECK (last_name <> 'Poison') NOT VALID")
    lines = [f"x{i}@poison.test,First,{'Poison' if i in (7, 23) else 'Fine'}" for i in range(40)]
    stage = staging.stage_csv(northlake.owner, io.BytesIO("\n".join(lines).encode()), "x.csv", most=None, choices={})
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 50})
    started = finish(engine.start(join.plan_invite(northlake.owner, stage, {"license": BASIC, "add_ons": ["phone"]}), "poison"))
    told = outcome(northlake.owner, started)
    assert (told.done, told.failed, told.left) == (38, 2, 0)
    assert started.number
    failed = reads.effects(reads.change(northlake.owner, started.number), result="failed")
    assert ["poison" in f["reason"] for f in failed] == [True, True]
    assert seats(northlake, "phone") == {"bought": 50, "used": 0, "pending": 38, "held": 0}
    assert not breaches()


def test_who_was_skipped_gets_nothing_in_a_later_phase(northlake: Company) -> None:
    """LIC-03: six seats, ten people with an add-on each: who finds no seat takes no add-on either."""
    do(northlake.owner, "licenses.set_seats", {"product": LICENSED, "quantity": 6})
    do(northlake.owner, "licenses.set_seats", {"product": "phone", "quantity": 20})
    stage = staging.stage_addresses(northlake.owner, [f"s{i}@x.test" for i in range(10)], {})
    started = finish(
        engine.start(join.plan_invite(northlake.owner, stage, {"license": LICENSED, "add_ons": ["phone"]}), "six", short="first")
    )
    told = outcome(northlake.owner, started)
    assert (told.done, told.reasons) == (6, {"no_seat": 4})
    assert seats(northlake, "phone") == {"bought": 20, "used": 0, "pending": 6, "held": 0}
    invited = sql.rows("SELECT id FROM people_user WHERE email LIKE 's%%@x.test'")
    assert [add_ons(i["id"]) for i in invited] == [["phone"]] * 6
    assert not breaches()
