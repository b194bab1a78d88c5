"""What commands that act for an account have in common. Nothing here needs Django, because click reads it first.

as_operator   adds --account, --data and --json; the command's first argument is the operator of the account
writing       the same with --dry-run and --key; a refusal prints the whole public object (docs/guide/command-line.md)
"""

import functools
import secrets
from collections.abc import Callable
from typing import Any

import click

from usher.core.refusals import Refused

from .door import REFUSED, beside_server, fail

COUNTS = ("new", "updated", "unchanged", "skipped", "failed", "refused")
LONGEST_KEY = 200


def nothing(state: str) -> dict[str, Any]:
    """The public object of a write that did nothing."""
    return {
        "change_id": None,
        "state": state,
        "counts": dict.fromkeys(COUNTS, 0),
        "seats": {},
        "refusals": [],
        "refusals_file": None,
    }


def as_operator(function: Callable[..., int | None]) -> Callable[..., None]:
    """Call a command with the operator of --account, or of the only account that was opened on this machine."""

    @account_option
    @beside_server
    @functools.wraps(function)
    def command(account: Any, **options: Any) -> int | None:
        from usher.access.actors import operator

        return function(operator(account), **options)

    return command


def writing(function: Callable[..., int | None]) -> Callable[..., None]:
    """A command that does something: `function(actor, dry_run=…, key=…, …)`. Its refusals have every key of the public object."""

    @dry_run_option
    @key_option
    @as_operator
    @functools.wraps(function)
    def command(actor: Any, **options: Any) -> int | None:
        return refusing(function, actor, **options)

    return command


def refusing(function: Callable[..., int | None], *arguments: Any, **options: Any) -> int | None:
    """Its exit code; a refusal ends the command with exit 3 and the whole public object."""
    try:
        return function(*arguments, **options)
    except Refused as no:
        fail(REFUSED, no.words, {**nothing("refused"), "code": no.code, "reason": no.words, "field": no.field, "details": no.details})
        return REFUSED


def _key(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and (not 0 < len(value) <= LONGEST_KEY or not value.isprintable()):
        raise click.BadParameter(f"a key has 1 to {LONGEST_KEY} printable characters.")
    return value


def fresh_key(key: str | None) -> str:
    """The journal's key of a wish: the one that was given, or one nobody used."""
    return f"cli:{key}" if key else f"cli:once:{secrets.token_hex(16)}"


def short_of_seats(first: str, wait: str) -> tuple[Callable[..., Any], ...]:
    """--first and --wait: what happens when seats lack, as `short` for engine.start; None when neither is said."""
    return (
        click.option("--wait", "short", flag_value="wait", default=None, help=f"When seats lack, {wait}."),
        click.option("--first", "short", flag_value="first", help=f"When seats lack, {first}. Default: refuse and do nothing."),
    )


account_option = click.option("--account", type=click.UUID, metavar="ID", help="The account. Default: the only one opened on this machine.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Show the plan and do nothing.")
key_option = click.option("--key", metavar="KEY", callback=_key, help="Idempotency key: the same wish under the same key is done once.")
