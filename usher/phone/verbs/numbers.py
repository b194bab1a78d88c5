"""The numbers of an account: into the inventory, to somebody, from one to another, out again (S3-5, S3-27, S3-28, S3-39)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import Verb, plan, register
from usher.people.verbs.own import OWN
from usher.phone import kept
from usher.phone.number_parts import NO_NUMBER, Caller, Held, NewNumbers, Released
from usher.phone.numbering import LONGEST, checked_country, read
from usher.phone.verbs.adding import phone_of
from usher.phone.verbs.extension import own_phone

MOST = 10_000  # numbers in one Change
MAY_CHOOSE = "policy.select_outbound_caller_id.enable"


@register
class AddNumbers(Verb):
    """Take numbers into the inventory. Parameters: numbers, texts in any usual spelling; country, for those without a country code of their own.

    A line that is no number, stands there twice or is here already is left alone and told; the others come in. At most 10,000 at once.
    """

    name = "phone.add_numbers"
    privilege = "phone:number:manage"
    parts = (NewNumbers(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        given = params.get("numbers")
        if not isinstance(given, list) or not given or len(given) > MOST:
            raise Refused("invalid", "numbers", _("Name between 1 and %(most)s numbers.") % {"most": figure(MOST)}, field="numbers")
        country = checked_country(params.get("country"))
        own = country or str(sql.value("SELECT country FROM accounts_account WHERE id = %(a)s", {"a": actor.account_id}))
        lines = [(str(text).replace("\x00", "").strip()[: LONGEST + 1], read(str(text).strip(), own)) for text in given]
        return {
            "numbers": [found.e164 if found else text for text, found in lines],
            "countries": [found.country if found else "" for _text, found in lines],
            "kinds": [found.kind if found else "" for _text, found in lines],
            "problems": ["" if found else NO_NUMBER for _text, found in lines],
        }

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["numbers"]) == 1

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0number comes into the inventory.", "%(n)s\u00a0numbers come into the inventory.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0number came into the inventory", "%(n)s\u00a0numbers came into the inventory", done) % {
            "n": figure(done)
        }


class _OfNumbers(Verb):
    """Numbers of this account, by id or as E.164 writes them: a foreign one does not exist (TENANT-03)."""

    privilege = "phone:number:manage"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"ids": numbers_named(actor, params.get("numbers"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"ids": params["ids"], "holder": params.get("holder"), "from_others": self.name == MoveNumbers.name}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params["ids"]) == 1


@register
class ReleaseNumbers(_OfNumbers):
    """Give numbers back: they leave the inventory. Parameter: numbers. Skipped: what somebody has (number_held)."""

    name = "phone.release_numbers"
    lost = gettext_lazy("What programs kept with a number does not come back.")
    parts = (Released(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0number leaves the inventory.", "%(n)s\u00a0numbers leave the inventory.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0number left the inventory", "%(n)s\u00a0numbers left the inventory", done) % {"n": figure(done)}


@register
class AssignNumbers(_OfNumbers):
    """Give one phone numbers that nobody has. Parameters: numbers, holder. Skipped: number_taken, by whom; needs_plan; more than ten (too_many_numbers)."""

    name = "phone.assign_numbers"
    parts = (Held(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {**super().check(actor, params), "holder": str(phone_of(actor, params.get("holder"))["id"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("The phone will have %(n)s\u00a0number more.", "The phone will have %(n)s\u00a0numbers more.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("A phone got %(n)s\u00a0number", "A phone got %(n)s\u00a0numbers", done) % {"n": figure(done)}


@register
class MoveNumbers(AssignNumbers):
    """The same with numbers that others have: they lose them. Parameters: numbers, holder."""

    name = "phone.move_numbers"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0number moves to this phone.", "%(n)s\u00a0numbers move to this phone.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0number moved to another phone", "%(n)s\u00a0numbers moved to another phone", done) % {"n": figure(done)}


@register
class UnassignNumbers(_OfNumbers):
    """Take numbers back from whoever has them; they stay in the inventory. Parameter: numbers."""

    name = "phone.unassign_numbers"
    parts = (Held(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0number will be free.", "%(n)s\u00a0numbers will be free.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0number was taken back", "%(n)s\u00a0numbers were taken back", done) % {"n": figure(done)}


@register
class SetCallerId(Verb):
    """Choose the number a phone calls out with, one of its own, or hide it. Parameters: holder; number, or nothing. Refuses (invalid, no_number) another's."""

    name = "phone.set_caller_id"
    privilege = "phone:user:manage"
    parts = (Caller(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        holder = str(phone_of(actor, params.get("holder"))["id"])
        number = numbers_named(actor, [params["number"]])[0] if params.get("number") else None
        mine = "SELECT 1 FROM phone_number WHERE id = %(n)s AND holder_id = %(h)s"
        if number and not sql.value(mine, {"n": number, "h": holder}):
            raise Refused("invalid", "no_number", _("This phone has no such number."), field="number")
        return {"holder": holder, "number": number}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The phone will call out with another number.") if params["number"] else _("The phone will hide its number.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("A phone calls out with another number") if params["number"] else _("A phone hides its number")


def change_own_caller_id(actor: Actor, number: str, key: str) -> None:
    """Choose the number the actor's own phone calls out with; none hides it. Refuses what ChangeOwnCallerId does."""
    own = replace(actor, privileges=frozenset({OWN}))
    engine.start(plan(own, ChangeOwnCallerId.name, {"number": number}), f"{ChangeOwnCallerId.name}:{actor.user_id}:{key}")


@register
class ChangeOwnCallerId(SetCallerId):
    """The person's own verb: choose with which of their numbers they call out, or hide it. Parameter: number, or nothing. Refuses (invalid, no_number) another's,
    (conflict) while the phone is deactivated (phone_deactivated), and where administrators choose it (caller_id_fixed; behaviour.md L).
    """

    name = "phone.change_own_caller_id"
    privilege = OWN
    keeps_scope = True
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        holder = own_phone(actor)
        if not may_choose_caller_id(holder):
            raise Refused("conflict", "caller_id_fixed", _("Your administrators choose the number you call out with."))
        return super().check(actor, {**params, "holder": holder})


def may_choose_caller_id(holder: Any) -> bool:
    """Whether the person of a phone chooses the number it calls out with: administrators may have kept that to themselves, for it or for its site."""
    query = (
        f"SELECT {kept.PHONE.column('h.id')} AS kept, {kept.SITE.column('h.site_id')} AS kept_of_site FROM phone_user h WHERE h.id = %(h)s"
    )
    found = sql.row(query, {"h": holder})
    return found is None or kept.inherited(found, frozenset({MAY_CHOOSE})).get(MAY_CHOOSE) is not False


def numbers_named(actor: Actor, given: Any) -> list[str]:
    """The ids of numbers of this account, given by id or in any spelling with their country code. Refused (invalid, no_number) for any other."""
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        raise Refused("invalid", "numbers", _("Name between 1 and %(most)s numbers.") % {"most": figure(MOST)}, field="numbers")
    keys = [_key(str(text)) for text in given]
    found = sql.rows(
        "SELECT id::text, number FROM phone_number WHERE account_id = %(a)s AND (id = ANY (%(i)s::uuid[]) OR number = ANY (%(n)s::text[]))",
        {"a": actor.account_id, "i": [k for k in keys if isinstance(k, UUID)], "n": [k for k in keys if isinstance(k, str)]},
    )
    here = {f["id"] for f in found} | {f["number"] for f in found}
    if missing := [text for text, key in zip(given, keys, strict=True) if str(key) not in here]:
        raise Refused(
            "invalid", "no_number", _("There is no number %(number)s here.") % {"number": str(missing[0])[:LONGEST]}, field="numbers"
        )
    return sorted(f["id"] for f in found)


def _key(text: str) -> UUID | str:
    try:
        return UUID(text)
    except ValueError:
        found = read(text.replace("\x00", ""))
        return found.e164 if found else ""
