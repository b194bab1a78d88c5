"""Requests on the raw socket of the web server that no client sends: two lengths, chunks, broken lines (DOS-11)."""

import json
import socket
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from tests.harness import Usher, get, patience

pytestmark = pytest.mark.fault
GROUP = b'{"name":"Smuggled"}'
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(GROUP), GROUP)
LENGTH = b"Content-Length: %d\r\n" % len(GROUP)


@pytest.fixture(scope="module")
def usher(server: str) -> Iterator[Usher]:
    running = Usher.on(server, {})
    running.start(web=1, workers=0)
    running.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", "owner@northlake.test", check=True)
    running.sql("UPDATE people_standing SET status = 'active'")  # as if the setup link had been followed
    yield running
    running.close()


@pytest.fixture(scope="module")
def token(usher: Usher) -> bytes:
    app = json.loads(usher.run("app", "create", "--name", "Raw", "--scopes", "all", "--json", check=True).stdout)
    grant = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    with urllib.request.urlopen(usher.base_url + "/oauth/token", urlencode(grant).encode()) as answer:
        return bytes(json.load(answer)["access_token"], "ascii")


def said(usher: Usher, request: bytes) -> list[int]:
    """The statuses of everything the server answers on one connection, until it closes it or is silent for a second."""
    address = urlsplit(usher.base_url)
    heard = b""
    with socket.create_connection((address.hostname, address.port), timeout=patience()) as connection:
        try:
            connection.sendall(request.replace(b"HOST", address.netloc.encode()))
            while more := connection.recv(65_536):
                heard += more
        except (TimeoutError, ConnectionError):
            pass
    return [int(part.split(b" ", 1)[0]) for part in heard.split(b"HTTP/1.1 ")[1:]]


def post(token: bytes, headers: bytes, body: bytes) -> bytes:
    """A call that would make a group."""
    line = b"POST /v2/groups HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token + b"\r\n"
    return line + headers + b"\r\n" + body


def test_the_same_call_as_it_should_be(usher: Usher, token: bytes) -> None:
    """So that the tests below fail for their reason alone."""
    assert said(usher, post(token, LENGTH, GROUP)) == [201]
    assert usher.sql("SELECT name FROM people_group") == [("Smuggled",)]
    usher.sql("DELETE FROM people_group")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(CHUNKED, CHUNKS, id="one chunk"),
        pytest.param(CHUNKED, b"".join(b"1\r\n%c\r\n" % byte for byte in GROUP) + b"0\r\n\r\n", id="a chunk for each byte"),
        pytest.param(CHUNKED, b"13;a=b\r\n" + CHUNKS[4:], id="a short extension"),
    ],
)
def test_a_body_in_chunks(usher: Usher, token: bytes, headers: bytes, body: bytes) -> None:
    """RFC 9112 7.1: as .NET, Node and Go send what they are still writing; and the next call on the same connection is one of its own."""
    try:
        assert said(usher, post(token, headers, body) + post(token, LENGTH, GROUP)) == [201, 409]
        assert usher.sql("SELECT name FROM people_group") == [("Smuggled",)]
    finally:
        usher.sql("DELETE FROM people_group")


@pytest.mark.parametrize(
    "headers", [LENGTH + CHUNKED, CHUNKED + LENGTH, b"Content-Length: 3\r\n" + CHUNKED], ids=["after", "before", "a wrong one"]
)
def test_a_length_beside_chunks(usher: Usher, token: bytes, headers: bytes) -> None:
    """DOS-11, RFC 9112 6.3: the chunks count alone, and the connection is closed behind them: what somebody in between took for a part of the body is read by nobody."""
    hidden = post(token, LENGTH, GROUP.replace(b"Sm", b"Xm"))
    try:
        assert said(usher, post(token, headers, CHUNKS + hidden)) == [201]
        assert usher.sql("SELECT name FROM people_group") == [("Smuggled",)]
    finally:
        usher.sql("DELETE FROM people_group")


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param(LENGTH + b"Content-Length: 3\r\n", GROUP, 400, id="two lengths"),
        pytest.param(b"Content-Length: 3, %d\r\n" % len(GROUP), GROUP, 400, id="a list of lengths"),
        pytest.param(b"Content-Length: +%d\r\n" % len(GROUP), GROUP, 400, id="a length with a sign"),
        pytest.param(b"Content-Length: -1\r\n", GROUP, 400, id="a length below zero"),
        pytest.param(b"Content-Length : %d\r\n" % len(GROUP), GROUP, 400, id="a blank before the colon"),
        pytest.param(b"Content-Length:\r\n %d\r\n" % len(GROUP), GROUP, 400, id="a folded header"),
        pytest.param(b"Transfer-Encoding: xchunked\r\n", CHUNKS, 400, id="an unknown coding"),
        pytest.param(b"Transfer-Encoding: chunked, identity\r\n", CHUNKS, 400, id="chunks not last"),
        pytest.param(CHUNKED, b"13;" + b"a" * 1_000_000 + b"\r\n" + CHUNKS[4:], 400, id="a chunk extension of a megabyte"),
        pytest.param(CHUNKED, CHUNKS.replace(b"\r\n", b"\n"), 400, id="bare line ends in chunks"),
        pytest.param(CHUNKED, b"200000\r\n" + b" " * 2**21 + b"\r\n" + CHUNKS, 413, id="more than a megabyte in chunks"),
        pytest.param(CHUNKED, b"FFFFFFFFFFFFFFFFF\r\n" + GROUP, 400, id="a chunk beyond all numbers"),
        pytest.param(LENGTH + b"X: " + b"a" * 1_000_000 + b"\r\n", GROUP, 431, id="a header of a megabyte"),
    ],
)
def test_what_is_not_sure_about_its_length(usher: Usher, token: bytes, headers: bytes, body: bytes, status: int) -> None:
    """DOS-11: refused once; whatever is hidden behind it is no request of its own, nothing is made, and the next one is answered."""
    hidden = post(token, LENGTH, GROUP)
    assert said(usher, post(token, headers, body + hidden)) == [status]
    assert usher.sql("SELECT count(*) FROM people_group") == [(0,)]
    assert get(usher.base_url + "/livez")[0] == 200


@pytest.mark.parametrize("chunks", [b"0\r\n\r\n", b"zz\r\n{}\r\n0\r\n\r\n"], ids=["none", "broken"])
def test_chunks_that_bring_nothing_make_nothing(usher: Usher, token: bytes, chunks: bytes) -> None:
    """DOS-11: also where every field may be left out."""
    call = post(token, CHUNKED, b"%s").replace(b"/v2/groups", b"/v2/users/me/meetings")
    before = usher.sql("SELECT count(*) FROM content_item")
    assert said(usher, call % chunks) == [400]
    assert usher.sql("SELECT count(*) FROM content_item") == before
    assert said(usher, call % b"2\r\n{}\r\n0\r\n\r\n") == [201]
