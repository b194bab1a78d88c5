"""Who was unlinked and lives nowhere gets an account of their own, when every step of their sign-in is taken."""

from uuid import UUID

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest

from usher.access.actors import actor_of_person
from usher.access.factor_verbs import note_code_used
from usher.access.origin import client_ip
from usher.access.own import note_password
from usher.access.way_in import Person, by_login
from usher.lifecycle.own_account import open_for
from usher.portal.sign_in.entering import no_way_in


def at_home(request: HttpRequest, login: UUID, means: str) -> Person:
    """The person of a login somebody has shown to be theirs, in an account of their own when they belong nowhere and were unlinked.

    What happened on the way is told to them there: a recovery code that was spent, a password chosen by a reset link.
    """
    open_for(login, ip=client_ip(request.META), request_id=getattr(request, "request_id", ""))
    person = by_login(login)
    if person is None or person.user_id is None or person.status != "active":
        raise ImmediateHttpResponse(no_way_in(request, person))
    actor = actor_of_person(request, person.user_id)
    if means.endswith("+recovery_code"):
        note_code_used(actor)
    if means.startswith("reset"):
        note_password(actor, "reset")
    return by_login(login) or person
