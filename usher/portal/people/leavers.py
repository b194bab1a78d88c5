"""Leavers by file: choose a CSV file of addresses and what becomes of the people, then see the plan (S4-2; behaviour.md E)."""

from typing import Any, BinaryIO, cast

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.ids import short
from usher.core.refusals import Refused
from usher.lifecycle.staging import MOST_IN_PORTAL, stage_people_here
from usher.portal.page import SignedIn, page
from usher.portal.plan_page import Option

WAYS = {
    "deactivations": (gettext_lazy("Deactivate"), gettext_lazy("no access, seats free, everything else stays")),
    "unlinkings": (gettext_lazy("Unlink"), gettext_lazy("they leave the account and keep a free one of their own")),
    "deletions": (gettext_lazy("Delete"), gettext_lazy("into the trash, then gone")),
    "reactivations": (gettext_lazy("Reactivate"), gettext_lazy("they may sign in again, with the seats that are free")),
}


@page("people:user:manage", ("GET", "POST"))
def leavers(request: SignedIn) -> HttpResponse:
    """Choose a file and a way. The file is staged at upload; the plan names every line that cannot be done."""
    if request.method == "GET":
        return _form(request, "deactivations")
    way, file = request.POST.get("way", ""), request.FILES.get("file")
    if way not in WAYS:
        return _form(request, "", {"field": "way", "words": _("Choose what becomes of them.")})
    if file is None or file.file is None:
        return _form(request, way, {"field": "file", "words": _("No file was chosen. Choose a CSV file.")})
    try:
        stage = stage_people_here(request.actor, cast(BinaryIO, file.file), file.name or "", most=MOST_IN_PORTAL)
    except Refused as refused:
        return _form(request, way, {"field": "file", "words": refused.words})
    return HttpResponseRedirect(f"/people/{way}?stage={short(stage.id)}", status=303)


def _form(request: SignedIn, way: str, trouble: dict[str, str] | None = None) -> HttpResponse:
    ways = [Option(key, words, note) for key, (words, note) in WAYS.items()]
    context: dict[str, Any] = {"way": way, "ways": ways, "trouble": trouble, "most": MOST_IN_PORTAL}
    return render(request, "people/leavers.html", context, status=422 if trouble else 200)
