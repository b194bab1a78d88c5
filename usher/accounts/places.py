"""Places: sites, and the rooms with a device that stand at them. Their words, what is checked, and what is read (S0-53; the contract's area `rooms`)."""

from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found
from usher.journal.verb import reason

LONGEST_NAME = 255  # of a site on the wire; a room's has no limit there
PLACE_NAME_TAKEN = reason("place_name_taken", gettext_lazy("another place has this name"), refused=True)
HAS_ROOMS = reason("has_rooms", gettext_lazy("rooms stand there: move or delete them first"))
HAS_PEOPLE = reason("has_people", gettext_lazy("people are there: give them another site first"))
HAS_PHONES = reason("has_phones", gettext_lazy("phones are there: give them another site first"))
HAS_TEMPLATES = reason("has_templates", gettext_lazy("phone templates are for it: give them another site first"))
IS_MAIN = reason("is_main", gettext_lazy("the main site: make another one the main site first"))
SITE_GONE = reason("site_gone", gettext_lazy("its site is not there any more"))
# As the wire calls them, in the order of a form.
ROOM_KINDS: dict[str, str | Promise] = {
    "ZoomRoom": gettext_lazy("Zoom Room"),
    "PersonalZoomRoom": gettext_lazy("Personal Zoom Room"),
    "Kiosk": gettext_lazy("Kiosk"),
    "StandaloneWhiteboard": gettext_lazy("Whiteboard"),
    "SchedulingDisplayOnly": gettext_lazy("Scheduling display"),
    "DigitalSignageOnly": gettext_lazy("Digital signage"),
}


def checked_name(value: Any) -> str:
    """A name as it is kept, or Refused."""
    name = " ".join(value.split()) if isinstance(value, str) else ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        words = _("A place needs a name of at most %(n)s characters, on one line.") % {"n": LONGEST_NAME}
        raise Refused("invalid", "name", words, field="name")
    return name


def checked_kind(value: Any) -> str:
    """A kind of room, or Refused."""
    if value not in ROOM_KINDS:
        raise Refused("invalid", "kind", _("Choose what kind of room it is."), field="kind")
    return str(value)


def checked_site(actor: Actor, value: Any) -> str | None:
    """The id of a site of this account, or None for no site. Refuses any other (no_site): a foreign one does not exist."""
    if value in (None, ""):
        return None
    try:
        return str(site(actor, UUID(str(value)))["id"])
    except (ValueError, Refused):
        raise Refused("invalid", "no_site", _("There is no such site."), field="site") from None


def checked_ids(value: Any) -> list[str]:
    """Ids of places as they are journaled, or Refused."""
    try:
        ids = sorted({str(UUID(str(i))) for i in value}) if isinstance(value, list) else []
    except ValueError:
        ids = []
    if not ids or len(ids) > MOST_AT_ONCE:
        raise Refused("invalid", "no_selection", _("Choose between 1 and %(most)s places.") % {"most": MOST_AT_ONCE})
    return ids


MOST_AT_ONCE = 1_000
SITE = "SELECT g.id, g.name, g.main, g.created_at FROM accounts_site g WHERE g.account_id = %(account)s"
ROOM = """SELECT r.id, r.name, r.kind, r.site_id, g.name AS site, r.created_at FROM accounts_room r LEFT JOIN accounts_site g ON g.id = r.site_id
          WHERE r.account_id = %(account)s"""


def sites(actor: Actor) -> list[dict[str, Any]]:
    """The sites of the account, the main one first, then by name."""
    return sql.rows(f"{SITE} ORDER BY NOT g.main, g.name_key LIMIT 5000", {"account": actor.account_id})


def site(actor: Actor, id: UUID) -> dict[str, Any]:
    """One site of the account, or Refused (missing)."""
    found = sql.row(f"{SITE} AND g.id = %(id)s", {"account": actor.account_id, "id": id})
    if found is None:
        raise not_found(_("This site"))
    return found


def room(actor: Actor, id: UUID) -> dict[str, Any]:
    """One room of the account, or Refused (missing)."""
    found = sql.row(f"{ROOM} AND r.id = %(id)s", {"account": actor.account_id, "id": id})
    if found is None:
        raise not_found(_("This room"))
    return found


def rooms(actor: Actor) -> list[dict[str, Any]]:
    """The rooms of the account, by name."""
    return sql.rows(f"{ROOM} ORDER BY r.name_key, g.name_key, r.id LIMIT 5000", {"account": actor.account_id})


def room_named(actor: Actor, name: str, site: str | None) -> UUID:
    """The room with this name in any spelling, at this site where one is named. Refused (invalid): none (no_room), several (several_rooms)."""
    found = sql.rows(
        f"{ROOM} AND r.name_key = usher_fold(%(name)s) AND (%(site)s::uuid IS NULL OR r.site_id = %(site)s::uuid)",
        {"account": actor.account_id, "name": name, "site": site},
    )
    if not found:
        raise Refused("invalid", "no_room", _("There is no room %(room)s.") % {"room": name}, field="room")
    if len(found) > 1:
        words = _("Several rooms are called %(room)s. Name the site as well.") % {"room": name}
        raise Refused("invalid", "several_rooms", words, field="site")
    return UUID(str(found[0]["id"]))


def how_many_rooms(actor: Actor) -> int:
    found: int = sql.value("SELECT count(*)::int FROM accounts_room WHERE account_id = %(a)s", {"a": actor.account_id})
    return found
