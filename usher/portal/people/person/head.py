"""What stands around every tab of a person: head, verbs, tabs, and at most one notice about what is to come (portal.md section 7)."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.access.actors import name_of
from usher.access.roles import called
from usher.core.actor import Actor
from usher.core.ids import short
from usher.journal.names import listed
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle.reads import departure
from usher.people.marks import KINDS as MARKS
from usher.people.marks import mark_of
from usher.people.person import person
from usher.portal.effects import LABELS, value_in_words
from usher.portal.people.acts import acts_of
from usher.portal.people.people_list import STATUS
from usher.portal.people.person.ahead import ahead, queued

RIGHTS = {
    "activity": "journal:change:view",
    "content": "content:item:view",
    "phone": "phone:user:view",
}  # tabs that need a right of their own
BUTTONS = 2  # verbs that stand as buttons; the others are in the menu beside them


def around(actor: Actor, person_id: UUID, tab: str) -> dict[str, Any]:
    """The context of person_frame.html, with the person as `person`. Refused (missing) for anybody who is not here."""
    found = person(actor, person_id)
    acts = acts_of(actor, found) if actor.may("people:user:manage") else []
    return {
        "person": found,
        "name": name_of(found),
        "status": STATUS[found["status"]],
        "mark": MARKS.get(found["mark"], ""),
        "marked": mark_of(actor, person_id) if found["mark"] else None,
        "role": called(found),
        "rights": f"/roles/effective/{short(person_id)}" if actor.may("access:role:view") else "",
        "buttons": acts[:BUTTONS],
        "more": acts[BUTTONS:],
        "closed": next((a.why_not for a in acts[:1] if a.why_not), ""),
        "tabs": tabs(actor, found, tab),
        "waiting": in_words(found["edits"]),
        "ahead": [*ahead(actor, person_id), *queued(actor, person_id)],
        "away": away(actor, found),
    }


def tabs(actor: Actor, found: dict[str, Any], tab: str) -> list[dict[str, Any]]:
    """The tabs this actor may open, the open one marked."""
    base = f"/people/{short(found['id'])}"
    every = [
        ("", _("Overview"), None),
        ("licenses", _("Licenses"), len(found["seats"]) + (found["license"] is not None)),
        ("phone", _("Phone"), None),
        ("content", _("Content"), None),
        ("groups", _("Groups"), len(found["groups"])),
        ("settings", _("Settings"), None),
        ("activity", _("Activity"), None),
        ("sign-in", _("Sign-in"), None),
    ]
    return [
        {"path": f"{base}/{key}" if key else base, "words": words, "n": n, "current": key == tab}
        for key, words, n in every
        if key not in RIGHTS or actor.may(RIGHTS[key])
    ]


def away(actor: Actor, found: dict[str, Any]) -> dict[str, Any]:
    """Of somebody deactivated: since when, by whom, and what they had, to be given back (S4-19, S4-53). Nothing of anybody else."""
    told = departure(actor, found["id"]) if found["status"] == "inactive" else None
    had = [PRODUCTS[p].name for p in [told["license"], *told["add_ons"]] if p in PRODUCTS] if told else []
    return {**told, "had": listed(had)} if told else {}


def in_words(edits: list[tuple[str, Any, Any]]) -> list[dict[str, Any]]:
    """What waits for the activation of somebody pending, as lines of label, old and new."""
    return [{"label": LABELS[key], "old": value_in_words(key, old), "new": value_in_words(key, new)} for key, old, new in edits]
