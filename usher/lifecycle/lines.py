"""One line of a file of people, checked by itself: as somebody to invite, to change, to give another address, or only by the address (S0-38, S0-39)."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy, gettext_noop

from usher.core.address import NotAnAddress, parse
from usher.core.csv_cells import raw
from usher.journal.verb import reason

from .more_columns import CLEARED, Trouble, said_of

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
    """One line as read; `problem` is None for a good one, else a reason code, with the field and what is wrong, as NotAnAddress keeps it.

    `more` is what cells beside the first six say (more_columns.py), None when the file has no such column; of a bad line, how they read.
    """

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
    more: dict[str, Any] | None = None


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


def check_more(places: dict[str, int], line: int, cells: list[str], order: list[int | None], width: int) -> Line:
    """The same with the cells beside the first six; `places` says where each stands. One that says nothing leaves the choice of the form."""
    texts = {column: cell_at(cells, i) for column, i in places.items()}
    found = check(line, cells, order, width)
    more: dict[str, Any] = {}
    for column, text in texts.items():
        if found.problem or not text:
            continue
        value, trouble = said_of(column, text)
        if trouble:
            found = _wrong_cell(found, column, trouble)
        elif value != "":
            more[column] = value
    return found._replace(more={column: shown(text) for column, text in texts.items() if text} if found.problem else more or None)


def check_update(places: dict[str, int], line: int, cells: list[str], order: list[int | None], width: int) -> Line:
    """One line about somebody who is here, by their address or else their employee id."""
    said = [raw(cells[i].strip()) if i is not None and i < len(cells) else "" for i in order]
    texts = {column: cell_at(cells, i) for column, i in places.items()}
    as_read = {column: shown(text) for column, text in texts.items() if text}
    if any(c.strip() for c in cells[width:]):
        words = gettext_noop("Has %(n)s cells for %(width)s columns; the first line names the columns.")
        return _bad(line, said, "too_many_cells", "", words, {"n": len(cells), "width": width})._replace(more=as_read)
    found = Line(line, *_six(said), None, "", "", None, {})
    try:
        if said[0] or not texts.get("employee_id"):
            address = parse(said[0])
            found = found._replace(email=address.shown, canonical=address.canonical)
    except NotAnAddress as trouble:
        return _bad(line, said, trouble.code, "email", trouble.said, trouble.places)._replace(more=as_read)
    more: dict[str, Any] = {}
    for column, text in {**dict(zip(COLUMNS[1:], said[1:], strict=True)), **texts}.items():
        value, wrong = said_of(column, text) if column in texts else _said_of_first(column, text)
        if wrong and text:
            return _wrong_cell(found, column, wrong)._replace(more=as_read)
        if text:
            more[column] = value
    return found._replace(more=more)


def check_pair(places: dict[str, int], line: int, cells: list[str], order: list[int | None], width: int) -> Line:
    """One line with the address somebody has and the one they shall have."""
    found = check_address(line, cells, order, width)
    text = cell_at(cells, places["new_email"])
    if found.problem:
        return found._replace(more={"new_email": shown(text)} if text else {})
    try:
        address = parse(text)
    except NotAnAddress as trouble:
        return _wrong_cell(found, "new_email", Trouble(trouble.code, trouble.said, trouble.places))._replace(
            more={"new_email": shown(text)} if text else {}
        )
    return found._replace(more={"new_email": address.shown, "new_canonical": address.canonical})


def check_phone(places: dict[str, int], line: int, cells: list[str], order: list[int | None], width: int) -> Line:
    """One line with the address of who gets a phone, and what it shall have; a cell that says nothing leaves it to the form."""
    found = check_address(line, cells, order, width)
    texts = {column: cell_at(cells, i) for column, i in places.items()}
    more: dict[str, Any] = {}
    for column, text in texts.items():
        if not found.problem and text:
            more[column], trouble = said_of(column, text)
            found = _wrong_cell(found, column, trouble) if trouble else found
    return found._replace(more={column: shown(text) for column, text in texts.items() if text} if found.problem else more)


def cell_at(cells: list[str], i: int) -> str:
    return raw(cells[i].strip()) if i < len(cells) else ""


def _said_of_first(column: str, text: str) -> tuple[str, Trouble | None]:
    """What one of the first cells says in an update: a text that fits, or "" when it clears."""
    if text in CLEARED:
        return "", None
    if not text.isprintable():
        return "", Trouble("hidden_character", gettext_noop("Has a line break or a hidden character."))
    if len(text) > LONGEST[column]:
        return "", Trouble("too_long", gettext_noop("Has %(n)s characters; %(most)s fit."), {"n": len(text), "most": LONGEST[column]})
    return text, None


def _wrong_cell(found: Line, column: str, trouble: Trouble) -> Line:
    return found._replace(canonical=None, problem=trouble.code, field=column, said=trouble.said, places=trouble.places)


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
    email, first, last, department, user_group, im_group = map(shown, said)
    return Line(line, email, None, first, last, department, user_group, im_group, code, column, words, places)


def _six(said: list[str]) -> tuple[str, None, str, str, str, str, str]:
    """The first cells of an update as they may be stored; what they say stands in `more`."""
    email, first, last, department, user_group, im_group = map(shown, said)
    return email, None, first, last, department, user_group, im_group


def shown(cell: str) -> str:
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


class OnePerson(NamedTuple):
    """Whom a program names: the id they will have, and their line."""

    person: UUID
    line: Line

    @property
    def email(self) -> str:
        return self.line.email


def one_person(id: UUID, email: str, first_name: str, last_name: str) -> OnePerson:
    """Somebody named by address and names, their line checked."""
    (line,) = check_addresses([email])
    return OnePerson(id, line._replace(first_name=first_name, last_name=last_name))
