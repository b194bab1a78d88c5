"""Reading files of calls: CSV with a header, or one JSON object a line. Every line is checked by itself, and a bad one never stops the good ones.

A file that cannot be read at all is refused whole (core/csv_text.py).
"""

import io
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.address import NotAnAddress, parse
from usher.core.csv_cells import raw
from usher.core.csv_text import cells_of, lines_of, opened
from usher.core.refusals import Refused
from usher.journal.verb import reason

from . import numbering
from .call_models import DIRECTIONS, PATHS, RESULTS

COLUMNS = (
    "call_id", "direction", "from", "to", "user", "started_at", "seconds", "result", "path",
    "recording_seconds", "recording_size", "recording_transcript", "voicemail_seconds", "voicemail_size", "voicemail_transcript",
)  # fmt: skip
NEEDED = ("call_id", "direction", "from", "to", "started_at", "result")
LONGEST_ID, LONGEST_PARTY, LONGEST_TRANSCRIPT = 200, 64, 20_000
LONGEST_CALL, LARGEST = 7 * 24 * 3600, 2**40
# What other telephone systems call them, Zoom's log among them.
OTHER_WORDS = {
    "in": "inbound", "out": "outbound", "call connected": "answered", "connected": "answered", "no answer": "missed", "call cancel": "cancelled",
    "canceled": "cancelled", "call failed": "failed", "extension": "internal", "callqueue": "queue", "autoreceptionist": "menu",
}  # fmt: skip
NOT_JSON = reason("call_line", gettext_lazy("the line is no JSON object"), refused=True)
NO_ID = reason("call_id", gettext_lazy("the call has no id, or one that is too long"), refused=True)
NO_DIRECTION = reason("call_direction", gettext_lazy("the direction is neither inbound nor outbound"), refused=True)
NO_PARTIES = reason("call_parties", gettext_lazy("who called or was called is missing, or longer than a number"), refused=True)
NO_TIME = reason(
    "call_time",
    gettext_lazy("the start is no moment with its offset, such as 2026-11-20T09:30:00+01:00, or is still to come"),
    refused=True,
)
NO_LENGTH = reason("call_length", gettext_lazy("a length or a size is no whole number that can be"), refused=True)
NO_RESULT = reason("call_result", gettext_lazy("the result is none that is known"), refused=True)
NO_PATH = reason("call_path", gettext_lazy("the way the call took is none that is known"), refused=True)
SEPARATORS = re.compile(r"[\s().\-/\u00a0]+")


class Line(NamedTuple):
    """One line as it is staged; the names are those of call_models.CallLine."""

    line: int
    problem: str | None
    call_id: str
    direction: str
    caller: str
    callee: str
    owner: str
    started_at: datetime | None
    seconds: int
    result: str
    path: str
    recorded: list[dict[str, Any]]


def read_calls(data: BinaryIO, country: str, latest: datetime) -> Iterator[Line]:
    """The lines of a file that can seek. `country` is that of numbers without one; no call can have begun after `latest`.

    Refuses (invalid) what is neither CSV nor JSON (not_csv, not_text), a header that lacks a column (columns), and a file without a line (no_lines).
    """
    begins_as_json = data.read(64).replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"{")
    data.seek(0)
    _encoding, delimiter, text = opened(data)
    lines = checked(_json(text) if begins_as_json else _csv(text, delimiter), country, latest)
    first = next(lines, None)
    if first is None:
        raise Refused("invalid", "no_lines", _("The file has no calls in it."), field="file")
    yield from itertools.chain([first], lines)


def _json(text: io.TextIOBase) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    for number, line in enumerate(lines_of(text), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            found = None
        yield number, found if isinstance(found, dict) else None


def _csv(text: io.TextIOBase, delimiter: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = cells_of(text, delimiter)
    header = [c.strip().lower().lstrip("\ufeff").replace(" ", "_") for c in next(rows, (0, []))[1]]
    if missing := [c for c in NEEDED if c not in header]:
        words = _("The first line names the columns, and these are missing: %(columns)s. Nothing was read.")
        raise Refused("invalid", "columns", words % {"columns": ", ".join(missing)}, field="file")
    for number, cells in rows:
        if any(c.strip() for c in cells):
            yield number, {name: raw(cell.strip()) for name, cell in zip(header, cells, strict=False)}


def checked(rows: Iterable[tuple[int, Mapping[str, Any] | None]], country: str, latest: datetime) -> Iterator[Line]:
    """Each row as a line: what it says, and the first thing that is wrong with it."""
    for number, row in rows:
        if row is None:
            yield Line(number, NOT_JSON, "", "", "", "", "", None, 0, "", "", [])
        else:
            yield _line(number, row, country, latest)


def _line(number: int, row: Mapping[str, Any], country: str, latest: datetime) -> Line:
    call_id, direction = _text(row, "call_id"), _word(row, "direction")
    caller, callee, owner = (_party(_text(row, side)[: LONGEST_ID + 1], country) for side in ("from", "to", "user"))
    owner = owner or (callee if direction == "inbound" else caller)
    started_at, seconds = _moment(row.get("started_at")), _whole(row.get("seconds"), LONGEST_CALL)
    result, path = _word(row, "result"), _word(row, "path")
    recorded = [_recorded(row, kind) for kind in ("recording", "voicemail") if _text(row, f"{kind}_size") or _text(row, f"{kind}_seconds")]
    wrong = (
        (NO_ID, not 0 < len(call_id) <= LONGEST_ID),
        (NO_DIRECTION, direction not in DIRECTIONS),
        (NO_PARTIES, not (0 < len(caller) <= LONGEST_PARTY and 0 < len(callee) <= LONGEST_PARTY and owner)),
        (NO_TIME, started_at is None or started_at.year < 1970 or started_at > latest),
        (NO_LENGTH, seconds is None or any(r["seconds"] is None or r["size"] is None for r in recorded)),
        (NO_RESULT, result not in RESULTS),
        (NO_PATH, path not in PATHS),
    )
    problem = next((code for code, is_so in wrong if is_so), None)
    kept = started_at if problem != NO_TIME else None
    return Line(
        number, problem, call_id[:LONGEST_ID], direction[:20], caller[:LONGEST_PARTY], callee[:LONGEST_PARTY], owner[:LONGEST_ID],
        kept, seconds or 0, result[:20], path[:20], [] if problem else recorded,
    )  # fmt: skip


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None or value == "":
        return ""
    text = str(value)
    return text.strip() if text.isascii() and text.isprintable() else "".join(c for c in _storable(text) if c.isprintable()).strip()


def _storable(text: str) -> str:
    """Without what no database column can hold."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def _word(row: Mapping[str, Any], name: str) -> str:
    told = _text(row, name).lower()
    return OTHER_WORDS.get(told, told)


@lru_cache(maxsize=50_000)
def _party(text: str, country: str) -> str:
    """Who called or was called, or whose call it is: an address, a number as E.164 writes it, an extension; a name or "anonymous" stays as it is."""
    if "@" in text:
        try:
            return parse(text).canonical
        except NotAnAddress:
            return text
    bare = SEPARATORS.sub("", text[: numbering.LONGEST])
    if numbering.EXTENSION.fullmatch(bare):
        return bare
    return numbering.e164(f"+{bare[2:]}" if bare.startswith("00") else bare, country) or text


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _whole(value: Any, most: int) -> int | None:
    """A whole number from 0 to `most`; nothing is 0."""
    text = str(value if value is not None else "").strip()
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 and int(text) <= most else None


def _recorded(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    told: Callable[[str], Any] = lambda name: row.get(f"{kind}_{name}")  # noqa: E731
    transcript = _storable(str(told("transcript") or ""))
    return {
        "kind": kind,
        "seconds": _whole(told("seconds"), LONGEST_CALL),
        "size": _whole(told("size"), LARGEST),
        "transcript": transcript[:LONGEST_TRANSCRIPT],
    }
