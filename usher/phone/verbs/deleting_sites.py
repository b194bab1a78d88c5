"""Deleting a site: first all that is there goes to another one, then it goes with its phone side. Undo brings both back (behaviour.md L)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.accounts.places import IS_MAIN, PLACE_NAME_TAKEN, checked_ids, site
from usher.accounts.room_verbs import NAMESAKE as ROOM_NAMESAKE
from usher.accounts.site_verbs import AFTER_ACCOUNT, INSERT, NAMESAKE, USED
from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, reason, register
from usher.people.named import site_named
from usher.people.verbs.site import IS_THERE, THERE
from usher.phone.parts import NAME
from usher.phone.verbs.sites import AS_IT_IS, SIDE, WHY_NOT

ROOM_NAME = reason("room_name_there", gettext_lazy("a room there has the same name: rename one of them first"), refused=True)
# Whoever or whatever is at a site, each once: a person, the phone of theirs, a room with its phone, a template.
AT_SITE = f"""(SELECT s.user_id AS id, s.version, {NAME} AS name, u.email, array_remove(ARRAY[CASE WHEN u.site_id = %(site)s::uuid THEN 'person' END,
    CASE WHEN h.site_id = %(site)s::uuid AND h.state = 'active' THEN 'phone' END], NULL) AS at
  FROM people_user u JOIN people_standing s ON s.user_id = u.id LEFT JOIN phone_user h ON h.id = u.id
  WHERE u.account_id = %(account)s AND u.left_at IS NULL AND (u.site_id = %(site)s::uuid OR h.site_id = %(site)s::uuid AND h.state = 'active')
  UNION ALL SELECT r.id, r.version, r.name, NULL, array_remove(ARRAY[CASE WHEN r.site_id = %(site)s::uuid THEN 'room' END,
    CASE WHEN h.site_id = %(site)s::uuid AND h.state = 'active' THEN 'phone' END], NULL)
  FROM accounts_room r LEFT JOIN phone_user h ON h.id = r.id
  WHERE r.account_id = %(account)s AND (r.site_id = %(site)s::uuid OR h.site_id = %(site)s::uuid AND h.state = 'active')
  UNION ALL SELECT t.id, t.version, t.name, NULL, ARRAY['template'] FROM phone_template t WHERE t.account_id = %(account)s AND t.site_id = %(site)s::uuid)"""
MOVED = "FROM ok WHERE t.id = ok.obj AND ok.before->'at' ? '{what}' AND t.site_id IS NOT DISTINCT FROM (ok.before->>'site_id')::uuid AND {there}"


class Elsewhere(Part):
    """All that is at a site is at another one, also what came there while it went on. Parameters: site, site_name, target, target_name."""

    lock = ("people_standing", "user_id")
    asks_again = True

    def rows(self, params: Mapping[str, Any]) -> str:
        there = "jsonb_build_object('site', %({name})s::text, 'site_id', %({id})s::uuid, 'at', to_jsonb(x.at))"
        namesake = ROOM_NAMESAKE.format(site="%(target)s::uuid", name="x.name", id="x.id")
        return f"""SELECT NULL::int AS subj, x.id AS obj, x.version, jsonb_strip_nulls(jsonb_build_object('name', x.name, 'email', x.email)) ||
                     {there.format(name="site_name", id="site")} AS before, {there.format(name="target_name", id="target")} AS after,
                   CASE WHEN 'room' = ANY (x.at) AND {namesake} THEN '{ROOM_NAME}' END AS skip, {NO_SEATS}
                   FROM {AT_SITE} x ORDER BY x.id"""

    write = f"""
{THERE},
people AS (UPDATE people_user t SET site_id = (ok.after->>'site_id')::uuid {MOVED.format(what="person", there=IS_THERE)} RETURNING t.id),
rooms AS (UPDATE accounts_room t SET site_id = (ok.after->>'site_id')::uuid, version = t.version + 1 {MOVED.format(what="room", there=IS_THERE)} RETURNING t.id),
templates AS (UPDATE phone_template t SET site_id = (ok.after->>'site_id')::uuid, version = t.version + 1 {MOVED.format(what="template", there=IS_THERE)} RETURNING t.id),
phones AS (UPDATE phone_user t SET site_id = (ok.after->>'site_id')::uuid, version = t.version + 1 {MOVED.format(what="phone", there=IS_THERE)}
  AND t.state = 'active' RETURNING t.id),
did AS (SELECT id AS obj FROM people UNION SELECT id FROM rooms UNION SELECT id FROM templates UNION SELECT id FROM phones)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        """Who went elsewhere since stays there; a person whose phone alone did so comes back without it."""
        still = """EXISTS (SELECT 1 FROM people_user t WHERE t.id = e.obj AND t.left_at IS NULL AND t.site_id = (e.after->>'site_id')::uuid)
          OR EXISTS (SELECT 1 FROM accounts_room t WHERE t.id = e.obj AND t.site_id = (e.after->>'site_id')::uuid)
          OR EXISTS (SELECT 1 FROM phone_template t WHERE t.id = e.obj AND t.site_id = (e.after->>'site_id')::uuid)
          OR EXISTS (SELECT 1 FROM phone_user t WHERE t.id = e.obj AND t.state = 'active' AND t.site_id = (e.after->>'site_id')::uuid)"""
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after, CASE WHEN NOT ({still}) THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e WHERE {DONE} ORDER BY e.obj"""


class SiteAway(Part):
    """The site itself with its phone side, if it has one, once nothing is there. Parameter: site. Undone, it is back unless its range, its code or its
    name clashes with another's by now."""

    lock, locked = ("accounts_site", "id"), AFTER_ACCOUNT
    beside = False

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, g.id AS obj, g.version, jsonb_build_object('name', g.name, 'created_at', g.created_at)
                     || CASE WHEN s.site_id IS NULL THEN '{{}}' ELSE {AS_IT_IS} END AS before,
                   '{{}}'::jsonb AS after, CASE WHEN g.main THEN '{IS_MAIN}' END AS skip, {NO_SEATS}
                   FROM accounts_site g LEFT JOIN phone_site s ON s.site_id = g.id WHERE g.account_id = %(account)s AND g.id = %(site)s::uuid"""

    write = f"did AS (DELETE FROM accounts_site t USING ok WHERE t.id = ok.obj AND NOT t.main AND NOT ({USED.format(site='t')}) RETURNING t.id AS obj)"
    back_write = f"""did AS ({INSERT}), side AS ({SIDE} WHERE ok.after ? 'lowest' AND ok.obj IN (SELECT obj FROM did))"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   CASE WHEN {NAMESAKE.format(name="e.before->>'name'", id="e.obj")} THEN '{PLACE_NAME_TAKEN}'
                     WHEN e.before ? 'lowest' THEN {WHY_NOT.format(id="e.obj", after="e.before")} END AS skip, {NO_SEATS} FROM journal_effect e WHERE {DONE}"""


@register
class DeleteSite(Verb):
    """Delete a site; people, rooms, phones and templates there go to another one. Extensions and numbers stay as they are.

    Parameters: site; target, by id or name, for all that is there. Needs the right to manage places, and people where some are. Refuses the main site
    (conflict, is_main); (invalid) no target where something is (target_needed), and the site itself (same_site).
    """

    name = "phone.delete_site"
    privilege = "phone:site:manage"
    parts = (Elsewhere(), SiteAway())
    lost = gettext_lazy("What programs kept with the site does not come back.")

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        actor.require("accounts:place:manage")
        (id,) = checked_ids([params.get("site")])
        found = site(actor, UUID(id))
        if found["main"]:
            words = _("%(site)s is the main site. Make another one the main site before you delete it.") % {"site": found["name"]}
            raise Refused("conflict", "is_main", words)
        there = {
            r["what"] for r in sql.rows(f"SELECT DISTINCT unnest(x.at) AS what FROM {AT_SITE} x", {"account": actor.account_id, "site": id})
        }
        if "person" in there:
            actor.require("people:user:manage")
        if not params.get("target"):
            if there:
                words = _("People, rooms, phones or templates are at %(site)s. Say to which site they go.") % {"site": found["name"]}
                raise Refused("invalid", "target_needed", words, field="target")
            return {"site": id, "site_name": found["name"], "target": None, "target_name": None}
        target = site_named(actor, params["target"], "target")
        if target["site"] == id:
            raise Refused("invalid", "same_site", _("They are at this site already. Choose another one."), field="target")
        return {"site": id, "site_name": found["name"], "target": target["site"], "target_name": target["site_name"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The site %(site)s will be deleted.") % {"site": params["site_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = (
            _("The site %(site)s was deleted; all that was there is at %(target)s now")
            if params["target"]
            else _("The site %(site)s was deleted")
        )
        return told % {"site": params["site_name"], "target": params["target_name"]}

    def undo_words(self, done: int) -> str:
        return _("The site comes back with all that was there and has not moved on since.")
