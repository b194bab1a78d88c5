"""Out of the trash for good, as a plan page: some people, or all of the trash (portal.md 5.8)."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.journal.plan import Preview
from usher.journal.verb import plan
from usher.portal.page import SignedIn, page
from usher.portal.people.trash import chosen_of
from usher.portal.plan_page import Look, plan_page
from usher.portal.templatetags.usher import number

ITEMS = 1  # the phase of lifecycle.purge that removes content


def items_words(seen: Preview) -> str:
    """How much content goes with them."""
    n = sum(t.n for t in seen.tallies if t.phase == ITEMS)
    return ngettext("%(n)s item of theirs goes too.", "%(n)s items of theirs go too.", n) % {"n": number(n)} if n else ""


@page("people:user:manage", ("GET", "POST"))
def purges(request: SignedIn) -> HttpResponseBase:
    """Delete people for good; the number or the name is typed, after a fresh sign-in."""
    wish = chosen_of(request)
    title = _("Empty trash") if wish.get("all") else _("Delete for good")
    look = Look(
        title=title,
        crumbs=[(_("Trash"), "/people/trash"), (title, "")],
        button=lambda n: ngettext("Delete %(n)s person for good", "Delete %(n)s people for good", n) % {"n": number(n)},
        back=(_("Cancel"), "/people/trash"),
        tally={"will": _("will be gone for good")},
        more=items_words,
        note=_("Activity keeps telling what was done to them, with the name and address they had."),
    )
    return plan_page(request, plan(request.actor, "lifecycle.purge", wish), look)
