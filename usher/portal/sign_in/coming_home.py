"""Who was unlinked and lives nowhere gets an account of their own, when every step of their sign-in is taken."""

from uuid import UUID

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest

from usher.access.actors import actor_of_person
from usher.access.factor_verbs import note_code_used
from usher.access.origin import client_ip
from usher.access.way_in import Person, by_login
from usher.lifecycle.own_account import open_for
from usher.portal.sign_in.entering import no_way_in


def somewhere(request: HttpRequest, login: UUID) -> Person | None:
    """The person of a login somebody has shown to be theirs, in an account of their own when they belong nowhere and were unlinked."""
    person = by_login(login)
    if person is not None and person.user_id is None:
        open_for(login, ip=client_ip(request.META), request_id=getattr(request, "request_id", ""))
        return by_login(login)
    return person


def at_home(request: HttpRequest, login: UUID, means: str) -> Person:
    """The same at the end of a sign-in, where nobody without a place goes on. A recovery code spent on the way is told to them there."""
    person = somewhere(request, login)
    if person is None or person.user_id is None or person.status != "active":
        raise ImmediateHttpResponse(no_way_in(request, person))
    if means.endswith("+recovery_code"):
        note_code_used(actor_of_person(request, person.user_id))
    return person
