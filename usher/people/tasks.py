"""What is forgotten on time: selections and files of lists."""

from procrastinate.contrib.django import app

from . import exports, kept


@app.periodic(cron="41 * * * *")
@app.task(name="people.sweep_lists", queue="clock", queueing_lock="people.sweep_lists")
def sweep_lists(timestamp: int) -> None:
    """A day after they were last touched."""
    kept.sweep()
    exports.sweep()
