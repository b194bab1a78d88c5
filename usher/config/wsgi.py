"""What granian serves: Django behind a gate that lets a few requests work at once, some wait briefly, and health checks always pass."""

import os
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "usher.config.settings")

from django.conf import settings
from django.core import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries
from django.http.response import HttpResponseBase

from usher.access import app_calls

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

WORKING = 4  # requests inside Django at once, per process; more threads only fight for the interpreter
WAITING = 40  # requests that wait for a place; the next one is refused at once
STREAMS = 16  # downloads on their way at once; each holds a thread for as long as whoever fetches it likes
PATIENCE_SECONDS = 2.0  # F10: nobody waits longer for a place
HEALTH = ("/livez", "/readyz")
PROGRAMS = ("/v2/", "/rec/")
BUSY = b"Busy. Try again in a few seconds.\n"
BUSY_JSON = b'{"code":503,"message":"Busy. Try again in a few seconds."}'


class Gate:
    """Bounds the work (F10, F48). Threads of the server beyond WORKING + WAITING + STREAMS stay free for health checks."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.working = _places(WORKING)
        self.waiting = _places(WORKING + WAITING)
        self.streams = _places(STREAMS)

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
            self.working.get(timeout=PATIENCE_SECONDS)
        except Empty:
            return _busy(environ, start_response)
        else:
            try:
                return self._answer(environ, start_response)
            finally:
                self.working.put(None)
        finally:
            self.waiting.put(None)

    def _answer(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Finish whole answers here, so that this thread gives its database connection back; only streams are left to the server."""
        answer = self.app(environ, start_response)
        if not isinstance(answer, HttpResponseBase):
            return answer
        if answer.streaming:
            return self._stream(answer, environ, start_response) if answer.has_header("Content-Disposition") else answer
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    def _stream(self, answer: HttpResponseBase, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """A download when there is a place for it; it waits for none, because it works already. What pages are made of is small and soon gone."""
        try:
            self.streams.get_nowait()
        except Empty:
            answer.close()
            return _busy(environ, start_response)
        return _Stream(answer, self.streams)


class _Stream:
    """A download on its way. Its place is given back once: when it was fetched, or when whoever fetched it is gone and nobody knows it any more."""

    def __init__(self, answer: HttpResponseBase, places: SimpleQueue[None]) -> None:
        self.answer, self.places, self.is_closed = answer, places, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.answer)

    def close(self) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        try:
            self.answer.close()
        finally:
            self.places.put(None)

    __del__ = close


def _places(n: int) -> SimpleQueue[None]:
    """So many to be taken and put back. A semaphore would do the same in Python, at every request."""
    places: SimpleQueue[None] = SimpleQueue()
    for _place in range(n):
        places.put(None)
    return places


def _busy(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    kind, words = ("application/json", BUSY_JSON) if environ["PATH_INFO"].startswith(PROGRAMS) else ("text/plain", BUSY)
    headers = {"Content-Type": kind, "Retry-After": "2", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    headers |= {"Content-Security-Policy": "default-src 'none'", "Content-Length": str(len(words))}
    start_response("503 Service Unavailable", list(headers.items()))
    return [words]


application = Gate(get_wsgi_application())
# Of what Django does around every request only one thing is needed here: that its connection goes back to the pool at the end.
for _start in (reset_queries, close_old_connections):
    request_started.disconnect(_start)
request_finished.disconnect(cache.close_caches)
app_calls.serve()
