"""A package, then the numbers that come with it; or numbers alone: the questions before the plan (S3-5, S3-26 … S3-28)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.licenses.catalog import PACKAGES
from usher.phone import reads
from usher.phone.numbering import shown
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import BEFORE_THE_PLAN, Ask, Step, ask_page, plan_or_ask
from usher.portal.plan_page import Look, Option
from usher.portal.seat_choices import ledger_of, product_option
from usher.portal.templatetags.usher import number
from usher.portal.wish import clean

NUMBERS = "/phone/numbers/free"
NONE, NEXT = "none", "next"
FEW = 20
FIRST = Step(
    gettext_lazy("Then you choose a direct number, or none. Nothing happens before you say so."), gettext_lazy("Confirm and assign numbers")
)


def package_and_numbers(request: SignedIn, verb: str, subjects: dict[str, Any], look: Look) -> HttpResponseBase:
    """Which package; with a calling plan which direct number, or Skip; then one plan of both (docs/decisions/0094)."""
    package, given = request.GET.get("package_to", ""), request.GET.get("number_to")
    packages = package_ask(request.actor, package)
    if not package:
        return ask_page(request, look, [packages], _("Which package?"), step=FIRST)
    ask = number_ask(request.actor, subjects, given)
    if given is None and package.startswith("calling:"):
        return ask_page(request, look, [ask], _("Which direct number?"), step=second(request))
    params = {"package": package, "numbers": numbers_of(given or NONE), "subjects": subjects}
    return plan_or_ask(request, verb, params, look, [packages, ask], _("Which package?"))


def package_ask(actor: Actor, package: str) -> Ask:
    options = package_options(actor)
    hint = "" if options else _("No active package was bought yet. Seats are bought under Account, Subscriptions.")
    return Ask("package_to", _("Package"), "radio", package, options, hint)


def package_options(actor: Actor, *, plans: bool = False) -> list[Option]:
    """The active packages this account ever bought, each with its free seats."""
    off = {p["product"] for p in reads.packages(actor) if not p["active"]}
    lines = ledger_of(actor)
    offered = [p for p in PACKAGES if p.code in lines and p.code not in off and (p.code.startswith("calling:") or not plans)]
    return [product_option(actor, p, lines) for p in offered]


def second(request: SignedIn) -> Step:
    """The words of the second question: Confirm, or Skip, which is no number (S3-28)."""
    rest = [(k, v) for k in request.GET for v in request.GET.getlist(k)]
    skip = f"{request.path}?{urlencode([*rest, ('number_to', NONE)])}"
    return Step(BEFORE_THE_PLAN.about, _("Confirm"), (_("Skip"), skip))


def number_ask(actor: Actor, subjects: dict[str, Any], given: str | None) -> Ask:
    """One phone gets a number that is typed or proposed, the first free one of its site's country unless another is wanted; many get the next free one each."""
    if len(subjects.get("ids", ())) != 1 or not actor.may("phone:number:manage"):
        options = [Option(NEXT, _("The next free number each"), _("who has a number keeps it")), Option(NONE, _("None"))]
        return Ask("number_to", _("Direct numbers"), "radio", given or NEXT, options)
    proposed = reads.proposed(actor, subjects["ids"][0], limit=FEW)
    free, near = [shown(n["number"]) for n in proposed], [shown(n["number"]) for n in proposed if n["near"]]
    hint = _("In any usual spelling. What is proposed is free.") if free else _("No number is free. Skip this, or add numbers first.")
    return Ask(
        "number_to",
        _("Direct number"),
        "text",
        (near[0] if near else "") if given is None else given,
        [Option(n, n) for n in free],
        hint,
        NUMBERS,
    )


def numbers_of(given: str) -> str | list[str]:
    """The answer as the verb takes it."""
    text = given.strip()
    return "" if text in ("", NONE) else text if text == NEXT else [text]


def numbers_alone(request: SignedIn, holder: str, look: Look) -> HttpResponseBase:
    """A direct number more for one phone."""
    given = request.GET.get("number_to")
    params = {"numbers": [given or ""], "holder": holder}
    ask = number_ask(request.actor, {"ids": [holder]}, given)
    return plan_or_ask(request, "phone.assign_numbers" if given is not None else "", params, look, [ask], _("Which direct number?"))


def assign_words(n: int) -> str:
    return ngettext("Assign %(n)s number", "Assign %(n)s numbers", n) % {"n": number(n)}


@page("phone:number:view")
def free_numbers(request: SignedIn) -> HttpResponse:
    """Free numbers with these digits, as options of a datalist."""
    digits = "".join(c for c in clean(str(next(iter(request.GET.values()), ""))) if c.isdecimal())
    names = [shown(n["number"]) for n in reads.numbers(request.actor, free=True, digits=digits, limit=FEW)]
    return render(request, "groups/close.html", {"names": names})
