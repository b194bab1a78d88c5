"""The parts of coming in: new people, the add-ons they get, and what withdrawing an invitation takes away again."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from usher.journal.verb import NO_ROWS, Part, reason
from usher.licenses.catalog import ADD_ONS, UNASSIGNED
from usher.licenses.waiting import INTO
from usher.people.groups import default_of
from usher.people.verbs.site import IS_THERE, THERE

from .allotting import ALLOTTED, NOT_GOT

TWICE = reason("twice", _("the same person stands in an earlier line"), refused=True)
EXISTS = reason("exists", _("already here"))
NO_GROUP = reason("no_group", _("there is no such user group"), refused=True)
NO_IM_GROUP = reason("no_im_group", _("there is no such IM group"), refused=True)
NO_SITE = reason("no_site", _("there is no such site"), refused=True)
UNKNOWN_MANAGER = reason("unknown_manager", _("the manager is not here"), refused=True)
WRONG_PRODUCTS = reason("wrong_products", _("a license and add-ons that do not go together"), refused=True)
SWITCHED_OFF = reason("switched_off", _("On-Prem needs Meeting Connector, which is off in this account"), refused=True)
NOT_PENDING = reason("not_pending", _("not pending any more"))
ACTIVATED = reason("activated", _("has activated meanwhile and stays"))
ADDRESS_TAKEN = reason("address_taken", _("the address belongs to somebody else by now"))
TOO_SOON = reason("too_soon", _("was invited less than a minute ago"), "later")

DAYS = 30  # S0-51

# A seat belongs to its person: whoever writes it holds the person first, as the person's own acceptance does.
PERSON_OF_SEAT = (("people_standing", "user_id"), "coalesce(after->>'user', before->>'user')::uuid")

# Every line with its fate. The first good line of an address counts; a line that is wrong by itself does not take it.
# The groups are those of the line, else those chosen for everybody, else the default ones of the account (S0-62, S0-66).
LINES = f"""
SELECT l.*, coalesce(g.id, %(group)s::uuid, {default_of("user")}) AS group_id, coalesce(i.id, %(im_group)s::uuid, {default_of("im")}) AS im_group_id,
  CASE WHEN l.problem IS NOT NULL THEN l.problem
       WHEN row_number() OVER (PARTITION BY l.canonical, l.problem IS NULL ORDER BY l.line) > 1 THEN 'twice'
       WHEN u.id IS NOT NULL THEN 'exists'
       WHEN l.user_group <> '' AND g.id IS NULL THEN 'no_group'
       WHEN l.im_group <> '' AND i.id IS NULL THEN 'no_im_group' END AS skip
FROM {{staged}} l
LEFT JOIN people_user u ON u.account_id = %(account)s AND u.canonical = l.canonical AND u.left_at IS NULL
LEFT JOIN people_group g ON l.user_group <> '' AND g.account_id = %(account)s AND g.kind = 'user' AND g.name_key = usher_fold(l.user_group)
LEFT JOIN people_group i ON l.im_group <> '' AND i.account_id = %(account)s AND i.kind = 'im' AND i.name_key = usher_fold(l.im_group)"""
# Where the lines are: in a stage, or, of the one person whom a program names, in the parameters.
OF_STAGE = "(SELECT * FROM lifecycle_stagedline WHERE stage_id = %(stage)s)"
OF_PERSON = "jsonb_populate_record(NULL::lifecycle_stagedline, %(person)s::jsonb)"

# The same where the file says more than its first six columns: what a cell says counts, else what the form chose for everybody.
# Parameters: license, add_ons, off (licenses that are switched off), clashes (product -> what it cannot be held with).
LINES_WITH_MORE = f"""
SELECT b.id, b.line, b.email, b.first_name, b.last_name, b.user_group, b.im_group, b.group_id, b.im_group_id, b.field, b.said, b.places, b.more,
  m.id AS manager_id, t.id AS site_id, t.name AS site, x.license, x.add_ons,
  coalesce(b.skip, CASE WHEN b.more ? 'manager' AND m.id IS NULL THEN 'unknown_manager' WHEN b.more ? 'site' AND t.id IS NULL THEN 'no_site'
    WHEN x.license = ANY(%(off)s::text[]) THEN 'switched_off'
    WHEN EXISTS (SELECT 1 FROM unnest(x.add_ons) a WHERE (%(clashes)s::jsonb->a) ?| (x.add_ons || x.license)) THEN 'wrong_products' END) AS skip
FROM ({LINES}) b
CROSS JOIN LATERAL (SELECT coalesce(b.more->>'license', %(license)s::text) AS license,
  CASE WHEN b.problem IS NULL AND b.more ? 'add_ons' THEN ARRAY(SELECT jsonb_array_elements_text(b.more->'add_ons')) ELSE %(add_ons)s::text[] END AS add_ons) x
LEFT JOIN people_user m ON b.more ? 'manager' AND m.account_id = %(account)s AND m.canonical = b.more->>'manager' AND m.left_at IS NULL
LEFT JOIN accounts_site t ON b.more ? 'site' AND t.account_id = %(account)s AND t.name_key = usher_fold(b.more->>'site')"""

# One that was deleted since the plan stops its line: it is tried again, not invited without.
GROUP_IS_HERE = "(ok.after->>'{key}' IS NULL OR EXISTS (SELECT 1 FROM people_group g WHERE g.id = (ok.after->>'{key}')::uuid))"

# Whoever finds no seat comes in all the same, with what is free, and waits for the rest. `lines` have license and add_ons; `new` is what they would be with all.
WAITING = f"""({ALLOTTED} SELECT got.*, {NOT_GOT} AS waits FROM got)"""
QUEUED = INTO.format(
    who="(SELECT did.obj, ok.ord, x.product FROM did JOIN ok ON ok.obj = did.obj, jsonb_array_elements_text(ok.after->'waits') x(product))"
)
ALL_FIT = "SELECT l.*, %(license)s::text AS license, %(add_ons)s::text[] AS add_ons FROM ({lines}) l"

NEW = """jsonb_build_object('email', l.email, 'name', btrim(l.first_name || ' ' || l.last_name), 'license', %(license)s::text, 'line', l.line, 'group', l.group_id,
         'im_group', l.im_group_id)"""
NEW_WITH_MORE = """jsonb_build_object('email', l.email, 'name', btrim(l.first_name || ' ' || l.last_name), 'license', l.license, 'line', l.line, 'group', l.group_id,
         'im_group', l.im_group_id, 'add_ons', l.add_ons, 'manager_id', l.manager_id)
         || CASE WHEN l.site_id IS NOT NULL THEN jsonb_build_object('site', l.site, 'site_id', l.site_id) ELSE '{}' END"""
NAMED = "CASE l.skip WHEN 'no_group' THEN l.user_group WHEN 'no_im_group' THEN l.im_group END"
NAMED_WITH_MORE = """CASE l.skip WHEN 'no_group' THEN l.user_group WHEN 'no_im_group' THEN l.im_group WHEN 'unknown_manager' THEN l.more->>'manager'
         WHEN 'no_site' THEN l.more->>'site' WHEN 'wrong_products' THEN array_to_string(l.license || l.add_ons, ' ') END"""

# What is made of the good lines. Of sites the file tells alone; of add-ons and of waiting for a seat the parameters.
WRITE = f"""
{{there}}did AS (INSERT INTO people_user (id, account_id, email, canonical, first_name, last_name, department, job_title, location, manager_id, im_group_id, came_in, created_at,
    display_name, cost_center, employee_id, site_id)
  SELECT l.id, %(account)s, l.email, l.canonical, l.first_name, l.last_name, CASE WHEN l.department <> '' THEN l.department ELSE %(department)s END,
         coalesce(l.more->>'job_title', %(job_title)s), coalesce(l.more->>'location', %(location)s),
         coalesce((ok.after->>'manager_id')::uuid, %(manager)s::uuid), coalesce((ok.after->>'im_group')::uuid, %(im_group)s::uuid), %(came_in)s, %(now)s,
         coalesce(l.more->>'display_name', ''), coalesce(l.more->>'cost_center', ''), coalesce(l.more->>'employee_id', ''),
         (ok.after->>'site_id')::uuid
  FROM ok JOIN {{staged}} l ON l.id = ok.obj WHERE {GROUP_IS_HERE.format(key="group")} AND {GROUP_IS_HERE.format(key="im_group")}{{is_there}}
  ORDER BY l.canonical
  ON CONFLICT (account_id, canonical) WHERE left_at IS NULL DO NOTHING RETURNING id AS obj, email),
standing AS (INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version)
  SELECT did.obj, %(account)s, 'pending', ok.after->>'license', 'member', 1, 1 FROM did JOIN ok ON ok.obj = did.obj),
{{held}}{{queued}}invitation AS (INSERT INTO people_invitation (user_id, account_id, nonce, invited_by, sent_at, expires_at, state)
  SELECT obj, %(account)s, obj, %(actor)s, %(now)s, %(now)s::timestamptz + interval '{DAYS} days', 'open' FROM did),
membership AS (INSERT INTO people_membership (account_id, group_id, user_id, "primary")
  SELECT %(account)s, m.group_id, m.user_id, true FROM (SELECT did.obj AS user_id, coalesce((ok.after->>'group')::uuid, %(group)s::uuid) AS group_id
    FROM did JOIN ok ON ok.obj = did.obj) m WHERE m.group_id IS NOT NULL),
mail AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), %(account)s, 'invitation', obj, email, '{{{{}}}}'::jsonb, %(now)s, %(now)s FROM did)"""
HELD = """held AS (INSERT INTO licenses_seat (id, account_id, user_id, product, since)
  SELECT md5(did.obj::text || a)::uuid, %(account)s, did.obj, a, %(now)s FROM did JOIN ok ON ok.obj = did.obj, jsonb_array_elements_text(ok.after->'add_ons') a),
"""


def staged_by(params: Mapping[str, Any]) -> str:
    """Where the lines of these parameters are, as a table of lines."""
    return OF_PERSON if params.get("person") else OF_STAGE


class NewPeople(Part):
    """Each good line becomes a pending person with an invitation, a mail and all their seats, or nothing of it when one seat lacks.

    Parameters: stage or person, license, add_ons, and what else all of them share; columns (those of the file beside the first six), off, clashes; waits, when
    whoever finds no seat has Basic, else Unassigned, and stands on the waiting list for the rest.
    The first nonce is the person's own id: a nonce must differ from the next one, the secret is the key of the HMAC (core/link_token.py).
    """

    def rows(self, params: Mapping[str, Any]) -> str:
        lines, new, named = LINES, NEW, NAMED
        seats = " || '@pending ' || ".join(["%(license)s::text", *(f"'{code}'" for code in params["add_ons"])])
        if params.get("columns"):
            lines, new, named = LINES_WITH_MORE, NEW_WITH_MORE, NAMED_WITH_MORE
            seats = "array_to_string(l.license || l.add_ons, '@pending ')"
        elif params["add_ons"]:
            new = f"{NEW} || jsonb_build_object('add_ons', %(add_ons)s::text[])"
        if params.get("waits"):
            numbered = lines if params.get("columns") else ALL_FIT.format(lines=lines)
            lines = WAITING.format(people=f"SELECT row_number() OVER (ORDER BY line) AS n, l.* FROM ({numbered}) l")
            new = f"{new} || jsonb_build_object('license', coalesce(l.three, '{UNASSIGNED}'), 'add_ons', l.gets, 'waits', l.waits)"
            seats = f"concat_ws('@pending ', coalesce(l.three, '{UNASSIGNED}'), (SELECT string_agg(x, '@pending ') FROM jsonb_array_elements_text(l.gets) x))"
        lines = lines.replace("{staged}", staged_by(params))
        return f"""SELECT NULL::int AS subj, l.id AS obj, NULL::int AS version, NULL::jsonb AS before,
                   CASE WHEN l.skip IS NULL THEN {new}
                        ELSE jsonb_build_object('email', l.email, 'line', l.line, 'field', l.field, 'said', l.said, 'places', l.places, 'named', {named}) END AS after,
                   l.skip, {seats} || '@pending' AS takes, NULL::text AS gives FROM ({lines}) l ORDER BY l.line"""

    def writes(self, params: Mapping[str, Any]) -> str:
        """Without what the parameters rule out: the database gets ready for every part of a statement, also where it then finds nothing to do."""
        more, waits = bool(params.get("columns")), bool(params.get("waits"))
        return WRITE.format(
            staged=staged_by(params),
            there=f"{THERE},\n" if more else "",
            is_there=f" AND {IS_THERE}" if more else "",
            held=HELD if more or waits or params["add_ons"] else "",
            queued=f"queued AS ({QUEUED}),\n" if waits else "",
        )

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                  CASE WHEN s.status = 'gone' THEN 'not_pending' WHEN s.status <> 'pending' THEN 'activated' END AS skip,
                  NULL::text AS takes, s.license || '@pending' AS gives
                  FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.obj"""

    back_write = """
did AS (UPDATE people_standing t SET status = 'gone', license = NULL, access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.status = 'pending' AND t.license || '@pending' = ok.gives
  AND NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = t.user_id) RETURNING t.user_id AS obj),
gone AS (UPDATE people_user u SET left_at = %(now)s, left_how = 'withdrawn' FROM did WHERE u.id = did.obj),
closed AS (UPDATE people_invitation i SET state = 'withdrawn', token_hash = NULL, nonce = gen_random_uuid() FROM did WHERE i.user_id = did.obj),
unsent AS (UPDATE mail_message m SET state = 'cancelled' FROM did WHERE m.to_user = did.obj AND m.state = 'waiting')"""


def first_seats_of(person: UUID) -> list[UUID]:
    """The ids that the seats of this person's invitation have, or would have: what the journal tells of them stands under these."""
    return [UUID(hashlib.md5(f"{person}{product.code}".encode(), usedforsecurity=False).hexdigest()) for product in ADD_ONS]


class AddOnsOfNewPeople(Part):
    """The way back of the add-ons: they come with their people, so that nobody is invited with half of what they shall have."""

    lock, locked = PERSON_OF_SEAT

    def rows(self, params: Mapping[str, Any]) -> str:
        return NO_ROWS

    write = "did AS (SELECT obj FROM ok)"

    def back(self, params: Mapping[str, Any]) -> str:
        """Every add-on that these people hold by now, also one given since: nobody gone may keep a seat."""
        return """SELECT NULL::int AS subj, a.id AS obj, NULL::int AS version, jsonb_build_object('user', a.user_id, 'add_on', a.product) AS before, NULL::jsonb AS after,
                  NULL::text AS skip, NULL::text AS takes, a.product || '@pending' AS gives
                  FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj AND s.status = 'pending' JOIN licenses_seat a ON a.user_id = e.obj
                  WHERE e.change_id = %(undoes)s AND e.phase = 0 AND e.result = 'done' ORDER BY a.id"""

    back_write = """did AS (DELETE FROM licenses_seat t USING ok WHERE t.id = ok.obj
                    AND EXISTS (SELECT 1 FROM people_standing s WHERE s.user_id = t.user_id AND s.status = 'pending') RETURNING t.id AS obj)"""
