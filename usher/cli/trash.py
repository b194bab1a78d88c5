"""The trash for people on the command line: people trash, restore, purge."""

from typing import Any

import click

from usher.core.actor import Actor
from usher.core.refusals import Refused

from .columns import limited, lined_up
from .door import emit
from .leaving import How, carry_out, sure
from .options import as_operator, writing

COLUMNS = ("email", "name", "deleted_at", "by", "until")


@click.command("trash")
@click.option("--search", default="", metavar="TEXT", help="Part of a name or address; several words must all match.")
@limited
@as_operator
def trash(actor: Actor, search: str, limit: int) -> None:
    """List who was deleted and can be restored, the last first."""
    from usher.lifecycle.reads import who_is_in_trash

    found = [
        {
            "id": str(row["id"]),
            "email": row["email"],
            "name": row["name"],
            "deleted_at": row["at"].isoformat(timespec="seconds"),
            "by": row["by"] or "Usher",
            "until": row["purge_at"].isoformat(timespec="seconds") if row["purge_at"] else None,
        }
        for row in who_is_in_trash(actor, search, limit)
    ]
    lines = [[p[c] or "" for c in COLUMNS] for p in found]
    emit({"trash": found}, text=lined_up(COLUMNS, lines) or "Nobody is in the trash.")


@click.command("restore")
@click.argument("emails", nargs=-1, metavar="[EMAIL...]")
@click.option("--all", "everybody", is_flag=True, help="Everybody in the trash.")
@click.option("--new-email", metavar="EMAIL", help="For one person whose address somebody else has now.")
@click.option("--refusals", type=click.Path(dir_okay=False), metavar="FILE", help="Where all refusals go. Default: beside the data.")
@writing
def restore(
    actor: Actor, emails: tuple[str, ...], everybody: bool, new_email: str | None, key: str | None, dry_run: bool, refusals: str | None
) -> int:
    """Bring people back from the trash, with everything they had."""
    given = {"email": new_email} if new_email else {}
    wish = lambda: {**_chosen(actor, emails, everybody=everybody), **given}  # noqa: E731
    return carry_out(actor, "lifecycle.restore", wish, How(key, dry_run, True, refusals))


@click.command("purge")
@click.argument("emails", nargs=-1, metavar="[EMAIL...]")
@click.option("--all", "everybody", is_flag=True, help="Everybody in the trash.")
@sure
@writing
def purge(actor: Actor, emails: tuple[str, ...], everybody: bool, **given: Any) -> int:
    """Delete people for good who are in the trash, with everything they had. Nobody can bring them back."""
    how = How(*(given.pop(name) for name in ("key", "dry_run", "is_sure", "refusals")))
    return carry_out(actor, "lifecycle.purge", lambda: _chosen(actor, emails, everybody=everybody), how)


def _chosen(actor: Actor, emails: tuple[str, ...], *, everybody: bool) -> dict[str, Any]:
    """The set as the verbs of the trash take it. Refuses none, and both."""
    if bool(emails) == everybody:
        raise click.UsageError("Name people, or say --all.")
    return {"all": True} if everybody else {"ids": [str(i) for i in _in_trash(actor, emails)]}


def _in_trash(actor: Actor, emails: tuple[str, ...]) -> list[Any]:
    """The ids of people in the trash; of several with one address the last. Refused (missing) for an address nobody there had."""
    from usher.core import sql
    from usher.core.address import looked_up

    found = {
        r["canonical"]: r["user_id"]
        for r in sql.rows(
            """SELECT u.canonical, d.user_id FROM lifecycle_departure d JOIN people_user u ON u.id = d.user_id
               WHERE d.account_id = %(a)s AND d.how = 'deleted' AND u.canonical = ANY(%(e)s) ORDER BY d.at""",
            {"a": actor.account_id, "e": [looked_up(e) for e in emails]},
        )
    }
    for email in emails:
        if looked_up(email) not in found:
            raise Refused("missing", "not_found", f"Nobody in the trash had the address {email}.", field="email")
    return list(found.values())


COMMANDS = (trash, restore, purge)
