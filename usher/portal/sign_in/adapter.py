"""allauth's door into ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from usher.access import sessions
from usher.portal.sign_in.coming_home import at_home
from usher.portal.sign_in.entering import bind


class Adapter(DefaultAccountAdapter):
    """Nobody signs up here: people are added, invited or opened by the operator. A sign-in binds the session to the person."""

    def is_open_for_signup(self, request: object) -> bool:
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Every step is taken: a new session id, bound to the person who was expected, and a line in their history (SESSION-01).

        Who was unlinked and lives nowhere gets an account of their own now, and not before the last step.
        """
        person, means = sessions.expected(request.session)
        if person.user_id is None:
            person = at_home(request, person.login_id, means)
        super().login(request, user)
        bind(request, person, means)

    def add_message(self, *_args: Any, **_more: Any) -> None:
        """The page somebody lands on says enough."""
