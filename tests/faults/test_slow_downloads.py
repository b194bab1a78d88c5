"""Whoever fetches a file slowly, or not at all, keeps nobody else waiting (F10)."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlencode, urlsplit

import pytest

from tests.harness import Usher, get, patience, wait_until
from usher.config.wsgi import STREAMS

pytestmark = pytest.mark.fault
UPLOAD = """
import io
import django; django.setup()
from usher.access.actors import operator
from usher.content.uploading import upload
from usher.core import sql
owner = sql.value("SELECT u.id FROM people_user u JOIN people_standing s ON s.user_id = u.id WHERE s.role = 'owner'")
about = {"owner": str(owner), "title": "Film", "starts_at": "2026-11-01T10:00:00+00:00", "seconds": 60}
upload(operator(None), io.BytesIO(bytes(SIZE)), "film.mp4", SIZE, about, "film")
from usher.core.ids import short
print(short(sql.value("SELECT id FROM content_item")))
"""
SIZE = 16 * 2**20


@pytest.fixture(scope="module")
def usher(server: str) -> Iterator[Usher]:
    running = Usher.on(server, {})
    running.start(web=1, workers=0)
    running.run("account", "open", "--name", "Northlake", "--plan", "business", "--owner", "owner@northlake.test", check=True)
    running.run("seats", "set", "meetings:licensed", "1", check=True)
    running.sql("UPDATE people_standing SET status = 'active', license = 'meetings:licensed'")  # as if the setup link had been followed
    yield running
    running.close()


@pytest.fixture(scope="module")
def film(usher: Usher) -> str:
    """The path of a file that fills every buffer between, with its token."""
    id = subprocess.run(
        [sys.executable, "-c", UPLOAD.replace("SIZE", str(SIZE))], env=usher.env, check=True, capture_output=True, text=True
    ).stdout.strip()
    app = json.loads(usher.run("app", "create", "--name", "Films", "--scopes", "all", "--json", check=True).stdout)
    grant = {"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    with urllib.request.urlopen(usher.base_url + "/oauth/token", urlencode(grant).encode()) as answer:
        return f"/rec/download/{id}?access_token={json.load(answer)['access_token']}"


def begin(usher: Usher, path: str, source: str) -> socket.socket:
    """Somebody who asks for a file, reads how it begins, and nothing more."""
    address = urlsplit(usher.base_url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(patience())
    connection.bind((source, 0))
    connection.connect(("127.0.0.1", address.port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    assert connection.recv(12) == b"HTTP/1.1 200"
    return connection


def status_of(usher: Usher, path: str) -> int:
    try:
        with urllib.request.urlopen(usher.base_url + path, timeout=patience()) as answer:
            return int(answer.status) if len(answer.read()) == SIZE else 0
    except urllib.error.HTTPError as no:
        assert no.headers["Retry-After"]
        return no.code


def test_slow_ones_keep_nobody_waiting(usher: Usher, film: str) -> None:
    """As many as there are places are on their way, half of them for one origin at most; the next is told when to come again, everything else goes on, and who goes
    away makes room."""
    for _round in range(2):
        with ExitStack() as slow:
            for _place in range(STREAMS // 2):
                slow.enter_context(begin(usher, film, "127.0.0.2"))
            assert status_of(usher, film) == 200
            for _place in range(STREAMS // 2):
                slow.enter_context(begin(usher, film, "127.0.0.1"))
            assert status_of(usher, film) == 503
            assert get(usher.base_url + "/livez")[0] == 200 and get(usher.base_url + "/sign-in")[0] == 200
        wait_until(lambda: status_of(usher, film) == 200, what="a place")


def test_many_one_after_another(usher: Usher, film: str) -> None:
    """A place is given back by each, also where a part is asked for, or nothing of it is there."""
    for n in range(2 * STREAMS):
        asked = urllib.request.Request(usher.base_url + film, headers={"Range": f"bytes={n}-{n + 9}"})
        with urllib.request.urlopen(asked, timeout=patience()) as answer:
            assert answer.status == 206 and len(answer.read()) == 10
    assert status_of(usher, film) == 200
