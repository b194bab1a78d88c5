"""allauth's door into ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from usher.access import sessions
from usher.access.actors import remember
from usher.access.origin import client_ip
from usher.access.way_in import came_in


class Adapter(DefaultAccountAdapter):
    """Nobody signs up here: people are added, invited or opened by the operator. A sign-in binds the session to the person."""

    def is_open_for_signup(self, request: object) -> bool:
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Every step is taken: a new session id, bound to the person who was expected, and a line in their history (SESSION-01)."""
        person, epoch, means = sessions.expected(request.session)
        super().login(request, user)
        remember(request, person, epoch)
        came_in(person, means, client_ip(request.META), request.headers.get("User-Agent", ""))

    def add_message(self, *_args: Any, **_more: Any) -> None:
        """The page somebody lands on says enough."""
