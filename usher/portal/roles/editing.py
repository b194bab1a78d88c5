"""A new role, and changing one: name, description, how many people at once, and a matrix of rights. Whoever may not change it sees it closed."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from usher.access.effective import holders_of, level_of
from usher.access.handing_out import refuse_more_than_own
from usher.access.roles import NAMES, Role, role
from usher.core.actor import Actor
from usher.core.privileges import things
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.reads import made_by
from usher.journal.verb import plan
from usher.portal.page import SignedIn, key_of, page
from usher.portal.roles.pages import LEVELS, matrix, path_of, people_path


@page("access:role:manage", ("GET", "POST"))
def new_role(request: SignedIn) -> HttpResponse:
    """An empty matrix; nothing is given until somebody chooses it."""
    blank = Role("", "", "", frozenset(), None, 0, 0)
    if request.method == "GET":
        return show(request, blank)
    given = given_in(request.POST, request.actor, blank)
    try:
        started = engine.start(plan(request.actor, "access.create_role", given), key_of(request))
    except Refused as refused:
        return show(request, blank, given, refused)
    made = made_by(started.change_id)
    return done(request, path_of(str(made)), _("Created. Nobody has it yet."), started)


@page("access:role:view", ("GET", "POST"))
def custom_role(request: SignedIn, role_id: UUID) -> HttpResponse:
    return one(request, str(role_id))


@page("access:role:view", ("GET", "POST"))
def system_role(request: SignedIn, key: str) -> HttpResponse:
    """Owner, Admin and Member have addresses by their names."""
    return one(request, key)


def one(request: SignedIn, key: str) -> HttpResponse:
    """One role with who has it; a POST changes it."""
    found = role(request.actor, key)
    if request.method == "GET":
        return show(request, found)
    given = given_in(request.POST, request.actor, found)
    try:
        started = engine.start(plan(request.actor, "access.edit_role", {"role": key, **given}), key_of(request))
    except Refused as refused:
        if refused.kind != "invalid" and refused.code != "role_name_taken":
            raise
        return show(request, found, given, refused)
    return done(request, path_of(key), _("Saved."), started)


def given_in(data: QueryDict, actor: Actor, before: Role) -> dict[str, Any]:
    """The form as the verb takes it; what the form could not offer stays as it was, and what is no number is left for the verb to refuse."""
    rights = []
    for thing in things():
        level = data.get(thing, level_of(before.privileges, thing))
        rights += [f"{thing}:{level}"] if level in ("view", "manage") else []
    most = data.get("most", "").strip()
    number = int(most) if most.isascii() and most.isdigit() and len(most) < 10 else most or None
    named = {} if before.key in NAMES else {"name": data.get("name", "")}
    return {**named, "description": data.get("description", ""), "privileges": rights, "most": number}


def show(request: SignedIn, found: Role, given: dict[str, Any] | None = None, refused: Refused | None = None) -> HttpResponse:
    """The editor with what was typed and what is wrong with it."""
    actor, told = request.actor, given or {}
    context = {
        "role": found,
        "heading": found.name or _("New role"),
        "name": told.get("name", found.name),
        "description": told.get("description", found.description),
        "most": told.get("most", found.most) or "",
        "kinds": matrix(actor, frozenset(told.get("privileges", found.privileges))),
        "levels": LEVELS.values(),
        "trouble": {"field": refused.field, "words": refused.words} if refused else {},
        "why_not": why_no_change(actor, found),
        "holders": holders_of(actor, found.key) if found.key else [],
        "people": people_path(found),
        "path": path_of(found.key) if found.key else "",
        "key": uuid4().hex if request.method == "GET" else request.POST.get("key", ""),
    }
    return render(request, "roles/role.html", context, status=422 if refused else 200)


def why_no_change(actor: Actor, found: Role) -> str:
    """Why this role is shown closed; empty when it can be changed."""
    if found.key in ("owner", "member"):
        return _("Owner and Member are the same in every account. Admin and custom roles can be changed.")
    if not actor.may("access:role:manage"):
        return _("You may look at roles, not change them.")
    if found.key == "admin":
        return "" if actor.may("access:admin:manage") else _("Only the owner can change what an admin may.")
    try:
        refuse_more_than_own(actor, found.privileges, found.most if found.key else actor.most)
    except Refused as refused:
        return refused.words
    return ""


def done(request: SignedIn, address: str, words: str, started: engine.Started) -> HttpResponse:
    """To the role, with the way back."""
    if started.number:
        messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', words, started.number, _("Undo")))
    return HttpResponseRedirect(address, status=303)
