"""No is a value with a name: every verb refuses with `Refused`, each face translates it once.

kind        portal          /v2 (later)     command line
forbidden   403 page        403             exit 3
missing     404 page        404             exit 3
invalid     422 on form     400             exit 2 or 3
conflict    409 notice      409             exit 3
later       503, Retry      429             exit 3
"""

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _

Kind = Literal["forbidden", "missing", "invalid", "conflict", "later"]


class Refused(Exception):
    """A verb said no. `code` is stable and for programs, `words` are for people and say what to do next."""

    def __init__(self, kind: Kind, code: str, words: str, *, field: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(words)
        self.kind = kind
        self.code = code
        self.words = words
        self.field = field
        self.details = details or {}


def filled(words: str, places: Mapping[str, Any] | None) -> str:
    """A sentence that was kept in English with its places apart, in the language of whoever reads it now."""
    told = _(words) if words else ""
    return told % places if places else told


def not_found(what: str = "") -> Refused:
    """For what does not exist and for what belongs to another account: the two must look the same. `what` such as "This person", translated."""
    return Refused("missing", "not_found", _("%(what)s is not here. It may have been removed.") % {"what": what or _("That")})
