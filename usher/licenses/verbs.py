"""What may be done to seats: buy, change the Workplace license of a set, give and take back add-ons."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts.models import Account
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, reason, register
from usher.people.of_people import OfPeople

from .catalog import ADD_ONS, PRODUCTS, WORKPLACE, family, no_add_on, what_is_wrong
from .seats import AddOnAway, AddOnGiven, WorkplaceSeat

MOST_SEATS = 100_000_000
IN_USE = reason("in_use", gettext_lazy("more seats are in use than that"))


class BoughtPart(Part):
    """The bought quantity of one product; the row is made when the product was never bought, with an id that the plan can tell again."""

    lock = ("licenses_license", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, coalesce(l.id, md5(%(account)s::text || %(product)s::text)::uuid) AS obj, l.bought AS version,
                  jsonb_build_object('product', %(product)s::text, 'bought', coalesce(l.bought, 0)) AS before,
                  jsonb_build_object('product', %(product)s::text, 'bought', %(quantity)s::int) AS after,
                  CASE WHEN l.bought = %(quantity)s::int THEN 'already' WHEN l.used + l.pending + l.held > %(quantity)s::int THEN 'in_use' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM (SELECT 1) one LEFT JOIN licenses_license l ON l.account_id = %(account)s AND l.product = %(product)s"""

    write = """did AS (INSERT INTO licenses_license (id, account_id, product, bought, used, pending, held)
                SELECT obj, %(account)s, after->>'product', (after->>'bought')::int, 0, 0, 0 FROM ok
                ON CONFLICT (account_id, product) DO UPDATE SET bought = excluded.bought
                WHERE licenses_license.bought = (SELECT (before->>'bought')::int FROM ok)
                AND licenses_license.used + licenses_license.pending + licenses_license.held <= excluded.bought RETURNING id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, l.bought AS version, e.after AS before, e.before AS after,
                  CASE WHEN l.bought <> (e.after->>'bought')::int THEN 'changed'
                       WHEN l.used + l.pending + l.held > (e.before->>'bought')::int THEN 'in_use' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN licenses_license l ON l.id = e.obj WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


@register
class SetSeats(Verb):
    """Set the bought quantity of a product. Refuses a quantity below what is in use (in_use), and an unknown product."""

    name = "licenses.set_seats"
    privilege = "licenses:subscription:manage"
    parts = (BoughtPart(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"product": checked_product(params), "quantity": checked_quantity(params)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        n = params["quantity"]
        told = ngettext("%(n)s seat of %(product)s will be bought.", "%(n)s seats of %(product)s will be bought.", n)
        return told % {"n": figure(n), "product": PRODUCTS[params["product"]].name}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        n = params["quantity"]
        told = ngettext("%(product)s now has %(n)s seat", "%(product)s now has %(n)s seats", n)
        return told % {"n": figure(n), "product": PRODUCTS[params["product"]].name}


@register
class ChangeLicense(OfPeople):
    """Give each of a set of people one Workplace license. Who holds an add-on that needs a paid license keeps theirs (needs_base; LIC-08).

    Refuses On-Prem while Meeting Connector is off (S0-23). Administrators are changed like anybody.
    """

    queues = True
    name = "licenses.change_license"
    privilege = "people:user:manage"
    parts = (WorkplaceSeat(),)

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        wrong = what_is_wrong(str(params.get("license") or ""), [])
        if wrong:
            raise Refused("invalid", "unknown_license", wrong, field="license")
        refuse_switched_off(actor, params["license"])
        return {"license": params["license"]}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "license": params["license"],
            "needy": [p.code for p in ADD_ONS if p.needs and params["license"] not in p.needs],
            "needing": [p.code for p in ADD_ONS if p.needs],
            "poor": [base.code for base in WORKPLACE if any(p.needs and base.code not in p.needs for p in ADD_ONS)],
            "uncarried": [f"{p.code} {base.code}" for p in ADD_ONS if p.needs for base in WORKPLACE if base.code not in p.needs],
        }

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will be %(license)s.", "%(n)s\u00a0people will be %(license)s.", will)
        return told % {"n": figure(will), "license": PRODUCTS[params["license"]].name}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person became %(license)s", "%(n)s\u00a0people became %(license)s", done)
        return told % {"n": figure(done), "license": PRODUCTS[params["license"]].name}


@register
class GiveAddOn(OfPeople):
    """Give an add-on to each of a set of people. Who lacks the base license (needs_base) or holds what excludes it (excluded) is skipped."""

    queues = True
    name = "licenses.give_add_on"
    privilege = "people:user:manage"
    parts = (AddOnGiven(),)
    then = ("phone.hurry",)  # a phone follows its seat

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"add_on": checked_add_on(params)}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return terms_of(params["add_on"])

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will get %(product)s.", "%(n)s\u00a0people will get %(product)s.", will)
        return told % {"n": figure(will), "product": PRODUCTS[params["add_on"]].name}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person got %(product)s", "%(n)s\u00a0people got %(product)s", done)
        return told % {"n": figure(done), "product": PRODUCTS[params["add_on"]].name}


@register
class TakeAddOn(OfPeople):
    """Take an add-on back from each of a set of people."""

    name = "licenses.take_add_on"
    privilege = "people:user:manage"
    parts = (AddOnAway(),)
    then = ("phone.hurry",)  # a phone follows its seat

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"add_on": checked_add_on(params)}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return terms_of(params["add_on"])

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(product)s will be taken back from %(n)s\u00a0person.", "%(product)s will be taken back from %(n)s\u00a0people.", will
        )
        return told % {"n": figure(will), "product": PRODUCTS[params["add_on"]].name}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(product)s was taken back from %(n)s\u00a0person", "%(product)s was taken back from %(n)s\u00a0people", done)
        return told % {"n": figure(done), "product": PRODUCTS[params["add_on"]].name}


def checked_product(params: Mapping[str, Any]) -> str:
    """A known product's code, or Refused."""
    code = str(params.get("product"))
    if code not in PRODUCTS:
        words = _("There is no product %(code)s. `usher products` lists them.") % {"code": code}
        raise Refused("invalid", "unknown_product", words, field="product")
    return code


def checked_quantity(params: Mapping[str, Any]) -> int:
    """A number of seats, or Refused."""
    quantity = params.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 <= quantity <= MOST_SEATS:
        words = _("The quantity is a number from 0 to %(most)s.") % {"most": figure(MOST_SEATS)}
        raise Refused("invalid", "bad_quantity", words, field="quantity")
    return quantity


def checked_add_on(params: Mapping[str, Any]) -> str:
    """A known add-on's code, or Refused."""
    code = str(params.get("add_on"))
    if code not in PRODUCTS or PRODUCTS[code].kind != "add_on":
        raise Refused("invalid", "unknown_add_on", no_add_on(code), field="add_on")
    return code


def terms_of(add_on: str) -> dict[str, Any]:
    """An add-on with the licenses it can stand on and the products that bar it, as the parts ask for them."""
    product = PRODUCTS[add_on]
    barred = [
        p.code for p in ADD_ONS if p.code != product.code and (family(p.code) == family(product.code) or family(p.code) in product.excludes)
    ]
    return {"add_on": product.code, "bases": sorted(product.needs), "barred": barred}


def refuse_switched_off(actor: Actor, license: str) -> None:
    """Refuse a product whose account switch is off (S0-23, S0-44)."""
    setting = PRODUCTS[license].setting
    if setting and not Account.objects.values_list(setting, flat=True).get(pk=actor.account_id):
        words = _("%(product)s needs Meeting Connector, which is off in this account.") % {"product": PRODUCTS[license].name}
        raise Refused("invalid", "switched_off", words, field="license")
