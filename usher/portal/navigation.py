"""The tree of areas, as far as rooms exist now, and what the frame shows around every page (portal.md section 2)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from usher.access.roles import name_of_role
from usher.accounts.plans import PLANS
from usher.core.actor import Actor, Settings
from usher.portal.help.guide import place_of

THEMES = (("auto", _("Like the system")), ("light", _("Light")), ("dark", _("Dark")))


@dataclass(frozen=True)
class Entry:
    """One line of the navigation. `children` show while their area is open. What lies below `path` and `rest` belongs to it."""

    words: str | Promise
    path: str
    privilege: str = ""
    icon: str = ""
    children: tuple["Entry", ...] = ()
    rest: tuple[str, ...] = ()
    key: str = ""  # after g: one of h u p c a l
    also: str | Promise = ""  # further words by which the search finds it


TREE = (
    Entry(_("Home"), "/", icon="home", key="h"),
    Entry(
        _("User Management"),
        "/people",
        icon="users",
        key="u",
        children=(
            Entry(_("Users"), "/people", "people:user:view", also=_("people, deactivated, export")),
            Entry(_("Groups"), "/groups", "people:group:view", also=_("user groups, default group")),
            Entry(_("IM groups"), "/im-groups", "people:im_group:view", also=_("chat, default IM group")),
            Entry(_("Roles"), "/roles", "access:role:view", also=_("rights, privileges, permissions, help desk")),
            Entry(_("Domains"), "/domains", "accounts:domain:view", also=_("managed domain, sign-up, TXT record")),
        ),
    ),
    Entry(
        _("Phone System Management"),
        "/phone",
        icon="phone",
        key="p",
        children=(
            Entry(
                _("Users & Rooms"),
                "/phone/users",
                "phone:user:view",
                rest=(
                    "/phone/rooms",
                    "/phone/pending",
                    "/phone/trash",
                    "/phone/people",
                    "/people",
                ),  # of people their phones, for who sees no more
                also=_("phones, extensions, rooms, pending, trash"),
            ),
            Entry(_("Numbers"), "/phone/numbers", "phone:number:view", also=_("direct numbers, DID, caller ID")),
            Entry(_("Packages"), "/phone/packages", "phone:package:view", also=_("calling plans, inactive")),
            Entry(
                _("Sites"),
                "/phone/sites",
                "phone:site:view",
                also=_("site codes, extension ranges, emergency address"),
            ),
            Entry(
                _("Templates"),
                "/phone/templates",
                "phone:template:view",
                also=_("voicemail, recording, call waiting"),
            ),
            Entry(
                _("Account log"),
                "/phone/log",
                "phone:log:view",
                also=_("logs, calls, recordings, voicemails"),
            ),
            Entry(_("Settings"), "/phone/settings", "phone:settings:view", also=_("soft delete, welcome mail, site codes")),
        ),
    ),
    Entry(_("Content"), "/content", "content:item:view", icon="file-text", also=_("meetings, webinars, recordings, whiteboards, notes")),
    Entry(
        _("Activity"),
        "/activity",
        "journal:change:view",
        icon="history",
        rest=("/changes",),
        key="l",
        also=_("changes, log, audit, undo, denied"),
    ),
    Entry(
        _("Account"),
        "/account",
        icon="building",
        children=(
            Entry(
                _("Subscriptions"),
                "/account/subscriptions",
                "licenses:subscription:view",
                also=_("seats, licenses, price, term"),
            ),
            Entry(_("Settings"), "/account/settings", "accounts:settings:view", also=_("name, language, country")),
            Entry(
                _("Meeting settings"),
                "/account/meeting-settings",
                "accounts:settings:view",
                also=_("locks, chat, recording, waiting room, passcode"),
            ),
            Entry(
                _("Never-touch list"),
                "/account/never-touch",
                "people:mark:view",
                rest=("/people/marks", "/people/mark-removals"),
                also=_("marks, service accounts, protected people"),
            ),
            Entry(_("Places"), "/account/places", "accounts:place:view", also=_("rooms, sites, buildings, kiosks")),
            Entry(_("Sign-in"), "/account/sign-in", "accounts:sign_in:view", also=_("second factor, administrators")),
            Entry(_("Owner"), "/account/owner", "access:owner:manage", also=_("transfer, hand over the account")),
            Entry(
                _("API apps"),
                "/account/apps",
                "access:app:view",
                also=_("programs, tokens, secrets, client, scopes"),
            ),
            Entry(
                _("Webhooks"),
                "/account/webhooks",
                "connections:webhook:view",
                also=_("events, subscriptions, deliveries, signature"),
            ),
            Entry(_("Outbox"), "/account/outbox", "mail:message:view", also=_("mail, e-mail, SMTP")),
        ),
    ),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what frame.html needs on every page. Asks the database nothing."""
    actor: Actor | None = getattr(request, "actor", None)
    own = actor.settings if actor else Settings()
    return {
        "actor": actor,
        "areas": areas(actor, request.path) if actor else [],
        "keys_off": not own.single_keys,
        "theme": own.theme,
        "plan_words": PLANS[actor.plan].name if actor and actor.plan in PLANS else "",
        "role_words": name_of_role(actor) if actor else "",
        "themes": THEMES,
        "here": request.get_full_path(),
        "help_page": place_of(request.path),
        "is_htmx": request.headers.get("HX-Request") == "true",
    }


def areas(actor: Actor, path: str) -> list[dict[str, Any]]:
    """The entries this actor may see; the open one with its children; the current one marked."""
    seen, here = [], nearest(actor, path)
    for area in TREE:
        children = [c for c in area.children if actor.may(c.privilege)]
        if (area.privilege and not actor.may(area.privilege)) or (area.children and not children):
            continue
        is_open = here is area or here in area.children
        seen.append(
            {
                "entry": area,
                "path": children[0].path if children else area.path,
                "current": is_open and not children,
                "open": is_open,
                "children": [{"entry": c, "current": c is here} for c in children] if is_open else [],
            }
        )
    return seen


def leaves() -> list[tuple[Entry, Entry | None]]:
    """Every entry that is a page with the area it stands in, for the search: an area with children is only their frame."""
    return [(leaf, area if area.children else None) for area in TREE for leaf in area.children or (area,)]


def nearest(actor: Actor, path: str) -> Entry | None:
    """The one entry that a page belongs to: of those this actor may see the longest that fits, so that /people/marks is not Users as well; else the first."""
    mine = [entry for entry, _area in leaves() if not entry.privilege or actor.may(entry.privilege)]
    starts = [(start, entry) for entry in mine for start in (entry.path, *entry.rest)]
    fits = [(len(start), entry) for start, entry in starts if path == start or path.startswith(f"{start}/")]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None
