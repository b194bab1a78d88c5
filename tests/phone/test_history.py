"""Whose history calls are: it leaves the person with the phone and stays in the account log; what brings it back, and what does not."""

import io
from uuid import UUID

import pytest

from tests.people_of import Company, actor_of, breaches, do, finish, one, seats
from tests.phone.call_files import as_json, call, log, take_in
from tests.phone.phones import PLAN, add, equip, phone
from usher.core import sql
from usher.core.ids import uuid7
from usher.journal import engine, undo
from usher.lifecycle import staging, update_people
from usher.phone import call_reads, tasks

pytestmark = pytest.mark.django_db


def called(company: Company) -> UUID:
    """Northlake's member with a phone, two calls in its life, and what was recorded of one."""
    equip(company)
    who = company.member.user_id
    assert who
    add(company, who, package=PLAN, numbers="next")
    sql.execute("UPDATE phone_user SET since = since - interval '1 hour' WHERE id = %(i)s", {"i": who})  # given an hour ago
    sql.execute("UPDATE phone_number SET since = since - interval '1 hour' WHERE holder_id = %(i)s", {"i": who})
    at = sql.value("SELECT now() - interval '30 minutes'").isoformat()
    recorded = {"recording_size": 5_000, "voicemail_size": 4_000}
    take_in(company.owner, as_json(call("a", "1000", started_at=at), call("b", "1000", started_at=at, **recorded)))
    return who


def own(who: UUID) -> tuple[list[str], list[str]]:
    """Calls and recordings that are the person's own."""
    actor = actor_of(who)
    calls = sorted(c["call_id"] for c in call_reads.own(actor, 50))
    return calls, sorted(r["kind"] for r in call_reads.own_recordings(actor, 50))


ALL, NOTHING = (["a", "b"], ["recording", "voicemail"]), ([], [])


def in_the_log(company: Company, who: UUID) -> int:
    """How many calls of somebody an administrator sees."""
    return len(call_reads.page(company.owner, {"person": [str(who)]}).rows)


def test_it_leaves_with_the_phone(northlake: Company) -> None:
    """S3-43, S3-44, S3-45: removed, nothing is theirs and everything is in the account log; a new license brings nothing back; undo does."""
    who = called(northlake)
    assert own(who) == ALL
    removed = do(northlake.owner, "phone.remove", {"subjects": one(who)})
    told = sql.value("SELECT before FROM journal_effect WHERE change_id = %(c)s", {"c": removed.change_id})
    assert own(who) == NOTHING and in_the_log(northlake, who) == 2 and '"calls": 2' in told and '"voicemails": 1' in told
    undo.start_undo(northlake.owner, removed.number or 0)
    assert own(who) == NOTHING  # the clock makes the phone again
    tasks.keep_up()
    assert own(who) == ALL and not breaches()
    do(northlake.owner, "phone.remove", {"subjects": one(who)})
    add(northlake, who)
    assert phone(who)["state"] == "active" and own(who) == NOTHING and in_the_log(northlake, who) == 2
    take_in(northlake.owner, as_json(call("c", "1000")))
    assert own(who) == (["c"], []) and not breaches()


def test_a_license_that_is_taken_and_given_back(northlake: Company) -> None:
    """S3-44: by the list of users as by any door."""
    who = called(northlake)
    for verb in ("take", "give"):
        do(northlake.owner, f"licenses.{verb}_add_on", {"add_on": "phone", "subjects": one(who)})
        tasks.keep_up()
    assert phone(who)["state"] == "active" and own(who) == NOTHING and in_the_log(northlake, who) == 2 and not breaches()
    assert (phone(who)["packages"], phone(who)["numbers"]) == ([], [])


def test_the_undo_of_the_taking_is_no_new_license(northlake: Company) -> None:
    """S3-43: before the clock came by, and after."""
    who = called(northlake)
    taken = do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(who)})
    undo.start_undo(northlake.owner, taken.number or 0)
    tasks.keep_up()
    assert own(who) == ALL
    taken = do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(who)})
    tasks.keep_up()
    assert phone(who)["state"] == "away" and own(who) == NOTHING
    undo.start_undo(northlake.owner, taken.number or 0)
    tasks.keep_up()
    assert own(who) == ALL and not breaches()


def test_by_a_file_too(northlake: Company) -> None:
    """S3-43: the undo of a file that took Phone gives the history back."""
    who = called(northlake)
    taken = by_file(northlake, f"member@{northlake.domain},(empty)")
    tasks.keep_up()
    assert phone(who)["state"] == "away" and own(who) == NOTHING
    undo.start_undo(northlake.owner, taken.number or 0)
    tasks.keep_up()
    assert own(who) == ALL and not breaches()


def test_the_undo_of_something_else_is_none_of_the_taking(northlake: Company) -> None:
    """S3-44: of another change of their licenses meanwhile."""
    who = called(northlake)
    by_file(northlake, f"member@{northlake.domain},(empty)")
    tasks.keep_up()
    other = do(northlake.owner, "licenses.change_license", {"license": "meetings:unassigned", "subjects": one(who)})
    undo.start_undo(northlake.owner, other.number or 0)
    do(northlake.owner, "licenses.give_add_on", {"add_on": "phone", "subjects": one(who)})
    tasks.keep_up()
    assert phone(who)["state"] == "active" and own(who) == NOTHING and not breaches()


def by_file(company: Company, line: str) -> engine.Started:
    """What somebody's add-ons shall be, by a file."""
    data = io.BytesIO(f"email,add-ons\n{line}\n".encode())
    stage = staging.stage_updates(company.owner, data, "people.csv", most=staging.MOST_IN_PORTAL, choices={})
    return finish(engine.start(update_people.plan_update(company.owner, stage), f"file:{uuid7()}"))


def test_packages_and_numbers_come_back_with_the_undo_alone(northlake: Company) -> None:
    """S3-38, S3-39: after the clock came by, the undo of the taking gives back what is still free."""
    who = called(northlake)
    numbers = phone(who)["numbers"]
    taken = do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(who)})
    tasks.keep_up()
    assert seats(northlake, PLAN)["used"] == 0
    undo.start_undo(northlake.owner, taken.number or 0)
    tasks.keep_up()
    assert (phone(who)["packages"], phone(who)["numbers"]) == ([PLAN], numbers) and seats(northlake, PLAN)["used"] == 1 and not breaches()


def test_a_package_that_is_gone_meanwhile(northlake: Company) -> None:
    """S3-53: the phone comes back without it, and without its numbers."""
    who = called(northlake)
    taken = do(northlake.owner, "licenses.take_add_on", {"add_on": "phone", "subjects": one(who)})
    tasks.keep_up()
    do(northlake.owner, "licenses.set_seats", {"product": PLAN, "quantity": 0})
    undo.start_undo(northlake.owner, taken.number or 0)
    tasks.keep_up()
    assert (phone(who)["state"], phone(who)["packages"], phone(who)["numbers"]) == ("active", [], []) and own(who) == ALL and not breaches()


def test_in_the_trash(northlake: Company) -> None:
    """S3-51: in the account log all the while; restored, and undone, it is theirs again; removed from the trash it is not."""
    who = called(northlake)
    do(northlake.owner, "phone.change_settings", {"soft_delete": True})
    trash = {"subjects": {"query": {"phone": ["trash"]}}}
    put = do(northlake.owner, "phone.put_in_trash", {"subjects": one(who)})
    assert own(who) == NOTHING and in_the_log(northlake, who) == 2
    undo.start_undo(northlake.owner, put.number or 0)
    tasks.keep_up()
    assert own(who) == ALL
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(who)})
    do(northlake.owner, "phone.restore", trash)
    assert own(who) == ALL
    do(northlake.owner, "phone.put_in_trash", {"subjects": one(who)})
    do(northlake.owner, "phone.remove", trash)
    add(northlake, who)
    assert own(who) == NOTHING and in_the_log(northlake, who) == 2 and not breaches()


def test_who_comes_back_finds_it(northlake: Company) -> None:
    """Deactivated, nobody but the account log has it; reactivated with the phone it is theirs again."""
    who = called(northlake)
    do(northlake.owner, "lifecycle.deactivate", {"subjects": one(who)})
    assert own(who) == NOTHING and in_the_log(northlake, who) == 2
    do(northlake.owner, "lifecycle.reactivate", {"subjects": one(who)})
    tasks.keep_up()
    assert phone(who)["state"] == "active" and own(who) == ALL and not breaches()


def test_who_is_deleted_for_good_stays_in_the_log(northlake: Company) -> None:
    """S3-45, behaviour.md E: with the name they had; what was recorded stays too."""
    who = called(northlake)
    do(northlake.owner, "lifecycle.delete", {"subjects": one(who)})
    assert len(call_reads.page(northlake.owner, {"q": "member"}).rows) == 2  # in the trash of people they are found by name
    do(northlake.owner, "lifecycle.purge", {"ids": [str(who)]})
    assert [(c["user_id"], c["holder_name"]) for c in log(northlake)] == [(None, f"member@{northlake.domain}")] * 2
    assert [r["who"] for r in call_reads.page(northlake.owner, {}).rows] == [f"member@{northlake.domain}"] * 2
    assert sql.value("SELECT count(*) FROM phone_recording") == 2 and not breaches()


def test_nobody_reads_another_s_history(northlake: Company, southport: Company) -> None:
    """TENANT-01, AUTHZ-10: one's own and nobody else's, whatever the account."""
    called(northlake)
    for stranger in (northlake.admin, southport.owner):
        assert stranger.user_id and own(stranger.user_id) == NOTHING
    assert call_reads.page(southport.owner, {}).rows == []
