"""Templates: settings for many phones at once. A template wins over what a phone had of them (S3-16; behaviour.md L)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.accounts.places import SITE_GONE, checked_name, checked_site
from usher.accounts.room_verbs import SITE_THERE
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, reason, register
from usher.people.named import bare, id_of
from usher.people.of_people import OfPeople
from usher.phone.holders import PEOPLE, Holders
from usher.phone.parts import NAME, NO_PHONE
from usher.phone.policy import checked_policy

SEE = "phone:user:view"
TEMPLATE_TAKEN = reason("template_taken", gettext_lazy("another template has this name"), refused=True)
OTHER_SITE = reason("other_site", gettext_lazy("is at another site than the template is for"))
NAMESAKE = "EXISTS (SELECT 1 FROM phone_template x WHERE x.account_id = %(account)s AND x.name_key = usher_fold({name}) AND x.id IS DISTINCT FROM {id})"
NEW_ID = """md5(%(account)s::text || 'template' || usher_fold(%(called)s) || coalesce((SELECT t.id::text FROM phone_template t WHERE t.account_id = %(account)s
            ORDER BY t.created_at DESC, t.id DESC LIMIT 1), ''))::uuid"""
WANTED = """jsonb_build_object('name', %(called)s::text, 'policy', %(policy)s::jsonb, 'site_id', %(site)s::uuid,
            'site', (SELECT g.name FROM accounts_site g WHERE g.id = %(site)s::uuid AND g.account_id = %(account)s))"""
# Why a template does not come back: of the effect e of its deletion and the site g it was for.
STAYS_GONE = f"""CASE WHEN {NAMESAKE.format(name="e.before->>'name'", id="e.obj")} THEN '{TEMPLATE_TAKEN}'
  WHEN e.before->>'site_id' IS NOT NULL AND g.id IS NULL THEN '{SITE_GONE}' END"""
AS_IT_IS = "jsonb_build_object('name', t.name, 'policy', t.policy, 'site_id', t.site_id, 'site', g.name)"
AS_PLANNED = (
    "t.name = ok.before->>'name' AND t.policy = ok.before->'policy' AND t.site_id IS NOT DISTINCT FROM (ok.before->>'site_id')::uuid"
)
# The effects e of a deletion: of the template, and of whose phones had it. By what they tell: once the template was the first and only phase.
OF_TEMPLATE = "e.change_id = %(undoes)s AND e.result = 'done' AND e.before ? 'policy'"
OF_PHONES = f"{DONE} AND e.before ? 'template_id'"
# A phone h has another template than the effect e gave it. One that is deleted since is no other.
HAS_ANOTHER = "(h.template_id IS NOT NULL AND h.template_id IS DISTINCT FROM ({told}->>'template_id')::uuid)"
INSERT = f"""INSERT INTO phone_template (id, account_id, name, policy, site_id, version, created_at)
  SELECT ok.obj, %(account)s, ok.after->>'name', ok.after->'policy', (ok.after->>'site_id')::uuid, 1, %(now)s FROM ok WHERE {SITE_THERE}
  ON CONFLICT DO NOTHING RETURNING id AS obj"""


class NewTemplate(Part):
    """Parameters: called, policy, site, which is locked: whoever deletes it waits, and then sees the template."""

    lock, locked = ("accounts_site", "id"), "(after->>'site_id')::uuid"

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, {NEW_ID} AS obj, NULL::int AS version, NULL::jsonb AS before, {WANTED} AS after,
                   CASE WHEN {NAMESAKE.format(name="%(called)s", id="NULL::uuid")} THEN '{TEMPLATE_TAKEN}' END AS skip, {NO_SEATS}"""

    write = f"did AS ({INSERT})"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, t.version, e.after AS before, '{{}}'::jsonb AS after, CASE WHEN t.version IS DISTINCT FROM 1 THEN 'changed' END
          AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_template t ON t.id = e.obj WHERE {DONE}"""

    back_write = "did AS (DELETE FROM phone_template t USING ok WHERE t.id = ok.obj AND t.version = 1 RETURNING t.id AS obj)"


class TemplateEdited(Part):
    """Parameters: template, called, policy, site, which is locked as that of a new one; the template itself is asked for as it was planned."""

    lock, locked = ("accounts_site", "id"), "(after->>'site_id')::uuid"

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, x.id AS obj, x.version, x.before, x.after, CASE WHEN x.before = x.after THEN 'already'
                   WHEN {NAMESAKE.format(name="%(called)s", id="x.id")} THEN '{TEMPLATE_TAKEN}' END AS skip, {NO_SEATS}
                   FROM (SELECT t.id, t.version, {AS_IT_IS} AS before, {WANTED} AS after FROM phone_template t LEFT JOIN accounts_site g ON g.id = t.site_id
                         WHERE t.account_id = %(account)s AND t.id = %(template)s::uuid) x"""

    write = f"""did AS (UPDATE phone_template t SET name = ok.after->>'name', policy = ok.after->'policy', site_id = (ok.after->>'site_id')::uuid, version = t.version + 1
      FROM ok WHERE t.id = ok.obj AND {SITE_THERE} AND {AS_PLANNED} AND NOT {NAMESAKE.format(name="ok.after->>'name'", id="t.id")} RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, t.version, e.after AS before, e.before AS after,
                   CASE WHEN t.id IS NULL OR {AS_IT_IS} <> e.after THEN 'changed' WHEN {NAMESAKE.format(name="e.before->>'name'", id="e.obj")} THEN '{TEMPLATE_TAKEN}' END AS skip,
                   {NO_SEATS} FROM journal_effect e LEFT JOIN phone_template t ON t.id = e.obj LEFT JOIN accounts_site g ON g.id = t.site_id WHERE {DONE}"""


class Without(Part):
    """Phones that have a template, also one that was applied meanwhile and those put away, have it no longer; what it set stays. Parameters: template, called.

    Undone, they have it again, unless it is not back or they have another by then.
    """

    lock = ("people_standing", "user_id")
    asks_again = True

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, h.id AS obj, h.version, jsonb_strip_nulls(jsonb_build_object('name', coalesce({NAME}, r.name), 'email', u.email))
                     || jsonb_build_object('template', %(called)s::text, 'template_id', h.template_id) AS before,
                   jsonb_build_object('template', NULL, 'template_id', NULL) AS after, NULL::text AS skip, {NO_SEATS}
                   FROM phone_user h LEFT JOIN people_user u ON u.id = h.user_id LEFT JOIN accounts_room r ON r.id = h.room_id
                   WHERE h.account_id = %(account)s AND h.template_id = %(template)s::uuid ORDER BY h.id"""

    write = """did AS (UPDATE phone_user h SET template_id = NULL, version = h.version + 1 FROM ok
      WHERE h.id = ok.obj AND h.template_id = (ok.before->>'template_id')::uuid RETURNING h.id AS obj)"""
    back_write = """did AS (UPDATE phone_user h SET template_id = t.id, version = h.version + 1 FROM ok JOIN phone_template t ON t.id = (ok.after->>'template_id')::uuid
      WHERE h.id = ok.obj AND h.template_id IS NULL RETURNING h.id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, h.version, e.after AS before, e.before AS after,
                   CASE WHEN h.id IS NULL OR h.template_id IS NOT NULL THEN 'changed' ELSE back.why END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_user h ON h.id = e.obj LEFT JOIN (SELECT {STAYS_GONE} AS why FROM journal_effect e
                     LEFT JOIN accounts_site g ON g.id = (e.before->>'site_id')::uuid WHERE {OF_TEMPLATE}) back ON true
                   WHERE {OF_PHONES} ORDER BY e.obj"""


class TemplateGone(Part):
    """Parameter: template. It goes also when it was edited since, because no phone has it any longer; undone, it is as it was when its deletion was asked
    for, and the site it was for is locked as that of a new one."""

    lock, locked = ("accounts_site", "id"), "(after->>'site_id')::uuid"
    beside = False

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, t.id AS obj, t.version, {AS_IT_IS} AS before, '{{}}'::jsonb AS after, NULL::text AS skip, {NO_SEATS}
                   FROM phone_template t LEFT JOIN accounts_site g ON g.id = t.site_id WHERE t.account_id = %(account)s AND t.id = %(template)s::uuid"""

    write = "did AS (DELETE FROM phone_template t USING ok WHERE t.id = ok.obj RETURNING t.id AS obj)"
    back_write = f"did AS ({INSERT})"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   {STAYS_GONE} AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN accounts_site g ON g.id = (e.before->>'site_id')::uuid WHERE {OF_TEMPLATE}"""


class Applied(Part):
    """The template of phones, and what it sets. Parameters: subjects, template, policy, of_site (or null)."""

    def __init__(self, of: Holders = PEOPLE) -> None:
        self.of, self.lock = of, of.lock

    def rows(self, params: Mapping[str, Any]) -> str:
        of = self.of
        return f"""SELECT NULL::int AS subj, u.id AS obj, {of.version} AS version, {of.told} || jsonb_build_object('template_id', h.template_id, 'policy', h.policy,
                     'template', (SELECT t.name FROM phone_template t WHERE t.id = h.template_id)) AS before,
                   jsonb_build_object('template', %(template_name)s::text, 'template_id', %(template)s::uuid, 'policy', h.policy || %(policy)s::jsonb) AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' THEN '{NO_PHONE}' WHEN %(of_site)s::uuid IS NOT NULL AND h.site_id IS DISTINCT FROM %(of_site)s::uuid
                     THEN '{OTHER_SITE}'
                        WHEN h.template_id = %(template)s::uuid AND h.policy @> %(policy)s::jsonb THEN 'already' END AS skip, {NO_SEATS}
                   FROM {of.chosen(params)} LEFT JOIN phone_user h ON h.id = who.id {of.order(params)}"""

    write = f"""did AS (UPDATE phone_user h SET template_id = (SELECT t.id FROM phone_template t WHERE t.id = (ok.after->>'template_id')::uuid), policy = ok.after->'policy',
      version = h.version + 1 FROM ok WHERE h.id = ok.obj AND h.state = 'active' AND h.policy = ok.before->'policy'
        AND NOT {HAS_ANOTHER.format(told="ok.before")} RETURNING h.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, h.version, e.after AS before, e.before AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' OR h.policy <> e.after->'policy'
                     OR {HAS_ANOTHER.format(told="e.after")} THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_user h ON h.id = e.obj WHERE {DONE} ORDER BY e.obj"""


class _OfOneTemplate(Verb):
    privilege = "phone:template:manage"

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "template": params.get("template"),
            "called": params.get("name"),
            "policy": params.get("policy"),
            "site": params.get("site"),
        }


@register
class CreateTemplate(_OfOneTemplate):
    """Make a template. Parameters: name; policy, of POLICY; site, an id, or nothing for every site. Refuses a name another one has (template_taken)."""

    name = "phone.create_template"
    parts = (NewTemplate(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return checked(actor, params)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("1\u00a0template will be made: %(name)s.") % {"name": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The template %(name)s was made") % {"name": params["name"]}


@register
class EditTemplate(_OfOneTemplate):
    """Change a template. Phones that have it stay as they are until it is applied again. Parameters: template, and those of making one."""

    name = "phone.edit_template"
    parts = (TemplateEdited(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = template_named(actor, params.get("template"), None)
        return {"template": found["template"], **checked(actor, {k: v for k, v in params.items() if k != "template"})}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The template %(name)s will be changed.") % {"name": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The template %(name)s was changed") % {"name": params["name"]}


@register
class DeleteTemplate(_OfOneTemplate):
    """Delete a template. Phones keep what it set; undone, they have the template again. Parameter: template.

    Needs the right to see phones, too, where some have it, because it tells whose they are.
    """

    name = "phone.delete_template"
    lost = gettext_lazy("What programs kept with the template does not come back.")
    parts = (Without(), TemplateGone())

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = template_named(actor, params.get("template") or "-", None)
        if not actor.may(SEE) and sql.value("SELECT EXISTS (SELECT 1 FROM phone_user h WHERE h.template_id = %(template)s)", found):
            actor.require(SEE)
        return {"template": found["template"], "name": found["template_name"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The template %(name)s will be deleted. Phones keep what it set.") % {"name": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The template %(name)s was deleted") % {"name": params["name"]}


@register
class ApplyTemplate(OfPeople):
    """Apply a template to the phones of a set of people: what it sets wins over what they had. Parameter: template, by id or name.

    Skipped: who has no phone (no_phone), or one at another site than the template is for (other_site). Refuses (invalid, no_template) an unknown one.
    """

    name = "phone.apply_template"
    privilege = "phone:user:manage"
    parts = (Applied(),)

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = template_named(actor, params.get("template") or "-", None)
        told = sql.row("SELECT policy, site_id::text AS of_site FROM phone_template WHERE id = %(t)s", {"t": found["template"]})
        return {**found, **(told or {})}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "The template %(name)s will be applied to %(n)s\u00a0phone.",
            "The template %(name)s will be applied to %(n)s\u00a0phones.",
            will,
        )
        return told % {"n": figure(will), "name": params["template_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext(
            "The template %(name)s was applied to %(n)s\u00a0phone", "The template %(name)s was applied to %(n)s\u00a0phones", done
        )
        return told % {"n": figure(done), "name": params["template_name"]}


def checked(actor: Actor, params: Mapping[str, Any]) -> dict[str, Any]:
    """A template as it is journaled, or Refused with the field."""
    return {
        "name": checked_name(params.get("name")),
        "policy": checked_policy(params.get("policy")),
        "site": checked_site(actor, params.get("site")),
    }


def template_named(actor: Actor, given: Any, site: str | None) -> dict[str, Any]:
    """`template` and `template_name` of a template, by id or name; both None when nothing is given. Refused (invalid): no_template, or one for another
    site than the chosen one (other_site)."""
    text = bare(given)
    if not text:
        return {"template": None, "template_name": None}
    clause, key = ("id = %(t)s", str(id)) if (id := id_of(text)) else ("name_key = usher_fold(%(t)s)", text)
    found = sql.row(
        f"SELECT id::text AS template, name AS template_name, site_id::text AS site FROM phone_template WHERE account_id = %(a)s AND {clause}",
        {"a": actor.account_id, "t": key},
    )
    if found is None:
        raise Refused("invalid", "no_template", _("There is no template %(name)s.") % {"name": text[:100]}, field="template")
    if site and found["site"] not in (None, site):
        raise Refused(
            "invalid", "other_site", _("The template %(name)s is for another site.") % {"name": found["template_name"]}, field="template"
        )
    return {k: found[k] for k in ("template", "template_name")}
