"""How commands name people: the filters of `people list`, addresses, or a file."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import IO, Any, BinaryIO

import click

from usher.core.actor import Actor
from usher.core.address import split_list

QUERY = ("search", "status", "license", "add_on", "role", "department")


def filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """--search, --status, --license, --add-on, --role, --department; repeated ones mean or."""
    for option in (
        click.option("--department", multiple=True, metavar="NAME"),
        click.option("--role", multiple=True, metavar="ROLE", help="owner, admin, member, or the key of a role of the account."),
        click.option("--add-on", multiple=True, metavar="PRODUCT"),
        click.option("--license", multiple=True, metavar="PRODUCT"),
        click.option("--status", multiple=True, type=click.Choice(["active", "inactive", "pending"])),
        click.option("--search", default="", metavar="TEXT", help="Part of a name or address; several words must all match."),
    ):
        function = option(function)
    return function


def query_of(given: dict[str, Any]) -> dict[str, Any]:
    return {**{k: list(v) for k, v in given.items() if k != "search"}, "q": given["search"]}


def who(function: Callable[..., Any]) -> Callable[..., Any]:
    """EMAIL..., --file FILE, or the filters of `people list`: what subjects_of takes."""
    for option in (
        click.option("--file", type=click.File("rb"), metavar="FILE", help="A CSV file whose column `email` names them; `-` reads a pipe."),
        click.argument("emails", nargs=-1, metavar="[EMAIL...]"),
    ):
        function = option(function)
    return filters(function)


def subjects_of(actor: Actor, emails: tuple[str, ...], file: BinaryIO | None, given: dict[str, Any]) -> dict[str, Any]:
    """The set as a verb takes it. Refuses none, and two ways of naming people at once."""
    if sum(map(bool, (emails, file, any(given[key] for key in QUERY)))) != 1:
        raise click.UsageError("Name people by their addresses, by --file, or by filters such as --department.")
    from usher.lifecycle.staging import stage_addresses, stage_people_here
    from usher.people.marks import named_alone

    if alone := named_alone(actor, emails):
        return {"ids": [alone]}
    if emails:
        return {"stage": str(stage_addresses(actor, [a for text in emails for a in split_list(text)], {}).id)}
    if file is None:
        return {"query": query_of({key: given[key] for key in QUERY})}
    with that_can_seek(file) as data:
        return {"stage": str(stage_people_here(actor, data, name_of(file), most=None).id)}


def that_can_seek(file: BinaryIO) -> AbstractContextManager[Any]:
    """The file itself, or what a pipe says, on disk."""
    if file.seekable():
        return nullcontext(file)
    spooled: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(file, spooled, 1 << 20)
    spooled.seek(0)
    return spooled


def name_of(file: BinaryIO) -> str:
    """Only the last part of the name, on one line, in Unicode: it is shown and never used as a path (CSV-08)."""
    name = os.fsencode(os.path.basename(str(getattr(file, "name", "")))).decode(errors="replace").replace("<stdin>", "standard input")
    return "".join(c if c.isprintable() else "\ufffd" for c in name)
