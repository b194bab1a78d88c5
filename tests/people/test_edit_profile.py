"""people.edit_profile: who one person is."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.people.profiles import column, second_admin
from tests.people_of import PASSWORD, Company, breaches, crowd, do, link_of, one, rows_written
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine, reads, undo
from usher.journal.verb import plan
from usher.lifecycle import accept

NAME = "people.edit_profile"


def user_of(actor: Actor) -> UUID:
    assert actor.user_id
    return actor.user_id


def edit(actor: Actor, user: UUID, seen: dict[str, Any] | None = None, **fields: Any) -> engine.Started:
    return do(actor, NAME, {"subjects": one(user), "fields": fields, "seen": seen or {}})


def test_it_works(db: None, northlake: Company) -> None:
    """S0-10"""
    user = user_of(northlake.member)
    started = edit(northlake.admin, user, first_name="Anouk", last_name="de Wit", department="Field Service", time_zone="Europe/Amsterdam")
    assert [column(user, c) for c in ("first_name", "last_name", "department", "time_zone")] == [
        "Anouk",
        "de Wit",
        "Field Service",
        "Europe/Amsterdam",
    ]
    assert started.number
    found = reads.change(northlake.owner, started.number)
    (effect,) = reads.effects(found)
    assert effect["before"]["department"] == "" and effect["after"]["department"] == "Field Service"
    assert "job_title" not in effect["after"]
    assert reads.sentence(found, 1) == "First name, last name, department and time zone of 1\u00a0person changed"


def test_without_the_privilege(db: None, northlake: Company) -> None:
    """S0-5, AUTHZ-20: not even their own name; only an administrator changes it."""
    user = user_of(northlake.member)
    with pytest.raises(Refused) as no:
        edit(northlake.member, user, first_name="Somebody")
    assert no.value.kind == "forbidden"
    assert column(user, "first_name") == ""


def test_another_account_s_people_do_not_exist(db: None, northlake: Company, southport: Company) -> None:
    """TENANT-03: nothing is written and nothing is said about them."""
    before = rows_written()
    assert edit(northlake.owner, user_of(southport.member), first_name="Stolen").change_id is None
    assert column(southport.member.user_id, "first_name") == ""
    assert rows_written() == before


def test_more_than_one_person(db: None, northlake: Company) -> None:
    """A profile belongs to one person: a set, a query and nobody are refused."""
    for subjects in (one(user_of(northlake.member), user_of(northlake.admin)), {"query": {}}, {"ids": []}, None):
        with pytest.raises(Refused) as no:
            do(northlake.owner, NAME, {"subjects": subjects, "fields": {"first_name": "All"}})
        assert no.value.kind == "invalid"


@pytest.mark.parametrize(
    ("field", "fits", "too_long"),
    [("first_name", 64, 65), ("last_name", 64, 65), ("display_name", 128, 129), ("job_title", 128, 129), ("location", 256, 257)],
)
def test_lengths(db: None, northlake: Company, field: str, fits: int, too_long: int) -> None:
    """behaviour.md A: first and last name 64, display name and job title 128, location 256."""
    user = user_of(northlake.member)
    edit(northlake.owner, user, **{field: "ñ" * fits})
    assert column(user, field) == "ñ" * fits
    with pytest.raises(Refused) as no:
        edit(northlake.owner, user, **{field: "x" * too_long})
    assert (no.value.kind, no.value.field) == ("invalid", field)


@pytest.mark.parametrize(
    "fields", [{"first_name": "two\nlines"}, {"time_zone": "Mars/Olympus"}, {"email": "a@b.test"}, {"role": "owner"}, {}]
)
def test_what_is_no_profile(db: None, northlake: Company, fields: dict[str, str]) -> None:
    """AUTHZ-01, AUTHZ-05: address and role are no fields of a profile, whatever a request says."""
    with pytest.raises(Refused) as no:
        edit(northlake.owner, user_of(northlake.member), **fields)
    assert no.value.kind == "invalid"


def test_an_admin_does_not_edit_those_of_the_same_or_higher_rank(db: None, northlake: Company) -> None:
    """AUTHZ-05: 403 for another admin and for the owner; their own profile and a member's they may edit; the owner may edit all."""
    other = second_admin(northlake)
    for target in (other, user_of(northlake.owner)):
        with pytest.raises(Refused) as no:
            edit(northlake.admin, target, first_name="Taken")
        assert (no.value.kind, no.value.code) == ("forbidden", "higher_rank")
        assert column(target, "first_name") != "Taken"
    edit(northlake.admin, user_of(northlake.admin), first_name="Own")
    edit(northlake.owner, other, first_name="Given")
    edit(northlake.operator, user_of(northlake.owner), first_name="Named")
    assert [column(u, "first_name") for u in (northlake.admin.user_id, other, northlake.owner.user_id)] == ["Own", "Given", "Named"]


def test_rank_is_asked_where_it_is_written(db: None, northlake: Company) -> None:
    """AUTHZ-05: a plan made while the person was a member does nothing once they are an admin."""
    user = user_of(northlake.member)
    planned = plan(northlake.admin, NAME, {"subjects": one(user), "fields": {"first_name": "Late"}})
    second_admin(northlake)
    with pytest.raises(Refused) as no:
        engine.start(planned, "late")
    assert no.value.code == "higher_rank"
    assert column(user, "first_name") == ""


def test_an_admin_cannot_undo_what_the_owner_did_to_an_admin(db: None, northlake: Company) -> None:
    """AUTHZ-05: the undo asks for rank like the verb."""
    other = second_admin(northlake)
    number = edit(northlake.owner, other, first_name="Given").number
    assert number
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.admin, number)
    assert no.value.code == "higher_rank"
    assert column(other, "first_name") == "Given"


def test_manager(db: None, northlake: Company, southport: Company) -> None:
    """TENANT-03, TENANT-10: somebody of this account by address or id; for a stranger's address the words are those for nobody."""
    user, boss = user_of(northlake.member), user_of(northlake.owner)
    edit(northlake.owner, user, manager=northlake.owner.email.upper())
    assert column(user, "manager_id") == boss
    edit(northlake.owner, user, manager="")
    assert column(user, "manager_id") is None
    said = set()
    for wrong in (southport.owner.email, str(southport.owner.user_id), "nobody@nowhere.test"):
        with pytest.raises(Refused) as no:
            edit(northlake.owner, user, manager=wrong)
        said.add((no.value.words, no.value.field))
    assert len(said) == 1
    assert column(user, "manager_id") is None


def test_nobody_reports_to_themselves(db: None, northlake: Company) -> None:
    """Directly, through one and through two others."""
    a, b, c = crowd(northlake.owner, 3)
    edit(northlake.owner, b, manager=str(a))
    edit(northlake.owner, c, manager=str(b))
    for boss in (a, b, c):
        with pytest.raises(Refused) as no:
            edit(northlake.owner, a, manager=str(boss))
        assert no.value.code == "manager_loop"
    assert column(a, "manager_id") is None


def test_a_ring_of_four_is_not_closed_by_two_at_once(northlake: Company) -> None:
    """Two changes that are each fine alone: one is done, the other sees it. Repeated, because a race must lose every time."""
    for _ in range(5):
        a, b, c, d = crowd(northlake.owner, 4)
        edit(northlake.owner, a, manager=str(b))
        edit(northlake.owner, c, manager=str(d))

        def close(pair: tuple[UUID, UUID]) -> str:
            try:
                edit(northlake.owner, pair[0], manager=str(pair[1]))
                return "done"
            except Refused as refused:
                return refused.code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            came = sorted(threads.map(close, [(b, c), (d, a)]))
        assert came == ["done", "manager_loop"]


def test_what_was_seen_guards_what_is_written(db: None, northlake: Company) -> None:
    """A form that was open while somebody else saved does not overwrite; other fields do not disturb it."""
    user = user_of(northlake.member)
    edit(northlake.owner, user, department="Finance", location="Pune")
    with pytest.raises(Refused) as no:
        edit(northlake.admin, user, {"department": ""}, department="Sales")
    assert (no.value.kind, no.value.code) == ("conflict", "changed")
    edit(northlake.admin, user, {"job_title": ""}, job_title="Lead")
    assert (column(user, "department"), column(user, "job_title")) == ("Finance", "Lead")


def test_as_wanted_already(db: None, northlake: Company) -> None:
    """Nothing to do writes nothing."""
    edit(northlake.owner, user_of(northlake.member), department="Finance")
    before = rows_written()
    assert edit(northlake.owner, user_of(northlake.member), department="Finance").state == "unchanged"
    assert rows_written() == before


def test_undo(db: None, northlake: Company) -> None:
    """Everything of it goes back; when one of its fields was changed since, all of it stays."""
    user, boss = user_of(northlake.member), northlake.owner.email
    first = edit(northlake.owner, user, first_name="A", manager=boss, location="Pune").number
    assert first
    undo.start_undo(northlake.owner, first)
    assert (column(user, "first_name"), column(user, "manager_id"), column(user, "location")) == ("", None, "")
    second = edit(northlake.owner, user, first_name="B").number
    assert second
    edit(northlake.owner, user, first_name="C")
    with pytest.raises(Refused) as no:
        undo.start_undo(northlake.owner, second)
    assert no.value.code == "changed"
    assert column(user, "first_name") == "C"
    assert not breaches()


def test_it_holds_when_somebody_pending_activates(db: None, northlake: Company) -> None:
    """S1-18: what was edited while they were pending is what they start with; a name they type themselves wins."""
    edit(northlake.owner, northlake.pending, first_name="Asta", last_name="Berg", department="Finance", job_title="Lead")
    accept.accept(northlake.pending, link_of(northlake.pending), first_name="", last_name="Borg", password=PASSWORD)
    found = sql.row("SELECT first_name, last_name, department, job_title FROM people_user WHERE id = %(u)s", {"u": northlake.pending})
    assert found == {"first_name": "Asta", "last_name": "Borg", "department": "Finance", "job_title": "Lead"}
