"""What granian serves: Django behind a gate that lets a few requests work at once, some wait briefly, and health checks always pass."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from queue import Empty, SimpleQueue
from threading import Condition
from types import MappingProxyType
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "usher.config.settings")

from django.conf import settings
from django.core import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries
from django.http.response import HttpResponseBase

from usher.access import app_calls
from usher.access.origin import client_ip, neighborhood

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

WORKING = 4  # requests inside Django at once, per process; more threads only fight for the interpreter
WAITING = 40  # requests that wait for a place, or for the rest of what they send; the next one is refused at once
READING = 24  # bodies on their way at once; each holds a thread for as long as whoever sends it likes
STREAMS = 16  # downloads on their way at once, for the same reason
PATIENCE_SECONDS = 2.0  # F10: nobody waits longer for a place
WHOLE = 2**20  # bytes up to which a body is read, and a file answered, at once; page files are below it
HEALTH = ("/livez", "/readyz")
PROGRAMS = ("/v2/", "/rec/")
BUSY = "Busy. Try again in a few seconds."
CUT = "The body ended before its time."


class Gate:
    """Bounds the work (F10, F48). Threads of the server beyond WORKING + WAITING + STREAMS stay free for health checks."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.working = _places(WORKING)
        self.waiting = _places(WORKING + WAITING)
        self.reading = Shared(READING)
        self.streams = Shared(STREAMS)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        # granian copies the environment of the process into every request; secrets have no place there.
        for name in ("USHER_SECRET_KEY", "USHER_SECRET_KEY_FALLBACKS", "DATABASE_URL"):
            environ.pop(name, None)
        if environ["PATH_INFO"] in HEALTH:
            environ["HTTP_HOST"] = settings.MODE.host  # A health checker asks by address, not by name.
            return self._answer(environ, start_response)
        try:
            self.waiting.get_nowait()
        except Empty:
            return _busy(environ, start_response)
        try:
            if environ.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in environ:
                return self._with_body(environ, start_response)
            return self._work(environ, start_response)
        finally:
            self.waiting.put(None)

    def _with_body(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Whoever sends slowly keeps nobody from working: a body is here before the work begins, and while a larger one is read others work."""
        origin = _origin(environ)
        if not self.reading.take(origin, PATIENCE_SECONDS):
            return _busy(environ, start_response)
        try:
            if (body := _body(environ)) is None:
                return _refused(environ, start_response, 400, "Bad Request", CUT)
            environ["wsgi.input"] = body if isinstance(body, BytesIO) else _Upload(body, self.working)
            return self._work(environ, start_response)
        finally:
            self.reading.give_back(origin)

    def _work(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            self.working.get(timeout=PATIENCE_SECONDS)
        except Empty:
            return _busy(environ, start_response)
        try:
            return self._answer(environ, start_response)
        finally:
            self.working.put(None)

    def _answer(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Finish whole answers here, so that this thread gives its database connection back; only what is larger is left to the server."""
        answer = self.app(environ, start_response)
        if not isinstance(answer, HttpResponseBase):
            return answer
        if answer.streaming and not int(answer.get("Content-Length", str(WHOLE + 1))) <= WHOLE:
            return self._stream(answer, environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    def _stream(self, answer: HttpResponseBase, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """A download when there is a place for it; it waits for none, because it works already. What it did before stands: that a file was asked for."""
        origin = _origin(environ)
        if not self.streams.take(origin):
            answer.close()
            return _busy(environ, start_response)
        return _Stream(answer, self.streams, origin)


class Shared:
    """So many places at once, of which one origin has at most half: who holds all of theirs for hours keeps no others out."""

    def __init__(self, places: int) -> None:
        self.free, self.share = places, places // 2
        self.held: Counter[str] = Counter()
        self.change = Condition()

    def take(self, origin: str, seconds: float = 0) -> bool:
        """Whether there was a place for an origin, or one came free in so many seconds."""
        with self.change:
            if not self.change.wait_for(lambda: self.free and self.held[origin] < self.share, seconds):
                return False
            self.free -= 1
            self.held[origin] += 1
            return True

    def give_back(self, origin: str) -> None:
        """What was taken, once."""
        with self.change:
            self.free += 1
            self.held[origin] -= 1
            if not self.held[origin]:
                del self.held[origin]
            self.change.notify_all()


class _Upload:
    """A body of more than WHOLE bytes, read as it comes. Its work lets others work while it waits for the next piece."""

    def __init__(self, body: Any, working: SimpleQueue[None]) -> None:
        self.body, self.working = body, working

    def read(self, size: int = -1) -> bytes:
        return self._waited_for(self.body.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._waited_for(self.body.readline, size)

    def _waited_for(self, piece: Callable[[int], bytes], size: int) -> bytes:
        self.working.put(None)
        try:
            return piece(size)
        finally:
            self.working.get()


class _Stream:
    """A download on its way. Its place is given back once: when it was fetched, or when whoever fetched it is gone and nobody knows it any more."""

    def __init__(self, answer: HttpResponseBase, places: Shared, origin: str) -> None:
        self.answer, self.places, self.origin, self.is_closed = answer, places, origin, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.answer)

    def close(self) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        try:
            self.answer.close()
        finally:
            self.places.give_back(self.origin)

    __del__ = close


def _places(n: int) -> SimpleQueue[None]:
    """So many to be taken and put back. A semaphore would do the same in Python, at every request."""
    places: SimpleQueue[None] = SimpleQueue()
    for _place in range(n):
        places.put(None)
    return places


def _origin(environ: Environ) -> str:
    return neighborhood(client_ip(environ))


def _body(environ: Environ) -> Any:
    """What a request sends: a small one whole, None where it is shorter than it says; a large one as the server gives it.

    One in chunks, which has no length, is cut one byte beyond WHOLE: nobody takes that much in chunks (api/reading.py).
    """
    body, length = environ["wsgi.input"], environ.get("CONTENT_LENGTH", "")
    if "HTTP_TRANSFER_ENCODING" in environ:
        return BytesIO(body.read(WHOLE + 1))
    if not (length.isascii() and length.isdigit()) or len(length) > 7 or int(length) > WHOLE:
        return body
    read = body.read(int(length))
    return BytesIO(read) if len(read) == int(length) else None


def _busy(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    return _refused(environ, start_response, 503, "Service Unavailable", BUSY, {"Retry-After": "2"})


def _refused(
    environ: Environ, start_response: Callable[..., Any], status: int, name: str, words: str, more: Mapping[str, str] = MappingProxyType({})
) -> Iterable[bytes]:
    """A refusal of the gate itself, in the form of the API where a program asks."""
    programs = environ["PATH_INFO"].startswith(PROGRAMS)
    kind, text = ("application/json", json.dumps({"code": status, "message": words})) if programs else ("text/plain", f"{words}\n")
    headers = {"Content-Type": kind, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **more}
    headers |= {"Content-Security-Policy": "default-src 'none'", "Content-Length": str(len(text))}
    start_response(f"{status} {name}", list(headers.items()))
    return [text.encode()]


application = Gate(get_wsgi_application())
# Of what Django does around every request only one thing is needed here: that its connection goes back to the pool at the end.
for _start in (reset_queries, close_old_connections):
    request_started.disconnect(_start)
request_finished.disconnect(cache.close_caches)
app_calls.serve()
