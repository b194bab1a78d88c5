"""A receiver of webhooks on this machine: a real https server with a certificate of its own, which writes down what comes and answers as it is told."""

import contextlib
import datetime
import hmac
import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Came:
    """One request: its path, headers by small letters, body as it came, and the moment of the clock."""

    path: str
    headers: dict[str, str]
    body: str
    at: float

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def event(self) -> str:
        return str(self.told["event"])


@dataclass
class Receiver:
    """`secret` is what it knows; `answers(came)` -> status, None to say nothing for longer than anybody waits. Events are in `came`, challenges in `asked`."""

    address: str = ""
    secret: str = ""
    answers: Callable[[Came], int | None] = lambda came: 200
    came: list[Came] = field(default_factory=list)
    asked: list[Came] = field(default_factory=list)
    knows: bool = True
    stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def events(self) -> list[str]:
        return [c.event for c in self.came]

    def signed(self, came: Came) -> bool:
        """Whether the signature is the one of this very body and timestamp, as a receiver in any language would compute it."""
        message = f"v0:{came.headers['x-zm-request-timestamp']}:{came.body}".encode()
        return came.headers["x-zm-signature"] == "v0=" + hmac.new(self.secret.encode(), message, "sha256").hexdigest()

    def take(self, came: Came) -> tuple[int | None, bytes]:
        told = came.told if came.body.startswith("{") else {}
        if told.get("event") == "endpoint.url_validation":
            self.asked.append(came)
            plain = told["payload"]["plainToken"]
            right = hmac.new(self.secret.encode(), plain.encode(), "sha256").hexdigest()
            return 200, json.dumps({"plainToken": plain, "encryptedToken": right if self.knows else "no"}).encode()
        with self._lock:
            self.came.append(came)
        return self.answers(came), b"thanks"


@contextlib.contextmanager
def receiving(folder: Path) -> Iterator[tuple[Receiver, Path]]:
    """The receiver while the block runs, and the file with its certificate."""
    file = certificate(folder)
    receiver = Receiver()

    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, text = receiver.take(Came(self.path, {k.lower(): v for k, v in self.headers.items()}, body, time.time()))
            if status is None:
                receiver.stopped.wait(20)
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_told: Any) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.address = f"https://localhost:{server.server_address[1]}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver, file
    finally:
        receiver.stopped.set()
        server.shutdown()
        server.server_close()


def certificate(folder: Path) -> Path:
    """A key and a certificate for localhost, signed by itself, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "localhost.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
