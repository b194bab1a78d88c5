"""The settings of the account: one form, saved at once, and undone like any change."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.accounts.models import Account
from usher.accounts.plans import PLANS
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import plan
from usher.portal.page import SignedIn, page

LOCALES = Path(__file__).parents[2] / "locale"
FIELDS = ("name", "language", "country", "meeting_connector")


@page("accounts:settings:view", ("GET", "POST"))
def settings(request: SignedIn) -> HttpResponse:
    """Name, language, country, Meeting Connector (S0-23). Who may only look sees them closed."""
    account = Account.objects.get(pk=request.actor.account_id)
    if request.method != "POST":
        return shown(request, account, {k: getattr(account, k) for k in FIELDS})
    given = {k: request.POST.get(k, "").strip() for k in FIELDS} | {"meeting_connector": "meeting_connector" in request.POST}
    given["country"] = str(given["country"]).upper()
    key = "portal:" + "".join(c for c in request.POST.get("key", "") if c.isalnum())[:64]
    try:
        started = engine.start(plan(request.actor, "accounts.change_settings", given), key)
    except Refused as refused:
        if refused.kind != "invalid":
            raise
        return shown(request, account, given, {"field": refused.field, "words": refused.words})
    messages.success(request, _("Saved as C-%(n)s.") % {"n": started.number} if started.number else _("Nothing was different."))
    return HttpResponseRedirect("/account/settings", status=303)


def shown(request: SignedIn, account: Account, given: dict[str, Any], trouble: dict[str, Any] | None = None) -> HttpResponse:
    context = {
        "account": account,
        "plan": PLANS[account.plan].name if account.plan in PLANS else account.plan,
        "given": given,
        "languages": languages(account.language),
        "trouble": trouble or {},
        "may_change": request.actor.may("accounts:settings:manage"),
        "key": uuid4().hex,
    }
    return render(request, "account/settings.html", context, status=422 if trouble else 200)


def languages(now: str) -> list[tuple[str, str]]:
    """The languages there are texts in, and the one that is set."""
    return [(code, words) for code, words in django_settings.LANGUAGES if code in ("en", now) or (LOCALES / code).is_dir()]
