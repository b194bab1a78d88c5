"""The commands about what phones need: `usher phone numbers …`, `packages`, `sites`, `templates` and `settings`."""

from collections.abc import Callable
from typing import Any, BinaryIO

import click

from usher.core.actor import Actor

from .columns import limited, lined_up
from .door import emit
from .leaving import How, carry_out
from .options import as_operator, writing
from .selecting import that_can_seek

ON_OFF = click.Choice(["on", "off"])


@click.group()
def numbers() -> None:
    """List numbers, take them into the inventory, give them to phones and take them back."""


@numbers.command("list")
@click.option("--free", is_flag=True, help="Only what nobody has.")
@limited
@click.option("--after", default="", metavar="NUMBER", help="Go on after this number.")
@as_operator
def list_numbers(actor: Actor, free: bool, limit: int, after: str) -> None:
    """List the numbers of the account in their order."""
    from usher.phone import reads

    columns = ("number", "country", "kind", "holder", "extension", "caller")
    found = [{"id": str(n["id"]), **{c: n[c] for c in columns}} for n in reads.numbers(actor, free=free, limit=limit, after=after)]
    emit({"numbers": found}, text=lined_up(columns, [[n[c] for c in columns] for n in found]) or "There is no number yet.")


@numbers.command("add")
@click.argument("numbers", nargs=-1, metavar="[NUMBER...]")
@click.option("--file", type=click.File("rb"), metavar="FILE", help="One number a line, the first column of a CSV; `-` reads a pipe.")
@click.option("--country", default="", metavar="CC", help="Of numbers without a country code. Default: the account's.")
@writing
def add_numbers(actor: Actor, numbers: tuple[str, ...], file: BinaryIO | None, country: str, key: str | None, dry_run: bool) -> int:
    """Take numbers into the inventory; a line that is none never stops the others."""
    if bool(numbers) == bool(file):
        raise click.UsageError("Name numbers, or a file with --file.")
    wish = lambda: {"numbers": [*numbers, *(_of_file(file) if file else ())], "country": country}  # noqa: E731
    return carry_out(actor, "phone.add_numbers", wish, How(key, dry_run, True, None))


def _of_file(file: BinaryIO) -> list[str]:
    from usher.core.csv_text import first_cells
    from usher.phone.verbs.numbers import MOST

    with that_can_seek(file) as data:
        return first_cells(data, MOST)


def of_numbers(name: str, verb: str, words: str) -> click.Command:
    """A command over numbers of the inventory."""

    @click.command(name, help=words)
    @click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
    @writing
    def command(actor: Actor, numbers: tuple[str, ...], key: str | None, dry_run: bool) -> int:
        return carry_out(actor, verb, lambda: {"numbers": list(numbers)}, How(key, dry_run, True, None))

    return command


def to_somebody(name: str, verb: str, words: str) -> click.Command:
    """A command that gives numbers to the phone of one person."""

    @click.command(name, help=words)
    @click.argument("email")
    @click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
    @writing
    def command(actor: Actor, email: str, numbers: tuple[str, ...], key: str | None, dry_run: bool) -> int:
        return carry_out(actor, verb, lambda: {"numbers": list(numbers), "holder": _holder(actor, email)}, How(key, dry_run, True, None))

    return command


def _holder(actor: Actor, email: str) -> str:
    from .content import owner_of

    return owner_of(actor, email)[0]


@numbers.command("caller-id")
@click.argument("email")
@click.argument("number", required=False, default="")
@writing
def caller_id(actor: Actor, email: str, number: str, key: str | None, dry_run: bool) -> int:
    """Choose the number a phone calls out with, one of its own; without one it is hidden."""
    wish = lambda: {"holder": _holder(actor, email), "number": number}  # noqa: E731
    return carry_out(actor, "phone.set_caller_id", wish, How(key, dry_run, True, None))


for command in (
    of_numbers("release", "phone.release_numbers", "Give numbers back: they leave the inventory."),
    of_numbers("unassign", "phone.unassign_numbers", "Take numbers back from whoever has them."),
    to_somebody("assign", "phone.assign_numbers", "Give one phone numbers that nobody has."),
    to_somebody("move", "phone.move_numbers", "Give one phone numbers, also those that others have."),
):
    numbers.add_command(command)


@click.group()
def packages() -> None:
    """List calling packages; make one inactive, or active again. Seats are bought by `usher seats`."""


@packages.command("list")
@as_operator
def list_packages(actor: Actor) -> None:
    """List the packages of the account with their seats."""
    from usher.phone import reads

    columns = ("product", "name", "bought", "used", "free", "active")
    found = [{c: p[c] for c in columns} for p in reads.packages(actor)]
    emit({"packages": found}, text=lined_up(columns, [[p[c] for c in columns] for p in found]) or "No package was bought yet.")


@packages.command("switch")
@click.argument("package")
@click.argument("state", type=ON_OFF)
@writing
def switch(actor: Actor, package: str, state: str, key: str | None, dry_run: bool) -> int:
    """Make a package inactive (off), or active again (on). Who holds it keeps it."""
    return carry_out(actor, "phone.switch_package", lambda: {"package": package, "active": state == "on"}, How(key, dry_run, True, None))


@click.group()
def sites() -> None:
    """The phone side of sites: code, range of extensions, country, emergency address."""


@sites.command("list")
@as_operator
def list_sites(actor: Actor) -> None:
    """List the phone side of every site."""
    from usher.phone import reads

    columns = ("name", "code", "lowest", "highest", "country", "emergency_address", "phones")
    found = [{"id": str(s["id"]), **{c: s[c] for c in (*columns, "policy")}} for s in reads.sites(actor)]
    emit({"sites": found}, text=lined_up(columns, [[s[c] for c in columns] for s in found]) or "There is no site yet.")


def says(*more: str) -> Callable[[Any], Any]:
    """--voicemail, --recording and --waiting, with further choices."""

    def with_options(function: Any) -> Any:
        for option in (
            click.option("--waiting", type=click.Choice(["on", "off", *more]), help="Call waiting."),
            click.option("--recording", type=click.Choice(["off", "ask", "on", *more])),
            click.option("--voicemail", type=click.Choice(["on", "off", *more])),
        ):
            function = option(function)
        return function

    return with_options


def said_in(given: dict[str, Any]) -> dict[str, str | None]:
    """Takes those options out of the others; null is left to the level above."""
    told = {name: given.pop(name) for name in ("voicemail", "recording", "waiting")}
    return {name: None if choice == "inherit" else choice for name, choice in told.items() if choice}


def side_options(function: Any) -> Any:
    """--code, --lowest, --highest, --country, --emergency-address, and what phones there may do."""
    for option in (
        click.option("--emergency-address", metavar="TEXT"),
        click.option("--country", metavar="CC"),
        click.option("--highest", type=int, metavar="N"),
        click.option("--lowest", type=int, metavar="N"),
        click.option("--code", metavar="DIGITS", help="Up to 3 digits before its extensions, while site codes are on."),
    ):
        function = option(function)
    return says("inherit")(function)


@sites.command("create")
@click.argument("name")
@side_options
@writing
def create_site(actor: Actor, name: str, key: str | None, dry_run: bool, **given: Any) -> int:
    """Make a site with its phone side; the first one is the main site, and all phones are there from then on."""
    wish = {"name": name, "policy": {k: v for k, v in said_in(given).items() if v}, **given}
    return carry_out(actor, "phone.create_site", lambda: wish, How(key, dry_run, True, None))


@sites.command("set")
@click.argument("site")
@click.option("--name", metavar="NAME", help="Another name.")
@side_options
@writing
def set_site(actor: Actor, site: str, key: str | None, dry_run: bool, **given: Any) -> int:
    """Change the phone side of a site; what is not named stays."""
    from usher.people.named import site_named
    from usher.phone import reads

    found = next(s for s in reads.sites(actor) if str(s["id"]) == site_named(actor, site)["site"])
    policy = {name: choice for name, choice in {**found["policy"], **said_in(given)}.items() if choice}
    now = {name: found[name] for name in given}
    wish = {"site": str(found["id"]), "policy": policy, **now, **{name: value for name, value in given.items() if value is not None}}
    return carry_out(actor, "phone.set_site", lambda: wish, How(key, dry_run, True, None))


@sites.command("delete")
@click.argument("site")
@click.option("--to", metavar="SITE", help="Where people, rooms, phones and templates of it go.")
@writing
def delete_site(actor: Actor, site: str, to: str | None, key: str | None, dry_run: bool) -> int:
    """Delete a site; all that is there goes to another one."""
    from usher.people.named import site_named

    wish = lambda: {"site": site_named(actor, site)["site"], "target": to}  # noqa: E731
    return carry_out(actor, "phone.delete_site", wish, How(key, dry_run, True, None))


@click.group()
def templates() -> None:
    """List, make, change and delete templates. `usher phone apply-template` applies one."""


@templates.command("list")
@as_operator
def list_templates(actor: Actor) -> None:
    """List the templates with what they set."""
    from usher.phone import reads

    found = [{"id": str(t["id"]), **{c: t[c] for c in ("name", "site", "policy", "phones")}} for t in reads.templates(actor)]
    lines = [t["name"] + "".join(f"  {k}={v}" for k, v in t["policy"].items()) for t in found]
    emit({"templates": found}, text="\n".join(lines) or "There is no template yet.")


def policy_options(function: Any) -> Any:
    """--voicemail, --recording, --waiting and --site."""
    return click.option("--site", metavar="SITE", help="Only for phones of this site.")(says()(function))


def _wish(actor: Actor, name: str, given: dict[str, Any]) -> dict[str, Any]:
    from usher.people.named import site_named

    site = site_named(actor, given.pop("site"))["site"] if given.get("site") else given.pop("site") or ""
    return {"name": name, "site": site, "policy": {k: v for k, v in given.items() if v}}


@templates.command("create")
@click.argument("name")
@policy_options
@writing
def create_template(actor: Actor, name: str, key: str | None, dry_run: bool, **given: Any) -> int:
    """Make a template."""
    return carry_out(actor, "phone.create_template", lambda: _wish(actor, name, given), How(key, dry_run, True, None))


@templates.command("edit")
@click.argument("template")
@click.option("--name", metavar="NAME", help="Another name.")
@policy_options
@writing
def edit_template(actor: Actor, template: str, name: str | None, key: str | None, dry_run: bool, **given: Any) -> int:
    """Say anew what a template sets; phones that have it stay as they are until it is applied again."""
    wish = lambda: {"template": template, **_wish(actor, name or template, given)}  # noqa: E731
    return carry_out(actor, "phone.edit_template", wish, How(key, dry_run, True, None))


@templates.command("delete")
@click.argument("template")
@writing
def delete_template(actor: Actor, template: str, key: str | None, dry_run: bool) -> int:
    """Delete a template; phones keep what it set."""
    return carry_out(actor, "phone.delete_template", lambda: {"template": template}, How(key, dry_run, True, None))


@click.command("settings")
@click.option("--soft-delete", type=ON_OFF, help="A phone goes to the trash before it is removed.")
@click.option("--welcome-mail", type=ON_OFF)
@click.option("--site-codes", type=ON_OFF, help="The code of a site stands before its extensions.")
@click.option("--automatic", type=ON_OFF, help="Who gets a Licensed seat gets Phone with it.")
@says()
@writing
def settings(actor: Actor, key: str | None, dry_run: bool, **given: str | None) -> int:
    """Change the settings of Phone; without one, show them."""
    from usher.phone import reads

    policy = said_in(given)
    wish = {name: value == "on" for name, value in given.items() if value} | ({"policy": policy} if policy else {})
    if not wish:
        now, may = reads.settings(actor), reads.account_policy(actor)
        lines = [f"{k.replace('_', '-')}: {'on' if v else 'off'}" for k, v in now.items()] + [f"{k}: {v}" for k, v in may.items()]
        emit({"settings": {**now, "policy": may}}, text="\n".join(lines))
        return 0
    return carry_out(actor, "phone.change_settings", lambda: wish, How(key, dry_run, True, None))


COMMANDS = (numbers, packages, sites, templates, settings)
