"""Locks of a group and of the account: which settings nobody below them has otherwise (README 4 and 5; docs/decisions/0090)."""

from collections.abc import Mapping
from typing import Any

from usher.accounts import stored
from usher.accounts.stored_verbs import stored_settings
from usher.api.operations import MEDIUM, Call, operation
from usher.people import stored_settings as kept
from usher.zoom_wire import settings as wire
from usher.zoom_wire.codes import invalid
from usher.zoom_wire.fields import Field, Fields
from usher.zoom_wire.scopes import Scopes

from .accounts import AREA as ACCOUNTS
from .accounts import RIGHT, refuse_another
from .groups import GONE, USER, group_of
from .people import AREA

OF_GROUP = (
    "audio_conferencing",
    "email_notification",
    "in_meeting",
    "meeting_security",
    "other_options",
    "recording",
    "schedule_meeting",
    "telephony",
)
OF_ACCOUNT = (*OF_GROUP, "chat", "tsp")
OPTION = {"option": Field("string", most=64)}


def body(sections: tuple[str, ...]) -> Fields:
    return {name: Field("object") for name in sections}


@operation(
    "GET",
    "/groups/{groupId}/lock_settings",
    USER.reads("lock_settings"),
    area=AREA,
    label=MEDIUM,
    query=OPTION,
    codes=GONE,
    right=USER.right,
)
def group_locks(call: Call) -> dict[str, Any]:
    """Read which settings a group locks."""
    return told_of(call, OF_GROUP, kept.of_group(call.actor, group_of(call, USER)["id"], stored.LOCKS))


@operation(
    "PATCH",
    "/groups/{groupId}/lock_settings",
    USER.writes("update", "lock_settings"),
    area=AREA,
    label=MEDIUM,
    success=204,
    query=OPTION,
    body=body(OF_GROUP),
    codes=GONE,
    right=USER.right,
)
def change_group_locks(call: Call) -> None:
    """Lock settings of a group, or let them free: whoever is in it has a locked one as it holds there."""
    change(call, OF_GROUP, "people.store_group_settings", {"group": str(group_of(call, USER)["id"])})


@operation(
    "GET",
    "/accounts/{accountId}/lock_settings",
    Scopes(("account:read:lock_settings:master",), ("account:read:admin",)),
    area=ACCOUNTS,
    label=MEDIUM,
    query={**OPTION, "custom_query_fields": Field("string", most=2_000)},
    right=RIGHT,
)
def account_locks(call: Call) -> dict[str, Any]:
    """Read which settings the account locks."""
    refuse_another(call)
    return told_of(call, OF_ACCOUNT, stored_settings(call.actor, stored.LOCKS))


@operation(
    "PATCH",
    "/accounts/{accountId}/lock_settings",
    Scopes(("account:update:lock_settings:admin", "account:update:lock_settings:master"), ("account:write:admin",)),
    area=ACCOUNTS,
    label=MEDIUM,
    body=body(OF_ACCOUNT),
    right=RIGHT,
)
def change_account_locks(call: Call) -> dict[str, Any]:
    """Lock settings of the account, or let them free: every group and everybody has a locked one as the account says."""
    refuse_another(call)
    change(call, OF_ACCOUNT, "accounts.store_settings", {})
    return {}


def told_of(call: Call, sections: tuple[str, ...], locks: Mapping[str, Any]) -> dict[str, Any]:
    """What is locked is true, section by section; of the query one section, or some fields."""
    option = call.query.get("option")
    whole = {name: locks.get(name, {}) for name in ((option,) if option else sections)}
    return wire.picked(whole, call.query.get("custom_query_fields"))


def change(call: Call, sections: tuple[str, ...], verb: str, whose: dict[str, Any]) -> None:
    """True locks, false lets free, null says nothing. 300 for anything else, and nothing is done."""
    said = stored.leaves({name: told for name in sections if isinstance(told := call.raw.get(name), Mapping)})
    if odd := next((name for name, value in said.items() if not isinstance(value, bool)), ""):
        raise invalid({"field": odd, "message": f"{odd} must be true or false."})
    free = [name for name, locks in said.items() if not locks]
    locked = stored.nested({name: True for name, locks in said.items() if locks}, "")
    call.do(verb, {**whose, "part": stored.LOCKS, "settings": locked, "gone": free})
