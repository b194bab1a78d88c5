"""Giving people a phone: seat, package, extension and number in one Change (S3-1 … S3-19, S3-24)."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import register
from usher.licenses.catalog import PRODUCTS
from usher.people import marks
from usher.people.named import site_named
from usher.people.of_people import OfPeople
from usher.phone.parts import Made, PhoneSeats, staged
from usher.phone.reads import is_inactive
from usher.phone.verbs.templates import template_named


def first(params: Mapping[str, Any]) -> str:
    """The rows of the seats as the verb plans them."""
    rows = PhoneSeats().rows(params)
    return marks.sparing(rows, "obj") if marks.of_many(params["subjects"]) else rows


def receivers(first: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    """Whom the seats of the first phase go to, with the chosen site and template."""

    def who(params: Mapping[str, Any]) -> str:
        return f"""SELECT l.ord AS subj, l.obj AS id, %(site)s::uuid AS site_id, %(template)s::uuid AS template_id
                   FROM ({staged(first)(params)}) l ORDER BY l.ord"""

    return who


class MadeForThem(Made):
    """The second phase of adding: for a set that is listed by the first."""

    beside: ClassVar[bool] = True


@register
class Add(OfPeople):
    """Give each of a set of active people a phone. Parameters: subjects; site, package and template by id, code or name, or nothing; numbers, "next" for
    the lowest free number of the site's country each.

    The extension is the lowest free one of the site's range (docs/decisions/0077). Skipped: who is not active, has a phone, or has one in the trash.
    Refuses (invalid) an unknown site, template or package, one that is inactive (package_inactive), and numbers without a package (needs_package; S3-25).
    """

    name = "phone.add"
    privilege = "phone:user:manage"
    parts = (PhoneSeats(), MadeForThem(receivers(first)))
    lost: ClassVar[str | Promise] = gettext_lazy("Mails that were sent stay sent.")

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        package = checked_package(actor, params["package"]) if params.get("package") else None
        numbers = str(params.get("numbers") or "")
        if numbers not in ("", "next"):
            raise Refused("invalid", "numbers", _("Numbers are given as next, or not at all."), field="numbers")
        if numbers and not (package or "").startswith("calling:"):
            raise Refused(
                "invalid", "needs_package", _("A direct number needs a calling plan. Choose one, or no numbers."), field="package"
            )
        site = site_named(actor, params["site"]) if params.get("site") else {"site": None, "site_name": None}
        return {**site, "package": package, "numbers": numbers, **template_named(actor, params.get("template"), site["site"])}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**{k: params[k] for k in ("site", "package", "template")}, "wants_number": params["numbers"] == "next"}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # the second phase goes by the rows of the first

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["package"]:
            told = ngettext(
                "%(n)s\u00a0person will have a phone with %(package)s.", "%(n)s\u00a0people will have a phone with %(package)s.", will
            )
            return told % {"n": figure(will), "package": PRODUCTS[params["package"]].name}
        return ngettext("%(n)s\u00a0person will have a phone.", "%(n)s\u00a0people will have a phone.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0person got a phone", "%(n)s\u00a0people got a phone", done) % {"n": figure(done)}

    def undo_words(self, done: int) -> str:
        return _("The phones, their extensions and numbers and the seats come free. Whose phone was changed since keeps it.")


def checked_package(actor: Actor, given: Any) -> str:
    """A calling package by its product or Zoom's code alone. Refused (invalid): unknown_package, or package_inactive."""
    text = str(given).strip()
    code = next((p for p in (text, f"calling:{text}", f"calling_more:{text}") if p in PRODUCTS and PRODUCTS[p].kind == "package"), None)
    if code is None:
        raise Refused("invalid", "unknown_package", _("There is no calling package %(code)s.") % {"code": text[:40]}, field="package")
    if is_inactive(actor, code):
        words = _("%(package)s is inactive in this account. Choose another package.") % {"package": PRODUCTS[code].name}
        raise Refused("invalid", "package_inactive", words, field="package")
    return code


def phone_of(actor: Actor, id: Any) -> dict[str, Any]:
    """The active phone of somebody of this account: id, extension, deactivated_at. Refused (invalid, no_phone) for anybody else (TENANT-03)."""
    try:
        key = UUID(str(id))
    except ValueError:
        key = None
    found = sql.row(
        """SELECT h.id, h.extension, h.deactivated_at FROM phone_user h WHERE h.account_id = %(a)s AND h.id = %(i)s AND h.state = 'active'""",
        {"a": actor.account_id, "i": key},
    )
    if found is None:
        raise Refused("invalid", "no_phone", _("Nobody here has this phone."), field="holder")
    return found
