"""Signing up: a public page for an address at a domain with sign-up, and the page its link leads to (behaviour.md H)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.access.origin import client_ip, neighborhood
from usher.access.throttle import SIGN_UP_ADDRESS, SIGN_UP_ORIGIN, spend
from usher.access.way_in import by_password, by_user, canonical_of
from usher.core import jobs
from usher.core.refusals import Refused
from usher.lifecycle import sign_up as signing
from usher.portal.page import SignedIn, public
from usher.portal.sign_in.entering import by_link, closed, enter
from usher.portal.sign_in.forms import LONGEST_NAME, Forgot, Join, KnownPassword, text


class JoinAgain(KnownPassword):
    """Name, and the password that this address has already."""

    first_name = text(gettext_lazy("First name"), fill="given-name", most=LONGEST_NAME, needed=False)
    last_name = text(gettext_lazy("Last name"), fill="family-name", most=LONGEST_NAME, needed=False)
    field_order = ["first_name", "last_name", "password"]


@public(("GET", "POST"))
def sign_up(request: SignedIn) -> HttpResponse:
    """Ask for a link. The answer and its time are the same for every address (R11, SECRET-03); where nobody can sign up the page says so."""
    form = Forgot(request.POST or None)
    if not signing.is_open():
        return render(request, "sign_in/sign_up.html", {"closed": True})
    if request.method != "POST" or not form.is_valid():
        return render(request, "sign_in/sign_up.html", {"form": form}, status=422 if form.errors else 200)
    email = form.cleaned_data["email"]
    spend((SIGN_UP_ADDRESS, canonical_of(email)), (SIGN_UP_ORIGIN, neighborhood(client_ip(request.META))))
    jobs.defer("lifecycle.send_sign_up", address=email)
    return render(request, "sign_in/sign_up_sent.html", {"email": email})


@public(("GET", "POST"))
@by_link
def join(request: SignedIn, asked: UUID, secret: str) -> HttpResponse:
    """Name and password; only POST comes in (INVITE-10). Whoever is signed in as somebody else signs out first (INVITE-07)."""
    found = signing.look_up(asked, secret)
    if request.actor is not None:
        status = 409 if request.method == "POST" else 200
        return render(request, "sign_in/somebody_else.html", {"found": found, "here": request.path}, status=status)
    data = request.POST or None
    form = JoinAgain(data) if found["login_exists"] else Join(data, found["email"])
    if request.method == "POST" and form.is_valid() and (user := _accepted(request, found, secret, form)):
        person = by_user(user)
        return enter(request, person, "sign_up", "/") if person else closed(request, Refused("missing", "gone", ""))
    return render(request, "sign_in/sign_up_join.html", {"form": form, "found": found}, status=422 if form.errors else 200)


def _accepted(request: SignedIn, found: dict[str, Any], secret: str, form: Join | JoinAgain) -> UUID | None:
    """The new person; None when the form has to be shown again. A password that exists is checked under the limits of every sign-in (DOS-02)."""
    given, ip = form.cleaned_data, client_ip(request.META)
    if found["login_exists"] and by_password(found["email"], given["password"], ip) is None:
        form.add_error("password", _("This is not the password of this address. Use the one you sign in with."))
        return None
    names = {name: given[name] for name in ("first_name", "last_name")}
    try:
        user, got = signing.accept(found["id"], secret, **names, password=given["password"], ip=ip, request_id=request.request_id)
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        form.add_error(refused.field if refused.field in form.fields else None, refused.words)
        return None
    if not got:
        messages.warning(
            request, _("No seat was free for you yet, so you cannot host meetings. Your administrators can give you a license.")
        )
    return user


@public(("GET", "POST"))
def bad_link(request: SignedIn, rest: str = "") -> HttpResponse:
    """Whatever else stands behind /sign-up (INVITE-18)."""
    return closed(request, Refused("missing", "bad_link", ""))
