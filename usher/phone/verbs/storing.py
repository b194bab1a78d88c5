"""Settings that programs keep about Phone (accounts/stored.py, docs/decisions/0095). Nothing here acts on them but on one: whether a person may choose their
caller ID (numbers.may_choose_caller_id).
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts import stored
from usher.accounts.stored_verbs import AccountStored
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found
from usher.journal.names import figure
from usher.journal.verb import Verb, register
from usher.phone import kept
from usher.phone.parts import NAME


class _Kept(stored.StoredPart):
    """Of one thing, by the parameter `owner`. `found` is FROM … WHERE with its row as x, `called` its name."""

    found: ClassVar[str]
    called: ClassVar[str] = "x.name"

    def owner(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT x.id AS obj, jsonb_build_object('name', {self.called}) AS told, NULL::text AS barred
                   FROM {self.found} AND x.account_id = %(account)s AND x.id = %(owner)s::uuid"""

    @property
    def hinders(self) -> str:  # type: ignore[override]
        return f"WHEN NOT EXISTS (SELECT 1 FROM {self.found} AND x.id = e.obj) THEN 'changed'"


class PhoneKept(_Kept):
    lock = ("phone_user", "id")
    table, key = kept.PHONE.table, kept.PHONE.key
    found = (
        "phone_user x LEFT JOIN people_user u ON u.id = x.user_id LEFT JOIN accounts_room r ON r.id = x.room_id WHERE x.state = 'active'"
    )
    called = f"coalesce({NAME}, r.name)"


class SiteKept(_Kept):
    lock = ("accounts_site", "id")
    table, key = kept.SITE.table, kept.SITE.key
    found = "accounts_site x WHERE true"


class TemplateKept(_Kept):
    lock = ("phone_template", "id")
    table, key = kept.TEMPLATE.table, kept.TEMPLATE.key
    found = "phone_template x WHERE true"


class NumberKept(_Kept):
    lock = ("phone_number", "id")
    table, key = kept.NUMBER.table, kept.NUMBER.key
    found = "phone_number x WHERE true"
    called = "x.number"


class _Stores(Verb):
    """The shared half; the kind says name and right. Parameters: owner, an id; settings (an object of objects); gone (dotted names).

    Objects are merged, lists replaced. Refuses (missing) what is not here, (invalid) what is no setting, (settings_full) more than there is room for.
    """

    kind: ClassVar[kept.KeptWith]
    part: ClassVar[stored.StoredPart]
    what: ClassVar[str | Promise] = ""

    def __init_subclass__(cls) -> None:
        cls.name, cls.privilege, cls.parts = f"phone.store_for_{cls.kind.name}", cls.kind.right, (cls.part,)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        owner = self.owner(actor, params)
        return {
            "owner": owner,
            **stored.checked(params.get("settings", {}), kept.PART, params.get("gone") or (), self.kind.flat(owner), owner),
        }

    def owner(self, actor: Actor, params: Mapping[str, Any]) -> str:
        """The id of what they are kept with, when it is here."""
        try:
            id = UUID(str(params.get("owner")))
        except ValueError:
            raise Refused("invalid", "bad_id", _("This is no id."), field="owner") from None
        if not sql.value(f"SELECT true FROM ({self.part.owner({})}) x", {"account": actor.account_id, "owner": id}):
            raise not_found(str(self.what))
        return str(id)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"owner": params["owner"], **stored.terms(params)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        n = len(params["settings"])
        told = ngettext("%(n)s setting of Phone will be kept.", "%(n)s settings of Phone will be kept.", n)
        return told % {"n": figure(n)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        n = len(params["settings"])
        return ngettext("%(n)s setting of Phone was kept", "%(n)s settings of Phone were kept", n) % {"n": figure(n)}


@register
class StoreForPhone(_Stores):
    """Keep settings of one phone. Of these acts `policy.select_outbound_caller_id.enable` (numbers.ChangeOwnCallerId)."""

    kind, part, what = kept.PHONE, PhoneKept(), gettext_lazy("This phone")


@register
class StoreForSite(_Stores):
    """The same for the phone side of a site."""

    kind, part, what = kept.SITE, SiteKept(), gettext_lazy("This site")


@register
class StoreForTemplate(_Stores):
    """The same for a template."""

    kind, part, what = kept.TEMPLATE, TemplateKept(), gettext_lazy("This template")


@register
class StoreForNumber(_Stores):
    """The same for a number."""

    kind, part, what = kept.NUMBER, NumberKept(), gettext_lazy("This number")


@register
class StoreForAccount(_Stores):
    """The same for the account. It needs no owner."""

    kind, part = kept.ACCOUNT, AccountStored()

    def owner(self, actor: Actor, params: Mapping[str, Any]) -> str:
        return str(actor.account_id)
