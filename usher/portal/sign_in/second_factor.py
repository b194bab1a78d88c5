"""Set up and take away one's own second factors. Each asks for a fresh sign-in; codes are shown once, on the answer that made them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import factor_verbs, passkeys, sessions, totp
from usher.access.way_in import Person, by_user
from usher.core import clock, sealed
from usher.core.refusals import Refused
from usher.portal.page import SignedIn, member_page
from usher.portal.sign_in.forms import NewPasskey, SetUpApp
from usher.portal.sign_in.fresh import fresh_sign_in
from usher.portal.sign_in.questions import answer_of

SECRET = "usher_new_app"  # of the session: the secret on its way into an app, sealed  # noqa: S105


@member_page(("GET", "POST"))
@fresh_sign_in(("GET", "POST"))
def app(request: SignedIn) -> HttpResponse:
    """An authenticator app: show the secret, and keep it once the app has shown a code of it."""
    person = me(request)
    form = SetUpApp(request.POST if request.method == "POST" else None)
    secret = _secret(request, person, anew=not form.is_bound)
    step = totp.step_of(secret, "".join(form.cleaned_data["code"].split()), clock.now().timestamp()) if form.is_valid() else None
    if step is not None:
        codes = factor_verbs.add_app(request.actor, person.login_id, secret, step, sessions.here(request.session))
        del request.session[SECRET]
        return _added(request, codes, _("The authenticator app is set up. You are asked for a code when you sign in."))
    if form.is_bound and not form.errors:
        form.add_error("code", _("This code is not right. Compare the clock of your device, and type the newest code."))
    groups = [secret[i : i + 4] for i in range(0, len(secret), 4)]
    context = {"form": form, "groups": groups, "picture": totp.picture(totp.address(secret, request.actor.email, _issuer()))}
    return render(request, "sign_in/app.html", context, status=422 if form.errors else 200)


@member_page(("GET", "POST"))
@fresh_sign_in(("GET", "POST"))
def passkey(request: SignedIn) -> HttpResponse:
    """A passkey: name it; the browser makes it, and its answer is checked."""
    form = NewPasskey(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        person = me(request)
        try:
            kept, answer = answer_of(request, form.cleaned_data["credential"])
            new = passkeys.registered(kept, answer, person.login_id)
        except Refused as refused:
            form.add_error(None, refused.words)
        else:
            codes = factor_verbs.add_passkey(request.actor, person.login_id, form.cleaned_data["name"], new, sessions.here(request.session))
            return _added(request, codes, _("The passkey is set up. You can sign in with it alone."))
    return render(request, "sign_in/passkey.html", {"form": form}, status=422 if form.errors else 200)


@member_page(("POST",))
@fresh_sign_in()
def codes(request: SignedIn) -> HttpResponse:
    """New recovery codes; the old ones are dead."""
    made = factor_verbs.renew_codes(request.actor, me(request).login_id, sessions.here(request.session))
    return _show_codes(request, made, _("The old recovery codes do not work any more."))


@member_page(("POST",))
@fresh_sign_in()
def removal(request: SignedIn, factor: int) -> HttpResponse:
    """Take one away."""
    what = factor_verbs.remove(request.actor, me(request).login_id, factor, sessions.here(request.session))
    messages.success(request, _("Removed: %(what)s. Everywhere else you are signed out.") % {"what": what})
    return HttpResponseRedirect("/me/security")


def me(request: SignedIn) -> Person:
    """The login of whoever is signed in."""
    person = by_user(request.actor.user_id) if request.actor.user_id else None
    if person is None:
        raise Refused("missing", "gone", _("This person is not here any more."))
    return person


def _secret(request: SignedIn, person: Person, *, anew: bool) -> str:
    """The secret on its way; kept sealed in the session until the app has shown that it has it."""
    kept = request.session.get(SECRET)
    if kept and not anew:
        return sealed.unseal(kept, SECRET, person.login_id)
    secret = totp.new_secret()
    request.session[SECRET] = sealed.seal(secret, SECRET, person.login_id)
    return secret


def _issuer() -> str:
    return f"Usher {settings.MODE.host}"


def _added(request: SignedIn, made: list[str], words: str) -> HttpResponse:
    if made:
        return _show_codes(request, made, words)
    messages.success(request, words)
    return HttpResponseRedirect("/me/security")


def _show_codes(request: SignedIn, made: list[str], words: str) -> HttpResponse:
    context: dict[str, Any] = {"codes": [f"{c[:5]}-{c[5:]}" for c in made], "words": words}
    return render(request, "sign_in/codes.html", context)
