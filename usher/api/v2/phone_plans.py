"""Calling plans and numbers of one phone, of a person or of a room: given, exchanged, taken (README 6; S3-24 … S3-28, S3-39, S3-54)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from usher.api.operations import Call, operation
from usher.core.ids import short, unshort
from usher.licenses.catalog import PACKAGES, family
from usher.phone import numbering
from usher.zoom_wire import phone as wire
from usher.zoom_wire.codes import Fault, WireRefused
from usher.zoom_wire.fields import Field, Fields
from usher.zoom_wire.scopes import Scopes

from .leaving import gone
from .phone import WRITES
from .phone_users import USERS, phone_of

TYPE = Field("integer", required=True, least=0, most=99_999)
PRODUCTS = {int(p.code.partition(":")[2]): p.code for p in PACKAGES}
# Why a phone does not get a number.
NUMBER = Field("object", fields={"id": Field("string", most=64), "number": Field("string", most=40)})
TAKEN = ("number_taken", "needs_plan", "too_many_numbers")


def plans(most: int) -> Fields:
    """A body of so many calling plans."""
    return {"calling_plans": Field("array", most=most, items=Field("object", fields={"type": TYPE}))}


def numbers(most: int) -> Fields:
    """A body of so many numbers."""
    return {"phone_numbers": Field("array", most=most, items=NUMBER)}


@operation(
    "POST",
    "/phone/users/{userId}/calling_plans",
    Scopes(("phone:write:calling_plan:admin",), WRITES),
    success=201,
    body=plans(150),
    **USERS,
)
def give_calling_plans(call: Call) -> None:
    """Give a phone calling plans; one plan takes the place of another."""
    give_plans(call, phone_of(call), "phone.assign_package")


@operation(
    "PUT",
    "/phone/users/{userId}/calling_plans",
    Scopes(("phone:update:calling_plan:admin",), WRITES),
    success=204,
    body={"source_type": TYPE, "target_type": TYPE},
    **USERS,
)
def exchange_calling_plan(call: Call) -> None:
    """Give a phone another calling plan in place of one it has."""
    row = phone_of(call)
    source, target = product_of(call.body["source_type"]), product_of(call.body["target_type"])
    if source not in row["packages"]:
        raise WireRefused(Fault(400, 404, f"The user did not subscribe to the plan {call.body['source_type']}."))
    subjects = {"subjects": {"ids": [str(row["id"])]}}
    call.do("phone.assign_package", {**subjects, "package": target})
    if family(source) != family(target):  # else the one has taken the place of the other
        call.do("phone.remove_packages", {**subjects, "packages": [source]})


@operation(
    "DELETE",
    "/phone/users/{userId}/calling_plans/{planType}",
    Scopes(("phone:delete:users_calling_plan:admin",), WRITES),
    success=204,
    **USERS,
)
def take_calling_plan(call: Call) -> None:
    """Take a calling plan from a phone; without one it has no direct numbers."""
    take_plan(call, phone_of(call), call.path["planType"], "phone.remove_packages", 400)


@operation(
    "POST",
    "/phone/users/{userId}/phone_numbers",
    Scopes(("phone:write:user_number:admin",), WRITES),
    success=201,
    body=numbers(10),
    codes=dict.fromkeys(TAKEN, (400, 300)),
    **USERS,
)
def give_phone_numbers(call: Call) -> dict[str, Any]:
    """Give a phone numbers that nobody has."""
    ids = give_numbers(call, phone_of(call))
    return {"phone_numbers": [n for n in wire.numbers_of(phone_of(call)) if n["id"] in ids or n["number"] in ids]}


@operation(
    "DELETE",
    "/phone/users/{userId}/phone_numbers/{phoneNumberId}",
    Scopes(("phone:delete:user_number:admin",), WRITES),
    success=204,
    **USERS,
)
def take_phone_number(call: Call) -> None:
    """Take a number, by id or as E.164 writes it, from a phone; it stays in the inventory."""
    take_number(call, phone_of(call), Fault(404, 400, "The phone number is invalid."))


def give_plans(call: Call, row: Mapping[str, Any], verb: str, *, code: int = 300) -> None:
    """Assign every calling plan of the body to a phone, each once. `code` is that of a type there is not."""
    for product in dict.fromkeys(product_of(told["type"], code) for told in call.body.get("calling_plans", [])):
        call.do(verb, {"subjects": {"ids": [str(row["id"])]}, "package": product})


def take_plan(call: Call, row: Mapping[str, Any], told: str, verb: str, code: int) -> None:
    """Take the calling plan of a type from a phone; HTTP 400, with `code`, when it has none of it."""
    held = {package.partition(":")[2]: package for package in row["packages"]}
    if told not in held:
        raise WireRefused(Fault(400, code, f"There is no calling plan of the type {told[:16]} to take."))
    call.do(verb, {"subjects": {"ids": [str(row["id"])]}, "packages": [held[told]]})


def give_numbers(call: Call, row: Mapping[str, Any]) -> set[str]:
    """Assign the numbers of the body to a phone; their ids and spellings as the wire has them."""
    named = [told.get("id") or told.get("number") or "" for told in call.body.get("phone_numbers", [])]
    gone(call, "phone.assign_numbers", {"numbers": [number_key(name) for name in named], "holder": str(row["id"])})
    return {found.e164 if (found := numbering.read(name)) else name for name in named}


def take_number(call: Call, row: Mapping[str, Any], missing: Fault) -> None:
    """Take the number of the path from a phone."""
    told = call.path["phoneNumberId"]
    found = numbering.read(told)
    held = {number["id"] for number in row["numbers"] if told == short(UUID(number["id"])) or (found and found.e164 == number["number"])}
    if not held:
        raise WireRefused(missing)
    call.do("phone.unassign_numbers", {"numbers": sorted(held)})


def product_of(type: int, code: int = 300) -> str:
    """The product of a type of calling plan; HTTP 400, with `code`, for one there is not."""
    if type not in PRODUCTS:
        raise WireRefused(Fault(400, code, f"There is no calling plan of the type {type}."))
    return PRODUCTS[type]


def number_key(told: str) -> str:
    """A number as verbs take it: its id, or what else was said."""
    try:
        return str(unshort(told))
    except ValueError:
        return told
