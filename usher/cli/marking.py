"""The never-touch list on the command line: people mark, people unmark."""

from typing import Any, BinaryIO

import click

from usher.core.actor import Actor

from .leaving import How, carry_out, sure
from .options import writing
from .selecting import subjects_of, who


@click.command("mark")
@who
@click.option(
    "--kind", type=click.Choice(["never", "service"]), default="never", show_default=True, help="Never touch, or a service account."
)
@click.option("--why", default="", metavar="TEXT", help="For whoever wonders later.")
@sure
@writing
def mark(actor: Actor, emails: tuple[str, ...], file: BinaryIO | None, kind: str, why: str, **given: Any) -> int:
    """Put people on the never-touch list: what is done to many passes over them."""
    how = How(*(given.pop(name) for name in ("key", "dry_run", "is_sure", "refusals")))
    return carry_out(actor, "people.mark", lambda: {"kind": kind, "why": why, "subjects": subjects_of(actor, emails, file, given)}, how)


@click.command("unmark")
@who
@sure
@writing
def unmark(actor: Actor, emails: tuple[str, ...], file: BinaryIO | None, **given: Any) -> int:
    """Take people off the never-touch list."""
    how = How(*(given.pop(name) for name in ("key", "dry_run", "is_sure", "refusals")))
    return carry_out(actor, "people.unmark", lambda: {"subjects": subjects_of(actor, emails, file, given)}, how)


COMMANDS = (mark, unmark)
