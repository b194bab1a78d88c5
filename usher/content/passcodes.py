"""The passcode of a meeting or webinar: sealed among its further fields, in the row and in the journal alike, and told to who may change it (SECRET-01, AUDIT-07)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings

from usher.core import sql
from usher.core.actor import Actor
from usher.core.free_form import checked_details
from usher.core.sealed import Unreadable, anew, seal, unseal

from .reads import MANAGE

PURPOSE = "passcode of content"
FIELD = "password"  # as programs call it


def kept(account: UUID, details: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """Further fields as they are journaled: checked, and the passcode among them sealed. An empty one is none; one that is `known` already stays the text it is.

    Refuses what core.free_form.checked_details does.
    """
    found = checked_details(details)
    if isinstance(said := (details or {}).get(FIELD), str):
        found[FIELD] = None if not said else known[FIELD] if _text(account, known) == said else {"sealed": seal(said, PURPOSE, account)}
    return found


def opened(actor: Actor, item: Mapping[str, Any]) -> str:
    """The passcode of an item, for who may change it; empty for everybody else, where there is none, and where it was sealed elsewhere."""
    return _text(actor.account_id, item["details"]) if actor.may(MANAGE) or item["owner_id"] == actor.user_id else ""


def _text(account: UUID, details: Mapping[str, Any]) -> str:
    sealed = details.get(FIELD)
    try:
        return unseal(sealed["sealed"], PURPOSE, account) if isinstance(sealed, Mapping) else ""
    except Unreadable:
        return ""


def which(details: str) -> str:
    """SQL: what tells the passcode among further fields from any other, whichever key it is sealed with by now; null for none.

    The journal keeps the text that was sealed first, so what is sealed anew in the row remembers that one's SHA-256.
    """
    kept = f"({details})->'{FIELD}'"
    return f"coalesce({kept}->>'first', encode(sha256(convert_to({kept}->>'sealed', 'UTF8')), 'hex'))"


def as_sealed_now(told: str, *, unless_changed: str, item: str) -> str:
    """SQL: what an effect tells of an item, with its passcode sealed as the item's own is now, unless the effect `unless_changed` gave it another."""
    before, after = (which(f"{unless_changed}.{side}->'details'") for side in ("before", "after"))
    return f"CASE WHEN {before} = {after} THEN coalesce(jsonb_set({told}, '{{details,{FIELD}}}', {item}.details->'{FIELD}'), {told}) ELSE {told} END"


def seal_anew() -> None:
    """Seal with the present key what an older one sealed (F46). Nothing to do while there is none."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    query = f"SELECT id, account_id, details->'{FIELD}'->>'sealed' AS sealed FROM content_item WHERE details @? '$.{FIELD}.sealed'"
    for found in sql.rows(query):
        if new := anew(found["sealed"], PURPOSE, found["account_id"]):
            sql.execute(
                f"""UPDATE content_item SET details = jsonb_set(details, '{{{FIELD}}}', jsonb_build_object('sealed', %(new)s::text, 'first', {which("details")}))
                    WHERE id = %(id)s AND details->'{FIELD}'->>'sealed' = %(old)s""",
                {"id": found["id"], "new": new, "old": found["sealed"]},
            )
