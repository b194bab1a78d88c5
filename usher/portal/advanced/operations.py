"""The operations of the Advanced tab as sentences with their questions; each leads to a plan page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.licenses.catalog import WORKPLACE
from usher.portal.listing import Words
from usher.portal.people.belonging import Ask
from usher.portal.plan_page import Option
from usher.portal.seat_choices import license_options
from usher.portal.templatetags.usher import number

Ledger = Mapping[str, Mapping[str, Any]]
DAYS = "90"  # asked for at first: how long somebody has been deactivated


@dataclass(frozen=True)
class Operation:
    """One of them. `why_not` closes it with a reason, `mend` is the way out (words, address)."""

    key: str
    title: Words
    note: Words
    path: str
    asks: list[Ask] = field(default_factory=list)
    why_not: Words = ""
    mend: tuple[Words, str] | None = None


def operations(actor: Actor, data: QueryDict, lines: Ledger) -> list[Operation]:
    """All of them in the order of the page, with what stands in the address filled in."""
    return [members_license(actor, data, lines), unlinking(data, lines), deletion(data)]


def members_license(actor: Actor, data: QueryDict, lines: Ledger) -> Operation:
    to = [Option(o.value, with_note(o), "", o.disabled and not lines.get(o.value)) for o in license_options(actor)]
    return Operation(
        "license",
        _("Change the license of all members"),
        _(
            "Of everybody who holds one license, people who are still invited too. The owner, admins and holders of a custom role keep theirs."
        ),
        "/people/advanced/license-changes",
        [
            Ask("license_from", _("from"), "select", data.get("license_from", "meetings:basic"), holders(lines)),
            Ask("license_to", _("to"), "select", data.get("license_to", "meetings:licensed"), to),
        ],
    )


def unlinking(data: QueryDict, lines: Ledger) -> Operation:
    return Operation(
        "unlink",
        _("Remove all members of a license"),
        _(
            "They leave this account and keep a free one of their own; nothing of theirs is deleted. Administrators stay, and who is at a managed domain."
        ),
        "/people/advanced/unlinkings",
        [Ask("license_of", _("who hold"), "select", data.get("license_of", "meetings:basic"), holders(lines))],
    )


def deletion(data: QueryDict) -> Operation:
    return Operation(
        "delete",
        _("Delete deactivated people"),
        _("Into the trash, with everything they have. 0 days: everybody who is deactivated."),
        "/people/advanced/deletions",
        [Ask("days", _("deactivated for more days than"), "number", data.get("days", DAYS))],
    )


def holders(lines: Ledger) -> list[Option]:
    """The Workplace licenses, each with how many hold it or are invited with it."""
    told = {p.code: lines.get(p.code, {"used": 0, "pending": 0}) for p in WORKPLACE}
    return [Option(p.code, f"{p.name} ({number(told[p.code]['used'] + told[p.code]['pending'])})") for p in WORKPLACE]


def with_note(option: Option) -> str:
    return f"{option.words} ({option.note})" if option.note else str(option.words)
