"""The commands about phones: `usher phone …`. People are named as everywhere; numbers, packages, sites and templates stand in phone_things.py."""

from typing import Any, BinaryIO
from uuid import UUID

import click

from usher.core.actor import Actor

from .calls import calls
from .door import emit, progress, wants_json
from .leaving import How, carry_out, sure
from .options import as_operator, fresh_key, writing
from .phone_rooms import rooms
from .phone_things import COMMANDS
from .selecting import name_of, subjects_of, that_can_seek, who

MOST_LISTED = 10_000
ROW = ("extension", "name", "site", "numbers", "packages")


@click.group()
def phone() -> None:
    """Phones, numbers, calling packages, the phone side of sites, templates and the settings of Phone."""


@phone.command("list")
@click.option("--search", default="", metavar="TEXT", help="Part of a name, address, extension or number.")
@click.option("--site", metavar="SITE")
@click.option("--package", multiple=True, metavar="PACKAGE", help="A product such as calling:200; `none`, or `inactive`.")
@click.option("--state", type=click.Choice(["active", "trash", "away"]), default="active", show_default=True)
@click.option("--limit", type=click.IntRange(1, MOST_LISTED), default=50, show_default=True)
@click.option("--after", metavar="CURSOR", help="Go on after a page; its `next` is the cursor.")
@as_operator
def list_phones(actor: Actor, search: str, site: str | None, package: tuple[str, ...], state: str, limit: int, after: str | None) -> None:
    """List the phones of people by name."""
    from usher.core.keyset import cursor_text, read_cursor
    from usher.people.named import site_named
    from usher.phone import reads

    from .columns import lined_up

    where = [site_named(actor, site)["site"]] if site else []
    query = {"q": search, "phone_site": where, "package": list(package), "phone": [state]}
    page = reads.page(actor, query, cursor=read_cursor(reads.SORTS[0], "after", after or ""), limit=limit)
    found = [_public(row) for row in page.rows]
    following = cursor_text(page.after) if page.after else None
    lines = [[" ".join(p[c]) if isinstance(p[c], list) else p[c] for c in ROW] for p in found]
    emit({"phones": found, "next": following}, text=lined_up(ROW, lines) or "Nobody has a phone that matches.")
    if following and not wants_json():
        progress(f"More with: --after '{following}'")


def _public(row: dict[str, Any]) -> dict[str, Any]:
    """A phone as the command line tells it (docs/guide/command-line.md)."""
    columns = ("email", "name", "extension", "state", "site", "numbers", "packages", "template", "set_up_at", "since", "purge_at")
    return {"id": str(row["id"]), **{c: row[c] for c in columns}}


@phone.command("add")
@who
@click.option("--site", metavar="SITE", help="Default: where each one is, else the main site.")
@click.option("--package", metavar="PACKAGE", help="A calling package: calling:200, or 200.")
@click.option("--template", metavar="TEMPLATE")
@click.option("--numbers", is_flag=True, help="Each one gets the lowest free number of the site's country.")
@click.option("--first", is_flag=True, help="When seats lack, the first that fit. Default: refuse and do nothing.")
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


PACKAGE = click.Option(["--package", "package"], required=True, metavar="PACKAGE", help="calling:200, or 200.")
PACKAGES = click.Option(["--package", "packages"], multiple=True, metavar="PACKAGE", help="May be repeated. Default: all of them.")
NUMBERS = click.Option(
    ["--numbers"], flag_value="next", default="", help="Each one without a number gets the lowest free one of the site's country."
)
SITE = click.Option(["--site", "site"], required=True, metavar="SITE")
TEMPLATE = click.Option(["--template", "template"], required=True, metavar="TEMPLATE")
for command in (
    of_people("remove", "phone.remove", "Take phones away: seat, package, extension and numbers are free at once."),
    of_people("trash", "phone.put_in_trash", "Put phones in the trash for 30 days; everything of theirs is free at once."),
    of_people(
        "assign-package", "phone.assign_package", "Give phones a calling package; one calling plan replaces another.", PACKAGE, NUMBERS
    ),
    of_people("remove-packages", "phone.remove_packages", "Take calling packages back, and with the plan the direct numbers.", PACKAGES),
    of_people("move", "phone.move_to_site", "Move phones to another site; their extensions stay.", SITE),
    of_people("apply-template", "phone.apply_template", "Apply a template: what it sets wins.", TEMPLATE),
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


def person_id(actor: Actor, text: str) -> UUID:
    """The id of somebody here by address or id. Refused (missing) for anybody else."""
    from .content import owner_of

    return UUID(owner_of(actor, text)[0])


for thing in (*COMMANDS, calls, rooms):
    phone.add_command(thing)
