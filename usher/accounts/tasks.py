"""What accounts do on time, by themselves."""

from procrastinate.contrib.django import app

from . import proof


@app.periodic(cron="*/10 * * * *")
@app.task(name="accounts.check_domains", queue="clock", queueing_lock="accounts.check_domains")
def check_domains(timestamp: int) -> None:
    proof.check_due()
