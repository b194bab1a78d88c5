"""The trash of phones: the list, and back from it. What was taken meanwhile is told, and another extension or number offered (S3-47 … S3-53)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.phone import reads, taken
from usher.phone.numbering import shown
from usher.portal.listing_export import export
from usher.portal.listing_page import Act, list_page
from usher.portal.page import SignedIn, page
from usher.portal.people.belonging import BEFORE_THE_PLAN, Ask, Step, plan_or_ask
from usher.portal.people.bulk import subjects_of
from usher.portal.phone.clash import filled, named, told
from usher.portal.phone.columns import MANAGE, VIEW
from usher.portal.phone.lists import TRASH, around, tabs
from usher.portal.phone.plans import look_at
from usher.portal.plan_page import Option
from usher.portal.templatetags.usher import number

MOST_OFFERED = 50  # free numbers to choose from
NONE = "none"


@page(VIEW)
def trash(request: SignedIn) -> HttpResponse:
    """The Trash tab: phones that can be restored for 30 days (S3-48, S3-49)."""
    words = _("No phone is in the trash. With soft delete on they stay here for 30 days; what they had is free for others meanwhile.")
    bulk = (Act(_("Restore"), "/phone/trash/restorations"), Act(_("Remove"), "/phone/users/removals", last=True))
    frame = around(request.actor, _("Users & Rooms"), words, bulk, row_acts=trash_acts if request.actor.may(MANAGE) else None)
    return list_page(request, TRASH, frame, export_path=f"{TRASH.path}/export", **tabs(request.actor))


@page(VIEW, ("GET", "POST"))
def trash_export(request: SignedIn) -> HttpResponseBase:
    return export(request, TRASH, "phone-trash.csv")


def trash_acts(row: Row) -> list[Act]:
    ids = f"?ids={short(row['id'])}"
    return [Act(_("Restore"), "/phone/trash/restorations" + ids), Act(_("Remove"), "/phone/users/removals" + ids, last=True)]


@page(MANAGE, ("GET", "POST"))
def restoration(request: SignedIn) -> HttpResponseBase:
    """Restore phones from the trash. Of one whose extension or numbers others have by now it is asked first what it shall have instead (S3-49, S3-53)."""
    subjects, data = subjects_of(request), request.GET
    gone = taken.meanwhile(request.actor, UUID(subjects["ids"][0])) if len(subjects.get("ids", ())) == 1 else None
    asks = instead(request.actor, gone, data) if gone else []
    chosen = [data[ask.name] for ask in asks if ask.kind == "select" and data.get(ask.name, NONE) != NONE]
    wish = {
        "subjects": subjects,
        "extension": data.get("extension_to", "").strip() if gone else "",
        "numbers": [*gone["left"], *chosen] if gone and gone["lost"] else None,
    }
    note = _("Whose extension is taken gets the next free one; numbers and packages come back as far as they are free.")
    look = look_at(_("Restore"), restore_words, begun=TRASH.path, note=note if gone is None else "")
    answered = not asks or any(ask.name in data for ask in asks)
    step = Step(what_is_gone(request.actor, gone), BEFORE_THE_PLAN.button) if gone else BEFORE_THE_PLAN
    return plan_or_ask(request, "phone.restore" if answered else "", wish, look, asks, _("Somebody else has some of it by now"), step)


def restore_words(n: int) -> str:
    return ngettext("Restore %(n)s phone", "Restore %(n)s phones", n) % {"n": number(n)}


def instead(actor: Actor, gone: dict[str, Any], data: Any) -> list[Ask]:
    """What is asked: another extension, and for each lost number another one of those that are free."""
    asks = []
    if gone["extension_of"]:
        hint = _("Empty for the next free one of the site.")
        asks.append(Ask("extension_to", _("Another extension"), "text", data.get("extension_to", ""), hint=hint))
    if gone["lost"] and actor.may("phone:number:manage"):
        free = [Option(n["number"], shown(n["number"])) for n in reads.numbers(actor, free=True, limit=MOST_OFFERED)]
        for nth, lost in enumerate(gone["lost"], 1):
            words = _("Instead of %(number)s") % {"number": shown(lost["number"])}
            asks.append(Ask(f"number_{nth}", words, "select", data.get(f"number_{nth}", ""), [Option(NONE, _("None")), *free]))
    return asks


def what_is_gone(actor: Actor, gone: dict[str, Any]) -> Any:
    """Sentences about whose each is now, with the way to them."""
    sentences = []
    if gone["extension_of"]:
        sentences.append(told(actor, _("Extension %(extension)s belongs to %(name)s now."), gone["extension"], gone["extension_of"]))
    for lost in gone["lost"]:
        if lost["id"]:
            sentences.append(filled(_("%(number)s belongs to %(name)s now."), number=shown(lost["number"]), name=named(actor, lost)))
        else:
            sentences.append(filled(_("%(number)s is not in the inventory any more."), number=shown(lost["number"])))
    return format_html_join(" ", "{}", ((s,) for s in sentences))
