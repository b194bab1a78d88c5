"""Phones by a file: each line names somebody who is here and what their phone shall have; a bad line never stops the good ones (S3-8; behaviour.md C, L)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.journal.names import figure
from usher.journal.verb import Plan, plan, reason, register
from usher.people import marks, selection
from usher.people.named import site_named
from usher.people.of_people import OfPeople
from usher.people.verbs.profile import name_of
from usher.phone.extensions import EXTENSION_RESERVED, EXTENSION_TAKEN, RESERVED, SITE_OF
from usher.phone.holders import PEOPLE
from usher.phone.number_parts import NEEDS_PLAN, NUMBER_TAKEN
from usher.phone.parts import IN_TRASH, NOT_ACTIVE, SORTED, Made, PhoneSeats, staged
from usher.phone.verbs.adding import checked_package
from usher.phone.verbs.templates import OTHER_SITE, template_named

from .models import Stage
from .update_people import staged as stage_for

NO_TEMPLATE = reason("no_template", gettext_lazy("there is no such template"), refused=True)
PACKAGE_OFF = reason("package_off", gettext_lazy("the package is inactive in this account"), refused=True)
EXTENSION_TWICE = reason("extension_twice", gettext_lazy("an earlier line has this extension"), refused=True)
NUMBER_ELSEWHERE = reason("number_elsewhere", gettext_lazy("%(name)s is not in the inventory"), refused=True)
NUMBER_SAID = reason("number_said", gettext_lazy("an earlier line has %(name)s"), refused=True)
FIELD = {
    "no_site": "site",
    NO_TEMPLATE: "template",
    OTHER_SITE: "template",
    PACKAGE_OFF: "package",
    NEEDS_PLAN: "package",
    EXTENSION_TAKEN: "extension",
    EXTENSION_RESERVED: "extension",
    EXTENSION_TWICE: "extension",
    NUMBER_TAKEN: "numbers",
    NUMBER_ELSEWHERE: "numbers",
    NUMBER_SAID: "numbers",
}
# Each line with whom it names and what that person has now; what the form chose holds where the line says nothing, and a chosen site always.
LINES = f"""
SELECT l.id AS line_id, l.line, l.email, l.problem, l.field, l.said, l.places, l.more, s.user_id, s.version, s.status, h.state, {PEOPLE.told} AS told, held.seats,
  {PEOPLE.has_plan("s.user_id")} AS has_plan, at.id AS site_id, at.country, t.id AS template_id, t.site_id AS template_site,
  coalesce(l.more->>'package', %(package)s::text) AS package, l.more->>'extension' AS extension, coalesce(l.more->'numbers', %(numbers)s::jsonb) AS numbers,
  %(site)s::uuid IS NULL AND l.more->>'site' <> '' AND g.id IS NULL AS no_site, l.more->>'template' <> '' AND t.id IS NULL AS no_template,
  row_number() OVER (PARTITION BY s.user_id, l.problem IS NULL ORDER BY l.line) AS nth,
  row_number() OVER (PARTITION BY l.more->>'extension', l.problem IS NULL ORDER BY l.line) AS nth_extension
FROM lifecycle_stagedline l
LEFT JOIN people_user p ON l.problem IS NULL AND p.account_id = %(account)s AND p.canonical = l.canonical AND p.left_at IS NULL
LEFT JOIN ({{who}}) who ON who.id = p.id LEFT JOIN people_standing s ON s.user_id = who.id LEFT JOIN people_user u ON u.id = who.id
LEFT JOIN phone_user h ON h.id = who.id CROSS JOIN LATERAL (SELECT {PEOPLE.phone_seats("s.user_id")} AS seats) held
LEFT JOIN accounts_site g ON l.problem IS NULL AND g.account_id = %(account)s AND g.name_key = usher_fold(l.more->>'site')
LEFT JOIN phone_template t ON l.problem IS NULL AND t.account_id = %(account)s
  AND CASE WHEN l.more->>'template' <> '' THEN t.name_key = usher_fold(l.more->>'template') ELSE t.id = %(template)s::uuid END
LEFT JOIN LATERAL (SELECT c.id, coalesce(nullif(d.country, ''), a.country) AS country FROM accounts_account a
  LEFT JOIN accounts_site c ON c.account_id = a.id AND c.id = coalesce(%(site)s::uuid, g.id, h.site_id, {SITE_OF}) LEFT JOIN phone_site d ON d.site_id = c.id
  WHERE a.id = %(account)s) at ON true
WHERE l.stage_id = %(sel_stage)s::uuid"""
HOLDER = f"coalesce({name_of('xu')}, xr.name)"
HAS_IT = "phone_user x LEFT JOIN people_user xu ON xu.id = x.user_id LEFT JOIN accounts_room xr ON xr.id = x.room_id"
NUMBER = f"""(SELECT CASE WHEN n.id IS NULL THEN '{NUMBER_ELSEWHERE}:' || v.number WHEN n.holder_id IS NOT NULL THEN '{NUMBER_TAKEN}:' || {HOLDER}
    WHEN c.line < y.line THEN '{NUMBER_SAID}:' || v.number END AS why
  FROM jsonb_array_elements_text(CASE jsonb_typeof(y.numbers) WHEN 'array' THEN y.numbers ELSE '[]' END) v(number)
  LEFT JOIN phone_number n ON n.account_id = %(account)s AND n.number = v.number LEFT JOIN claims c ON c.number = v.number
  LEFT JOIN {HAS_IT.replace("phone_user x", "phone_user x ON x.id = n.holder_id", 1)}
  ORDER BY why NULLS LAST LIMIT 1)"""
WHY = f"""CASE WHEN y.problem IS NOT NULL THEN y.problem WHEN y.user_id IS NULL THEN 'nobody_here' WHEN y.nth > 1 THEN 'twice'
  WHEN y.status <> 'active' THEN '{NOT_ACTIVE}' WHEN y.state = 'active' THEN 'already' WHEN y.state = 'trash' THEN '{IN_TRASH}'
  WHEN y.no_site THEN 'no_site' WHEN y.no_template THEN '{NO_TEMPLATE}' WHEN y.template_site IS DISTINCT FROM y.site_id AND y.template_site IS NOT NULL THEN '{OTHER_SITE}'
  WHEN y.package IN (SELECT o.product FROM phone_package o WHERE o.account_id = %(account)s) THEN '{PACKAGE_OFF}'
  WHEN y.numbers NOT IN ('""', '[]') AND NOT y.has_plan AND NOT coalesce(starts_with(y.package, 'calling:'), false) THEN '{NEEDS_PLAN}'
  WHEN y.extension IS NOT NULL AND y.nth_extension > 1 THEN '{EXTENSION_TWICE}'
  WHEN y.extension IS NOT NULL AND {RESERVED.format(countries="ARRAY[y.country]", extensions="y.extension")} THEN '{EXTENSION_RESERVED}'
  ELSE coalesce((SELECT '{EXTENSION_TAKEN}:' || {HOLDER} FROM {HAS_IT} WHERE x.account_id = %(account)s AND x.state = 'active' AND x.extension = y.extension), {NUMBER}) END"""


class LineSeats(PhoneSeats):
    """The seats of each line: Phone, and its package. Parameters: subjects (a stage); site, package, template and numbers of whoever's line names none."""

    def rows(self, params: Mapping[str, Any]) -> str:
        fields = " ".join(f"WHEN '{code}' THEN '{field}'" for code, field in FIELD.items())
        return f"""SELECT NULL::int AS subj, CASE WHEN z.nth = 1 AND z.problem IS NULL THEN coalesce(z.user_id, z.line_id) ELSE z.line_id END AS obj, z.version,
                   CASE WHEN z.skip IS NULL THEN z.told || jsonb_build_object('phone_seats', z.seats) END AS before,
                   CASE WHEN z.skip IS NULL THEN jsonb_build_object('name', z.told->'name', 'line', z.line, 'site_id', z.site_id, 'template_id', z.template_id,
                       'wish', z.extension, 'wanted', z.numbers, 'phone_seats', {SORTED.format(seats="concat_ws(' ', z.seats, z.takes)")})
                     ELSE jsonb_build_object('email', z.email, 'line', z.line, 'said', z.said, 'places', z.places,
                       'field', coalesce(nullif(z.field, ''), CASE split_part(z.skip, ':', 1) {fields} END, ''),
                       'named', CASE z.skip WHEN 'no_site' THEN z.more->>'site' WHEN '{NO_TEMPLATE}' THEN z.more->>'template' END) END AS after,
                   z.skip, nullif(z.takes, '') AS takes, NULL::text AS gives
                   FROM (WITH y AS MATERIALIZED ({LINES.format(who=selection.sql_of(params["subjects"]))}),
                     claims AS MATERIALIZED (SELECT v.number, min(y.line) AS line FROM y CROSS JOIN LATERAL
                       jsonb_array_elements_text(CASE jsonb_typeof(y.numbers) WHEN 'array' THEN y.numbers ELSE '[]' END) v(number) GROUP BY 1)
                     SELECT y.*, {WHY} AS skip, concat_ws(' ', CASE WHEN 'phone' = ANY (string_to_array(y.seats, ' ')) IS NOT TRUE THEN 'phone' END,
                       CASE WHEN NOT y.has_plan THEN y.package END) AS takes FROM y) z ORDER BY z.line"""


def first(params: Mapping[str, Any]) -> str:
    """The rows of the seats as the verb plans them."""
    return marks.sparing(LineSeats().rows(params), "obj")


def who(params: Mapping[str, Any]) -> str:
    """Whom the lines give a phone, with site and template."""
    return f"""SELECT l.ord AS subj, l.obj AS id, (l.after->>'site_id')::uuid AS site_id, (l.after->>'template_id')::uuid AS template_id, l.after
               FROM ({staged(first)(params)}) l ORDER BY l.ord"""


class MadeAsSaid(Made):
    """The phones as their lines say: the extension and the numbers of the line, else the lowest free extension, and what they had."""

    beside: ClassVar[bool] = True
    wish = "coalesce(l.after->>'wish', h.extension)"
    had = "CASE WHEN jsonb_typeof(l.after->'wanted') = 'array' THEN l.after->'wanted' ELSE coalesce(h.had->'numbers', '[]') END"
    wants = "coalesce(l.after->>'wanted' = 'next', false)"
    # What the plan promised each is asked for by its number: two lines never get one.
    wants_still = "false"


@register
class AddPhones(OfPeople):
    """Give each person of a file a phone as their line says: site, package, template, extension, numbers. Parameters: stage; site, for everybody; package,
    template and numbers ("next", or nothing) for whoever's line names none.

    Refused per line: what is wrong in it, nobody meant, a second line of the same person; an unknown site or template, an inactive package; an extension that
    is taken, reserved or in an earlier line; a number that is not free here, or without a calling plan. Refuses as phone.add, and (forbidden) a file that names
    numbers without the right to them.
    """

    name = "lifecycle.add_phones"
    privilege = "phone:user:manage"
    tells_lines = True
    parts = (LineSeats(), MadeAsSaid(who))
    lost = gettext_lazy("Mails that were sent stay sent.")

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return super().check(actor, {**params, "subjects": {"stage": str(params.get("stage"))}})

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        stage = stage_for(actor, params.get("stage"), "phones")
        columns = stage.choices.get("columns") or ["email"]
        if "numbers" in columns:
            actor.require("phone:number:manage")
        site = site_named(actor, params["site"]) if params.get("site") else {"site": None, "site_name": None}
        return {
            "stage": str(stage.id),
            "lines": stage.lines,
            "file": stage.filename,
            "columns": columns,
            **site,
            "package": checked_package(actor, params["package"]) if params.get("package") else None,
            "numbers": "next" if params.get("numbers") == "next" else "",
            **template_named(actor, params.get("template"), site["site"]),
        }

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**{k: params[k] for k in ("site", "package", "template")}, "numbers": f'"{params["numbers"]}"'}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # what is wrong with the one line is listed like that of many

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will have a phone as their line says.", "%(n)s\u00a0people will have a phone, each as their line says.", will
        )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("%(n)s\u00a0person got a phone from %(file)s", "%(n)s\u00a0people got a phone from %(file)s", done)
        return told % {"n": figure(done), "file": params.get("file") or _("a list")}

    def undo_words(self, done: int) -> str:
        return _("The phones, their extensions and numbers and the seats come free. Whose phone was changed since keeps it.")


def plan_phones(actor: Actor, stage: Stage) -> Plan:
    """The plan of giving everybody of a stage a phone, with what its form chose."""
    chosen = {k: stage.choices.get(k) for k in ("site", "package", "template", "numbers")}
    return plan(actor, AddPhones.name, {"stage": str(stage.id), **chosen})
