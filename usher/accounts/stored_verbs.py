"""Settings of the account that programs keep here: read, and changed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.journal.names import figure
from usher.journal.verb import Verb, register

from . import stored

TABLE, KEY = "accounts_storedsettings", "account_id"


def stored_settings(actor: Actor, part: str) -> dict[str, Any]:
    """One part of what is kept for the account, as objects of objects."""
    actor.require("accounts:settings:view")
    return stored.opened(actor, "accounts:settings:manage", stored.rows_of(TABLE, KEY, actor.account_id).get(part, {}), actor.account_id)


class AccountStored(stored.StoredPart):
    lock = ("accounts_account", "id")
    table: ClassVar[str] = TABLE
    key: ClassVar[str] = KEY

    def owner(self, params: Mapping[str, Any]) -> str:
        return "SELECT %(account)s::uuid AS obj, '{}'::jsonb AS told, NULL::text AS barred"


@register
class StoreSettings(Verb):
    """Keep settings of the account that nothing here acts on; with `locks` as the part, which of them nobody can say otherwise.

    Parameters: part, settings (an object of objects), gone (dotted names). Objects are merged, lists replaced.
    Refuses (invalid) what is no setting, (settings_full) more than there is room for.
    """

    name = "accounts.store_settings"
    privilege = "accounts:settings:manage"
    parts = (AccountStored(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        part, now = params.get("part"), stored.rows_of(TABLE, KEY, actor.account_id)
        return stored.checked(params.get("settings", {}), part, params.get("gone") or (), now.get(str(part), {}), actor.account_id)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return stored.terms(params)

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        n = len(params["settings"])
        told = ngettext("%(n)s setting of the account will be kept.", "%(n)s settings of the account will be kept.", n)
        if params["part"] == stored.LOCKS:
            told = ngettext("%(n)s lock of the account will change.", "%(n)s locks of the account will change.", n)
        return told % {"n": figure(n)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        n = len(params["settings"])
        told = ngettext("%(n)s setting of the account was kept", "%(n)s settings of the account were kept", n)
        if params["part"] == stored.LOCKS:
            told = ngettext("%(n)s lock of the account changed", "%(n)s locks of the account changed", n)
        return told % {"n": figure(n)}

    def undo_words(self, done: int) -> str:
        return _("Every setting goes back to what it was, unless one of them was changed since.")
