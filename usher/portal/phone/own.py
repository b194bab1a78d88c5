"""My phone: what somebody sees and changes of their own phone; the link in the mail leads here (S3-19, S3-22, S3-35)."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.licenses.catalog import PRODUCTS
from usher.phone import call_reads, reads
from usher.phone.numbering import shown
from usher.phone.policy import POLICY, above
from usher.phone.verbs.extension import change_own
from usher.phone.verbs.numbers import change_own_caller_id, may_choose_caller_id
from usher.portal.page import SignedIn, key_of, member_page
from usher.portal.phone.clash import words_of_refusal
from usher.portal.phone.policy import LIKE_SITE, chosen_in, like, policy_choices
from usher.portal.phone.told import call_lines, recorded_lines
from usher.portal.plan_page import Option

NEWEST = 10


@member_page(("GET", "POST"))
def own_phone(request: SignedIn) -> HttpResponse:
    """Extension, voicemail, recording and call waiting; numbers, packages and the newest calls to look at."""
    found = reads.phone(request.actor, request.actor.user_id) if request.actor.user_id else None
    if request.method != "POST" or found is None or found["state"] != "active":
        return form(request, found, {})
    try:
        change_own(request.actor, request.POST.get("extension", "").strip(), chosen_in(request), key_of(request))
    except Refused as refused:
        given = request.POST.get("extension", "")
        return form(
            request, {**found, "extension": given}, {"field": "extension", "words": words_of_refusal(request.actor, refused, given)}
        )
    messages.success(request, _("Saved."))
    return HttpResponseRedirect("/me/phone", status=303)


@member_page(("POST",))
def own_caller_id(request: SignedIn) -> HttpResponse:
    """Another number to call out with, one of one's own; or none that is shown."""
    try:
        change_own_caller_id(request.actor, request.POST.get("number", ""), key_of(request))
    except Refused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("Saved."))
    return HttpResponseRedirect("/me/phone", status=303)


def form(request: SignedIn, found: dict[str, Any] | None, trouble: dict[str, Any]) -> HttpResponse:
    has_one = found is not None and found["state"] == "active"
    context = {
        "phone": found if has_one else None,
        "waits": found is None and bool(request.actor.user_id) and reads.waits(request.actor, request.actor.user_id),  # type: ignore[arg-type]
        **numbers_of(request.actor if has_one else None),
        "packages": [PRODUCTS[p].name for p in (found or {}).get("packages", ())],
        "choices": policy_choices(found["policy"], like(LIKE_SITE, {name: above(found, name).choice for name in POLICY})) if found else [],
        "calls": call_lines(call_reads.own(request.actor, NEWEST)) if has_one else [],
        "recorded": recorded_lines(call_reads.own_recordings(request.actor, NEWEST)) if has_one else [],
        "trouble": trouble,
        "key": uuid4().hex,
    }
    return render(request, "phone/own.html", context, status=422 if trouble else 200)


def numbers_of(actor: Actor | None) -> dict[str, Any]:
    """The numbers of one's phone, and what it can show when it calls, where one may choose; none where there is no phone."""
    mine = reads.own_numbers(actor) if actor else []
    chooses = actor is not None and bool(mine) and may_choose_caller_id(actor.user_id)
    return {
        "numbers": [shown(n["number"]) for n in mine],
        "callers": [*(Option(n["number"], shown(n["number"])) for n in mine), Option("", _("Hidden"))] if chooses else [],
        "caller": next((n["number"] for n in mine if n["caller"]), ""),
    }
