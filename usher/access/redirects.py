"""Where the code of an app may be sent: addresses that were registered, compared as they stand (OAUTH-04, OAUTH-05, RFC 9700 section 2.1)."""

import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from usher.core.refusals import Refused

MOST, LONGEST = 10, 500
PRINTABLE = re.compile(r"[!-~]+")  # ASCII without a blank; what a browser would repair is no address
HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
OF_AN_APP = re.compile(
    r"[a-z][a-z0-9+-]{0,62}(\.[a-z0-9+-]{1,63}){1,8}"
)  # com.example.app: a scheme that somebody owns the name of (RFC 8252, 7.1)


def checked(given: Any) -> list[str]:
    """Addresses as they are journaled. Refused (invalid, redirects) for none, too many, and one that a code must not be sent to."""
    found = given.split() if isinstance(given, str) else given
    if not isinstance(found, list | tuple) or not 0 < len(found) <= MOST or not all(isinstance(a, str) for a in found):
        words = _("An app for people needs at least one redirect address, and at most %(n)s.") % {"n": MOST}
        raise Refused("invalid", "redirects", words, field="redirects")
    if odd := [address for address in found if not _is_good(address)]:
        words = _(
            "%(address)s cannot be a redirect address: it begins with https://, without a name or a # in it; http:// is for this machine only."
        )
        raise Refused("invalid", "redirects", words % {"address": odd[0][:80]}, field="redirects")
    return list(dict.fromkeys(found))


def is_one_of(redirects: list[str], given: str) -> bool:
    """Whether an address is registered: letter by letter, but for the port of a program on the same machine, which takes any that is free (RFC 8252, 7.3)."""
    return given in redirects or any(_is_loopback(r) and _without_port(r) == _without_port(given) for r in redirects if _is_good(given))


def origin(redirect: str) -> str:
    """What a Content-Security-Policy calls the place of an address; it has no words for an IPv6 address."""
    parts = urlsplit(redirect)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and "[" not in parts.netloc else f"{parts.scheme}:"


def _is_good(address: str) -> bool:
    if len(address) > LONGEST or not PRINTABLE.fullmatch(address) or "#" in address or "\\" in address or "*" in address:
        return False
    try:
        parts = urlsplit(address)
        has_host = HOST.fullmatch(parts.netloc.removesuffix(f":{parts.port}")) is not None and parts.port != 0
    except ValueError:
        return False
    if parts.scheme == "https":
        return has_host
    if parts.scheme == "http":
        return has_host and (parts.hostname == "localhost" or _names_loopback(parts))
    return OF_AN_APP.fullmatch(parts.scheme) is not None and address.startswith(parts.scheme + ":/")


def _is_loopback(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "http" and _names_loopback(parts)


def _names_loopback(parts: SplitResult) -> bool:
    try:
        return ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _without_port(address: str) -> str:
    return re.sub(r"^(http://(?:[0-9.]+|\[[0-9a-fA-F:]+\])):[0-9]+(?=[/?]|$)", r"\1", address)
