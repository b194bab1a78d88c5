"""The commands about the phones of rooms: `usher phone rooms …`. Rooms are named as in `usher rooms` (places.py)."""

from typing import Any

import click

from usher.core.actor import Actor

from .columns import paged, tell_page
from .leaving import How, carry_out
from .options import as_operator, fresh_key, writing
from .phone_lists import NUMBERS, PACKAGE, PACKAGES, TEMPLATE, narrowed, query_of, what_it_gets
from .places import at, room_id

ROW = ("extension", "name", "site", "numbers", "packages")


@click.group()
def rooms() -> None:
    """List the phones of rooms, give them, change them, take them away."""


@rooms.command("list")
@narrowed("Part of a name, extension or number.")
@click.option("--without", is_flag=True, help="The rooms that have no phone.")
@paged
@as_operator
def list_rooms(actor: Actor, search: str, site: str | None, package: tuple[str, ...], without: bool, limit: int, after: str | None) -> None:
    """List the rooms that have a phone, by name."""
    from usher.core.keyset import read_cursor
    from usher.phone import room_reads

    cursor = read_cursor(room_reads.SORTS[0], "after", after or "")
    page = room_reads.page(actor, query_of(actor, search, site, package, "none" if without else "active"), cursor=cursor, limit=limit)
    columns = ("name", "kind", "place", "extension", "site", "numbers", "packages", "template", "since")
    tell_page(
        "rooms",
        [{"id": str(row["id"]), **{c: row[c] for c in columns}} for row in page.rows],
        page.after,
        ROW,
        "No room matches.",
    )


@rooms.command("add")
@click.argument("names", nargs=-1, required=True, metavar="ROOM...")
@at
@click.option("--to-site", metavar="SITE", help="Of the phone. Default: where the room stands, else the main site.")
@what_it_gets
@writing
def add(
    actor: Actor,
    names: tuple[str, ...],
    site: str | None,
    to_site: str | None,
    numbers: bool,
    first: bool,
    key: str | None,
    dry_run: bool,
    **given: Any,
) -> int:
    """Give rooms a phone: seat, extension, and what is chosen."""
    from usher.journal.verb import plan

    from .doing import do, show

    wish = {**given, "site": to_site, "numbers": "next" if numbers else "", "subjects": chosen(actor, names, site)}
    planned = plan(actor, "phone.add_rooms", wish)
    return show(planned) if dry_run else do(planned, fresh_key(key), short="first" if first else "refuse")


def chosen(actor: Actor, names: tuple[str, ...], site: str | None) -> dict[str, Any]:
    """The rooms with these names, as a verb takes them."""
    return {"ids": [room_id(actor, name, site) for name in names]}


def of_rooms(name: str, verb: str, words: str, *options: click.Option) -> click.Command:
    """A command over rooms that have a phone; its options are parameters of the verb."""

    @click.command(name, help=words)
    @click.argument("names", nargs=-1, required=True, metavar="ROOM...")
    @at
    @writing
    def command(actor: Actor, names: tuple[str, ...], site: str | None, key: str | None, dry_run: bool, **given: Any) -> int:
        wish = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
        return carry_out(actor, verb, lambda: {**wish, "subjects": chosen(actor, names, site)}, How(key, dry_run, True, None))

    command.params.extend(options)
    return command


def of_one(name: str, verb: str, words: str, argument: click.Argument) -> click.Command:
    """A command over the phone of one room."""

    @click.command(name, help=words)
    @click.argument("room")
    @at
    @writing
    def command(actor: Actor, room: str, site: str | None, key: str | None, dry_run: bool, **given: Any) -> int:
        wish = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
        return carry_out(actor, verb, lambda: {**wish, "holder": room_id(actor, room, site)}, How(key, dry_run, True, None))

    command.params.append(argument)
    return command


SOME = click.Argument(["numbers"], nargs=-1, required=True, metavar="NUMBER...")


@rooms.command("move")
@click.argument("names", nargs=-1, required=True, metavar="ROOM...")
@at
@click.option("--to-site", required=True, metavar="SITE")
@writing
def move(actor: Actor, names: tuple[str, ...], site: str | None, to_site: str, key: str | None, dry_run: bool) -> int:
    """Move phones of rooms to another site; their extensions stay."""
    wish = lambda: {"site": to_site, "subjects": chosen(actor, names, site)}  # noqa: E731
    return carry_out(actor, "phone.move_rooms_to_site", wish, How(key, dry_run, True, None))


for command in (
    of_rooms("remove", "phone.remove_rooms", "Take phones away: seat, package, extension and numbers are free at once."),
    of_rooms(
        "assign-package", "phone.assign_room_package", "Give phones a calling package; one calling plan replaces another.", PACKAGE, NUMBERS
    ),
    of_rooms(
        "remove-packages", "phone.remove_room_packages", "Take calling packages back, and with the plan the direct numbers.", PACKAGES
    ),
    of_rooms("apply-template", "phone.apply_room_template", "Apply a template: what it sets wins.", TEMPLATE),
    of_one("set-extension", "phone.set_extension", "Give one phone another extension.", click.Argument(["extension"])),
    of_one("assign-numbers", "phone.assign_numbers", "Give one phone numbers that nobody has.", SOME),
    of_one("move-numbers", "phone.move_numbers", "Give one phone numbers, also those that others have.", SOME),
    of_one(
        "caller-id",
        "phone.set_caller_id",
        "Choose the number a phone calls out with, one of its own; without one it is hidden.",
        click.Argument(["number"], required=False, default=""),
    ),
):
    rooms.add_command(command)
