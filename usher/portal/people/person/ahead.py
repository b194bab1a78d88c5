"""What is to come for one person, as notices at the head of the profile, with the ways to do it now or to cancel it (portal.md section 7)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.ids import short
from usher.journal.names import long_day
from usher.journal.plan import words_of
from usher.licenses.catalog import BASIC, PRODUCTS
from usher.licenses.waiting import of_person
from usher.lifecycle.dates import DEACTIVATE, END_LICENSE
from usher.lifecycle.due import dates_of


def ahead(actor: Actor, user: UUID) -> list[dict[str, Any]]:
    """One notice for each date of a person."""
    path = f"/people/{short(user)}"
    return [
        {
            "words": words(d),
            "kind": "" if d["state"] == "waiting" else "warn",
            "more": why(d),
            "plan": f"/changes/{d['number']}",
            "now": "" if d["state"] == "waiting" else do_now(d),
            "cancel": "/people/dates/cancellations?" + urlencode({"ids": short(d["id"]), "back": path}),
        }
        for d in dates_of(actor, user)
    ]


def queued(actor: Actor, user: UUID) -> list[dict[str, Any]]:
    """The same for each seat a person waits for."""
    back = f"/people/{short(user)}"
    return [
        {
            "words": _("Waits for %(product)s, place %(place)s.") % {"product": PRODUCTS[w["product"]].name, "place": w["place"]},
            "kind": "",
            "more": _("They get it as soon as a seat is free."),
            "plan": f"/changes/{w['number']}",
            "now": "",
            "cancel": "/account/subscriptions/waiting/removals?" + urlencode({"ids": short(w["id"]), "back": back}),
        }
        for w in of_person(actor, user)
    ]


def words(date: Mapping[str, Any]) -> str:
    """What, and when."""
    told = {"day": long_day(date["day"]), "product": PRODUCTS[date["product"]].name if date["product"] in PRODUCTS else date["product"]}
    if date["state"] == "waiting":
        return (_("Will be deactivated on %(day)s.") if date["what"] == DEACTIVATE else _("Keeps %(product)s until %(day)s.")) % told
    return (_("Was to be deactivated on %(day)s.") if date["what"] == DEACTIVATE else _("Was to keep %(product)s until %(day)s.")) % told


def why(date: Mapping[str, Any]) -> str:
    """Why it did not happen."""
    if date["state"] == "held_back":
        return _("It was held back, because C-%(number)s changed them since the date was set.") % {"number": date["note"]}
    return _("It could not be done: %(reason)s.") % {"reason": words_of(date["note"])} if date["state"] == "failed" else ""


def do_now(date: Mapping[str, Any]) -> str:
    """The plan of the same, for now."""
    user = short(date["user_id"])
    if date["what"] == DEACTIVATE:
        content = date["params"].get("content") or {}
        heir = content.get("heir", "")
        choice = (
            [("content", "manager" if heir == "manager" else "person"), ("asked", "1"), *(("kinds", k) for k in content.get("kinds", ()))]
            if heir
            else []
        )
        return f"/people/{user}/deactivation?" + urlencode([*choice, *([("heir", heir)] if heir and heir != "manager" else [])])
    if date["what"] == END_LICENSE:
        return "/people/license-changes?" + urlencode({"ids": user, "license_to": BASIC})
    return "/people/add-on-changes?" + urlencode({"ids": user, "add_on_how": "take", "add_on_to": date["product"]})
