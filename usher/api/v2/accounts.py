"""The account: its domains, and what it has bought (README 5)."""

from typing import Any

from usher.accounts import domains
from usher.accounts.plans import may
from usher.api.operations import HEAVY, Call, operation
from usher.core import sql
from usher.core.ids import unshort
from usher.licenses.ledger import seats
from usher.zoom_wire import accounts as wire
from usher.zoom_wire.codes import Fault, WireRefused
from usher.zoom_wire.scopes import Scopes

AREA = "accounts"
RIGHT = "accounts:settings:view"
FREE = ("free", "free_with_card")
PAID_ONLY = "Only available for paid accounts."


@operation(
    "GET",
    "/accounts/{accountId}/managed_domains",
    Scopes(("account:read:managed_domains:master",), ("account:read:admin",)),
    area=AREA,
    right=domains.VIEW,
)
def managed_domains(call: Call) -> dict[str, Any]:
    """List the domains the account claims, and whether each is proven."""
    refuse_another(call)
    found = domains.all_of(call.actor)
    if not may(call.actor, "managed_domains"):
        raise WireRefused(Fault(200, 200, f"Only available for paid accounts: {call.path['accountId'][:64]}."))
    return {"domains": [wire.domain(d) for d in found], "total_records": len(found)}


@operation(
    "GET",
    "/accounts/{accountId}/trusted_domains",
    Scopes(("account:read:trusted_domains:master",), ("account:read:admin",)),
    area=AREA,
    right=domains.VIEW,
)
def trusted_domains(call: Call) -> dict[str, Any]:
    """List the domains the account has proven are its own."""
    refuse_another(call)
    return {"trusted_domains": [d["name"] for d in domains.all_of(call.actor) if d["state"] == "verified"]}


@operation(
    "GET",
    "/accounts/{accountId}/plans/usage",
    Scopes(("billing:read:plan_usage:admin", "billing:read:plan_usage:master"), ("billing:master", "account:master")),
    area="billing",
    label=HEAVY,
    right="licenses:subscription:view",
)
def plan_usage(call: Call) -> dict[str, Any]:
    """Count what was bought and what of it is used."""
    refuse_another(call)
    call.actor.require("licenses:subscription:view")
    plan = sql.value("SELECT plan FROM accounts_account WHERE id = %(a)s", {"a": call.actor.account_id})
    if plan in FREE:
        raise WireRefused(Fault(400, 200, PAID_ONLY))
    return wire.usage(plan, {s["product"]: s for s in seats(call.actor)})


def refuse_another(call: Call) -> None:
    """404 with code 2001 for every account but the caller's own: `me`, or its id."""
    told = call.path["accountId"]
    try:
        known = told == "me" or unshort(told) == call.actor.account_id
    except ValueError:
        known = False
    if not known:
        raise WireRefused(Fault(404, 2001, f"Account does not exist: {told[:64]}."))
