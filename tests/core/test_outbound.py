"""The one HTTP client: where it goes, where it does not, and how much it takes (HOOK-01, HOOK-02, HOOK-04, HOOK-06, HOOK-07, HOOK-11; ASVS 1.3.6, 13.2.4, 15.3.2)."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import receiver
from usher.core import outbound

INSIDE = [
    "127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.8", "172.16.3.4", "192.168.1.1",
    "100.64.0.1", "[fd00::1]", "[fe80::1]", "2130706433", "0177.1", "0x7f.1", "127.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1",
]  # fmt: skip
Serve = Callable[[ssl.SSLSocket], None]


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_inside_is_asked(host: str) -> None:
    """HOOK-01: every spelling of an address of this machine, of the private networks, of the metadata service, and what is no host at all."""
    with pytest.raises(outbound.NoAnswer) as no:
        outbound.get(f"https://{host}/")
    assert no.value.code == "not_public"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "https://",
        "https:///x",
        "https://user@example.org/",
        "https://user:pw@127.0.0.1/",
        "https://example.org:99999/",
        "https://example.org/\r\nX-Evil: 1",
        "https://example.org/ x",
        "https://①②⑦.0.0.1/",
        "https://example.org/#x",
    ],
)
def test_nothing_but_plain_https(url: str) -> None:
    """HOOK-01, HOOK-04: other schemes, credentials, line breaks and look-alikes of digits do not get as far as a name server."""
    with pytest.raises(outbound.NoAnswer) as no:
        outbound.get(url)
    assert no.value.code == "bad_address"


def test_one_address_inside_spoils_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """HOOK-02: a name with a public address and a private one is not asked at all."""
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in ("93.184.215.14", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: both)
    with pytest.raises(outbound.NoAnswer) as no:
        outbound.get("https://rebind.example/")
    assert no.value.code == "not_public"


def test_the_checked_address_is_the_connected_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """HOOK-02: the name is asked once; the connection goes to the address that was checked, whatever the name says a moment later."""
    answers = iter(["93.184.215.14", "127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 443))])
    went: list[tuple[str, int]] = []

    def connect(where: tuple[str, int], **_how: float) -> socket.socket:
        went.append(where)
        raise OSError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(outbound.NoAnswer) as no:
        outbound.get("https://rebind.example/")
    assert went == [("93.184.215.14", 443)] and no.value.code == "unreachable"


def test_the_operator_may_allow_a_network() -> None:
    """HOOK-01: unless the operator allows the range; nothing beside it."""
    here, other = ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("10.0.0.1")
    env = {"USHER_OUTBOUND_ALLOW": "127.0.0.0/8, ::1/128"}
    assert outbound.checked([here], env) == [here]
    with pytest.raises(outbound.NoAnswer):
        outbound.checked([here, other], env)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return receiver.certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def web(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Serve], str]]:
    """`web(serve)` -> address of a server on this machine that does `serve` with its first caller; the operator allows it and trusts its certificate."""
    monkeypatch.setenv("USHER_OUTBOUND_ALLOW", "127.0.0.0/8,::1/128")
    monkeypatch.setenv("USHER_OUTBOUND_CA", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    opened: list[socket.socket] = []

    def start(serve: Serve) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        opened.append(listening)

        def once() -> None:
            try:
                bare, _ = listening.accept()
                with context.wrap_socket(bare, server_side=True) as connection:
                    connection.recv(4096)
                    serve(connection)
            except OSError:
                return

        threading.Thread(target=once, daemon=True).start()
        return f"https://localhost:{listening.getsockname()[1]}/"

    yield start
    for listening in opened:
        listening.close()


def says(text: bytes) -> Serve:
    return lambda connection: connection.sendall(text)


def test_an_answer(web: Callable[[Serve], str]) -> None:
    """With a length, in chunks, and until the end."""
    for told in (
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
    ):
        assert outbound.get(web(says(told))) == outbound.Answer(200, "hello")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", "redirect"),
        (b"220 mail.example ESMTP\r\n", "not_http"),
        (b"", "not_http"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70000, "too_large"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, "too_large"),
    ],
)
def test_answers_that_are_none(web: Callable[[Serve], str], told: bytes, code: str) -> None:
    """HOOK-04, HOOK-06: no redirect is followed, nothing beyond 64 KB is read, what is no HTTP is no answer."""
    with pytest.raises(outbound.NoAnswer) as no:
        outbound.get(web(says(told)))
    assert no.value.code == code


def test_slow_answers_are_cut(web: Callable[[Serve], str]) -> None:
    """HOOK-06: a byte now and then does not keep anybody longer than the limit, however long it goes on."""

    def drip(connection: ssl.SSLSocket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X")
            threading.Event().wait(0.05)

    began = time.monotonic()
    with pytest.raises(outbound.NoAnswer) as no:
        outbound.get(web(drip), seconds=0.5)
    assert no.value.code == "too_slow" and time.monotonic() - began < 5


def test_a_certificate_nobody_signed(web: Callable[[Serve], str], monkeypatch: pytest.MonkeyPatch) -> None:
    """HOOK-07: refused unless the operator names the authority; and it must be for the name that was asked."""
    address = web(says(b"HTTP/1.0 200 OK\r\n\r\nhello"))
    monkeypatch.delenv("USHER_OUTBOUND_CA")
    with pytest.raises(outbound.NoAnswer) as no:
        outbound.get(address)
    assert no.value.code == "certificate"


def test_a_certificate_for_another_name(web: Callable[[Serve], str]) -> None:
    """HOOK-07"""
    address = web(says(b"HTTP/1.0 200 OK\r\n\r\nhello")).replace("localhost", "127.0.0.1")
    with pytest.raises(outbound.NoAnswer) as no:
        outbound.get(address)
    assert no.value.code == "certificate"


def test_what_is_posted(web: Callable[[Serve], str]) -> None:
    """HOOK-04: a header that would break its line is not sent, and the answer is read under the same limits."""
    assert outbound.post(web(says(b"HTTP/1.1 204 No Content\r\n\r\n")), b'{"a":1}', {"Content-Type": "application/json"}).status == 204
    for wrong in ({"X": "a\r\nHost: b"}, {"X\n": "a"}, {"X": "ä"}, {"": "a"}):
        with pytest.raises(outbound.NoAnswer) as no:
            outbound.post("https://receiver.example/", b"{}", wrong)
        assert no.value.code == "bad_address"


@pytest.mark.parametrize("address", [a for a in INSIDE if a[0] in "[0123456789" or a == "localhost"])
def test_addresses_inside_are_refused_before_anybody_is_asked(address: str) -> None:
    """HOOK-01: at save already, in every spelling that needs no name server."""
    with pytest.raises(outbound.NoAnswer):
        outbound.refuse_inside(f"https://{address}/")
    outbound.refuse_inside("https://receiver.example/hook")
