"""The commands about the waiting list for seats: waiting list, first, leave. Who gets on it is said by --wait where seats lack."""

from typing import Any

import click

from usher.core.actor import Actor
from usher.core.address import split_list

from .door import emit
from .leaving import How, carry_out
from .options import as_operator, writing

COLUMNS = ("place", "email", "name", "product", "since")
of_product = click.option("--product", metavar="PRODUCT", help="Only for this. Default: everything they wait for.")


@click.group()
def waiting() -> None:
    """Say who waits for a seat, put somebody first, take somebody off."""


@waiting.command("list")
@of_product
@as_operator
def list_waiting(actor: Actor, product: str | None) -> None:
    """List who waits, product by product, in the order in which seats are given."""
    from usher.licenses.waiting import everybody

    from .columns import lined_up

    found = [{**w, "id": str(w["id"]), "since": w["since"].isoformat(timespec="seconds")} for w in everybody(actor, product)]
    lines = [[str(w[c]) for c in COLUMNS] for w in found]
    emit({"waiting": found}, text=lined_up(COLUMNS, lines) or "Nobody waits for a seat.")


@waiting.command("first")
@click.argument("emails", nargs=-1, required=True, metavar="EMAIL...")
@of_product
@writing
def put_first(actor: Actor, emails: tuple[str, ...], product: str | None, key: str | None, dry_run: bool) -> int:
    """Put people before everybody who waits for the same."""
    return carry_out(actor, "licenses.wait_first", lambda: wish(actor, emails, product), How(key, dry_run, True, None))


@waiting.command("leave")
@click.argument("emails", nargs=-1, required=True, metavar="EMAIL...")
@of_product
@writing
def leave(actor: Actor, emails: tuple[str, ...], product: str | None, key: str | None, dry_run: bool) -> int:
    """Take people off the waiting list; undo puts them back at their place."""
    return carry_out(actor, "licenses.stop_waiting", lambda: wish(actor, emails, product), How(key, dry_run, True, None))


def wish(actor: Actor, emails: tuple[str, ...], product: str | None) -> dict[str, Any]:
    """The lines of these people. Refused (missing) for an address that waits for nothing."""
    from usher.licenses.waiting import of_addresses

    return {"ids": [str(id) for id in of_addresses(actor, [a for text in emails for a in split_list(text)], product)]}
