"""Numbers as E.164 writes them, and the short numbers that belong to the emergency and public services of a country.

Google's metadata in `phonenumbers` knows both (docs/decisions/0009).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumbers import PhoneMetadata, PhoneNumberType

from usher.core.refusals import Refused

EXTENSION = re.compile(r"[0-9]{3,6}", re.ASCII)
LONGEST = 40  # characters somebody may type for one number
KINDS: dict[str, str | Promise] = {
    "local": gettext_lazy("Local"),
    "mobile": gettext_lazy("Mobile"),
    "toll_free": gettext_lazy("Toll-free"),
    "other": gettext_lazy("Other"),
}
_KIND_OF = {
    PhoneNumberType.FIXED_LINE: "local",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "local",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
}


@dataclass(frozen=True)
class Read:
    """A number that was read: `e164` is how it is kept."""

    e164: str
    country: str
    kind: str


def read(text: str, country: str = "") -> Read | None:
    """The number of a text, in any usual spelling; `country` is that of a number without its own. None for what is no number that can be called.

    Linear in a text of at most LONGEST characters (DOS-14); anything longer is none.
    """
    found = _parsed(text, country)
    if found is None:
        return None
    kind = _KIND_OF.get(phonenumbers.number_type(found), "other")
    where = phonenumbers.region_code_for_number(found) or ""
    return Read(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164), where if len(where) == 2 else "", kind)


def e164(text: str, country: str) -> str:
    """The same as it is kept, without its country and kind, which take most of the time; empty for what is no number that can be called."""
    found = _parsed(text, country)
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164) if found else ""


def _parsed(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    if len(text) > LONGEST:
        return None
    try:
        found = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    return None if found.extension or not phonenumbers.is_possible_number(found) else found


def shown(e164: str) -> str:
    """A number with its groups, as one writes it across borders: +48 12 555 01 27."""
    return str(phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)).replace(" ", "\u00a0")


def countries() -> list[str]:
    """The countries whose numbers are known, by ISO 3166-1."""
    return sorted(phonenumbers.SUPPORTED_REGIONS)


def calling_code(country: str) -> int:
    """What is dialed before the numbers of a country; 0 for none."""
    return int(phonenumbers.country_code_for_region(country))


def checked_country(value: Any) -> str:
    """A country by its two letters, or nothing for that of the account. Refused when there is no such country."""
    country = str(value or "").strip().upper()
    if country and country not in phonenumbers.SUPPORTED_REGIONS:
        raise Refused("invalid", "country", _("A country is two letters, such as NO."), field="country")
    return country


def checked_extension(value: Any) -> str:
    """An extension as it is kept, or Refused (invalid, extension): 3 to 6 digits. Whether it is free or reserved the plan tells."""
    text = str(value or "").strip()
    if not EXTENSION.fullmatch(text):
        raise Refused("invalid", "extension", _("An extension has 3 to 6 digits."), field="extension")
    return text


def reserved() -> Iterator[tuple[str, str]]:
    """(country, number) of what no extension may be: emergency numbers of 3 to 6 digits, and every service of 3 digits."""
    every = {n: "\n".join(f"{number:0{n}}" for number in range(10**n)) for n in (3, 4, 5, 6)}
    for country in countries():
        metadata = PhoneMetadata.short_metadata_for_region(country)
        if metadata is None:
            continue
        found = _matching(metadata.emergency, every) | _matching(metadata.short_code, {3: every[3]})
        yield from ((country, number) for number in sorted(found))


def _matching(described: Any, every: Mapping[int, str]) -> set[str]:
    """The numbers of a description, looked for in the text of all there are: one search instead of a million."""
    if described is None or not described.national_number_pattern:
        return set()
    pattern = re.compile(f"^(?:{described.national_number_pattern})$", re.MULTILINE)
    return {m.group() for n, numbers in every.items() if n in described.possible_length for m in pattern.finditer(numbers)}
