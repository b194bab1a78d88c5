"""What makes a function a page: who may open it, by which methods, and what a refusal looks like.

Every URL's view carries a policy; the web process does not start when one carries none (AUTHZ-13).
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.http import url_has_allowed_host_and_scheme

from usher.accounts.plans import require_area
from usher.core.actor import Actor
from usher.core.policy import Policy
from usher.core.privileges import known
from usher.core.refusals import Refused
from usher.portal.problem import refusal, without_factor, without_privilege, wrong_method

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


MUST_ANSWER = "usher_must_answer"  # of the session: a question comes first, whatever else is asked for
QUESTION = "/me/consolidation"


class SignedIn(HttpRequest):
    """The request a page sees: somebody is signed in."""

    actor: Actor
    request_id: str


def page(privilege: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page that needs a right. Not signed in: sign-in and back; without the right: 403 that says whom to ask."""
    return _guarded(Policy("privilege", methods, privilege))


def member_page(methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page for everybody who is signed in."""
    return _guarded(Policy("member", methods))


def public(methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A page for anybody; `request.actor` is None for a stranger."""
    return _guarded(Policy("public", methods))


def open_to_all(methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """An answer that does not depend on who asks and does not read the session (health checks)."""
    return _guarded(Policy("open", methods))


def takes_files(view: View) -> View:
    """Above @page: this page takes files up to USHER_UPLOAD_MAX, from whoever holds its right."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def _guarded(policy: Policy) -> Callable[[View], View]:
    def dress(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedIn, *args: Any, **path: Any) -> HttpResponseBase:
            denied = _denied(request, policy)
            if denied is not None:
                return denied
            try:
                require_area(request.actor, policy.privilege)
                return view(request, *args, **path)
            except Refused as refused:
                return refusal(request, refused)

        guarded.policy = policy  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return dress


def _denied(request: SignedIn, policy: Policy) -> HttpResponse | None:
    """Sign-in first, then the right, then the method: a stranger learns nothing about a page, not even its methods."""
    if policy.kind in ("member", "privilege") and request.actor is None:
        return to_sign_in(request)
    if (
        policy.kind in ("member", "privilege")
        and request.session.get(MUST_ANSWER)
        and not request.path.startswith((QUESTION, "/me/confirm"))
    ):
        return HttpResponseRedirect(QUESTION)
    if policy.kind == "privilege" and request.actor.lacks_factor:
        return without_factor(request)
    if policy.kind == "privilege" and not request.actor.may(policy.privilege):
        return without_privilege(request, policy.privilege)
    method = "GET" if request.method == "HEAD" else request.method
    return None if method in policy.methods else wrong_method(request, policy.methods)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The way in, and back again after it. htmx is told to move the whole page."""
    is_htmx = request.headers.get("HX-Request") == "true"
    here = request.headers.get("HX-Current-URL", "") if is_htmx else request.get_full_path()
    address = "/sign-in?next=" + quote(own_path(here, request), safe="")
    if is_htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def key_of(request: HttpRequest) -> str:
    """The form's own key, made when it was shown: a second press sends the same one (F20)."""
    return "portal:" + "".join(c for c in request.POST.get("key", "") if c.isalnum())[:64]


def own_path(address: str, request: HttpRequest) -> str:
    """The path of an address of this very origin, else "/" (WEB-03: no other host, no tricks with slashes)."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    has_host = "://" in address.partition("?")[0]  # in what follows, another address may stand
    path = "/" + address.split("://", 1)[-1].split("/", 1)[-1] if has_host else address
    clean = path.startswith("/") and not path.startswith(("//", "/\\", "/%2f", "/%2F", "/%5c", "/%5C")) and path.isprintable()
    return path if clean else "/"


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every route of the service with its full pattern."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, prefix + str(entry.pattern))
            else:
                yield prefix + str(entry.pattern), entry

    return walk(get_resolver().url_patterns, "/")


def check_policies() -> None:
    """Raise at start when a route has no policy, or one that names an unknown right."""
    for pattern, route in routes():
        policy = getattr(route.callback, "policy", None)
        if not isinstance(policy, Policy):
            raise RuntimeError(f"{pattern} carries no policy. Dress its view with @page, @member_page, @public or @open_to_all.")
        if policy.privilege:
            known(policy.privilege)
