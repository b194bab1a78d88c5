"""Another address for one person as a form: a dialog, and a page of its own (behaviour.md A; portal.md section 6)."""

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render

from usher.access.actors import name_of
from usher.core.refusals import Refused
from usher.lifecycle.addresses import change_address, managed_domains
from usher.people import rank
from usher.people.person import person
from usher.portal.page import SignedIn, key_of, page
from usher.portal.people.person.editing import done


@page("people:user:manage", ("GET", "POST"))
def address(request: SignedIn, person_id: UUID) -> HttpResponse:
    """The form, and the change. Refused (forbidden) for an admin who changes another admin (AUTHZ-05)."""
    found = person(request.actor, person_id)
    if not rank.may_change(request.actor, found):
        raise Refused("forbidden", "higher_rank", rank.words_for(found["role"]))
    email = request.POST.get("email", "").strip() or found["email"]
    trouble = None
    if request.method == "POST":
        try:
            return done(request, found, change_address(request.actor, person_id, email, key_of(request)))
        except Refused as refused:
            trouble = {"field": "email", "words": refused.words}
    template = "people/person_address.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else "")
    context = {
        "person": found,
        "name": name_of(found),
        "email": email,
        "trouble": trouble or {},
        "key": uuid4().hex,
        "domains": managed_domains(request.actor),
    }
    return render(request, template, context, status=422 if trouble else 200)
