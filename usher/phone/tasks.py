"""What happens to phones on time."""

from time import monotonic
from typing import Any
from uuid import UUID

from procrastinate.contrib.django import app

from usher.access.actors import system
from usher.accounts import stored
from usher.core import clock, jobs, sql
from usher.core.ids import uuid7
from usher.journal import engine
from usher.journal.plan import preview
from usher.journal.verb import Verb, plan

from . import call_files
from .automatic import follow
from .kept import OF_PHONE
from .verbs.keeping_up import NO_SEAT_ANY_MORE, PutAway, SetUp
from .verbs.rooms import SetUpRooms
from .verbs.trash import Purge

LACKING = """SELECT DISTINCT a.account_id FROM licenses_seat a JOIN people_standing s ON s.user_id = a.user_id LEFT JOIN phone_user h ON h.id = a.user_id
  WHERE a.account_id = ANY(%(accounts)s) AND a.product = 'phone' AND s.status = 'active' AND (h.id IS NULL OR h.state = 'away')"""
LACKING_ROOMS = """SELECT DISTINCT a.account_id FROM licenses_roomseat a LEFT JOIN phone_user h ON h.id = a.room_id
  WHERE a.account_id = ANY(%(accounts)s) AND a.product = 'phone' AND (h.id IS NULL OR h.state = 'away')"""
FORGOTTEN = f"SELECT DISTINCT h.account_id FROM phone_user h WHERE h.account_id = ANY(%(accounts)s) AND {NO_SEAT_ANY_MORE}"
ANOTHER = "SELECT 1 FROM procrastinate_jobs WHERE queue_name = 'clock' AND task_name = 'phone.hurry' AND status = 'todo' LIMIT 1"
# Every seat that moves writes its row of the ledger, and no two writings of a row look the same.
LEDGERS = "SELECT l.account_id, l.xmin::text || l.ctid::text AS written FROM licenses_license l WHERE l.product = 'phone'"
TRUSTED_SECONDS = 300
_quiet: dict[UUID, tuple[str, float]] = {}  # account -> the ledger's row while nothing was to do, and until when that is believed


def keep_up() -> int:
    """Phones follow their seats, account by account; how many accounts had something to do. A run that is not over is not begun again.

    Looks at accounts where a Phone seat moved since this process found nothing to do there, and after TRUSTED_SECONDS at every one (docs/decisions/0083).
    """
    moved = {r["account_id"]: r["written"] for r in sql.rows(LEDGERS) if not _is_quiet(r["account_id"], r["written"])}
    if not moved:
        return 0
    every = ((PutAway, FORGOTTEN), (SetUp, LACKING), (SetUpRooms, LACKING_ROOMS))
    wishes = [(verb, r["account_id"]) for verb, found in every for r in sql.rows(found, {"accounts": [*moved]})]
    busy = {account for _verb, account in wishes}
    _quiet.update({account: (written, monotonic() + TRUSTED_SECONDS) for account, written in moved.items() if account not in busy})
    return sum(jobs.each(wishes, _do))


def _is_quiet(account: UUID, written: str) -> bool:
    known, until = _quiet.get(account, ("", 0.0))
    return known == written and monotonic() < until


def _do(wish: tuple[type[Verb], UUID]) -> bool:
    name, account = wish[0].name, wish[1]
    going_on = "SELECT 1 FROM journal_run r JOIN journal_change c ON c.id = r.change_id WHERE r.account_id = %(a)s AND r.state = 'running' AND c.verb = %(v)s"
    if sql.value(going_on, {"a": account, "v": name}):
        return False
    planned = plan(system(account), name, {})
    if not preview(planned).will:  # a range that is full is told once, by whoever looks, and not every time the clock strikes
        return False
    engine.start(planned, f"{name}:{uuid7()}", short="first")
    return True


@app.periodic(cron="* * * * * */15")
@app.task(name="phone.keep_up", queue="clock", queueing_lock="phone.keep_up")
def keep_up_on_time(timestamp: int = 0) -> None:
    follow()
    keep_up()


@app.task(name="phone.hurry", queue="clock")
def hurry() -> None:
    """Deferred by verbs that move seats, with their end. Of many who wait only the last one looks."""
    if not sql.value(ANOTHER):
        follow()
        keep_up()


def purge_due() -> int:
    """Remove the phones whose 30 days in the trash are over; how many accounts had some. Twice in one minute is once."""
    until = clock.now().replace(second=0, microsecond=0)
    over = sql.rows("SELECT DISTINCT account_id FROM phone_user WHERE purge_at <= %(until)s", {"until": until})

    def purge_those_of(found: dict[str, Any]) -> None:
        engine.start(plan(system(found["account_id"]), Purge.name, {"until": until.isoformat()}), f"phone.purge:{until:%Y%m%d%H%M}")

    return len(jobs.each(over, purge_those_of))


@app.periodic(cron="51 * * * *")
@app.task(name="phone.seal_settings", queue="clock", queueing_lock="phone.seal_settings")
def seal_settings(timestamp: int) -> None:
    """After the server key has changed, secrets among the settings kept about phones are sealed with the new one."""
    for kind in OF_PHONE:
        stored.seal_anew(kind.table, kind.key)


@app.periodic(cron="* * * * *")
@app.task(name="phone.purge", queue="clock", queueing_lock="phone.purge")
def purge(timestamp: int) -> None:
    purge_due()


@app.periodic(cron="41 3 * * *")
@app.task(name="phone.sweep_lines", queue="clock", queueing_lock="phone.sweep_lines")
def sweep_lines(timestamp: int) -> None:
    call_files.sweep()
