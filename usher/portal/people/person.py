"""One person: who they are, what they hold, what happened to them lately (S0-9, S0-10, S0-14)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access.actors import name_of
from usher.access.roles import NAMES as ROLES
from usher.core import sql
from usher.core.actor import Actor
from usher.journal import reads as journal
from usher.licenses.catalog import PRODUCTS
from usher.people import reads
from usher.portal.changes.pages import described
from usher.portal.page import SignedIn, page
from usher.portal.people.pages import pending_acts, user_acts
from usher.portal.people.people_list import STATUS

TOUCHED = f"{journal.CHANGE} WHERE c.account_id = %(a)s AND c.id IN (SELECT change_id FROM journal_effect WHERE obj = %(o)s) ORDER BY c.number DESC LIMIT 8"


@page("people:user:view")
def person(request: SignedIn, person_id: UUID) -> HttpResponse:
    """The overview of one person of this account; anybody else does not exist here."""
    found = reads.person(request.actor, person_id)
    acts = pending_acts(found) if found["status"] == "pending" else user_acts(found)
    context = {
        "person": found,
        "name": name_of(found),
        "status": STATUS[found["status"]],
        "role": ROLES[found["role"]],
        "license": PRODUCTS[found["license"]].name if found["license"] else _("none"),
        "add_ons": [PRODUCTS[a].name for a in found["add_ons"] if a in PRODUCTS],
        "acts": acts[1:] if request.actor.may("people:user:manage") else [],
        "lately": lately(request.actor, person_id),
        "invitation": invitation(request.actor, person_id) if found["status"] == "pending" else None,
    }
    return render(request, "people/person.html", context)


def lately(actor: Actor, person_id: UUID) -> list[dict[str, Any]] | None:
    """The changes that touched this person, newest first; None without the right to see changes."""
    if not actor.may("journal:change:view"):
        return None
    found = sql.rows(TOUCHED, {"a": actor.account_id, "o": person_id})
    return [described(c) for c in found]


def invitation(actor: Actor, person_id: UUID) -> dict[str, Any] | None:
    return sql.row(
        "SELECT sent_at, expires_at FROM people_invitation WHERE account_id = %(a)s AND user_id = %(u)s AND state = 'open'",
        {"a": actor.account_id, "u": person_id},
    )
