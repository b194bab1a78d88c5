"""Settings of users, groups and the account: what something here knows acts, everything else is kept and returned as it was given (README 3 and 4, docs/decisions/0066)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid5

from usher.access import factors
from usher.access.roles import roles
from usher.accounts.stored_verbs import stored_settings
from usher.api.operations import MEDIUM, Call, operation
from usher.core.ids import short
from usher.people import by_id, reads
from usher.people import stored_settings as kept
from usher.zoom_wire import settings as wire
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.people import role_id
from usher.zoom_wire.scopes import Scopes, reading_oneself, writing_oneself

from .accounts import AREA as ACCOUNTS
from .accounts import RIGHT, refuse_another
from .groups import GONE, USER, group_of
from .people import AREA, is_oneself, user_of
from .user_features import change_features, told_features

TWO_FACTOR = "sign_in_with_two_factor_auth"


def query(*more: str) -> dict[str, Field]:
    """What a read of settings takes."""
    return {"option": Field("string", one_of=(*wire.OPTIONS, *more)), "custom_query_fields": Field("string", most=2_000)}


def body(level: str, *acting: str) -> dict[str, Any]:
    """The fields of a level: those with something that acts, and those that are kept."""
    shape = wire.shape(level)
    return {"body": {n: f for n, f in shape.items() if n in acting}, "kept": {n: f for n, f in shape.items() if n not in acting}}


OF_GROUP: dict[str, Any] = {"area": AREA, "right": USER.right, "codes": GONE, "label": MEDIUM}
OF_ACCOUNT: dict[str, Any] = {"area": ACCOUNTS, "right": RIGHT, "label": MEDIUM}


@operation("GET", "/users/{userId}/settings", reading_oneself("user", "user:read:settings:admin"), area=AREA, label=MEDIUM, query=query())
def user_settings(call: Call) -> dict[str, Any]:
    """Read the settings that hold for a user: their own, else those of their primary group and the account, and those that are locked there."""
    id = reachable(call)["id"]
    if (option := call.query.get("option")) in wire.AUTHENTICATION:
        return picked(call, wire.authentication(option, kept.of_user(call.actor, id, option), stored_settings_of(call, option)))
    whole = with_sections("user", kept.holding_for_user(call.actor, id, wire.names("user")))
    whole["feature"] |= told_features(by_id.add_ons(call.actor, id))
    return picked(call, whole)


@operation(
    "PATCH",
    "/users/{userId}/settings",
    writing_oneself("user", "user:update:settings:admin"),
    area=AREA,
    label=MEDIUM,
    success=204,
    query={"option": query()["option"]},
    **body("user", "feature"),
    codes={"inactive": (400, 200)},
)
def change_user_settings(call: Call) -> None:
    """Change settings of a user; features give and take add-ons, which nobody does for themselves."""
    id = reachable(call)["id"]
    if is_oneself(call) and not call.body.get("feature"):
        return store(call, "people.store_own_settings", {"subjects": {"ids": [str(id)]}}, {})
    call.actor.require("people:user:manage")
    if told := call.body.get("feature"):
        change_features(call, reads.person(call.actor, id), told)
    acting = {"feature": [n for f, (_, sized) in wire.FEATURES.items() for n in ((f, f"{f}_capacity") if sized else (f,))]}
    store(call, "people.store_settings", {"subjects": {"ids": [str(id)]}}, acting)


@operation("GET", "/groups/{groupId}/settings", USER.reads("settings"), query=query(), **OF_GROUP)
def group_settings(call: Call) -> dict[str, Any]:
    """Read the settings that hold in a group: its own, else the account's, and those the account has locked."""
    id = group_of(call, USER)["id"]
    if (option := call.query.get("option")) in wire.AUTHENTICATION:
        return picked(call, wire.authentication(option, kept.of_group(call.actor, id, option), stored_settings_of(call, option)))
    return picked(call, with_sections("group", kept.holding_for_group(call.actor, id, wire.names("group"))))


@operation(
    "PATCH",
    "/groups/{groupId}/settings",
    USER.writes("update", "settings"),
    success=204,
    query={"option": query()["option"]},
    **body("group"),
    **OF_GROUP,
)
def change_group_settings(call: Call) -> None:
    """Change settings of a group."""
    store(call, "people.store_group_settings", {"group": str(group_of(call, USER)["id"])}, {})


@operation(
    "GET",
    "/accounts/{accountId}/settings",
    Scopes(("account:read:settings:admin", "account:read:settings:master"), ("account:read:admin",)),
    query=query("security"),
    **OF_ACCOUNT,
)
def account_settings(call: Call) -> dict[str, Any]:
    """Read the settings of the account."""
    refuse_another(call)
    if (option := call.query.get("option")) in wire.AUTHENTICATION:
        own = stored_settings(call.actor, option)
        return picked(call, wire.authentication(option, own, own))
    whole = with_sections("account", stored_settings(call.actor, "settings"))
    whole["security"] |= two_factor(call)
    return picked(call, whole)


@operation(
    "PATCH",
    "/accounts/{accountId}/settings",
    Scopes(("account:update:settings:admin", "account:update:settings:master"), ("account:write:admin",)),
    success=204,
    query={"option": query("security")["option"]},
    **body("account", "security"),
    **OF_ACCOUNT,
)
def change_account_settings(call: Call) -> None:
    """Change settings of the account; whether administrators need a second factor acts."""
    refuse_another(call)
    change_two_factor(call, call.body.get("security", {}).get(TWO_FACTOR))
    store(call, "accounts.store_settings", {}, {"security": [TWO_FACTOR, f"{TWO_FACTOR}_groups", f"{TWO_FACTOR}_roles"]})


def reachable(call: Call) -> dict[str, Any]:
    """The user of the path; 400 with code 1000 for somebody pending."""
    row = user_of(call, call.path["userId"])
    if row["status"] == "pending":
        raise WireRefused(Fault(400, 1000, "The settings of a pending user cannot be reached."))
    return row


def with_sections(level: str, found: dict[str, Any]) -> dict[str, Any]:
    """What is kept, in the sections the contract has; one that nobody said anything of is empty."""
    sections: dict[str, Any] = {
        n: {} for n, f in wire.shape(level).items() if f.kind == "object" and n not in (*wire.APART, "meeting_security")
    }
    return {**sections, **found}


def picked(call: Call, whole: Mapping[str, Any]) -> dict[str, Any]:
    """Of an answer what the query asks for: one section by `option`, some fields by `custom_query_fields`."""
    option = call.query.get("option")
    part = whole if option is None or option in wire.AUTHENTICATION else {option: whole.get(option, {})}
    return wire.picked(part, call.query.get("custom_query_fields"))


def stored_settings_of(call: Call, option: str) -> dict[str, Any]:
    """How people sign in to meetings as the account has it, for a level below it; nothing for who may not see the account's settings."""
    return stored_settings(call.actor, option) if call.actor.may("accounts:settings:view") else {}


def store(call: Call, verb: str, whose: dict[str, Any], acting: Mapping[str, list[str]]) -> None:
    """Keep what a body says beside what acts. A field at its top that is no section and that the contract does not name says nothing (README 1)."""
    option = call.query.get("option")
    for told in wire.AUTHENTICATION:
        if option == told or (option is None and told in call.body):
            new = f"option_{short(uuid5(call.actor.account_id, call.next_key(verb)))}"
            wish, gone = wire.changed_authentication(told, call.body, stored_settings_of(call, told), new)
            call.do(verb, {**whose, "part": told, "settings": wish, "gone": gone})
    if option not in wire.AUTHENTICATION:
        sections = {
            n: _without(told, acting.get(n, [])) for n, told in call.raw.items() if isinstance(told, Mapping) and n not in wire.APART
        }
        call.do(verb, {**whose, "part": "settings", "settings": sections, "gone": []})


def _without(told: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in names}


def two_factor(call: Call) -> dict[str, Any]:
    """Who needs a second factor: every role but the one without rights, or nobody."""
    on = factors.is_needed(call.actor)
    told = [role_id(r.key) for r in roles(call.actor) if r.key != "member"] if on and call.actor.may("access:role:view") else []
    return {TWO_FACTOR: "role" if on else "none", f"{TWO_FACTOR}_groups": [], f"{TWO_FACTOR}_roles": told}


def change_two_factor(call: Call, wanted: str | None) -> None:
    """All administrators or nobody; 300 for everybody or some groups, which cannot be asked for here."""
    if wanted is None:
        return
    if wanted not in ("role", "none"):
        raise invalid(
            {"field": f"security.{TWO_FACTOR}", "message": "A second factor can be asked of administrators (role) or of nobody (none)."}
        )
    if (wanted == "role") != factors.is_needed(call.actor):
        call.do("accounts.require_factor", {"on": wanted == "role"})
