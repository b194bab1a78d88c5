"""The settings of Phone: switches, saved at once, and undone like any change (S1-25, S3-46)."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.journal import engine
from usher.journal.verb import plan
from usher.phone import reads
from usher.phone.verbs.settings import WORDS
from usher.portal.page import SignedIn, key_of, page
from usher.portal.phone.policy import chosen_in, policy_choices

HINTS = {
    "soft_delete": gettext_lazy("A phone goes to the trash before it can be removed, and can be restored for 30 days."),
    "welcome_mail": gettext_lazy("Whoever gets a phone gets a mail with the extension and a link to their phone settings."),
    "site_codes": gettext_lazy("The code of a site stands before the extensions given from now on. Those people have stay as they are."),
    "automatic": gettext_lazy(
        "Whoever gets a Licensed seat gets Phone with it, as long as seats are free. Keep it off before people of another phone system are licensed."
    ),
}


@page("phone:settings:view", ("GET", "POST"))
def settings(request: SignedIn) -> HttpResponse:
    """The switches. Who may only look sees them closed."""
    if request.method == "POST":
        wanted: dict[str, Any] = {name: name in request.POST for name in WORDS}
        if policy := chosen_in(request):
            wanted["policy"] = policy
        started = engine.start(plan(request.actor, "phone.change_settings", wanted), key_of(request))
        messages.success(request, _("Saved as C-%(n)s.") % {"n": started.number} if started.number else _("Nothing was different."))
        return HttpResponseRedirect("/phone/settings", status=303)
    now = reads.settings(request.actor)
    context = {
        "switches": [{"name": name, "words": words, "hint": HINTS[name], "on": now[name]} for name, words in WORDS.items()],
        "choices": policy_choices(reads.account_policy(request.actor), {}),
        "may_change": request.actor.may("phone:settings:manage"),
        "key": uuid4().hex,
    }
    return render(request, "phone/settings.html", context)
