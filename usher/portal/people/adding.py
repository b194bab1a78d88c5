"""Add users: addresses and what they all get, in a dialog or on a page (S0-19 … S0-31, S1-9 … S1-19, MAIL-09)."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import SEPARATORS
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import listed
from usher.journal.plan import preview
from usher.journal.verb import VERBS, Plan
from usher.licenses.catalog import PRODUCTS
from usher.licenses.ledger import seats
from usher.lifecycle.join import Invite, choices_of, plan_invite, refused_lines
from usher.lifecycle.staging import stage_addresses
from usher.people.groups import default_names
from usher.portal.page import SignedIn, key_of, page
from usher.portal.people.belonging import full_id, group_ask, group_options
from usher.portal.plan_page import Option
from usher.portal.plan_seats import only_words, wait_note
from usher.portal.seat_choices import add_on_options, fitting_add_ons, is_free_of_charge, license_options, phone_comes_too
from usher.portal.templatetags.usher import number as figure

MOST_ADDRESSES = 1_000
TEXTS = ("department", "job_title", "location", "manager", "group", "im_group")


@page("people:user:manage", ("GET", "POST"))
def add_users(request: SignedIn) -> HttpResponse:
    """The form, and the invitation of everybody in it. Bad addresses stay in the field with their reason; the good ones go ahead."""
    request.actor.require_everybody()
    if request.method == "GET":
        return show(request, {"license": "meetings:basic", "add_ons": []}, [], [])
    addresses = list(dict.fromkeys(a for a in SEPARATORS.split(request.POST.get("addresses", "")) if a))
    given = {
        "license": request.POST.get("license", ""),
        "add_ons": request.POST.getlist("add_ons"),
        **{t: request.POST.get(t, "") for t in (*TEXTS, "wait")},
    }
    if not addresses or len(addresses) > MOST_ADDRESSES:
        return show(request, given, addresses, [wrong_number(len(addresses))])
    try:
        choices = choices_of(request.actor, meant(given))
        planned = plan_invite(request.actor, stage_addresses(request.actor, addresses, choices), choices)
        left = refused_lines(planned, limit=MOST_ADDRESSES)
        number, invited = invite(planned, key_of(request), "wait" if given["wait"] else "refuse")
    except Refused as refused:
        trouble = {"field": "wait" if refused.code == "no_seat" else refused.field, "words": refused.words}
        return again(request, refused) or show(request, given, addresses, [trouble])
    if left:
        troubles = [{"field": "addresses", "email": line["email"], "words": line["words"]} for line in left]
        return show(request, given, [line["email"] for line in left], troubles, invited=invited)
    return done(request, number, invited)


def meant(given: dict[str, Any]) -> dict[str, Any]:
    """What a form says, with its groups as verbs take them: by their ids, or as they were typed."""
    return {**given, **{key: full_id(given[key]) for key in ("group", "im_group") if given.get(key)}}


def again(request: SignedIn, refused: Refused) -> HttpResponse | None:
    """Two presses at the same moment: the second is led to what the first did."""
    number = change_of(request.actor, key_of(request)) if refused.code == "key_reused" else None
    return HttpResponseRedirect(f"/changes/{number}", status=303) if number else None


def wrong_number(n: int) -> dict[str, str]:
    words = _("At least one e-mail address is needed.")
    if n:
        words = _("These are %(n)s addresses; %(most)s fit here. Import a file for more.") % {
            "n": figure(n),
            "most": figure(MOST_ADDRESSES),
        }
    return {"field": "addresses", "words": words}


def invite(planned: Plan, key: str, short: str) -> tuple[int | None, int]:
    """Invite all good addresses; the number of the change and how many. A key that was used before answers with what it did then.

    `short` says what happens when seats lack, as for engine.start: refuse or wait.
    """
    found = sql.value(
        "SELECT number FROM journal_change WHERE account_id = %(a)s AND key = %(k)s", {"a": planned.actor.account_id, "k": key}
    )
    seen = preview(planned.waiting() if short == "wait" else planned)
    if found or not seen.will:
        return found, 0 if not found else seen.unchanged(planned.verb.unchanged)
    return engine.start(planned, key, digest=seen.digest, short=short).number, seen.fits


def change_of(actor: Actor, key: str) -> int | None:
    found: int | None = sql.value(
        "SELECT number FROM journal_change WHERE account_id = %(a)s AND key = %(k)s", {"a": actor.account_id, "k": key}
    )
    return found


def done(request: SignedIn, number: int | None, invited: int) -> HttpResponse:
    """Back to Pending, where they stand now (S1-18); a long run shows its own page."""
    words = ngettext("%(n)s person invited.", "%(n)s people invited.", invited) % {"n": figure(invited)}
    messages.success(request, format_html('{} <a href="/changes/{}/undo">{}</a>', words, number, _("Undo")))
    address = f"/changes/{number}" if invited > engine.INLINE else "/people/pending"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)


def show(request: SignedIn, given: dict[str, Any], addresses: list[str], troubles: list[dict[str, str]], invited: int = 0) -> HttpResponse:
    """The form with what was typed, what is wrong, and the seats beside every choice."""
    short = given.get("wait") or any(t.get("field") == "wait" for t in troubles)
    template = "people/add_users.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else "")
    context = {
        "given": given,
        "addresses": "\n".join(addresses),
        "bad": " ".join(t["email"] for t in troubles if t.get("email")),
        "troubles": troubles,
        "invited": invited,
        **(waiting_choice() if short else {}),
        "key": uuid4().hex if request.method == "GET" or invited else request.POST.get("key", ""),
        **form_choices(request.actor),
    }
    return render(request, template, context, status=422 if troubles else 200)


def waiting_choice() -> dict[str, Any]:
    """The answer where seats lack: everybody is invited now, and who finds none waits (S0-57)."""
    return {"waits": [Option("yes", _("Invite everybody now, some wait for seats"))], "wait_note": wait_note(VERBS[Invite.name])}


@page("people:user:manage", ("POST",))
def add_users_sum(request: SignedIn) -> HttpResponse:
    """The foot of the form: how many invitations, and which seats they take while they are pending; where some lack, the tick to wait for them."""
    request.actor.require_everybody()
    n = len({a for a in SEPARATORS.split(request.POST.get("addresses", "")) if "@" in a})
    codes = [
        c
        for c in [request.POST.get("license", ""), *request.POST.getlist("add_ons")]
        if c in PRODUCTS and not is_free_of_charge(PRODUCTS[c])
    ]
    free = {s["product"]: max(0, s["free"]) for s in seats(request.actor)}
    short = [only_words({"name": PRODUCTS[c].name, "free": free.get(c, 0)}) for c in codes if free.get(c, 0) < n]
    told = {"n": n, "taken": taken_words(n, codes), "short": " ".join(short), "given": {"wait": request.POST.get("wait", "")}}
    return render(request, "people/add_users_sum.html", {**told, **(waiting_choice() if short else {})})


def taken_words(n: int, codes: list[str]) -> str:
    """Which seats so many invitations take."""
    if not n or not codes:
        return ""
    told = ngettext("takes %(seats)s seat while it is pending", "takes %(seats)s seats while they are pending", n * len(codes))
    return told % {"seats": listed([f"{figure(n)}\u00a0{PRODUCTS[c].name}" for c in codes])}


@page("people:user:manage", ("POST",))
def add_on_choices(request: SignedIn) -> HttpResponse:
    """The add-ons beside the license and the add-ons that are chosen in a form."""
    request.actor.require_everybody()
    chosen = request.POST.getlist("add_ons")
    options = fitting_add_ons(request.actor, request.POST.get("license", ""), chosen)
    still = [o.value for o in options if o.value in chosen and not o.disabled]
    return render(request, "people/add_on_choices.html", {"add_ons": options, "chosen": still})


def form_choices(actor: Actor) -> dict[str, Any]:
    """What Add users and Import offer: licenses and add-ons with free seats, groups."""
    return {
        "licenses": license_options(actor),
        "phone_too": phone_comes_too(actor),
        "add_ons": add_on_options(actor),
        "groups": group_ask("group", "", "", "user", group_options(actor, "user")),
        "im_groups": group_ask("im_group", "", "", "im", group_options(actor, "im")),
        "default": default_names(actor),
    }
