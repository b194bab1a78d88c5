"""Calling packages: assigned later, changed, removed, and switched off for an account (S3-24 … S3-28, S3-40, S3-54 … S3-60)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure, listed
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, register
from usher.licenses.catalog import PACKAGES, PRODUCTS
from usher.people.of_people import OfPeople
from usher.phone.holders import PEOPLE, Holders
from usher.phone.numbers_with_package import NumbersToo
from usher.phone.parts import NO_PHONE, NUMBERS
from usher.phone.verbs.adding import checked_package
from usher.phone.verbs.numbers import numbers_named

WITHOUT = "(SELECT string_agg(x, ' ' ORDER BY x) FROM jsonb_array_elements_text({all}) x WHERE NOT {some} ? x)"
# Who has no calling plan any more has no direct numbers either (S3-55).
NUMBERS_LEFT = "CASE WHEN EXISTS (SELECT 1 FROM jsonb_array_elements_text({packages}) x WHERE starts_with(x, 'calling:')) THEN {numbers} ELSE '[]'::jsonb END"


class PackagesChanged(Part):
    """The packages of holders of a phone. Parameters: give, a product or null, which replaces a calling plan they have; take, products.

    Where no calling plan is left the direct numbers go too, and undo brings those back that are still free.
    """

    def __init__(self, of: Holders = PEOPLE) -> None:
        self.of, self.lock = of, of.lock
        # What is given waits for what is taken: an index allows one calling plan at every moment.
        self.write = self.back_write = f"""
did AS (SELECT ok.obj, ok.before, ok.after, ok.takes, ok.gives FROM ok JOIN phone_user h ON h.id = ok.obj AND h.state = 'active'
  WHERE {of.packages("ok.obj")} = ok.before->'packages'),
freed AS (DELETE FROM {of.seats} a USING did WHERE a.{of.column} = did.obj AND a.product = ANY (string_to_array(did.gives, ' ')) RETURNING a.{of.column}),
held AS (INSERT INTO {of.seats} (id, account_id, {of.column}, product, since)
  SELECT usher_uuid7(), %(account)s, did.obj, product, %(now)s FROM did, unnest(string_to_array(did.takes, ' ')) product WHERE (SELECT count(*) FROM freed) >= 0),
dropped AS (UPDATE phone_number n SET holder_id = NULL, caller = false, version = n.version + 1 FROM did
  WHERE n.holder_id = did.obj AND NOT did.after->'numbers' ? n.number),
back AS (UPDATE phone_number n SET holder_id = x.obj, since = %(now)s, version = n.version + 1 FROM (SELECT DISTINCT ON (number) did.obj, number
    FROM did, jsonb_array_elements_text(did.after->'numbers') number WHERE NOT did.before->'numbers' ? number ORDER BY number, did.obj) x
  WHERE n.account_id = %(account)s AND n.number = x.number AND n.holder_id IS NULL)"""

    def rows(self, params: Mapping[str, Any]) -> str:
        of = self.of
        target = """(SELECT coalesce(jsonb_agg(x ORDER BY x), '[]') FROM (
            SELECT x FROM jsonb_array_elements_text(r.packages) x WHERE NOT x = ANY (%(take)s::text[])
              AND (%(give)s::text IS NULL OR x <> %(give)s::text AND NOT (starts_with(x, 'calling:') AND starts_with(%(give)s::text, 'calling:')))
            UNION ALL SELECT %(give)s::text WHERE %(give)s::text IS NOT NULL) t)"""
        return f"""SELECT NULL::int AS subj, w.id AS obj, w.version, w.told || jsonb_build_object('packages', w.packages, 'numbers', w.numbers) AS before,
                   jsonb_build_object('packages', w.target, 'numbers', {NUMBERS_LEFT.format(packages="w.target", numbers="w.numbers")}) AS after,
                   CASE WHEN w.state IS DISTINCT FROM 'active' THEN '{NO_PHONE}' WHEN w.packages = w.target THEN 'already' END AS skip,
                   {WITHOUT.format(all="w.target", some="w.packages")} AS takes, {WITHOUT.format(all="w.packages", some="w.target")} AS gives
                   FROM (SELECT r.*, {target} AS target FROM (
                     SELECT u.id, {of.version} AS version, h.state, {of.told} AS told, {of.packages("u.id")} AS packages, {NUMBERS.format(id="u.id")} AS numbers
                     FROM {of.chosen(params)} LEFT JOIN phone_user h ON h.id = who.id {of.order(params)}) r) w"""

    def back(self, params: Mapping[str, Any]) -> str:
        of = self.of
        return f"""SELECT NULL::int AS subj, e.obj, {of.version} AS version, e.after AS before, e.before AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' OR {of.packages("e.obj")} <> e.after->'packages' THEN 'changed' END AS skip,
                   {WITHOUT.format(all="e.before->'packages'", some="e.after->'packages'")} AS takes,
                   {WITHOUT.format(all="e.after->'packages'", some="e.before->'packages'")} AS gives
                   FROM journal_effect e {of.standing.format(id="e.obj")} LEFT JOIN phone_user h ON h.id = e.obj WHERE {DONE} ORDER BY e.obj"""


CHANGED = PackagesChanged()


@register
class AssignPackage(OfPeople):
    """Give each of a set of people with a phone a calling package; one calling plan replaces another. Parameters: package, a product or Zoom's code; numbers,
    those of this account that one phone gets with it, or "next": each phone without a number gets the lowest free one of its site's country (S3-28).

    Refuses (invalid) an unknown or inactive package (unknown_package, package_inactive), numbers for more than one phone (numbers), and an unknown number
    (no_number). Skipped: who has no phone (no_phone); a number that is taken, or for which there is no calling plan (number_taken, needs_plan), or none free
    (no_free_number). Certain numbers need the right to manage numbers, too.
    """

    name = "phone.assign_package"
    privilege = "phone:user:manage"
    parts = (CHANGED, NumbersToo(CHANGED.rows))

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        package, numbers = checked_package(actor, params.get("package")), params.get("numbers") or ""
        if numbers and numbers != "next":
            actor.require("phone:number:manage")
            numbers = numbers_named(actor, numbers)
            if len(params.get("subjects", {}).get("ids", ())) != 1:
                words = _("Certain numbers are given to one phone. To many phones the next free one each.")
                raise Refused("invalid", "numbers", words, field="numbers")
        return {"package": package, "numbers": numbers}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        numbers = params.get("numbers") or ""
        wanted = {"number_ids": [] if isinstance(numbers, str) else numbers, "next_number": numbers == "next"}
        return {"give": params["package"], "take": [], **wanted}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return not params.get("numbers") and super().is_one(params)  # numbers lock the account, which comes before whose they will be

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will have the package %(package)s.", "%(n)s\u00a0people will have the package %(package)s.", will
        )
        return told % {"n": figure(will), "package": PRODUCTS[params["package"]].name}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person got the package %(package)s", "%(n)s\u00a0people got the package %(package)s", done)
        return told % {"n": figure(done), "package": PRODUCTS[params["package"]].name}


@register
class RemovePackages(OfPeople):
    """Take packages back from each of a set of people: the named ones, or all. Without a calling plan they cannot call out, and lose their direct numbers.

    Parameter: packages, products, or nothing for all. Refuses (invalid) an unknown one.
    """

    name = "phone.remove_packages"
    privilege = "phone:user:manage"
    parts = (CHANGED,)
    lost = gettext_lazy("A number that somebody else gets meanwhile does not come back.")

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        given = [str(p) for p in params.get("packages") or []]
        if unknown := [p for p in given if p not in {x.code for x in PACKAGES}]:
            raise Refused(
                "invalid", "unknown_package", _("There is no calling package %(code)s.") % {"code": unknown[0][:40]}, field="packages"
            )
        return {"packages": sorted(set(given))}

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"give": None, "take": params["packages"] or [p.code for p in PACKAGES]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if params["packages"]:
            told = ngettext("%(n)s\u00a0person will lose %(packages)s.", "%(n)s\u00a0people will lose %(packages)s.", will)
        else:
            told = ngettext(
                "%(n)s\u00a0person will lose all calling packages, and with them their direct numbers.",
                "%(n)s\u00a0people will lose all calling packages, and with them their direct numbers.",
                will,
            )
        return told % {"n": figure(will), "packages": listed([PRODUCTS[p].name for p in params["packages"]])}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person lost calling packages", "%(n)s\u00a0people lost calling packages", done)
        return told % {"n": figure(done)}


class PackageState(Part):
    """Whether a package can be given. Parameters: product, active."""

    lock, locked = ("accounts_account", "id"), "%(account)s::uuid"

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, x.obj, NULL::int AS version, jsonb_build_object('package', %(product)s::text, 'active', x.active) AS before,
                   jsonb_build_object('package', %(product)s::text, 'active', %(active)s::boolean) AS after,
                   CASE WHEN x.active = %(active)s::boolean THEN 'already' END AS skip, {NO_SEATS}
                   FROM (SELECT md5(%(account)s::text || %(product)s::text)::uuid AS obj, NOT EXISTS (SELECT 1 FROM phone_package p
                     WHERE p.account_id = %(account)s AND p.product = %(product)s::text) AS active) x"""

    write = """
off AS (INSERT INTO phone_package (account_id, product, since) SELECT %(account)s, ok.after->>'package', %(now)s FROM ok WHERE NOT (ok.after->>'active')::boolean
  ON CONFLICT DO NOTHING RETURNING product),
active AS (DELETE FROM phone_package p USING ok WHERE p.account_id = %(account)s AND p.product = ok.after->>'package' AND (ok.after->>'active')::boolean RETURNING p.product),
did AS (SELECT ok.obj FROM ok WHERE ok.after->>'package' IN (SELECT product FROM off UNION ALL SELECT product FROM active))"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   CASE WHEN EXISTS (SELECT 1 FROM phone_package p WHERE p.account_id = %(account)s AND p.product = e.after->>'package') = (e.after->>'active')::boolean
                     THEN 'changed' END AS skip, {NO_SEATS} FROM journal_effect e WHERE {DONE}"""


@register
class SwitchPackage(Verb):
    """Make a calling package inactive, or active again. Who holds an inactive one keeps it and can be found; nobody gets it any more (S3-57).

    Parameters: package, active. Refuses (invalid) an unknown package.
    """

    name = "phone.switch_package"
    privilege = "phone:package:manage"
    parts = (PackageState(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        code = str(params.get("package"))
        if code not in {p.code for p in PACKAGES}:
            raise Refused("invalid", "unknown_package", _("There is no calling package %(code)s.") % {"code": code[:40]}, field="package")
        return {"package": code, "active": bool(params.get("active"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"product": params["package"], "active": params["active"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = _("%(package)s will be active.") if params["active"] else _("%(package)s will be inactive.")
        return told % {"package": PRODUCTS[params["package"]].name}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = _("The package %(package)s is active again") if params["active"] else _("The package %(package)s was made inactive")
        return told % {"package": PRODUCTS[params["package"]].name}
