"""The products that can be sold: what each needs, excludes, and is called (behaviour.md A, B; R3, R14)."""

from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.journal.names import one_of


@dataclass(frozen=True)
class Product:
    """`kind` workplace: everybody has exactly one of them; package: a calling package, which only somebody with Phone has (usher/phone), one calling plan each.

    `needs` and `excludes` name other products, by prefix before the colon or in full.

    `words` is what it is called, in the language of whoever reads it.
    """

    code: str
    words: str | Promise
    kind: str  # workplace | add_on | package
    needs: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    setting: str = ""  # an account switch that must be on
    at_opening: int = 0  # quantity an account starts with

    @property
    def name(self) -> str:
        """What it is called, in the language of this moment."""
        return str(self.words)


BASIC, LICENSED, ON_PREM, UNASSIGNED = "meetings:basic", "meetings:licensed", "meetings:on_prem", "meetings:unassigned"
PAID_BASE = frozenset({LICENSED, ON_PREM})

_LARGE = [
    Product(f"large_meeting:{n}", format_lazy(gettext_lazy("Large Meeting {n}"), n=n), "add_on", PAID_BASE) for n in (500, 1000, 3000, 5000)
]
_WEBINAR = [
    Product(f"webinar:{n}", format_lazy(gettext_lazy("Webinar {n}"), n=n), "add_on", PAID_BASE, frozenset({"events"}))
    for n in (100, 500, 1000, 3000, 5000, 10000)
]
_EVENTS = [
    Product(f"events:{n}", format_lazy(gettext_lazy("Events {n}"), n=n), "add_on", PAID_BASE, frozenset({"webinar"}))
    for n in (500, 1000, 3000, 5000, 10000, 50000)
]

# Zoom's codes (https://developers.zoom.us/docs/api/references/phone-calling-plans/).
_CALLING = [
    Product(f"calling:{code}", words, "package")
    for code, words in {
        100: gettext_lazy("Metered US and Canada"),
        101: gettext_lazy("Metered Australia and New Zealand"),
        102: gettext_lazy("Metered UK and Ireland"),
        103: gettext_lazy("Metered Europe A"),
        104: gettext_lazy("Metered Europe B"),
        107: gettext_lazy("Metered Japan"),
        200: gettext_lazy("Unlimited US and Canada"),
        201: gettext_lazy("Unlimited Australia and New Zealand"),
        202: gettext_lazy("Unlimited UK and Ireland"),
        203: gettext_lazy("Unlimited Europe A"),
        204: gettext_lazy("Unlimited Europe B"),
        207: gettext_lazy("Unlimited Japan"),
        1000: gettext_lazy("Global Select"),
        1001: gettext_lazy("Global Select Metered"),
        3000: gettext_lazy("Pro"),
    }.items()
]
_CALLING_MORE = [
    Product("calling_more:4000", gettext_lazy("International Calling"), "package"),
    Product("calling_more:4010", gettext_lazy("Power Pack"), "package"),
]

PRODUCTS: dict[str, Product] = {
    p.code: p
    for p in (
        Product(LICENSED, gettext_lazy("Licensed"), "workplace"),
        Product(BASIC, gettext_lazy("Basic"), "workplace", at_opening=9_999),
        Product(ON_PREM, gettext_lazy("On-Prem"), "workplace", setting="meeting_connector"),
        Product(UNASSIGNED, gettext_lazy("Unassigned"), "workplace", at_opening=9_999),
        *_LARGE,
        *_WEBINAR,
        *_EVENTS,
        Product("whiteboard", gettext_lazy("Whiteboard"), "add_on"),
        Product("scheduler", gettext_lazy("Scheduler"), "add_on"),
        Product("phone", gettext_lazy("Phone"), "add_on"),
        *_CALLING,
        *_CALLING_MORE,
        Product("contact_center:essentials", gettext_lazy("Contact Center Essentials"), "add_on"),
        Product("contact_center:premium", gettext_lazy("Contact Center Premium"), "add_on"),
        Product("contact_center:elite", gettext_lazy("Contact Center Elite"), "add_on"),
    )
}
WORKPLACE = [p for p in PRODUCTS.values() if p.kind == "workplace"]
ADD_ONS = [p for p in PRODUCTS.values() if p.kind == "add_on"]
PACKAGES = [p for p in PRODUCTS.values() if p.kind == "package"]
PHONE = "phone"


def family(code: str) -> str:
    """What stands before the colon: two sizes of one family exclude each other."""
    return code.partition(":")[0]


@cache
def clashes() -> dict[str, list[str]]:
    """add-on -> everything it cannot be held with: licenses that do not carry it, other sizes of it, what excludes it. The same as what_is_wrong, for SQL."""
    return {
        p.code: [w.code for w in WORKPLACE if p.needs and w.code not in p.needs]
        + [
            o.code
            for o in ADD_ONS
            if o.code != p.code and (family(o.code) in (family(p.code), *p.excludes) or family(p.code) in o.excludes)
        ]
        for p in ADD_ONS
    }


def what_is_wrong(license: str, add_ons: list[str]) -> str:
    """Why these products cannot be held together, as a sentence; empty when they can (LIC-08)."""
    if not license:
        return _("Choose a Workplace license.")
    if license not in PRODUCTS or PRODUCTS[license].kind != "workplace":
        return _("There is no Workplace license %(code)s.") % {"code": license}
    seen: dict[str, str] = {}
    for code in add_ons:
        if code not in PRODUCTS or PRODUCTS[code].kind != "add_on":
            return no_add_on(code)
        product = PRODUCTS[code]
        if product.needs and license not in product.needs:
            bases = one_of([PRODUCTS[n].name for n in sorted(product.needs)])
            return _("%(product)s needs %(bases)s.") % {"product": product.name, "bases": bases}
        if family(code) in seen:
            return exclude_each_other(product.code, seen[family(code)])
        seen[family(code)] = code
    for code in add_ons:
        for other in PRODUCTS[code].excludes:
            if other in seen:
                return exclude_each_other(code, seen[other])
    return ""


def no_add_on(code: str) -> str:
    return _("There is no add-on %(code)s.") % {"code": code}


def exclude_each_other(one: str, other: str) -> str:
    return _("%(one)s and %(other)s exclude each other.") % {"one": PRODUCTS[one].name, "other": PRODUCTS[other].name}
