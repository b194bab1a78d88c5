"""What accounts do on time, by themselves."""

from procrastinate.contrib.django import app

from . import proof, stored, stored_verbs


@app.periodic(cron="*/10 * * * *")
@app.task(name="accounts.check_domains", queue="clock", queueing_lock="accounts.check_domains")
def check_domains(timestamp: int) -> None:
    proof.check_due()


@app.periodic(cron="47 * * * *")
@app.task(name="accounts.seal_settings", queue="clock", queueing_lock="accounts.seal_settings")
def seal_settings(timestamp: int) -> None:
    """After the server key has changed, secrets among the settings of accounts are sealed with the new one."""
    stored.seal_anew(stored_verbs.TABLE, stored_verbs.KEY)
