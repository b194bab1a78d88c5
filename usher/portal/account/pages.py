"""Account: its first place."""

from django.http import HttpResponse, HttpResponseRedirect

from usher.portal.page import SignedIn, page


@page("accounts:account:view")
def account(request: SignedIn) -> HttpResponse:
    """The way in is its first place."""
    return HttpResponseRedirect("/account/subscriptions")
