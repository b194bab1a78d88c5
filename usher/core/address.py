"""E-mail addresses: one canonical form, computed once, here. Two people never share it, and no look-alike of ASCII gets past it (MAIL-01 … MAIL-08).

The local part keeps its accents only where they cannot be taken for ASCII; the domain is stored as IDNA 2008, lower case (RFC 5890, RFC 6531).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop
from email_validator import EmailNotValidError, validate_email

from .refusals import filled

LONGEST = 128  # behaviour.md A: e-mail at most 128 characters
PLAIN = re.compile(
    r"^[a-z0-9](?:[a-z0-9._%+'-]{0,62}[a-z0-9_%+'-])?@(?=.{4,190}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
)
SEPARATORS = re.compile(r"[,;\s]+")


class NotAnAddress(ValueError):
    """The text is no address we take; `words` say why, for a person. What is kept is `said` with its `places`: it may be read in another language."""

    def __init__(self, code: str, said: str, places: dict[str, Any] | None = None) -> None:
        super().__init__(said)
        self.code = code
        self.said = said
        self.places = places

    @property
    def words(self) -> str:
        return filled(self.said, self.places)


@dataclass(frozen=True)
class Address:
    """`shown` is what the person typed, trimmed; `canonical` is what is compared."""

    shown: str
    canonical: str


def parse(text: str) -> Address:
    """The address of a text, or NotAnAddress. Surrounding white space is trimmed once; nothing else is mended."""
    shown = text.strip(" \t\r\n\u00a0")
    plain = shown.lower() if shown.isascii() else ""
    if plain and len(plain) <= LONGEST and ".." not in plain and "xn--" not in plain and PLAIN.match(plain):
        return Address(shown, plain)
    return _parse_unusual(shown)


def _parse_unusual(shown: str) -> Address:
    if not shown:
        raise NotAnAddress("empty", gettext_noop("Is empty. An e-mail address is needed."))
    if len(shown) > LONGEST:
        raise NotAnAddress("too_long", gettext_noop("Has %(n)s characters; %(most)s fit."), {"n": len(shown), "most": LONGEST})
    hidden = next((c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"}), None)
    if hidden:
        raise NotAnAddress(
            "hidden_character", gettext_noop("Has a hidden character or space (U+%(code)s)."), {"code": f"{ord(hidden):04X}"}
        )
    local, at, domain = shown.rpartition("@")
    if not at or not local or not domain:
        raise NotAnAddress("bad_email", gettext_noop("Is not an e-mail address: it needs one @ with text on both sides."))
    if "." not in domain.strip("."):
        raise NotAnAddress("bad_email", gettext_noop("Not complete: the part after @ needs a dot."))
    _refuse_look_alikes(local)
    try:
        found = validate_email(
            shown,
            check_deliverability=False,
            allow_smtputf8=True,
            strict=True,  # a local part has at most 64 characters (RFC 5321, 4.5.3.1.1)
            allow_quoted_local=False,
            allow_domain_literal=False,
            test_environment=True,
        )
    except EmailNotValidError as trouble:
        after = "after the @" in str(trouble)
        before_words = gettext_noop(
            "Is not an e-mail address: the part before @ has something that cannot stand there, or is longer than 64."
        )
        after_words = gettext_noop("Is not an e-mail address: the part after @ is not the name of a domain.")
        raise NotAnAddress("bad_email", after_words if after else before_words) from None
    canonical_local = unicodedata.normalize("NFKC", found.local_part).casefold()
    return Address(f"{found.local_part}@{found.domain}", f"{canonical_local}@{found.ascii_domain.lower()}")


def _refuse_look_alikes(local: str) -> None:
    """Refuse letters that fold to ASCII (İ, ı, K, ſ, ﬁ, é …) and local parts that mix ASCII letters with another script (Cyrillic а)."""
    for c in local:
        if not c.isascii() and folds_to_ascii(c):
            said = gettext_noop("Has %(letter)s (U+%(code)s), which can be taken for a plain letter. Write it with plain letters.")
            raise NotAnAddress("look_alike", said, {"letter": c, "code": f"{ord(c):04X}"})
    letters = [c for c in local if c.isalpha()]
    if any(c.isascii() for c in letters) and any(not c.isascii() for c in letters):
        odd = next(c for c in letters if not c.isascii())
        said = gettext_noop("Mixes alphabets: %(letter)s (U+%(code)s) is not a Latin letter, though it may look like one.")
        raise NotAnAddress("mixed_script", said, {"letter": odd, "code": f"{ord(odd):04X}"})


@lru_cache(maxsize=4096)
def folds_to_ascii(c: str) -> bool:
    """Whether any usual folding of a character (NFKC casefold, NFKD without marks, lower, upper) has ASCII in it."""
    forms = (
        unicodedata.normalize("NFKC", c.casefold()).casefold(),
        "".join(x for x in unicodedata.normalize("NFKD", c) if not unicodedata.combining(x)),
        c.lower(),
        c.upper(),
    )
    return any(x.isascii() and x.isprintable() for form in forms for x in form)


def looked_up(text: str) -> str:
    """What an address is looked up by, in any usual spelling: its canonical form. What is no address finds nobody, and does no harm where it is asked for."""
    plain = text.replace("\x00", "").encode(errors="replace").decode().strip()
    try:
        return parse(plain).canonical
    except NotAnAddress:
        return plain.lower()


def split_list(text: str) -> list[str]:
    """Addresses typed or pasted into one field: separated by comma, semicolon, white space or newline; empty ones are dropped (MAIL-09)."""
    return [part for part in SEPARATORS.split(text.replace("\u00a0", " ")) if part]
