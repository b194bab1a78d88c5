"""A change in words: its outcome and its sentence."""

from typing import Any

from django.utils.translation import ngettext

from usher.journal import reads
from usher.licenses.catalog import PRODUCTS
from usher.lifecycle.reads import not_back_of
from usher.portal.templatetags.usher import number


def described(found: dict[str, Any]) -> dict[str, Any]:
    """A change with its outcome and its sentence."""
    outcome = reads.in_short(found)
    return {**found, "outcome": outcome, "words": reads.sentence(found, outcome.done)}


def came_without(found: dict[str, Any]) -> list[str]:
    """Which seats the people of a way back did not get, as sentences; none of any other change (R2, S4-55)."""
    if found["verb"] not in ("lifecycle.reactivate", "lifecycle.restore") or found["undoes"]:
        return []
    return [
        ngettext(
            "%(n)s person came back without %(product)s: no seat was free.",
            "%(n)s people came back without %(product)s: no seat was free.",
            n,
        )
        % {"n": number(n), "product": PRODUCTS[code].name if code in PRODUCTS else code}
        for code, n in not_back_of(found["id"]).items()
    ]
