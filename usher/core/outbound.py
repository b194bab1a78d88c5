"""The one HTTP client for the world outside, and its guard against being sent to the inside (SSRF; ASVS 1.3.6, 13.2.4, 15.3.2; HOOK-01, HOOK-02, HOOK-04, HOOK-06, HOOK-07).

An address is checked after the name was resolved, and the connection goes to that very address: a name that changes its mind between the two
leads nowhere else. No redirect is followed, no proxy of the environment is used, nothing is unpacked. `USHER_OUTBOUND_ALLOW` names networks
inside that the operator allows, `USHER_OUTBOUND_CA` a file of further certificate authorities.
"""

import http.client
import io
import ipaddress
import os
import re
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SECONDS = 10.0
MOST_BYTES = 64 * 1024
IP = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")
PLAIN_URL = re.compile(r"^[!-~]{1,2000}$")  # printable ASCII without a blank: no CR, no LF, no look-alike of a digit
HEADER = re.compile(r"^[A-Za-z0-9-]{1,256}: [ -~]{0,2000}$")


class NoAnswer(Exception):
    """Nothing came that can be read. `code` is stable; `words` say what to look at, and never more of the inside than that (HOOK-11)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def words(self) -> str:
        return str(WORDS[self.code])


WORDS: dict[str, str | Promise] = {
    "bad_address": _("this is not an https address that Usher asks"),
    "unknown_name": _("nobody knows the name"),
    "not_public": _("the name does not lead to the public internet"),
    "unreachable": _("nothing answered there"),
    "certificate": _("the certificate does not fit the name, or nobody known has signed it"),
    "redirect": _("it answered with the address of another place, and Usher goes to no other"),
    "too_large": _("the answer is too large"),
    "too_slow": _("the answer took too long"),
    "not_http": _("the answer is not one of a web server"),
}


@dataclass(frozen=True)
class Answer:
    """Status and text of an answer; what is no UTF-8 is replaced."""

    status: int
    text: str


@dataclass(frozen=True)
class Place:
    """An https address in its parts."""

    host: str
    port: int
    path: str

    @property
    def named(self) -> str:
        """As the Host header has it."""
        return self.host if self.port == 443 else f"{self.host}:{self.port}"


def place_of(url: str) -> Place:
    """The parts of an address that may be asked. NoAnswer (bad_address) for another scheme, credentials, a fragment, or what is no plain text."""
    try:
        parts = urlsplit(url) if PLAIN_URL.match(url) else urlsplit("")
        port = parts.port or 443
    except ValueError:
        raise NoAnswer("bad_address") from None
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise NoAnswer("bad_address")
    return Place(parts.hostname, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def refuse_inside(url: str) -> None:
    """NoAnswer for an address nobody may ever ask: no plain https, or a number inside in any spelling. A name is looked up when it is asked."""
    place = place_of(url)
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        if place.host.rstrip(".").lower().rpartition(".")[2] == "localhost":
            checked([ipaddress.ip_address("127.0.0.1")])
        return
    checked(ipaddress.ip_address(str(f[4][0]).partition("%")[0]) for f in found)


def get(url: str, *, seconds: float = SECONDS, most: int = MOST_BYTES) -> Answer:
    """GET an https address, within so many seconds altogether and so many bytes. NoAnswer for everything that is no whole answer; 3xx is one of them."""
    return _asked("GET", place_of(url), {}, b"", seconds, most)


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS, most: int = MOST_BYTES) -> Answer:
    """POST to an https address, under the same guard and limits. `headers` names the type of the body; NoAnswer (bad_address) for one that breaks a line."""
    return _asked("POST", place_of(url), headers, body, seconds, most)


def _asked(method: str, place: Place, headers: Mapping[str, str], body: bytes, seconds: float, most: int) -> Answer:
    until = time.monotonic() + seconds
    own = {"Host": place.named, "User-Agent": "Usher", "Accept-Encoding": "identity", "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in {**own, **headers, **({"Content-Length": str(len(body))} if body else {})}.items()]
    if not all(HEADER.match(line) for line in lines):
        raise NoAnswer("bad_address")
    request = "\r\n".join([f"{method} {place.path} HTTP/1.1", *lines, "", ""]).encode("ascii") + body
    with _connected(checked(resolved(place.host, place.port)), place.host, place.port, until) as connection:
        try:
            connection.settimeout(_left(until))
            connection.sendall(request)
            return _parsed(_received(connection, until, most), most)
        except TimeoutError:
            raise NoAnswer("too_slow") from None
        except OSError:
            raise NoAnswer("unreachable") from None


def resolved(host: str, port: int) -> list[IP]:
    """The addresses of a name; an address in any spelling is itself."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("unknown_name") from None
    return list(dict.fromkeys(ipaddress.ip_address(str(f[4][0]).partition("%")[0]) for f in found))


def checked(addresses: Iterable[IP], env: Mapping[str, str] = os.environ) -> list[IP]:
    """The same addresses when each may be asked; one that may not makes the whole name suspect."""
    asked = list(addresses)
    if not asked or not all(is_public(a) or is_allowed(a, env) for a in asked):
        raise NoAnswer("not_public")
    return asked


def is_public(address: IP) -> bool:
    """Whether it is an address of the public internet, also when it is an IPv4 address in an IPv6 dress."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None and not is_public(inner):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_allowed(address: IP, env: Mapping[str, str]) -> bool:
    """Whether the operator has named its network in USHER_OUTBOUND_ALLOW, separated by commas."""
    named = [ipaddress.ip_network(n.strip(), strict=False) for n in env.get("USHER_OUTBOUND_ALLOW", "").split(",") if n.strip()]
    return any(address in network for network in named)


def _connected(addresses: list[IP], host: str, port: int, until: float) -> ssl.SSLSocket:
    """A connection to the first of these addresses that takes one, with a certificate for the name."""
    context = _trusting(more, os.stat(more).st_mtime_ns) if (more := os.environ.get("USHER_OUTBOUND_CA")) else _trusting("", 0)
    trouble = "unreachable"
    for address in addresses:
        try:
            bare = socket.create_connection((str(address), port), timeout=_left(until))
        except OSError:
            continue
        try:
            bare.settimeout(_left(until))
            return context.wrap_socket(bare, server_hostname=host)
        except ssl.SSLCertVerificationError:
            trouble = "certificate"
        except OSError:
            trouble = "unreachable"
        except NoAnswer:
            bare.close()
            raise
        bare.close()
    raise NoAnswer(trouble)


@lru_cache(maxsize=4)
def _trusting(more: str, _changed: int) -> ssl.SSLContext:
    """Whom to believe: what the system trusts, and a file of further authorities. Reading them costs more than asking, so they are read once for each state of the file."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if more:
        context.load_verify_locations(more)
    return context


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise NoAnswer("too_slow")
    return left


def _received(connection: ssl.SSLSocket, until: float, most: int) -> bytes:
    """Everything until the other side closes, or what was announced is there. Cut at the limits, whatever still comes (HOOK-06)."""
    got = b""
    while not _is_whole(got):
        connection.settimeout(_left(until))
        try:
            piece = connection.recv(16_384)
        except ssl.SSLEOFError:
            break
        if not piece:
            break
        got += piece
        if len(got) > most + 16_384:
            raise NoAnswer("too_large")
    return got


def _is_whole(got: bytes) -> bool:
    head, gap, body = got.partition(b"\r\n\r\n")
    told = re.search(rb"(?im)^content-length:[ \t]*(\d{1,10})[ \t]*\r?$", head)
    return bool(gap and told and len(body) >= int(told.group(1)))


class _Read:
    """What was received, as http.client reads it: its reading of chunks and heads is the one everybody trusts."""

    def __init__(self, got: bytes) -> None:
        self.got = got

    def makefile(self, *_how: Any) -> io.BytesIO:
        return io.BytesIO(self.got)


def _parsed(got: bytes, most: int) -> Answer:
    answer = http.client.HTTPResponse(_Read(got), method="GET")  # type: ignore[arg-type]
    try:
        answer.begin()
        body = answer.read(most + 1)
    except (http.client.HTTPException, ValueError, OSError):
        raise NoAnswer("not_http") from None
    if len(body) > most:
        raise NoAnswer("too_large")
    if 300 <= answer.status < 400:
        raise NoAnswer("redirect")
    return Answer(answer.status, body.decode(errors="replace"))
