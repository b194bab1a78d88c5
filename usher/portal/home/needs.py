"""What needs somebody: seats that run out, terms that end, invitations about to expire, work that failed, mail that came back (S4-1, S4-24).

Each is a line with what is, why it matters, and the one next step. What this actor may not see is left out.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from usher.access.actors import name_of
from usher.access.owner_offer import open_question
from usher.accounts.domains import VIEW, all_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.journal import reads
from usher.licenses import history
from usher.licenses.catalog import PRODUCTS
from usher.licenses.subscribing import subscriptions
from usher.lifecycle.due import leaving_soon, undecided
from usher.mail import read as mail
from usher.people.reads import invitations_ending
from usher.portal.account.subscribing import holders
from usher.portal.changes.told import described
from usher.portal.people.person import ahead
from usher.portal.templatetags.usher import day, number

LOOK_BACK, LOOK_AHEAD = 30, 45  # days: what was taken lately tells when the rest is gone
LAST_ONES, FEW = 2, 20  # so many seats, or one of so many
EXPIRE_SOON, FRESH, TERM_SOON = 3, 7, 30  # days
MOST_DATES = 5

Need = dict[str, Any]


def need(icon: str, css: str, words: str, more: str, path: str, act: str) -> Need:
    return {"icon": icon, "css": css, "words": words, "more": more, "path": path, "act": act}


def needs_of(actor: Actor, seats: list[dict[str, Any]], today: date) -> list[Need]:
    """All of them, the worst first. `seats` are the lines of the ledger that cost something."""
    found = list(asked_to_own(actor))
    if actor.may("journal:change:view"):
        found += failed_work(actor)
    if actor.may("mail:message:view"):
        found += lost_mail(actor)
    found += [*held_back(actor), *leaving(actor), *proofs_missing(actor)]
    if actor.may("licenses:subscription:view"):
        since = history.taken_since(actor, LOOK_BACK)
        found += [n for s in seats if s["bought"] for n in seats_running_out(s, since.get(s["product"]), today)]
        found += terms_ending(actor, today)
    return found + list(invitations_expiring(actor))


def asked_to_own(actor: Actor) -> Iterator[Need]:
    """The owner's question to an admin."""
    asked = open_question(actor) if actor.role == "admin" else None
    if asked and asked["user_id"] == actor.user_id:
        words = _("%(name)s asks you to own this account") % {"name": asked["owner"]}
        yield need(
            "key", "warn", words, _("You can say yes or no until %(day)s.") % {"day": day(asked["until"])}, "/me/ownership", _("Answer")
        )


def failed_work(actor: Actor) -> Iterator[Need]:
    for found in reads.failed_lately(actor, FRESH):
        told = described(found)
        failed = told["outcome"].failed
        words = ngettext("%(n)s of a change failed", "%(n)s of a change failed", failed) % {"n": number(failed)}
        more = _("C-%(number)s: %(sentence)s. The reasons stand there.") % {"number": found["number"], "sentence": told["words"]}
        yield need("alert-triangle", "bad", words, more, f"/changes/{found['number']}?part=failed", _("See why"))


def held_back(actor: Actor) -> Iterator[Need]:
    """Dates that came and were not done: somebody decides, on the person's page."""
    for held in undecided(actor, MOST_DATES):
        told = ahead.words(held)
        yield need("clock", "warn", f"{name_of(held)}: {told}", ahead.why(held), f"/people/{short(held['user_id'])}", _("Decide"))


def leaving(actor: Actor) -> Iterator[Need]:
    n = leaving_soon(actor, FRESH)
    if n:
        told = {"n": number(n), "days": FRESH}
        words = ngettext("%(n)s person leaves within %(days)s days", "%(n)s people leave within %(days)s days", n) % told
        yield need("clock", "", words, _("They are deactivated when the day begins where they live."), "/people/dates", _("See who"))


def proofs_missing(actor: Actor) -> Iterator[Need]:
    """Of domains that were verified once: they stay the account's, and somebody should know."""
    for domain in all_of(actor) if actor.may(VIEW) else ():
        if domain["missing_since"]:
            words = _("The proof of %(domain)s is missing") % {"domain": domain["name"]}
            more = _("The domain stays yours and everything works. Publish the record again.")
            yield need("alert-triangle", "warn", words, more, f"/domains/{short(domain['id'])}", _("See the record"))


def lost_mail(actor: Actor) -> Iterator[Need]:
    n, last = mail.bounced(actor, FRESH)
    if n:
        words = ngettext("%(n)s mail was not delivered", "%(n)s mails were not delivered", n) % {"n": number(n)}
        more = _("The last one was to %(address)s.") % {"address": last}
        yield need("mail", "bad", words, more, "/account/outbox?state=undeliverable", _("See which"))


def seats_running_out(seat: dict[str, Any], taken_before: int | None, today: date) -> Iterator[Need]:
    """None left; only a few; or gone within weeks at the pace of the last month."""
    name, path = seat["name"], holders(PRODUCTS[seat["product"]])
    free, taken = seat["free"], seat["bought"] - seat["free"]
    lately = taken - taken_before if taken_before is not None else 0
    in_use = _("%(used)s of %(bought)s are in use.") % {"used": number(taken), "bought": number(seat["bought"])}
    told = {"n": number(lately), "days": LOOK_BACK}
    pace = (
        ngettext("%(n)s was taken in the last %(days)s days.", "%(n)s were taken in the last %(days)s days.", lately) % told
        if lately > 0
        else ""
    )
    if not free:
        words = _("No %(name)s seat is free") % {"name": name}
    elif free <= LAST_ONES or free * FEW < seat["bought"]:
        words = ngettext("Only %(n)s %(name)s seat is free", "Only %(n)s %(name)s seats are free", free) % {"n": number(free), "name": name}
    elif lately > 0 and free * LOOK_BACK <= lately * LOOK_AHEAD:
        day = short_day(today + timedelta(days=free * LOOK_BACK // lately))
        words = _("%(name)s seats run out around %(day)s") % {"name": name, "day": day}
    else:
        return
    yield need("license" if free <= LAST_ONES else "activity", "warn", words, f"{in_use} {pace}".strip(), path, _("See who holds them"))


def short_day(day: date) -> str:
    return formats.date_format(day, pgettext("a day without its year, as Django writes dates", "j F"))


def terms_ending(actor: Actor, today: date) -> Iterator[Need]:
    for product, terms in sorted(subscriptions(actor).items()):
        if terms["ends"] and terms["ends"] <= today + timedelta(days=TERM_SOON):
            told = {"name": PRODUCTS[product].name, "day": short_day(terms["ends"])}
            words = _("The term of %(name)s ended on %(day)s") if terms["ends"] < today else _("The term of %(name)s ends on %(day)s")
            more = _("Nobody loses a seat by it. Renew it, or lower the number of seats.")
            yield need("clock", "warn", words % told, more, f"/account/subscriptions/change?product={product}", _("Change"))


def invitations_expiring(actor: Actor) -> Iterator[Need]:
    n = invitations_ending(actor, EXPIRE_SOON)
    if n:
        told = {"n": number(n), "days": EXPIRE_SOON}
        words = ngettext("%(n)s invitation expires within %(days)s days", "%(n)s invitations expire within %(days)s days", n) % told
        yield need(
            "clock",
            "warn",
            words,
            _("Their seats come free then. Resend them and the 30 days start again."),
            "/people/pending?sort=expires",
            _("See who"),
        )
