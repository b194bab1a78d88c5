"""Reports: the journal as the log of administrators, sign-ins and sign-outs, and who hosted (R8; AUDIT-01)."""

from datetime import timedelta
from typing import Any

from usher.access import sign_ins
from usher.api.days import DAYS, NEEDED, month_of
from usher.api.operations import HEAVY, Call, operation
from usher.api.paging import by_token, frame, parameters, start_of, token
from usher.content import hosts
from usher.journal.verb import VERBS
from usher.people import admin_log
from usher.zoom_wire import reports as wire
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import Scopes

from .groups import USER, named_group

AREA = "reports"
READS = ("report:read:admin",)


@operation(
    "GET",
    "/report/operationlogs",
    Scopes(("report:read:operation_logs:admin",), READS),
    area=AREA,
    label=HEAVY,
    query={**NEEDED, "category_type": Field("string", one_of=("all", *wire.CATEGORIES), default="all"), **by_token(300)},
    right="journal:change:view",
)
def operation_logs(call: Call) -> dict[str, Any]:
    """List what was done in the account, newest first, a month at a time."""
    place, size, category = start_of(call), call.query["page_size"], call.query["category_type"]
    since, until = month_of(call)
    verbs = None if category == "all" else [verb for verb in VERBS if wire.category_of(verb) == category]
    found = admin_log.page(call.actor, since, until, verbs=verbs, before=place, limit=size + 1)
    more = found[size - 1]["number"] if len(found) > size else None
    return {"operation_logs": [wire.operation(row) for row in found[:size]], "page_size": size, "next_page_token": token(call, more)}


@operation(
    "GET",
    "/report/activities",
    Scopes(("report:read:user_activities:admin",), READS),
    area=AREA,
    label=HEAVY,
    query={**DAYS, **by_token(300)},
)
def activities(call: Call) -> dict[str, Any]:
    """List sign-ins and sign-outs, newest first, a month at a time."""
    place, size = start_of(call), call.query["page_size"]
    since, until = month_of(call)
    found = sign_ins.activities(call.actor, since, until, after=tuple(place) if place else None, limit=size + 1)
    last = found[size - 1] if len(found) > size else None
    return {
        "from": f"{since:%Y-%m-%d}",
        "to": f"{until - timedelta(days=1):%Y-%m-%d}",
        "activity_logs": [wire.activity(row) for row in found[:size]],
        "page_size": size,
        "next_page_token": token(call, last and [last["at"].isoformat(), last["way"], last["id"]]),
    }


@operation(
    "GET",
    "/report/users",
    Scopes(("report:read:list_users:admin",), READS),
    area=AREA,
    label=HEAVY,
    query={
        **NEEDED,
        "type": Field("string", one_of=tuple(hosts.HOSTS), default="active"),
        "group_id": Field("string", most=64),
        **parameters(300),
    },
)
def list_hosts(call: Call) -> dict[str, Any]:
    """List who hosted meetings within a month, or who did not, with how many and how long."""
    place, size, query = start_of(call), call.query["page_size"], call.query
    since, until = month_of(call)
    group = named_group(call, USER, query["group_id"])["id"] if "group_id" in query else None
    asked = hosts.Asked(query["type"], since, until, group)
    offset = 0 if place else (query.get("page_number", 1) - 1) * size
    found, total = hosts.page(call.actor, asked, after=place, offset=offset, limit=size + 1), hosts.totals(call.actor, asked)
    more = str(found[size - 1]["id"]) if len(found) > size else None
    return {
        "from": f"{since:%Y-%m-%d}",
        "to": f"{until - timedelta(days=1):%Y-%m-%d}",
        **frame(call, total["people"], more),
        "total_meetings": total["meetings"],
        "total_meeting_minutes": total["minutes"],
        "total_participants": 0,
        "users": [wire.host(row) for row in found[:size]],
    }
