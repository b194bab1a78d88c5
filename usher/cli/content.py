"""The commands about content: content list, hand-over."""

from typing import Any

import click

from usher.core.actor import Actor

from .columns import paged, tell_page
from .options import as_operator, fresh_key, writing

ROW = ("kind", "title", "owner", "starts_at", "size")
KINDS = click.Choice(["meeting", "webinar", "recording", "whiteboard", "note"])
MOVABLE = click.Choice(["meetings", "recordings_and_webinars", "whiteboards_and_notes"])


@click.group()
def content() -> None:
    """List what people made, and hand it over."""


@content.command("list")
@click.option("--search", default="", metavar="TEXT", help="Part of a title; several words must all match.")
@click.option("--kind", multiple=True, type=KINDS)
@click.option("--owner", metavar="EMAIL", help="What one person has; also an id.")
@click.option("--trash", is_flag=True, help="What is in the trash instead.")
@paged
@as_operator
def list_content(actor: Actor, search: str, kind: tuple[str, ...], owner: str | None, trash: bool, limit: int, after: str | None) -> None:
    """List items, the newest first. On a terminal a table, otherwise one line of tab-separated cells for each."""
    from usher.content import reads
    from usher.core.keyset import read_cursor

    query = {"q": search, "kind": list(kind), "owner": owner_of(actor, owner) if owner else [], "state": "trash" if trash else ""}
    page = reads.page(actor, query, cursor=read_cursor(reads.MADE, "after", after or ""), limit=limit)
    tell_page("items", [_public(row) for row in page.rows], page.after, ROW, "Nothing matches.")


def owner_of(actor: Actor, text: str) -> list[str]:
    """The id of somebody here. Refused (missing) for anybody else."""
    from usher.people import reads

    from .people import find_one

    return [str(find_one(actor, text, reads.person, reads.person_by_address)["id"])]


def _public(row: dict[str, Any]) -> dict[str, Any]:
    """An item as the command line tells it (docs/guide/command-line.md). Sizes are bytes, lengths seconds."""
    columns = ("kind", "title", "occurs", "starts_at", "seconds", "size", "filename", "created_at", "trashed_at")
    return {"id": str(row["id"]), "owner": row["owner_email"], **{c: row[c] for c in columns}}


@content.command("hand-over")
@click.argument("owners", nargs=-1, required=True, metavar="FROM...")
@click.option("--to", "heir", metavar="HEIR", help="The address or id of whoever takes it over.")
@click.option("--to-manager", is_flag=True, help="Each one's manager takes it over.")
@click.option("--kinds", multiple=True, type=MOVABLE, help="May be repeated. Default: everything.")
@writing
def hand_over(
    actor: Actor,
    owners: tuple[str, ...],
    heir: str | None,
    to_manager: bool,
    kinds: tuple[str, ...],
    key: str | None,
    dry_run: bool,
) -> int:
    """Give the content of people to an heir. May be done again: then what came since moves."""
    if bool(heir) == to_manager:
        raise click.UsageError("Name the heir with --to, or say --to-manager.")
    from usher.content.verbs.hand_over import MANAGER
    from usher.journal.verb import plan

    from .doing import do, show

    ids = [id for owner in owners for id in owner_of(actor, owner)]
    wish = {"owners": {"ids": ids}, "heir": MANAGER if to_manager else heir, "kinds": list(kinds or MOVABLE.choices)}
    planned = plan(actor, "content.hand_over", wish)
    return show(planned) if dry_run else do(planned, fresh_key(key))
