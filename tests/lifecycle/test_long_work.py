"""A mail at the end of work that took more than a minute."""

from datetime import timedelta
from typing import Any

import pytest

from tests.people_of import BASIC, Company, crowd, everybody, finish
from usher.core import clock, sql
from usher.core.actor import Actor
from usher.journal import engine
from usher.journal.verb import plan
from usher.lifecycle import long_work
from usher.mail import letter

pytestmark = pytest.mark.django_db


def worked(actor: Actor, minutes: int) -> engine.Started:
    """A run of 600 people whose end is so many minutes after its beginning."""
    crowd(actor, 600)
    subjects = everybody(None, status="pending", license=BASIC)  # type: ignore[arg-type]
    started = engine.start(
        plan(actor, "licenses.change_license", {"license": "meetings:unassigned", "subjects": subjects}), f"long:{actor.name}"
    )
    with clock.travel(clock.now() + timedelta(minutes=minutes)):
        finish(started)
    return started


def mails(company: Company) -> list[dict[str, Any]]:
    return sql.rows(
        f"SELECT {letter.columns('m')} FROM mail_message m WHERE account_id = %(a)s AND kind = 'work_ended'", {"a": company.account}
    )


def tell_as_deferred(started: engine.Started) -> None:
    """What the worker does with the job that the end of the run left."""
    found = sql.value(
        "SELECT args->>'change' FROM procrastinate_jobs WHERE task_name = 'lifecycle.tell_long_work' ORDER BY id DESC LIMIT 1"
    )
    assert found == str(started.change_id)
    long_work.tell(found)


def test_it_works(northlake: Company) -> None:
    """portal.md 8: what was done, in the reader's language, with the way to the result; once, however often the job runs."""
    sql.execute("UPDATE people_user SET language = 'de' WHERE id = %(u)s", {"u": northlake.owner.user_id})
    started = worked(northlake.owner, 2)
    tell_as_deferred(started)
    tell_as_deferred(started)
    (row,) = mails(northlake)
    told = letter.write(row, letter.contexts([row])[row["id"]], letter.links([row])[row["id"]])
    assert told.address == northlake.owner.email and told.language == "de" and told.url.endswith(f"/changes/{started.number}")
    assert f"C-{started.number}" in told.subject and "601" in told.text and told.url in told.text and told.url in told.html


def test_a_moment_of_work_is_no_mail(northlake: Company) -> None:
    worked(northlake.owner, 0)
    assert not sql.value("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'lifecycle.tell_long_work'")


@pytest.mark.parametrize("why", ["switched off", "left", "nobody"])
def test_who_gets_none(northlake: Company, why: str) -> None:
    """The switch in Me; somebody who is not here any more; the operator."""
    started = worked(northlake.operator if why == "nobody" else northlake.admin, 2)
    if why == "switched off":
        sql.execute("UPDATE people_user SET mail_when_done = false WHERE id = %(u)s", {"u": northlake.admin.user_id})
    if why == "left":
        sql.execute("UPDATE people_standing SET status = 'gone', license = NULL WHERE user_id = %(u)s", {"u": northlake.admin.user_id})
    tell_as_deferred(started)
    assert mails(northlake) == []


def test_another_account_hears_nothing(northlake: Company, southport: Company) -> None:
    """TENANT-01."""
    tell_as_deferred(worked(northlake.owner, 2))
    assert mails(southport) == [] and len(mails(northlake)) == 1
