"""What is done to phones: each is a question or two, then a plan page (S3-11 … S3-17, S3-24 … S3-28, S3-40 … S3-55)."""

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.verb import plan
from usher.licenses.catalog import PRODUCTS
from usher.people import kept
from usher.people import reads as people
from usher.phone import reads
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import Ask, full_id, plan_or_ask
from usher.portal.people.bulk import order_choice, subjects_of
from usher.portal.phone.assigning import package_and_numbers, package_options
from usher.portal.phone.columns import MANAGE
from usher.portal.phone.lists import USERS, WITHOUT, hundred_words
from usher.portal.plan_page import Look, Option, plan_page
from usher.portal.templatetags.usher import number

MOST_BY_HAND = 100


def look_at(title: str, button: Any, path: str = USERS.path, begun: str = "", **more: Any) -> Look:
    """`path` is the list of those it is about, people's phones or rooms'; `begun` the one it began in, where that is another."""
    return Look(title=title, crumbs=[(_("Users & Rooms"), path), (title, "")], button=button, back=(_("Cancel"), begun or path), **more)


REPLACES = gettext_lazy("One calling plan replaces another. Extras stand beside it.")
TAKES_NUMBERS = gettext_lazy("Removing the package also takes the direct numbers. Internal calls go on working.")
EXTRAS_STAY = gettext_lazy("The calling plan and the direct numbers stay.")
STAY = gettext_lazy("Extensions stay as they are.")
WINS = gettext_lazy("What the template sets wins over what a phone had.")


def change(n: int) -> str:
    return ngettext("Change %(n)s phone", "Change %(n)s phones", n) % {"n": number(n)}


def site_options(actor: Actor) -> list[Option]:
    return [Option(short(s["id"]), s["name"]) for s in people.sites(actor)]


def template_options(actor: Actor) -> list[Option]:
    return [Option(short(t["id"]), t["name"]) for t in reads.templates(actor)] if actor.may("phone:template:view") else []


@page(MANAGE, ("GET", "POST"))
def addition(request: SignedIn) -> HttpResponseBase:
    """Give people a phone: site when there are several, package, template, numbers (S3-11, S3-12, S3-15, S3-16)."""
    data = request.GET
    wish = {**answers_of(data), "subjects": by_hand(request.actor, subjects_of(request))}
    words = lambda n: ngettext("Give %(n)s person a phone", "Give %(n)s people a phone", n) % {"n": number(n)}  # noqa: E731
    look = look_at(_("Give a phone"), words, begun=WITHOUT.path, order=order_choice(request))
    asks = what_they_get(request.actor, data)
    return plan_or_ask(request, "phone.add" if "package_to" in data else "", wish, look, asks, _("What shall they have?"))


def by_hand(actor: Actor, subjects: dict[str, Any]) -> dict[str, Any]:
    """The same set; of more than a hundred who were picked by hand it is refused, with the two ways that take more (S3-6, S3-8, S3-14)."""
    picked = 0 if "query" in subjects else kept.size(actor, UUID(subjects["kept"])) if "kept" in subjects else len(subjects["ids"])
    if picked > MOST_BY_HAND:
        raise Refused("invalid", "too_many_picked", hundred_words())
    return subjects


def answers_of(data: QueryDict) -> dict[str, str]:
    """What each shall have, as the verbs take it; `none` is none."""
    chosen = {name: data.get(f"{name}_to", "none").removeprefix("none") for name in ("site", "package", "template", "numbers")}
    return {**chosen, "site": full_id(chosen["site"]), "template": full_id(chosen["template"])}


def what_they_get(actor: Actor, data: QueryDict) -> list[Ask]:
    """Site and template are asked only where there is something to choose."""
    none, sites, templates = Option("none", _("None")), site_options(actor), template_options(actor)
    packages = [Option("none", _("None"), _("internal calls only")), *package_options(actor, plans=True)]
    ways = [none, Option("next", _("The next free number each"), _("needs a package"))]
    at = Ask("site_to", _("Site"), "select", data.get("site_to", ""), [Option("none", _("where each one is")), *sites])
    like = Ask("template_to", _("Template"), "select", data.get("template_to", ""), [none, *templates])
    return [
        *([at] if len(sites) > 1 else []),
        Ask("package_to", _("Package"), "radio", data.get("package_to", "none"), packages),
        *([like] if templates else []),
        Ask("numbers_to", _("Direct numbers"), "radio", data.get("numbers_to", "none"), ways),
    ]


@page(MANAGE, ("GET", "POST"))
def package_assignment(request: SignedIn) -> HttpResponseBase:
    """Assign a package, or replace one, and a number with it (S3-26 … S3-28, S3-60)."""
    look = look_at(_("Assign package"), change, note=REPLACES, order=order_choice(request))
    return package_and_numbers(request, "phone.assign_package", subjects_of(request), look)


@page(MANAGE, ("GET", "POST"))
def package_removal(request: SignedIn) -> HttpResponseBase:
    """Remove one package, or all of them and with them the direct numbers (S3-40, S3-54, S3-55)."""
    return without_packages(request, "phone.remove_packages", subjects_of(request), USERS.path)


def without_packages(request: SignedIn, verb: str, subjects: dict[str, Any], path: str) -> HttpResponseBase:
    """The plan of taking back the package an address names, or all of them. `path` is the list of those it is about."""
    one = request.GET.get("package_from", "")
    title = _("Remove %(package)s") % {"package": PRODUCTS[one].name} if one in PRODUCTS else _("Remove all packages")
    words = lambda n: ngettext("Remove from %(n)s phone", "Remove from %(n)s phones", n) % {"n": number(n)}  # noqa: E731
    look = look_at(title, words, path, note=EXTRAS_STAY if one.startswith("calling_more:") else TAKES_NUMBERS)
    return plan_page(request, plan(request.actor, verb, {"packages": [one] if one else [], "subjects": subjects}), look)


@page(MANAGE, ("GET", "POST"))
def site_change(request: SignedIn) -> HttpResponseBase:
    """Another site for phones; the extensions stay."""
    return to_site(request, "phone.move_to_site", subjects_of(request), USERS.path)


def to_site(request: SignedIn, verb: str, subjects: dict[str, Any], path: str) -> HttpResponseBase:
    """Which site, then the plan. `path` is the list of those it is about."""
    site, sites = request.GET.get("site_to", ""), site_options(request.actor)
    hint = "" if sites else _("There are no sites yet. They are added under Account, Places.")
    ask = Ask("site_to", _("Site"), "select", site, sites, hint)
    look = look_at(_("Change site"), change, path, note=STAY)
    return plan_or_ask(request, verb if site else "", {"site": full_id(site), "subjects": subjects}, look, [ask], _("Which site?"))


@page(MANAGE, ("GET", "POST"))
def template_application(request: SignedIn) -> HttpResponseBase:
    """Apply a template to phones."""
    return like_template(request, "phone.apply_template", subjects_of(request), USERS.path)


def like_template(request: SignedIn, verb: str, subjects: dict[str, Any], path: str) -> HttpResponseBase:
    """Which template, then the plan. `path` is the list of those it is about."""
    template, templates = request.GET.get("template_to", ""), template_options(request.actor)
    ask = Ask("template_to", _("Template"), "select", template, templates, "" if templates else _("There is no template yet."))
    look = look_at(_("Apply a template"), change, path, note=WINS)
    wish = {"template": full_id(template), "subjects": subjects}
    return plan_or_ask(request, verb if template else "", wish, look, [ask], _("Which template?"))


@page(MANAGE, ("GET", "POST"))
def deactivation(request: SignedIn) -> HttpResponseBase:
    """Stop phones for now; they keep everything (behaviour.md L; docs/decisions/0105)."""
    look = look_at(
        _("Deactivate phones"),
        lambda n: ngettext("Deactivate %(n)s phone", "Deactivate %(n)s phones", n) % {"n": number(n)},
        note=_("Seat, package, extension and numbers stay. Until a phone is activated its person can neither use nor change it."),
    )
    return plan_page(request, plan(request.actor, "phone.deactivate", {"subjects": subjects_of(request)}), look)


@page(MANAGE, ("GET", "POST"))
def activation(request: SignedIn) -> HttpResponseBase:
    """Let phones be used that were deactivated."""
    look = look_at(
        _("Activate phones"),
        lambda n: ngettext("Activate %(n)s phone", "Activate %(n)s phones", n) % {"n": number(n)},
        note=_("Whoever has not set theirs up gets the mail about it."),
    )
    return plan_page(request, plan(request.actor, "phone.activate", {"subjects": subjects_of(request)}), look)


@page(MANAGE, ("GET", "POST"))
def trashing(request: SignedIn) -> HttpResponseBase:
    """Move phones to the trash (S3-47, S3-48, S3-52)."""
    look = look_at(
        _("Move to trash"),
        lambda n: ngettext("Move %(n)s phone to the trash", "Move %(n)s phones to the trash", n) % {"n": number(n)},
        note=_(
            "In the trash for 30 days. Seat, package, extension and numbers are free for others meanwhile. Calls, recordings and voicemails stay in the account log."
        ),
    )
    return plan_page(request, plan(request.actor, "phone.put_in_trash", {"subjects": subjects_of(request)}), look)


@page(MANAGE, ("GET", "POST"))
def removal(request: SignedIn) -> HttpResponseBase:
    """Remove phones (S3-37 … S3-39, S3-42, S3-46)."""
    look = look_at(
        _("Remove phones"),
        lambda n: ngettext("Remove %(n)s phone", "Remove %(n)s phones", n) % {"n": number(n)},
        note=_(
            "Seat, package, extension and numbers come free at once; the people stay. Recordings, history and voicemails leave them and stay in the"
            " account log. They do not come back with a new license."
        ),
    )
    return plan_page(request, plan(request.actor, "phone.remove", {"subjects": subjects_of(request)}), look)


@page(MANAGE, ("GET", "POST"))
def resend(request: SignedIn) -> HttpResponseBase:
    """Send the mail about the phone again (S3-21, S3-23)."""
    look = look_at(_("Resend invite"), lambda n: ngettext("Resend %(n)s mail", "Resend %(n)s mails", n) % {"n": number(n)})
    return plan_page(request, plan(request.actor, "phone.resend_invite", {"subjects": subjects_of(request)}), look)
