"""Search everywhere: people, groups, a change by its number, pages, help; one endpoint for the dialog and for the page without JavaScript.

At most four statements: two that say who asks, one for people and groups, one for the change.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.journal import reads
from usher.people.find import find
from usher.portal.changes.told import described
from usher.portal.help import guide
from usher.portal.listing_page import Act
from usher.portal.navigation import leaves
from usher.portal.page import SignedIn, member_page
from usher.portal.people.acts import acts_of
from usher.portal.people.pages import INVITING, may_invite
from usher.portal.people.people_list import STATUS
from usher.portal.wish import clean

COMMONEST = 3  # verbs at the first person found
NUMBER = re.compile(r"^(?:c-?)?(\d{1,17})$", re.IGNORECASE)
# Pages that the navigation does not name: words, address, right, further words.
MORE_PAGES = (
    (gettext_lazy("Pending"), "/people/pending", "people:user:view", gettext_lazy("users, invitations, resend")),
    (
        gettext_lazy("Advanced"),
        "/people/advanced",
        "people:advanced:view",
        gettext_lazy("users, totals, all members, default group, remove all"),
    ),
    (gettext_lazy("Add users"), "/people/new", "people:user:manage", gettext_lazy("invite people")),
    (gettext_lazy("Import people"), "/people/imports/new", "people:user:manage", gettext_lazy("users, CSV file")),
    (gettext_lazy("Update people"), "/people/updates/new", "people:user:manage", gettext_lazy("users, CSV file, change many")),
    (gettext_lazy("Change addresses"), "/people/address-changes/new", "people:user:manage", gettext_lazy("users, CSV file, e-mail")),
    (gettext_lazy("Leavers"), "/people/leavers", "people:user:manage", gettext_lazy("users, CSV file, deactivate, unlink, delete")),
    (gettext_lazy("Trash"), "/people/trash", "people:user:view", gettext_lazy("deleted, restore, purge")),
    (gettext_lazy("Dates"), "/people/dates", "people:user:view", gettext_lazy("leaving on a date, scheduled")),
    (gettext_lazy("Denied attempts"), "/activity/denied", "journal:change:view", gettext_lazy("activity, rights")),
    (gettext_lazy("Your own page"), "/me", "", gettext_lazy("me, theme, dark, language, keys")),
    (gettext_lazy("My phone"), "/me/phone", "", gettext_lazy("me, extension, voicemail, calls")),
    (gettext_lazy("Sign-in and security"), "/me/security", "", gettext_lazy("password, second factor, passkey, sessions")),
    (gettext_lazy("Help"), "/help", "", gettext_lazy("guide")),
)


@dataclass(frozen=True)
class Hit:
    """One line of the answer."""

    words: str | Promise
    path: str
    more: str | Promise = ""
    icon: str = ""  # without one, an avatar of the words
    language: str = ""
    acts: tuple[Act, ...] = ()


@member_page()
def search(request: SignedIn) -> HttpResponse:
    """What is found for `q`; htmx gets the list alone. Nothing typed: the pages one can jump to."""
    q = clean(request.GET.get("q", ""))
    kinds = [(words, hits) for words, hits in found(request.actor, q) if hits]
    context = {"q": q, "kinds": kinds, "count": sum(len(hits) for _words, hits in kinds)}
    in_dialog = request.headers.get("HX-Target") == "found"
    return render(request, "search/search.html#found" if in_dialog else "search/search.html", context)


def found(actor: Actor, q: str) -> list[tuple[str, list[Hit]]]:
    """The kinds of things in the order of the page, each with its hits."""
    here = find(actor, q)
    return [
        (_("Changes"), change_hits(actor, q)),
        (_("People"), [person_hit(actor, p, first=p is here[0]) for p in here if p["kind"] == "person"]),
        (_("Groups"), [group_hit(g) for g in here if g["kind"] == "group"]),
        (_("Pages"), page_hits(actor, q)),
        (_("Help"), help_hits(q)),
    ]


def change_hits(actor: Actor, q: str) -> list[Hit]:
    """The change of this number, if there is one: "C-123", "c123" or "123"."""
    number = NUMBER.match(q)
    if not number or not actor.may("journal:change:view"):
        return []
    wanted = int(number[1])
    seen = [described(c) for c in reads.changes(actor, before=wanted + 1, limit=1) if c["number"] == wanted]
    return [Hit(c["words"], f"/changes/{wanted}", f"C-{wanted}", "history") for c in seen]


def person_hit(actor: Actor, person: dict[str, Any], *, first: bool) -> Hit:
    """The person; the first one with the commonest things to do."""
    status = "" if person["status"] == "active" else f"{STATUS[person['status']][1]} · "
    acts = [a for a in acts_of(actor, person) if not a.why_not][:COMMONEST] if first and actor.may("people:user:manage") else ()
    return Hit(name_of(person), f"/people/{short(person['id'])}", status + person["email"], acts=tuple(acts))


def group_hit(group: dict[str, Any]) -> Hit:
    """A group of either kind, and its page."""
    im = group["status"] == "im"
    return Hit(group["first_name"], f"/{'im-groups' if im else 'groups'}/{short(group['id'])}", _("IM group") if im else "", "users")


def page_hits(actor: Actor, q: str) -> list[Hit]:
    """Pages that have every typed word in their name, their area's, or what else they are called, in the language of the page or in English."""
    told = [(e.words, e.path, e.privilege, e.icon or "arrow-right", area.words if area else "", e.also) for e, area in leaves()]
    told += [(words, path, privilege, "arrow-right", "", also) for words, path, privilege, also in MORE_PAGES]
    return [
        Hit(words, path, area, icon)
        for words, path, privilege, icon, area, also in told
        if (not privilege or actor.may(privilege))
        and (path not in INVITING or may_invite(actor))
        and has_words(" ".join(f"{w} {in_english(w)}" for w in (words, area, also)), q)
    ]


def in_english(words: str | Promise) -> str:
    with override("en"):
        return str(words)


def help_hits(q: str) -> list[Hit]:
    """Pages of the guide; none before something is typed."""
    return [
        Hit(title, f"/help/{name}", icon="help", language=language) for name, title, language in guide.titles() if q and has_words(title, q)
    ]


def has_words(text: str, q: str) -> bool:
    return all(word in text.casefold() for word in q.casefold().split())
