"""The features among a user's settings: what a license or an add-on stands for acts, with the codes the contract has for it (README 3)."""

from collections.abc import Mapping
from typing import Any

from usher.api.operations import Call
from usher.core.refusals import Refused
from usher.journal import engine
from usher.licenses.catalog import PRODUCTS, family
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.settings import FEATURES

from .people_changes import change_phone

LICENSED_ONLY = "Only licensed or On-Prem users can have this feature."
# feature -> reason -> code and words.
REFUSED: dict[str, dict[str, tuple[int, str]]] = {
    "large_meeting": {"needs_base": (1108, LICENSED_ONLY)},
    "webinar": {
        "needs_base": (1122, LICENSED_ONLY),
        "excluded": (1204, "The webinar feature cannot be enabled: this user has the Zoom Events feature."),
    },
    "zoom_events": {
        "needs_base": (1206, LICENSED_ONLY),
        "excluded": (1205, "The Zoom Events feature cannot be enabled: this user has the webinar feature."),
        "no_seat": (300, "You can only add a maximum of {n} {product} users."),
    },
    "zoom_whiteboard": {"no_seat": (1228, "The limit of Zoom Whiteboard licenses is reached.")},
    "zoom_scheduler": {"no_seat": (300, "The limit of Zoom Scheduler licenses is reached.")},
}
NO_SEAT = (200, "You can only add a maximum of {n} {product} users.")


def told_features(add_ons: list[str]) -> dict[str, Any]:
    """The features somebody has, as the contract tells them: 0 is no capacity."""
    held = {family(code): code for code in add_ons}
    told: dict[str, Any] = {}
    for name, (kind, sized) in FEATURES.items():
        told[name] = kind in held
        if sized:
            told[f"{name}_capacity"] = int(held[kind].partition(":")[2]) if kind in held else 0
    return told


def change_features(call: Call, person: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Give and take what a body says of features. What is taken goes first, so that one may come in place of the other."""
    one = {"subjects": {"ids": [str(person["id"])]}}
    held = {family(code): code for code in person["add_ons"]}
    wanted = {name: code for name in FEATURES if name != "zoom_phone" and (code := wish(name, told, held)) is not None}
    for name, code in wanted.items():
        if (have := held.get(FEATURES[name][0])) and have != code:
            call.do("licenses.take_add_on", {**one, "add_on": have})
    for name, code in wanted.items():
        if code and code != held.get(FEATURES[name][0]):
            give(call, name, {**one, "add_on": code})
    if (phone := told.get("zoom_phone")) is not None and phone != ("phone" in held):
        change_phone(call, one, phone)


def wish(name: str, told: Mapping[str, Any], held: Mapping[str, str]) -> str | None:
    """The add-on somebody shall have for a feature, empty for none; None when nothing is said of it. 300 for a capacity that is not sold."""
    kind, sized = FEATURES[name]
    on, capacity = told.get(name), told.get(f"{name}_capacity") if sized else None
    if on is False:
        return ""
    if on is None and (capacity is None or kind not in held):
        return None
    code = f"{kind}:{capacity}" if capacity is not None else held.get(kind, kind)
    if code not in PRODUCTS:
        raise invalid({"field": f"feature.{name}_capacity", "message": f"{name} cannot be given with this capacity here."})
    return code


def give(call: Call, name: str, params: dict[str, Any]) -> engine.Started:
    """Start the giving; its reasons have codes of their own here."""
    try:
        return call.do("licenses.give_add_on", params)
    except Refused as refused:
        found = REFUSED[name].get(refused.code) or (NO_SEAT if refused.code == "no_seat" else None)
        if found is None:
            raise
        product = PRODUCTS[params["add_on"]].name
        raise WireRefused(Fault(400, found[0], found[1].format(n=bought(call, params["add_on"]), product=product))) from None


def bought(call: Call, product: str) -> int:
    """How many seats of a product the account has."""
    from usher.licenses.ledger import seats

    return next((s["bought"] for s in seats(call.actor) if s["product"] == product), 0)
