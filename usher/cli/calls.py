"""The commands about the account log: `usher phone calls import FILE` and `list`."""

from typing import Any, BinaryIO

import click

from usher.core.actor import Actor

from .columns import paged, tell_page
from .door import progress
from .options import as_operator, fresh_key, writing
from .selecting import name_of, that_can_seek

ROW = ("started_at", "direction", "from", "to", "user", "result", "seconds")


@click.group()
def calls() -> None:
    """The account log: take calls into it from files of the telephone system, and list them."""


@calls.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--refusals", type=click.Path(dir_okay=False), metavar="FILE", help="Where all refusals go. Default: beside the data.")
@writing
def import_calls(actor: Actor, file: BinaryIO, refusals: str | None, key: str | None, dry_run: bool) -> int:
    """Take calls, recordings and voicemails in from CSV or JSON lines (docs/guide/command-line.md).

    A call that is here already is left alone by its id; a bad line never stops the good ones.
    """
    from django.db import transaction

    from usher.journal.verb import plan
    from usher.phone.call_files import stage_calls

    from .doing import do, show

    with that_can_seek(file) as data, transaction.atomic():
        staged = stage_calls(actor, data, name_of(file))
        progress(f"Read {staged.lines:,} lines.")
        planned = plan(actor, "phone.import_calls", {"file": str(staged.id)})
        if dry_run:
            code = show(planned, refusals)
            transaction.set_rollback(True)
            return code
    return do(planned, fresh_key(key), refusals=refusals)


@calls.command("list")
@click.option("--search", default="", metavar="TEXT", help="Part of a name or address, or how the other number begins.")
@click.option("--direction", type=click.Choice(["inbound", "outbound"]))
@click.option("--result", multiple=True, type=click.Choice(["answered", "missed", "voicemail", "busy", "rejected", "cancelled", "failed"]))
@click.option("--user", "person", metavar="EMAIL", help="Calls of one person; also an id.")
@click.option("--from", "first", metavar="YYYY-MM-DD", help="First day.")
@click.option("--to", "last", metavar="YYYY-MM-DD", help="Last day.")
@paged
@as_operator
def list_calls(actor: Actor, search: str, person: str | None, limit: int, after: str | None, **given: Any) -> None:
    """List calls, the newest first."""
    from usher.core.keyset import read_cursor
    from usher.phone import call_reads

    from .content import owner_of

    query = {
        "q": search,
        "direction": [given["direction"]] if given["direction"] else [],
        "result": list(given["result"]),
        "person": owner_of(actor, person) if person else [],
        "from": [given["first"]] if given["first"] else [],
        "to": [given["last"]] if given["last"] else [],
    }
    page = call_reads.page(actor, query, cursor=read_cursor(call_reads.BY_TIME, "after", after or ""), limit=limit)
    tell_page("calls", [_public(row) for row in page.rows], page.after, ROW, "No call matches.")


def _public(row: dict[str, Any]) -> dict[str, Any]:
    """A call as the command line tells it; the names are those of the file it came from."""
    told = {c: row[c] for c in ("call_id", "direction", "started_at", "seconds", "result", "path", "site")}
    return {**told, "from": row["caller"], "to": row["callee"], "user": row["who"], "recorded": row["recorded"]}
