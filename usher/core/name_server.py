"""What the domain name system says, asked directly: the system's own resolver, or the one `USHER_DNS` names as host:port (a test zone).

Nothing is remembered between two questions: who has just published a record wants to see it found.
"""

import ipaddress
import os
from collections.abc import Mapping

import dns.exception
import dns.name
import dns.resolver

SECONDS = 4.0  # for one question, all tries together


class NotAnswered(Exception):
    """The name servers gave no answer in time, or one that says nothing: it may be there or not."""


def texts_of(name: str, env: Mapping[str, str] = os.environ) -> list[str]:
    """The TXT records of a name (RFC 1035, 3.3.14), the pieces of each put together; none when the name or such a record does not exist. Or NotAnswered."""
    try:
        found = resolver(env).resolve(dns.name.from_text(name), "TXT", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        raise NotAnswered from None
    return [b"".join(record.strings).decode(errors="replace") for record in found]


def resolver(env: Mapping[str, str]) -> dns.resolver.Resolver:
    """The one to ask."""
    named = env.get("USHER_DNS", "")
    if not named:
        return dns.resolver.Resolver()
    host, _colon, port = named.rpartition(":")
    chosen = dns.resolver.Resolver(configure=False)
    chosen.nameservers = [str(ipaddress.ip_address(host.strip("[]")))]
    chosen.port = int(port)
    return chosen
