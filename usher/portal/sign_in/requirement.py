"""Account, Sign-in: whether administrators need a second factor, and which of them have one (ASVS 6.3.3)."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.access import factors
from usher.journal import engine
from usher.journal.verb import plan
from usher.portal.page import SignedIn, key_of, page
from usher.portal.sign_in.fresh import fresh_sign_in


@page("accounts:sign_in:view", ("GET", "POST"))
@fresh_sign_in()
def requirement(request: SignedIn) -> HttpResponse:
    """Administrators see it; only the owner changes it."""
    actor = request.actor
    if request.method != "POST":
        context = {
            "on": factors.is_needed(actor),
            "people": factors.administrators(actor),
            "may_change": actor.may("accounts:sign_in:manage"),
            "key": uuid4().hex,
        }
        return render(request, "account/sign_in.html", context)
    started = engine.start(plan(actor, "accounts.require_factor", {"on": request.POST.get("on") == "yes"}), key_of(request))
    messages.success(request, _("Saved.") if started.number else _("Nothing was different."))
    return HttpResponseRedirect("/account/sign-in", status=303)
