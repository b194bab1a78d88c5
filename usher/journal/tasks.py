"""The journal's background work: step a run, take over what stalled, seal, sweep."""

import time
from datetime import timedelta
from uuid import UUID

from procrastinate.contrib.django import app

from usher.core import clock, jobs, sql
from usher.core.ids import earliest_at

from . import answers, engine, reads, seal

SLICE_SECONDS = 5.0
LEFT_KEPT = timedelta(days=30)


@app.task(name="journal.step", queue="runs")
def step(change: str) -> None:
    """Chunks of one run for a few seconds, then the next job: other runs get their turn."""
    until = time.monotonic() + SLICE_SECONDS
    while engine.step(UUID(change)):
        if time.monotonic() > until:
            jobs.defer("journal.step", change=change)
            return
    look_again()


def look_again() -> list[str]:
    """Tell the planner what large tables look like after a run: autovacuum does it within a minute or two, and until then a list of 6,000 people
    who were just invited is joined 6,000 by 6,000 times. The names of the tables; one that belongs to another role is left to autovacuum."""
    sql.execute("SELECT pg_stat_force_next_flush()")
    changed = sql.rows(
        "SELECT quote_ident(relname) AS name FROM pg_stat_user_tables WHERE schemaname = current_schema() AND n_mod_since_analyze > 500 + n_live_tup / 5"
    )
    for table in changed:
        sql.execute(f"ANALYZE {table['name']}")
    return [t["name"] for t in changed]


@app.periodic(cron="* * * * * */5")
@app.task(name="journal.take_over", queue="clock", queueing_lock="journal.take_over")
def take_over(timestamp: int) -> None:
    """Runs whose worker died go on here."""
    for change in reads.stalled():
        jobs.defer("journal.step", change=str(change))


@app.periodic(cron="* * * * * */20")
@app.task(name="journal.seal", queue="clock", queueing_lock="journal.seal")
def seal_all(timestamp: int) -> None:
    """Chain the digests of what was finished since."""
    jobs.each(seal.accounts_to_seal(), seal.seal_account)


@app.periodic(cron="17 3 * * *")
@app.task(name="journal.sweep", queue="clock", queueing_lock="journal.sweep")
def sweep(timestamp: int) -> None:
    """Plan rows of a start that was killed before its Change was written, answers of more than a day, and what was left by runs stopped long ago, go.
    Changes that were never sealed, are."""
    sql.execute(
        "DELETE FROM journal_planrow p WHERE p.change_id < %(old)s AND NOT EXISTS (SELECT 1 FROM journal_run r WHERE r.change_id = p.change_id)",
        {"old": earliest_at(clock.now() - timedelta(days=1))},
    )
    sql.execute("DELETE FROM journal_left WHERE change_id < %(old)s", {"old": earliest_at(clock.now() - LEFT_KEPT)})
    answers.sweep()
    jobs.each(seal.forgotten(), seal_whole)


def seal_whole(account: UUID) -> None:
    """All that an account has without a link, however much, batch by batch."""
    while seal.seal_account(account, seal.EVER):
        pass
