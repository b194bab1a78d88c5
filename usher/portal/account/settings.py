"""The settings of the account: one form, saved at once, and undone like any change."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.accounts.models import Account
from usher.accounts.plans import PLANS
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.lifecycle.on_the_clock import waiting
from usher.portal.page import SignedIn, key_of, page

LOCALES = Path(__file__).parents[2] / "locale"
DAYS = ("trash_days", "delete_after_days")
FIELDS = ("name", "language", "country", "meeting_connector", *DAYS)


@page("accounts:settings:view", ("GET", "POST"))
def settings(request: SignedIn) -> HttpResponse:
    """Name, language, country, Meeting Connector (S0-23), and the days of leaving. Who may only look sees them closed."""
    account = Account.objects.get(pk=request.actor.account_id)
    if request.method != "POST":
        return shown(request, account, {k: getattr(account, k) for k in FIELDS})
    given = given_in(request.POST)
    try:
        started = engine.start(plan(request.actor, "accounts.change_settings", given), key_of(request))
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return shown(request, account, given, {"field": refused.field, "words": refused.words})
    messages.success(request, _("Saved as C-%(n)s.") % {"n": started.number} if started.number else _("Nothing was different."))
    return HttpResponseRedirect("/account/settings", status=303)


def given_in(data: QueryDict) -> dict[str, Any]:
    """The form as the verb takes it. What is no number stays what was typed, for the verb to refuse; days the form does not name stay as they are."""
    given: dict[str, Any] = {k: data.get(k, "").strip() for k in FIELDS if k in data or k not in DAYS}
    numbers = {k: int(given[k]) for k in DAYS if given.get(k, "").isascii() and given.get(k, "").isdigit() and len(given[k]) < 9}
    return given | numbers | {"meeting_connector": "meeting_connector" in data, "country": str(given["country"]).upper()}


def shown(request: SignedIn, account: Account, given: dict[str, Any], trouble: dict[str, Any] | None = None) -> HttpResponse:
    context = {
        "account": account,
        "plan": PLANS[account.plan].name if account.plan in PLANS else account.plan,
        "given": {k: getattr(account, k) for k in DAYS} | given,
        "languages": languages(account.language),
        "trouble": trouble or {},
        "waiting": waiting(request.actor) if request.actor.may("people:user:view") else None,
        "may_change": request.actor.may("accounts:settings:manage"),
        "key": uuid4().hex,
    }
    return render(request, "account/settings.html", context, status=422 if trouble else 200)


def languages(now: str) -> list[tuple[str, str]]:
    """The languages there are texts in, and the one that is set."""
    return [(code, words) for code, words in django_settings.LANGUAGES if code in ("en", now) or (LOCALES / code).is_dir()]
