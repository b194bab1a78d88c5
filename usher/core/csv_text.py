"""Text files that somebody gives: encoding and separator are found out, and what cannot be read is refused whole, with its line (CSV-03 … CSV-09)."""

import csv
import io
import itertools
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .refusals import Refused

csv.field_size_limit(64 * 1024)
LONGEST_LINE = 1024 * 1024  # the cells of every column at their limit fit many times


def opened(data: BinaryIO) -> tuple[str, str, io.TextIOWrapper]:
    """Encoding (UTF-8, UTF-16, with or without BOM), separator (comma, semicolon, tab) and text of a file that can seek."""
    head = data.read(8192)
    data.seek(0)
    encoding = _encoding(head)
    text = io.TextIOWrapper(data, encoding=encoding, errors="strict", newline="")
    first = head.decode(encoding, errors="replace").splitlines()[:1] or [""]
    bare = first[0].split('"')[::2]  # what stands outside of quotes
    counts = {d: sum(part.count(d) for part in bare) for d in ",;\t"}
    best = max(counts, key=lambda d: counts[d])
    return encoding, best if counts[best] else ",", text


def _encoding(head: bytes) -> str:
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    pairs = head[: len(head) // 2 * 2]
    if len(pairs) >= 4 and pairs[1::2].count(0) > len(pairs) // 2 * 0.4:
        return "utf-16-le"
    if len(pairs) >= 4 and pairs[0::2].count(0) > len(pairs) // 2 * 0.4:
        return "utf-16-be"
    return "utf-8"


def cells_of(text: io.TextIOBase, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row of a CSV text with the number of the line it ends on. Refuses (invalid) what is not CSV (not_csv), or not text (not_text)."""
    rows = csv.reader(lines_of(text), delimiter=delimiter, strict=True)
    try:
        for cells in rows:
            yield rows.line_num, cells
    except csv.Error as trouble:
        words = _("Line %(line)s is not CSV: %(why)s. Nothing was read.") % {"line": rows.line_num, "why": trouble}
        raise Refused("invalid", "not_csv", words, field="file") from None


def first_cells(data: BinaryIO, most: int) -> list[str]:
    """What stands first in each line of a CSV file that can seek; empty lines have nothing. Refuses (invalid) what cannot be read.

    Of a file with more than `most` it reads one more, so that whoever counts sees that it is too many, and nobody keeps a file of any size in memory.
    """
    _encoding, delimiter, text = opened(data)
    found = (first for _line, cells in cells_of(text, delimiter) if cells and (first := cells[0].strip()))
    return list(itertools.islice(found, most + 1))


def lines_of(text: io.TextIOBase) -> Iterator[str]:
    """The lines of a text, never more than LONGEST_LINE characters at once: a gigabyte without a line end must not be read into memory."""
    for number in itertools.count(1):
        try:
            line = text.readline(LONGEST_LINE)
        except UnicodeDecodeError:
            words = _("The file is not text we can read, near line %(line)s. Save it as CSV in UTF-8 and try again; nothing was read.")
            raise Refused("invalid", "not_text", words % {"line": number}, field="file") from None
        if len(line) == LONGEST_LINE:
            words = _("Line %(line)s is not CSV: it is longer than %(most)s characters. Nothing was read.")
            most = number_format(LONGEST_LINE, force_grouping=True)
            raise Refused("invalid", "not_csv", words % {"line": number, "most": most}, field="file")
        if not line:
            return
        yield line
