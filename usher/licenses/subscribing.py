"""What was bought, on which terms: the quantity stands in the ledger, once; price and term stand beside it (docs/decisions/0031)."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure, long_day
from usher.journal.verb import Part, Verb, register

from .catalog import PRODUCTS
from .verbs import checked_product, checked_quantity

VIEW = "licenses:subscription:view"
CURRENCY = re.compile(r"^[A-Z]{3}$")
MOST_COSTLY = Decimal(1_000_000)
TERMS = ("price", "currency", "starts", "ends")
NO_TERMS = """'{"price": null, "currency": null, "starts": null, "ends": null}'::jsonb"""


def terms_of(account: str, product: str) -> str:
    """SQL of the terms of a product as jsonb, all null while there are none."""
    return f"""coalesce((SELECT jsonb_build_object('price', t.price, 'currency', t.currency, 'starts', t.starts, 'ends', t.ends) FROM licenses_subscription t
               WHERE t.account_id = {account} AND t.product = {product}), {NO_TERMS})"""


def subscriptions(actor: Actor) -> dict[str, dict[str, Any]]:
    """product -> price (Decimal, per seat), currency, starts, ends; each may be None. Refuses (forbidden) without the right to see them."""
    actor.require(VIEW)
    found = sql.rows(
        "SELECT product, price, currency, starts, ends FROM licenses_subscription WHERE account_id = %(a)s", {"a": actor.account_id}
    )
    return {f.pop("product"): f for f in found}


class SubscribedPart(Part):
    """Quantity and terms of one product. Whoever writes terms locks the license row first, so that row stands for both."""

    lock = ("licenses_license", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        terms = terms_of("%(account)s", "%(product)s::text")
        return f"""SELECT NULL::int AS subj, obj, hashtext(before::text) AS version, before, after,
                   CASE WHEN before = after THEN 'already' WHEN in_use > %(quantity)s::int THEN 'in_use' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM (SELECT coalesce(l.id, md5(%(account)s::text || %(product)s::text)::uuid) AS obj, coalesce(l.used + l.pending + l.held, 0) AS in_use,
                         jsonb_build_object('product', %(product)s::text, 'bought', coalesce(l.bought, 0)) || {terms} AS before,
                         jsonb_build_object('product', %(product)s::text, 'bought', %(quantity)s::int, 'price', %(price)s::numeric,
                                            'currency', %(currency)s::text, 'starts', %(starts)s::date, 'ends', %(ends)s::date) AS after
                         FROM (SELECT 1) one LEFT JOIN licenses_license l ON l.account_id = %(account)s AND l.product = %(product)s) x"""

    write = f"""did AS (INSERT INTO licenses_license (id, account_id, product, bought, used, pending, held)
                SELECT obj, %(account)s, after->>'product', (after->>'bought')::int, 0, 0, 0 FROM ok
                ON CONFLICT (account_id, product) DO UPDATE SET bought = excluded.bought
                WHERE licenses_license.bought = (SELECT (before->>'bought')::int FROM ok)
                AND {terms_of("licenses_license.account_id", "licenses_license.product")} = (SELECT before - 'product' - 'bought' FROM ok)
                AND licenses_license.used + licenses_license.pending + licenses_license.held <= excluded.bought RETURNING id AS obj),
              terms AS (INSERT INTO licenses_subscription (id, account_id, product, price, currency, starts, ends)
                SELECT ok.obj, %(account)s, after->>'product', (after->>'price')::numeric, after->>'currency', (after->>'starts')::date, (after->>'ends')::date
                FROM ok JOIN did ON did.obj = ok.obj ON CONFLICT (account_id, product)
                DO UPDATE SET price = excluded.price, currency = excluded.currency, starts = excluded.starts, ends = excluded.ends)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        terms = terms_of("l.account_id", "l.product")
        return f"""SELECT NULL::int AS subj, e.obj, l.bought AS version, e.after AS before, e.before AS after,
                   CASE WHEN l.bought <> (e.after->>'bought')::int OR {terms} <> e.after - 'product' - 'bought' THEN 'changed'
                        WHEN l.used + l.pending + l.held > (e.before->>'bought')::int THEN 'in_use' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM journal_effect e JOIN licenses_license l ON l.id = e.obj WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


@register
class Subscribe(Verb):
    """Set quantity, price per seat, currency and term of one product together. Refuses a quantity below what is in use (in_use) and terms that make no sense.

    The end of a term takes no seat from anybody; it is told on Home.
    """

    name = "licenses.subscribe"
    privilege = "licenses:subscription:manage"
    parts = (SubscribedPart(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(params) - {"product", "quantity", *TERMS}:
            raise Refused("invalid", "unknown_field", _("A subscription has no %(name)s.") % {"name": sorted(unknown)[0]})
        price, currency = checked_price(params.get("price"), params.get("currency"))
        starts, ends = checked_day(params, "starts"), checked_day(params, "ends")
        if starts and ends and ends < starts:
            raise Refused("invalid", "bad_term", _("The term ends before it starts."), field="ends")
        return {
            "product": checked_product(params),
            "quantity": checked_quantity(params),
            "price": price,
            "currency": currency,
            "starts": starts,
            "ends": ends,
        }

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(product)s will have %(terms)s.") % {"product": PRODUCTS[params["product"]].name, "terms": _in_words(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(product)s now has %(terms)s") % {"product": PRODUCTS[params["product"]].name, "terms": _in_words(params)}


def _in_words(params: Mapping[str, Any]) -> str:
    n, told = params["quantity"], ngettext("%(n)s seat", "%(n)s seats", params["quantity"])
    if params["price"]:
        told = ngettext("%(n)s seat at %(price)s each", "%(n)s seats at %(price)s each", n)
    price = f"{number_format(Decimal(params['price'] or 0), 2, force_grouping=True)}\u00a0{params['currency']}"
    seats = told % {"n": figure(n), "price": price}
    if not params["ends"]:
        return seats
    return _("%(seats)s, until %(day)s") % {"seats": seats, "day": long_day(date.fromisoformat(params["ends"]))}


def checked_price(price: Any, currency: Any) -> tuple[str | None, str | None]:
    """A price per seat as text with two decimals, and its currency; both or none. Refused when it is none."""
    if price in (None, "") and currency in (None, ""):
        return None, None
    try:
        amount = Decimal(price) if isinstance(price, str) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MOST_COSTLY or amount != round(amount, 2):
        words = _("The price is an amount from 0 to %(most)s with at most two decimals.") % {"most": figure(int(MOST_COSTLY))}
        raise Refused("invalid", "bad_price", words, field="price")
    if not isinstance(currency, str) or not CURRENCY.match(currency):
        words = _("The currency is a code of three capital letters, such as EUR.")
        raise Refused("invalid", "bad_currency", words, field="currency")
    return f"{amount:.2f}", currency


def checked_day(params: Mapping[str, Any], key: str) -> str | None:
    """A day as ISO 8601 writes it, or nothing. Refused when it is no day."""
    text = params.get(key)
    if text in (None, ""):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except (TypeError, ValueError):
        raise Refused("invalid", "bad_day", _("A day looks like 2026-12-31."), field=key) from None
