"""Dates on the command line: people dates list, set, cancel."""

from typing import Any, BinaryIO

import click

from usher.core.actor import Actor
from usher.core.address import split_list

from .columns import limited, lined_up
from .door import emit
from .leaving import How, carry_out, content, handed_over, sure
from .options import as_operator, writing
from .selecting import subjects_of, who

COLUMNS = ("day", "email", "name", "what", "product", "state")


@click.group()
def dates() -> None:
    """Say what shall happen to people on a day: they leave, or a license or an add-on ends."""


@dates.command("list")
@click.option("--search", default="", metavar="TEXT", help="Part of a name or address; several words must all match.")
@limited
@as_operator
def list_dates(actor: Actor, search: str, limit: int) -> None:
    """List what is to come, and what was held back or failed; the next first."""
    from usher.lifecycle.due import everybodys_dates

    found = [
        {
            "id": str(row["id"]),
            "day": str(row["day"]),
            "email": row["email"],
            "name": row["display_name"] or f"{row['first_name']} {row['last_name']}".strip(),
            "what": row["what"],
            "product": row["product"] or None,
            "state": row["state"],
            "change_id": f"C-{row['number']}",
        }
        for row in everybodys_dates(actor, search, limit)
    ]
    lines = [[d[c] or "" for c in COLUMNS] for d in found]
    emit({"dates": found}, text=lined_up(COLUMNS, lines) or "Nothing has a date.")


@dates.command("set")
@who
@click.option("--on", "day", required=True, metavar="DAY", help="Like 2026-12-31; it begins at midnight where each of them lives.")
@click.option("--ends", metavar="PRODUCT", help="A license or an add-on of theirs ends. Default: they are deactivated.")
@content
@sure
@writing
def set_date(actor: Actor, emails: tuple[str, ...], file: BinaryIO | None, day: str, ends: str | None, **given: Any) -> int:
    """Deactivate people on a day, or end what they hold. Until the day comes it can be cancelled."""
    how = How(*(given.pop(name) for name in ("key", "dry_run", "is_sure", "refusals")))
    handed = handed_over(given.pop("kinds"), given.pop("heir"), to_manager=given.pop("to_manager"))
    if ends and handed:
        raise click.UsageError("Content is handed over when people leave, not when a license ends.")
    wish = lambda: {"subjects": subjects_of(actor, emails, file, given), "day": day, **_what(ends, handed)}  # noqa: E731
    return carry_out(actor, "lifecycle.schedule", wish, how)


def _what(ends: str | None, handed: dict[str, Any]) -> dict[str, Any]:
    """What shall happen, as the verb takes it."""
    from usher.licenses.catalog import PRODUCTS
    from usher.lifecycle.dates import DEACTIVATE, END_ADD_ON, END_LICENSE

    if ends is None:
        return {"what": DEACTIVATE, "content": handed}
    is_license = ends in PRODUCTS and PRODUCTS[ends].kind == "workplace"
    return {"what": END_LICENSE if is_license else END_ADD_ON, "product": ends}


@dates.command("cancel")
@click.argument("emails", nargs=-1, required=True, metavar="EMAIL...")
@click.option("--ends", metavar="PRODUCT", help="Only the end of this. Default: every date they have.")
@writing
def cancel(actor: Actor, emails: tuple[str, ...], ends: str | None, key: str | None, dry_run: bool) -> int:
    """Cancel the dates of people; undo sets them again, as far as their days have not come."""

    def wish() -> dict[str, Any]:
        from usher.lifecycle.due import dates_of_addresses

        return {"ids": [str(id) for id in dates_of_addresses(actor, [a for text in emails for a in split_list(text)], ends)]}

    return carry_out(actor, "lifecycle.cancel_date", wish, How(key, dry_run, True, None))
