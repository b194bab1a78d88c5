"""The parts through which every seat is given and taken: SQL that says who, from what to what, and which seat is claimed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from usher.journal.verb import Part, reason
from usher.people.selection import order_by, sql_of

INACTIVE = reason("inactive", _("deactivated: no license until reactivated"))
NEEDS_BASE = reason("needs_base", _("an add-on they hold, or would get, needs another Workplace license"))
EXCLUDED = reason("excluded", _("holds a product that excludes it"))
NOT_HELD = reason("not_held", _("does not hold it"))

PENDING_SUFFIX = "CASE WHEN s.status = 'pending' THEN '@pending' ELSE '' END"
# A person holds an add-on that a license cannot carry (LIC-08). Nobody is looked up for a license that carries all; else by the person alone, as few hold
# any, and a look for each of fifteen add-ons costs more.
UNCARRIED = """({license} = ANY(%(poor)s::text[])
               AND EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = {user} AND a.product || ' ' || {license} = ANY(%(uncarried)s::text[])))"""

NEW_LICENSE = """UPDATE people_standing t SET license = ok.after->>'license', version = t.version + 1 FROM ok
               WHERE t.user_id = ok.obj AND t.license = ok.before->>'license' AND t.status = CASE WHEN ok.takes LIKE '%%@pending' THEN 'pending' ELSE 'active' END
               AND NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = ok.obj AND a.product = ANY(%(needy)s))"""


class WorkplaceSeat(Part):
    """The one Workplace license of a person. Parameters: license, needy (add-ons that the new license would leave without base).

    An undo has as many targets as people; for it `needing` are the add-ons that need a license, `poor` the licenses that do not carry all of them, and
    `uncarried` each add-on with one that does not carry it, as "webinar:500 meetings:basic".
    """

    lock = ("people_standing", "user_id")
    left_alone: ClassVar[str] = ""  # further WHEN … THEN 'reason' over people_standing s, asked before all others

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('license', s.license) AS before,
                   jsonb_build_object('license', %(license)s::text) AS after,
                   CASE {self.left_alone} WHEN s.license = %(license)s THEN 'already' WHEN s.status NOT IN ('active', 'pending') THEN 'inactive'
                        WHEN n.user_id IS NOT NULL THEN 'needs_base' END AS skip,
                   %(license)s::text || {PENDING_SUFFIX} AS takes, s.license || {PENDING_SUFFIX} AS gives
                   FROM ({sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN (SELECT DISTINCT a.user_id FROM licenses_seat a WHERE a.account_id = %(account)s AND a.product = ANY(%(needy)s)) n ON n.user_id = s.user_id
                   {order_by(params["subjects"])}"""

    write = f"did AS ({NEW_LICENSE} RETURNING t.user_id AS obj)"
    back_write = f"""did AS (UPDATE people_standing t SET license = ok.after->>'license', version = t.version + 1 FROM ok
               WHERE t.user_id = ok.obj AND t.license = ok.before->>'license' AND t.status = CASE WHEN ok.takes LIKE '%%@pending' THEN 'pending' ELSE 'active' END
               AND NOT {UNCARRIED.format(user="ok.obj", license="(ok.after->>'license')")} RETURNING t.user_id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        """In the order of the change, person by person (OFFSET 0): of many a join would be hashed, and then sorted on the disk for the order it had."""
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN s.license IS DISTINCT FROM e.after->>'license' THEN 'changed'
                        WHEN e.obj IN (SELECT a.user_id FROM licenses_seat a WHERE a.account_id = %(account)s AND a.product = ANY(%(needing)s))
                          AND {UNCARRIED.format(user="e.obj", license="(e.before->>'license')")} THEN 'needs_base' END AS skip,
                   (e.before->>'license') || {PENDING_SUFFIX} AS takes, (e.after->>'license') || {PENDING_SUFFIX} AS gives
                   FROM journal_effect e
                   CROSS JOIN LATERAL (SELECT s.version, s.license, s.status FROM people_standing s WHERE s.user_id = e.obj OFFSET 0) s
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""


INSERT_SEAT = """INSERT INTO licenses_seat (id, account_id, user_id, product, since)
                 SELECT usher_uuid7(), %(account)s, ok.obj, %(add_on)s, %(now)s FROM ok JOIN people_standing s ON s.user_id = ok.obj
                 WHERE s.status = CASE WHEN ok.takes LIKE '%%@pending' THEN 'pending' ELSE 'active' END"""
DELETE_SEAT = """did AS (DELETE FROM licenses_seat t USING ok, people_standing s WHERE s.user_id = ok.obj
                 AND s.status = CASE WHEN ok.gives LIKE '%%@pending' THEN 'pending' ELSE 'active' END
                 AND t.user_id = ok.obj AND t.product = %(add_on)s RETURNING t.user_id AS obj)"""
# The base and what excludes it are asked again where the row is locked: a change of license may have come between.
STILL_ALLOWED = """(cardinality(%(bases)s::text[]) = 0 OR s.license = ANY(%(bases)s))
                   AND NOT EXISTS (SELECT 1 FROM licenses_seat x WHERE x.user_id = ok.obj AND x.product = ANY(%(barred)s))"""
HAS = """jsonb_build_object('add_on', CASE WHEN a.user_id IS NOT NULL THEN a.product END)"""


class AddOnGiven(Part):
    """One add-on seat more. Parameters: add_on, bases (licenses it needs, or none), barred (products that exclude it)."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, '{{"add_on": null}}'::jsonb AS before, jsonb_build_object('add_on', %(add_on)s::text) AS after,
                   CASE WHEN a.user_id IS NOT NULL THEN 'already' WHEN s.status NOT IN ('active', 'pending') THEN 'inactive'
                        WHEN cardinality(%(bases)s::text[]) > 0 AND NOT s.license = ANY(%(bases)s) THEN 'needs_base'
                        WHEN b.user_id IS NOT NULL THEN 'excluded' END AS skip,
                   %(add_on)s::text || {PENDING_SUFFIX} AS takes, NULL::text AS gives
                   FROM ({sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN licenses_seat a ON a.user_id = s.user_id AND a.product = %(add_on)s
                   LEFT JOIN (SELECT DISTINCT user_id FROM licenses_seat WHERE account_id = %(account)s AND product = ANY(%(barred)s)) b ON b.user_id = s.user_id
                   {order_by(params["subjects"])}"""

    write = f"did AS ({INSERT_SEAT} AND {STILL_ALLOWED} ON CONFLICT (user_id, product) DO NOTHING RETURNING user_id AS obj)"
    back_write = DELETE_SEAT

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after, CASE WHEN a.user_id IS NULL THEN 'changed' END AS skip,
                   NULL::text AS takes, %(add_on)s::text || {PENDING_SUFFIX} AS gives
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj LEFT JOIN licenses_seat a ON a.user_id = e.obj AND a.product = %(add_on)s
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""


class AddOnAway(Part):
    """One add-on seat less. The same parameters; an undo gives it back only where it may still be held."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, {HAS} AS before, '{{"add_on": null}}'::jsonb AS after,
                   CASE WHEN a.user_id IS NULL THEN 'not_held' END AS skip, NULL::text AS takes, %(add_on)s::text || {PENDING_SUFFIX} AS gives
                   FROM ({sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN licenses_seat a ON a.user_id = s.user_id AND a.product = %(add_on)s {order_by(params["subjects"])}"""

    write = DELETE_SEAT
    back_write = f"did AS ({INSERT_SEAT} AND {STILL_ALLOWED} ON CONFLICT (user_id, product) DO NOTHING RETURNING user_id AS obj)"

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN a.user_id IS NOT NULL THEN 'changed' WHEN s.status NOT IN ('active', 'pending') THEN 'inactive'
                        WHEN cardinality(%(bases)s::text[]) > 0 AND NOT s.license = ANY(%(bases)s) THEN 'needs_base'
                        WHEN EXISTS (SELECT 1 FROM licenses_seat x WHERE x.user_id = e.obj AND x.product = ANY(%(barred)s)) THEN 'excluded' END AS skip,
                   %(add_on)s::text || {PENDING_SUFFIX} AS takes, NULL::text AS gives
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj LEFT JOIN licenses_seat a ON a.user_id = e.obj AND a.product = %(add_on)s
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""
