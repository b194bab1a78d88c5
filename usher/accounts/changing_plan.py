"""Another plan for an account: the operator's verb. What the old one had and the new one has not stays, and rests."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import listed
from usher.journal.verb import Part, Verb, register

from .plans import PLANS


class PlanPart(Part):
    """The plan of the account. Parameter: plan."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, a.id AS obj, a.version, jsonb_build_object('plan', a.plan) AS before, jsonb_build_object('plan', %(plan)s::text) AS after,
                  CASE WHEN a.plan = %(plan)s::text THEN 'already' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM accounts_account a WHERE a.id = %(account)s"""

    write = """did AS (UPDATE accounts_account t SET plan = ok.after->>'plan', version = t.version + 1 FROM ok
               WHERE t.id = ok.obj AND t.plan = ok.before->>'plan' RETURNING t.id AS obj)"""


@register
class ChangePlan(Verb):
    """Put the account on another plan. Only the operator of the machine may (operator_only). Refuses (invalid, unknown_plan) what is no plan."""

    name = "accounts.change_plan"
    privilege = "accounts:account:manage"
    parts = (PlanPart(),)
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "operator":
            raise Refused("forbidden", "operator_only", _("Only the operator of this machine changes the plan of an account."))
        if str(params.get("plan")) not in PLANS:
            words = _("There is no plan %(plan)s. Known: %(plans)s.") % {"plan": params.get("plan"), "plans": listed([*PLANS])}
            raise Refused("invalid", "unknown_plan", words, field="plan")
        return {"plan": params["plan"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The account will be on the %(plan)s plan.") % {"plan": PLANS[params["plan"]].name}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The account was put on the %(plan)s plan") % {"plan": PLANS[params["plan"]].name}
