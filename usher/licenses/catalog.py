"""The products that can be sold: what each needs, excludes, and is called (behaviour.md A, B; R3, R14)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """`kind` workplace: everybody has exactly one of them. `needs` and `excludes` name other products, by prefix before the colon or in full."""

    code: str
    name: str
    kind: str  # workplace | add_on
    needs: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    setting: str = ""  # an account switch that must be on
    at_opening: int = 0  # quantity an account starts with


BASIC, LICENSED, ON_PREM, UNASSIGNED = "meetings:basic", "meetings:licensed", "meetings:on_prem", "meetings:unassigned"
PAID_BASE = frozenset({LICENSED, ON_PREM})

_LARGE = [Product(f"large_meeting:{n}", f"Large Meeting {n}", "add_on", PAID_BASE) for n in (500, 1000, 3000, 5000)]
_WEBINAR = [
    Product(f"webinar:{n}", f"Webinar {n}", "add_on", PAID_BASE, frozenset({"events"})) for n in (100, 500, 1000, 3000, 5000, 10000)
]
_EVENTS = [
    Product(f"events:{n}", f"Events {n}", "add_on", PAID_BASE, frozenset({"webinar"})) for n in (500, 1000, 3000, 5000, 10000, 50000)
]

PRODUCTS: dict[str, Product] = {
    p.code: p
    for p in (
        Product(LICENSED, "Licensed", "workplace"),
        Product(BASIC, "Basic", "workplace", at_opening=9_999),
        Product(ON_PREM, "On-Prem", "workplace", setting="meeting_connector"),
        Product(UNASSIGNED, "Unassigned", "workplace", at_opening=9_999),
        *_LARGE,
        *_WEBINAR,
        *_EVENTS,
        Product("whiteboard", "Whiteboard", "add_on"),
        Product("scheduler", "Scheduler", "add_on"),
        Product("phone", "Phone", "add_on"),
        Product("contact_center:essentials", "Contact Center Essentials", "add_on"),
        Product("contact_center:premium", "Contact Center Premium", "add_on"),
        Product("contact_center:elite", "Contact Center Elite", "add_on"),
    )
}
WORKPLACE = [p for p in PRODUCTS.values() if p.kind == "workplace"]
ADD_ONS = [p for p in PRODUCTS.values() if p.kind == "add_on"]


def family(code: str) -> str:
    """What stands before the colon: two sizes of one family exclude each other."""
    return code.partition(":")[0]


def what_is_wrong(license: str, add_ons: list[str]) -> str:
    """Why these products cannot be held together, as a sentence; empty when they can (LIC-08)."""
    if license not in PRODUCTS or PRODUCTS[license].kind != "workplace":
        return f"There is no Workplace license {license}."
    seen: dict[str, str] = {}
    for code in add_ons:
        if code not in PRODUCTS or PRODUCTS[code].kind != "add_on":
            return f"There is no add-on {code}."
        product = PRODUCTS[code]
        if product.needs and license not in product.needs:
            return f"{product.name} needs {' or '.join(PRODUCTS[n].name for n in sorted(product.needs))}."
        if family(code) in seen:
            return f"{product.name} and {PRODUCTS[seen[family(code)]].name} exclude each other."
        seen[family(code)] = code
    for code in add_ons:
        for other in PRODUCTS[code].excludes:
            if other in seen:
                return f"{PRODUCTS[code].name} and {PRODUCTS[seen[other]].name} exclude each other."
    return ""
