"""Selections that are too long for an address: the ticks go to the server, and their name into the address (S4-48)."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse

from usher.core.ids import short
from usher.people import kept
from usher.portal.page import SignedIn, member_page
from usher.portal.wish import ids_of, split


@member_page(("POST",))
def selections(request: SignedIn) -> HttpResponse:
    """Keep what was ticked until now; how the address calls it, and how many there are."""
    made = kept.keep(request.actor, ids_of(split(request.POST, "add")))
    return JsonResponse({"selection": short(made), "n": kept.size(request.actor, made)})


@member_page(("POST",))
def selection(request: SignedIn, selection_id: UUID) -> HttpResponse:
    """Tick more, or fewer. Another's selection is not here."""
    add, drop = (ids_of(split(request.POST, key)) for key in ("add", "drop"))
    return JsonResponse({"selection": short(selection_id), "n": kept.change(request.actor, selection_id, add=add, drop=drop)})
