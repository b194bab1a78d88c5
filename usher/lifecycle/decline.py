"""Declining an invitation: the person says no, the seat comes free, the administrators see that it was declined (behaviour.md D)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan, register

from .accept import look_up
from .invitations import PendingLeave


@register
class Decline(PendingLeave):
    """The person's own verb: they do not come into the account that asked them."""

    name = "lifecycle.decline"
    privilege = "people:self:manage"
    how = "declined"
    undoable = False
    spares_marked = False

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("subjects") != {"ids": [str(actor.user_id)]}:
            raise Refused("forbidden", "oneself", _("Only the person themselves declines an invitation."))
        return {}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("You will not join this account.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("An invitation was declined")


def decline(user: UUID, secret: str, *, ip: str = "", request_id: str = "") -> None:
    """Withdraw the invitation behind a link, by its person. Refuses what look_up refuses, and the owner's setup (conflict, is_owner)."""
    with transaction.atomic():
        # The person first, as accepting does: of the two at once one finds the link used.
        sql.execute("SELECT 1 FROM people_standing WHERE user_id = %(u)s FOR NO KEY UPDATE", {"u": user})
        found = look_up(user, secret)
        if found["role"] == "owner":
            raise Refused("conflict", "is_owner", _("Whoever sets an account up is its owner and cannot decline."))
        name = f"{found['first_name']} {found['last_name']}".strip() or found["email"]
        rights = frozenset({Decline.privilege})
        person = Actor("person", found["account_id"], name, rights, "sign_in", user, request_id=request_id, ip=ip)
        engine.start(plan(person, Decline.name, {"subjects": {"ids": [str(user)]}}), f"decline:{user}")
