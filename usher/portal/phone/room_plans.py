"""What is done to the phones of rooms: the questions and plans of people's phones, over rooms (S3-3, S3-24 … S3-28, S3-37 … S3-40)."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.accounts.places import MOST_AT_ONCE
from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.portal.listing import read_wish, stream
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import plan_or_ask
from usher.portal.phone.assigning import package_and_numbers
from usher.portal.phone.columns import MANAGE
from usher.portal.phone.plans import REPLACES, answers_of, change, like_template, look_at, to_site, what_they_get, without_packages
from usher.portal.phone.rooms import PATH, ROOMS, WITHOUT
from usher.portal.plan_page import plan_page
from usher.portal.templatetags.usher import number
from usher.portal.wish import ids_of, split


def rooms_of(request: SignedIn) -> dict[str, Any]:
    """The rooms an address means: hand-picked ones, or all that the list it comes from finds. Refused when it means none."""
    data, listing = request.GET, WITHOUT if request.path.endswith("/additions") else ROOMS
    if "all" in data and "selection" not in data:
        wish = read_wish(listing, data)
        return {"query": {**wish.chosen, "q": wish.q, **listing.fixed}, "except": [str(i) for i in wish.but]}
    ids = [str(i) for i in ids_of(split(data, "ids"))]
    if not ids and "selection" in data:
        ids = [
            str(row["id"])
            for row, _n in zip(stream(listing, request.actor, read_wish(listing, data)), range(MOST_AT_ONCE + 1), strict=False)
        ]
    if not ids:
        raise Refused("invalid", "no_selection", _("No room is chosen. Go back, tick rooms in the list, and choose again."))
    return {"ids": ids}


@page(MANAGE, ("GET", "POST"))
def addition(request: SignedIn) -> HttpResponseBase:
    """Give rooms a phone: site when there are several, package, template, numbers (S3-3)."""
    data = request.GET
    wish = {**answers_of(data), "subjects": rooms_of(request)}
    words = lambda n: ngettext("Give %(n)s room a phone", "Give %(n)s rooms a phone", n) % {"n": number(n)}  # noqa: E731
    look = look_at(_("Give a phone"), words, PATH, WITHOUT.path)
    asks = what_they_get(request.actor, data)
    return plan_or_ask(request, "phone.add_rooms" if "package_to" in data else "", wish, look, asks, _("What shall they have?"))


@page(MANAGE, ("GET", "POST"))
def package_assignment(request: SignedIn) -> HttpResponseBase:
    """Assign a package, or replace one, and a number with it (S3-26 … S3-28)."""
    look = look_at(_("Assign package"), change, PATH, note=REPLACES)
    return package_and_numbers(request, "phone.assign_room_package", rooms_of(request), look)


@page(MANAGE, ("GET", "POST"))
def package_removal(request: SignedIn) -> HttpResponseBase:
    """Remove one package, or all of them and with them the direct numbers (S3-40, S3-55)."""
    return without_packages(request, "phone.remove_room_packages", rooms_of(request), PATH)


@page(MANAGE, ("GET", "POST"))
def site_change(request: SignedIn) -> HttpResponseBase:
    """Another site for the phones of rooms; the extensions stay, and so do the rooms."""
    return to_site(request, "phone.move_rooms_to_site", rooms_of(request), PATH)


@page(MANAGE, ("GET", "POST"))
def template_application(request: SignedIn) -> HttpResponseBase:
    """Apply a template to the phones of rooms."""
    return like_template(request, "phone.apply_room_template", rooms_of(request), PATH)


@page(MANAGE, ("GET", "POST"))
def removal(request: SignedIn) -> HttpResponseBase:
    """Remove the phones of rooms (S3-37 … S3-39)."""
    words = lambda n: ngettext("Remove %(n)s phone", "Remove %(n)s phones", n) % {"n": number(n)}  # noqa: E731
    look = look_at(_("Remove phones"), words, PATH, note=_("Seat, package, extension and numbers come free at once. The rooms stay."))
    return plan_page(request, plan(request.actor, "phone.remove_rooms", {"subjects": rooms_of(request)}), look)
