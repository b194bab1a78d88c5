"""The notice of a plan that touches one marked person, because somebody chose them by hand."""

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.journal.verb import Plan
from usher.people import marks
from usher.people.of_people import OfPeople


def marked_words(actor: Actor, planned: Plan) -> str:
    """That the one person of a plan is marked, and why; empty for everybody else, and where the mark itself is what changes."""
    subjects = planned.params.get("subjects", {})
    meant = isinstance(planned.verb, OfPeople) and planned.verb.spares_marked and not planned.undoes and not marks.of_many(subjects)
    mark = marks.mark_of(actor, subjects["ids"][0]) if meant else None
    if not mark:
        return ""
    told = _("This is a service account.") if mark["kind"] == "service" else _("This person is on the never-touch list.")
    why = _("Why: %(why)s.") % {"why": mark["why"].rstrip(".")} if mark["why"] else ""
    return " ".join(t for t in [told, why, _("You chose them by hand, so it is done all the same.")] if t)
