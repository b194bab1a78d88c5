"""The commands about people: add, list, show, import, export."""

from collections.abc import Callable
from typing import Any, BinaryIO
from uuid import UUID

import click

from usher.core.actor import Actor
from usher.core.address import NotAnAddress, parse, split_list

from .columns import paged, tell_page
from .dating import dates
from .door import emit, progress, wants_json
from .leaving import COMMANDS as LEAVING
from .marking import COMMANDS as MARKING
from .options import as_operator, short_of_seats, writing
from .places import set_site
from .roles import set_role
from .selecting import filters, name_of, query_of, that_can_seek
from .trash import COMMANDS as TRASH

ROW = ("email", "name", "status", "license", "add_ons", "role", "department")
SORTS = click.Choice([way + key for way in ("", "-") for key in ("name", "email", "department", "license", "created", "last_sign_in")])


@click.group()
def people() -> None:
    """Add, list, show, import and export people; let them go and bring them back."""


for _command in (*LEAVING, *TRASH, *MARKING, dates, set_role, set_site):
    people.add_command(_command)


def choices(function: Callable[..., Any]) -> Callable[..., Any]:
    """What everybody of one list shares, and what happens when seats lack."""
    for option in (
        click.option(
            "--refusals", type=click.Path(dir_okay=False), metavar="FILE", help="Where all refusals go. Default: beside the data."
        ),
        *short_of_seats("invite the first that fit", "invite everybody, and who finds none waits for theirs"),
        click.option("--manager", metavar="EMAIL"),
        click.option("--location", metavar="TEXT"),
        click.option("--job-title", metavar="TEXT"),
        click.option("--im-group", metavar="NAME"),
        click.option("--group", metavar="NAME"),
        click.option("--department", metavar="NAME", help="For everybody whose line names none."),
        click.option("--add-on", "add_ons", multiple=True, metavar="PRODUCT", help="May be repeated."),
        click.option("--license", metavar="PRODUCT", help="Default: meetings:basic. `usher products` lists them."),
    ):
        function = option(function)
    return function


@people.command("add")
@click.argument("emails", nargs=-1, required=True, metavar="EMAIL...")
@choices
@writing
def add_people(
    actor: Actor, emails: tuple[str, ...], short: str | None, refusals: str | None, key: str | None, dry_run: bool, **shared: Any
) -> int:
    """Invite people by their addresses."""
    from .inviting import How, add

    addresses = [address for text in emails for address in split_list(text)]
    if not addresses:
        raise click.UsageError("No address was given.")
    return add(actor, addresses, shared, How(key, short or "refuse", refusals, dry_run))


@people.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--update", "what", flag_value="update", help="Change people who are here as the lines say, instead of inviting.")
@click.option("--addresses", "what", flag_value="addresses", help="Give people new addresses: columns email and new email.")
@choices
@writing
def import_people(
    actor: Actor, file: BinaryIO, what: str | None, short: str | None, refusals: str | None, key: str | None, dry_run: bool, **shared: Any
) -> int:
    """Invite everybody in a CSV file of any size, or change people by it; `-` reads a pipe.

    Columns: email, first name, last name, department, user group, IM group; by their names also license, add-ons, display name,
    job title, location, cost center, employee id, manager. The guide tells what their cells may say.
    """
    from .inviting import How, address_file, import_file, update_file

    if what and short == "wait":
        raise click.UsageError(f"--wait is for new people; with --{what} it is --first or nothing.")
    if what and any(shared.values()):
        raise click.UsageError(f"--{what} takes everything from the file; what everybody shares is for new people.")
    how = How(key, short or "refuse", refusals, dry_run)
    with that_can_seek(file) as data:
        if what:
            return (update_file if what == "update" else address_file)(actor, data, name_of(file), how)
        return import_file(actor, data, name_of(file), shared, how)


@people.command("list")
@filters
@click.option("--sort", type=SORTS, default="name", show_default=True)
@paged
@as_operator
def list_people(actor: Actor, sort: str, limit: int, after: str | None, **query: Any) -> None:
    """List people. On a terminal a table, otherwise one line of tab-separated cells for each."""
    from usher.people import reads

    page = reads.page(actor, query_of(query), sort=sort, after=after, limit=limit)
    tell_page("people", [_public(row) for row in page.rows], page.after, ROW, "Nobody matches.")


def _public(row: dict[str, Any]) -> dict[str, Any]:
    """A person as the command line tells them (docs/guide/command-line.md)."""
    name = row["display_name"] or f"{row['first_name']} {row['last_name']}".strip()
    columns = ("email", "first_name", "last_name", "status", "license", "add_ons", "role", "department", "group", "job_title", "location")
    more = ("employee_id", "cost_center", "time_zone", "personal_meeting_id", "came_in", "created_at", "activated_at", "last_sign_in")
    return {"id": str(row["id"]), "name": name, **{c: row[c] for c in (*columns, *more)}, "role": row["role_name"] or row["role"]}


@people.command("show")
@click.argument("person", metavar="EMAIL")
@as_operator
def show_person(actor: Actor, person: str) -> None:
    """Show one person by address or id."""
    from usher.people import reads

    found = _public(find_one(actor, person, reads.person, reads.person_by_address))
    lines = [f"{k + ':':<21}{' '.join(v) if isinstance(v, list) else v}" for k, v in found.items() if v not in (None, "", [])]
    emit(found, text="\n".join(lines))


def find_one(actor: Actor, text: str, by_id: Callable[..., dict[str, Any]], by_address: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    try:
        return by_id(actor, UUID(text))
    except ValueError:
        pass
    try:
        return by_address(actor, parse(text).canonical)
    except NotAnAddress:
        return by_address(actor, text)


@people.command("export")
@filters
@click.option("--file", "target", type=click.Path(dir_okay=False), metavar="FILE", help="Default: standard output.")
@as_operator
def export_people(actor: Actor, target: str | None, **query: Any) -> None:
    """Write people as CSV that can be imported again."""
    from .exporting import to_file, to_stdout

    if not target and wants_json():
        raise click.UsageError("--json needs --file: standard output holds the one object then.")
    if not target:
        progress(f"{to_stdout(actor, query_of(query)):,} people.")
        return
    n, path = to_file(actor, query_of(query), target)
    emit({"state": "done", "people": n, "file": path}, text=f"{n:,} people in {path}")
