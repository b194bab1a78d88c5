"""The background work of webhooks: tell what was done, send what waits, ask addresses again, forget old deliveries."""

from uuid import UUID

from procrastinate.contrib.django import app

from usher.core import jobs
from usher.journal.tasks import look_again

from . import confirming, delivering, expanding, log, signing

SLICE_SECONDS = 15.0


@app.task(name="webhooks.tell", queue="webhooks")
def tell(account: str) -> None:
    """What an account's changes say becomes events, and these are sent."""
    if expanding.tell(UUID(account)):
        look_again()  # thousands of new deliveries without statistics are looked through again and again
    deliver()


@app.task(name="webhooks.deliver", queue="webhooks")
def deliver() -> None:
    """What is due, for a while; then the next job goes on, so that other work gets its turn."""
    if delivering.deliver(SLICE_SECONDS):
        jobs.defer("webhooks.deliver")


@app.periodic(cron="* * * * * */5")
@app.task(name="webhooks.look", queue="clock", queueing_lock="webhooks.look")
def look(timestamp: int) -> None:
    """Whatever is due by now: a retry, or what a dead worker left behind."""
    jobs.each(log.with_notices(), expanding.tell)
    deliver()


@app.task(name="webhooks.ask", queue="webhooks")
def ask(account: str, webhook: str) -> None:
    """Ask one address that was just subscribed by the API."""
    confirming.check(UUID(account), UUID(webhook))


@app.periodic(cron="* * * * *")
@app.task(name="webhooks.check", queue="clock", queueing_lock="webhooks.check")
def check(timestamp: int) -> None:
    """Ask the addresses whose turn it is whether they still know the secret."""
    confirming.check_due()


@app.periodic(cron="53 * * * *")
@app.task(name="webhooks.seal_secrets", queue="clock", queueing_lock="webhooks.seal_secrets")
def seal_secrets(timestamp: int) -> None:
    """After the server key has changed, the secrets of webhooks are sealed with the new one."""
    signing.seal_anew()


@app.periodic(cron="23 4 * * *")
@app.task(name="webhooks.forget", queue="clock", queueing_lock="webhooks.forget")
def forget(timestamp: int) -> None:
    """Deliveries and events older than the log keeps, and signing secrets that count no more."""
    log.forget()
    signing.forget_old_secrets()
