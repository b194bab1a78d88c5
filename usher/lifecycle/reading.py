"""Reading a CSV file of people: encoding, separator and header are found out, every line is checked by itself (lines.py), and nothing is half read.

S0-37 … S0-39, behaviour.md C; CSV-03 … CSV-09. A file that cannot be read is refused whole with the line; a bad line is refused alone.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from django.utils.translation import gettext as _

from usher.core.csv_text import cells_of, opened
from usher.core.refusals import Refused
from usher.journal.names import figure

from .lines import COLUMNS, HEADERS, TITLES, Line, check, check_address, check_more, check_pair, check_phone, check_update, shown
from .more_columns import ADDED, PHONE, known_header

__all__ = ["COLUMNS", "TITLES", "Line", "Reader", "open_csv", "too_many"]

Judge = Callable[[int, list[str], list[int | None], int], Line]


@dataclass
class Reader:
    """What was found out about a file. Iterating `lines()` reads it; `ignored` are columns nobody asked for (CSV-07), `columns` those it has by their names."""

    encoding: str
    delimiter: str
    ignored: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    _text: io.TextIOBase | None = None

    def lines(self, most: int | None = None) -> Iterator[Line]:
        """Every line that is not empty, as somebody to invite. Refuses the whole file when it is not CSV, not text, empty, or has more than `most` lines."""
        return self._each(most, check, ADDED, check_more)

    def addresses(self, most: int | None = None) -> Iterator[Line]:
        """The same of a file that names people who are here: only the address is looked at, in the column of its name or the first."""
        return self._each(most, check_address)

    def updates(self, most: int | None = None) -> Iterator[Line]:
        """The same of a file that says what shall become of people who are here: every cell that is not empty is said in `more`."""
        return self._each(most, partial(check_update, {}), ADDED, check_update)

    def new_addresses(self, most: int | None = None) -> Iterator[Line]:
        """The same of a file of pairs: who by the address they have, and the one they shall have."""
        return self._each(most, partial(check_pair, {"new_email": 1}), ("new_email",), check_pair)

    def phones(self, most: int | None = None) -> Iterator[Line]:
        """The same of a file of people who get a phone: who by their address, and what it shall have."""
        return self._each(most, check_address, PHONE, check_phone)

    def _each(
        self, most: int | None, judge: Judge, known: tuple[str, ...] = (), with_more: Callable[..., Line] | None = None
    ) -> Iterator[Line]:
        """`known` are the columns a file may have beside the first six; when it has one of them `with_more` judges, which takes their places first."""
        n = 0
        order: list[int | None] = list(range(len(COLUMNS)))
        width = len(COLUMNS)
        for number, (line, cells) in enumerate(cells_of(self._text or io.StringIO(), self.delimiter), 1):
            if number == 1 and _is_header(cells, known):
                order, more = self._order(cells, known)
                width, judge = len(cells), partial(with_more, more) if more and with_more else judge
                continue
            if not any(c.strip() for c in cells):
                continue
            n += 1
            if most is not None and n > most:
                raise too_many(most)
            yield judge(line, cells, order, width)
        if n == 0:
            words = _("The file has no people in it. Each line needs an email, a first name and a last name.")
            if with_more is not check_more:
                words = _("The file has no people in it. Each line needs an email.")
            raise Refused("invalid", "no_lines", words, field="file")

    def _order(self, header: list[str], known: tuple[str, ...]) -> tuple[list[int | None], dict[str, int]]:
        """For each of our columns the cell it stands in, and the same of those beside them. Unknown columns are noted and ignored."""
        names = [c.strip().lower().lstrip("\ufeff") for c in header]
        more = {column: i for i, name in reversed(list(enumerate(names))) if (column := known_header(name, known))}
        self.ignored = [
            shown(c.strip()[:60])
            for c, name in zip(header, names, strict=True)
            if name and not any(name in words for words in HEADERS.values()) and not known_header(name, known)
        ]
        order = [next((i for i, name in enumerate(names) if name in HEADERS[column]), None) for column in COLUMNS]
        self.columns = [column for column, i in zip(COLUMNS, order, strict=True) if i is not None] + [c for c in known if c in more]
        return order, more


def open_csv(data: BinaryIO) -> Reader:
    """Find out encoding (UTF-8, UTF-16, with or without BOM) and separator (comma, semicolon, tab) of a file that can seek."""
    encoding, delimiter, text = opened(data)
    return Reader(encoding, delimiter, _text=text)


def _is_header(cells: list[str], known: tuple[str, ...]) -> bool:
    """The first line names columns when none of its cells is an address and one of them is called like what tells people apart."""
    names = [c.strip().lower().lstrip("\ufeff") for c in cells]
    key = "employee_id" if "employee_id" in known else ""
    return any(n in HEADERS["email"] or (key and known_header(n, (key,))) for n in names) and not any("@" in n for n in names)


def too_many(most: int) -> Refused:
    words = _("The file has more than %(most)s people. Split it, or use the command line for larger files.") % {"most": figure(most)}
    return Refused("invalid", "too_many_lines", words, field="file")
