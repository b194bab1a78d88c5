"""How somebody came into the account, and by which domain (S0-61): a column and two filters of the list of users, and a line of the person's page."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.accounts.domains import VIEW, all_of
from usher.core.actor import Actor
from usher.portal.listing import Column, Filter

CAME_IN: dict[str, str | Promise] = {
    "owner": gettext_lazy("opened the account"),
    "added": gettext_lazy("invitation"),
    "import": gettext_lazy("import"),
    "api": gettext_lazy("API"),
    "sso": gettext_lazy("single sign-on"),
    "scim": gettext_lazy("SCIM"),
    "domain": gettext_lazy("domain"),
}


def came_in_of(person: Mapping[str, Any]) -> str:
    """The way in words; of a domain, which: it is the part after the @."""
    if person["came_in"] == "domain":
        return _("domain %(domain)s") % {"domain": person["email"].rpartition("@")[2]}
    return str(CAME_IN.get(person["came_in"], ""))


def domain_options(actor: Actor) -> list[tuple[str, str | Promise]]:
    """The domains the account has proven; the filter takes any domain an address has."""
    found = all_of(actor) if actor.may(VIEW) else []
    return [(d["name"], d["name"]) for d in found if d["state"] == "verified"]


COLUMN = Column("came_in", gettext_lazy("Came in by"), came_in_of, came_in_of, "nowrap", shown=False)
FILTERS = (
    Filter("came_in", gettext_lazy("Came in by"), lambda actor: list(CAME_IN.items())),
    Filter("domain", gettext_lazy("Domain"), domain_options),
)
