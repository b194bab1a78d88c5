"""The commands about managed domains: domains list, claim, check, set, release."""

from typing import Any

import click

from usher.core.actor import Actor

from .door import emit
from .options import as_operator, fresh_key, writing

SWITCH = click.Choice(["on", "off"])


@click.group()
def domains() -> None:
    """Claim domains, prove them, and say what they do."""


@domains.command("list")
@as_operator
def list_domains(actor: Actor) -> None:
    """List the account's domains with their state, their switches and how many people are at them."""
    from usher.accounts.domains import all_of
    from usher.people.at_domain import at_domains

    from .columns import lined_up

    found = all_of(actor)
    counts = at_domains(actor, [d["name"] for d in found])
    told = [{**_public(d), "people": counts[d["name"]].people, "came_in": counts[d["name"]].came_in} for d in found]
    columns = ("domain", "state", "manage", "consolidate", "sign_up", "people", "came_in")
    lines = [[_on_off(d[c]) for c in columns] for d in told]
    emit({"domains": told}, text=lined_up(columns, lines) or "No domain was claimed yet.")


def _public(domain: dict[str, Any]) -> dict[str, Any]:
    """A domain as the command line tells it (docs/guide/command-line.md)."""
    from usher.accounts.proof import FILE_URL, record_of

    columns = (
        "state",
        "how",
        "manage",
        "consolidate",
        "sign_up",
        "license",
        "claimed_at",
        "verified_at",
        "checked_at",
        "missing_since",
        "found",
    )
    group = str(domain["group_id"]) if domain["group_id"] else None
    told = {
        "id": str(domain["id"]),
        "domain": domain["name"],
        "record": record_of(domain["token"]),
        "file": FILE_URL.format(domain=domain["name"]),
    }
    return {**told, **{c: domain[c] for c in columns}, "group": group}


def _on_off(value: Any) -> Any:
    return ("on" if value else "off") if isinstance(value, bool) else value


@domains.command("claim")
@click.argument("domain")
@writing
def claim(actor: Actor, domain: str, key: str | None, dry_run: bool) -> int:
    """Claim a domain; `usher domains check` then prints the record that proves it."""
    from usher.journal.verb import plan

    from .doing import do, show

    planned = plan(actor, "accounts.claim_domain", {"domain": domain})
    return show(planned) if dry_run else do(planned, fresh_key(key))


@domains.command("check")
@click.argument("domain")
@as_operator
def check(actor: Actor, domain: str) -> int:
    """Look for the proof now. Exit 3 when it is not there; then the record to publish, and what was found instead."""
    from usher.accounts.domains import by_name
    from usher.accounts.proof import check as look

    from .door import DONE, REFUSED

    how = look(actor.account_id, by_name(actor, domain)["id"])
    told = _public(by_name(actor, domain))
    lines = ["Publish this TXT record at the domain, or give the same text in the file:", f"  {told['record']}", f"  {told['file']}"]
    emit(
        {**told, "proven": bool(how)},
        text=f"{told['domain']}: proven by {how}." if how else "\n".join([f"{told['domain']}: not proven.", *lines]),
    )
    return DONE if how else REFUSED


@domains.command("set")
@click.argument("domain")
@click.option("--manage", type=SWITCH, help="Its people cannot be unlinked, and nobody at it joins another account.")
@click.option("--consolidate", type=SWITCH, help="People with an own account at it are asked to join.")
@click.option("--sign-up", type=SWITCH, help="Anybody at it can join by a link in a mail.")
@click.option("--license", metavar="PRODUCT", help="What who joins gets.")
@click.option("--group", metavar="NAME", help="Where who joins is put; empty: the default group.")
@writing
def set_domain(actor: Actor, domain: str, key: str | None, dry_run: bool, **wished: str | None) -> int:
    """Change what a verified domain does."""
    from usher.accounts.domains import by_name
    from usher.journal.verb import plan

    from .doing import do, show

    wish = {k: v == "on" if k in ("manage", "consolidate", "sign_up") else v for k, v in wished.items() if v is not None}
    planned = plan(actor, "lifecycle.change_domain", {"id": str(by_name(actor, domain)["id"]), **wish})
    return show(planned) if dry_run else do(planned, fresh_key(key))


@domains.command("release")
@click.argument("domain")
@writing
def release(actor: Actor, domain: str, key: str | None, dry_run: bool) -> int:
    """Give a domain up: its people are like everybody, and another account can prove it."""
    from usher.accounts.domains import by_name
    from usher.journal.verb import plan

    from .doing import do, show

    planned = plan(actor, "accounts.release_domain", {"id": str(by_name(actor, domain)["id"])})
    return show(planned) if dry_run else do(planned, fresh_key(key))
