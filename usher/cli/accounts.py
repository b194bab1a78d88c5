"""The commands about accounts and what they bought, and about getting in: account, products, seats, sign-in-link, remove-factors."""

from typing import Any

import click

from usher.accounts.plans import PLANS
from usher.core.actor import Actor
from usher.core.refusals import Refused

from .door import beside_server, emit
from .options import account_option, dry_run_option, fresh_key, nothing, refusing, writing


@click.group()
def account() -> None:
    """Open an account, list accounts, change settings."""


@account.command("open")
@click.option("--name", required=True, metavar="NAME")
@click.option("--plan", "plan_code", required=True, type=click.Choice(list(PLANS)))
@click.option("--owner", required=True, metavar="EMAIL", help="Gets a mail with a setup link.")
@click.option("--first-name", default="", metavar="NAME", help="Of the owner.")
@click.option("--last-name", default="", metavar="NAME", help="Of the owner.")
@dry_run_option
@beside_server
def open_account(**options: Any) -> int:
    """Open an account for an owner."""
    return refusing(_open, **options) or 0


def _open(name: str, plan_code: str, owner: str, first_name: str, last_name: str, dry_run: bool) -> int:
    from django.db import transaction

    from usher.licenses.ledger import free
    from usher.lifecycle import open_account as opening

    from .result import Result, of_change, tell

    with transaction.atomic():
        id, started = opening.open_account(name, plan_code, owner, first_name=first_name, last_name=last_name)
        operator, found = _change(id, started.number)
        if dry_run:
            seats = {p: {"before": 0, "after": n} for p, n in free(operator).items()}
            counts = {**nothing("planned")["counts"], "new": 1}
            transaction.set_rollback(True)
            sentence = f"An account for {owner} will be opened. Nothing has happened yet."
            return tell(Result({**nothing("planned"), "counts": counts, "seats": seats, "account_id": None}, sentence))
    result = of_change(operator, found, {}, None)
    sentence = f"{result.sentence}\n  account {id}\n  the owner's link: usher sign-in-link {owner}"
    return tell(Result({**result.answer, "account_id": str(id)}, sentence))


def _change(account: Any, number: int | None) -> tuple[Actor, dict[str, Any]]:
    from usher.access.actors import operator
    from usher.journal import reads

    actor = operator(account)
    return actor, reads.change(actor, number or 0)


@account.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@beside_server
def list_accounts(limit: int) -> None:
    """List accounts, the newest first."""
    from usher.accounts.models import Account

    from .columns import lined_up

    columns = ("id", "name", "plan", "opened_by", "created_at", "closed_at")
    found = list(Account.objects.order_by("-created_at", "-id").values(*columns)[:limit])
    lines = [[a[c] for c in columns] for a in found]
    emit({"accounts": found}, text=lined_up(columns, lines) or "There is no account yet. Open one with `usher account open`.")


@account.command("settings")
@click.option("--meeting-connector", type=click.Choice(["on", "off"]), help="On-Prem needs it on.")
@click.option("--trash-days", type=int, metavar="DAYS", help="How long somebody deleted can be restored; 0: not at all.")
@click.option("--delete-after-days", type=int, metavar="DAYS", help="Deactivated people are deleted after so many days; 0: never.")
@writing
def settings(
    actor: Actor, meeting_connector: str | None, trash_days: int | None, delete_after_days: int | None, key: str | None, dry_run: bool
) -> int:
    """Change settings; without one, show them."""
    from usher.accounts.models import Account
    from usher.journal.verb import plan

    from .doing import do, show

    switch = None if meeting_connector is None else meeting_connector == "on"
    wished = {"meeting_connector": switch, "trash_days": trash_days, "delete_after_days": delete_after_days}
    given = {k: v for k, v in wished.items() if v is not None}
    if not given:
        account = Account.objects.get(pk=actor.account_id)
        now = {k: getattr(account, k) for k in wished}
        told = {k: ("on" if v else "off") if isinstance(v, bool) else v for k, v in now.items()}
        emit({"settings": now}, text="\n".join(f"{k.replace('_', '-')}: {v}" for k, v in told.items()))
        return 0
    planned = plan(actor, "accounts.change_settings", given)
    return show(planned) if dry_run else do(planned, fresh_key(key))


@account.command("plan")
@click.argument("plan_code", metavar="PLAN", type=click.Choice(list(PLANS)))
@writing
def change_plan(actor: Actor, plan_code: str, key: str | None, dry_run: bool) -> int:
    """Put the account on another plan."""
    from usher.journal.verb import plan

    from .doing import do, show

    planned = plan(actor, "accounts.change_plan", {"plan": plan_code})
    return show(planned) if dry_run else do(planned, fresh_key(key))


@account.command("api-limits")
@click.argument("state", type=click.Choice(["on", "off"]))
@writing
def switch_limits(actor: Actor, state: str, key: str | None, dry_run: bool) -> int:
    """Limit the calls of the account's programs as its plan says, or not at all."""
    from usher.journal.verb import plan

    from .doing import do, show

    planned = plan(actor, "accounts.switch_api_limits", {"on": state == "on"})
    return show(planned) if dry_run else do(planned, fresh_key(key))


@account.command("transfer-owner")
@click.argument("email")
@writing
def transfer_owner(actor: Actor, email: str, key: str | None, dry_run: bool) -> int:
    """Hand the account to somebody active, when its owner is gone or never came in."""
    from usher.journal.verb import plan

    from .doing import do, show

    planned = plan(actor, "access.transfer_ownership", {"to": email})
    return show(planned) if dry_run else do(planned, fresh_key(key))


@click.command()
@account_option
@beside_server
def products(account: Any) -> None:
    """List what can be bought, with the account's seats when there is one account to speak of."""
    from usher.licenses.catalog import PRODUCTS

    from .columns import lined_up

    ledger = _ledger(account)
    none = {"bought": 0, "used": 0, "pending": 0, "held": 0, "free": 0}
    found = [
        {"product": p.code, "name": p.name, "kind": p.kind, "needs": sorted(p.needs), "excludes": sorted(p.excludes)}
        | (ledger.get(p.code, none) if ledger is not None else {})
        for p in PRODUCTS.values()
    ]
    heading = ["product", "name", "kind", *(none if ledger is not None else ())]
    emit({"products": found}, text=lined_up(heading, [[p[c] for c in heading] for p in found]))


def _ledger(account: Any) -> dict[str, dict[str, int]] | None:
    """product -> its seats; None when no account was named and there is none, or more than one."""
    from usher.access.actors import operator
    from usher.licenses.ledger import seats

    try:
        lines = seats(operator(account))
    except Refused:
        if account:
            raise
        return None
    return {line["product"]: {k: line[k] for k in ("bought", "used", "pending", "held", "free")} for line in lines}


@click.group()
def seats() -> None:
    """Set how many seats an account has bought."""


@seats.command("set")
@click.argument("product")
@click.argument("quantity", type=int)
@writing
def set_seats(actor: Actor, product: str, quantity: int, key: str | None, dry_run: bool) -> int:
    """Set the bought quantity of a product."""
    from usher.journal.verb import plan

    from .doing import do
    from .result import Result, of_plan, tell

    planned = plan(actor, "licenses.set_seats", {"product": product, "quantity": quantity})
    if not dry_run:
        return do(planned, fresh_key(key))
    told = of_plan(planned, None)
    tell(Result({**told.answer, "seats": _seats_then(actor, product, quantity)}, told.sentence))
    return 0


def _seats_then(actor: Actor, product: str, quantity: int) -> dict[str, dict[str, int]]:
    from usher.licenses.ledger import seats as lines

    line = {"bought": 0, "free": 0, **next((s for s in lines(actor) if s["product"] == product), {})}
    return {product: {"before": line["free"], "after": max(0, line["free"] + quantity - line["bought"])}}


@click.command("sign-in-link")
@click.argument("email")
@beside_server
def sign_in_link(email: str) -> None:
    """Print a link that signs a person in once: 15 minutes; for somebody pending their invitation, with a new link."""
    from usher.access import links

    link = links.sign_in_link(email)
    emit({"email": email, "link": link}, text=link)


@click.command("remove-factors")
@click.argument("email")
@beside_server
def remove_factors(email: str) -> None:
    """Take every second factor of a person away who has lost them; their password is enough again, and their sessions end."""
    from usher.access import lost_factors

    lost_factors.remove_all(email)
    emit({"email": email}, text=f"{email} has no second factor any more. Their sessions have ended; a mail tells them.")
