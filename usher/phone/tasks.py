"""What happens to phones on time."""

from uuid import UUID

from procrastinate.contrib.django import app

from usher.access.actors import system
from usher.core import clock, sql
from usher.core.ids import uuid7
from usher.journal import engine
from usher.journal.plan import preview
from usher.journal.verb import plan

from .verbs.keeping_up import NO_SEAT_ANY_MORE, PutAway, SetUp
from .verbs.trash import Purge

LACKING = """SELECT DISTINCT a.account_id FROM licenses_seat a JOIN people_standing s ON s.user_id = a.user_id LEFT JOIN phone_user h ON h.id = a.user_id
  WHERE a.product = 'phone' AND s.status = 'active' AND (h.id IS NULL OR h.state = 'away')"""
ANOTHER = "SELECT 1 FROM procrastinate_jobs WHERE queue_name = 'clock' AND task_name = 'phone.hurry' AND status = 'todo' LIMIT 1"
FORGOTTEN = f"SELECT DISTINCT h.account_id FROM phone_user h WHERE {NO_SEAT_ANY_MORE}"


def keep_up() -> int:
    """Phones follow their seats, account by account; how many accounts had something to do. A run that is not over is not begun again."""
    wishes = [(verb, r["account_id"]) for verb, found in ((PutAway, FORGOTTEN), (SetUp, LACKING)) for r in sql.rows(found)]
    return sum(_do(verb.name, account) for verb, account in wishes)


def _do(name: str, account: UUID) -> bool:
    going_on = "SELECT 1 FROM journal_run r JOIN journal_change c ON c.id = r.change_id WHERE r.account_id = %(a)s AND r.state = 'running' AND c.verb = %(v)s"
    if sql.value(going_on, {"a": account, "v": name}):
        return False
    wish = plan(system(account), name, {})
    if not preview(wish).will:  # a range that is full is told once, by whoever looks, and not every time the clock strikes
        return False
    engine.start(wish, f"{name}:{uuid7()}", short="first")
    return True


@app.periodic(cron="* * * * * */15")
@app.task(name="phone.keep_up", queue="clock", queueing_lock="phone.keep_up")
def keep_up_on_time(timestamp: int = 0) -> None:
    keep_up()


@app.task(name="phone.hurry", queue="clock")
def hurry() -> None:
    """Deferred by verbs that move seats, with their end. Each looks at everybody, so that of many who wait only the last one looks."""
    if not sql.value(ANOTHER):
        keep_up()


def purge_due() -> int:
    """Remove the phones whose 30 days in the trash are over; how many accounts had some. Twice in one minute is once."""
    until = clock.now().replace(second=0, microsecond=0)
    over = sql.rows("SELECT DISTINCT account_id FROM phone_user WHERE purge_at <= %(until)s", {"until": until})
    for o in over:
        engine.start(plan(system(o["account_id"]), Purge.name, {"until": until.isoformat()}), f"phone.purge:{until:%Y%m%d%H%M}")
    return len(over)


@app.periodic(cron="* * * * *")
@app.task(name="phone.purge", queue="clock", queueing_lock="phone.purge")
def purge(timestamp: int) -> None:
    purge_due()
