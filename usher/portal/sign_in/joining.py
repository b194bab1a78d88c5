"""Accepting an invitation: who invites, which account; a name, a password, one button (S0-50, S1-22). Or declining it.

What these pages show before somebody has signed in is the same whether their address has an account here or not: in an installation without a mail
server administrators can read the link too (R11).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access.origin import client_ip
from usher.access.way_in import by_password, by_user
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.lifecycle import accept
from usher.lifecycle.decline import decline
from usher.portal.page import SignedIn, public
from usher.portal.sign_in.entering import by_link, closed, enter
from usher.portal.sign_in.forms import Join, KnownPassword

NAMES = ("first_name", "last_name")


@public(("GET", "POST"))
@by_link
def join(request: SignedIn, user: UUID, secret: str) -> HttpResponse:
    """Only POST accepts (INVITE-10). Whoever is signed in as somebody else signs out first (INVITE-07); as themselves they come with what they have."""
    found = accept.look_up(user, secret)
    if request.actor is not None:
        return HttpResponseRedirect(path_of(user, secret, "transfer")) if is_theirs(request, found) else somebody_else(request, found)
    data = request.POST or None
    form = Join(data, found["email"])
    for name in NAMES:  # so that a name nobody touched is known as such: what an administrator wrote meanwhile stays
        form.fields[name].show_hidden_initial = True
    if request.method == "POST" and form.is_valid() and _accepted(request, found, secret, form):
        return _come_in(request, found)
    if data is None:
        form.initial = {"first_name": found["first_name"], "last_name": found["last_name"]}
    context = {"form": form, "found": found, "here": path_of(user, secret)}
    return render(request, "sign_in/join.html", context, status=422 if form.errors else 200)


def _accepted(request: SignedIn, found: Mapping[str, Any], secret: str, form: Join) -> bool:
    """Accept; False when the form has to be shown again. A password that exists is asked for elsewhere, under the limits of sign-in (DOS-02)."""
    given = form.cleaned_data
    if found["login_exists"]:
        form.add_error(None, _("This address is in use here already. Sign in with it instead; nothing was accepted."))
        return False
    names = {name: given[name] if name in form.changed_data else "" for name in NAMES}
    try:
        _accept(request, found, secret, given["password"], **names)
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        form.add_error(refused.field if refused.field in form.fields else None, refused.words)
        return False
    return True


def _accept(request: SignedIn, found: Mapping[str, Any], secret: str, password: str, first_name: str = "", last_name: str = "") -> None:
    ip = client_ip(request.META)
    accept.accept(
        found["user_id"], secret, first_name=first_name, last_name=last_name, password=password, ip=ip, request_id=request.request_id
    )


def _come_in(request: SignedIn, found: Mapping[str, Any]) -> HttpResponse:
    person = by_user(found["user_id"])
    means = "setup_link" if found["role"] == "owner" else "invitation"
    return enter(request, person, means, "/") if person else closed(request, Refused("missing", "gone", ""))


@public(("GET", "POST"))
@by_link
def sign_in(request: SignedIn, user: UUID, secret: str) -> HttpResponse:
    """The same invitation for who signs in here already: the password of its address, then what comes along is listed (S1-20)."""
    found = accept.look_up(user, secret)
    if request.actor is not None:
        return HttpResponseRedirect(path_of(user, secret, "transfer"))
    form = KnownPassword(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        person = by_password(found["email"], password, client_ip(request.META))
        if person and person.user_id is None and not found["login_lives"]:  # a login that is left over: nothing to come with
            _accept(request, found, secret, password)
            return _come_in(request, found)
        if person:
            return enter(request, person, "password", path_of(user, secret, "transfer"))
        form.add_error("password", _("This is not the password of this address. Use the one you sign in with."))
    context = {"form": form, "found": found, "here": path_of(user, secret)}
    return render(request, "sign_in/join_sign_in.html", context, status=422 if form.errors else 200)


@public(("GET", "POST"))
@by_link
def refusal(request: SignedIn, user: UUID, secret: str) -> HttpResponse:
    """Decline: the invitation is withdrawn by its person. Whoever has the link may; nobody who is signed in as somebody else."""
    found = accept.look_up(user, secret)
    if request.actor is not None and not is_theirs(request, found):
        return somebody_else(request, found)
    done = request.method == "POST"
    if done:
        decline(user, secret, ip=client_ip(request.META), request_id=request.request_id)
    return render(request, "sign_in/decline.html", {"found": found, "here": path_of(user, secret), "done": done})


def path_of(user: UUID, secret: str, rest: str = "") -> str:
    """Where one goes on with the same link."""
    return f"/join/{short(user)}/{secret}" + (f"/{rest}" if rest else "")


def is_theirs(request: SignedIn, found: Mapping[str, Any]) -> bool:
    """Whether whoever is signed in is the one who is invited."""
    person = by_user(request.actor.user_id) if request.actor.user_id else None
    return person is not None and person.login_id == found["login_id"]


def somebody_else(request: SignedIn, found: Mapping[str, Any]) -> HttpResponse:
    """The invitation is for another person than the one who is signed in (INVITE-07)."""
    context = {"found": found, "here": request.path}
    return render(request, "sign_in/somebody_else.html", context, status=409 if request.method == "POST" else 200)
