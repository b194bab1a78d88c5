"""Users: deactivated and activated, unlinked or deleted, another address, the end of their sessions (S4-32 … S4-39, S4-45, S4-50, S4-54)."""

from typing import Any

from usher.access import throttle
from usher.api.operations import Call, operation
from usher.content.parts import HEIR_CANNOT_HOST, HEIR_NO_WEBINAR, HEIR_NOT_LICENSED
from usher.core.refusals import Refused
from usher.journal.plan import preview
from usher.journal.verb import plan, words_of
from usher.zoom_wire.codes import Fault, WireRefused, invalid
from usher.zoom_wire.fields import Field
from usher.zoom_wire.scopes import writing, writing_oneself

from .people import AREA, id_of, is_oneself, user_of

# What can be handed over, and how deleting calls it; the plurals are what a published client sends (decision 0080).
TRANSFERS = {
    "transfer_meeting": "meetings",
    "transfer_meetings": "meetings",
    "transfer_recording": "recordings_and_webinars",
    "transfer_recordings": "recordings_and_webinars",
    "transfer_webinar": "recordings_and_webinars",
    "transfer_webinars": "recordings_and_webinars",
    "transfer_whiteboard": "whiteboards_and_notes",
    "transfer_notes": "whiteboards_and_notes",
}
UNDER_WAY = Fault(
    429,
    429,
    "Too many concurrent requests. A request to disassociate this user has already been made.",
    headers={"Retry-After": "1"},
)
HEIR_LACKS = {HEIR_CANNOT_HOST, HEIR_NOT_LICENSED, HEIR_NO_WEBINAR}
OF_ADMINS = dict.fromkeys(("is_owner", "is_admin", "holds_role", "higher_rank", "oneself"), (400, 1117))


@operation(
    "PUT",
    "/users/{userId}/status",
    writing("user", "user:update:status:admin"),
    area=AREA,
    success=204,
    body={"action": Field("string", required=True, one_of=("activate", "deactivate"))},
    codes={"still_pending": (400, 200), "no_license": (400, 3412)},
)
def change_status(call: Call) -> None:
    """Deactivate a user, who loses access and licenses at once, or activate them again."""
    id = id_of(call, call.path["userId"])
    verb = "lifecycle.deactivate" if call.body["action"] == "deactivate" else "lifecycle.reactivate"
    call.do(verb, {"subjects": {"ids": [str(id)]}})


@operation(
    "DELETE",
    "/users/{userId}",
    writing("user", "user:delete:user:admin"),
    area=AREA,
    success=204,
    query={
        "action": Field("string", one_of=("disassociate", "delete"), default="disassociate"),
        "transfer_email": Field("string", most=254),
        **{name: Field("boolean") for name in TRANSFERS},
    },
    codes=OF_ADMINS,
)
def delete_user(call: Call) -> None:
    """Unlink a user, who keeps an account of their own, or delete them; what they made can go to somebody else."""
    id = str(id_of(call, call.path["userId"]))
    try:
        throttle.alone(f"api-leaving {id}")
    except Refused:
        raise WireRefused(UNDER_WAY) from None
    row = user_of(call, id)  # read now: whoever was quicker may have deleted them since they were found
    one = {"subjects": {"ids": [id]}}
    if row["status"] == "pending":
        gone(call, "lifecycle.withdraw_invitation", one)
        return
    verb = "lifecycle.delete" if call.query["action"] == "delete" else "lifecycle.unlink"
    try:
        gone(call, verb, {**one, **content_of(call, row)})
    except Refused as refused:
        if refused.field != "heir":
            raise
        raise invalid({"field": "transfer_email", "message": refused.words}) from None


def gone(call: Call, verb: str, params: dict[str, Any]) -> None:
    """Start a verb that takes several rows for one person; when that person is left alone, their reason is the refusal. Nobody goes whose content
    the heir cannot have.
    """
    planned = plan(call.actor, verb, params)
    seen = preview(planned)
    if reasons := sorted(seen.skipped(unchanged=planned.verb.unchanged)):
        raise Refused("conflict", reasons[0], f"Nothing was done: {words_of(reasons[0])}.")
    if lacking := sorted(HEIR_LACKS & {str(tally.skip) for tally in seen.tallies}):
        raise Refused("invalid", lacking[0], f"Nothing was done: {words_of(lacking[0])}.", field="heir")
    call.do(verb, params)


def content_of(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    """What shall move and to whom; nothing when nobody is named. Refused with code 300 when it would go to the user themselves (TENANT-04)."""
    heir = call.query.get("transfer_email")
    kinds = sorted({kind for name, kind in TRANSFERS.items() if call.query.get(name)})
    if not heir:
        if kinds:
            raise invalid({"field": "transfer_email", "message": "Say to whom the content goes."})
        return {}
    if heir.strip().lower() == row["email"].lower():
        raise invalid({"field": "transfer_email", "message": "The content cannot go to the user who is deleted."})
    return {"content": {"kinds": kinds, "heir": heir}} if kinds else {}


@operation(
    "PUT",
    "/users/{userId}/email",
    writing("user", "user:update:email:admin"),
    area=AREA,
    success=204,
    body={"email": Field("string", required=True, most=254)},
    codes={"higher_rank": (400, 1000), "too_many_changes": (429, 429)},
)
def change_email(call: Call) -> None:
    """Give a user another address at a managed domain of the account."""
    id = id_of(call, call.path["userId"])
    call.do("lifecycle.change_address", {"subjects": {"ids": [str(id)]}, "email": call.body["email"]})


@operation(
    "DELETE",
    "/users/{userId}/token",
    writing_oneself("user", "user:delete:token:admin"),
    area=AREA,
    success=204,
    codes={"no_sessions": (400, 300)},
)
def end_sessions(call: Call) -> None:
    """Sign a user out everywhere."""
    if is_oneself(call):
        call.do("access.end_sessions", {})
        return
    id = id_of(call, call.path["userId"])
    try:
        call.do("access.sign_out", {"subjects": {"ids": [str(id)]}})
    except Refused as refused:
        if refused.code != "no_sessions":
            raise
