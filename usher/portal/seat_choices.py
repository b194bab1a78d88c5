"""Licenses and add-ons as choices, each with its free seats beside it; what cannot be had says why (S0-21 … S0-25, S1-15, S1-16; portal.md 6).

What was bought and has no seat free stays open: nobody is given what is not there, but they may wait for it, and whoever chooses is told (decision 0085).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from usher.accounts.models import Account
from usher.core.actor import Actor
from usher.journal.names import one_of
from usher.licenses.catalog import ADD_ONS, LICENSED, PRODUCTS, UNASSIGNED, WORKPLACE, Product, family
from usher.licenses.ledger import seats
from usher.phone.reads import settings as phone_settings
from usher.portal.plan_page import Option
from usher.portal.templatetags.usher import number

Ledger = Mapping[str, Mapping[str, Any]]  # product -> its line; what was never bought has none


def license_options(actor: Actor) -> list[Option]:
    """The Workplace licenses."""
    lines = ledger_of(actor)
    return [product_option(actor, p, lines) for p in WORKPLACE]


def phone_comes_too(actor: Actor, license: str = LICENSED) -> str:
    """The warning beside a license that brings Phone with it, where automatic phone assignment is on; empty elsewhere (S1-24, S1-25)."""
    if license != LICENSED or not phone_settings(actor)["automatic"]:
        return ""
    return _(
        "Automatic phone assignment is on: whoever becomes Licensed gets Phone too, as long as seats are free. "
        "Switch it off in the settings of Phone before you license people of another phone system."
    )


def add_on_options(actor: Actor) -> list[Option]:
    """The add-ons this account ever bought, each with the license it needs, as long as nobody has chosen one."""
    there = _there(actor)
    return [_noted(option, needs_words(PRODUCTS[option.value], there)) for option in _bought(actor)]


def fitting_add_ons(actor: Actor, license: str, chosen: Sequence[str]) -> list[Option]:
    """The same beside a license and what is chosen already: what cannot stand together with them is closed."""
    told, there = [], _there(actor)
    for option in _bought(actor):
        product = PRODUCTS[option.value]
        why = needs_words(product, there) if product.needs and license not in product.needs else with_words(product, chosen)
        told.append(Option(option.value, option.words, why, True) if why else option)
    return told


def _bought(actor: Actor) -> list[Option]:
    lines = ledger_of(actor)
    return [product_option(actor, p, lines) for p in ADD_ONS if lines.get(p.code, {}).get("bought")]


def _there(actor: Actor) -> list[Product]:
    """The Workplace licenses this account can have."""
    on = {p.setting for p in WORKPLACE if p.setting and is_on(actor, p.setting)}
    return [p for p in WORKPLACE if not p.setting or p.setting in on]


def _noted(option: Option, words: str) -> Option:
    return replace(option, note=f"{option.note} · {words}") if words else option


def ledger_of(actor: Actor) -> Ledger:
    return {s["product"]: s for s in seats(actor)}


def product_option(actor: Actor, product: Product, lines: Ledger) -> Option:
    """One license or add-on with its free seats in words; disabled with the reason when it cannot be had."""
    if product.setting and not is_on(actor, product.setting):
        return Option(product.code, product.name, _("needs Meeting Connector"), True)
    if is_free_of_charge(product):
        return Option(product.code, product.name, _("cannot host meetings") if product.code == UNASSIGNED else _("no seat needed"))
    line = lines.get(product.code)
    if line is None or line["free"] <= 0:
        return Option(product.code, product.name, _("none free"), disabled=not line or not line["bought"], warn=True)
    return Option(product.code, product.name, _("%(n)s free") % {"n": number(line["free"])})


def needs_words(product: Product, there: Sequence[Product]) -> str:
    """The licenses an add-on stands on, of those there are: "needs Licensed"; empty when it needs none."""
    names = [p.name for p in there if p.code in product.needs]
    return _("needs %(license)s") % {"license": one_of(names)} if names else ""


def with_words(product: Product, chosen: Sequence[str]) -> str:
    """Why an add-on cannot be had together with what is chosen; empty when it can."""
    for code in chosen:
        same = family(code) == family(product.code)
        if (
            code in PRODUCTS
            and code != product.code
            and (same or family(code) in product.excludes or family(product.code) in PRODUCTS[code].excludes)
        ):
            return _("not with %(name)s") % {"name": PRODUCTS[code].name}
    return ""


def seat_lines(actor: Actor, codes: Collection[str]) -> list[dict[str, Any]]:
    """The ledger, as it is now, of these products, but for those that come with every account; nothing for who may not see it."""
    paid = {code for code in codes if code in PRODUCTS and not is_free_of_charge(PRODUCTS[code])}
    return [s for s in seats(actor) if s["product"] in paid] if paid and actor.may("licenses:subscription:view") else []


def is_on(actor: Actor, setting: str) -> bool:
    return bool(Account.objects.values_list(setting, flat=True).get(pk=actor.account_id))


def is_free_of_charge(product: Product) -> bool:
    """Basic and Unassigned come with every account."""
    return product.at_opening > 0
