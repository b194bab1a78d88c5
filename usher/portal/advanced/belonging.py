"""Groups and domains of everybody: the defaults, moves between groups, and who is at or came in by a domain (S0-60 … S0-67)."""

from dataclasses import replace

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.portal.advanced.operations import verified
from usher.portal.advanced.pages import MANAGE, Trouble, look_of, plan_or_tab, tab
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import NO_GROUP, answered, full_id
from usher.portal.people.bulk import order_of
from usher.portal.seat_choices import phone_comes_too
from usher.portal.templatetags.usher import number


@page(MANAGE, ("GET", "POST"))
def domain_licenses(request: SignedIn) -> HttpResponseBase:
    """Another license for everybody who came in by a domain of the account (S0-60)."""
    domain = request.GET.get("domain", "")
    if domain not in {o.value for o in verified(request.actor)}:
        return tab(request, Trouble("domain-license", _("Choose a domain of this account.")))
    subjects = {"query": {"came_in": ["domain"], "domain": [domain]}, "order": order_of(request)}
    look = look_of(request, _("Change the license of everybody who came in by a domain"), change_words)
    params = {"license": request.GET.get("license_to", ""), "subjects": subjects}
    look = replace(look, note=phone_comes_too(request.actor, request.GET.get("license_to", "")))
    return plan_or_tab(request, "domain-license", "licenses.change_license", params, look)


@page(MANAGE, ("GET", "POST"))
def default_group(request: SignedIn) -> HttpResponseBase:
    """The user group of everybody added from now on (S0-62, S0-63)."""
    return default_of(request, "default-group", "people.set_default_group", _("Set the default user group"))


@page(MANAGE, ("GET", "POST"))
def default_im_group(request: SignedIn) -> HttpResponseBase:
    """The IM group of everybody added from now on (S0-66)."""
    return default_of(request, "default-im-group", "people.set_default_im_group", _("Set the default IM group"))


@page(MANAGE, ("GET", "POST"))
def group_moves(request: SignedIn) -> HttpResponseBase:
    """Everybody of one user group into another (S0-64)."""
    params = {"group": full_id(request.GET.get("group_from", "")), "to": full_id(request.GET.get("group_into", ""))}
    look = look_of(request, _("Move everybody in a user group to another"), move_words)
    return plan_or_tab(request, "group-move", "people.move_members", params, look)


@page(MANAGE, ("GET", "POST"))
def im_group_moves(request: SignedIn) -> HttpResponseBase:
    """Everybody of one IM group into another (S0-67)."""
    params = {"group": full_id(request.GET.get("im_group_from", "")), "to": full_id(request.GET.get("im_group_into", ""))}
    look = look_of(request, _("Move everybody in an IM group to another"), move_words)
    return plan_or_tab(request, "im-group-move", "people.move_im_members", params, look)


@page(MANAGE, ("GET", "POST"))
def domain_groups(request: SignedIn) -> HttpResponseBase:
    """Everybody with an address at a domain of the account into a user group (S0-65)."""
    domain = request.GET.get("domain", "")
    if domain not in {o.value for o in verified(request.actor)}:
        return tab(request, Trouble("domain-group", _("Choose a domain of this account.")))
    params = {"domain": domain, "group": full_id(request.GET.get("group_into", ""))}
    look = look_of(
        request,
        _("Add everybody at a domain to a user group"),
        lambda n: ngettext("Add %(n)s person", "Add %(n)s people", n) % {"n": number(n)},
    )
    return plan_or_tab(request, "domain-group", "people.add_domain_to_group", params, look)


def default_of(request: SignedIn, key: str, verb: str, title: str) -> HttpResponseBase:
    """The plan of a default group. None is an answer; no answer is not."""
    wanted = answered(request.GET.get(key.replace("-", "_"), ""))
    if not wanted:
        return tab(request, Trouble(key, _("Choose a group, or none.")))
    params = {"group": "" if wanted == NO_GROUP else full_id(wanted)}
    return plan_or_tab(request, key, verb, params, look_of(request, title, lambda n: _("Set the default")))


def change_words(n: int) -> str:
    return ngettext("Change %(n)s person", "Change %(n)s people", n) % {"n": number(n)}


def move_words(n: int) -> str:
    return ngettext("Move %(n)s person", "Move %(n)s people", n) % {"n": number(n)}
