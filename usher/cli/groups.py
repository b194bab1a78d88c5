"""The commands about groups: `usher groups …` for user groups and `usher im-groups …` for IM groups, the same words for both."""

from typing import Any, BinaryIO

import click

from usher.core.actor import Actor

from .door import emit
from .leaving import How, carry_out
from .options import as_operator, writing
from .selecting import subjects_of, who

VERBS = {
    "user": {
        "create": "people.create_group",
        "rename": "people.rename_group",
        "delete": "people.delete_group",
        "default": "people.set_default_group",
        "move": "people.move_members",
        "add": "people.add_to_group",
        "remove": "people.remove_from_group",
    },
    "im": {
        "create": "people.create_im_group",
        "rename": "people.rename_im_group",
        "delete": "people.delete_im_group",
        "default": "people.set_default_im_group",
        "move": "people.move_im_members",
        "add": "people.set_im_group",
        "remove": "people.remove_from_im_group",
    },
}


def about(kind: str) -> list[click.Command]:
    """The commands of one kind."""
    verbs = VERBS[kind]

    @click.command("list")
    @as_operator
    def list_groups(actor: Actor) -> None:
        """List groups by name, each with whether everybody added from now on comes into it."""
        from usher.people.groups import default_name
        from usher.people.reads import groups

        default = default_name(actor, kind)
        found = [{"id": str(g["id"]), "name": g["name"], "default": g["name"] == default} for g in groups(actor, kind)]
        emit({"groups": found}, text="\n".join(g["name"] for g in found) or "There is no group yet.")

    @click.command("create")
    @click.argument("name")
    @writing
    def create(actor: Actor, name: str, key: str | None, dry_run: bool) -> int:
        """Create a group."""
        return carry_out(actor, verbs["create"], lambda: {"name": name}, How(key, dry_run, True, None))

    @click.command("rename")
    @click.argument("group")
    @click.argument("name")
    @writing
    def rename(actor: Actor, group: str, name: str, key: str | None, dry_run: bool) -> int:
        """Give a group another name."""
        return carry_out(actor, verbs["rename"], lambda: {"group": group, "name": name}, How(key, dry_run, True, None))

    @click.command("delete")
    @click.argument("group")
    @click.option("--to", metavar="GROUP", help="Where the people in it go. Default: they are only taken out.")
    @writing
    def delete(actor: Actor, group: str, to: str | None, key: str | None, dry_run: bool) -> int:
        """Delete a group; undo brings it back."""
        return carry_out(actor, verbs["delete"], lambda: {"group": group, "to": to}, How(key, dry_run, True, None))

    @click.command("move")
    @click.argument("group")
    @click.argument("to")
    @writing
    def move(actor: Actor, group: str, to: str, key: str | None, dry_run: bool) -> int:
        """Move everybody in one group to another."""
        return carry_out(actor, verbs["move"], lambda: {"group": group, "to": to}, How(key, dry_run, True, None))

    @click.command("default")
    @click.argument("group", required=False)
    @click.option("--none", "none", is_flag=True, help="No group from now on.")
    @writing
    def default(actor: Actor, group: str | None, none: bool, key: str | None, dry_run: bool) -> int:
        """Set the group of everybody added from now on."""
        if bool(group) == none:
            raise click.UsageError("Name a group, or say --none.")
        return carry_out(actor, verbs["default"], lambda: {"group": group}, How(key, dry_run, True, None))

    return [list_groups, create, rename, delete, move, default, *of_people(kind)]


def of_people(kind: str) -> list[click.Command]:
    """Who comes into a group and who leaves it: people named as everywhere, after the group."""

    @click.command("add")
    @click.argument("group")
    @who
    @writing
    def add(actor: Actor, group: str, emails: tuple[str, ...], file: BinaryIO | None, key: str | None, dry_run: bool, **given: Any) -> int:
        """Add people to a group."""
        wish = lambda: {"group": group, "subjects": subjects_of(actor, emails, file, given)}  # noqa: E731
        return carry_out(actor, VERBS[kind]["add"], wish, How(key, dry_run, True, None))

    @click.command("remove")
    @click.argument("group")
    @who
    @writing
    def remove(
        actor: Actor, group: str, emails: tuple[str, ...], file: BinaryIO | None, key: str | None, dry_run: bool, **given: Any
    ) -> int:
        """Take people out of a group."""
        wish = lambda: {"group": group, "subjects": subjects_of(actor, emails, file, given)}  # noqa: E731
        return carry_out(actor, VERBS[kind]["remove"], wish, How(key, dry_run, True, None))

    return [add, remove]


groups = click.Group(
    "groups", {str(c.name): c for c in about("user")}, help="List, create, rename and delete user groups; move people between them."
)
im_groups = click.Group("im-groups", {str(c.name): c for c in about("im")}, help="The same for IM groups: everybody is in one at most.")
