"""Rows of plans and changes in words: who, from what to what, and why not."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.access.actors import name_of
from usher.access.effective import scope_in_words
from usher.access.roles import NAMES as ROLES
from usher.access.roles import called
from usher.accounts.places import ROOM_KINDS
from usher.accounts.plans import PLANS
from usher.connections.webhooks.log import STATES as DELIVERIES
from usher.content.kinds import OCCURRENCE, length_in_words
from usher.core import sql
from usher.core.actor import Actor
from usher.core.privileges import all_names, known
from usher.journal.names import listed, long_day
from usher.journal.plan import words_of
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle.join import FIELD, Near, closest_to, words_of_line
from usher.people.marks import KINDS as MARKS
from usher.people.scope import within
from usher.phone.policy import POLICY
from usher.portal.further_fields import further_in_words, setting_in_words, what_differs
from usher.portal.navigation import THEMES
from usher.portal.templatetags.usher import day, exactly

LONG = ("details", "settings", "privileges", "description", "scopes", "events")  # told on more than one line
LABELS: dict[str, str | Promise] = {
    "license": gettext_lazy("License"),
    "role": gettext_lazy("Role"),
    "scope": gettext_lazy("Covers"),
    "privileges": gettext_lazy("Rights"),
    "most": gettext_lazy("People at once"),
    "description": gettext_lazy("Description"),
    "status": gettext_lazy("Status"),
    "add_on": gettext_lazy("Add-on"),
    "add_ons": gettext_lazy("Add-ons"),
    "not_back": gettext_lazy("Not given back"),
    "waits": gettext_lazy("Waits for"),
    "bought": gettext_lazy("Seats"),
    "price": gettext_lazy("Price per seat"),
    "currency": gettext_lazy("Currency"),
    "starts": gettext_lazy("First day"),
    "ends": gettext_lazy("Last day"),
    "language": gettext_lazy("Language"),
    "theme": gettext_lazy("Theme"),
    "single_keys": gettext_lazy("Single keys"),
    "mail_when_done": gettext_lazy("A mail when long work ends"),
    "country": gettext_lazy("Country"),
    "meeting_connector": gettext_lazy("Meeting Connector"),
    "factors": gettext_lazy("Second factors"),
    "expires_at": gettext_lazy("Expires"),
    "address": gettext_lazy("E-mail"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "display_name": gettext_lazy("Display name"),
    "job_title": gettext_lazy("Job title"),
    "department": gettext_lazy("Department"),
    "user_group": gettext_lazy("User group"),
    "im_group_name": gettext_lazy("IM group"),
    "default_user_group": gettext_lazy("Default user group"),
    "default_im_group": gettext_lazy("Default IM group"),
    "manager": gettext_lazy("Manager"),
    "location": gettext_lazy("Location"),
    "cost_center": gettext_lazy("Cost center"),
    "employee_id": gettext_lazy("Employee id"),
    "time_zone": gettext_lazy("Time zone"),
    "title": gettext_lazy("Title"),
    "owner": gettext_lazy("Owner"),
    "state": gettext_lazy("State"),
    "proof": gettext_lazy("Proof"),
    "manage": gettext_lazy("Manage its people"),
    "consolidate": gettext_lazy("Ask people with an own account to join"),
    "sign_up": gettext_lazy("Let people sign up"),
    "on": gettext_lazy("Day"),
    "place": gettext_lazy("Name"),
    "room_kind": gettext_lazy("Type"),
    "site": gettext_lazy("Site"),
    "occurs": gettext_lazy("Occurs"),
    "starts_at": gettext_lazy("Starts"),
    "seconds": gettext_lazy("Length"),
    "details": gettext_lazy("Further fields"),
    "main_site": gettext_lazy("Main site"),
    "mark": gettext_lazy("Mark"),
    "plan": gettext_lazy("Plan"),
    "why": gettext_lazy("Why"),
    "extension": gettext_lazy("Extension"),
    "numbers": gettext_lazy("Direct numbers"),
    "template": gettext_lazy("Template"),
    "packages": gettext_lazy("Calling packages"),
    "lost": gettext_lazy("Somebody else’s by now"),
    "holder": gettext_lazy("Whose number"),
    "whose": gettext_lazy("Whose call"),
    "caller_id": gettext_lazy("Caller ID"),
    "calls": gettext_lazy("History of calls"),
    "recordings": gettext_lazy("Recordings"),
    "voicemails": gettext_lazy("Voicemails"),
    "code": gettext_lazy("Site code"),
    "lowest": gettext_lazy("First extension"),
    "highest": gettext_lazy("Last extension"),
    "emergency_address": gettext_lazy("Emergency address"),
    "soft_delete": gettext_lazy("Soft delete"),
    "welcome_mail": gettext_lazy("Welcome mail"),
    "site_codes": gettext_lazy("Site codes"),
    "automatic": gettext_lazy("Automatic phone assignment"),
    "active": gettext_lazy("Active"),
    "in_use": gettext_lazy("Phone"),
    "policy": gettext_lazy("Phone settings"),
    "scopes": gettext_lazy("Scopes"),
    "redirects": gettext_lazy("Redirect addresses"),
    "for_people": gettext_lazy("For people"),
    "is_public": gettext_lazy("Public"),
    "is_on": gettext_lazy("Works"),
    "url": gettext_lazy("Address"),
    "events": gettext_lazy("Events"),
    "webhook_state": gettext_lazy("State"),
    "delivery": gettext_lazy("Delivery"),
    "creator": gettext_lazy("Works with the rights of"),
    "settings": gettext_lazy("Settings"),
}
PROOFS = {"waiting": gettext_lazy("waited for"), "verified": gettext_lazy("found"), "released": gettext_lazy("given up")}  # of a domain
STATES = {"here": gettext_lazy("here"), "trash": gettext_lazy("in the trash"), "active": gettext_lazy("in use")}  # of content and phones
HEARS = {
    "new": gettext_lazy("not confirmed"),
    "on": gettext_lazy("on"),
    "paused": gettext_lazy("paused"),
    "off": gettext_lazy("off"),
}  # of a webhook
STATUSES = {
    "active": gettext_lazy("Active"),
    "inactive": gettext_lazy("Deactivated"),
    "pending": gettext_lazy("Pending"),
    "gone": gettext_lazy("Gone"),
}
# What stands in the journal -> how it is called, by what it is a value of.
CALLED: dict[str, Mapping[str, str | Promise]] = {
    "status": STATUSES,
    "role": ROLES,
    "state": STATES,
    "proof": PROOFS,
    "theme": dict(THEMES),
    "room_kind": ROOM_KINDS,
    "language": dict(settings.LANGUAGES),
    "mark": MARKS,
    "occurs": OCCURRENCE,
    "webhook_state": HEARS,
    "delivery": DELIVERIES,
    "plan": {p.code: p.name for p in PLANS.values()},
}
# Nothing there is worth a word.
EMPTY = (
    "add_on", "add_ons", "calls", "recordings", "voicemails", "license", "department", "im_group_name", "default_user_group",
    "default_im_group", "manager", "on", "site", "extension", "numbers", "template", "packages", "holder", "caller_id", "policy",
)  # fmt: skip
FIELDS: dict[str, str | Promise] = {
    "email": gettext_lazy("E-mail"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "department": gettext_lazy("Department"),
    "user_group": gettext_lazy("User group"),
    "im_group": gettext_lazy("IM group"),
    **{
        name: LABELS[name]
        for name in ("license", "add_ons", "display_name", "job_title", "location", "cost_center", "employee_id", "manager", "site")
    },
    "new_email": gettext_lazy("New e-mail"),
    "package": gettext_lazy("Package"),
    "template": LABELS["template"],
    "extension": LABELS["extension"],
    "numbers": LABELS["numbers"],
}


def in_words(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Plan rows or effects as lines of a table: ord, name, email, id (when still here), line, changes, changed, why, result, field."""
    known = people_of(actor, [r["obj"] for r in rows])
    near = closest_to(actor, [{**(r.get("after") or {}), "reason": _code(r)} for r in rows])
    return [_line(row, near, known.get(row["obj"]), actor.account_name if row["obj"] == actor.account_id else "") for row in rows]


def _code(row: dict[str, Any]) -> str:
    return str(row.get("skip") or row.get("reason") or "")


def _line(row: dict[str, Any], near: Near, person: dict[str, Any] | None, thing: str) -> dict[str, Any]:
    before, after = row.get("before") or {}, row.get("after") or {}
    told = {**before, **after}
    code = _code(row)
    return {
        "ord": row["ord"],
        "name": name_of(person) if person else thing or told.get("name") or told.get("email") or product_of(told) or _("Somebody who left"),
        "email": person["email"] if person else told.get("email", ""),
        "id": person["id"] if person else None,
        "thing": not person and not told.get("email"),
        "line": told.get("line"),
        "said": told.get("email") or told.get("name") or "",
        "changes": changes_of(before, after) + [c for x in row.get("also", ()) for c in changes_of(x["before"] or {}, x["after"] or {})],
        "changed": bool(row.get("changed")),
        "why": _sentence(words_of_line({**told, "reason": code}, near) if code and "line" in told else words_of(code) if code else ""),
        "field": FIELDS.get(told.get("field") or FIELD.get(code, ""), "") if code else "",
        "result": row.get("result", ""),
    }


def product_of(told: dict[str, Any]) -> str:
    """The name of the product an effect is about; empty when it is about none."""
    code = told.get("product", "")
    return PRODUCTS[code].name if code in PRODUCTS else code


def changes_of(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry per value that changes and has a label; somebody new has only an after. Of further fields those that differ are told."""
    before, after = what_differs(before, after)
    return [
        {
            "key": key,
            "label": LABELS[key],
            "old": told_of(key, before) if before else "",
            "new": told_of(key, after),
            "long": key in LONG,
        }
        for key in LABELS
        if key in {**before, **after} and (before.get(key) or None) != (after.get(key) or None)
    ]


def told_of(key: str, told: dict[str, Any]) -> str:
    """One value of an effect. A custom role is called what it was then."""
    return called(told) if key == "role" and told.get("role_name") else value_in_words(key, told.get(key))


def value_in_words(key: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return _("none") if key in EMPTY else ""
    if key in ("license", "add_on"):
        return PRODUCTS[value].name if value in PRODUCTS else str(value)
    if key in ("add_ons", "not_back", "waits", "packages"):
        return listed([PRODUCTS[code].name if code in PRODUCTS else code for code in value])
    if key == "scope" and isinstance(value, dict):
        return scope_in_words(value["kind"], value.get("names") or value["values"])
    if key == "privileges":
        return listed(
            [
                str(known(name).words)
                for name in value
                if (name in all_names() and name.replace(":view", ":manage") not in value) or ":manage" in name
            ]
        )
    if key in CALLED:
        return str(CALLED[key].get(value, value))
    if key in ("scopes", "redirects", "numbers", "lost", "events"):
        return listed(value)
    if key == "starts_at":
        return exactly(datetime.fromisoformat(value))
    if key == "seconds":
        return length_in_words(value)
    if key == "settings":
        return listed([f"{name}: {setting_in_words(one)}" for name, one in value.items()])
    if key == "details":
        return listed(further_in_words(value))
    if key == "policy":
        return listed([str(POLICY[k][v]) for k, v in value.items() if v in POLICY.get(k, {})])
    if key == "in_use":
        return str(STATES["active"] if value else STATUSES["inactive"])
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if key == "price":
        return str(number_format(value, 2, force_grouping=True))
    if key in ("on", "starts", "ends"):
        return long_day(date.fromisoformat(value))
    if key == "expires_at":
        return _("until %(day)s") % {"day": day(datetime.fromisoformat(value))}
    return str(value)


def people_of(actor: Actor, ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """The people of this account among these ids, also those who left."""
    found = sql.rows(
        f"SELECT id, email, first_name, last_name, display_name FROM people_user WHERE account_id = %(a)s AND id = ANY(%(i)s){within(actor, 'id')}",
        {"a": actor.account_id, "i": ids},
    )
    return {p["id"]: p for p in found}


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if not words or words.endswith(".") else ".")
