"""The forms of sites and templates, each in a dialog or on a page of its own: done, or asked again with what was typed and what is wrong."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _

from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.portal.page import SignedIn
from usher.portal.people.adding import key_of


def done_or_asked(request: SignedIn, verb: str, params: dict[str, Any], back: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """Do it and lead to the list, with the way back as a notice; or show the form again."""
    try:
        started = engine.start(plan(request.actor, verb, params), key_of(request))
    except Refused as refused:
        if refused.kind in ("missing", "forbidden"):
            raise
        return shown(request, template, {**context, "back": back}, refused)
    if started.number:
        messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', _("Saved."), started.number, _("Undo")))
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": back})
    return HttpResponseRedirect(back, status=303)


def shown(request: SignedIn, template: str, context: dict[str, Any], refused: Refused | None = None) -> HttpResponse:
    """The form; what is wrong stands at its field, and what names no field at the name."""
    context = {
        **context,
        "trouble": {"field": refused.field or "name", "words": refused.words} if refused else {},
        "key": uuid4().hex if request.method == "GET" else request.POST.get("key", ""),
    }
    fragment = "#dialog" if request.headers.get("HX-Request") == "true" else ""
    return render(request, template + fragment, context, status=422 if refused else 200)
