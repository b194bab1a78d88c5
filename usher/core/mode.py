"""Which mode this process runs in, decided from the environment alone and before anything else is loaded.

Trial mode is a loopback http address; every other address needs https. Sources: issue text, ASVS 3.3, 13.2; SECRET-05, F46, F47.
"""

import ipaddress
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

DEFAULT_BASE_URL = "http://localhost:8040"
SHORTEST_SECRET = 32
FEWEST_CHARACTERS = 8  # different ones; 32 random hexadecimal digits have fewer once in thirty million times
DEBUG_SWITCHES = ("DEBUG", "DJANGO_DEBUG", "USHER_DEBUG")


class Unsafe(Exception):
    """The configuration would be unsafe; the message is one line for the operator."""


@dataclass(frozen=True)
class Mode:
    """What the rest of the settings depend on. `https` false is trial mode on this machine only."""

    base_url: str
    https: bool
    host: str
    secret_key: str
    older_keys: list[str]
    allowed_hosts: list[str]
    trusted_proxies: tuple[str, ...]


def read_mode(env: Mapping[str, str]) -> Mode:
    """Read USHER_BASE_URL, USHER_SECRET_KEY and its _FALLBACKS, USHER_TRUSTED_PROXIES. Raises Unsafe with one line on a bad combination."""
    base_url = (env.get("USHER_BASE_URL") or DEFAULT_BASE_URL).rstrip("/")
    parts = urlsplit(base_url)
    more = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or more or not _has_port(parts):
        raise Unsafe(f"USHER_BASE_URL must look like https://usher.example.com, it is {base_url!r}.")
    https = parts.scheme == "https"
    # As a browser writes it in its Origin: in small letters, without the usual port.
    base_url = f"{parts.scheme}://{parts.netloc.lower()}".removesuffix(":443" if https else ":80")
    if not https and not is_loopback(parts.hostname):
        raise Unsafe(f"USHER_BASE_URL {base_url} is plain http on a public name. Use https, or a loopback address to try Usher out.")
    secret = env.get("USHER_SECRET_KEY", "")
    older = [key.strip() for key in env.get("USHER_SECRET_KEY_FALLBACKS", "").split(",") if key.strip()]
    for name, key in [("USHER_SECRET_KEY", secret), *(("USHER_SECRET_KEY_FALLBACKS", key) for key in older)]:
        if key and (len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_CHARACTERS):
            raise Unsafe(f"{name} is too weak: at least {SHORTEST_SECRET} random characters.")
    if secret in older:
        raise Unsafe("USHER_SECRET_KEY stands among USHER_SECRET_KEY_FALLBACKS too. A new key takes its place, the old one goes there.")
    if https and not secret:
        raise Unsafe(
            "USHER_SECRET_KEY is missing. With https every process and every command needs it, the same one on every machine;"
            " for a new installation make one with `openssl rand -hex 32`."
        )
    if https and (on := [name for name in DEBUG_SWITCHES if env.get(name, "0").lower() not in ("", "0", "false", "no", "off")]):
        raise Unsafe(f"{on[0]} is on. Usher never shows its inside to visitors; unset {on[0]}.")
    hosts = [parts.hostname] if https else ["localhost", "127.0.0.1", "[::1]", parts.hostname]
    proxies = tuple(p.strip() for p in env.get("USHER_TRUSTED_PROXIES", "").split(",") if p.strip())
    for proxy in proxies:
        if not is_network(proxy):
            raise Unsafe(f"USHER_TRUSTED_PROXIES: {proxy!r} is no IP address or network such as 10.0.0.0/8.")
    # The command line gives trial mode a key that stays; whatever else loads the settings gets one nobody can know.
    return Mode(base_url, https, parts.hostname, secret or secrets.token_hex(32), older, hosts, proxies)


def check_host(host: str, env: Mapping[str, str]) -> None:
    """Raises Unsafe when the server would listen beyond this machine without https (F47)."""
    if not is_loopback(host) and not read_mode(env).https:
        raise Unsafe(
            f"--host {host} can be reached from other machines. Set USHER_BASE_URL to the https address people use, or leave --host out."
        )


def is_network(text: str) -> bool:
    """Whether it is an IP address or a network."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """True for localhost and loopback addresses, written in any of their usual forms."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _has_port(parts: SplitResult) -> bool:
    """A port that is a port, or none."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False
