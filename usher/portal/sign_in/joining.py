"""Accepting an invitation: who invites, which account; a name, a password, one button (S0-50, S1-22)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access.origin import client_ip
from usher.access.way_in import by_password, by_user
from usher.core.refusals import Refused
from usher.lifecycle import accept
from usher.portal.page import SignedIn, public
from usher.portal.sign_in.entering import by_link, closed, enter
from usher.portal.sign_in.forms import Join, JoinAgain

NAMES = ("first_name", "last_name")


@public(("GET", "POST"))
@by_link
def join(request: SignedIn, user: UUID, secret: str) -> HttpResponse:
    """Only POST accepts (INVITE-10). Whoever is signed in as somebody else signs out first (INVITE-07)."""
    found = accept.look_up(user, secret)
    if request.actor is not None:
        return render(
            request, "sign_in/somebody_else.html", {"found": found, "here": request.path}, status=409 if request.method == "POST" else 200
        )
    data = request.POST or None
    form = JoinAgain(data) if found["login_exists"] else Join(data, found["email"])
    for name in NAMES:  # so that a name nobody touched is known as such: what an administrator wrote meanwhile stays
        form.fields[name].show_hidden_initial = True
    if request.method == "POST" and form.is_valid() and _accepted(request, found, secret, form):
        person = by_user(user)
        means = "setup_link" if found["role"] == "owner" else "invitation"
        return enter(request, person, means, "/") if person else closed(request, Refused("missing", "gone", ""))
    if data is None:
        form.initial = {"first_name": found["first_name"], "last_name": found["last_name"]}
    return render(request, "sign_in/join.html", {"form": form, "found": found}, status=422 if form.errors else 200)


def _accepted(request: SignedIn, found: dict[str, Any], secret: str, form: Join | JoinAgain) -> bool:
    """Accept; False when the form has to be shown again. A password that exists is checked under the limits of every sign-in (DOS-02)."""
    given, ip = form.cleaned_data, client_ip(request.META)
    if found["login_exists"] and by_password(found["email"], given["password"], ip) is None:
        form.add_error("password", _("This is not the password of this address. Use the one you sign in with."))
        return False
    names = {name: given[name] if name in form.changed_data else "" for name in NAMES}
    try:
        accept.accept(found["user_id"], secret, **names, password=given["password"], ip=ip, request_id=request.request_id)
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        form.add_error(refused.field if refused.field in form.fields else None, refused.words)
        return False
    return True
