"""Settings of meetings: of the account, of a group, of a person. One form at three places; what it changes are the verbs programs use (docs/decisions/0090)."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.core.ids import short
from usher.people import groups, inherited
from usher.portal.page import SignedIn, key_of, page
from usher.portal.people.person.head import around

from .levels import Whose, save, sections


@page("accounts:settings:view", ("GET", "POST"))
def of_account(request: SignedIn) -> HttpResponse:
    """What holds for everybody unless a group or a person says otherwise, and what nobody may."""
    whose = Whose("account", inherited.of_account(request.actor.account_id), "accounts.store_settings", {})
    if request.method == "POST":
        return saved(request, whose)
    return render(request, "settings/account.html", form_of(request, whose, "accounts:settings:manage"))


@page("people:group:view", ("GET", "POST"))
def of_group(request: SignedIn, group_id: UUID) -> HttpResponse:
    """What holds for whoever has this as their primary group, and what nobody in it may say otherwise."""
    group = groups.group(request.actor, "user", group_id)
    levels = inherited.of_group(request.actor.account_id, group_id)
    whose = Whose("group", levels, "people.store_group_settings", {"group": str(group_id)})
    if request.method == "POST":
        return saved(request, whose)
    crumbs = [(_("Groups"), "/groups"), (group["name"], f"/groups/{short(group_id)}"), (_("Settings"), "")]
    context = {**form_of(request, whose, "people:group:manage"), "group": group, "crumbs": crumbs}
    return render(request, "settings/group.html", context)


@page("people:user:view", ("GET", "POST"))
def of_person(request: SignedIn, person_id: UUID) -> HttpResponse:
    """What holds for one person, where it comes from, and what they have otherwise."""
    context = around(request.actor, person_id, "settings")
    levels = inherited.of_person(request.actor.account_id, person_id)
    whose = Whose("person", levels, "people.store_settings", {"subjects": {"ids": [str(person_id)]}})
    if request.method == "POST":
        return saved(request, whose)
    return render(request, "settings/person.html", {**context, **form_of(request, whose, "people:user:manage")})


def form_of(request: SignedIn, whose: Whose, right: str) -> dict[str, Any]:
    """The form; who may only look sees it closed."""
    return {
        "sections": sections(whose),
        "has_locks": whose.kind != "person",
        "may_change": request.actor.may(right),
        "key": uuid4().hex,
    }


def saved(request: SignedIn, whose: Whose) -> HttpResponse:
    """Back to the form, with the number of what it did."""
    number = save(request.actor, whose, request.POST.dict(), key_of(request))
    messages.success(request, _("Saved as C-%(n)s.") % {"n": number} if number else _("Nothing was different."))
    return HttpResponseRedirect(request.path, status=303)
