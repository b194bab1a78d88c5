"""The forms of sites and templates, each in a dialog or on a page of its own: done, or asked again with what was typed and what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from usher.portal.listing import Words
from usher.portal.page import SignedIn, key_of


@dataclass(frozen=True)
class Form:
    """The form of one kind of thing. `given` is what was sent, as its verbs take it; `answers` is what the form shows of a thing, or of what was sent.

    `back` is the list it leads to, called `words`.
    """

    template: str
    back: str
    words: Words
    given: Callable[[SignedIn], dict[str, Any]]
    answers: Callable[[Mapping[str, Any]], dict[str, Any]]


def form_page(
    request: SignedIn, form: Form, verb: str, thing: Mapping[str, Any], now: Mapping[str, Any], context: Mapping[str, Any]
) -> HttpResponse:
    """The form with what holds now. Sent, its verb is done to the `thing` and leads to the list, with the way back as a notice; or it is asked again."""
    around = {**context, "back": form.back, "crumbs": [(form.words, form.back), (context["heading"], "")]}
    if request.method == "GET":
        return shown(request, form, {**around, **form.answers(now)})
    given = form.given(request)
    try:
        started = engine.start(plan(request.actor, verb, {**thing, **given}), key_of(request))
    except Refused as refused:
        if refused.kind in ("missing", "forbidden"):
            raise
        return shown(request, form, {**around, **form.answers(given)}, refused)
    if started.number:
        messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', _("Saved."), started.number, _("Undo")))
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": form.back})
    return HttpResponseRedirect(form.back, status=303)


def shown(request: SignedIn, form: Form, context: Mapping[str, Any], refused: Refused | None = None) -> HttpResponse:
    """The form; what is wrong stands at its field, and what names no field at the name."""
    context = {
        **context,
        "trouble": {"field": refused.field or "name", "words": refused.words} if refused else {},
        "key": uuid4().hex if request.method == "GET" else request.POST.get("key", ""),
    }
    fragment = "#dialog" if request.headers.get("HX-Request") == "true" else ""
    return render(request, form.template + fragment, context, status=422 if refused else 200)
