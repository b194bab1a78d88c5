"""From where a request comes: REMOTE_ADDR, or what a trusted proxy says about it (DOS-01). Never fails: a limit must not be skipped by nonsense."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings

UNKNOWN = "unknown"
LONGEST = 45  # characters of an address: an IPv6 one that holds an IPv4 one


def client_ip(meta: Mapping[str, Any]) -> str:
    """The address of the last hop that is not a proxy of USHER_TRUSTED_PROXIES; "unknown" when the server itself names none."""
    here = _parsed(str(meta.get("REMOTE_ADDR", "")))
    if here is None:
        return UNKNOWN
    for hop in reversed(str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        before = _parsed(hop)
        if before is None or not _trusted(here):
            break
        here = before
    return str(here)


def neighborhood(ip: str) -> str:
    """What a limit counts by: an IPv4 address, or the /64 that one IPv6 customer has at least."""
    parsed = _parsed(ip)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed or UNKNOWN)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    plain = text.strip().partition("%")[0]
    return _address(plain) if len(plain) <= LONGEST else None


@lru_cache(maxsize=1000)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _trusted(ip: IPv4Address | IPv6Address) -> bool:
    return any(ip in ip_network(proxy, strict=False) for proxy in settings.MODE.trusted_proxies)
