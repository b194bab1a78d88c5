"""Reading a CSV file of people: encoding, separator and header are found out, every line is checked by itself, and nothing is half read.

S0-37 … S0-39, behaviour.md C; CSV-03 … CSV-09. A file that cannot be read is refused whole with the line; a bad line is refused alone.
"""

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from usher.core.address import NotAnAddress, parse
from usher.core.csv_cells import raw
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import reason

COLUMNS = ("email", "first_name", "last_name", "department", "user_group", "im_group")
TITLES = {
    "email": "Email",
    "first_name": "First name",
    "last_name": "Last name",
    "department": "Department",
    "user_group": "User group",
    "im_group": "IM group",
}
LONGEST = {"first_name": 64, "last_name": 64, "department": 128, "user_group": 128, "im_group": 128}
HEADERS = {
    "email": {"email", "e-mail", "email address", "e-mail address", "mail", "e-mail-adresse", "mailadresse"},
    "first_name": {"first name", "firstname", "given name", "vorname"},
    "last_name": {"last name", "lastname", "surname", "family name", "nachname", "familienname"},
    "department": {"department", "abteilung"},
    "user_group": {"user group", "group", "benutzergruppe", "gruppe"},
    "im_group": {"im group", "im-gruppe"},
}
csv.field_size_limit(64 * 1024)
LONGEST_LINE = 1024 * 1024  # six cells at their limit fit twice

for _code, _words in {
    "bad_email": gettext_lazy("the e-mail address is not complete"),
    "empty": gettext_lazy("a required cell is empty"),
    "too_long": gettext_lazy("a cell is too long"),
    "hidden_character": gettext_lazy("a hidden character or line break in a cell"),
    "look_alike": gettext_lazy("the address has a letter that looks like another"),
    "mixed_script": gettext_lazy("the address mixes alphabets"),
    "too_many_cells": gettext_lazy("more cells than columns"),
}.items():
    reason(_code, _words, refused=True)


class Line(NamedTuple):
    """One line as read; `problem` is None for a good one, else a reason code, with the field and what is wrong, as NotAnAddress keeps it."""

    line: int
    email: str
    canonical: str | None
    first_name: str
    last_name: str
    department: str
    user_group: str
    im_group: str
    problem: str | None
    field: str
    said: str
    places: dict[str, Any] | None = None


@dataclass
class Reader:
    """What was found out about a file. Iterating `lines()` reads it; `ignored` are columns nobody asked for (CSV-07)."""

    encoding: str
    delimiter: str
    ignored: list[str] = field(default_factory=list)
    _text: io.TextIOBase | None = None

    def lines(self, most: int | None = None) -> Iterator[Line]:
        """Every line that is not empty, as somebody to invite. Refuses the whole file when it is not CSV, not text, empty, or has more than `most` lines."""
        return self._each(most, check)

    def addresses(self, most: int | None = None) -> Iterator[Line]:
        """The same of a file that names people who are here: only the address is looked at, in the column of its name or the first."""
        return self._each(most, check_address)

    def _each(self, most: int | None, judge: Callable[[int, list[str], list[int | None], int], Line]) -> Iterator[Line]:
        rows = csv.reader(_bounded(self._text or io.StringIO()), delimiter=self.delimiter, strict=True)
        n = 0
        order: list[int | None] = list(range(len(COLUMNS)))
        width = len(COLUMNS)
        try:
            for number, cells in enumerate(rows, 1):
                if number == 1 and _is_header(cells):
                    order, width = self._order(cells), len(cells)
                    continue
                if not any(c.strip() for c in cells):
                    continue
                n += 1
                if most is not None and n > most:
                    raise too_many(most)
                yield judge(rows.line_num, cells, order, width)
        except csv.Error as trouble:
            words = _("Line %(line)s is not CSV: %(why)s. Nothing was read.") % {"line": rows.line_num, "why": trouble}
            raise Refused("invalid", "not_csv", words, field="file") from None
        except UnicodeDecodeError:
            words = _("The file is not text we can read, near line %(line)s. Save it as CSV in UTF-8 and try again; nothing was read.")
            raise Refused("invalid", "not_text", words % {"line": rows.line_num + 1}, field="file") from None
        if n == 0:
            words = _("The file has no people in it. Each line needs an email, a first name and a last name.")
            if judge is check_address:
                words = _("The file has no people in it. Each line needs an email.")
            raise Refused("invalid", "no_lines", words, field="file")

    def _order(self, header: list[str]) -> list[int | None]:
        """For each of our columns the cell it stands in. Unknown columns are noted and ignored."""
        names = [c.strip().lower().lstrip("\ufeff") for c in header]
        self.ignored = [
            _shown(c.strip()[:60])
            for c, name in zip(header, names, strict=True)
            if name and not any(name in known for known in HEADERS.values())
        ]
        return [next((i for i, name in enumerate(names) if name in HEADERS[column]), None) for column in COLUMNS]


def _bounded(text: io.TextIOBase) -> Iterator[str]:
    """The lines of a text, never more than LONGEST_LINE characters at once: a gigabyte without a line end must not be read into memory."""
    for number in itertools.count(1):
        line = text.readline(LONGEST_LINE)
        if len(line) == LONGEST_LINE:
            words = _("Line %(line)s is not CSV: it is longer than %(most)s characters. Nothing was read.")
            raise Refused("invalid", "not_csv", words % {"line": number, "most": figure(LONGEST_LINE)}, field="file")
        if not line:
            return
        yield line


def open_csv(data: BinaryIO) -> Reader:
    """Find out encoding (UTF-8, UTF-16, with or without BOM) and separator (comma, semicolon, tab) of a file that can seek."""
    head = data.read(8192)
    data.seek(0)
    encoding = _encoding(head)
    text = io.TextIOWrapper(data, encoding=encoding, errors="strict", newline="")
    first = head.decode(encoding, errors="replace").splitlines()[:1] or [""]
    bare = first[0].split('"')[::2]  # what stands outside of quotes
    counts = {d: sum(part.count(d) for part in bare) for d in ",;\t"}
    best = max(counts, key=lambda d: counts[d])
    return Reader(encoding, best if counts[best] else ",", _text=text)


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


def _is_header(cells: list[str]) -> bool:
    """The first line names columns when none of its cells is an address and one of them is called like our first column."""
    names = [c.strip().lower().lstrip("\ufeff") for c in cells]
    return any(n in HEADERS["email"] for n in names) and not any("@" in n for n in names)


def check(line: int, cells: list[str], order: list[int | None], width: int) -> Line:
    """One line, checked by itself: required cells, lengths, hidden characters, the address (S0-38, S0-39). `width` is how many columns there are."""
    said = [raw(cells[i].strip()) if i is not None and i < len(cells) else "" for i in order]
    if any(c.strip() for c in cells[width:]):
        places = {"n": len(cells), "width": width, "columns": ", ".join(TITLES.values())}
        words = gettext_noop("Has %(n)s cells for %(width)s columns; the first line names the columns.")
        if width == len(COLUMNS):
            words = gettext_noop("Has %(n)s cells for %(width)s columns: %(columns)s.")
        return _bad(line, said, "too_many_cells", "", words, places)
    email, *rest = said
    try:
        address = parse(email)
    except NotAnAddress as trouble:
        return _bad(line, said, trouble.code, "email", trouble.said, trouble.places)
    for column, text in zip(COLUMNS[1:], rest, strict=True):
        if not text.isprintable():
            return _bad(line, said, "hidden_character", column, gettext_noop("Has a line break or a hidden character."))
        if len(text) > LONGEST[column]:
            words = gettext_noop("Has %(n)s characters; %(most)s fit.")
            return _bad(line, said, "too_long", column, words, {"n": len(text), "most": LONGEST[column]})
    if not rest[0] or not rest[1]:
        words = gettext_noop("Is empty. Email, first name and last name are needed.")
        return _bad(line, said, "empty", "last_name" if rest[0] else "first_name", words)
    first, last, department, user_group, im_group = rest
    return Line(line, address.shown, address.canonical, first, last, department, user_group, im_group, None, "", "", None)


def check_address(line: int, cells: list[str], order: list[int | None], width: int) -> Line:
    """One line of which only the address counts."""
    column = order[0] or 0
    text = raw(cells[column].strip()) if column < len(cells) else ""
    try:
        address = parse(text)
    except NotAnAddress as trouble:
        return _bad(line, [text, "", "", "", "", ""], trouble.code, "email", trouble.said, trouble.places)
    return Line(line, address.shown, address.canonical, "", "", "", "", "", None, "", "", None)


def _bad(line: int, said: list[str], code: str, column: str, words: str, places: dict[str, Any] | None = None) -> Line:
    email, first, last, department, user_group, im_group = ("".join(c if c.isprintable() else "\ufffd" for c in s)[:200] for s in said)
    return Line(line, email, None, first, last, department, user_group, im_group, code, column, words, places)


def _shown(cell: str) -> str:
    """What can be stored and shown of a cell that may hold anything."""
    return "".join(c if c.isprintable() else "\ufffd" for c in cell[:200])


def check_addresses(texts: Iterable[str]) -> Iterator[Line]:
    """Addresses typed into a form, as lines without names (S0-30, MAIL-09)."""
    for n, text in enumerate(texts, 1):
        try:
            address = parse(text)
        except NotAnAddress as trouble:
            yield _bad(n, [text, "", "", "", "", ""], trouble.code, "email", trouble.said, trouble.places)
        else:
            yield Line(n, address.shown, address.canonical, "", "", "", "", "", None, "", "", None)


def too_many(most: int) -> Refused:
    words = _("The file has more than %(most)s people. Split it, or use the command line for larger files.") % {"most": figure(most)}
    return Refused("invalid", "too_many_lines", words, field="file")
