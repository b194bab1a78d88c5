"""What an administrator ends for a set of people: their sessions, their second factors. Each is a plan page."""

from dataclasses import replace

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.journal.verb import plan
from usher.portal.page import SignedIn, page
from usher.portal.people.bulk import look_at, subjects_of
from usher.portal.plan_page import plan_page
from usher.portal.templatetags.usher import number


@page("people:user:manage", ("GET", "POST"))
def sign_out(request: SignedIn) -> HttpResponseBase:
    """End every session of theirs (S4-3)."""
    look = look_at(
        request, _("Sign out everywhere"), lambda n: ngettext("Sign out %(n)s person", "Sign out %(n)s people", n) % {"n": number(n)}
    )
    return plan_page(request, plan(request.actor, "access.sign_out", {"subjects": subjects_of(request)}), look)


@page("people:user:manage", ("GET", "POST"))
def factor_removal(request: SignedIn) -> HttpResponseBase:
    """Take away the second factors of people who lost them (ASVS 6.4.4)."""
    look = look_at(
        request,
        _("Remove second factors"),
        lambda n: ngettext("Remove the factors of %(n)s person", "Remove the factors of %(n)s people", n) % {"n": number(n)},
    )
    look = replace(look, note=_("Make sure first that it is they who ask. Their sessions end, and a mail tells them who did it."))
    return plan_page(request, plan(request.actor, "access.remove_factors", {"subjects": subjects_of(request)}), look)
