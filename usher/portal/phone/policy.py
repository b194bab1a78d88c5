"""What phones may do, on pages: the choices of a level, what holds for one phone and who says so, and the form of one phone (S3-4; docs/decisions/0121)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.keyset import Row
from usher.journal import engine
from usher.journal.verb import plan
from usher.phone.policy import POLICY, Holds, above, holding
from usher.portal.listing import Words
from usher.portal.page import SignedIn, key_of
from usher.portal.plan_page import Option

TITLES = {"voicemail": gettext_lazy("Voicemail"), "recording": gettext_lazy("Recording"), "waiting": gettext_lazy("Call waiting")}
LIKE_ACCOUNT = gettext_lazy("Like the account: %(choice)s")
LIKE_SITE = gettext_lazy("Like the site and the account: %(choice)s")
Choices = list[tuple[str, Words, list[Option], str]]


def policy_choices(chosen: Mapping[str, str], unsaid: Mapping[str, Words]) -> Choices:
    """For each setting its name, its title, its choices and the chosen one; `unsaid` says what it means to choose none, where that can be."""
    return [
        (
            name,
            TITLES[name],
            [*([Option("", unsaid[name])] if name in unsaid else []), *(Option(value, words) for value, words in choices.items())],
            chosen.get(name, "" if name in unsaid else next(iter(choices))),
        )
        for name, choices in POLICY.items()
    ]


def like(words: str | Promise, held: Mapping[str, str]) -> dict[str, Words]:
    """What choosing none means below a level in which these hold."""
    return {name: str(words) % {"choice": POLICY[name][choice]} for name, choice in held.items()}


def chosen_in(request: SignedIn) -> dict[str, str]:
    """The choices of a form; empty for none."""
    return {name: request.POST[name] for name in POLICY if name in request.POST}


def policy_told(found: Row) -> list[dict[str, Words]]:
    """What holds for one phone in words, and where it comes from."""
    held = {name: holding(found, name) for name in POLICY}
    return [{"words": POLICY[name][holds.choice], "comes": comes_from(found, holds)} for name, holds in held.items()]


def comes_from(found: Row, holds: Holds) -> Words:
    match holds.of:
        case "phone":
            return _("set for this phone")
        case "template":
            return _("from the template %(template)s") % {"template": found["template"]}
        case "site":
            return _("from the site %(site)s") % {"site": found["site"]}
        case "account":
            return _("from the account")
    return ""


def policy_form(request: SignedIn, found: Row, context: Mapping[str, Any], path: str) -> HttpResponse:
    """The form of one phone; sent, it leads back to its page."""
    if request.method == "POST":
        wish = {"holder": str(found["id"]), "policy": chosen_in(request)}
        engine.start(plan(request.actor, "phone.set_policy", wish), key_of(request))
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": path})
        return HttpResponseRedirect(path, status=303)
    unsaid = like(LIKE_SITE, {name: above(found, name).choice for name in POLICY})
    form = {"choices": policy_choices(found["policy"], unsaid), "key": uuid4().hex, "back": path, "path": request.path}
    fragment = "#dialog" if request.headers.get("HX-Request") == "true" else ""
    return render(request, "phone/policy.html" + fragment, {**context, **form})
