"""What a browser is asked for a passkey: the question goes out as JSON, the session keeps its other half for one answer."""

import json
from typing import Any
from uuid import UUID

from allauth.account.stages import LoginStageController
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest, HttpResponse, JsonResponse

from usher.access import passkeys, sessions
from usher.access.origin import client_ip, neighborhood
from usher.access.passkeys import LONGEST_ANSWER, Question
from usher.access.throttle import PASSKEY_ORIGIN, spend
from usher.access.way_in import by_user
from usher.core.refusals import Refused
from usher.portal.page import SignedIn, member_page, public

KEPT = "usher_passkey"


@public(("POST",))
def show_one(request: SignedIn) -> HttpResponse:
    """For a stranger any passkey; for somebody half or wholly signed in one of theirs. Counted by origin: each question makes a session."""
    if request.actor is None:
        spend((PASSKEY_ORIGIN, neighborhood(client_ip(request.META))))
    return _ask(request, passkeys.ask_for_one(_login_of(request)))


@member_page(("POST",))
def make_one(request: SignedIn) -> HttpResponse:
    """A new passkey for whoever is signed in. The question changes nothing; adding the answer needs a fresh sign-in."""
    person = by_user(request.actor.user_id) if request.actor.user_id else None
    if person is None:
        raise Refused("missing", "gone", "")
    return _ask(request, passkeys.ask_for_new(person.login_id, request.actor.email, request.actor.name))


def answer_of(request: HttpRequest, text: str) -> tuple[Any, Any]:
    """What the session kept of the question, once, and what the browser answered; None for what is no answer."""
    kept = request.session.pop(KEPT, None)
    try:
        return kept, json.loads(text) if len(text) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return kept, None


def _login_of(request: SignedIn) -> UUID | None:
    if request.actor is None:
        return sessions.expecting(request.session) if LoginStageController.enter(request, AuthenticateStage.key) else None
    person = by_user(request.actor.user_id) if request.actor.user_id else None
    return person.login_id if person else None


def _ask(request: HttpRequest, question: Question) -> HttpResponse:
    request.session[KEPT] = question.kept
    return JsonResponse(question.asked)
