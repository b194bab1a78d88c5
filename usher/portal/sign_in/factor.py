"""The second step of a sign-in, and the sign-in by passkey alone."""

from uuid import UUID

from allauth.account.stages import LoginStageController
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import factors, passkeys, sessions
from usher.access.actors import actor_of_person
from usher.access.origin import client_ip, neighborhood
from usher.access.throttle import PASSKEY_ORIGIN, spend
from usher.access.way_in import Person, by_login
from usher.core.refusals import Refused
from usher.portal.page import SignedIn, own_path, public
from usher.portal.sign_in.entering import enter
from usher.portal.sign_in.forms import Factor, SignIn
from usher.portal.sign_in.questions import answer_of


@public(("GET", "POST"))
def factor(request: SignedIn) -> HttpResponse:
    """A code or a passkey of the person whose password was right a moment ago; allauth keeps the sign-in waiting for 15 minutes."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    person = by_login(sessions.expecting(request.session)) if stage else None
    if stage is None or person is None:
        return HttpResponseRedirect("/sign-in")
    by_passkey = "credential" in request.POST
    form = Factor(request.POST if request.method == "POST" and not by_passkey else None)
    means = _passkey_of(request, person) if by_passkey else _code_of(request, person, form)
    if means:
        sessions.passed(request.session, means)
        return stage.exit()
    wrong = _("This passkey was not accepted. Try again, or use a code.") if by_passkey else ""
    kinds = factors.kinds_of(person.login_id)
    context = {"form": form, "wrong": wrong, "has_passkey": factors.PASSKEY in kinds, "has_app": factors.APP in kinds}
    return render(request, "sign_in/factor.html", context, status=422 if wrong or form.errors else 200)


def _passkey_of(request: SignedIn, person: Person) -> str:
    """The means, when it was theirs that answered."""
    return "passkey" if _who_answered(request) == person.login_id else ""


def _code_of(request: SignedIn, person: Person, form: Factor) -> str:
    """What the code was, or nothing, with the reason in the form."""
    if not form.is_bound or not form.is_valid():
        return ""
    actor = actor_of_person(request, person.user_id) if person.user_id else None
    means = factors.by_code(actor, person.login_id, form.cleaned_data["code"], client_ip(request.META))
    if means is None:
        form.add_error("code", _("This code is not right, or was used already. Wait for the next one."))
    return means or ""


@public(("POST",))
def by_passkey(request: SignedIn) -> HttpResponse:
    """Sign in by a passkey alone: it asked for finger, face or PIN, so it is both factors in one."""
    path = own_path(request.POST.get("next", "/"), request)
    login = _who_answered(request)
    person = by_login(login) if login else None
    if person:
        return enter(request, person, "passkey", path)
    form = SignIn(None)
    wrong = _("This passkey was not accepted. Try again, or sign in with your password.")
    return render(request, "sign_in/sign_in.html", {"form": form, "next": path, "wrong": wrong}, status=422)


def _who_answered(request: SignedIn) -> UUID | None:
    """The login whose passkey answered. Tries are counted by origin; there is nothing to guess, only work to be had of us."""
    spend((PASSKEY_ORIGIN, neighborhood(client_ip(request.META))))
    try:
        kept, answer = answer_of(request, request.POST.get("credential", ""))
        return passkeys.shown_by(kept, answer)
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return None
