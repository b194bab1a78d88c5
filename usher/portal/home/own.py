"""Me: who one is here, and what everybody chooses for themselves."""

from typing import Any

from django.conf import settings as config
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access.actors import name_of
from usher.access.roles import people_to_ask
from usher.journal.names import one_of
from usher.lifecycle.own_account import items_in_words, opening
from usher.people.verbs.own import choose
from usher.portal.navigation import THEMES
from usher.portal.page import SignedIn, member_page, own_path
from usher.portal.people.person.editing import TIME_ZONES

SWITCHES = ("single_keys", "mail_when_done")


@member_page()
def me(request: SignedIn) -> HttpResponse:
    """The own page of everybody: who they are here, whom to ask, and their settings."""
    ask = people_to_ask(request.actor.account_id, "people:user:manage") if not request.actor.may("people:user:view") else []
    context = {"ask": one_of([name_of(p) for p in ask]), "own": request.actor.settings, "time_zones": TIME_ZONES}
    return render(request, "home/me.html", context)


@member_page()
def own_account(request: SignedIn) -> HttpResponse:
    """What happened to somebody who was unlinked: this account is theirs alone, and what came along."""
    found = opening(request.actor)
    if found is None:
        return HttpResponseRedirect("/me")
    return render(request, "home/own_account.html", {"opening": found, "items": items_in_words(found.items) if found.items else ""})


@member_page(("POST",))
def settings(request: SignedIn) -> HttpResponse:
    """Keep what the form names, and go back. What is no setting, or none of its values, changes nothing."""
    wish = wish_of(request.POST)
    if wish:
        choose(request.actor, wish)
    address = own_path(request.POST.get("next", "/me"), request)
    if "said" in request.POST:
        messages.success(request, _("Your settings are saved."))
    return HttpResponseRedirect(address, status=303)


def wish_of(data: QueryDict) -> dict[str, Any]:
    """The settings a form names: a switch sends off, and after it on when it is on."""
    wish: dict[str, Any] = {name: data[name] == "on" for name in SWITCHES if data.get(name) in ("on", "off")}
    offered: dict[str, Any] = {"theme": dict(THEMES), "language": {"", *dict(config.LANGUAGES)}, "time_zone": TIME_ZONES}
    return wish | {name: data[name] for name, words in offered.items() if name in data and data[name] in words}
