"""What access does in the background: reset mails, and sweeping what is over."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app

from usher.core import clock, sql

from . import app_calls, factors, grants, links, owner_offer, throttle, tokens


@app.task(name="access.send_reset", queue="mail")
def send_reset(address: str) -> None:
    """The page defers this for every address, known or not, so that both take the same time."""
    links.send_reset(address)


@app.periodic(cron="41 * * * *")
@app.task(name="access.sweep", queue="clock", queueing_lock="access.sweep")
def sweep(timestamp: int) -> None:
    """Ended sessions, counters of ended windows, links a month old, tokens and questions that are over, old counts of calls; and what an older server key
    sealed is sealed anew.
    """
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    throttle.sweep()
    tokens.sweep()
    grants.sweep()
    app_calls.sweep()
    owner_offer.sweep()
    sql.execute("DELETE FROM access_link WHERE expires_at < %(old)s", {"old": clock.now() - timedelta(days=30)})
    factors.seal_anew()
