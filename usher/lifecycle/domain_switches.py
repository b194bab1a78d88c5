"""What an account does with a verified domain: the three switches, and what somebody gets who signs up by it (behaviour.md H)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.accounts.domains import MANAGE, domain
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import listed
from usher.journal.verb import Part, Verb, register
from usher.licenses.catalog import what_is_wrong
from usher.licenses.verbs import refuse_switched_off
from usher.people.named import group_named

SWITCHES: dict[str, str | Promise] = {
    "manage": gettext_lazy("manage its people"),
    "consolidate": gettext_lazy("ask people with an own account to join"),
    "sign_up": gettext_lazy("sign-up"),
}
KNOWN = (*SWITCHES, "license", "group")
# Consolidating and signing up stand on managing: a combination without it is never written, nor brought back by an undo.
HOLDS = """(coalesce(({row}->>'manage')::boolean, t.manage) OR NOT (coalesce(({row}->>'consolidate')::boolean, t.consolidate)
  OR coalesce(({row}->>'sign_up')::boolean, t.sign_up)))"""


class Switched(Part):
    """The columns of the domain that are wished; the others are not looked at. Parameters: id, wanted; group_name goes into the words."""

    lock = ("accounts_domain", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, obj, version, before || named AS before, %(wanted)s::jsonb || named
                    || CASE WHEN %(wanted)s::jsonb ? 'group_id' THEN jsonb_build_object('user_group', %(group_name)s::text) ELSE '{}' END AS after,
                  CASE WHEN before = %(wanted)s::jsonb THEN 'already' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM (SELECT t.id AS obj, t.version, (SELECT jsonb_object_agg(k, to_jsonb(t) -> k) FROM jsonb_object_keys(%(wanted)s::jsonb) k) AS before,
                          jsonb_build_object('name', t.name, 'user_group', (SELECT g.name FROM people_group g WHERE g.id = t.group_id)) AS named
                        FROM accounts_domain t WHERE t.account_id = %(account)s AND t.id = %(id)s::uuid AND t.state = 'verified') x"""

    write = f"""did AS (UPDATE accounts_domain t SET manage = coalesce((ok.after->>'manage')::boolean, t.manage),
      consolidate = coalesce((ok.after->>'consolidate')::boolean, t.consolidate), sign_up = coalesce((ok.after->>'sign_up')::boolean, t.sign_up),
      license = coalesce(ok.after->>'license', t.license),
      group_id = CASE WHEN ok.after ? 'group_id' THEN (SELECT g.id FROM people_group g WHERE g.id = (ok.after->>'group_id')::uuid) ELSE t.group_id END,
      version = t.version + 1
    FROM ok WHERE t.id = ok.obj AND to_jsonb(t) @> (ok.before - 'user_group') AND t.state = 'verified' AND {HOLDS.format(row="ok.after")} RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, t.version, e.after AS before, e.before AS after,
                   CASE WHEN t.id IS NULL OR NOT to_jsonb(t) @> (e.after - 'user_group') OR NOT {HOLDS.format(row="e.before")} THEN 'changed' END AS skip,
                   NULL::text AS takes, NULL::text AS gives FROM journal_effect e LEFT JOIN accounts_domain t ON t.id = e.obj AND t.account_id = %(account)s
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


@register
class ChangeDomain(Verb):
    """Change what a verified domain does. Parameters: id, and any of manage, consolidate, sign_up (on or off), license and group (of who signs up).

    Refuses (conflict, domain_waiting) before the domain is proven, (invalid, needs_manage) consolidating or sign-up without managing, an unknown
    license and a group that is not here.
    """

    name = "lifecycle.change_domain"
    privilege = MANAGE
    parts = (Switched(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        now = domain(actor, UUID(str(params.get("id"))))
        wish = {k: v for k, v in params.items() if k != "id"}
        if not wish or not set(wish) <= set(KNOWN) or not all(isinstance(wish[k], bool) for k in SWITCHES if k in wish):
            raise Refused("invalid", "unknown_setting", _("A switch of a domain is on or off."))
        if now["state"] != "verified":
            told = _("%(domain)s is not proven yet. Publish the record, then choose Check now.")
            raise Refused("conflict", "domain_waiting", told % {"domain": now["name"]})
        for key in ("consolidate", "sign_up"):
            if wish.get(key, now[key]) and not wish.get("manage", now["manage"]):
                told = _("This works only while the account manages people at %(domain)s. Turn that on too, or this off.")
                raise Refused("invalid", "needs_manage", told % {"domain": now["name"]}, field=key)
        return {"id": str(now["id"]), "domain": now["name"], **checked_gift(actor, wish)}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        wanted = {k: v for k, v in params.items() if k in (*SWITCHES, "license", "group_id")}
        return {"id": params["id"], "wanted": wanted, "group_name": params.get("group_name")}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(domain)s will change: %(what)s.") % {"domain": params["domain"], "what": in_words(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(domain)s was changed: %(what)s") % {"domain": params["domain"], "what": in_words(params)}


def checked_gift(actor: Actor, wish: Mapping[str, Any]) -> dict[str, Any]:
    """The wish as it is journaled: the license is one that people can hold here, the group one of this account, or none."""
    kept = {k: v for k, v in wish.items() if k in SWITCHES}
    if "license" in wish:
        wrong = what_is_wrong(str(wish["license"]), [])
        if wrong:
            raise Refused("invalid", "unknown_license", wrong, field="license")
        refuse_switched_off(actor, wish["license"])
        kept["license"] = wish["license"]
    if "group" in wish:
        named = group_named(actor, "user", wish["group"]) if wish["group"] else {"group": None, "group_name": None}
        kept |= {"group_id": named["group"], "group_name": named["group_name"]}
    return kept


def in_words(params: Mapping[str, Any]) -> str:
    """Like "manage its people on, sign-up off"."""
    told = [(_("%(what)s on") if params[k] else _("%(what)s off")) % {"what": words} for k, words in SWITCHES.items() if k in params]
    return listed([*told, *([_("what who signs up gets")] if {"license", "group_id"} & set(params) else [])])
