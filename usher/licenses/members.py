"""All members at once from one Workplace license to another; administrators are left alone (S0-54 … S0-57, R12)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.administrators import left_alone
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import reason, register

from .catalog import PRODUCTS, what_is_wrong
from .seats import NEW_LICENSE, WorkplaceSeat
from .verbs import ChangeLicense

OWNER = reason("owner_stays", gettext_lazy("the owner: only members are meant"))
ADMIN = reason("admin_stays", gettext_lazy("an admin: only members are meant"))
HOLDER = reason("role_stays", gettext_lazy("has the role %(name)s: only members are meant"))
OTHER_LICENSE = reason("other_license", gettext_lazy("holds another license by now"))


class MembersSeat(WorkplaceSeat):
    """The Workplace license of members, and of nobody who became an administrator since it was planned. One more parameter: from."""

    left_alone = f"{left_alone(OWNER, ADMIN, HOLDER)} WHEN s.license IS DISTINCT FROM %(from)s THEN '{OTHER_LICENSE}'"
    write = f"did AS ({NEW_LICENSE} AND t.role = 'member' RETURNING t.user_id AS obj)"


@register
class ChangeMembersLicense(ChangeLicense):
    """Give every member who holds one Workplace license another one, people who are still invited too. Parameters: from, license; order, who is first.

    Refuses twice the same license (same_license). Skipped: administrators, by the name of their role; who holds an add-on that the new one cannot carry.
    """

    name = "licenses.change_members_license"
    privilege = "people:advanced:manage"
    parts = (MembersSeat(),)
    keeps_scope = False  # everybody of the account is meant

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        everybody = {"query": {"license": [str(params.get("from"))]}, "order": params.get("order", "")}
        return super().check(actor, {**params, "subjects": params.get("subjects", everybody)})

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        wrong = what_is_wrong(str(params.get("from") or ""), [])
        if wrong:
            raise Refused("invalid", "unknown_license", wrong, field="from")
        wish = super().wish(actor, params)
        if wish["license"] == params["from"]:
            words = _("They are %(license)s already. Choose two different licenses.") % {"license": PRODUCTS[params["from"]].name}
            raise Refused("invalid", "same_license", words, field="license")
        return {**wish, "from": params["from"]}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().terms(params), "from": params["from"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0%(old)s member will be %(new)s.", "%(n)s\u00a0%(old)s members will be %(new)s.", will)
        return told % {"n": figure(will), **names_of(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0%(old)s member became %(new)s", "%(n)s\u00a0%(old)s members became %(new)s", done)
        return told % {"n": figure(done), **names_of(params)}


def names_of(params: Mapping[str, Any]) -> dict[str, str]:
    return {"old": PRODUCTS[params["from"]].name, "new": PRODUCTS[params["license"]].name}
