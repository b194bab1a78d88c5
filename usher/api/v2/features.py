"""Features of up to 30 users at once: their license or an add-on, each user told apart (README 3, features)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from usher.api.operations import MEDIUM, Call, Cap, operation
from usher.core import sql
from usher.core.ids import short
from usher.core.refusals import Refused
from usher.journal.verb import words_of
from usher.licenses.catalog import family
from usher.people import by_id
from usher.zoom_wire import features as wire
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import writing

from .people import AREA, WHO, named_in

Failed = dict[str, list[str]]
ONE_IN_TEN_SECONDS = Cap("features", {"free": 1, "pro": 1, "business": 1}, seconds=10)


@operation(
    "POST",
    "/users/features",
    writing("user", "user:write:feature:admin"),
    area=AREA,
    label=MEDIUM,
    success=201,
    body={
        "feature_type": Field("string", required=True, one_of=wire.TYPES),
        "feature_value": Field("string", required=True, most=64),
        "users": Field("array", required=True, most=30, items=WHO),
    },
    caps=(ONE_IN_TEN_SECONDS,),
)
def update_features(call: Call) -> dict[str, Any]:
    """Change the license or an add-on of up to 30 users; each is told apart."""
    call.actor.require("people:user:manage")  # also of nobody
    kind, value = call.body["feature_type"], call.body["feature_value"]
    told = list(dict.fromkeys(named_in(call, call.body["users"])))
    there = by_id.some(call.actor, told)
    people = {row["id"]: row for row in there.values()}
    failed = defaultdict(list, {wire.UNKNOWN: missing} if (missing := [t for t in told if t not in there]) else {})
    if kind == "user_type":
        change(call, people, "licenses.change_license", {"license": wire.license_of(value)}, failed)
    else:
        set_add_on(call, people, wire.FAMILIES.get(kind, ""), wire.add_on_of(kind, value), failed)
    left = {id for reason, ids in failed.items() if reason != wire.UNKNOWN for id in ids}
    return {
        "success_user_ids": [short(id) for id in people if short(id) not in left],
        "fail_details": [{"user_ids": ids, "reason": reason} for reason, ids in failed.items()],
    }


def set_add_on(call: Call, people: Mapping[Any, Any], kind: str, wanted: str, failed: Failed) -> None:
    """Give everybody the one size of a feature, or take away the one they have."""
    held = {id: next((a for a in row["add_ons"] if family(a) == kind), "") for id, row in people.items()}
    as_wanted = [id for id, product in held.items() if product == wanted]
    note(failed, wire.AS_WANTED, as_wanted)
    if wanted:
        change(call, [id for id, product in held.items() if not product], "licenses.give_add_on", {"add_on": wanted}, failed)
        for id, product in held.items():
            if product not in ("", wanted):
                exchange(call, id, product, wanted, failed)
        return
    for product in sorted(set(held.values()) - {""}):
        change(call, [id for id, had in held.items() if had == product], "licenses.take_add_on", {"add_on": product}, failed)


def exchange(call: Call, id: Any, product: str, wanted: str, failed: Failed) -> None:
    """One size for another: both or none."""
    left: Failed = defaultdict(list)
    with transaction.atomic():
        change(call, [id], "licenses.take_add_on", {"add_on": product}, left)
        change(call, [id], "licenses.give_add_on", {"add_on": wanted}, left)
        transaction.set_rollback(bool(left))
    for reason, ids in left.items():
        failed[reason] += ids


def change(call: Call, people: Iterable[Any], verb: str, params: dict[str, Any], failed: Failed) -> None:
    """Start a verb for all of them, as far as seats go; whoever was left alone is noted with the reason."""
    ids = list(people)
    if not ids:
        return
    try:
        started = call.do(verb, {**params, "subjects": {"ids": [str(id) for id in ids]}}, short="first")
    except Refused as refused:
        if refused.kind in ("forbidden", "invalid"):
            raise
        note(failed, wire.REASONS.get(refused.code, refused.words), ids)
        return
    became = sql.rows("SELECT obj, result, reason FROM journal_effect WHERE change_id = %(c)s", {"c": started.change_id})
    results = {row["obj"]: row for row in became}
    for id in ids:
        if id not in results:
            note(failed, wire.AS_WANTED, [id])
        elif results[id]["result"] != "done":
            reason = results[id]["reason"] or ""
            note(failed, wire.REASONS.get(reason, words_of(reason)), [id])


def note(failed: Failed, reason: str, ids: Iterable[Any]) -> None:
    for id in ids:
        failed[reason].append(short(id))
