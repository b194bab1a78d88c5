"""What a domain is and what was found of its proof, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts.domains import TAKEN
from usher.core import outbound
from usher.portal.templatetags.usher import number

STATES: dict[str, tuple[str, str | Promise]] = {
    "waiting": ("pend", gettext_lazy("Waiting for its proof")),
    "expired": ("off", gettext_lazy("Not proven within 72 hours")),
    "verified": ("ok", gettext_lazy("Verified")),
    "missing": ("warn", gettext_lazy("Verified, its proof is missing")),
}
HOW: dict[str, str | Promise] = {"dns": gettext_lazy("a TXT record"), "file": gettext_lazy("a file on its web server")}


def state_of(domain: Mapping[str, Any]) -> tuple[str, str | Promise]:
    """Dot and words."""
    return STATES["missing" if domain["missing_since"] else domain["state"]]


def found_instead(found: Mapping[str, Any] | None) -> list[str]:
    """What the last look found instead of the proof, a sentence each; none when it was found, or nobody has looked yet."""
    if not found:
        return []
    if found.get(TAKEN):
        return [_("The proof is there, but another account on this server has proven the domain before. It must release the domain first.")]
    return [*in_the_names(found), on_the_web(str(found.get("file", "")))]


def in_the_names(found: Mapping[str, Any]) -> list[str]:
    """Of the name servers."""
    if found.get("ours"):
        told = _("A TXT record with another code stands there: %(text)s. Replace it with the one above.")
        return [told % {"text": text} for text in found["ours"]]
    if not found.get("dns"):
        return [_("The name servers of the domain did not answer. Try again in a few minutes.")]
    n = found.get("texts", 0)
    if not n:
        return [_("No TXT record was found. A new record can take up to 72 hours to show.")]
    told = ngettext("%(n)s TXT record was found, and it is not this one.", "%(n)s TXT records were found, and none is this one.", n)
    return [told % {"n": number(n)}]


def on_the_web(file: str) -> str:
    """Of the web server."""
    if file == "other":
        return _("A file stands on the web server, with another text.")
    if file == "none":
        return _("The web server has no such file.")
    if file.startswith("status_"):
        return _("The web server answered %(status)s instead of giving the file.") % {"status": file.removeprefix("status_")}
    return _("The file could not be read: %(why)s.") % {"why": outbound.WORDS.get(file, file)}
