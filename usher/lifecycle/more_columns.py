"""The columns a file may have beside the first six: what they are called, and what a cell of them says (behaviour.md C; S0-37, S1-15).

A cell that says nothing leaves things as they are, or as the form chose; CLEAR empties them.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy, gettext_noop

from usher.accounts.places import LONGEST_NAME
from usher.core.address import NotAnAddress, parse
from usher.journal.verb import reason
from usher.licenses.catalog import ADD_ONS, PACKAGES, WORKPLACE, Product
from usher.people.verbs.profile import LONGEST
from usher.phone.number_parts import MOST_OF_ONE
from usher.phone.numbering import EXTENSION, read

TITLES = {
    "license": "License",
    "add_ons": "Add-ons",
    "display_name": "Display name",
    "job_title": "Job title",
    "location": "Location",
    "cost_center": "Cost center",
    "employee_id": "Employee id",
    "manager": "Manager",
    "site": "Site",
    "new_email": "New email",
    "package": "Package",
    "template": "Template",
    "extension": "Extension",
    "numbers": "Numbers",
}
HEADERS = {
    "license": {"license", "licence", "workplace license", "zoom workplace", "user type", "lizenz"},
    "add_ons": {"add-ons", "add ons", "addons", "add-on", "features", "zusatzprodukte", "funktionen"},
    "display_name": {"display name", "anzeigename"},
    "job_title": {"job title", "title", "position", "stellenbezeichnung"},
    "location": {"location", "arbeitsort"},  # "Standort" is a site
    "cost_center": {"cost center", "cost centre", "kostenstelle"},
    "employee_id": {"employee id", "employee number", "personalnummer"},
    "manager": {"manager", "manager email", "manager e-mail", "führungskraft"},
    "site": {"site", "standort"},
    "new_email": {"new email", "new e-mail", "new e-mail address", "new email address", "new_email", "neue e-mail", "neue e-mail-adresse"},
    "package": {"package", "packages", "calling package", "calling plan", "paket", "gesprächspaket"},
    "template": {"template", "template name", "vorlage"},
    "extension": {"extension", "extension number", "durchwahl"},
    "numbers": {"numbers", "number", "phone number", "phone numbers", "direct numbers", "rufnummer", "rufnummern", "nummern"},
}
PROFILE = ("display_name", "job_title", "location", "cost_center", "employee_id")
ADDED = ("license", "add_ons", *PROFILE, "manager", "site")  # what a file of new people may say beside the first six
PHONE = ("site", "package", "template", "extension", "numbers")  # what a file of people who get a phone may say beside the address
MOST = {**LONGEST, "site": LONGEST_NAME, "template": LONGEST_NAME}  # characters of a text
CLEAR = "(empty)"
CLEARED = {CLEAR, "(leer)"}
NEXT = {"next", "nächste"}
SPLIT = re.compile(r"[;|,]")

UNKNOWN_LICENSE = reason("unknown_license", gettext_lazy("there is no such Workplace license"), refused=True)
UNKNOWN_ADD_ON = reason("unknown_add_on", gettext_lazy("there is no such add-on"), refused=True)
UNKNOWN_PACKAGE = reason("unknown_package", gettext_lazy("there is no such calling package"), refused=True)
BAD_EXTENSION = reason("bad_extension", gettext_lazy("an extension has 3 to 6 digits"), refused=True)
TOO_MANY_NUMBERS = reason("too_many_numbers_said", gettext_lazy("a phone has at most ten numbers"), refused=True)
CANNOT_CLEAR = reason("cannot_clear", gettext_lazy("a cell that cannot be empty"), refused=True)


class Trouble(NamedTuple):
    """What is wrong with a cell: a reason code, and the words with their places, as a line keeps them."""

    code: str
    said: str
    places: dict[str, Any] | None = None


def said_of(column: str, text: str) -> tuple[Any, Trouble | None]:
    """What a cell that is not empty says: a code, a list of codes, a canonical address, a text; "" or [] when it clears."""
    if text in CLEARED:
        if column == "license":
            return None, Trouble("cannot_clear", gettext_noop("Everybody has a license. Write Unassigned for none."))
        return ([] if column == "add_ons" else ""), None
    if column == "license":
        code = words_for("workplace").get(key_of(text))
        return code, None if code else Trouble(
            "unknown_license", gettext_noop("There is no Workplace license %(code)s."), {"code": text[:60]}
        )
    if column == "add_ons":
        return _add_ons(text)
    if column == "package":
        code = words_for("package").get(key_of(text)) or words_for("package").get(f"calling:{key_of(text)}")
        return code, None if code else Trouble(
            "unknown_package", gettext_noop("There is no calling package %(code)s."), {"code": text[:60]}
        )
    if column == "extension":
        return text, None if EXTENSION.fullmatch(text) else Trouble("bad_extension", gettext_noop("An extension has 3 to 6 digits."))
    if column == "numbers":
        return _numbers(text)
    if column == "manager":
        try:
            return parse(text).canonical, None
        except NotAnAddress as wrong:
            return None, Trouble(wrong.code, wrong.said, wrong.places)
    if not text.isprintable():
        return None, Trouble("hidden_character", gettext_noop("Has a line break or a hidden character."))
    if len(text) > MOST[column]:
        return None, Trouble("too_long", gettext_noop("Has %(n)s characters; %(most)s fit."), {"n": len(text), "most": MOST[column]})
    return text, None


def _add_ons(text: str) -> tuple[Any, Trouble | None]:
    """Add-ons by name or code, with semicolons, bars or commas between them; codes also with blanks, as the command line exports them."""
    known = words_for("add_on")
    found: list[str] = []
    for piece in filter(None, map(str.strip, SPLIT.split(text))):
        words = [piece] if key_of(piece) in known else piece.split()
        for word in words:
            if key_of(word) not in known:
                return None, Trouble("unknown_add_on", gettext_noop("There is no add-on %(code)s."), {"code": piece[:60]})
            found.append(known[key_of(word)])
    return sorted(set(found)), None


def _numbers(text: str) -> tuple[Any, Trouble | None]:
    """Numbers with their country codes, with semicolons, bars or commas between them; or NEXT, for any free one."""
    if text.casefold() in NEXT:
        return "next", None
    found: list[str] = []
    for piece in filter(None, map(str.strip, SPLIT.split(text))):
        number = read(piece)
        if number is None:
            return None, Trouble("no_number", gettext_noop("%(number)s is no number with its country code."), {"number": piece[:40]})
        found.append(number.e164)
    if len(found) > MOST_OF_ONE:
        return None, Trouble("too_many_numbers_said", gettext_noop("A phone has at most ten numbers."))
    return list(dict.fromkeys(found)), None


def key_of(text: str) -> str:
    return " ".join(text.casefold().replace("\u00a0", " ").split())


@cache
def words_for(kind: str) -> Mapping[str, str]:
    """What a product may be called in a file: its code, and its name in every language of ours."""
    products: list[Product] = {"workplace": WORKPLACE, "add_on": ADD_ONS, "package": PACKAGES}[kind]
    known = {key_of(p.code): p.code for p in products}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {key_of(p.name): p.code for p in products}
    return known


def cell_of(value: Any) -> str:
    """The same as a cell again, in a file to be corrected."""
    if isinstance(value, list):
        return "; ".join(value) or CLEAR
    return CLEAR if value == "" else str(value or "")


def known_header(name: str, columns: Iterable[str]) -> str:
    """Which of these columns a heading means; empty for none."""
    return next((column for column in columns if name in HEADERS[column]), "")
