"""What accepting an invitation means for somebody who has an account here, and the button that does it (S0-33 … S0-36, S1-20 … S1-22)."""

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import sessions
from usher.access.origin import client_ip
from usher.access.way_in import by_login
from usher.content.kinds import MANY
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.names import listed
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle import accept
from usher.lifecycle import transfer as moving
from usher.portal.page import SignedIn, public
from usher.portal.sign_in.entering import bind, by_link, closed
from usher.portal.sign_in.fresh import ask_first
from usher.portal.sign_in.joining import is_theirs, path_of, somebody_else


@public(("GET", "POST"))
@by_link
def transfer(request: SignedIn, user: UUID, secret: str) -> HttpResponse:
    """Listed first, done by POST only, after a fresh sign-in of that very person; what they did not see is not accepted (AUTHZ-19)."""
    found = accept.look_up(user, secret)
    if request.actor is None:
        return HttpResponseRedirect(path_of(user, secret, "sign-in"))
    if not is_theirs(request, found):
        return somebody_else(request, found)
    offer = moving.offer(found["login_id"], user)
    posted = request.method == "POST"
    if not posted or offer.why_not or request.POST.get("from") != short(offer.user):
        context = {"found": found, "here": path_of(user, secret), "offer": offer, **_in_words(offer)}
        return render(request, "sign_in/transfer.html", context, status=409 if posted else 200)
    if not sessions.is_fresh(request.session):
        return ask_first(request)
    still = partial(accept.look_up, user, secret)
    moving.accept(found["login_id"], user, still, ip=client_ip(request.META), request_id=request.request_id)
    return _arrived(request, found["login_id"], found["account_name"])


def _in_words(offer: moving.Offer) -> dict[str, Any]:
    return {
        "comes": [(words, offer.comes[kind]) for kind, words in MANY.items() if offer.comes.get(kind)],
        "speaks": dict(settings.LANGUAGES).get(offer.language, ""),
        "license": PRODUCTS[offer.license].name,
        "add_ons": listed([PRODUCTS[code].name for code in offer.add_ons]) if offer.add_ons else "",
    }


def _arrived(request: SignedIn, login: UUID, account: str) -> HttpResponse:
    """They are signed in as who they are now; who they were has no session any more."""
    person = by_login(login)
    if person is None:
        return closed(request, Refused("missing", "gone", ""))
    request.session.cycle_key()
    bind(request, person, "invitation")
    messages.success(
        request, _("You belong to %(account)s now. What you have is on its way and is here within minutes.") % {"account": account}
    )
    return HttpResponseRedirect("/", status=303)
