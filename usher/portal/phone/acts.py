"""What is done to phones: above their list, from a row, and on the page of one; the same choices everywhere (S3-26, S3-41, S3-47, S3-56, S3-61).

`path` is where the pages of people's or of rooms' phones begin; `bin` whether a phone goes to the trash first.
"""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.portal.listing import Words
from usher.portal.listing_page import Act
from usher.portal.phone.columns import MANAGE

PathOf = Callable[[Row], str]


def bulk_acts(path: str, bin: bool = False, use: tuple[Act, ...] = ()) -> tuple[Act, ...]:
    """The verbs above the list; `use` are use_acts, where phones have that state."""
    return (
        Act(_("Assign package"), f"{path}/package-assignments"),
        Act(_("Site"), f"{path}/site-changes"),
        Act(_("Template"), f"{path}/template-applications"),
        *use,
        Act(_("Remove all packages"), f"{path}/package-removals"),
        *((Act(_("Move to trash"), f"{path}/trashings"),) if bin else ()),
        Act(_("Remove"), f"{path}/removals", last=True, why_not=_("Move them to the trash first.") if bin else ""),
    )


def use_acts(path: str) -> tuple[Act, Act]:
    """Stopping phones for now, and letting them be used: of people only (docs/decisions/0105)."""
    return Act(_("Deactivate"), f"{path}/deactivations"), Act(_("Activate"), f"{path}/activations")


def assign_acts(actor: Actor, path_of: PathOf, path: str) -> Callable[[Row], tuple[Words, list[Act]]] | None:
    """The menu *Assign* in the last column: a package, a number (S3-26). Nothing for who may not."""
    if not actor.may(MANAGE):
        return None

    def acts(row: Row) -> tuple[Words, list[Act]]:
        planless = "" if any(p.startswith("calling:") for p in row["packages"]) else _("Needs a calling plan.")
        closed = "" if actor.may("phone:number:manage") else _("This needs the right to manage phone numbers.")
        package = Act(_("Assign package"), f"{path}/package-assignments?ids={short(row['id'])}")
        return _("Assign"), [package, Act(_("Assign a number"), f"{path_of(row)}/numbers", why_not=closed or planless)]

    return acts


def row_acts(actor: Actor, path_of: PathOf, path: str, bin: bool, row: Row) -> list[Act]:
    """The menu of a row."""
    closed = "" if actor.may(MANAGE) else _("This needs the right to manage phone users.")
    return [
        Act(_("Open"), path_of(row)),
        Act(_("Extension"), f"{path_of(row)}/extension", why_not=closed),
        *further_acts(actor, path, bin, row),
    ]


def further_acts(actor: Actor, path: str, bin: bool, row: Row) -> list[Act]:
    """The verbs above the list, for one phone."""
    ids, closed = f"?ids={short(row['id'])}", "" if actor.may(MANAGE) else _("This needs the right to manage phone users.")
    packageless = "" if row["packages"] else _("It has none.")
    return [
        Act(_("Site"), f"{path}/site-changes{ids}", why_not=closed),
        Act(_("Template"), f"{path}/template-applications{ids}", why_not=closed),
        *(replace(act, path=act.path + ids, why_not=closed) for act in fitting(path, row)),
        Act(_("Remove all packages"), f"{path}/package-removals{ids}", why_not=closed or packageless),
        *([Act(_("Move to trash"), f"{path}/trashings{ids}", why_not=closed)] if bin else []),
        Act(_("Remove"), f"{path}/removals{ids}", last=True, why_not=closed or (_("Move it to the trash first.") if bin else "")),
    ]


def fitting(path: str, row: Row) -> list[Act]:
    """The one of use_acts that would change something; none of a room's phone, which has no such state."""
    off, on = use_acts(path)
    return [on if row["deactivated_at"] else off] if "deactivated_at" in row else []
