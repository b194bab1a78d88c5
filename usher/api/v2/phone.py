"""Phone as a whole: the settings of the account, its calling plans, and what was done (README 6)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from usher.api.days import DAYS, month_of
from usher.api.operations import HEAVY, MEDIUM, Call, operation
from usher.api.paging import by_token, start_of, token
from usher.core.refusals import Refused
from usher.journal.verb import VERBS
from usher.people import admin_log
from usher.phone import kept, reads, things_by_id
from usher.phone.numbering import KINDS
from usher.zoom_wire import phone as wire
from usher.zoom_wire import phone_log
from usher.zoom_wire.codes import Fault, WireRefused
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes
from usher.zoom_wire.settings import shape

AREA = "phone"
READS, WRITES = ("phone:read:admin",), ("phone:write:admin",)
OF_SETTINGS: dict[str, Any] = {"area": AREA, "right": "phone:settings:view"}
SWITCH = Field("object", fields={"enable": Field("boolean")})


@operation(
    "GET",
    "/phone/account_settings",
    Scopes(("phone:read:list_account_settings:admin",), READS),
    query={"setting_types": Field("string", most=4_000)},
    **OF_SETTINGS,
)
def phone_account_settings(call: Call) -> dict[str, Any]:
    """Read what phones may do unless their site, a template or their own settings say otherwise."""
    call.actor.require("phone:settings:view")
    wanted = [name.strip() for name in call.query.get("setting_types", "").split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in shape("phone account")]:
        raise WireRefused(Fault(400, 400, f"The setting type is invalid: {unknown[0][:64]}."))
    held = wire.policy(reads.account_policy(call.actor), {})
    told = {name: {**section, "locked": False, "locked_by": "invalid"} for name, section in held.items()}
    return {name: section for name, section in told.items() if not wanted or name in wanted}


@operation("GET", "/phone/settings", Scopes(("phone:read:settings:admin",), READS), **OF_SETTINGS)
def phone_settings(call: Call) -> dict[str, Any]:
    """Read the settings of Phone."""
    call.actor.require("phone:settings:view")
    mine = kept.ACCOUNT.opened(call.actor, kept.ACCOUNT.flat(call.actor.account_id), call.actor.account_id)
    return {
        "byoc": {"enable": True},
        "show_device_ip_for_call_log": {"enable": False},
        **mine,
        "country": {"code": reads.country(call.actor)},
        "multiple_sites": {"enabled": True, "site_code": reads.settings(call.actor)["site_codes"]},
        "multiple_party_conference": {"enable": False},
    }


@operation(
    "PATCH",
    "/phone/settings",
    Scopes(("phone:update:settings:admin",), WRITES),
    success=204,
    body={
        "multiple_sites": Field(
            "object",
            fields={"enabled": Field("boolean"), "site_code": Field("object", fields={"enable": Field("boolean")})},
        )
    },
    kept={"byoc": SWITCH, "show_device_ip_for_call_log": SWITCH},
    codes={"sites_stay": (412, 412)},
    **OF_SETTINGS,
)
def change_phone_settings(call: Call) -> None:
    """Change the settings of Phone: site codes act; there are always sites."""
    sites = call.body.get("multiple_sites", {})
    if sites.get("enabled") is False:
        raise Refused("conflict", "sites_stay", "Multiple sites cannot be disabled here.")
    if (codes := sites.get("site_code", {}).get("enable")) is not None:
        call.do("phone.change_settings", {"site_codes": codes})
    keep(call, "account", call.actor.account_id, ("byoc", "show_device_ip_for_call_log"))


@operation(
    "GET",
    "/phone/calling_plans",
    Scopes(("phone:read:list_calling_plans:admin",), READS),
    area=AREA,
    label=MEDIUM,
    right="phone:package:view",
)
def calling_plans(call: Call) -> dict[str, Any]:
    """List the calling plans of the account: how many are bought, assigned and available of each."""
    return {"calling_plans": [wire.plan_totals(row) for row in reads.packages(call.actor)]}


@operation(
    "GET", "/phone/plans", Scopes(("phone:read:list_calling_plans:admin",), READS), area=AREA, label=MEDIUM, right="phone:package:view"
)
def phone_plans(call: Call) -> dict[str, Any]:
    """List the calling plans of the account, and how many numbers of each kind there are and are held."""
    return {
        **calling_plans(call),
        "phone_numbers": [{"name": str(KINDS[row.pop("kind")]), **row} for row in things_by_id.by_kind(call.actor)],
    }


@operation(
    "GET",
    "/phone/reports/operationlogs",
    Scopes(("phone:read:operation_logs:admin",), READS),
    area=AREA,
    label=HEAVY,
    query={**DAYS, "category_type": Field("string", most=64, default="all"), **by_token(300)},
    right="journal:change:view",
)
def phone_operation_logs(call: Call) -> dict[str, Any]:
    """List what was done about phones, newest first, a month at a time."""
    place, size, category = start_of(call), call.query["page_size"], call.query["category_type"]
    since, until = month_of(call)
    verbs = [verb for verb in VERBS if phone_log.category_of(verb) and category in ("all", phone_log.category_of(verb))]
    found = admin_log.page(call.actor, since, until, verbs=verbs, before=place, limit=size + 1)
    more = found[size - 1]["number"] if len(found) > size else None
    return {
        "from": f"{since:%Y-%m-%d}",
        "to": f"{until - timedelta(days=1):%Y-%m-%d}",
        "operation_logs": [phone_log.operation(row) for row in found[:size]],
        "page_size": size,
        "next_page_token": token(call, more),
    }


def policy_in(call: Call) -> dict[str, Any]:
    """The policy of a body as it came: what the contract knows of it was checked, and `reset` stands beside that."""
    return (call.raw["policy"] or {}) if "policy" in call.body else {}


def keep(call: Call, kind: str, owner: UUID, names: Iterable[str], acts: tuple[str, ...] = ()) -> None:
    """Keep what a body says in the fields of these names, of its policy all but what `acts`; a section that is reset goes (docs/decisions/0095)."""
    told, gone = {name: call.raw[name] for name in names if name in call.body}, list[str]()
    if "policy" in told:
        told["policy"], gone = wire.keepable(told["policy"], acts, kept.KINDS[kind].flat(owner))
    call.do(f"phone.store_for_{kind}", {"owner": str(owner), "settings": told, "gone": gone})
