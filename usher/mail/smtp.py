"""The way to the mail server: USHER_SMTP_URL, and TLS that is verified or not used at all (INVITE-22).

smtp://user:password@mail.example.com:587                 STARTTLS, required and verified
smtps://user:password@mail.example.com:465                TLS from the first byte
smtp://localhost:25                                       a server on this machine, without TLS
smtp://localhost:25?starttls=required                     one on this machine, with
"""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from usher.core.mode import Unsafe, is_loopback

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """Where mails go. `tls` is implicit, starttls or none; none only for this machine itself."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    sender: str

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port}, {self.tls})"


def server_of(env: Mapping[str, str]) -> Server | None:
    """The configured server, None without one. Raises Unsafe with one line for a URL that cannot be read or would send in clear."""
    url = env.get("USHER_SMTP_URL", "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.scheme not in ("smtp", "smtps") or parts.path not in ("", "/"):
        raise Unsafe("USHER_SMTP_URL must look like smtp://user:password@mail.example.com:587 or smtps://….")
    return Server(
        host=host,
        port=port or {"smtp": 587, "smtps": 465}[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls="implicit" if parts.scheme == "smtps" else _starttls(host, parse_qs(parts.query).get("starttls", [""])[-1]),
        sender=env.get("USHER_MAIL_FROM") or f"Usher <usher@{urlsplit(env.get('USHER_BASE_URL', '')).hostname or 'localhost'}>",
    )


def _starttls(host: str, wish: str) -> str:
    if wish not in ("", "required", "none"):
        raise Unsafe(f"USHER_SMTP_URL: starttls is required or none, not {wish}.")
    if wish == "none" and not is_loopback(host):
        raise Unsafe(f"USHER_SMTP_URL would send mails to {host} in clear. Leave starttls=none out, or use a server on this machine.")
    return "none" if is_loopback(host) and wish != "required" else "starttls"


def connect(server: Server) -> smtplib.SMTP:
    """A connection ready to send. OSError (also for a certificate that does not fit) or SMTPException when there is none."""
    context = ssl.create_default_context()
    if server.tls == "implicit":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        if server.tls == "starttls":
            connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
        if server.user:
            connection.login(server.user, server.password)
    except Exception:
        connection.close()
        raise
    return connection
