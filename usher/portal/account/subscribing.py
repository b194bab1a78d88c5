"""Subscriptions: every product with its seats, price and term; changing them is a plan (S0-22, S0-25, S4-24)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import Plan, plan
from usher.licenses import waiting
from usher.licenses.catalog import PRODUCTS, Product
from usher.licenses.ledger import seats
from usher.licenses.subscribing import TERMS, subscriptions
from usher.portal.page import SignedIn, own_path, page
from usher.portal.plan_page import Choice, Look, Option, choice_page, plan_page
from usher.portal.seat_choices import is_free_of_charge
from usher.portal.templatetags.usher import number

NONE = {"bought": 0, "used": 0, "pending": 0, "held": 0, "free": 0}


@page("licenses:subscription:view")
def all_products(request: SignedIn) -> HttpResponse:
    """Every product the account has: seats, price and term, who holds them, and the way to change them."""
    terms = subscriptions(request.actor)
    waits = waiting.counts(request.actor)
    lines = [line_of(PRODUCTS[p], s, terms.get(p, {}), waits.get(p, 0)) for s in seats(request.actor) for p in [s["product"]]]
    costs: dict[str, Any] = {}
    for line in lines:
        if line["price"]:
            costs[line["currency"]] = costs.get(line["currency"], 0) + line["price"] * line["seat"]["bought"]
    context = {"lines": lines, "costs": sorted(costs.items()), "may_change": request.actor.may("licenses:subscription:manage")}
    return render(request, "account/subscriptions.html", context)


def line_of(product: Product, seat: dict[str, Any], terms: dict[str, Any], waits: int) -> dict[str, Any]:
    """One line of the page. Licenses without a price (Basic, Unassigned) show no bar: nobody buys them."""
    return {
        "seat": seat,
        "code": product.code,
        "path": "/account/subscriptions/change?" + urlencode({"product": product.code}),
        "free_of_charge": is_free_of_charge(product),
        "holders": holders(product),
        "waiting": "/account/subscriptions/waiting?" + urlencode({"product": product.code}),
        "waits": waits,
        "price": terms.get("price"),
        "currency": terms.get("currency"),
        "starts": terms.get("starts"),
        "ends": terms.get("ends"),
        "over": bool(terms.get("ends") and terms["ends"] < date.today()),
    }


def holders(product: Product, path: str = "/people") -> str:
    """The list of the people who hold a seat."""
    key = "license" if product.kind == "workplace" else "add_on"
    return f"{path}?" + urlencode({**({"status": "any"} if path == "/people" else {}), key: product.code})


@page("licenses:subscription:manage", ("GET", "POST"))
def change(request: SignedIn) -> HttpResponseBase:
    """Which product; then quantity, price and term; then the plan. Fewer than are in use is refused with who holds them."""
    product = PRODUCTS.get(request.GET.get("product", ""))
    if product is None:
        return choice_page(request, look_at(request.actor, None), _("Which product?"))
    line = next((s for s in seats(request.actor) if s["product"] == product.code), NONE)
    terms = subscriptions(request.actor).get(product.code, dict.fromkeys(TERMS))
    if "quantity" not in request.GET:
        wished = request.GET.get("wished") or f"{line['bought']}"
        return form(request, product, line, {"quantity": wished, **{k: v or "" for k, v in as_texts(terms).items()}})
    try:
        planned = planned_change(request, product, terms)
    except Refused as refused:
        return form(request, product, line, request.GET, {"field": refused.field or "quantity", "words": refused.words})
    in_use = line["used"] + line["pending"] + line["held"]
    if planned.params["quantity"] < in_use:
        return form(request, product, line, request.GET, {"field": "quantity", "words": too_few(product, in_use), "holders": True})
    return plan_page(request, planned, back_to(request, look_at(request.actor, product)))


def back_to(request: SignedIn, look: Look) -> Look:
    """Who came from a plan that lacks seats goes back to it, done or not (portal.md 5.10)."""
    back = own_path(request.GET.get("back", ""), request)
    return look if back == "/" else replace(look, then=back, back=(look.back[0], back))


def look_at(actor: Actor, product: Product | None) -> Look:
    """The look of choosing a product and of the plan."""
    had = {s["product"] for s in seats(actor)} if product is None else set()
    options = [
        Option(p.code, p.name, _("has seats already") if p.code in had else "") for p in PRODUCTS.values() if not is_free_of_charge(p)
    ]
    return Look(
        title=product.name if product else _("Subscribe to a product"),
        crumbs=[(_("Subscriptions"), "/account/subscriptions"), (product.name if product else _("Add a product"), "")],
        button=lambda n: _("Change the subscription"),
        back=(_("Cancel"), "/account/subscriptions"),
        choices=[] if product else [Choice("product", _("Product"), options)],
    )


def as_texts(terms: Mapping[str, Any]) -> dict[str, str | None]:
    return {k: None if v is None else str(v) for k, v in terms.items()}


def planned_change(request: SignedIn, product: Product, terms: Mapping[str, Any]) -> Plan:
    """The quantity alone when nothing else was changed, else all of it."""
    typed = "".join(c for c in request.GET.get("quantity", "") if c not in ",. \u00a0")
    quantity = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else None
    wished = {k: request.GET.get(k, "").strip().upper() if k == "currency" else request.GET.get(k, "").strip() for k in TERMS}
    wished["currency"] = wished["currency"] if wished["price"] else ""
    whole = plan(request.actor, "licenses.subscribe", {"product": product.code, "quantity": quantity, **wished})
    if {k: whole.params[k] for k in TERMS} == as_texts(terms):
        return plan(request.actor, "licenses.set_seats", {"product": product.code, "quantity": quantity})
    return whole


def too_few(product: Product, in_use: int) -> str:
    """What is, and what next."""
    told = ngettext("%(n)s %(name)s seat is in use.", "%(n)s %(name)s seats are in use.", in_use) % {
        "n": number(in_use),
        "name": product.name,
    }
    return told + " " + _("Take some back first, then lower the number.")


def form(
    request: SignedIn,
    product: Product,
    line: Mapping[str, Any],
    given: Mapping[str, Any] | QueryDict,
    trouble: dict[str, Any] | None = None,
) -> HttpResponse:
    """The fields, with what was typed and what is wrong with it."""
    context = {
        "product": product,
        "seat": {**line, "name": product.name},
        "given": {k: given.get(k, "") for k in ("quantity", *TERMS)},
        "trouble": trouble or {},
        "holders": holders(product),
        "invited": holders(product, "/people/pending") if line["pending"] else "",
        "crumbs": [(_("Subscriptions"), "/account/subscriptions"), (product.name, "")],
        "back": own_path(request.GET.get("back", ""), request).removesuffix("/"),
    }
    return render(request, "account/subscription.html", context, status=422 if trouble else 200)
