"""The commands about places: `usher sites …`, `usher rooms …` and `usher people set-site`. Both are named by their names, in any spelling."""

from typing import Any, BinaryIO

import click

from usher.core.actor import Actor

from .door import emit
from .leaving import How, carry_out, sure
from .options import as_operator, writing
from .selecting import subjects_of, who


def site_id(actor: Actor, name: str) -> str:
    """The id of a site by its name. Refused (invalid, no_site) with the closest when there is none."""
    from usher.people.named import site_named

    return str(site_named(actor, name)["site"])


def room_id(actor: Actor, name: str, site: str | None) -> str:
    """The id of a room by its name, at a site where several have it."""
    from usher.accounts.places import room_named

    return str(room_named(actor, name, site_id(actor, site) if site else None))


@click.group()
def sites() -> None:
    """List, create, rename and delete sites; say which one is the main one."""


@sites.command("list")
@as_operator
def list_sites(actor: Actor) -> None:
    """List the sites, the main one first."""
    from usher.accounts import places

    found = [{"id": str(s["id"]), "name": s["name"], "main": s["main"]} for s in places.sites(actor)]
    emit({"sites": found}, text="\n".join(s["name"] + (" (main)" if s["main"] else "") for s in found) or "There is no site yet.")


@sites.command("create")
@click.argument("name")
@writing
def create_site(actor: Actor, name: str, key: str | None, dry_run: bool) -> int:
    """Create a site; the first one is the main one."""
    return carry_out(actor, "accounts.create_site", lambda: {"name": name}, How(key, dry_run, True, None))


@sites.command("rename")
@click.argument("site")
@click.argument("name")
@writing
def rename_site(actor: Actor, site: str, name: str, key: str | None, dry_run: bool) -> int:
    """Give a site another name."""
    return carry_out(actor, "accounts.rename_site", lambda: {"site": site_id(actor, site), "name": name}, How(key, dry_run, True, None))


@sites.command("main")
@click.argument("site")
@writing
def main_site(actor: Actor, site: str, key: str | None, dry_run: bool) -> int:
    """Make a site the main one."""
    return carry_out(actor, "accounts.make_main_site", lambda: {"site": site_id(actor, site)}, How(key, dry_run, True, None))


@sites.command("delete")
@click.argument("names", nargs=-1, required=True, metavar="SITE...")
@writing
def delete_sites(actor: Actor, names: tuple[str, ...], key: str | None, dry_run: bool) -> int:
    """Delete sites where neither rooms nor people are; undo brings them back."""
    return carry_out(actor, "accounts.delete_sites", lambda: {"sites": [site_id(actor, n) for n in names]}, How(key, dry_run, True, None))


@click.group()
def rooms() -> None:
    """List, create, change and delete rooms."""


at = click.option("--at", "site", metavar="SITE", help="The site it stands at, where several rooms have the name.")


@rooms.command("list")
@as_operator
def list_rooms(actor: Actor) -> None:
    """List the rooms by name, each with its kind and its site."""
    from usher.accounts import places

    from .columns import lined_up

    columns = ("name", "kind", "site")
    found = [{"id": str(r["id"]), **{c: r[c] for c in columns}} for r in places.rooms(actor)]
    emit({"rooms": found}, text=lined_up(columns, [[r[c] or "" for c in columns] for r in found]) or "There is no room yet.")


@rooms.command("create")
@click.argument("name")
@click.option("--kind", default="ZoomRoom", show_default=True, metavar="KIND", help="As Zoom's API calls it.")
@click.option("--site", metavar="SITE")
@writing
def create_room(actor: Actor, name: str, kind: str, site: str | None, key: str | None, dry_run: bool) -> int:
    """Create a room."""
    wish = lambda: {"name": name, "kind": kind, "site": site_id(actor, site) if site else None}  # noqa: E731
    return carry_out(actor, "accounts.create_room", wish, How(key, dry_run, True, None))


@rooms.command("set")
@click.argument("room")
@at
@click.option("--name", metavar="TEXT")
@click.option("--kind", metavar="KIND")
@click.option("--to-site", metavar="SITE")
@writing
def change_room(actor: Actor, room: str, site: str | None, to_site: str | None, key: str | None, dry_run: bool, **said: Any) -> int:
    """Give a room another name, kind or site."""

    def wish() -> dict[str, Any]:
        moved = {"site": site_id(actor, to_site)} if to_site else {}
        return {"room": room_id(actor, room, site), **{k: v for k, v in said.items() if v is not None}, **moved}

    return carry_out(actor, "accounts.edit_room", wish, How(key, dry_run, True, None))


@rooms.command("delete")
@click.argument("names", nargs=-1, required=True, metavar="ROOM...")
@at
@writing
def delete_rooms(actor: Actor, names: tuple[str, ...], site: str | None, key: str | None, dry_run: bool) -> int:
    """Delete rooms; undo brings them back."""
    wish = lambda: {"rooms": [room_id(actor, n, site) for n in names]}  # noqa: E731
    return carry_out(actor, "accounts.delete_rooms", wish, How(key, dry_run, True, None))


@click.command("set-site")
@click.option("--to", "site", metavar="SITE")
@click.option("--none", "none", is_flag=True, help="No site.")
@who
@sure
@writing
def set_site(actor: Actor, emails: tuple[str, ...], file: BinaryIO | None, site: str | None, none: bool, **given: Any) -> int:
    """Say at which site people are."""
    how = How(*(given.pop(name) for name in ("key", "dry_run", "is_sure", "refusals")))
    if bool(site) == none:
        raise click.UsageError("Name a site with --to, or say --none.")
    return carry_out(actor, "people.set_site", lambda: {"site": site, "subjects": subjects_of(actor, emails, file, given)}, how)
