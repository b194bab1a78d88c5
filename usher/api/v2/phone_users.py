"""Phone users: lists, one of them, their extension, site, policy and settings (README 6; S3-4, S3-20, S3-35)."""

from typing import Any

from usher.api.operations import MEDIUM, Call, operation
from usher.api.paging import by_token, start_of, token
from usher.phone import kept, phones_by_id
from usher.phone.numbering import calling_code
from usher.zoom_wire import phone as wire
from usher.zoom_wire.codes import Fault, WireRefused, no_user
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes
from usher.zoom_wire.settings import names, shape

from .people import is_oneself, user_of
from .people_changes import uuid_text
from .phone import AREA, READS, WRITES, keep, policy_in

USERS: dict[str, Any] = {"area": AREA, "right": "phone:user:view"}
TEXT = Field("string", most=128)
ID = Field("string", most=64)
SHORTEST_KEYWORD = 2
OWN_READS = ("phone:read", "phone:write")
# Of one's own phone: what scopes without :admin open for `me`.
OWN = ("phone:read:user", *OWN_READS), ("phone:read:user_setting", *OWN_READS)


@operation(
    "GET",
    "/phone/users",
    Scopes(("phone:read:list_users:admin",), READS),
    label=MEDIUM,
    query={
        "site_id": ID,
        "calling_type": Field("integer", least=0, most=99_999),
        "status": Field("string", one_of=("activate", "deactivate", "pending")),
        "department": TEXT,
        "cost_center": TEXT,
        "keyword": TEXT,
        **by_token(100),
    },
    **USERS,
)
def list_phone_users(call: Call) -> dict[str, Any]:
    """List who has a phone, whose is deactivated, and who holds Phone and waits for theirs (pending)."""
    place, size, query = start_of(call, code=400), call.query["page_size"], call.query
    if len(query.get("keyword", "").strip()) in range(1, SHORTEST_KEYWORD):
        raise WireRefused(Fault(400, 400, "The keyword is too short."))
    wanted = {name: states for name, states in wire.STATUSES.items() if query.get("status", name) == name}
    found, total = phones_by_id.page(
        call.actor,
        tuple(wanted.values()),
        {**narrowed(call), "department": query.get("department", ""), "q": query.get("keyword", "")},
        cost_center=query.get("cost_center", ""),
        after=place,
        limit=size + 1,
    )
    more = str(found[size - 1]["id"]) if len(found) > size else None
    return {
        "users": [wire.listed(row) for row in found[:size]],
        "page_size": size,
        "total_records": total,
        "next_page_token": token(call, more),
    }


@operation("GET", "/phone/users/{userId}", Scopes(("phone:read:user:admin",), READS, OWN[0]), **USERS)
def get_phone_user(call: Call) -> dict[str, Any]:
    """Read one phone user by id, address or `me`."""
    row = phone_of(call)
    return wire.one(row, opened(call, row))


@operation(
    "PATCH",
    "/phone/users/{userId}",
    Scopes(("phone:update:user:admin",), WRITES, ("phone:update:user", "phone:write")),
    success=204,
    body={
        "extension_number": Field("string", most=10),
        "site_id": ID,
        "template_id": ID,
        "policy": shape("phone phone")["policy"],
    },
    codes=dict.fromkeys(("extension_taken", "extension_reserved", "other_site"), (400, 300)),
    **USERS,
)
def change_phone_user(call: Call) -> None:
    """Change extension, site, policy or template of a phone; a template wins over the policy beside it. Of one's own, the extension and what acts of the policy."""
    row, told = phone_of(call), call.body
    id, acts = str(row["id"]), wire.acting(policy_in(call), row["own"], row["above"])
    if (
        is_oneself(call, "phone:user:manage")
        and not {"site_id", "template_id"} & told.keys()
        and wire.is_all_acting(told.get("policy", {}))
    ):
        if told.get("extension_number") or acts:
            call.do("phone.change_own", {"extension": told.get("extension_number"), "policy": acts})
        return
    if told.get("site_id"):
        call.do("phone.move_to_site", {"subjects": {"ids": [id]}, "site": uuid_text(told["site_id"], "site_id")})
    if told.get("extension_number"):
        call.do("phone.set_extension", {"holder": id, "extension": told["extension_number"]})
    if acts:
        call.do("phone.set_policy", {"holder": id, "policy": acts})
    if told.get("template_id"):
        call.do("phone.apply_template", {"subjects": {"ids": [id]}, "template": uuid_text(told["template_id"], "template_id")})
    keep(call, "phone", row["id"], ("policy",), wire.ACTS)


@operation("GET", "/phone/users/{userId}/settings", Scopes(("phone:read:user_setting:admin",), READS, OWN[1]), **USERS)
def phone_user_settings(call: Call) -> dict[str, Any]:
    """Read the settings of a phone: the number it calls out with, its country, and what is kept."""
    row = phone_of(call)
    return wire.settings(row, kept.PHONE.opened(call.actor, row["kept"], row["id"]), calling_code(row["country"]))


@operation(
    "PATCH",
    "/phone/users/{userId}/settings",
    Scopes(("phone:update:user_setting:admin",), WRITES),
    success=204,
    body={"outbound_caller_id": Field("string", most=40)},
    kept=shape("phone extension"),
    codes={"no_number": (400, 400)},
    **USERS,
)
def change_phone_user_settings(call: Call) -> None:
    """Choose the number a phone calls out with, empty to hide it; other settings are kept."""
    row = phone_of(call)
    if "outbound_caller_id" in call.body:
        call.do("phone.set_caller_id", {"holder": str(row["id"]), "number": call.body["outbound_caller_id"]})
    keep(call, "phone", row["id"], shape("phone extension"))


def narrowed(call: Call) -> dict[str, Any]:
    """The filters by site and by calling plan that lists of phones share."""
    query, found = call.query, dict[str, Any]()
    if query.get("site_id"):
        found["phone_site"] = [uuid_text(query["site_id"], "site_id")]
    if "calling_type" in query:
        found["package"] = [f"{family}:{query['calling_type']}" for family in ("calling", "calling_more")]
    return found


def opened(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    """What is kept for a phone, else for its site, as this caller may read it."""
    return kept.PHONE.opened(call.actor, kept.inherited(row, names("phone phone")), row["id"])


def phone_of(call: Call) -> dict[str, Any]:
    """The phone of whom the path means; 404 with code 1001 for somebody without one, and for nobody of the account."""
    row = phones_by_id.one(call.actor, user_of(call, call.path["userId"])["id"])
    if row is None:
        raise no_user(call.path["userId"])
    return row
