"""The tab Phone of a person, and the form of their extension (S3-4, S3-20, S3-23; portal.md section 7)."""

from uuid import UUID, uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from usher.core.ids import short
from usher.core.refusals import Refused, not_found
from usher.journal import engine
from usher.journal.verb import plan
from usher.licenses import ledger
from usher.licenses.catalog import PHONE, PRODUCTS
from usher.phone import reads
from usher.phone.numbering import shown
from usher.phone.verbs.templates import POLICY
from usher.portal.page import SignedIn, page
from usher.portal.people.adding import key_of
from usher.portal.people.person.head import around
from usher.portal.phone.lists import MANAGE, VIEW, set_up_of


@page(VIEW)
def phone(request: SignedIn, person_id: UUID) -> HttpResponse:
    """What phone somebody has; without one, the next step."""
    context, found = around(request.actor, person_id, "phone"), reads.phone(request.actor, person_id)
    active = found is not None and found["state"] == "active"
    context |= {
        "phone": found if active else None,
        "away": found if found and found["state"] == "trash" else None,
        "waits": not active and reads.waits(request.actor, person_id),
        "numbers": [shown(n) for n in found["numbers"]] if found else [],
        "packages": [PRODUCTS[p].name for p in found["packages"]] if found else [],
        "policy": [POLICY[k][v] for k, v in (found["policy"] if found else {}).items() if v in POLICY.get(k, {})],
        "state": set_up_of(found) if found else None,
        "free": ledger.free(request.actor).get(PHONE, 0),
        "may_change": request.actor.may(MANAGE),
        "ids": f"?ids={short(person_id)}",
    }
    return render(request, "phone/person.html", context)


@page(MANAGE, ("GET", "POST"))
def extension(request: SignedIn, person_id: UUID) -> HttpResponse:
    """Another extension for one person: a dialog, and a page of its own."""
    context = around(request.actor, person_id, "phone")
    found = reads.phone(request.actor, person_id)
    path = f"/people/{short(person_id)}/phone"
    if found is None or found["state"] != "active":
        raise not_found(_("This phone"))
    given, trouble = request.POST.get("extension", found["extension"]), {}
    if request.method == "POST":
        try:
            engine.start(plan(request.actor, "phone.set_extension", {"holder": str(person_id), "extension": given}), key_of(request))
            if request.headers.get("HX-Request") == "true":
                return HttpResponse(status=204, headers={"HX-Redirect": path})
            return HttpResponseRedirect(path, status=303)
        except Refused as refused:
            trouble = {"field": "extension", "words": refused.words}
    context |= {"given": given, "trouble": trouble, "key": uuid4().hex, "back": path, "path": request.path}
    template = "phone/extension.html" + ("#dialog" if request.headers.get("HX-Request") == "true" else "")
    return render(request, template, context, status=422 if trouble else 200)
