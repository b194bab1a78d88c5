"""What happens to content on time: the trash is emptied, loose files are removed, passcodes sealed with the present key."""

from datetime import timedelta
from typing import Any

from procrastinate.contrib.django import app

from usher.access.actors import system
from usher.core import clock, jobs, sql
from usher.journal import engine
from usher.journal.verb import plan

from . import passcodes
from .uploading import remove_loose_files
from .verbs.trash import DAYS, Purge


def empty_trash() -> int:
    """Purge what lay in the trash for 30 days at the full hour, account by account; how many accounts had some. Once an hour, whoever calls."""
    until = (clock.now() - timedelta(days=DAYS)).replace(minute=0, second=0, microsecond=0)
    due = sql.rows("SELECT DISTINCT account_id FROM content_standing WHERE trashed_at < %(u)s", {"u": until})

    def purge_those_of(found: dict[str, Any]) -> None:
        engine.start(plan(system(found["account_id"]), Purge.name, {"until": until.isoformat()}), f"purge:{until:%Y%m%d%H}")

    return len(jobs.each(due, purge_those_of))


@app.periodic(cron="17 * * * *")
@app.task(name="content.empty_trash", queue="clock", queueing_lock="content.empty_trash")
def empty(timestamp: int) -> None:
    empty_trash()


@app.periodic(cron="47 * * * *")
@app.task(name="content.remove_loose_files", queue="clock", queueing_lock="content.remove_loose_files")
def remove(timestamp: int) -> None:
    remove_loose_files()


@app.periodic(cron="51 * * * *")
@app.task(name="content.seal_passcodes", queue="clock", queueing_lock="content.seal_passcodes")
def seal_passcodes(timestamp: int) -> None:
    """After the server key has changed, passcodes are sealed with the new one."""
    passcodes.seal_anew()
