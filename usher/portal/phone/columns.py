"""What the lists of phones show, of people and of rooms: their columns and filters (S3-57 … S3-59)."""

from dataclasses import replace
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.access.actors import name_of
from usher.core.actor import Actor
from usher.core.ids import short
from usher.core.keyset import Row
from usher.licenses.catalog import PRODUCTS
from usher.people import reads as people
from usher.phone import reads
from usher.phone.numbering import shown
from usher.portal.listing import Column, Filter, Listing, Words
from usher.portal.templatetags.usher import avatar

VIEW, MANAGE = "phone:user:view", "phone:user:manage"
OFF = "ARRAY(SELECT o.product FROM phone_package o WHERE o.account_id = %(account)s) AS off"


def phone_path(row: Row) -> str:
    return f"/people/{short(row['id'])}/phone"


def name_cell(row: Row) -> Any:
    return format_html('<span class="who">{}<a href="{}">{}</a></span>', avatar(name_of(row)), phone_path(row), name_of(row))


def numbers_of(row: Row) -> str:
    return ", ".join(row["numbers"])


def numbers_cell(row: Row) -> Any:
    return format_html_join(", ", "<bdi>{}</bdi>", ((shown(n),) for n in row["numbers"]))


def packages_of(row: Row) -> str:
    """The same for the export, where nothing is red."""
    return ", ".join(PRODUCTS[p].name + (f" ({_('inactive')})" if p in row["off"] else "") for p in row["packages"])


def packages_cell(row: Row) -> Any:
    """An inactive one has the word beside it, in red and in parentheses (S3-59)."""
    told = (
        (PRODUCTS[p].name, format_html(' <span class="bad">({})</span>', _("inactive")) if p in row["off"] else "") for p in row["packages"]
    )
    return format_html_join(", ", "{}{}", told) or format_html('<span class="mute">{}</span>', _("none"))


def packages_here(actor: Actor, inactive: Any) -> list[tuple[str, Words]]:
    """The packages this account ever bought, the inactive ones with that word; who holds an active or an inactive one, and who has none."""
    there = reads.packages(actor) if actor.may("phone:package:view") else []
    return [
        *((p["product"], p["name"] if p["active"] else format_html("{} {}", p["name"], inactive)) for p in there),
        ("active", gettext_lazy("an active package")),
        ("inactive", gettext_lazy("an inactive package")),
        ("none", gettext_lazy("no calling plan")),
    ]


def package_options(actor: Actor) -> list[tuple[str, Words]]:
    """What the list is filtered by (S3-57)."""
    return packages_here(actor, _("(inactive)"))


def package_menu(actor: Actor) -> list[tuple[str, Words]]:
    """The same behind the header of the column, with the word in red (S3-58, S3-59)."""
    return packages_here(actor, format_html('<span class="bad">({})</span>', _("inactive")))


PACKAGE = Column(
    "packages",
    gettext_lazy("Package"),
    packages_cell,
    packages_of,
    "meta",
    menu=Filter("package", gettext_lazy("Package"), package_menu),
)
EXTENSION = Column(
    "extension",
    gettext_lazy("Extension"),
    lambda r: format_html("<bdi>{}</bdi>", r["extension"]),
    lambda r: str(r["extension"]),
    "side num nowrap",
    "extension",
)
NAME = Column("name", gettext_lazy("Name"), name_cell, name_of, "main", "name")
SITE_FILTER = Filter("phone_site", gettext_lazy("Site"), lambda actor: [(str(s["id"]), s["name"]) for s in people.sites(actor)[:50]])
NUMBERS = Column("numbers", gettext_lazy("Numbers"), numbers_cell, numbers_of, "nowrap")


def without_ways(listing: Listing, *keys: str) -> Listing:
    """The list for who may not see phones: what these columns lead to is told in words alone."""
    return replace(listing, columns=tuple(replace(c, cell=c.text) if c.key in keys else c for c in listing.columns))
