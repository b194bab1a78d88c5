"""The clock of the licenses area."""

from procrastinate.contrib.django import app

from . import giving, history


@app.periodic(cron="*/10 * * * *")
@app.task(name="licenses.write_today", queue="clock", queueing_lock="licenses.write_today")
def write_today(timestamp: int) -> None:
    """Today's line of every ledger follows it all day long; the last writing before midnight stays."""
    history.write_today()


@app.periodic(cron="* * * * *")
@app.task(name="licenses.give_waiting", queue="clock", queueing_lock="licenses.give_waiting", lock="licenses.give_waiting")
def give_waiting(timestamp: int) -> None:
    """Seats that came free go to whoever waits."""
    giving.give()
