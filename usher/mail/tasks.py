"""Delivery in the background: at once when a verb asks, and every five seconds, so that nothing is ever forgotten."""

import time

from procrastinate.contrib.django import app

from usher.core import jobs

from . import send

SLICE_SECONDS = 20.0


@app.task(name="mail.deliver", queue="mail")
def deliver() -> None:
    """Batches until nothing is due; after a slice the next job goes on, so that other work gets its turn."""
    until = time.monotonic() + SLICE_SECONDS
    while send.deliver_waiting():
        if time.monotonic() > until:
            jobs.defer("mail.deliver")
            return


@app.periodic(cron="* * * * * */5")
@app.task(name="mail.look", queue="clock", queueing_lock="mail.look")
def look(timestamp: int) -> None:
    """Whatever is due by now: a retry, or what a dead worker left behind."""
    deliver()
