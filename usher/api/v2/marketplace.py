"""Event subscriptions: webhooks of the app that calls (README 9). The contract asks for no scope; each event asks for its own."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from usher.api.operations import HEAVY, MEDIUM, Call, operation
from usher.api.paging import parameters, start_of, token
from usher.connections.webhooks import subscriptions
from usher.core.ids import short, unshort
from usher.core.refusals import Refused, not_found
from usher.zoom_wire import events as wire
from usher.zoom_wire.codes import Fault, WireRefused
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes

from .people import id_of

T = TypeVar("T")
PATH = "/marketplace/app/event_subscription"
ONE = PATH + "/{eventSubscriptionId}"
NO_SCOPE = Scopes((), ())
TOLD: dict[str, Any] = {"area": "marketplace", "right": "connections:webhook:view"}
SCOPES = ("account", "user")
USERS = Field("array", most=10, items=Field("string", most=254))
TEXT = Field("string")  # how long it may be is refused with a code of its own (subscriptions.py)
# (code of ours, field) or code alone -> what the contract says.
CODES: dict[tuple[str, str] | str, tuple[int, int]] = {
    "unknown_event": (404, 1601),
    "deaf_event": (400, 1602),
    "privilege": (400, 1003),
    ("bad_address", "url"): (404, 1701),
    ("bad_address", "token_url"): (404, 1702),
    "auth_type": (404, 1801),
    **dict.fromkeys(("no_events", "auth", "name", "too_many_users", "too_many_webhooks"), (400, 1500)),
}


@operation(
    "GET",
    PATH,
    NO_SCOPE,
    label=MEDIUM,
    query={
        **parameters(300),
        "user_id": Field("string", most=254),
        "account_id": Field("string", most=64),
        "subscription_scope": Field("string", most=32),
    },
    **TOLD,
)
def list_subscriptions(call: Call) -> dict[str, Any]:
    """List the event subscriptions of the app, of one scope, or those that one user is told by."""
    known, scope = subscriptions.webhooks(call.actor, app_of(call)), call.query.get("subscription_scope")
    own_account(call, call.query.get("account_id", "me"))
    user = id_of(call, call.query["user_id"]) if "user_id" in call.query else None
    if scope:
        checked_scope(scope)
    found = [w for w in known if scope in (None, w["scope"]) and (user is None or w["scope"] == "account" or user in w["user_ids"])]
    offset, size = start_of(call) or 0, call.query["page_size"]
    more = offset + size if len(found) > offset + size else None
    told = [wire.subscription(w) for w in found[offset : offset + size]]
    return {"event_subscriptions": told, "page_size": size, "next_page_token": token(call, more)}


@operation(
    "POST",
    PATH,
    NO_SCOPE,
    label=HEAVY,
    success=201,
    body={
        "events": Field("array", most=100, items=Field("string", most=128)),
        "event_subscription_name": Field("string", most=128),
        "event_webhook_url": Field("string", most=2000),
        "user_ids": USERS,
        "subscription_scope": Field("string", most=32),
        "account_id": Field("string", most=64),
        "custom_header": Field(
            "object",
            fields={
                "custom_header_type": Field("integer", least=0, most=127),
                **dict.fromkeys((n for n in wire.HEADER if n != "custom_header_type"), TEXT),
            },
        ),
    },
    **TOLD,
)
def create_subscription(call: Call) -> dict[str, Any]:
    """Subscribe an address to events. It hears of them once it has answered a challenge; with the first one of the app comes the secret it is asked for."""
    subscriptions.webhooks(call.actor, app_of(call))  # whoever may see none learns nothing of what else is wrong
    own_account(call, call.body.get("account_id", "me"))
    scope = checked_scope(call.body.get("subscription_scope", ""))
    users = people_of(call, call.body.get("user_ids") or []) if scope == "user" else []
    if scope == "user" and not users:
        raise odd("user_ids")
    if not call.body.get("event_webhook_url"):
        raise odd("event_webhook_url")
    header = call.body.get("custom_header") or {}
    fields = {
        "name": call.body.get("event_subscription_name") or "API",
        "url": call.body["event_webhook_url"],
        "events": call.body.get("events") or [],
        "reach": scope,
        "user_ids": users,
    }
    auth = {ours: header[name] for name, ours in wire.HEADER.items() if name in header}
    made = as_told(
        lambda: subscriptions.make(call.actor, app_of(call), fields, auth, call.next_key("connections.create_webhook"), source="openapi")
    )
    return {"event_subscription_id": short(made.id), **({"secret_token": made.secret} if made.secret else {})}


@operation(
    "DELETE",
    PATH,
    NO_SCOPE,
    label=MEDIUM,
    success=204,
    query={
        "event_subscription_id": Field("string", most=64),
        "account_id": Field("string", most=64),
        "user_ids": Field("string", most=2600),
    },
    **TOLD,
)
def unsubscribe(call: Call) -> None:
    """Take users out of a subscription; without any named, or with nobody left, it is deleted."""
    found = subscription_of(call, call.query.get("event_subscription_id", ""))
    own_account(call, call.query.get("account_id", "me"))
    gone = people_of(call, [u for u in call.query.get("user_ids", "").split(",") if u])
    left = [str(u) for u in found["user_ids"] if str(u) not in gone]
    if gone and left:
        edit(call, found, left)
    else:
        call.do("connections.delete_webhook", {"webhook": found["id"]})


@operation(
    "PATCH",
    ONE,
    NO_SCOPE,
    label=MEDIUM,
    success=204,
    body={"account_id": Field("string", required=True, most=64), "user_ids": USERS},
    **TOLD,
)
def subscribe_users(call: Call) -> None:
    """Put users into a subscription of users."""
    found = subscription_of(call, call.path["eventSubscriptionId"])
    own_account(call, call.body["account_id"])
    users = people_of(call, call.body.get("user_ids") or [])
    if found["scope"] == "user" and users:
        edit(call, found, [*(str(u) for u in found["user_ids"]), *users])


@operation("DELETE", ONE, NO_SCOPE, label=MEDIUM, success=204, **TOLD)
def delete_subscription(call: Call) -> None:
    """Delete an event subscription with its log."""
    call.do("connections.delete_webhook", {"webhook": subscription_of(call, call.path["eventSubscriptionId"])["id"]})


def app_of(call: Call) -> UUID:
    """The app whose token it is."""
    if call.app is None:
        raise not_found()
    return call.app


def own_account(call: Call, told: str) -> None:
    """An account id, short or as a UUID, or `me`; 404 with code 1001 for any other."""
    try:
        same = told == "me" or unshort(told) == call.actor.account_id
    except ValueError:
        same = False
    if not same:
        raise WireRefused(Fault(404, 1001, "The user does not exist or does not belong to this account."))


def checked_scope(told: str) -> str:
    if told not in SCOPES:
        raise odd("subscription_scope")
    return told


def odd(field: str) -> WireRefused:
    """400 with code 1500."""
    return WireRefused(Fault(400, 1500, f"{field} is empty or invalid.", [{"field": field, "message": f"{field} is empty or invalid."}]))


def people_of(call: Call, told: list[str]) -> list[str]:
    """The ids of users by id or address; code 1001 for anybody who is not here."""
    return [str(id_of(call, user)) for user in told]


def subscription_of(call: Call, told: str) -> dict[str, Any]:
    """A subscription of this very app, of which there are few; 404 with code 1601 for every other."""
    found = next((w for w in subscriptions.webhooks(call.actor, app_of(call)) if short(w["id"]) == told), None)
    if found is None:
        raise WireRefused(Fault(404, 1601, f"The app event subscription is invalid: {told[:64]}."))
    return found


def edit(call: Call, found: dict[str, Any], users: list[str]) -> None:
    fields = {"user_ids": users}
    as_told(lambda: call.do("connections.edit_webhook", {"webhook": found["id"], "fields": fields}))


def as_told(work: Callable[[], T]) -> T:
    """What was refused, with the contract's code for it."""
    try:
        return work()
    except Refused as no:
        told = CODES.get((no.code, no.field)) or CODES.get(no.code)
        if told is None or str(no.details.get("privilege")).startswith("connections:"):
            raise
        raise WireRefused(Fault(*told, no.words)) from None
