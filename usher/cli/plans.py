"""The commands about what accounts on each plan have: list, allow, forbid."""

import click

from .door import beside_server, emit
from .options import refusing


@click.group()
def plans() -> None:
    """Say what accounts on each plan have; it holds for all of them at once."""


@plans.command("list")
@beside_server
def list_plans() -> None:
    """List the plans with their capabilities."""
    from usher.accounts.plans import table

    from .columns import lined_up

    found = table()
    emit({"plans": found}, text=lined_up(["plan", "has"], [[plan, ", ".join(has) or "nothing"] for plan, has in found.items()]))


@plans.command("allow")
@click.argument("plan")
@click.argument("capability")
@beside_server
def allow(plan: str, capability: str) -> None:
    """Give a plan a capability."""
    refusing(_allow, plan=plan, capability=capability)


def _allow(plan: str, capability: str) -> None:
    from usher.accounts.plans import allow

    new = allow(plan, capability)
    emit({"plan": plan, "capability": capability, "changed": new}, text=f"{plan} has {capability}{'.' if new else ' already.'}")


@plans.command("forbid")
@click.argument("plan")
@click.argument("capability")
@beside_server
def forbid(plan: str, capability: str) -> None:
    """Take a capability from a plan. What was made with it stays, and rests."""
    refusing(_forbid, plan=plan, capability=capability)


def _forbid(plan: str, capability: str) -> None:
    from usher.accounts.plans import forbid

    had = forbid(plan, capability)
    emit(
        {"plan": plan, "capability": capability, "changed": had},
        text=f"{plan} has {capability} no more." if had else f"{plan} never had {capability}.",
    )
