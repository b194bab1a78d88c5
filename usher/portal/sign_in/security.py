"""What protects one's own sign-in: the password, second factors, where one is signed in; and the end of any session of one's own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import factors, own
from usher.access import sessions as open_sessions
from usher.access.actors import remember
from usher.access.origin import client_ip, neighborhood
from usher.access.way_in import by_password, by_user, recent
from usher.people.models import Login
from usher.portal.page import SignedIn, member_page
from usher.portal.sign_in.device import device_of
from usher.portal.sign_in.entering import leave
from usher.portal.sign_in.forms import OwnPassword
from usher.portal.sign_in.fresh import fresh_sign_in
from usher.portal.sign_in.means import means_in_words


@member_page()
def security(request: SignedIn) -> HttpResponse:
    return _page(request, OwnPassword(None, request.actor.email))


@member_page(("POST",))
def password(request: SignedIn) -> HttpResponse:
    """A new password for who knows the present one. Every other session ends; this one goes on under a new id (SESSION-05)."""
    actor = request.actor
    form = OwnPassword(request.POST, actor.email)
    person = by_password(actor.email, form.cleaned_data["present"], client_ip(request.META)) if form.is_valid() else None
    if form.is_valid() and (person is None or person.user_id != actor.user_id):
        form.add_error("present", _("This is not your present password."))
    if form.errors or person is None:
        return _page(request, form)
    own.change_password(actor, person.login_id, form.cleaned_data["password"], "own")
    now = by_user(actor.user_id) if actor.user_id else None
    if now is None or now.epoch is None or now.user_id is None:
        return HttpResponseRedirect("/sign-in")
    update_session_auth_hash(request, Login.objects.get(pk=now.login_id))
    remember(request, now.user_id, now.epoch)
    messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
    return HttpResponseRedirect("/me/security")


@member_page(("POST",))
@fresh_sign_in()
def sessions(request: SignedIn) -> HttpResponse:
    """Sign out everywhere, here too."""
    own.end_sessions(request.actor)
    leave(request)
    return HttpResponseRedirect("/sign-in")


@member_page(("POST",))
@fresh_sign_in()
def other_sessions(request: SignedIn) -> HttpResponse:
    """Sign out everywhere but here."""
    own.end_other_sessions(request.actor, open_sessions.here(request.session))
    messages.success(request, _("Everywhere else you are signed out."))
    return HttpResponseRedirect("/me/security")


@member_page(("POST",))
@fresh_sign_in()
def session_end(request: SignedIn, session_id: UUID) -> HttpResponse:
    """Sign out in one place."""
    own.end_session(request.actor, session_id)
    if str(session_id) == open_sessions.here(request.session):
        leave(request)
        return HttpResponseRedirect("/sign-in")
    messages.success(request, _("That session has ended."))
    return HttpResponseRedirect("/me/security")


def _page(request: SignedIn, form: OwnPassword) -> HttpResponse:
    here = open_sessions.here(request.session)
    opened = [
        {**s, "device": device_of(s["agent"]), "place": neighborhood(s["ip"]), "here": str(s["id"]) == here}
        for s in open_sessions.open_ones(request.actor)
    ]
    mine: list[dict[str, Any]] = factors.own(request.actor)
    context = {
        "form": form,
        "sign_ins": [{**s, "means": means_in_words(s["means"])} for s in recent(request.actor)],
        "sessions": opened,
        "factors": [f for f in mine if f["type"] != factors.CODES],
        "codes": next((f for f in mine if f["type"] == factors.CODES), None),
        "has_app": any(f["type"] == factors.APP for f in mine),
    }
    return render(request, "sign_in/security.html", context, status=422 if form.errors else 200)
