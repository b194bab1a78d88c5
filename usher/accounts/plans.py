"""What an account plan can do: one table, editable by the operator (S0-3, S0-4, S1-4, S2-4, R7)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountPlan:
    code: str
    name: str
    capabilities: frozenset[str]


_MANAGED = frozenset({"user_management"})
_PAID = _MANAGED | {"contact_center", "phone", "custom_roles", "import"}

PLANS: dict[str, AccountPlan] = {
    p.code: p
    for p in (
        AccountPlan("free", "Free", frozenset()),
        AccountPlan("free_with_card", "Free with credit card", _MANAGED | {"import"}),
        AccountPlan("pro", "Pro", _PAID),
        AccountPlan("business", "Business", _PAID | {"psi", "managed_domains"}),
        AccountPlan("education", "Education", _PAID | {"managed_domains"}),
        AccountPlan("enterprise", "Enterprise", _PAID | {"psi", "managed_domains"}),
    )
}


def plans_with(capability: str) -> list[str]:
    """The names of the plans that have it, for a refusal that says what to do."""
    return [p.name for p in PLANS.values() if capability in p.capabilities]
