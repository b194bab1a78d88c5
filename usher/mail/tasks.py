"""Mail leaves by job."""

from procrastinate.contrib.django import app


@app.task(name="mail.deliver", queue="mail")
def deliver() -> None:
    """Send what waits (send.py)."""
