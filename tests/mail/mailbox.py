"""A mail server on this machine that keeps what it is sent, and can be told to misbehave (F16). It speaks the SMTP of RFC 5321 as far as we use it."""

import socketserver
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Received:
    """One mail as it came over the wire."""

    sender: str
    recipients: list[str]
    raw: bytes
    encrypted: bool

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]


@dataclass
class Mailbox:
    """`mode` is good, wait (450), never (550), drop (cuts in DATA) or swallow (takes the mail, then cuts without an answer).

    With a `certificate` (key and chain in one file) it offers STARTTLS.
    """

    mode: str = "good"
    certificate: Path | None = None
    received: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def start(self) -> "Mailbox":
        self.server = _Server(("127.0.0.1", 0), _Talk)
        self.server.box = self
        self.port = self.server.server_address[1]
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: Mailbox


class _Talk(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        self.box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self.sender, self.to, self.encrypted = "", [], False
        self.say("220 localhost")
        while line := self.rfile.readline():
            text = line.decode().strip()
            self.box.commands.append(text)
            word = text.split(" ")[0].upper()
            if not getattr(self, f"on_{word.lower()}", self.unknown)(text):
                return

    def say(self, text: str) -> bool:
        self.wfile.write(f"{text}\r\n".encode())
        return True

    def unknown(self, text: str) -> bool:
        return self.say("500 not known")

    def on_ehlo(self, text: str) -> bool:
        return self.say(
            "250-localhost\r\n250-SMTPUTF8\r\n250-8BITMIME"
            + ("\r\n250 STARTTLS" if self.box.certificate and not self.encrypted else "\r\n250 HELP")
        )

    def on_starttls(self, text: str) -> bool:
        self.say("220 go on")
        assert self.box.certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.box.certificate)
        try:
            self.connection: Any = context.wrap_socket(self.connection, server_side=True)
        except OSError:
            return False
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.encrypted = True
        return True

    def on_mail(self, text: str) -> bool:
        self.sender = text
        return self.say("250 ok")

    def on_rcpt(self, text: str) -> bool:
        if self.box.mode in ("wait", "never"):
            return self.say("450 try later" if self.box.mode == "wait" else "550 nobody of that name")
        self.to.append(text.partition("<")[2].partition(">")[0])
        return self.say("250 ok")

    def on_data(self, text: str) -> bool:
        if self.box.mode == "drop":
            return False
        self.say("354 go on")
        raw = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            raw += line
        self.box.received.append(Received(self.sender, self.to, raw, self.encrypted))
        self.to = []
        return self.box.mode != "swallow" and self.say("250 taken")

    def on_rset(self, text: str) -> bool:
        self.to = []
        return self.say("250 ok")

    def on_quit(self, text: str) -> bool:
        self.say("221 bye")
        return False


def certificate_in(folder: Path) -> Path:
    """A key made for this run and a certificate for localhost that nobody else signed: what a real program must refuse."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost"), datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    made = folder / "localhost.pem"
    made.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return made
