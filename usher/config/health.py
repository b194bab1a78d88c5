"""Is this process alive, and can it serve? Words only: no names, counts or versions for strangers (SECRET-07)."""

import threading
import time

import psycopg
from django.db import connection
from django.http import HttpRequest, HttpResponse

from usher.core.migrated import lacking
from usher.portal.page import open_to_all

FRESH_SECONDS = 0.5

_lock = threading.Lock()
_last: tuple[float, bool] = (0.0, False)


@open_to_all()
def livez(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; the database is not asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@open_to_all()
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and is of this version, else 503. Asks at most twice a second, whoever calls how often."""
    if ready():
        return HttpResponse("ok\n", content_type="text/plain")
    return HttpResponse("not ready\n", content_type="text/plain", status=503, headers={"Retry-After": "2"})


def ready() -> bool:
    """Whether the database answers and all migrations are applied, on a connection of its own: a full pool is no harm."""
    global _last
    with _lock:
        asked, answer = _last
        if time.monotonic() - asked > FRESH_SECONDS:
            _last = (time.monotonic(), answer := _ask())
        return answer


def _ask() -> bool:
    params = connection.get_connection_params()
    limits = {"connect_timeout": 2, "options": f"{params['options']} -c statement_timeout=2000"}
    try:
        with psycopg.connect(**{**params, **limits}) as own:
            return not lacking(own)
    except psycopg.Error:
        return False
