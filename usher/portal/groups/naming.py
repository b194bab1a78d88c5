"""A new group and another name for one: a form with one field, in a dialog or on a page of its own."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.reads import made_by
from usher.journal.verb import plan
from usher.people import groups
from usher.portal.groups.group_list import IM, USER, GroupKind, path_of
from usher.portal.page import SignedIn, key_of, page


@page("people:group:manage", ("GET", "POST"))
def new_user_group(request: SignedIn) -> HttpResponse:
    return create(request, USER)


@page("people:im_group:manage", ("GET", "POST"))
def new_im_group(request: SignedIn) -> HttpResponse:
    return create(request, IM)


def create(request: SignedIn, kind: GroupKind) -> HttpResponse:
    """A group of this name; then its page, where people are added."""
    if request.method == "GET":
        return show(request, kind, kind.new, _("Create"), "")
    name = request.POST.get("name", "")
    try:
        started = engine.start(plan(request.actor, kind.verbs["create"], {"name": name}), key_of(request))
    except Refused as refused:
        return show(request, kind, kind.new, _("Create"), name, refused)
    made = made_by(started.change_id)
    return done(request, f"{kind.path}/{short(made)}", _("Created."), started)


@page("people:group:manage", ("GET", "POST"))
def user_group_name(request: SignedIn, group_id: UUID) -> HttpResponse:
    return rename(request, USER, group_id)


@page("people:im_group:manage", ("GET", "POST"))
def im_group_name(request: SignedIn, im_group_id: UUID) -> HttpResponse:
    return rename(request, IM, im_group_id)


def rename(request: SignedIn, kind: GroupKind, id: UUID) -> HttpResponse:
    """Another name for one group."""
    group = groups.group(request.actor, kind.key, id)
    heading = _("Rename %(name)s") % {"name": group["name"]}
    if request.method == "GET":
        return show(request, kind, heading, _("Rename"), group["name"], group=group)
    name = request.POST.get("name", "")
    try:
        started = engine.start(plan(request.actor, kind.verbs["rename"], {"group": str(id), "name": name}), key_of(request))
    except Refused as refused:
        return show(request, kind, heading, _("Rename"), name, refused, group=group)
    return done(request, path_of(group), _("Renamed."), started)


def show(
    request: SignedIn,
    kind: GroupKind,
    heading: Any,
    button: str,
    name: str,
    refused: Refused | None = None,
    group: dict[str, Any] | None = None,
) -> HttpResponse:
    """The form with what was typed and what is wrong with it."""
    context = {
        "heading": heading,
        "button": button,
        "name": name,
        "trouble": {"field": "name", "words": refused.words} if refused else {},
        "crumbs": [(kind.plural, kind.path), *([(group["name"], path_of(group))] if group else []), (heading, "")],
        "back": path_of(group) if group else kind.path,
        "key": uuid4().hex if request.method == "GET" else request.POST.get("key", ""),
    }
    template = "groups/form.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else "")
    return render(request, template, context, status=422 if refused else 200)


def done(request: SignedIn, address: str, words: str, started: engine.Started) -> HttpResponse:
    """To the group, with the way back."""
    if started.number:
        messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', words, started.number, _("Undo")))
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)
