"""The tab Content of a person: how much of each kind, the newest items, and the way to hand it over (portal.md section 7)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from usher.content import reads
from usher.content.kinds import KINDS, SHELVES
from usher.core.ids import short
from usher.core.keyset import Row
from usher.portal.content.content_list import item_path, length_of, size_of
from usher.portal.content.pages import TABS, shelf_of
from usher.portal.page import SignedIn, page
from usher.portal.people.person.head import around

NEWEST = 50


@page("content:item:view")
def content(request: SignedIn, person_id: UUID) -> HttpResponse:
    """What this person made and has. Anybody of another account does not exist here."""
    context = around(request.actor, person_id, "content")
    counts = reads.counts_of(request.actor, person_id)
    context["shelves"] = shelves_of(counts, person_id)
    context["lines"] = [line_of(r) for r in reads.newest_of(request.actor, person_id, NEWEST)]
    context["total"] = sum(counts.values())
    if request.actor.may("content:item:manage"):
        context["hand_over"] = f"/content/hand-overs?ids={short(person_id)}"
        context["upload"] = "/content/recordings/new?" + urlencode({"owner": context["person"]["email"]})
    return render(request, "content/person.html", context)


def shelves_of(counts: dict[str, int], person_id: UUID) -> list[dict[str, Any]]:
    """The lists this person's items stand in, each with its number and the way there."""
    n = {key: sum(counts.get(kind, 0) for kind in KINDS if shelf_of(kind) == key) for key in SHELVES}
    return [
        {"words": words, "n": n[key], "path": f"{listing.path}?owner={person_id}"}
        for listing, words in TABS
        for key in listing.fixed["shelf"]
        if n[key]
    ]


def line_of(row: Row) -> dict[str, Any]:
    return {**row, "path": item_path(row), "kind_words": KINDS[row["kind"]], "length": length_of(row), "size_words": size_of(row)}
