"""What an account plan can do: one table, which the operator edits (`usher plans`), and the one function every door asks (S0-3, S0-4, S1-4, S2-4, R7)."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import listed


@dataclass(frozen=True)
class AccountPlan:
    code: str
    name: str


PLANS: dict[str, AccountPlan] = {
    p.code: p
    for p in (
        AccountPlan("free", "Free"),
        AccountPlan("free_with_card", "Free with credit card"),
        AccountPlan("pro", "Pro"),
        AccountPlan("business", "Business"),
        AccountPlan("education", "Education"),
        AccountPlan("enterprise", "Enterprise"),
    )
}
CAPABILITIES: dict[str, str | Promise] = {
    "user_management": gettext_lazy("User Management"),
    "import": gettext_lazy("importing people from a file"),
    "custom_roles": gettext_lazy("roles of one’s own"),
    "managed_domains": gettext_lazy("managed domains"),
    "phone": gettext_lazy("Phone"),
    "contact_center": gettext_lazy("Contact Center"),
    "psi": gettext_lazy("Phone System Integration"),
}
# What a right is about -> the capability without which nobody has anything of it. The clock goes on with what there is.
AREAS = {
    "people:user": "user_management",
    "people:group": "user_management",
    "people:im_group": "user_management",
    "people:advanced": "user_management",
    "people:mark": "user_management",
    "phone:user": "phone",
    "phone:number": "phone",
    "phone:package": "phone",
    "phone:site": "phone",
    "phone:template": "phone",
    "phone:settings": "phone",
    "phone:log": "phone",
}


def has(plan: str, capability: str) -> str:
    """SQL that is true when a plan has a capability; both are columns, literals or parameters."""
    return f"EXISTS (SELECT 1 FROM accounts_plancapability pc WHERE pc.plan = {plan} AND pc.capability = {capability})"


def all_of(plan: str) -> str:
    """SQL of the capabilities of a plan, as an array."""
    return f"ARRAY(SELECT pc.capability FROM accounts_plancapability pc WHERE pc.plan = {plan})"


def may(actor: Actor, capability: str) -> bool:
    """Whether the plan of the actor's account has it. Asks the database only for an actor who was made without knowing."""
    if actor.capabilities is not None:
        return capability in actor.capabilities
    query = f"SELECT {has('a.plan', '%(c)s')} FROM accounts_account a WHERE a.id = %(a)s"
    return bool(sql.value(query, {"a": actor.account_id, "c": capability}))


def require(actor: Actor, capability: str) -> None:
    """Refuse (forbidden, plan) without it, and name the plans that have it."""
    if not may(actor, capability):
        words = _("The plan of this account is without %(area)s. No plan has it. Whoever runs this server can change what plans have.")
        if plans := plans_with(capability):
            words = _(
                "The plan of this account is without %(area)s. These plans have it: %(plans)s. Whoever runs this server can change the plan."
            )
        told = {"area": CAPABILITIES[capability], "plans": listed(plans)}
        raise Refused("forbidden", "plan", words % told, details={"capability": capability})


def require_area(actor: Actor, privilege: str) -> None:
    """The same by a right that is used: the gate of every page and every verb."""
    capability = AREAS.get(privilege.rpartition(":")[0])
    if capability and actor.kind != "system":
        require(actor, capability)


def plans_with(capability: str) -> list[str]:
    """The names of the plans that have it, the smallest first."""
    found = {r["plan"] for r in sql.rows("SELECT plan FROM accounts_plancapability WHERE capability = %(c)s", {"c": capability})}
    return [p.name for p in PLANS.values() if p.code in found]


def table() -> dict[str, list[str]]:
    """plan -> its capabilities."""
    found = {(r["plan"], r["capability"]) for r in sql.rows("SELECT plan, capability FROM accounts_plancapability")}
    return {plan: [c for c in CAPABILITIES if (plan, c) in found] for plan in PLANS}


def allow(plan: str, capability: str) -> bool:
    """Give a plan a capability; whether it was new. For the operator: it holds for every account on the plan, from the next request on."""
    return bool(
        sql.execute(
            "INSERT INTO accounts_plancapability (plan, capability) VALUES (%(p)s, %(c)s) ON CONFLICT DO NOTHING", _pair(plan, capability)
        )
    )


def forbid(plan: str, capability: str) -> bool:
    """Take it away; whether it was there. What people made with it stays, and rests."""
    return bool(sql.execute("DELETE FROM accounts_plancapability WHERE plan = %(p)s AND capability = %(c)s", _pair(plan, capability)))


def _pair(plan: str, capability: str) -> dict[str, Any]:
    if plan not in PLANS or capability not in CAPABILITIES:
        known = listed([*PLANS]) if plan not in PLANS else listed([*CAPABILITIES])
        raise Refused(
            "invalid",
            "unknown_plan",
            _("There is no %(name)s. Known: %(known)s.") % {"name": plan if plan not in PLANS else capability, "known": known},
        )
    return {"p": plan, "c": capability}
