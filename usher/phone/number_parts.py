"""The parts of numbers: into the inventory and out of it, whose they are, and which one a phone calls out with. They lock the account (extensions.LOCK)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from usher.journal.verb import DONE, NO_SEATS, Part, reason
from usher.people.verbs.profile import name_of

from .extensions import LOCK, LOCKED

MOST_OF_ONE = 10  # numbers one phone has (behaviour.md L)
NO_NUMBER = reason("no_number", gettext_lazy("is no number that can be called"), refused=True)
NUMBER_TWICE = reason("number_twice", gettext_lazy("stands in an earlier line"), refused=True)
NUMBER_HERE = reason("number_here", gettext_lazy("is in the inventory already"))
NUMBER_TAKEN = reason("number_taken", gettext_lazy("%(name)s has this number"), refused=True)
NUMBER_HELD = reason("number_held", gettext_lazy("somebody has it: take it back first"))
NOT_HELD = reason("number_not_held", gettext_lazy("nobody has it"))
NEEDS_PLAN = reason("needs_plan", gettext_lazy("a direct number needs a calling plan, which the phone has not"))
TOO_MANY = reason("too_many_numbers", gettext_lazy("a phone has at most ten numbers"))

HOLDER = f"coalesce({name_of('hu')}, hr.name)"
OF = "FROM phone_number n LEFT JOIN phone_user h ON h.id = n.holder_id LEFT JOIN people_user hu ON hu.id = h.user_id LEFT JOIN accounts_room hr ON hr.id = h.room_id"
HAS_PLAN = """(EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = {id} AND starts_with(a.product, 'calling:'))
  OR EXISTS (SELECT 1 FROM licenses_roomseat a WHERE a.room_id = {id} AND starts_with(a.product, 'calling:')))"""
# The id of a number is made of it, so that a plan and its start agree.
NEW_ID = "md5(%(account)s::text || 'number' || {number})::uuid"


class NewNumbers(Part):
    """Numbers that come into the inventory. Parameters: numbers, countries, kinds and problems, one of each per line."""

    lock, locked = LOCK, LOCKED

    def rows(self, params: Mapping[str, Any]) -> str:
        of_line = "l.number || CASE WHEN l.nth > 1 OR l.problem <> '' THEN l.line::text ELSE '' END"
        return f"""SELECT NULL::int AS subj, {NEW_ID.format(number=of_line)} AS obj, NULL::int AS version,
                   NULL::jsonb AS before, jsonb_build_object('name', l.number, 'number', l.number, 'country', l.country, 'kind', l.kind, 'line', l.line) AS after,
                   CASE WHEN l.problem <> '' THEN l.problem WHEN l.nth > 1 THEN '{NUMBER_TWICE}' WHEN n.id IS NOT NULL THEN '{NUMBER_HERE}' END AS skip, {NO_SEATS}
                   FROM (SELECT x.*, row_number() OVER (PARTITION BY x.number, x.problem ORDER BY x.line) AS nth
                         FROM unnest(%(numbers)s::text[], %(countries)s::text[], %(kinds)s::text[], %(problems)s::text[]) WITH ORDINALITY x(number, country, kind, problem, line)) l
                   LEFT JOIN phone_number n ON n.account_id = %(account)s AND n.number = l.number ORDER BY l.line"""

    write = f"""did AS (INSERT INTO phone_number (id, account_id, number, country, kind, since, version)
      SELECT {NEW_ID.format(number="(ok.after->>'number')")}, %(account)s, ok.after->>'number', ok.after->>'country', ok.after->>'kind', %(now)s, 1 FROM ok
      ON CONFLICT DO NOTHING RETURNING id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, n.version, e.after AS before, '{{}}'::jsonb AS after,
                   CASE WHEN n.id IS NULL THEN 'changed' WHEN n.holder_id IS NOT NULL THEN '{NUMBER_HELD}' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_number n ON n.id = e.obj WHERE {DONE} ORDER BY e.obj"""

    back_write = "did AS (DELETE FROM phone_number n USING ok WHERE n.id = ok.obj AND n.holder_id IS NULL RETURNING n.id AS obj)"


class Released(Part):
    """Numbers that leave the inventory. Parameter: ids. Skipped: what somebody has."""

    lock, locked = LOCK, LOCKED

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, n.id AS obj, n.version, jsonb_build_object('name', n.number, 'number', n.number, 'country', n.country, 'kind', n.kind) AS before,
                   '{{}}'::jsonb AS after, CASE WHEN n.holder_id IS NOT NULL THEN '{NUMBER_HELD}' END AS skip, {NO_SEATS}
                   FROM phone_number n WHERE n.account_id = %(account)s AND n.id = ANY (%(ids)s::uuid[]) ORDER BY n.number"""

    write = NewNumbers.back_write
    back_write = """did AS (INSERT INTO phone_number (id, account_id, number, country, kind, since, version)
      SELECT ok.obj, %(account)s, ok.after->>'number', ok.after->>'country', ok.after->>'kind', %(now)s, 1 FROM ok ON CONFLICT DO NOTHING RETURNING id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, e.before AS after,
                   CASE WHEN EXISTS (SELECT 1 FROM phone_number n WHERE n.account_id = %(account)s AND n.number = e.before->>'number') THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e WHERE {DONE} ORDER BY e.obj"""


class Held(Part):
    """Whose numbers are. Parameters: ids; holder, an id or null for nobody; from_others, whether they may be somebody else's.

    The first number of a phone is the one it calls out with; another is chosen apart (Caller). Whose numbers would be too many by now keeps those they have.
    """

    lock, locked = LOCK, LOCKED

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, n.id AS obj, n.version, jsonb_build_object('name', n.number, 'number', n.number, 'holder', {HOLDER},
          'holder_id', n.holder_id, 'caller', n.caller) AS before,
                   jsonb_build_object('holder', w.name, 'holder_id', w.id, 'caller', w.id IS NOT NULL AND w.has = 0 AND row_number() OVER (ORDER BY n.number) = 1) AS after,
                   CASE WHEN n.holder_id IS NOT DISTINCT FROM w.id THEN CASE WHEN w.id IS NULL THEN '{NOT_HELD}' ELSE 'already' END
                        WHEN w.id IS NOT NULL AND n.holder_id IS NOT NULL AND NOT %(from_others)s::boolean THEN '{NUMBER_TAKEN}:' || {HOLDER}
                        WHEN w.id IS NOT NULL AND NOT w.plan THEN '{NEEDS_PLAN}'
                        WHEN w.has + row_number() OVER (ORDER BY n.holder_id IS NOT DISTINCT FROM w.id, n.number) > {MOST_OF_ONE} THEN '{TOO_MANY}' END AS skip, {NO_SEATS}
                   {OF} CROSS JOIN ({WHOSE}) w WHERE n.account_id = %(account)s AND n.id = ANY (%(ids)s::uuid[]) ORDER BY n.number"""

    write = f"""
has AS MATERIALIZED (SELECT m.holder_id, count(*) AS n FROM phone_number m WHERE m.holder_id IN (SELECT (ok.after->>'holder_id')::uuid FROM ok) GROUP BY 1),
more AS MATERIALIZED (SELECT ok.*, coalesce(has.n, 0) + row_number() OVER (PARTITION BY ok.after->>'holder_id' ORDER BY ok.ord) AS nth
  FROM ok LEFT JOIN has ON has.holder_id = (ok.after->>'holder_id')::uuid),
did AS (UPDATE phone_number n SET holder_id = (ok.after->>'holder_id')::uuid, caller = (ok.after->>'caller')::boolean AND NOT EXISTS (
    SELECT 1 FROM phone_number o WHERE o.holder_id = (ok.after->>'holder_id')::uuid AND o.caller), since = %(now)s, version = n.version + 1 FROM more ok
  WHERE n.id = ok.obj AND (ok.after->>'holder_id' IS NULL OR ok.nth <= {MOST_OF_ONE}) AND n.holder_id IS NOT DISTINCT FROM (ok.before->>'holder_id')::uuid
  AND (ok.after->>'holder_id' IS NULL OR EXISTS (SELECT 1 FROM phone_user h WHERE h.id = (ok.after->>'holder_id')::uuid AND h.state = 'active')
    AND {HAS_PLAN.format(id="(ok.after->>'holder_id')::uuid")}) RETURNING n.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, n.version, e.after AS before, e.before AS after,
                   CASE WHEN n.holder_id IS DISTINCT FROM (e.after->>'holder_id')::uuid THEN 'changed'
                        WHEN e.before->>'holder_id' IS NOT NULL AND NOT (coalesce(h.state = 'active', false) AND {HAS_PLAN.format(id="h.id")})
                          THEN '{NEEDS_PLAN}' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_number n ON n.id = e.obj LEFT JOIN phone_user h ON h.id = (e.before->>'holder_id')::uuid WHERE {DONE} ORDER BY e.obj"""


WHOSE = f"""SELECT h.id, coalesce({name_of("u")}, r.name) AS name, (SELECT count(*) FROM phone_number m WHERE m.holder_id = h.id) AS has, {HAS_PLAN.format(id="h.id")} AS plan
  FROM (SELECT %(holder)s::uuid AS id) p LEFT JOIN phone_user h ON h.account_id = %(account)s AND h.id = p.id LEFT JOIN people_user u ON u.id = h.user_id
  LEFT JOIN accounts_room r ON r.id = h.room_id"""


class Caller(Part):
    """The number a phone calls out with: the row is about the phone. Parameters: holder; number, an id, or null to hide it."""

    lock, locked = LOCK, LOCKED

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, h.id AS obj, h.version, jsonb_build_object('name', coalesce({name_of("u")}, r.name), 'caller_id', c.number) AS before,
                   jsonb_build_object('caller_id', n.number) AS after, CASE WHEN c.number IS NOT DISTINCT FROM n.number THEN 'already' END AS skip, {NO_SEATS}
                   FROM phone_user h LEFT JOIN people_user u ON u.id = h.user_id LEFT JOIN accounts_room r ON r.id = h.room_id
                   LEFT JOIN phone_number c ON c.holder_id = h.id AND c.caller LEFT JOIN phone_number n ON n.id = %(number)s::uuid AND n.holder_id = h.id
                   WHERE h.account_id = %(account)s AND h.id = %(holder)s::uuid"""

    # The old one first: an index allows one at every moment, and `did` reads what `off` has written.
    write = """
off AS (UPDATE phone_number n SET caller = false FROM ok WHERE n.holder_id = ok.obj AND n.caller RETURNING n.holder_id),
turn AS (SELECT ok.*, (SELECT count(*) FROM off) AS n FROM ok),
one AS (UPDATE phone_number n SET caller = true FROM turn WHERE n.holder_id = turn.obj AND n.number = turn.after->>'caller_id' AND NOT n.caller AND turn.n >= 0
  RETURNING n.holder_id),
did AS (SELECT ok.obj FROM ok WHERE ok.after->>'caller_id' IS NULL OR ok.obj IN (SELECT holder_id FROM one))"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, h.version, e.after AS before, e.before AS after,
                   CASE WHEN h.id IS NULL OR (SELECT n.number FROM phone_number n WHERE n.holder_id = h.id AND n.caller) IS DISTINCT FROM e.after->>'caller_id'
                     OR e.before->>'caller_id' IS NOT NULL AND NOT EXISTS (SELECT 1 FROM phone_number n WHERE n.holder_id = h.id AND n.number = e.before->>'caller_id')
                     THEN 'changed' END AS skip, {NO_SEATS} FROM journal_effect e LEFT JOIN phone_user h ON h.id = e.obj WHERE {DONE}"""
