"""The door of the API: from a bearer token to an Actor, from an operation to an answer. No session, no cookie, no CSRF token is looked at here."""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import cache
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from usher.access import app_calls, tokens
from usher.access.origin import client_ip
from usher.access.scopes import OWN_RIGHT
from usher.accounts.plans import require_area
from usher.core.policy import Policy
from usher.core.refusals import Refused
from usher.journal import answers, denials
from usher.zoom_wire import codes
from usher.zoom_wire.codes import Fault, WireRefused

from . import limits
from .operations import Call, Operation
from .reading import bearer, body_of, key_of, query_of

log = logging.getLogger("usher.api")
WRITES = ("POST", "PUT", "PATCH", "DELETE")
WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
View = Callable[..., HttpResponse]


def view_of(operations: Mapping[str, Operation]) -> View:
    """The view of one path: its operations by method."""

    def answer_to(request: HttpRequest, **path: str) -> HttpResponse:
        # As a rule a thread speaks English already; to say so again is dear.
        with nullcontext() if translation.get_language() == "en" else translation.override("en"):
            return answered(request, lambda: _run(request, operations, path))

    return dressed(answer_to, Policy("token", tuple(operations)))


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every address below /v2 that is none: 400 with code 2300 (README 1), once the token is known to be one. 404 would say that a person is not there."""

    def none() -> HttpResponse:
        holder_of(request)
        raise WireRefused(Fault(400, 2300, "This API endpoint is not recognized."))

    return answered(request, none)


def dressed(view: View, policy: Policy) -> View:
    """A view for programs: they show a token and no cookie, so there is no form to be forged."""
    view.policy = policy  # type: ignore[attr-defined]
    return csrf_exempt(view)


unknown_view = dressed(unknown, Policy("token", ("GET", *WRITES)))


def _run(request: HttpRequest, operations: Mapping[str, Operation], path: Mapping[str, str]) -> HttpResponse:
    """Token, method, scope, limit, then the operation in one transaction: whoever may not learns nothing of what is there."""
    method = "GET" if request.method == "HEAD" else str(request.method)
    operation = operations.get(method)
    holder = holder_of(request, purpose_of(operation, of_oneself(path), limits.are_counted()) if operation else tokens.ANY)
    app_calls.count(holder.app)
    if operation is None:
        raise WireRefused(Fault(405, 300, "This method is not allowed here.", headers={"Allow": ", ".join(operations)}))
    if not holder.opens:
        denials.record(holder.actor, operation.scopes.granular[0], "scope")
        raise WireRefused(codes.no_scope(operation.scopes.granular))
    told = limits.told(holder, operation)
    try:
        response = _done(operation, _read(request, operation, holder, path))
    except Refused as refused:
        limits.give_back(holder.actor, operation)
        if refused.kind == "forbidden":
            denials.record(holder.actor, str(refused.details.get("privilege") or refused.code), refused.code)
        raise WireRefused(codes.fault_of(refused, operation.codes)) from refused
    except Exception:
        limits.give_back(holder.actor, operation)
        raise
    for name, value in told.items():
        response[name] = value
    return response


def of_oneself(path: Mapping[str, str]) -> bool:
    """Whether a path names `me`, or nobody: then it is a thing's own number, and the read of it knows whose it is."""
    return path.get("userId", "me") == "me"


@cache
def purpose_of(operation: Operation, own: bool, counted: bool) -> tokens.Purpose:
    """Any scope of the operation opens it for everybody, one of its own for the person the token stands for (README 1, `me`), with no more than everybody may
    of themselves. Some the contract asks for none.
    """
    scopes = operation.scopes
    of_own = frozenset(scopes.own if scopes.all and own else ())
    return tokens.Purpose(scopes.all, limits.by_plan(operation) if counted else {}, of_own)


def _read(request: HttpRequest, operation: Operation, holder: tokens.Holder, path: Mapping[str, str]) -> Call:
    """What the request says, checked. What cannot be read did nothing, so it is given back like any other no."""
    writes = operation.method in WRITES
    query = query_of(request, operation)
    body, raw = body_of(request, {**operation.body, **operation.kept}) if writes else ({}, {})
    key = f"{holder.app} {holder.actor.user_id} {own}" if (own := key_of(request)) and writes else ""
    return Call(holder.actor, request, path, query, body, raw, key, holder.app)


def _done(operation: Operation, call: Call) -> HttpResponse:
    """The operation: one that writes in one transaction; under a key it answered before, that answer again, and nothing is done."""
    require_area(call.actor, operation.right)
    with nullcontext() if operation.method == "GET" else transaction.atomic():
        known = answers.known(call.actor, call.key, call.wish, right_of(operation, call)) if call.key else None
        if known is not None:
            limits.give_back(call.actor, operation)
            return said(*known)
        made = operation.run(call)
        status, body = operation.success, "" if made is None else made if isinstance(made, str) else written(made)
        if call.key:
            answers.keep(call.actor, call.key, status, body, call.verbs)
        return said(status, body)


def right_of(operation: Operation, call: Call) -> str:
    """What is asked for where an operation started nothing: of oneself the right everybody has."""
    own = operation.scopes.own and of_oneself(call.path) and not call.actor.may(operation.right)
    return OWN_RIGHT if own else operation.right


def holder_of(request: HttpRequest, purpose: tokens.Purpose = tokens.ANY) -> tokens.Holder:
    """Who the token of a request stands for. 401 with code 124 for none, an unknown one, and one that is over (S4-40)."""
    token = bearer(request)
    holder = tokens.holder(token, purpose, request_id=getattr(request, "request_id", ""), ip=client_ip(request.META)) if token else None
    if holder is None:
        raise WireRefused(codes.no_token(codes.INVALID_TOKEN))
    if holder.is_over:
        raise WireRefused(codes.no_token(codes.EXPIRED_TOKEN))
    return holder


def answered(request: HttpRequest, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer, whatever happens: every refusal and every failure is JSON, and carries the number of the request (SECRET-07, AUTHZ-21)."""
    try:
        response = work()
    except WireRefused as refused:
        response = faulty(refused.fault)
    except Refused as refused:
        response = faulty(codes.fault_of(refused, {}))
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        response = faulty(Fault(413, 300, "More was sent than fits in one request."))
    except (BadRequest, SuspiciousOperation, UnreadablePostError):
        response = faulty(Fault(400, 300, "The request could not be read."))
    except (OperationalError, InterfaceError):
        log.exception("%s the database does not answer", getattr(request, "request_id", ""))
        response = faulty(Fault(503, 503, "The service is not available at the moment.", headers={"Retry-After": "5"}))
    except Exception:
        log.exception("%s %s", getattr(request, "request_id", ""), request.method)
        response = faulty(Fault(500, 500, f"Internal error. Number {getattr(request, 'request_id', '')} helps whoever looks into it."))
    response["x-zm-trackingid"] = f"WEB_{getattr(request, 'request_id', '')}"
    return response


def answer(status: int, made: Any) -> HttpResponse:
    return said(status, written(made))


def written(made: Any) -> str:
    return WRITER.encode(made)


def said(status: int, body: str) -> HttpResponse:
    """An answer as clients read it; nothing has no body, and no type of one."""
    response = HttpResponse(body, content_type="application/json", status=status)
    if not body:
        del response["Content-Type"]
    return response


def faulty(fault: Fault) -> HttpResponse:
    response = answer(fault.http, fault.body())
    for name, value in fault.headers.items():
        response[name] = value
    return response
