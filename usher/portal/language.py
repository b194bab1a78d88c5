"""The language of a page: the person's own choice, else what the browser asks for, else the account's; and the time zone they live by."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from usher.core.actor import Actor
from usher.core.clock import zone_of

Next = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """After ActorMiddleware, which knows the person; before it is known, the browser alone decides."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request, None)), timezone.override(None):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None:
            speak_to(request, actor)


def speak_to(request: HttpRequest, actor: Actor) -> None:
    """From here on, until the request is over, everything said is said to this person."""
    translation.activate(language_of(request, actor))
    timezone.activate(zone_of(actor.time_zone))


def language_of(request: HttpRequest, actor: Actor | None) -> str:
    """One of settings.LANGUAGES, always."""
    own, account = actor.languages if actor else ("", "")
    asked = [code for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:500])]
    for code in (own, *asked, account):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return "en"
