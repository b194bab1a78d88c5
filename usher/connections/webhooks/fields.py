"""What a webhook may be: its fields as they are checked and journaled. What is secret of them never comes this far (subscriptions.py)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import outbound, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found

from .catalog import KINDS, audible

MOST, MOST_USERS = 20, 10  # webhooks of one app, people of one webhook (contract)
LONGEST_NAME = 128
STATES = ("on", "paused")
FOUND = """SELECT s.id::text AS webhook, s.name, s.state, s.app_id, s.url, s.events, s.auth, p.creator_id, p.scopes AS app_scopes
           FROM webhooks_subscription s JOIN access_app p ON p.id = s.app_id WHERE s.account_id = %(a)s AND s.id::text = %(i)s"""


def webhook_of(actor: Actor, id: Any) -> dict[str, Any]:
    """webhook (its id as text), name, state, creator_id of a webhook of the actor's account. Refused (missing) for any other."""
    found = sql.row(FOUND, {"a": actor.account_id, "i": str(id).replace("\x00", "")})
    if found is None:
        raise not_found(_("This webhook"))
    return found


def scopes_of(app: str) -> list[str]:
    """What an app of the actor's account may; it was looked up by app_of."""
    return list(sql.value("SELECT scopes FROM access_app WHERE id = %(a)s::uuid", {"a": app}))


def checked_fields(actor: Actor, scopes: Iterable[str], given: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    """The fields as they are journaled; a new webhook needs name, url and events. `scopes` are those of its app."""
    fields: dict[str, Any] = {}
    if new or "name" in given:
        fields["name"] = checked_name(given.get("name"))
    if new or "url" in given:
        fields["url"] = checked_url(given.get("url"), "url")
    if new or "events" in given:
        fields["events"] = checked_events(actor, scopes, given.get("events"))
    if "reach" in given or "user_ids" in given:
        fields["user_ids"] = checked_users(actor, given.get("user_ids") or [])
        fields["reach"] = "user" if fields["user_ids"] else given.get("reach", "account")
    if "auth" in given:
        fields["auth"] = dict(given["auth"])
    if given.get("webhook_state") in STATES:
        fields["webhook_state"] = given["webhook_state"]
    return fields


def checked_name(given: Any) -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        words = _("A webhook needs a name of at most %(n)s characters, on one line.") % {"n": LONGEST_NAME}
        raise Refused("invalid", "name", words, field="name")
    return name


def checked_url(given: Any, field: str) -> str:
    """An https address that may be asked. Refused (invalid, bad_address) for every spelling of one inside (HOOK-01, HOOK-04)."""
    url = given.strip() if isinstance(given, str) else ""
    try:
        outbound.refuse_inside(url)
    except outbound.NoAnswer as no:
        words = _("Usher cannot send there: %(why)s.") % {"why": no.words}
        raise Refused("invalid", "bad_address", words, field=field) from None
    return url


def checked_events(actor: Actor, scopes: Iterable[str], given: Any) -> list[str]:
    """The names of events that are sent here and that the app may hear of. Refused (invalid): no_events, unknown_event, deaf_event."""
    names = list(dict.fromkeys(given)) if isinstance(given, list | tuple) and all(isinstance(n, str) for n in given) else []
    if not names:
        raise Refused("invalid", "no_events", _("Choose at least one event."), field="events")
    for name in names:
        if name not in KINDS:
            words = _("There is no event %(event)s here. The guide's page about webhooks lists all of them.") % {"event": name[:80]}
            raise Refused("invalid", "unknown_event", words, field="events", details={"event": name[:80]})
        actor.require(KINDS[name].right)
        if not audible(KINDS[name], actor, scopes):
            words = _("The app has no scope for the event %(event)s.") % {"event": name}
            raise Refused("invalid", "deaf_event", words, field="events", details={"event": name})
    return sorted(names, key=list(KINDS).index)


def checked_users(actor: Actor, given: Any) -> list[str]:
    """Up to ten people of the account. Refused (missing, no_user) for anybody else."""
    ids = list(dict.fromkeys(str(id) for id in given))
    if len(ids) > MOST_USERS:
        raise Refused(
            "invalid", "too_many_users", _("A webhook is for at most %(n)s people, or for everybody.") % {"n": MOST_USERS}, field="user_ids"
        )
    here = sql.rows(
        "SELECT id::text AS id FROM people_user WHERE account_id = %(a)s AND id = ANY(%(i)s) AND left_at IS NULL",
        {"a": actor.account_id, "i": [UUID(id) for id in ids]},
    )
    if len(here) != len(ids):
        raise not_found(_("This person"))
    return ids
