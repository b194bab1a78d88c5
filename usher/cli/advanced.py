"""The commands about everybody at once: advanced totals, change-license, domain-license, delete-deactivated.

The other operations of the Advanced tab have commands where their things are: people unlink --license, groups move, groups default.
"""

from typing import Any

import click

from usher.core.actor import Actor

from .door import emit
from .leaving import How, carry_out, sure
from .options import as_operator, fresh_key, short_of_seats, writing

ORDERS = click.Choice([way + key for way in ("", "-") for key in ("name", "email", "department", "created", "last_sign_in")])


@click.group()
def advanced() -> None:
    """Totals of the account, and what is done to everybody at once."""


@advanced.command("totals")
@as_operator
def totals(actor: Actor) -> None:
    """Say how many people and rooms there are, and who holds what."""
    from usher.accounts.places import how_many_rooms
    from usher.licenses.ledger import seats
    from usher.people import reads

    from .columns import lined_up

    columns = ("product", "name", "bought", "used", "pending", "free")
    found = [{c: s[c] for c in columns} for s in seats(actor)]
    people = {**reads.totals(actor), "rooms": how_many_rooms(actor)}
    lines = lined_up(columns, [[str(s[c]) for c in columns] for s in found])
    emit({**people, "seats": found}, text="\n".join([*(f"{k}: {n:,}" for k, n in people.items()), lines]))


def many(function: Any) -> Any:
    """--first, --wait, --order and --refusals."""
    for option in (
        click.option(
            "--refusals", type=click.Path(dir_okay=False), metavar="FILE", help="Where all refusals go. Default: beside the data."
        ),
        click.option("--order", type=ORDERS, help="Who comes first. Default: who was added first."),
        *short_of_seats("change the first that fit", "change the first that fit; the others wait for theirs"),
    ):
        function = option(function)
    return function


@advanced.command("change-license")
@click.argument("old", metavar="FROM")
@click.argument("new", metavar="TO")
@many
@writing
def change_license(
    actor: Actor, old: str, new: str, short: str | None, order: str | None, refusals: str | None, key: str | None, dry_run: bool
) -> int:
    """Give all members who hold one license another one. Administrators keep theirs."""
    return change(
        actor, "licenses.change_members_license", {"from": old, "license": new, "order": order or ""}, short, refusals, key, dry_run
    )


@advanced.command("domain-license")
@click.argument("domain")
@click.argument("license", metavar="TO")
@many
@writing
def domain_license(
    actor: Actor, domain: str, license: str, short: str | None, order: str | None, refusals: str | None, key: str | None, dry_run: bool
) -> int:
    """Give everybody who came in by a managed domain another license."""
    from usher.accounts.domains import by_name

    subjects = {"query": {"came_in": ["domain"], "domain": [by_name(actor, domain)["name"]]}, "order": order or ""}
    return change(actor, "licenses.change_license", {"license": license, "subjects": subjects}, short, refusals, key, dry_run)


def change(actor: Actor, verb: str, params: dict[str, Any], short: str | None, refusals: str | None, key: str | None, dry_run: bool) -> int:
    from usher.journal.verb import plan

    from .doing import do, show

    planned = plan(actor, verb, params)
    if dry_run:
        return show(planned, refusals)
    return do(planned, fresh_key(key), short=short or "refuse", refusals=refusals)


@advanced.command("delete-deactivated")
@click.argument("days", type=click.IntRange(0, 3_650))
@sure
@writing
def delete_deactivated(actor: Actor, days: int, key: str | None, dry_run: bool, is_sure: bool, refusals: str | None) -> int:
    """Delete everybody who has been deactivated for more than so many days. 0: everybody deactivated."""
    from usher.lifecycle.reads import away_for

    subjects = {"subjects": {"query": away_for(days)}, "content": {}}
    return carry_out(actor, "lifecycle.delete", lambda: subjects, How(key, dry_run, is_sure, refusals))
