"""Help: the guide inside the portal, each place leading to its own page (S0-16, S1-26, S2-10)."""

from typing import TypeVar

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.core.refusals import Refused
from usher.portal.help import guide
from usher.portal.page import SignedIn, member_page

Thing = TypeVar("Thing")


@member_page()
def index(request: SignedIn) -> HttpResponse:
    """All pages of the guide."""
    return render(request, "help/index.html", {"titles": guide.titles()})


@member_page()
def one(request: SignedIn, name: str) -> HttpResponse:
    """One page of the guide."""
    return render(request, "help/page.html", {"page": found(guide.page_of(name)), "titles": guide.titles()})


@member_page()
def picture(request: SignedIn, name: str) -> HttpResponseBase:
    """A picture of the guide."""
    return FileResponse(found(guide.picture(name)).open("rb"), content_type="image/png")


def found(thing: Thing | None) -> Thing:
    if thing is None:
        raise Refused("missing", "no_help", _("The guide has no such page. Its first page lists them all: Help."))
    return thing
