"""Sign in, sign out, a forgotten password, and links that let somebody in once."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import links, own
from usher.access.actors import actor_of_person
from usher.access.origin import client_ip, neighborhood
from usher.access.throttle import PASSWORD_ADDRESS, RESET_ADDRESS, RESET_ORIGIN, forget, spend
from usher.access.way_in import Person, by_login, by_password, canonical_of
from usher.core import jobs
from usher.core.refusals import Refused
from usher.lifecycle.own_account import waits_for
from usher.lifecycle.sign_up import is_open
from usher.portal.page import SignedIn, own_path, public
from usher.portal.sign_in.entering import by_link, closed, enter, leave
from usher.portal.sign_in.forms import Forgot, NewPassword, SignIn


@public(("GET", "POST"))
def sign_in(request: SignedIn) -> HttpResponse:
    """S0-6, S1-8. The page says the same for a wrong password and an unknown address."""
    path = own_path(request.POST.get("next") or request.GET.get("next") or "/", request)
    if request.actor is not None and request.method != "POST":
        return HttpResponseRedirect(path)
    form = SignIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = by_password(form.cleaned_data["email"], form.cleaned_data["password"], client_ip(request.META))
        if person:
            return enter(request, person, "password", path)
        form.add_error(None, _("This address and this password do not belong together. Check both, or choose a new password."))
    context = {"form": form, "next": path, "can_sign_up": is_open()}
    return render(request, "sign_in/sign_in.html", context, status=422 if form.errors else 200)


@public(("POST",))
def sign_out(request: SignedIn) -> HttpResponse:
    """The session ends; only ours is where one may go next (WEB-03)."""
    path = own_path(request.POST.get("next", "/sign-in"), request)
    leave(request)
    return HttpResponseRedirect(path)


@public(("GET", "POST"))
def forgot(request: SignedIn) -> HttpResponse:
    """Ask for a reset link. The answer and its time are the same for every address (SECRET-03, MAIL-03)."""
    form = Forgot(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "sign_in/forgot.html", {"form": form}, status=422 if form.errors else 200)
    email = form.cleaned_data["email"]
    spend((RESET_ADDRESS, canonical_of(email)), (RESET_ORIGIN, neighborhood(client_ip(request.META))))
    jobs.defer("access.send_reset", address=email)
    return render(request, "sign_in/forgot_sent.html", {"email": email})


@public(("GET", "POST"))
@by_link
def reset(request: SignedIn, link: UUID, secret: str) -> HttpResponse:
    """Choose a new password by a link. Whose it is stands in the link's row and nowhere in the form (INVITE-15)."""
    found = links.look_up(links.RESET, link, secret)
    form = NewPassword(request.POST or None, found["email"])
    if request.method != "POST" or not form.is_valid():
        return render(request, "sign_in/reset.html", {"form": form, "email": found["email"]}, status=422 if form.errors else 200)
    with transaction.atomic():
        links.use(links.RESET, link, secret)
        person = _choose_password(request, found["login_id"], form.cleaned_data["password"])
    forget((PASSWORD_ADDRESS, canonical_of(found["email"])))
    return enter(request, person, "reset", "/")


def _choose_password(request: SignedIn, login: UUID, password: str) -> Person:
    """Of somebody active, or of somebody unlinked, whose account opens with the last step of this sign-in; the person as they are then."""
    person = by_login(login)
    if person and person.user_id and person.status == "active":
        own.change_password(actor_of_person(request, person.user_id), login, password, "reset")
        return by_login(login) or person
    if person is None or not waits_for(login):
        raise Refused("missing", "gone", _("There is no active account for this address any more."))
    own.write_password(login, password)
    return person


@public(("GET", "POST"))
@by_link
def link(request: SignedIn, link: UUID, secret: str) -> HttpResponse:
    """The operator's one-time sign-in link. Looking at it spends nothing; the button does (INVITE-10)."""
    found = links.look_up(links.SIGN_IN, link, secret)
    if request.method != "POST":
        return render(request, "sign_in/link.html", {"email": found["email"]})
    person = by_login(links.use(links.SIGN_IN, link, secret))
    return enter(request, person, "link", "/") if person else closed(request, Refused("missing", "gone", ""))


@public(("GET", "POST"))
def bad_link(request: SignedIn, rest: str = "") -> HttpResponse:
    """Whatever else stands behind /join, /reset and /link (INVITE-18)."""
    return closed(request, Refused("missing", "bad_link", ""))
