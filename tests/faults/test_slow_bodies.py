"""Whoever sends slowly, or not at all, keeps nobody else waiting (F10)."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from queue import SimpleQueue
from urllib.parse import urlsplit

import pytest

from tests.harness import Usher, get, patience, wait_until
from usher.config.wsgi import READING, WORKING, Shared, _Upload

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def usher(server: str) -> Iterator[Usher]:
    running = Usher.on(server, {})
    running.start(web=1, workers=0)
    yield running
    running.close()


def begin(usher: Usher, headers: str, *, path: str = "/sign-in", source: str = "127.0.0.1", body: bytes = b"") -> socket.socket:
    """Somebody who says that a body comes."""
    address = urlsplit(usher.base_url)
    connection = socket.create_connection(("127.0.0.1", address.port or 0), timeout=10 * patience(), source_address=(source, 0))
    connection.sendall(f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\n{headers}\r\n".encode() + body)
    return connection


def status_of(connection: socket.socket) -> int:
    with connection:
        return int(connection.recv(64).split(b" ")[1])


def asked(usher: Usher, source: str) -> int:
    """A call for a token that says nothing good."""
    form = "Content-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return status_of(begin(usher, form, path="/oauth/token", source=source, body=b"a=b"))


@pytest.mark.parametrize("headers", ["Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"], ids=["small", "chunks"])
def test_silent_ones_keep_nobody_waiting(usher: Usher, headers: str) -> None:
    """One origin holds half of the places for bodies at most, and none of those where work is done: pages and calls of others are answered, and who goes away makes room."""
    with ExitStack() as silent:
        for _place in range(READING // 2):
            silent.enter_context(begin(usher, headers))
        wait_until(lambda: asked(usher, "127.0.0.1") == 503, what="all places of the origin being taken")
        for _more_than_work_at_once in range(WORKING + 1):
            assert get(usher.base_url + "/sign-in")[0] == 200
        assert asked(usher, "127.0.0.2") == 400
    wait_until(lambda: asked(usher, "127.0.0.1") == 400, what="a place")


def test_a_body_that_ends_before_its_time(usher: Usher) -> None:
    """What is shorter than it says is nothing that somebody said."""
    connection = begin(usher, "Content-Length: 9\r\nContent-Type: application/x-www-form-urlencoded\r\n", path="/oauth/token", body=b"a=b")
    connection.shutdown(socket.SHUT_WR)
    with connection:
        heard = connection.recv(4096)
    assert not heard or heard.startswith(b"HTTP/1.1 400")


def test_a_large_body_is_waited_for_by_nobody_else() -> None:
    """A file is read while the work it is for goes on; the place to work is free in between."""
    working: SimpleQueue[None] = SimpleQueue()

    class Body:
        def read(self, size: int) -> bytes:
            assert working.qsize() == 1
            return b"x" * size

        readline = read

    upload = _Upload(Body(), working)
    assert upload.read(3) == b"xxx" and working.empty()
    assert upload.readline(2) == b"xx" and working.empty()


def test_places_are_shared() -> None:
    """Half of them for one origin at most, all of them for all together; each is given back once."""
    places = Shared(4)
    assert [places.take(origin) for origin in "aaabbbc"] == [True, True, False, True, True, False, False]
    places.give_back("a")
    assert places.take("c") and not places.take("c") and not places.take("d", 0.01)
    for origin in "abbc":
        places.give_back(origin)
    assert places.free == 4 and not places.held
