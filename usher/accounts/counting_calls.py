"""Whether the calls of an account's programs are counted against limits (README 1, Rate limits; S4-43): the operator's switch."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, register


class LimitsPart(Part):
    """The switch of the account. Parameter: on."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, a.id AS obj, a.version, jsonb_build_object('api_limits', a.api_limits) AS before,
                  jsonb_build_object('api_limits', %(on)s::boolean) AS after, CASE WHEN a.api_limits = %(on)s::boolean THEN 'already' END AS skip,
                  NULL::text AS takes, NULL::text AS gives FROM accounts_account a WHERE a.id = %(account)s"""

    write = """did AS (UPDATE accounts_account t SET api_limits = (ok.after->>'api_limits')::boolean, version = t.version + 1 FROM ok
               WHERE t.id = ok.obj AND t.api_limits = (ok.before->>'api_limits')::boolean RETURNING t.id AS obj)"""


@register
class SwitchLimits(Verb):
    """Count the calls of the account's programs, or count them no more. Parameter: on. Only the operator of the machine may (operator_only)."""

    name = "accounts.switch_api_limits"
    privilege = "accounts:account:manage"
    parts = (LimitsPart(),)
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "operator":
            raise Refused("forbidden", "operator_only", _("Only the operator of this machine switches the limits of the API."))
        if not isinstance(params.get("on"), bool):
            raise Refused("invalid", "on_or_off", _("Say on or off."), field="on")
        return {"on": params["on"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("Calls of the API will be limited.") if params["on"] else _("Calls of the API will not be limited.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Calls of the API are limited") if params["on"] else _("Calls of the API are not limited")
