"""Content goes from people to an heir: of a set of people, or item by item (S4-14, S4-15, S4-17, S4-45)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.content import selection as item_selection
from usher.content.parts import HandOver, checked_kinds, kinds_of
from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Verb, register
from usher.people import selection
from usher.people.marks import of_many, why_spared
from usher.people.scope import within
from usher.people.verbs.profile import name_of

MANAGER = "manager"  # instead of an heir: each one's own
ALL_KINDS = ("meeting", "webinar", "recording", "whiteboard", "note")


def of_people(params: Mapping[str, Any]) -> str:
    """The people chosen, each with the one heir or with their manager."""
    who = selection.sql_of(params["owners"])
    spared = why_spared("p.id") if of_many(params["owners"]) else "NULL::text"
    if params["heir"] != MANAGER:
        return f"SELECT row_number() OVER (ORDER BY p.id)::int AS ord, p.id AS user_id, %(heir)s::uuid AS heir, {spared} AS why_not FROM ({who}) p"
    return f"""SELECT row_number() OVER (ORDER BY p.id)::int AS ord, p.id AS user_id, p.manager_id AS heir,
               coalesce({spared}, CASE WHEN p.manager_id IS NULL THEN 'no_manager' END) AS why_not FROM people_user p WHERE p.id IN ({who})"""


def of_items(params: Mapping[str, Any]) -> str:
    """Whoever owns one of the items chosen."""
    return f"""SELECT row_number() OVER (ORDER BY w.owner_id)::int AS ord, w.owner_id AS user_id, %(heir)s::uuid AS heir, NULL::text AS why_not
               FROM (SELECT DISTINCT x.owner_id FROM ({item_selection.sql_of(params["items"])}) c JOIN content_standing x ON x.item_id = c.id) w"""


class ChosenItems(HandOver):
    """Only the items chosen move, and nothing that arrives meanwhile."""

    asks_again = False

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"SELECT r.* FROM ({super().rows(params)}) r WHERE r.obj IN ({item_selection.sql_of(params['items'])})"


def checked_heir(actor: Actor, heir: Any) -> dict[str, str]:
    """The heir's id and name. Refuses (invalid, no_heir) who is not here or not active: nobody of another account exists (TENANT-04)."""
    text = str(heir or "").strip()
    try:
        clause, key = "u.id = %(k)s", str(UUID(text))
    except ValueError:
        clause, key = "u.canonical = %(k)s", looked_up(text)
    found = sql.row(
        f"""SELECT u.id::text AS heir, {name_of("u")} AS heir_name, s.status FROM people_user u JOIN people_standing s ON s.user_id = u.id
            WHERE u.account_id = %(a)s AND u.left_at IS NULL AND {clause}{within(actor)}""",
        {"a": actor.account_id, "k": key},
    )
    if found is None:
        words = _("Nobody here has this address. Type the e-mail address of the person who shall have the content.")
        raise Refused("invalid", "no_heir", words, field="heir")
    if found["status"] != "active":
        words = _("%(name)s is not active and cannot take content over. Choose somebody who is.") % {"name": found["heir_name"]}
        raise Refused("invalid", "heir_inactive", words, field="heir")
    return {"heir": found["heir"], "heir_name": found["heir_name"]}


class _ToHeir(Verb):
    """The shared half: the words, and the parameters of the part."""

    privilege = "content:item:manage"

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["heir"] == MANAGER:
            return ngettext("%(n)s\u00a0item goes to its owner’s manager.", "%(n)s\u00a0items go to their owners’ managers.", will) % {
                "n": figure(will)
            }
        told = ngettext("%(n)s\u00a0item goes to %(heir)s.", "%(n)s\u00a0items go to %(heir)s.", will)
        return told % {"n": figure(will), "heir": params["heir_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if params["heir"] == MANAGER:
            return ngettext("%(n)s\u00a0item went to its owner’s manager", "%(n)s\u00a0items went to their owners’ managers", done) % {
                "n": figure(done)
            }
        told = ngettext("%(n)s\u00a0item went to %(heir)s", "%(n)s\u00a0items went to %(heir)s", done)
        return told % {"n": figure(done), "heir": params["heir_name"]}

    def undo_words(self, done: int) -> str:
        return _("Every item goes back to whoever had it, unless it changed hands again since.")


@register
class HandOverContent(_ToHeir):
    """Give the content of each of a set of people to one heir, or to each one's manager. Parameters: owners, kinds (names of parts.MOVABLE), heir.

    May be done again: a second time moves what came since. Skipped: see parts.HandOver. Refuses (invalid) unknown kinds (kinds) and an heir who
    is not here (no_heir) or not active (heir_inactive).
    """

    name = "content.hand_over"
    parts = (HandOver(of_people),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        to = {"heir": MANAGER} if params.get("heir") == MANAGER else checked_heir(actor, params.get("heir"))
        return {"owners": selection.checked(actor, params.get("owners")), "kinds": checked_kinds(params.get("kinds")), **to}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"kinds": kinds_of(params["kinds"]), "heir": params["heir"], **selection.params_of(params["owners"])}


@register
class Transfer(_ToHeir):
    """Give a set of items to one heir, whoever has them. Parameters: items, heir. Skips and refuses what hand_over does."""

    name = "content.transfer"
    parts = (ChosenItems(of_items),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"items": item_selection.checked(params.get("items")), **checked_heir(actor, params.get("heir"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"kinds": list(ALL_KINDS), "heir": params["heir"], **item_selection.params_of(params["items"])}
