"""The middlewares of the portal: everything that holds for every request, in the order of settings.MIDDLEWARE."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.handlers.exception import convert_exception_to_response
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import ResolverMatch, resolve

from usher.core.policy import Policy
from usher.portal.page import check_policies
from usher.portal.problem import broken, csrf_refused, new_number, too_much, wrong_method

Next = Callable[[HttpRequest], HttpResponse]
MOST_BYTES = 24 * 1024 * 1024  # of one request; an import of 9,998 lines is a tenth of it. Pages that take files: USHER_UPLOAD_MAX more
KNOWN_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
LONGEST_KEPT = 200  # characters of an address whose view is remembered
NO_SESSION = ("open", "token", "client")  # whoever is signed in is nobody there
HEADERS = {
    "Content-Security-Policy": CSP,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def stored(headers: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Headers as Django keeps those of an answer."""
    return {name.lower(): (name, value) for name, value in headers.items()}


STORED = stored(HEADERS)
NO_STORE = stored({"Cache-Control": "no-store"})


class Programs:
    """Outermost. What programs call needs no session, no language and no form: its view answers at once, past the middlewares that pages need. What those
    put on every answer it gets all the same.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.answer: Next = convert_exception_to_response(answer_of_view)  # type: ignore[assignment]
        self.compressed: Callable[..., HttpResponse] = GZipMiddleware(get_response).process_response  # type: ignore[assignment]
        self.over_http = stored(headers_of_programs())
        hsts = {"Strict-Transport-Security": f"max-age={settings.SECURE_HSTS_SECONDS}"} if settings.SECURE_HSTS_SECONDS else {}
        self.over_https = {**self.over_http, **stored(hsts)}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/v2/"):
            return self.get_response(request)
        response = last_resort(request, self.answer)
        if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            response = self.compressed(request, response)
        strict = self.over_https if request.is_secure() else self.over_http
        # Past the interface: it would read each of these texts anew for every answer.
        response.headers._store = {**strict, **response.headers._store, **NO_STORE}
        return response


def headers_of_programs() -> dict[str, str]:
    """What SecurityMiddleware, SecurityHeaders and GZipMiddleware would put on an answer to a program; a test compares it with a page."""
    return {
        **HEADERS,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Vary": "Accept-Encoding",
    }


def answer_of_view(request: HttpRequest) -> HttpResponse:
    """What the view of an address answers; more than MOST_BYTES is not read."""
    if size_of(request) > MOST_BYTES:
        return too_much(request)
    path = request.path_info
    match = request.resolver_match = route_of(path) if len(path) <= LONGEST_KEPT else resolve(path)
    return match.func(request, *match.args, **match.kwargs)


@lru_cache(maxsize=1000)
def route_of(path: str) -> ResolverMatch:
    """Whose view answers at an address: programs ask for the same few again and again."""
    return resolve(path)


def last_resort(request: HttpRequest, get_response: Next) -> HttpResponse:
    """The answer, with the number that the request gets here; unknown methods are refused, and every exception becomes a page."""
    request.request_id = new_number()  # type: ignore[attr-defined]
    request.actor = None  # type: ignore[attr-defined]
    if request.method not in KNOWN_METHODS:
        return wrong_method(request, ("GET",))
    if size_of(request) > MOST_BYTES + settings.UPLOAD_MAX:
        return too_much(request)
    try:
        response = get_response(request)
    except Exception as error:
        response = broken(request, error)
    response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
    return response


def size_of(request: HttpRequest) -> int:
    """What the client says it sends, before any of it is read; nonsense counts as nothing, and then nothing is read."""
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0


class LastResort:
    """Gives the request its number, refuses unknown methods, and turns every exception into a page."""

    def __init__(self, get_response: Next) -> None:
        check_policies()
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return last_resort(request, self.get_response)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        """Before the form is read for its token: a large one only where files belong, and only from somebody who may put them there (DOS-09)."""
        from usher.access.actors import actor_of_session  # late: the door is loaded before the models are

        if size_of(request) <= MOST_BYTES:
            return None
        actor = actor_of_session(request) if getattr(view, "takes_files", False) else None
        return None if actor and actor.may(view.policy.privilege) else too_much(request)  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a page raised, before Django writes a page of trace into the log. Django's own kinds (404, 400, 403) go their way."""
        if isinstance(error, Http404 | PermissionDenied | SuspiciousOperation | BadRequest):
            return None
        return broken(request, error)


class SecurityHeaders:
    """WEB-04: the same strict headers on every answer; nothing but assets is ever kept by a cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Past the interface: it would read each of these texts anew for every answer.
        response.headers._store = {**STORED, **response.headers._store}
        if not (request.path_info.startswith(settings.STATIC_URL) and response.status_code in (200, 304)):
            response["Cache-Control"] = "no-store"
        return response


class ActorMiddleware:
    """Innermost: who asks, read from the session once per request, the access epoch checked each time."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        from usher.access.actors import actor_of_session  # late: the door is loaded before the models are

        policy = getattr(view, "policy", None)
        if isinstance(policy, Policy) and policy.kind not in NO_SESSION:
            request.actor = actor_of_session(request)  # type: ignore[attr-defined]


__all__ = ["ActorMiddleware", "LastResort", "Programs", "SecurityHeaders", "csrf_refused"]
