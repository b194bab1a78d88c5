"""Calls, recordings, voicemails and the last use of a phone as pages tell them."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from usher.content.kinds import length_in_words
from usher.core.keyset import Row
from usher.phone.call_filters import DIRECTIONS, RESULTS
from usher.phone.numbering import shown
from usher.portal.listing import Words
from usher.portal.templatetags.usher import day, status

DOTS = {"answered": "ok", "missed": "warn", "voicemail": "pend", "failed": "bad"}
UNUSED: dict[str, Words] = {
    "30": gettext_lazy("for 30 days"),
    "90": gettext_lazy("for 90 days"),
    "never": gettext_lazy("ever"),
}
RECORDED = {"recording": gettext_lazy("Recording"), "voicemail": pgettext_lazy("what a caller left", "Voicemail")}


def number_cell(key: str, row: Row) -> Any:
    """A number with its groups; an extension or a name as it is."""
    told = str(row[key])
    return format_html('<bdi class="nowrap">{}</bdi>', shown(told) if told[:1] == "+" and told[1:].isdecimal() else told)


def direction_of(row: Row) -> str:
    return str(DIRECTIONS[row["direction"]])


def result_of(row: Row) -> str:
    return str(RESULTS[row["result"]])


def length_of(row: Row) -> str:
    return length_in_words(row["seconds"]) if row["seconds"] else ""


def result_cell(row: Row) -> Any:
    return status(DOTS.get(row["result"], "off"), result_of(row))


def size_of(row: Row) -> str:
    return filesizeformat(row["size"]) if row["size"] else ""


def call_lines(rows: list[Row]) -> list[dict[str, Any]]:
    """Calls for the short table of a page (phone/calls.html)."""
    return [
        {
            "at": row["started_at"],
            "direction": direction_of(row),
            "other": number_cell("other", row),
            "result": result_cell(row),
            "length": length_of(row),
        }
        for row in rows
    ]


def recorded_lines(rows: list[Row]) -> list[dict[str, Any]]:
    """Recordings and voicemails likewise."""
    return [
        {
            "at": row["started_at"],
            "kind": RECORDED[row["kind"]],
            "other": number_cell("other", row),
            "length": length_of(row),
            "size": size_of(row),
            "transcript": row["transcript"],
        }
        for row in rows
    ]


def last_used_of(row: Row) -> str:
    """The day of the last call that was made or answered."""
    return day(row["last_used"]) if row["last_used"] else _("Never")


def last_used_text(row: Row) -> str:
    return str(row["last_used"] or "")
