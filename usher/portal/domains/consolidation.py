"""Joining the account that manages one's domain: asked at sign-in, put off three times at the most (behaviour.md H)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.origin import client_ip
from usher.access.throttle import RESET_ADDRESS, SIGN_UP_ORIGIN, spend
from usher.access.way_in import by_login, by_user, canonical_of
from usher.content.kinds import MANY
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle import consolidate, own_address
from usher.portal.page import MUST_ANSWER, SignedIn, member_page, public
from usher.portal.sign_in.entering import bind, by_link
from usher.portal.sign_in.fresh import fresh_sign_in
from usher.portal.templatetags.usher import number


@member_page(("GET", "POST"))
@fresh_sign_in()
def consolidation(request: SignedIn) -> HttpResponse:
    """Who asks, what comes along, and the two answers. Joining is done by POST only, and only with what was shown."""
    login = login_of(request)
    asked = consolidate.question(login)
    if asked is None:
        request.session.pop(MUST_ANSWER, None)
        return HttpResponseRedirect("/")
    if request.method != "POST":
        told = ngettext("You can put it off %(n)s more time.", "You can put it off %(n)s more times.", asked.left)
        comes = [(words, asked.comes[kind]) for kind, words in MANY.items() if asked.comes.get(kind)]
        context = {"asked": asked, "comes": comes, "license": PRODUCTS[asked.license].name, "left": told % {"n": number(asked.left)}}
        return render(request, "sign_in/consolidation.html", {**context, "from": short(asked.user)})
    if request.POST.get("answer") == "join" and request.POST.get("from") == short(asked.user):
        return joined(request, login)
    consolidate.put_off(login)
    request.session.pop(MUST_ANSWER, None)
    return HttpResponseRedirect("/", status=303)


@member_page(("POST",))
@fresh_sign_in()
def address(request: SignedIn) -> HttpResponse:
    """Another address instead: a mail with a link goes to it. The answer is the same for every address (R11)."""
    email = request.POST.get("email", "").strip()[:254]
    spend((RESET_ADDRESS, canonical_of(email)), (SIGN_UP_ORIGIN, str(request.actor.user_id)))
    try:
        own_address.ask(login_of(request), email)
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        messages.error(request, refused.words)
        return HttpResponseRedirect("/me/consolidation#address", status=303)
    return render(request, "sign_in/new_address_sent.html", {"email": email})


@public(("GET", "POST"))
@by_link
def new_address(request: SignedIn, asked: UUID, secret: str) -> HttpResponse:
    """The link of that mail. Looking changes nothing; the button does, and everybody signs in anew (INVITE-10)."""
    found = own_address.look_up(asked, secret)
    done = request.method == "POST"
    if done:
        own_address.change(asked, secret, ip=client_ip(request.META), request_id=request.request_id)
    return render(request, "sign_in/new_address.html", {"found": found, "done": done})


def login_of(request: SignedIn) -> UUID:
    person = by_user(request.actor.user_id) if request.actor.user_id else None
    if person is None:
        raise Refused("missing", "gone", _("This person is not here any more."))
    return person.login_id


def joined(request: SignedIn, login: UUID) -> HttpResponse:
    """They are signed in as who they are now; who they were has no session any more."""
    account = consolidate.join(login, ip=client_ip(request.META), request_id=request.request_id)
    person = by_login(login)
    if person is None:
        raise Refused("missing", "gone", "")
    request.session.pop(MUST_ANSWER, None)
    request.session.cycle_key()
    bind(request, person, "sign_up")
    messages.success(
        request, _("You belong to %(account)s now. What you have is on its way and is here within minutes.") % {"account": account}
    )
    return HttpResponseRedirect("/", status=303)
