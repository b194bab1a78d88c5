"""The same of what is one's own: everybody schedules, changes and puts away what is theirs, and nothing of anybody else's (S4-34, OAUTH-21)."""

from typing import Any

from django.utils.translation import gettext as _

from usher.content import reads
from usher.content.reads import MANAGE, OWN
from usher.content.verbs.editing import Change
from usher.content.verbs.making import Create
from usher.content.verbs.trash import Delete, PutAway
from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found
from usher.journal.verb import register


@register
class CreateOwn(Create):
    """Create items for oneself. Parameter: items. Refuses (forbidden, oneself) one for anybody else, and what create does."""

    name = "content.create_own"
    privilege, undo_privilege = OWN, MANAGE
    keeps_scope = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        checked = super().check(actor, params)
        if {item["owner"] for item in checked["items"]} != {str(actor.user_id)}:
            raise Refused("forbidden", "oneself", _("Only people themselves add what is their own."))
        return checked


@register
class ChangeOwn(Change):
    """Change what one of one's own items says of itself. Parameters: items (one id), wanted. Refuses (missing) another's, and what change does."""

    name = "content.change_own"
    privilege, undo_privilege = OWN, MANAGE
    keeps_scope = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        checked = super().check(actor, params)
        return {**checked, "items": only_own(actor, checked["items"])}


class PutOwnAway(PutAway):
    """Only what is still the actor's: a hand-over may have come between reading and writing."""

    write = """did AS (UPDATE content_standing t SET trashed_at = %(now)s, version = t.version + 1 FROM ok
               WHERE t.item_id = ok.obj AND t.owner_id = %(actor)s AND t.trashed_at IS NULL RETURNING t.item_id AS obj)"""


@register
class DeleteOwn(Delete):
    """Put some of one's own items in the trash for 30 days. Parameter: items (ids). Refuses (missing) another's."""

    name = "content.delete_own"
    privilege, undo_privilege = OWN, MANAGE
    keeps_scope = True
    parts = (PutOwnAway(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"items": only_own(actor, super().check(actor, params)["items"])}


def only_own(actor: Actor, items: dict[str, Any]) -> dict[str, Any]:
    """A selection by ids that means the actor's own items alone, at every stage. Refused (missing) when one is another's, or no item at all."""
    ids = items.get("ids") or ()
    if not ids or not reads.are_own(actor, ids):
        raise not_found(_("This item"))
    return {"ids": ids, "own": True}
