"""The own password, where I signed in, and the end of all my sessions."""

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import own
from usher.access.actors import remember
from usher.access.origin import client_ip
from usher.access.way_in import by_password, by_user, recent
from usher.people.models import Login
from usher.portal.page import SignedIn, member_page
from usher.portal.sign_in.forms import OwnPassword


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
def sessions(request: SignedIn) -> HttpResponse:
    """Sign out everywhere, here too."""
    own.end_sessions(request.actor)
    logout(request)
    return HttpResponseRedirect("/sign-in")


def _page(request: SignedIn, form: OwnPassword) -> HttpResponse:
    context = {"form": form, "sign_ins": recent(request.actor)}
    return render(request, "sign_in/security.html", context, status=422 if form.errors else 200)
