"""Django's and allauth's way to our passwords: canonical address, limits before the check, the same time for everybody."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from usher.people.models import Login

from .origin import UNKNOWN, client_ip
from .way_in import by_password

PATH = "usher.access.backend.Backend"


class Backend(BaseBackend):
    """The one authentication backend. Refused (later, too_many) passes through to the page."""

    def authenticate(self, request: HttpRequest | None, email: str = "", password: str = "") -> Login | None:  # type: ignore[override]
        """The login of an address and its password, or None."""
        person = by_password(email, password, client_ip(request.META) if request else UNKNOWN)
        return self.get_user(person.login_id) if person else None

    def get_user(self, user_id: UUID) -> Login | None:
        return Login.objects.filter(pk=user_id).first()
