"""The command that reads the outbox: how a link reaches somebody while no SMTP server is set."""

import click

from usher.core.actor import Actor

from .door import emit
from .options import as_operator

COLUMNS = ("id", "kind", "state", "address", "subject", "text", "url", "hidden", "error", "tries", "created_at", "sent_at", "next_try")


@click.command()
@click.option("--to", default="", metavar="EMAIL", help="Only mails to this address, or a part of one.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=10, show_default=True)
@as_operator
def mail(actor: Actor, to: str, limit: int) -> None:
    """Read the mails that were written, the newest first."""
    from usher.core.jobs import workers_alive
    from usher.mail import read, send

    if not workers_alive():
        send.deliver_waiting()
    found = [vars(read.message(actor, row["id"])) for row in read.outbox(actor, to=to, limit=limit)]
    mails = [{c: m[c] for c in COLUMNS} for m in found]
    letters = [
        f"To: {m['address']}\nSubject: {m['subject']}\nDate: {m['created_at']:%Y-%m-%d %H:%M %Z}\nState: {m['state']}\n\n{m['text']}"
        for m in mails
    ]
    emit({"mails": mails}, text=f"\n{'-' * 72}\n".join(letters) or "No mail was written.")
