"""Agreeing to an app, and the end of that (OAUTH-21, ASVS 10.7; RFC 6749, 4.1). The token endpoint, where programs come, is api/oauth.py."""

from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import consents, redirects
from usher.core.ids import short, uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.portal.door import CSP
from usher.portal.page import SignedIn, member_page, page
from usher.portal.sign_in.fresh import fresh_sign_in

ASKED = ("response_type", "client_id", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method")


@member_page(("GET", "POST"))
@fresh_sign_in(("GET",))
def authorize(request: SignedIn) -> HttpResponse:
    """What an app asks of whoever is signed in, in words; and back to it with a code or a no."""
    asked = asked_in(request)
    app = consents.app_asking(request.actor, asked.get("client_id", ""), asked.get("redirect_uri", ""))
    try:
        wish = consents.wish_of(app, asked)
        if request.method == "GET":
            return question(request, app, wish, asked)
        if request.POST.get("answer") != "yes":
            raise consents.Unasked("access_denied", "the person said no")
        return back(app, asked, code=consents.give(request.actor, app, wish))
    except consents.Unasked as no:
        return back(app, asked, error=no.error, error_description=no.words)


@member_page()
def own_apps(request: SignedIn) -> HttpResponse:
    """The apps that work for somebody, what each may, and its end."""
    apps = [{**c, "may": consents.words_for(request.actor, c["scopes"])} for c in consents.own(request.actor)]
    return render(request, "consents/own.html", {"apps": apps})


@member_page(("POST",))
def withdrawal(request: SignedIn, own_consent_id: UUID) -> HttpResponse:
    """The end of one's own consent."""
    consents.withdraw(request.actor, own_consent_id)
    messages.success(request, _("The app does not work for you any more. It stopped at once."))
    return HttpResponseRedirect("/me/apps", status=303)


@page("access:app:manage", ("POST",))
def end(request: SignedIn, consent_id: UUID) -> HttpResponse:
    """The end of somebody's consent, by who manages apps."""
    app = consents.app_of(request.actor, consent_id)
    engine.start(plan(request.actor, "access.end_consent", {"consent": consent_id}), f"end-consent:{uuid7()}")
    messages.success(request, _("The app does not work for them any more. It stopped at once."))
    return HttpResponseRedirect(f"/account/apps/{short(app)}", status=303)


def asked_in(request: SignedIn) -> dict[str, str]:
    """The parameters of an authorization request. Refused (invalid, twice) when one stands more than once (MASS-05, OAUTH-04)."""
    given = request.POST if request.method == "POST" else request.GET
    if twice := [name for name in ASKED if len(given.getlist(name)) > 1]:
        raise Refused("invalid", "twice", _("%(name)s stands more than once in the address. Nothing was done.") % {"name": twice[0]})
    return {name: str(given[name]) for name in ASKED if name in given}


def question(request: SignedIn, app: consents.App, wish: consents.Wish, asked: dict[str, str]) -> HttpResponse:
    """The page that asks. Its form may lead to the app's address, and nowhere else beside our own."""
    may = consents.words_for(request.actor, consents.offered(request.actor, wish))
    context = {"app": app, "place": redirects.origin(app.redirect), "may": may, "asked": asked}
    response = render(request, "consents/question.html", context)
    response["Content-Security-Policy"] = CSP.replace("form-action 'self'", f"form-action 'self' {redirects.origin(app.redirect)}")
    return response


def back(app: consents.App, asked: dict[str, str], **told: Any) -> HttpResponse:
    """To the address the app asked from, with what it is told; the state as it came."""
    told |= {"state": asked["state"]} if "state" in asked else {}
    address = app.redirect + ("&" if "?" in app.redirect else "?") + urlencode(told, quote_via=quote)
    return HttpResponse(status=303, headers={"Location": address})
