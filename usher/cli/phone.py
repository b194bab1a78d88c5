"""The commands about phones: `usher phone …`. People are named as everywhere; numbers, packages, sites and templates stand in phone_things.py."""

from typing import Any, BinaryIO
from uuid import UUID

import click

from usher.core.actor import Actor

from .calls import calls
from .columns import paged, tell_page
from .leaving import How, carry_out, sure
from .options import as_operator, fresh_key, writing
from .phone_lists import NUMBERS, PACKAGE, PACKAGES, TEMPLATE, narrowed, query_of, what_it_gets
from .phone_rooms import rooms
from .phone_things import COMMANDS, said_in, says
from .selecting import name_of, subjects_of, that_can_seek, who

ROW = ("extension", "name", "site", "numbers", "packages")


@click.group()
def phone() -> None:
    """Phones, numbers, calling packages, the phone side of sites, templates and the settings of Phone."""


@phone.command("list")
@narrowed("Part of a name, address, extension or number.")
@click.option("--state", type=click.Choice(["active", "trash", "away"]), default="active", show_default=True)
@paged
@as_operator
def list_phones(actor: Actor, search: str, site: str | None, package: tuple[str, ...], state: str, limit: int, after: str | None) -> None:
    """List the phones of people by name."""
    from usher.core.keyset import read_cursor
    from usher.phone import reads

    cursor = read_cursor(reads.SORTS[0], "after", after or "")
    page = reads.page(actor, query_of(actor, search, site, package, state), cursor=cursor, limit=limit)
    tell_page("phones", [_public(row) for row in page.rows], page.after, ROW, "Nobody has a phone that matches.")


def _public(row: dict[str, Any]) -> dict[str, Any]:
    """A phone as the command line tells it (docs/guide/command-line.md)."""
    columns = (
        "email",
        "name",
        "extension",
        "state",
        "site",
        "numbers",
        "packages",
        "template",
        "set_up_at",
        "deactivated_at",
        "since",
        "purge_at",
    )
    return {"id": str(row["id"]), **{c: row[c] for c in columns}}


@phone.command("add")
@who
@click.option("--site", metavar="SITE", help="Default: where each one is, else the main site.")
@what_it_gets
@writing
def add(
    actor: Actor,
    emails: tuple[str, ...],
    file: BinaryIO | None,
    numbers: bool,
    first: bool,
    key: str | None,
    dry_run: bool,
    **given: Any,
) -> int:
    """Give people a phone: seat, extension, and what is chosen."""
    from usher.journal.verb import plan

    from .doing import do, show

    wish = {name: given.pop(name) for name in ("site", "package", "template")}
    wish |= {"numbers": "next" if numbers else "", "subjects": subjects_of(actor, emails, file, given)}
    planned = plan(actor, "phone.add", wish)
    return show(planned) if dry_run else do(planned, fresh_key(key), short="first" if first else "refuse")


@phone.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--site", metavar="SITE", help="Holds for every line. Default: as the file says, else where each one is.")
@click.option("--package", metavar="PACKAGE", help="Where a line names none: calling:200, or 200.")
@click.option("--template", metavar="TEMPLATE", help="Where a line names none.")
@click.option("--numbers", is_flag=True, help="Where a line names none, the lowest free number of the site's country.")
@click.option("--first", is_flag=True, help="When seats lack, the first that fit. Default: refuse and do nothing.")
@click.option("--refusals", metavar="FILE", help="Where the refused lines go.")
@writing
def import_phones(
    actor: Actor, file: BinaryIO, numbers: bool, first: bool, refusals: str | None, key: str | None, dry_run: bool, **given: Any
) -> int:
    """Give people phones as the lines of a CSV file say: email, site, package, template, extension, numbers; `-` reads a pipe."""
    from . import inviting

    choices = {**given, "numbers": "next" if numbers else ""}
    with that_can_seek(file) as data:
        how = inviting.How(key, "first" if first else "refuse", refusals, dry_run)
        return inviting.phone_file(actor, data, name_of(file), choices, how)


def of_people(name: str, verb: str, words: str, *options: click.Option) -> click.Command:
    """A command over people who have a phone; its options are parameters of the verb."""

    @click.command(name, help=words)
    @who
    @sure
    @writing
    def command(actor: Actor, emails: tuple[str, ...], file: BinaryIO | None, **given: Any) -> int:
        how = How(*(given.pop(name) for name in ("key", "dry_run", "is_sure", "refusals")))
        wish = {o.name: list(v) if isinstance(v := given.pop(str(o.name)), tuple) else v for o in options}
        return carry_out(actor, verb, lambda: {**wish, "subjects": subjects_of(actor, emails, file, given)}, how)

    command.params.extend(options)
    return command


SITE = click.Option(["--site", "site"], required=True, metavar="SITE")
for command in (
    of_people("remove", "phone.remove", "Take phones away: seat, package, extension and numbers are free at once."),
    of_people("trash", "phone.put_in_trash", "Put phones in the trash for 30 days; everything of theirs is free at once."),
    of_people(
        "assign-package", "phone.assign_package", "Give phones a calling package; one calling plan replaces another.", PACKAGE, NUMBERS
    ),
    of_people("remove-packages", "phone.remove_packages", "Take calling packages back, and with the plan the direct numbers.", PACKAGES),
    of_people("move", "phone.move_to_site", "Move phones to another site; their extensions stay.", SITE),
    of_people("apply-template", "phone.apply_template", "Apply a template: what it sets wins.", TEMPLATE),
    of_people("deactivate", "phone.deactivate", "Stop phones for now: they keep seat, package, extension and numbers."),
    of_people("activate", "phone.activate", "Let phones that were deactivated be used."),
    of_people("resend", "phone.resend_invite", "Send the mail about the phone again to who has not set it up."),
):
    phone.add_command(command)


@phone.command("restore")
@click.argument("emails", nargs=-1, metavar="[EMAIL...]")
@click.option("--all", "everybody", is_flag=True, help="Every phone in the trash.")
@writing
def restore(actor: Actor, emails: tuple[str, ...], everybody: bool, key: str | None, dry_run: bool) -> int:
    """Bring phones back from the trash, as far as seats, extensions and numbers are free."""
    if bool(emails) == everybody:
        raise click.UsageError("Name people, or say --all.")
    who: dict[str, Any] = {"query": {"phone": ["trash"]}} if everybody else {"ids": [str(person_id(actor, e)) for e in emails]}
    return carry_out(actor, "phone.restore", lambda: {"subjects": who}, How(key, dry_run, True, None))


@phone.command("set-extension")
@click.argument("email")
@click.argument("extension")
@writing
def set_extension(actor: Actor, email: str, extension: str, key: str | None, dry_run: bool) -> int:
    """Give one phone another extension."""
    wish = {"holder": str(person_id(actor, email)), "extension": extension}
    return carry_out(actor, "phone.set_extension", lambda: wish, How(key, dry_run, True, None))


@phone.command("set-policy")
@click.argument("email")
@says("inherit")
@writing
def set_policy(actor: Actor, email: str, key: str | None, dry_run: bool, **given: Any) -> int:
    """Say what one phone may do; `inherit` leaves it to its site and the account."""
    wish = {"holder": str(person_id(actor, email)), "policy": said_in(given)}
    return carry_out(actor, "phone.set_policy", lambda: wish, How(key, dry_run, True, None))


def person_id(actor: Actor, text: str) -> UUID:
    """The id of somebody here by address or id. Refused (missing) for anybody else."""
    from .content import owner_of

    return UUID(owner_of(actor, text)[0])


for thing in (*COMMANDS, calls, rooms):
    phone.add_command(thing)
