"""Settings that programs keep with phones, sites, templates and numbers, and with the account about Phone: where they stand, and how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from usher.accounts import stored
from usher.accounts.stored_verbs import KEY, TABLE
from usher.core.actor import Actor

PART = "phone"  # of every row


@dataclass(frozen=True)
class KeptWith:
    """What they are about: its name, table and column, and the right to change it, with which secrets are read."""

    name: str
    table: str
    key: str
    right: str

    def column(self, id: str) -> str:
        """SQL of what is kept, by dotted names; null when nothing is. `id` is that of the owner, as SQL."""
        return f"(SELECT k.values FROM {self.table} k WHERE k.{self.key} = {id} AND k.part = '{PART}')"

    def flat(self, owner: Any) -> dict[str, Any]:
        """What is kept with something the caller has found, by dotted names."""
        return stored.rows_of(self.table, self.key, owner).get(PART, {})

    def opened(self, actor: Actor, flat: dict[str, Any] | None, owner: UUID) -> dict[str, Any]:
        """The same as objects of objects, as this actor may read it."""
        return stored.opened(actor, self.right, flat or {}, owner)


def inherited(row: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """What holds of these names for a phone by what is `kept` for it and `kept_of_site`: its own, else that of its site. Nothing that is sealed."""
    of_site = {name: value for name, value in (row["kept_of_site"] or {}).items() if name in names and not isinstance(value, Mapping)}
    return {**of_site, **(row["kept"] or {})}


PHONE = KeptWith("phone", "phone_phonesettings", "phone_id", "phone:user:manage")
SITE = KeptWith("site", "phone_sitesettings", "site_id", "phone:site:manage")
TEMPLATE = KeptWith("template", "phone_templatesettings", "template_id", "phone:template:manage")
NUMBER = KeptWith("number", "phone_numbersettings", "number_id", "phone:number:manage")
ACCOUNT = KeptWith("account", TABLE, KEY, "phone:settings:manage")
OF_PHONE = (PHONE, SITE, TEMPLATE, NUMBER)  # those whose tables are Phone's own
KINDS = {kind.name: kind for kind in (*OF_PHONE, ACCOUNT)}
