"""The operations of the Advanced tab as sentences with their questions; each leads to a plan page."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from usher.accounts import domains
from usher.core.actor import Actor
from usher.licenses.catalog import WORKPLACE
from usher.people.groups import default_name
from usher.portal.listing import Words
from usher.portal.people.belonging import NO_GROUP, Ask, group_ask, group_options
from usher.portal.plan_page import Option
from usher.portal.seat_choices import Ledger, product_option
from usher.portal.templatetags.usher import number

# What an operation needs beside the right to the tab: it is closed without, and says so.
NEEDS = {
    "unlink": ("people:user:manage",),
    "domain-license": ("people:user:manage", domains.VIEW),
    "default-group": ("people:group:manage",),
    "group-move": ("people:group:manage",),
    "domain-group": ("people:group:manage", domains.VIEW),
    "default-im-group": ("people:im_group:manage",),
    "im-group-move": ("people:im_group:manage",),
    "delete": ("people:user:manage",),
}
DAYS = "90"  # asked for at first: how long somebody has been deactivated


@dataclass(frozen=True)
class Operation:
    """One of them. `why_not` closes it with a reason; `mend` is the way out as (words, address)."""

    key: str
    title: Words
    note: Words
    path: str
    asks: list[Ask] = field(default_factory=list)
    why_not: Words = ""
    mend: tuple[Words, str] | None = None


def operations(actor: Actor, data: QueryDict, lines: Ledger) -> list[Operation]:
    """All of them in the order of the page, with what stands in the address filled in."""
    to, here = licenses_to(actor, lines), verified(actor)
    user, im = (group_options(actor, kind) for kind in ("user", "im"))
    every = [
        members_license(data, to, lines),
        unlinking(data, lines),
        domain_license(data, to, here),
        default_group(data, user, default_name(actor, "user")),
        group_move(data, user),
        domain_to_group(data, here, user),
        default_im_group(data, im, default_name(actor, "im")),
        im_group_move(data, im),
        deletion(data),
    ]
    return [replace(o, why_not=words, mend=None) if (words := actor.why_not(*NEEDS.get(o.key, ()))) else o for o in every]


def members_license(data: QueryDict, to: list[Option], lines: Ledger) -> Operation:
    return Operation(
        "license",
        _("Change the license of all members"),
        _(
            "Of everybody who holds one license, people who are still invited too. The owner, admins and holders of a custom role keep theirs."
        ),
        "/people/advanced/license-changes",
        [
            Ask("license_from", _("From"), "select", data.get("license_from", "meetings:basic"), holders(lines)),
            Ask("license_to", _("To"), "select", data.get("license_to", "meetings:licensed"), to),
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
        [Ask("license_of", _("Everybody who holds"), "select", data.get("license_of", "meetings:basic"), holders(lines))],
    )


def domain_license(data: QueryDict, to: list[Option], here: list[Option]) -> Operation:
    return Operation(
        "domain-license",
        _("Change the license of everybody who came in by a domain"),
        _(
            "Whoever came in by a managed domain: signed up with an address there, or brought their own account. Who was added or imported keeps theirs."
        ),
        "/people/advanced/domain-licenses",
        [
            Ask("domain", _("Came in by"), "select", data.get("domain", ""), here),
            Ask("license_to", _("To"), "select", data.get("license_to", "meetings:licensed"), to),
        ],
        **closed_without_domain(here),
    )


def default_group(data: QueryDict, groups: list[Option], now: str) -> Operation:
    return Operation(
        "default-group",
        _("Set the default user group"),
        _("Of everybody added from now on, by whatever way. Who is here already stays as they are."),
        "/people/advanced/default-group",
        [default_ask("default_group", data, "user", groups, now)],
        **closed_without_group(groups, "/groups"),
    )


def group_move(data: QueryDict, groups: list[Option]) -> Operation:
    return Operation(
        "group-move",
        _("Move everybody in a user group to another"),
        _("They leave the first and join the second; where the first was their primary group, the second is."),
        "/people/advanced/group-moves",
        [*move_asks("group_from", "group_into", data, "user", groups)],
        **closed_without_group(groups, "/groups"),
    )


def domain_to_group(data: QueryDict, here: list[Option], groups: list[Option]) -> Operation:
    return Operation(
        "domain-group",
        _("Add everybody at a domain to a user group"),
        _("Whoever has an address at a managed domain. They stay in the groups they are in."),
        "/people/advanced/domain-groups",
        [
            Ask("domain", _("Address at"), "select", data.get("domain", ""), here),
            group_ask("group_into", _("Add to"), data.get("group_into", ""), "user", groups),
        ],
        **(closed_without_domain(here) or closed_without_group(groups, "/groups")),
    )


def default_im_group(data: QueryDict, groups: list[Option], now: str) -> Operation:
    return Operation(
        "default-im-group",
        _("Set the default IM group"),
        _("Of everybody added from now on, by whatever way. Who is here already stays as they are."),
        "/people/advanced/default-im-group",
        [default_ask("default_im_group", data, "im", groups, now)],
        **closed_without_group(groups, "/im-groups"),
    )


def im_group_move(data: QueryDict, groups: list[Option]) -> Operation:
    return Operation(
        "im-group-move",
        _("Move everybody in an IM group to another"),
        _("A person is in one IM group, so the second takes the place of the first."),
        "/people/advanced/im-group-moves",
        [*move_asks("im_group_from", "im_group_into", data, "im", groups)],
        **closed_without_group(groups, "/im-groups"),
    )


def deletion(data: QueryDict) -> Operation:
    return Operation(
        "delete",
        _("Delete deactivated people"),
        _("Into the trash, with everything they have. 0 days: everybody who is deactivated."),
        "/people/advanced/deletions",
        [Ask("days", _("Deactivated for more days than"), "number", data.get("days", DAYS))],
    )


def holders(lines: Ledger) -> list[Option]:
    """The Workplace licenses, each with how many hold it or are invited with it."""
    told = {p.code: lines.get(p.code, {"used": 0, "pending": 0}) for p in WORKPLACE}
    return [Option(p.code, f"{p.name} ({number(told[p.code]['used'] + told[p.code]['pending'])})") for p in WORKPLACE]


def licenses_to(actor: Actor, lines: Ledger) -> list[Option]:
    """The licenses to change to, with their free seats in their words."""
    offered = (product_option(actor, p, lines) for p in WORKPLACE)
    return [Option(o.value, f"{o.words} ({o.note})" if o.note else o.words, "", o.disabled) for o in offered]


def verified(actor: Actor) -> list[Option]:
    """The domains the account has proven."""
    return [Option(d["name"], d["name"]) for d in domains.all_of(actor) if d["state"] == "verified"] if actor.may(domains.VIEW) else []


def move_asks(left: str, into: str, data: QueryDict, kind: str, groups: list[Option]) -> list[Ask]:
    """From which group to which: at first the second one."""
    return [
        group_ask(left, _("From"), data.get(left, ""), kind, groups),
        group_ask(into, _("To"), data.get(into, ""), kind, groups[1:] + groups[:1]),
    ]


def default_ask(name: str, data: QueryDict, kind: str, groups: list[Option], now: str) -> Ask:
    """Which group is the default, which may be none; the one there is stands there at first."""
    chosen = next((g.value for g in groups if g.words == now), now or NO_GROUP)
    return group_ask(name, _("Now: %(group)s") % {"group": now or _("none")}, data.get(name) or chosen, kind, groups, none=_("None"))


def closed_without_domain(here: list[Option]) -> dict[str, Any]:
    return {} if here else {"why_not": _("No domain of this account is verified yet."), "mend": (_("Domains"), "/domains")}


def closed_without_group(groups: list[Option], path: str) -> dict[str, Any]:
    return {} if groups else {"why_not": _("There is no group yet."), "mend": (_("Groups"), path)}
