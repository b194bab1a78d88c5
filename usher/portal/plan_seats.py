"""The seats of a plan, before and after; and the ways on when there are too few (portal.md 5.4, 5.10). Never a silent half."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.access.actors import name_of
from usher.access.roles import people_to_ask
from usher.core.actor import Actor
from usher.journal.names import one_of
from usher.journal.plan import Preview
from usher.journal.verb import Verb
from usher.licenses.catalog import PRODUCTS
from usher.licenses.ledger import only
from usher.portal.templatetags.usher import number

BUY = "licenses:subscription:manage"


@dataclass(frozen=True)
class Way:
    """One way on: its words, a note below them, and why it is closed, if it is."""

    key: str
    words: str
    note: str
    why_not: str = ""


def free_of(seen: Preview) -> dict[str, int]:
    """The free seats of the products that lack some."""
    return {product: max(0, seen.seats[product]["free"]) for product in seen.missing}


def shortage(seen: Preview) -> list[dict[str, Any]]:
    """Which seats lack: product, missing, free, and what would have to be bought."""
    return [
        {
            "product": p,
            "name": PRODUCTS[p].name,
            "missing": n,
            "free": max(0, line["free"]),
            "needed": line["bought"] + n,
            "bought": line["bought"],
        }
        for p, n in seen.missing.items()
        if (line := seen.seats[p])
    ]


def ways_on(actor: Actor, verb: Verb, seen: Preview) -> list[Way]:
    """Change nothing, the first ones, the first ones while the others wait, or more seats first; nothing when there are seats for everybody."""
    short = shortage(seen)
    if not short:
        return []
    ways = [Way("nothing", _("Change nothing"), " ".join(missing_words(s["missing"], s["name"]) for s in short))]
    if n := seen.fits:
        ways.append(Way("first", first_words(verb, seen, n), first_note(seen, short)))
    if verb.queues:
        ways.append(Way("wait", wait_words(verb, seen), wait_note(verb)))
    raised = [
        _("Raise %(name)s from %(bought)s to %(needed)s seats, then come back to a fresh plan.")
        % {"name": s["name"], "bought": number(s["bought"]), "needed": number(s["needed"])}
        for s in short
    ]
    return [*ways, Way("add", _("Add seats first"), " ".join(raised), "" if actor.may(BUY) else ask_words(actor))]


def first_words(verb: Verb, seen: Preview, n: int) -> str:
    if seen.fits == seen.will:
        return ngettext("Go on with %(n)s person", "Go on with all %(n)s people", n) % {"n": number(n)}
    told = ngettext("Change the first one", "Change the first %(n)s", n)
    if verb.makes_new:
        told = ngettext("Invite the first one", "Invite the first %(n)s", n)
    return told % {"n": number(n)}


def wait_words(verb: Verb, seen: Preview) -> str:
    """How many now, and that the others are queued."""
    if verb.makes_new:
        told = ngettext("Invite %(n)s person now, who waits for seats", "Invite all %(n)s people now, some wait for seats", seen.will)
        return told % {"n": number(seen.will)}
    if not seen.fits:
        return ngettext("Put %(n)s person on the waiting list", "Put %(n)s people on the waiting list", seen.will) % {
            "n": number(seen.will)
        }
    told = ngettext("Change the first one now, the others wait", "Change the first %(n)s now, the others wait", seen.fits)
    return told % {"n": number(seen.fits)}


def wait_note(verb: Verb) -> str:
    """What becomes of those who wait."""
    given = _("They are given their seats in this order as seats come free, within a minute. The list stands under Subscriptions.")
    meanwhile = _("Who finds no seat is invited as Basic, or Unassigned, and without the add-ons that lack.") if verb.makes_new else ""
    return f"{meanwhile} {given}".strip()


def first_note(seen: Preview, short: list[dict[str, Any]]) -> str:
    """Who goes without: people as a whole, or only what a later phase would have given them."""
    if seen.fits < seen.will:
        return _("The others stay as they are and are listed in the result.")
    told = [
        ngettext(
            "Only the first one gets %(name)s, the others go without it and are listed.",
            "Only the first %(n)s get %(name)s, the others go without it and are listed.",
            s["free"],
        )
        % {"n": number(s["free"]), "name": s["name"]}
        if s["free"]
        else _("Nobody gets %(name)s; they are listed.") % {"name": s["name"]}
        for s in short
    ]
    return " ".join(told)


def missing_words(n: int, name: str) -> str:
    return ngettext("%(n)s %(name)s seat is missing.", "%(n)s %(name)s seats are missing.", n) % {"n": number(n), "name": name}


def only_words(s: dict[str, Any]) -> str:
    """The second half of a headline."""
    return only(s["free"], s["name"])


def ask_words(actor: Actor) -> str:
    """Who may buy seats, for those who may not."""
    who = one_of([name_of(p) for p in people_to_ask(actor.account_id, BUY)])
    return _("This needs the right to change subscriptions. Ask %(who)s.") % {"who": who}


def buying(seen: Preview, back: str) -> list[dict[str, str]]:
    """The ways to Subscriptions with the number filled in, and back to this plan."""
    return [
        {
            "path": "/account/subscriptions/change?" + urlencode({"product": s["product"], "wished": s["needed"], "back": back}),
            "words": ngettext("Add %(n)s %(name)s seat", "Add %(n)s %(name)s seats", s["missing"])
            % {"n": number(s["missing"]), "name": s["name"]},
        }
        for s in shortage(seen)
    ]


def seats_of(seen: Preview) -> list[dict[str, Any]]:
    """The ledger of every license this plan touches, before and after."""
    return [
        {**line, "name": PRODUCTS[p].name, "taken": line["free"] - max(0, line["after"]), "missing": seen.missing.get(p, 0)}
        for p, line in sorted(seen.seats.items())
        if p in PRODUCTS
    ]
