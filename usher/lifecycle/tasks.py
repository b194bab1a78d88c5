"""What happens on time, by itself."""

from typing import Any

from procrastinate.contrib.django import app

from usher.access.actors import system
from usher.core import clock, jobs, sql
from usher.journal import engine
from usher.journal.verb import plan

from . import due, overdue, sign_up, staging
from .invitations import Expire
from .purge import Purge

AT_ONCE = 5_000


def expire_invitations() -> int:
    """Withdraw every invitation whose 30 days are over, account by account; how many accounts had some (S0-52).

    An account keeps its owner: a setup link that is too old waits for the operator to send another.
    """
    due = sql.rows(
        """SELECT account_id, array_agg(user_id::text) AS ids FROM (SELECT account_id, user_id, row_number() OVER (PARTITION BY account_id ORDER BY expires_at) AS n
           FROM people_invitation i WHERE state = 'open' AND expires_at <= %(now)s
           AND NOT EXISTS (SELECT 1 FROM people_standing s WHERE s.user_id = i.user_id AND s.role = 'owner')) d WHERE n <= %(most)s GROUP BY 1""",
        {"now": clock.now(), "most": AT_ONCE},
    )
    return len(jobs.each(due, _expire))


def _expire(due: dict[str, Any]) -> None:
    wish = plan(system(due["account_id"]), Expire.name, {"subjects": {"ids": due["ids"]}})
    engine.start(wish, f"expire:{min(due['ids'])}:{len(due['ids'])}:{clock.now():%Y%m%d%H}", short="first")


@app.periodic(cron="* * * * *")
@app.task(name="lifecycle.expire_invitations", queue="clock", queueing_lock="lifecycle.expire_invitations")
def expire(timestamp: int) -> None:
    expire_invitations()


@app.periodic(cron="23 3 * * *")
@app.task(name="lifecycle.sweep_stages", queue="clock", queueing_lock="lifecycle.sweep_stages")
def sweep_stages(timestamp: int) -> None:
    staging.sweep()
    sign_up.sweep()


@app.task(name="lifecycle.send_sign_up", queue="mail")
def send_sign_up(address: str) -> None:
    """The page defers this for every address alike, so that all take the same time."""
    sign_up.ask(address)


def purge_due() -> int:
    """Purge whoever's days in the trash are over, account by account; how many accounts had some. Twice in one minute is once."""
    until = overdue.this_minute()
    over = sql.rows("SELECT DISTINCT account_id FROM lifecycle_departure WHERE purge_at <= %(until)s", {"until": until})

    def purge_those_of(found: dict[str, Any]) -> None:
        engine.start(plan(system(found["account_id"]), Purge.name, {"until": until.isoformat()}), f"purge:{until:%Y%m%d%H%M}")

    return len(jobs.each(over, purge_those_of))


@app.periodic(cron="* * * * *")
@app.task(name="lifecycle.purge", queue="clock", queueing_lock="lifecycle.purge")
def purge(timestamp: int) -> None:
    purge_due()


@app.periodic(cron="29 * * * *")
@app.task(name="lifecycle.delete_overdue", queue="clock", queueing_lock="lifecycle.delete_overdue")
def delete_overdue(timestamp: int) -> None:
    overdue.warn()
    overdue.delete_overdue()


@app.periodic(cron="* * * * *")
@app.task(name="lifecycle.do_due", queue="clock", queueing_lock="lifecycle.do_due")
def do_due(timestamp: int) -> None:
    due.do_due()
