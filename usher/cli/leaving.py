"""Leaving and coming back on the command line: people deactivate, activate, unlink, delete."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from usher.core.actor import Actor
from usher.core.refusals import Refused

from .options import fresh_key, writing
from .selecting import subjects_of, who

if TYPE_CHECKING:
    from usher.journal.verb import Plan

MOST_AT_ONCE = 100
MOVABLE = click.Choice(["meetings", "recordings_and_webinars", "whiteboards_and_notes"])


@dataclass(frozen=True)
class How:
    """How a set is to be done: the key, whether it is only shown, whether somebody is sure, and where the refusals go."""

    key: str | None
    dry_run: bool
    is_sure: bool
    refusals: str | None


def sure(function: Callable[..., Any]) -> Callable[..., Any]:
    """--yes and --refusals."""
    for option in (
        click.option(
            "--refusals", type=click.Path(dir_okay=False), metavar="FILE", help="Where all refusals go. Default: beside the data."
        ),
        click.option(
            "--yes",
            "is_sure",
            is_flag=True,
            help=f"Needed for more than {MOST_AT_ONCE} people, or for good, by whoever is not at a terminal to be asked.",
        ),
    ):
        function = option(function)
    return function


def content(function: Callable[..., Any]) -> Callable[..., Any]:
    """What becomes of their content."""
    for option in (
        click.option("--to-manager", is_flag=True, help="Each one's manager takes it over."),
        click.option("--heir", metavar="EMAIL", help="Who takes it over."),
        click.option(
            "--content", "kinds", multiple=True, type=MOVABLE, help="What is handed over; may be repeated. Default: everything stays."
        ),
    ):
        function = option(function)
    return function


def handed_over(kinds: tuple[str, ...], heir: str | None, *, to_manager: bool) -> dict[str, Any]:
    """What `content` says, as the verbs take it; empty when everything stays. Refuses one half of it."""
    if kinds and bool(heir) == to_manager:
        raise click.UsageError("Name the heir with --heir, or say --to-manager.")
    if not kinds and (heir or to_manager):
        raise click.UsageError("Say with --content what is handed over.")
    return {"kinds": list(kinds), "heir": "manager" if to_manager else heir} if kinds else {}


def leaving(name: str, verb: str, words: str) -> click.Command:
    """One of the three ways to leave."""

    @click.command(name, help=words)
    @who
    @content
    @sure
    @writing
    def command(
        actor: Actor,
        emails: tuple[str, ...],
        file: BinaryIO | None,
        kinds: tuple[str, ...],
        heir: str | None,
        to_manager: bool,
        key: str | None,
        dry_run: bool,
        is_sure: bool,
        refusals: str | None,
        **given: Any,
    ) -> int:
        handed = handed_over(kinds, heir, to_manager=to_manager)
        wish = lambda: {"subjects": subjects_of(actor, emails, file, given), "content": handed}  # noqa: E731
        return carry_out(actor, verb, wish, How(key, dry_run, is_sure, refusals))

    return command


@click.command("activate")
@who
@sure
@writing
def activate(
    actor: Actor,
    emails: tuple[str, ...],
    file: BinaryIO | None,
    key: str | None,
    dry_run: bool,
    is_sure: bool,
    refusals: str | None,
    **given: Any,
) -> int:
    """Reactivate deactivated people: they may sign in again, and get back the seats that are free."""
    return carry_out(
        actor, "lifecycle.reactivate", lambda: {"subjects": subjects_of(actor, emails, file, given)}, How(key, dry_run, is_sure, refusals)
    )


def carry_out(actor: Actor, verb: str, wish: Callable[[], dict[str, Any]], how: How) -> int:
    """Show the plan, or do it once somebody is sure; the exit code. What a plan that is only shown has staged is forgotten with it."""
    from django.db import transaction

    from usher.journal.plan import preview
    from usher.journal.verb import plan

    from .doing import do, show

    if how.dry_run:
        with transaction.atomic():
            code = show(plan(actor, verb, wish()), how.refusals)
            transaction.set_rollback(True)
        return code
    planned = plan(actor, verb, wish())
    if not how.is_sure:
        _ask(planned, preview(planned).will)
    return do(planned, fresh_key(how.key), refusals=how.refusals)


def _ask(planned: "Plan", will: int) -> None:
    """More than MOST_AT_ONCE people, and anything for good, are done after a yes: at the terminal, or by --yes. Refused (conflict, not_sure) otherwise."""
    if not will or (will <= MOST_AT_ONCE and not planned.verb.for_good):
        return
    headline = planned.verb.headline(planned.params, will)
    if not sys.stdin.isatty() or not click.confirm(f"{headline} Go on?", err=True):
        raise Refused("conflict", "not_sure", f"{headline} Say --yes to go on; nothing was done.")


COMMANDS = (
    leaving("deactivate", "lifecycle.deactivate", "Deactivate people: they lose access at once, their seats come free."),
    activate,
    leaving("unlink", "lifecycle.unlink", "Unlink people: they leave the account and keep a free one of their own."),
    leaving("delete", "lifecycle.delete", "Delete people: into the trash for the days the account has chosen."),
)
