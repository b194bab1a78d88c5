"""What is done to all members: another license, or they leave; and deactivated people into the trash (S0-54 … S0-59)."""

from dataclasses import replace

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.licenses.catalog import WORKPLACE
from usher.lifecycle.reads import away_for
from usher.portal.advanced.pages import MANAGE, Trouble, look_of, plan_or_tab, tab
from usher.portal.page import SignedIn, page
from usher.portal.people.bulk import order_of
from usher.portal.people.leaving import DELETE, UNLINK, button_of, leave
from usher.portal.seat_choices import phone_comes_too
from usher.portal.templatetags.usher import number

MOST_DAYS = 3_650


@page(MANAGE, ("GET", "POST"))
def license_change(request: SignedIn) -> HttpResponseBase:
    """Another license for every member who holds one (S0-54 … S0-57)."""
    data = request.GET
    params = {"from": data.get("license_from", ""), "license": data.get("license_to", ""), "order": order_of(request)}
    look = look_of(
        request,
        _("Change the license of all members"),
        lambda n: ngettext("Change %(n)s person", "Change %(n)s people", n) % {"n": number(n)},
    )
    look = replace(look, note=phone_comes_too(request.actor, params["license"]))
    return plan_or_tab(request, "license", "licenses.change_members_license", params, look)


@page(MANAGE, ("GET", "POST"))
def unlinkings(request: SignedIn) -> HttpResponseBase:
    """Unlink every member who holds a license (S0-58, S0-59)."""
    license = request.GET.get("license_of", "")
    if license not in {p.code for p in WORKPLACE}:
        return tab(request, Trouble("unlink", _("Choose a Workplace license.")))
    subjects = {"query": {"license": [license]}, "order": order_of(request)}
    look = look_of(request, _("Remove all members of a license"), button_of(UNLINK))
    return leave(request, UNLINK, subjects, look=look)


@page(MANAGE, ("GET", "POST"))
def deletions(request: SignedIn) -> HttpResponseBase:
    """Delete everybody who has been deactivated for longer than so many days."""
    days = request.GET.get("days", "").strip()
    if not (days.isascii() and days.isdigit() and int(days[:9]) <= MOST_DAYS):
        words = _("A whole number of days from 0 to %(most)s.") % {"most": number(MOST_DAYS)}
        return tab(request, Trouble("delete", words))
    look = look_of(request, _("Delete deactivated people"), button_of(DELETE))
    return leave(request, DELETE, {"query": away_for(int(days)), "order": order_of(request)}, look=look)
