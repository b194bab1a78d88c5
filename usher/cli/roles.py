"""The commands about roles: `usher roles …`, and `usher people set-role`. A role is named by its name, or by its key."""

from typing import Any, BinaryIO

import click

from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found

from .door import emit
from .leaving import How, carry_out, sure
from .options import as_operator, writing
from .selecting import subjects_of, who


def rights(function: Any) -> Any:
    """--name, --description, --right, --most: what a role is called and may."""
    for option in (
        click.option("--any-number", is_flag=True, help="One change may touch any number of people."),
        click.option("--most", type=int, metavar="N", help="One change may touch at most so many people."),
        click.option("--right", "privileges", multiple=True, metavar="AREA:THING:LEVEL", help="Such as people:user:manage. Repeat it."),
        click.option("--description", metavar="TEXT"),
    ):
        function = option(function)
    return function


def fields(privileges: tuple[str, ...], description: str | None, most: int | None, any_number: bool) -> dict[str, Any]:
    """What was said of them."""
    if any_number and most is not None:
        raise click.UsageError("Say --most or --any-number.")
    said = {"privileges": list(privileges) or None, "description": description, "most": most}
    return {**{key: value for key, value in said.items() if value is not None}, **({"most": None} if any_number else {})}


def key_of(actor: Actor, text: str) -> str:
    """The key of a role by its key or its name in any spelling. Refused (missing) when there is none."""
    from usher.access.roles import names_of

    names = {key: str(name) for key, name in names_of(actor.account_id).items()}
    found = [key for key, name in names.items() if key == text or name.casefold() == text.strip().casefold()]
    if not found:
        raise not_found(f"The role {text}")
    return found[0]


@click.group()
def roles() -> None:
    """Roles: what they may, who has them."""


@roles.command("list")
@as_operator
def list_roles(actor: Actor) -> None:
    """List every role with its rights and how many people have it."""
    from usher.access.roles import roles as every

    found = [public(role) for role in every(actor)]
    emit({"roles": found}, text="\n".join(f"{r['name']}: {r['holders'] if r['key'] != 'member' else 'everybody else'}" for r in found))


def public(role: Any) -> dict[str, Any]:
    return {
        "key": role.key,
        "name": str(role.name),
        "description": role.description,
        "privileges": sorted(role.privileges),
        "most": role.most,
        "holders": role.holders,
    }


@roles.command("show")
@click.argument("role")
@as_operator
def show(actor: Actor, role: str) -> None:
    """One role: its rights, and who has it for whom."""
    from usher.access.effective import holders_of
    from usher.access.roles import role as one

    found = public(one(actor, key_of(actor, role)))
    people = [{"email": h["email"], "covers": h["scope"] or "everybody"} for h in holders_of(actor, found["key"])]
    lines = [found["name"], *(f"  {name}" for name in found["privileges"]), *(f"{p['email']}: {p['covers']}" for p in people)]
    emit({**found, "people": people}, text="\n".join(lines))


@roles.command("create")
@click.argument("name")
@rights
@writing
def create(actor: Actor, name: str, key: str | None, dry_run: bool, **said: Any) -> int:
    """Make a role."""
    return carry_out(actor, "access.create_role", lambda: {"name": name, **fields(**said)}, How(key, dry_run, True, None))


@roles.command("set")
@click.argument("role")
@click.option("--name", metavar="TEXT")
@rights
@writing
def change(actor: Actor, role: str, name: str | None, key: str | None, dry_run: bool, **said: Any) -> int:
    """Change what a role is called or may. --right names all its rights anew."""
    more = {"name": name} if name else {}
    return carry_out(
        actor, "access.edit_role", lambda: {"role": key_of(actor, role), **more, **fields(**said)}, How(key, dry_run, True, None)
    )


@roles.command("delete")
@click.argument("role")
@click.option("--instead", default="member", metavar="ROLE", help="What whoever has it gets. Default: Member.")
@writing
def delete(actor: Actor, role: str, instead: str, key: str | None, dry_run: bool) -> int:
    """Delete a role; undo brings it back with its holders."""
    wish = lambda: {"role": key_of(actor, role), "instead": key_of(actor, instead)}  # noqa: E731
    return carry_out(actor, "access.delete_role", wish, How(key, dry_run, True, None))


@click.command("set-role")
@click.option("--to", "wanted", required=True, metavar="ROLE", help="Admin, Member, or a role of the account.")
@click.option("--for-department", "departments", multiple=True, metavar="NAME", help="It covers only these departments. Repeat it.")
@click.option("--for-group", "groups", multiple=True, metavar="GROUP", help="It covers only these groups. Repeat it.")
@click.option("--for-site", "sites", multiple=True, metavar="SITE", help="It covers only who is at these sites. Repeat it.")
@who
@sure
@writing
def set_role(
    actor: Actor,
    emails: tuple[str, ...],
    file: BinaryIO | None,
    wanted: str,
    departments: tuple[str, ...],
    groups: tuple[str, ...],
    sites: tuple[str, ...],
    key: str | None,
    dry_run: bool,
    is_sure: bool,
    refusals: str | None,
    **given: Any,
) -> int:
    """Give people a role, for everybody or for some departments, groups or sites."""
    kinds = {"department": departments, "group": groups, "site": sites}
    named = [{"kind": kind, "values": list(values)} for kind, values in kinds.items() if values]
    if len(named) > 1:
        raise Refused("invalid", "scope", "A role covers departments, groups or sites: name one kind of them.", field="scope")
    scope = {"scope": named[0]} if named else {}

    def wish() -> dict[str, Any]:
        return {"role": key_of(actor, wanted), **scope, "subjects": subjects_of(actor, emails, file, given)}

    return carry_out(actor, "access.set_role", wish, How(key, dry_run, is_sure, refusals))
