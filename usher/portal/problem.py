"""What a person sees when something is refused or broken: what is, why, what next. 5xx pages never ask the database."""

import logging
import secrets
import sys
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from usher.core.privileges import known
from usher.core.refusals import Refused
from usher.core.room_left import is_full
from usher.portal.language import speak_to

log = logging.getLogger("usher.portal")
STATUS = {"forbidden": 403, "missing": 404, "invalid": 422, "conflict": 409, "later": 503}
RETRY_AFTER = "5"
OF_PROGRAMS = ("/v2/", "/oauth/token", "/oauth/revoke", "/rec/download/")  # what is refused there before the API sees it is JSON as well
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
PAIRS = [one + other for one in LETTERS for other in LETTERS]


def problem(
    request: HttpRequest, status: int, title: str, words: str, *, action: tuple[str, str] | None = None, **headers: str
) -> HttpResponse:
    """One page for every refusal; for htmx a notice in the corner, so that the page behind it stays as it is; for a program JSON. `action`: words and a path
    that help."""
    if request.path_info.startswith(OF_PROGRAMS):
        return _with(JsonResponse({"code": status, "message": words}, status=status), headers)
    context = {"status": status, "title": title, "words": words, "action": action}
    is_htmx = request.headers.get("HX-Request") == "true"
    response = render(request, "problem.html#notice" if is_htmx else "problem.html", context, status=status)
    if is_htmx:
        response["HX-Retarget"], response["HX-Reswap"], response["HX-Reselect"] = "#notices", "beforeend", "unset"
    return _with(response, headers)


def _with(response: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A verb's or a read's no, as a page."""
    if refused.kind == "forbidden":
        write_down(request, str(refused.details.get("privilege") or refused.code), refused.code)
    if wait := refused.details.get("retry_after"):
        return problem(request, 429, _("Too many tries"), refused.words, Retry_After=str(wait))
    titles = {
        "forbidden": _("Not on the plan of this account") if refused.code == "plan" else _("You may not do this"),
        "missing": _("Not here"),
        "invalid": _("This cannot be done as it stands"),
        "conflict": _("Something else happened first"),
        "later": _("Not right now"),
    }
    words = (
        f"{refused.words} {asking(request, 'people:user:manage')}"
        if refused.code == "scope" and refused.kind == "forbidden"
        else refused.words
    )
    response = problem(request, STATUS[refused.kind], titles[refused.kind], words)
    if refused.kind == "later":
        response["Retry-After"] = RETRY_AFTER
    return response


def without_privilege(request: Any, privilege: str) -> HttpResponse:
    """403 that names the missing right and the people who can give it (S0-5, S4-23)."""
    write_down(request, privilege, "privilege")
    needs = _("This needs the right to %(right)s.") % {"right": known(privilege).words}
    return problem(request, 403, _("You may not see this page"), f"{needs} {asking(request, privilege)}".strip())


def asking(request: Any, privilege: str) -> str:
    """Whom to ask for something that needs this right; empty when nobody has it."""
    from usher.access.actors import name_of  # late: this module is loaded before the models are
    from usher.access.roles import people_to_ask
    from usher.journal.names import one_of

    people = [f"{name_of(p)} ({_called(p)})" for p in people_to_ask(request.actor.account_id, privilege)]
    return _("Ask %(people)s.") % {"people": one_of(people)} if people else ""


def write_down(request: Any, what: str, code: str) -> None:
    """A denied attempt of somebody who is signed in is told in Activity (AUDIT-02)."""
    from usher.journal import denials  # late, as above

    if getattr(request, "actor", None) is not None:
        denials.record(request.actor, what, code)


def without_factor(request: HttpRequest) -> HttpResponse:
    """403 for an administrator whose account asks for a second factor (ASVS 6.3.3), with the way to one."""
    words = _("Your account asks every administrator for a second factor, and you have none yet. Set one up; your rights are back at once.")
    return problem(request, 403, _("A second factor is needed"), words, action=(_("Set up a second factor"), "/me/security"))


def _called(person: Mapping[str, Any]) -> str:
    """A role in the middle of a sentence."""
    system = {"owner": pgettext("role in a sentence", "owner"), "admin": pgettext("role in a sentence", "admin")}
    return system.get(person["role"]) or str(person["role_name"])


def wrong_method(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    words = _("This address cannot be used that way. Go back and use the button on the page.")
    return problem(request, 405, _("Not in this way"), words, Allow=", ".join(allowed))


def not_found(request: Any, exception: Exception | None = None) -> HttpResponse:
    """404, inside the frame for somebody who is signed in."""
    from usher.access.actors import actor_of_session  # late, as above

    if hasattr(request, "session"):
        request.actor = request.actor or actor_of_session(request)
    if getattr(request, "actor", None):
        speak_to(request, request.actor)
    words = _("There is nothing at this address. It may have been removed, or the address has a typing error.")
    return problem(request, 404, _("Not here"), words)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, and 413 when the request is larger than we read."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_much(request)
    return problem(request, 400, _("Not readable"), _("The request could not be read; nothing was done. Go back and try again."))


def too_much(request: HttpRequest) -> HttpResponse:
    """413: refused by its announced size, before it is read."""
    words = _("More was sent than fits in one go; nothing was done. Send less at once, or use the command line for larger files.")
    return problem(request, 413, _("Too much at once"), words)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(request, 403, _("You may not do this"), _("This is not open to you; nothing was done."))


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the form did not come from a page of ours, or the page was open for too long (SESSION-08)."""
    words = _(
        "This form did not come from a page of this service, or the page was open for too long. Nothing was done. Load the page again."
    )
    return problem(request, 403, _("Load the page again"), words)


def server_error(request: HttpRequest) -> HttpResponse:
    """Whatever nobody expected. A lost or overloaded database, and a full disk, are 503 with Retry-After (F06, F10, F12), everything else 500 with a number."""
    return broken(request, sys.exc_info()[1])


def broken(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """One line in the log, one kind page; no trace, no name of anything inside ever reaches the screen (SECRET-07)."""
    number = getattr(request, "request_id", "") or new_number()
    log.error("%s %s %s: %s: %s", number, request.method, place(request), type(error).__name__, error, exc_info=error)
    if is_full(error):
        words = _("There is no room left on a disk of the server; nothing was changed. Whoever runs it can make room. Reading still works.")
        return problem(request, 503, _("Not right now"), words, Retry_After=RETRY_AFTER)
    if isinstance(error, OperationalError | InterfaceError):
        words = _("The database does not answer at the moment; nothing was changed. Try again in a few seconds.")
        return problem(request, 503, _("Not right now"), words, Retry_After=RETRY_AFTER)
    words = _("Something went wrong on our side and nothing was changed. Number %(number)s helps whoever looks into it.")
    return problem(request, 500, _("Something went wrong"), words % {"number": number})


def place(request: HttpRequest) -> str:
    """Where it happened, as the route and not as the address: addresses of links hold their secret (INVITE-23, SESSION-14)."""
    return f"/{request.resolver_match.route}" if request.resolver_match else "/" + request.path.split("/")[1]


def new_number() -> str:
    """A number a person can read out, like 7F3K-21."""
    drawn, digits = divmod(secrets.randbelow(len(PAIRS) ** 2 * 90), 90)
    first, second = divmod(drawn, len(PAIRS))
    return f"{PAIRS[first]}{PAIRS[second]}-{digits + 10}"
