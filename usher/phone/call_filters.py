"""What the account log can be filtered by: one table, used by its lists, their export and the command line."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from usher.core.ids import is_uuid
from usher.people.filters import contains

DIRECTIONS: dict[str, str | Promise] = {"inbound": _("Inbound"), "outbound": _("Outbound")}
RESULTS: dict[str, str | Promise] = {
    "answered": _("Answered"),
    "missed": _("Missed"),
    "voicemail": pgettext_lazy("what a caller left", "Voicemail"),
    "busy": _("Busy"),
    "rejected": _("Rejected"),
    "cancelled": _("Hung up before"),
    "failed": _("Failed"),
}
PATHS: dict[str, str | Promise] = {
    "internal": _("Inside"),
    "pstn": _("Telephone network"),
    "queue": _("Queue"),
    "menu": _("Menu"),
    "transfer": _("Transferred"),
    "forward": _("Forwarded"),
}
_CLAUSES = {
    "direction": "c.direction = ANY(%(f_direction)s)",
    "result": "c.result = ANY(%(f_result)s)",
    "path": "c.path = ANY(%(f_path)s)",
    "site": "c.site_id = ANY(%(f_site)s::uuid[])",
    "person": "coalesce(c.user_id, c.room_id) = ANY(%(f_person)s::uuid[])",
    "room": "coalesce(c.user_id, c.room_id) = ANY(%(f_room)s::uuid[])",  # as the index of phones says it
    "kind": "x.kind = ANY(%(f_kind)s)",
}


# Digits are the beginning of the number at the other end, with or without its plus; other words are of the name or address of whose call it is. Whoever it
# is is asked for in one set, so that the calls of a few are found by their index, and of many the log is walked. Who left has an index of their own.
NUMBER = "(c.other LIKE %(f_q{n})s OR c.other LIKE %(f_p{n})s)"
NAME = """coalesce(c.user_id, c.room_id) IN (SELECT u.id FROM people_user u WHERE u.account_id = %(account)s AND u.left_at IS NULL AND {people}
  UNION ALL SELECT u.id FROM people_user u WHERE u.account_id = %(account)s AND u.left_at IS NOT NULL AND {people}
  UNION ALL SELECT r.id FROM accounts_room r WHERE r.account_id = %(account)s AND {rooms})"""
ROOM = "r.name_key LIKE usher_fold(%(f_q{n})s)"


def where(query: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A WHERE clause over phone_call c, with its parameters. Unknown keys are ignored; repeated values mean or. A value that can be none finds nothing."""
    clauses: list[str] = []
    params: dict[str, Any] = {}
    for key, clause in _CLAUSES.items():
        values = [str(v).replace("\x00", "") for v in query.get(key) or ()]
        if not values:
            continue
        clauses.append(clause)
        params[f"f_{key}"] = [v for v in values if is_uuid(v)] if key in ("site", "person", "room") else values
    if any(query.get(key) for key in ("from", "to")):
        clause, days = between(query.get("from") or (), query.get("to") or ())
        clauses.append(clause)
        params |= days
    names: dict[str, str] = {}  # what a word asks of a room -> what it asks of a person
    for n, word in enumerate(str(query.get("q") or "").replace("\x00", "").encode(errors="replace").decode().split()[:8]):
        if word.removeprefix("+").isdecimal() and word.isascii():
            clauses.append(NUMBER.replace("{n}", str(n)))
            params |= {f"f_q{n}": f"{word}%", f"f_p{n}": f"+{word}%"}
        else:
            names[ROOM.replace("{n}", str(n))], told = contains(f"f_q{n}", word)
            params |= told
    if names:
        clauses.append(NAME.replace("{people}", " AND ".join(names.values())).replace("{rooms}", " AND ".join(names)))
    return " AND ".join(clauses), params


def between(since: Sequence[str], until: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """From the first day to the last, both included, by the clock of whoever asks."""
    try:
        first, last = [date.fromisoformat(v[0]) if v else None for v in (since, until)]
    except ValueError:
        return "false", {}
    ends = last + timedelta(days=1) if last and last < date.max else None
    return "c.started_at >= %(f_from)s AND c.started_at < %(f_to)s", {
        "f_from": _begin(first) if first else "-infinity",
        "f_to": _begin(ends) if ends else "infinity",
    }


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
