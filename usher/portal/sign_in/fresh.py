"""For what is sensitive, who it is must have been shown within the last 15 minutes (SESSION-12, ASVS 7.5.3, portal.md 5.8).

A page dressed with @fresh_sign_in leads to /me/confirm and back; of a form, what was typed comes back as it was, by a 307.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import factors, passkeys, sessions
from usher.access.origin import client_ip
from usher.access.way_in import by_password, by_user
from usher.core.refusals import Refused
from usher.portal.page import SignedIn, View, member_page, own_path
from usher.portal.sign_in.forms import Confirm
from usher.portal.sign_in.questions import answer_of

ASKED = "confirm_"  # what the fields of the question begin with
NOT_KEPT = ("csrfmiddlewaretoken", "password", "again", "present")


def fresh_sign_in(methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """Below @page or @member_page: for these methods, ask who it is when that was shown too long ago."""

    def dress(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedIn, *args: Any, **path: Any) -> HttpResponseBase:
            if request.method in methods and not sessions.is_fresh(request.session):
                return ask_first(request)
            return view(request, *args, **path)

        return guarded  # type: ignore[return-value]

    return dress


def ask_first(request: SignedIn) -> HttpResponse:
    """The question; its answer leads on. Nothing was done."""
    if request.method != "POST":
        return HttpResponseRedirect("/me/confirm?next=" + quote(request.get_full_path(), safe=""))
    return _question(request, Confirm(None), request.get_full_path(), "yes", 403)


@member_page(("GET", "POST"))
def confirm(request: SignedIn) -> HttpResponse:
    """Password, code or passkey once more; then back to where the question came up, with the form as it was."""
    data = request.POST if request.method == "POST" else None
    path = own_path((data or request.GET).get(f"{ASKED}next" if data else "next", "/me/security"), request)
    form, was_form = Confirm(data), data.get(f"{ASKED}form", "") if data else ""
    if data is None or not form.is_valid() or not _shown(request, form):
        return _question(request, form, path, was_form, 422 if form.errors else 200)
    sessions.prove(request.session)
    return HttpResponse(status=307, headers={"Location": path}) if was_form else HttpResponseRedirect(path)


def _shown(request: SignedIn, form: Confirm) -> bool:
    """Whether one of the three was right; what was wrong stands in the form."""
    given, actor = form.cleaned_data, request.actor
    person = by_user(actor.user_id) if actor.user_id else None
    if person is None:
        raise Refused("missing", "gone", _("This person is not here any more."))
    if given["confirm_credential"]:
        return _is_own_passkey(request, form, person.login_id)
    if given["confirm_code"]:
        right = factors.by_code(actor, person.login_id, given["confirm_code"], actor.ip) is not None
        return right or _wrong(form, "confirm_code", _("This code is not right, or was used already. Wait for the next one."))
    found = by_password(actor.email, given["confirm_password"], client_ip(request.META)) if given["confirm_password"] else None
    right = found is not None and found.user_id == actor.user_id
    return right or _wrong(form, "confirm_password", _("This is not your password."))


def _is_own_passkey(request: HttpRequest, form: Confirm, login: Any) -> bool:
    try:
        kept, answer = answer_of(request, form.cleaned_data["confirm_credential"])
        right = passkeys.shown_by(kept, answer) == login
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        right = False
    return right or _wrong(form, None, _("This passkey was not accepted. Try again, or use another way."))


def _wrong(form: Confirm, field: str | None, words: str) -> bool:
    form.add_error(field, words)
    return False


def _question(request: SignedIn, form: Confirm, path: str, was_form: str, status: int) -> HttpResponse:
    posted = [(k, v) for k in request.POST for v in request.POST.getlist(k) if k not in NOT_KEPT and not k.startswith(ASKED)]
    kinds = {f["type"] for f in factors.own(request.actor)}
    for field in [name for name in ("confirm_code",) if not kinds & {factors.APP, factors.CODES}]:
        del form.fields[field]
    context = {"form": form, "path": path, "was_form": was_form, "kept": posted, "has_passkey": factors.PASSKEY in kinds}
    return render(request, "sign_in/confirm.html", context, status=status)
