"""What may be done to rooms: create, edit. They are deleted in phone/verbs/rooms.py, where it is known what phone they have."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.free_form import checked_details
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, register

from .places import PLACE_NAME_TAKEN, SITE_GONE, checked_ids, checked_kind, checked_name, checked_site, room

NEW_ID = """md5(%(account)s::text || 'room' || coalesce(%(site)s::text, '') || usher_fold(%(place)s) || coalesce((SELECT r.id::text FROM accounts_room r
            WHERE r.account_id = %(account)s ORDER BY r.created_at DESC, r.id DESC LIMIT 1), ''))::uuid"""
# Two rooms of one site, or two that stand at none, never have the same name.
NAMESAKE = """EXISTS (SELECT 1 FROM accounts_room n WHERE n.account_id = %(account)s AND n.site_id IS NOT DISTINCT FROM {site} AND n.name_key = usher_fold({name})
              AND n.id IS DISTINCT FROM {id})"""
SITE_THERE = "(ok.after->>'site_id' IS NULL OR EXISTS (SELECT 1 FROM accounts_site g WHERE g.id = (ok.after->>'site_id')::uuid))"
# What is told of a room beside its name, kind and site is laid over what is known.
WANTED = """jsonb_build_object('name', %(place)s::text, 'place', %(place)s::text, 'room_kind', %(kind)s::text, 'site_id', %(site)s::uuid,
            'site', (SELECT g.name FROM accounts_site g WHERE g.account_id = %(account)s AND g.id = %(site)s::uuid),
            'details', {known} || %(details)s::jsonb)"""
NOTHING = "'{}'::jsonb"
AS_IT_IS = (
    "jsonb_build_object('name', r.name, 'place', r.name, 'room_kind', r.kind, 'site_id', r.site_id, 'site', g.name, 'details', r.details)"
)
INSERT = f"""INSERT INTO accounts_room (id, account_id, site_id, name, kind, details, version, created_at)
             SELECT ok.obj, %(account)s, (ok.after->>'site_id')::uuid, ok.after->>'name', coalesce(ok.after->>'room_kind', ok.after->>'kind'),
                    coalesce(ok.after->'details', '{{}}'), 1, coalesce((ok.after->>'created_at')::timestamptz, %(now)s)
             FROM ok WHERE {SITE_THERE} ON CONFLICT DO NOTHING RETURNING id AS obj"""


class _AtSite(Part):
    """What puts a room at a site locks the site: whoever deletes it waits, and then sees the room."""

    lock = ("accounts_site", "id")
    locked = "(after->>'site_id')::uuid"


class NewRoom(_AtSite):
    """Parameters: place, kind, site, details. Undone, it is gone, unless it was changed since."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, {NEW_ID} AS obj, NULL::int AS version, NULL::jsonb AS before, {WANTED.format(known=NOTHING)} AS after,
                   CASE WHEN {NAMESAKE.format(site="%(site)s::uuid", name="%(place)s", id="NULL::uuid")} THEN '{PLACE_NAME_TAKEN}' END AS skip,
                   NULL::text AS takes, NULL::text AS gives"""

    write = f"did AS ({INSERT})"

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, r.version, e.after - 'place' AS before, '{}'::jsonb AS after,
                  CASE WHEN r.version IS DISTINCT FROM 1 THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e LEFT JOIN accounts_room r ON r.id = e.obj WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""

    back_write = "did AS (DELETE FROM accounts_room t USING ok WHERE t.id = ok.obj AND t.version = 1 RETURNING t.id AS obj)"


class RoomEdited(_AtSite):
    """Parameters: room, place, kind, site, details."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, x.obj, x.version, x.before, x.after, CASE WHEN x.before = x.after THEN 'already'
                   WHEN {NAMESAKE.format(site="%(site)s::uuid", name="%(place)s", id="x.obj")} THEN '{PLACE_NAME_TAKEN}' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM (SELECT r.id AS obj, r.version, {AS_IT_IS} AS before, {WANTED.format(known="r.details")} AS after
                         FROM accounts_room r LEFT JOIN accounts_site g ON g.id = r.site_id WHERE r.account_id = %(account)s AND r.id = %(room)s::uuid) x"""

    write = f"""did AS (UPDATE accounts_room t SET name = ok.after->>'name', kind = ok.after->>'room_kind', site_id = (ok.after->>'site_id')::uuid,
                  details = coalesce(ok.after->'details', t.details), version = t.version + 1
                FROM ok WHERE t.id = ok.obj AND t.name = ok.before->>'name' AND t.kind = ok.before->>'room_kind'
                AND t.site_id IS NOT DISTINCT FROM (ok.before->>'site_id')::uuid AND t.details = coalesce(ok.before->'details', t.details) AND {SITE_THERE}
                AND NOT {NAMESAKE.format(site="(ok.after->>'site_id')::uuid", name="ok.after->>'name'", id="t.id")} RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, r.version, e.after AS before, e.before AS after,
                   CASE WHEN r.name IS DISTINCT FROM e.after->>'name' OR r.kind IS DISTINCT FROM e.after->>'room_kind'
                        OR r.site_id IS DISTINCT FROM (e.after->>'site_id')::uuid OR r.details <> coalesce(e.after->'details', r.details) THEN 'changed'
                        WHEN e.before->>'site_id' IS NOT NULL AND g.id IS NULL THEN '{SITE_GONE}'
                        WHEN {NAMESAKE.format(site="(e.before->>'site_id')::uuid", name="e.before->>'name'", id="e.obj")} THEN '{PLACE_NAME_TAKEN}' END AS skip,
                   NULL::text AS takes, NULL::text AS gives FROM journal_effect e LEFT JOIN accounts_room r ON r.id = e.obj
                   LEFT JOIN accounts_site g ON g.id = (e.before->>'site_id')::uuid
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


class RoomGone(Part):
    """Rooms that are not there any more, once they have no phone. Parameter: ids. Undo brings them back to the site they stood at, as long as it is there."""

    lock = ("accounts_room", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, r.id AS obj, r.version, jsonb_build_object('name', r.name, 'kind', r.kind, 'site_id', r.site_id,
                  'details', r.details, 'created_at', r.created_at) AS before, '{}'::jsonb AS after,
                  NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM accounts_room r WHERE r.account_id = %(account)s AND r.id = ANY(%(ids)s::uuid[]) ORDER BY r.id"""

    write = """did AS (DELETE FROM accounts_room t USING ok WHERE t.id = ok.obj AND t.name = ok.before->>'name'
               AND NOT EXISTS (SELECT 1 FROM licenses_roomseat h WHERE h.room_id = t.id) AND NOT EXISTS (SELECT 1 FROM phone_user h WHERE h.id = t.id) RETURNING t.id AS obj)"""
    back_write = f"did AS ({INSERT})"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   CASE WHEN e.before->>'site_id' IS NOT NULL AND g.id IS NULL THEN '{SITE_GONE}'
                        WHEN {NAMESAKE.format(site="(e.before->>'site_id')::uuid", name="e.before->>'name'", id="e.obj")} THEN '{PLACE_NAME_TAKEN}' END AS skip,
                   NULL::text AS takes, NULL::text AS gives FROM journal_effect e LEFT JOIN accounts_site g ON g.id = (e.before->>'site_id')::uuid
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""


@register
class CreateRoom(Verb):
    """Create a room. Parameters: name; kind, one of places.ROOM_KINDS; site, an id or nothing; details, what else a program says of it.

    Refuses a name that another room of the site has (place_name_taken), and details that cannot be kept (details).
    """

    name = "accounts.create_room"
    privilege = "accounts:place:manage"
    parts = (NewRoom(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return checked(actor, params)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return sql_of(params)

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("1\u00a0room will be created: %(room)s.") % {"room": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The room %(room)s was created") % {"room": params["name"]}


@register
class EditRoom(Verb):
    """Change the name, the kind or the site of a room. Parameters: room, and those of creating; what is not named stays."""

    name = "accounts.edit_room"
    privilege = "accounts:place:manage"
    parts = (RoomEdited(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        (id,) = checked_ids([params.get("room")])
        found = room(actor, UUID(id))
        now = {"name": found["name"], "kind": found["kind"], "site": found["site_id"]}
        wanted = {key: value for key, value in params.items() if key != "room"}
        return {"room": str(found["id"]), **checked(actor, {**now, **wanted})}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"room": params["room"], **sql_of(params)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The room %(room)s will be changed.") % {"room": params["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The room %(room)s was changed") % {"room": params["name"]}


def checked(actor: Actor, params: Mapping[str, Any]) -> dict[str, Any]:
    """What a room is, as it is journaled, or Refused with the field."""
    if set(params) - {"name", "kind", "site", "details"}:
        raise Refused("invalid", "unknown_field", _("A room has a name, a kind and a site."))
    return {
        "name": checked_name(params.get("name")),
        "kind": checked_kind(params.get("kind")),
        "site": checked_site(actor, params.get("site")),
        "details": checked_details(params.get("details")),
    }


def sql_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the parts. What was journaled before rooms had details has none."""
    return {"place": params["name"], "kind": params["kind"], "site": params["site"], "details": params.get("details", {})}
