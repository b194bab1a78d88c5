"""Home, Me, the theme, and the tray of running work."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from usher.core import sql
from usher.journal import reads
from usher.licenses.ledger import seats
from usher.portal.navigation import THEMES
from usher.portal.page import SignedIn, member_page, own_path, public

PEOPLE_COUNTS = """SELECT count(*) FILTER (WHERE status = 'active') AS active, count(*) FILTER (WHERE status = 'pending') AS pending,
    count(*) FILTER (WHERE status = 'inactive') AS inactive FROM people_standing WHERE account_id = %(a)s AND status <> 'gone'"""


@member_page()
def home(request: SignedIn) -> HttpResponse:
    """What the account is like now. Who may see none of it lands on their own page."""
    actor = request.actor
    if not actor.may("people:user:view"):
        return HttpResponseRedirect("/me")
    context: dict[str, Any] = {"people": sql.row(PEOPLE_COUNTS, {"a": actor.account_id})}
    if actor.may("licenses:subscription:view"):
        context["seats"] = seats(actor)
    if actor.may("journal:change:view"):
        context["lately"] = [{**c, "words": reads.sentence(c, reads.outcome(c).done)} for c in reads.changes(actor, limit=6)]
    return render(request, "home/home.html", context)


@member_page()
def me(request: SignedIn) -> HttpResponse:
    return render(request, "home/me.html")


@public(("POST",))
def theme(request: SignedIn) -> HttpResponse:
    """Keep the wished theme in this browser, and go back."""
    response = HttpResponseRedirect(own_path(request.POST.get("next", "/"), request))
    wish = request.POST.get("theme", "")
    if wish in dict(THEMES):
        response.set_cookie("usher-theme", wish, max_age=31_536_000, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return response
