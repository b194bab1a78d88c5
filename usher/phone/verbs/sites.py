"""The phone side of sites: code, range of extensions, country, emergency address, policy; of one that is here, and of a new one (S3-11, S3-12; behaviour.md L)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.accounts.places import PLACE_NAME_TAKEN, checked_name, site
from usher.accounts.site_verbs import (
    AFTER_ACCOUNT,
    INSERT,
    NAMESAKE,
    NEW_ID,
    OTHERS_THERE,
    PEOPLE_THERE,
    PHONES_THERE,
    ROOMS_THERE,
    TEMPLATES_THERE,
    NewSite,
)
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, reason, register
from usher.phone.extensions import RANGES
from usher.phone.models import HIGHEST, LOWEST
from usher.phone.numbering import checked_country
from usher.phone.policy import checked_policy

LONGEST_ADDRESS = 500
CODE_TAKEN = reason("site_code_taken", gettext_lazy("%(name)s has this site code"), refused=True)
RANGES_CROSS = reason(
    "ranges_cross", gettext_lazy("the range crosses that of %(name)s: one may lie within the other, or beside it"), refused=True
)
# What keeps a site from going again. Phones that are at the only site stood nowhere before it, and will again.
IN_USE = f"{ROOMS_THERE} OR {PEOPLE_THERE} OR {TEMPLATES_THERE} OR CASE WHEN {{site}}.main THEN {OTHERS_THERE} ELSE {PHONES_THERE} END"
FIELDS = ("code", "lowest", "highest", "country", "emergency_address", "policy")
AS_IT_IS = f"""jsonb_build_object('code', coalesce(s.code, ''), 'lowest', coalesce(s.lowest, {LOWEST}), 'highest', coalesce(s.highest, {HIGHEST}),
  'country', coalesce(s.country, ''), 'emergency_address', coalesce(s.emergency_address, ''),
  'policy', coalesce(s.policy, '{{}}'))"""
# The same as the journal told it; before sites had a policy it told none.
AS_TOLD = """('{{"policy": {{}}}}'::jsonb || ({told} - '{{name,place}}'::text[]))"""
# Every other site with its range, also one of which nothing was said yet.
OTHERS = f"({RANGES} ORDER BY n.name_key) o WHERE o.id <> {{id}}"
WHY_NOT = f"""coalesce((SELECT '{CODE_TAKEN}:' || o.name FROM {OTHERS} AND o.code <> '' AND o.code = {{after}}->>'code' LIMIT 1),
  (SELECT '{RANGES_CROSS}:' || o.name FROM {OTHERS} AND o.code = {{after}}->>'code' AND (
     o.lowest < ({{after}}->>'lowest')::int AND o.highest BETWEEN ({{after}}->>'lowest')::int AND ({{after}}->>'highest')::int - 1
     OR o.highest > ({{after}}->>'highest')::int AND o.lowest BETWEEN ({{after}}->>'lowest')::int + 1 AND ({{after}}->>'highest')::int) LIMIT 1))"""
# The same of a site that is here: a crossing that was there before keeps nobody from changing something else.
WHY_NOT_MOVED = f"""CASE WHEN ({{before}}->'code', {{before}}->'lowest', {{before}}->'highest') IS DISTINCT FROM ({{after}}->'code', {{after}}->'lowest', {{after}}->'highest')
  THEN {WHY_NOT} END"""
SIDE = """INSERT INTO phone_site (site_id, account_id, code, lowest, highest, country, emergency_address, policy, version)
  SELECT ok.obj, %(account)s, ok.after->>'code', (ok.after->>'lowest')::int, (ok.after->>'highest')::int, ok.after->>'country', ok.after->>'emergency_address',
    coalesce(ok.after->'policy', '{}'), 1 FROM ok"""


class PhoneSide(Part):
    """Parameters: site, wanted: FIELDS, and the name as `place`."""

    lock, locked = ("accounts_site", "id"), AFTER_ACCOUNT

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, w.id AS obj, w.version, w.before, w.after, CASE WHEN w.before = w.after THEN 'already'
          WHEN {NAMESAKE.format(name="w.after->>'place'", id="w.id")} THEN '{PLACE_NAME_TAKEN}'
          ELSE {WHY_NOT_MOVED.format(id="w.id", before="w.before", after="w.after")} END AS skip,
                   {NO_SEATS} FROM (SELECT g.id, coalesce(s.version, 0) AS version, jsonb_build_object('name', g.name, 'place', g.name) || {AS_IT_IS} AS before,
                     jsonb_build_object('name', g.name, 'place', g.name) || %(wanted)s::jsonb AS after
                     FROM accounts_site g LEFT JOIN phone_site s ON s.site_id = g.id WHERE g.account_id = %(account)s AND g.id = %(site)s::uuid) w"""

    write = f"""
did AS ({SIDE}
  WHERE {WHY_NOT_MOVED.format(id="ok.obj", before="ok.before", after="ok.after")} IS NULL
  AND (SELECT {AS_IT_IS} FROM (SELECT 1) one LEFT JOIN phone_site s ON s.site_id = ok.obj) = {AS_TOLD.format(told="ok.before")}
  ON CONFLICT (site_id) DO UPDATE SET code = excluded.code, lowest = excluded.lowest, highest = excluded.highest, country = excluded.country,
    emergency_address = excluded.emergency_address, policy = excluded.policy, version = phone_site.version + 1 RETURNING site_id AS obj),
named AS (UPDATE accounts_site t SET name = ok.after->>'place', version = t.version + 1 FROM ok JOIN did ON did.obj = ok.obj
  WHERE t.id = ok.obj AND t.name = ok.before->>'place' AND t.name <> ok.after->>'place')"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN g.id IS NULL OR {AS_IT_IS} <> {AS_TOLD.format(told="e.after")} OR g.name <> coalesce(e.after->>'place', g.name) THEN 'changed'
                     WHEN {NAMESAKE.format(name="e.before->>'place'", id="e.obj")} THEN '{PLACE_NAME_TAKEN}'
                     ELSE {WHY_NOT_MOVED.format(id="e.obj", before="e.after", after="e.before")} END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN accounts_site g ON g.id = e.obj LEFT JOIN phone_site s ON s.site_id = e.obj WHERE {DONE}"""


class NewPlace(NewSite):
    """A site with its phone side. Parameters: place, wanted (FIELDS).

    With the first one, the main site, an account begins to have sites: phones that stood nowhere are there from then on. Undone, they stand nowhere again.
    """

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, w.id AS obj, NULL::int AS version, NULL::jsonb AS before, w.after,
                   CASE WHEN {NAMESAKE.format(name="%(place)s", id="NULL::uuid")} THEN '{PLACE_NAME_TAKEN}' ELSE {WHY_NOT.format(id="w.id", after="w.after")} END AS skip,
                   {NO_SEATS} FROM (SELECT {NEW_ID} AS id, jsonb_build_object('name', %(place)s::text) || %(wanted)s::jsonb AS after) w"""

    write = f"""
did AS ({INSERT}),
side AS ({SIDE} WHERE ok.obj IN (SELECT obj FROM did)),
moved AS (UPDATE phone_user h SET site_id = did.obj, version = h.version + 1 FROM did WHERE h.account_id = %(account)s AND h.site_id IS NULL AND h.state = 'active'
  AND NOT EXISTS (SELECT 1 FROM accounts_site x WHERE x.account_id = %(account)s))"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, g.version, e.after AS before, '{{}}'::jsonb AS after,
                   CASE WHEN g.id IS NULL OR g.version <> 1 OR {IN_USE.format(site="g")} THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN accounts_site g ON g.id = e.obj WHERE {DONE}"""

    back_write = "did AS (DELETE FROM accounts_site t USING ok WHERE t.id = ok.obj AND NOT ({used}) RETURNING t.id AS obj)".replace(
        "{used}", IN_USE.format(site="t")
    )


@register
class CreateSite(Verb):
    """Make a site with its phone side. Parameters: name, and those of SetSite without the site. Needs the right to manage places, too.

    The first site of an account is its main one, and phones that stood nowhere are there from then on (behaviour.md L).
    """

    name = "phone.create_site"
    privilege = "phone:site:manage"
    parts = (NewPlace(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        actor.require("accounts:place:manage")
        return {"name": checked_name(params.get("name")), **checked_side(params)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"place": params["name"], "wanted": {k: params[k] for k in FIELDS}}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("1\u00a0site will be created: %(site)s.") % {"site": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The site %(site)s was created") % {"site": params["name"]}


@register
class SetSite(Verb):
    """Say from which numbers the extensions of a site come, its code, its country, the address that emergency services get, and what its phones may do.

    Parameters: site; name, another one, for who may manage places; code (up to 3 digits, or none), lowest and highest (10 to 999999), country,
    emergency_address; policy, of policy.POLICY, for phones there that say nothing themselves. Code and range together make 3 to 6 digits. Refuses (invalid)
    what makes no sense; (conflict) a name or a code another site has, and a range that crosses another's. Who has an extension keeps it.
    """

    name = "phone.set_site"
    privilege = "phone:site:manage"
    parts = (PhoneSide(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        try:
            found = site(actor, UUID(str(params.get("site"))))
        except ValueError:
            raise Refused("invalid", "no_site", _("There is no such site."), field="site") from None
        name = checked_name(params.get("name") or found["name"])
        if name != found["name"]:
            actor.require("accounts:place:manage")
        return {"site": str(found["id"]), "site_name": found["name"], "place": name, **checked_side(params)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"site": params["site"], "wanted": {k: params[k] for k in ("place", *FIELDS)}}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The phone settings of the site %(site)s will change.") % {"site": params["site_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The phone settings of the site %(site)s were changed") % {"site": params["site_name"]}


def checked_side(params: Mapping[str, Any]) -> dict[str, Any]:
    """FIELDS as they are kept, or Refused (invalid) with the field."""
    code = str(params.get("code") or "").strip()
    lowest, highest = (
        _extent(params.get(key) if params.get(key) not in (None, "") else default, key)
        for key, default in (("lowest", LOWEST), ("highest", HIGHEST))
    )
    if not (code.isascii() and (code.isdecimal() or not code) and len(code) <= 3):
        raise Refused("invalid", "site_code", _("A site code has up to 3 digits."), field="code")
    if lowest > highest:
        raise Refused("invalid", "range", _("The range ends before it begins."), field="highest")
    if len(f"{code}{lowest}") < 3 or len(f"{code}{highest}") > 6:
        raise Refused("invalid", "range", _("Code and number together have 3 to 6 digits."), field="lowest")
    address = " ".join(str(params.get("emergency_address") or "").replace("\x00", "").split())
    if len(address) > LONGEST_ADDRESS:
        words = _("An address has at most %(n)s characters.") % {"n": LONGEST_ADDRESS}
        raise Refused("invalid", "address", words, field="emergency_address")
    country = checked_country(params.get("country"))
    side = {"code": code, "lowest": lowest, "highest": highest, "country": country, "emergency_address": address}
    return {**side, "policy": checked_policy(params.get("policy"))}


def _extent(value: Any, key: str) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdecimal() and 10 <= int(text[:9]) <= 999_999):
        raise Refused("invalid", "range", _("A number from 10 to 999999."), field=key)
    return int(text)
