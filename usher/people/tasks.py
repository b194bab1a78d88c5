"""What is done to people and lists on time: selections and files of lists are forgotten, secrets among settings sealed with the present key."""

from procrastinate.contrib.django import app

from usher.accounts import stored

from . import exports, kept, stored_settings


@app.periodic(cron="41 * * * *")
@app.task(name="people.sweep_lists", queue="clock", queueing_lock="people.sweep_lists")
def sweep_lists(timestamp: int) -> None:
    """A day after they were last touched."""
    kept.sweep()
    exports.sweep()


@app.periodic(cron="49 * * * *")
@app.task(name="people.seal_settings", queue="clock", queueing_lock="people.seal_settings")
def seal_settings(timestamp: int) -> None:
    """After the server key has changed, secrets among the settings of people and groups are sealed with the new one."""
    for table, key in (stored_settings.USERS, stored_settings.GROUPS):
        stored.seal_anew(table, key)
