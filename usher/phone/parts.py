"""The parts through which somebody gets a phone and loses it: seats with the person locked, extension and numbers with the account locked."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from usher.journal.verb import DONE, NO_SEATS, Part, reason
from usher.people.verbs.profile import name_of

from .extensions import LOCK, LOCKED, NO_EXTENSION, SITE_OF, allotted
from .holders import PEOPLE, Holders

NOT_ACTIVE = reason("phone_needs_active", _("not active here: a phone comes when they are"))
IN_TRASH = reason("phone_in_trash", _("their phone is in the trash: restore it there"))
NO_PHONE = reason("no_phone", _("has no phone"))

NAME = name_of("u")
NUMBERS = "(SELECT coalesce(jsonb_agg(n.number ORDER BY n.number), '[]') FROM phone_number n WHERE n.holder_id = {id})"
SORTED = "(SELECT string_agg(x, ' ' ORDER BY x) FROM unnest(string_to_array({seats}, ' ')) x)"
SEATS_FREE = "(SELECT coalesce(max(l.bought - l.used - l.pending - l.held), 0) FROM licenses_license l WHERE l.account_id = %(account)s AND l.product = {product})"
# What a phone is, as the journal tells it: enough to make it again. Of phone_user h.
TOLD = f"""jsonb_build_object('extension', h.extension, 'site_id', h.site_id, 'template_id', h.template_id, 'policy', h.policy, 'set_up_at', h.set_up_at,
    'since', h.since, 'deactivated_at', h.deactivated_at, 'numbers', CASE h.state WHEN 'active' THEN {NUMBERS.format(id="h.id")} ELSE coalesce(h.had->'numbers', '[]') END)"""
# CTEs after `did` (obj): their phones rest, their numbers are free; what they had is remembered. The history of calls is not theirs any more (S3-43, S3-44).
_TAKEN_BACK = f"""
phones AS (UPDATE phone_user h SET state = 'away', away_at = %(now)s, had = jsonb_build_object('numbers', {NUMBERS.format(id="h.id")}{{also}}), version = h.version + 1
  FROM did WHERE h.id = did.obj AND h.state = 'active'),
numbers AS (UPDATE phone_number n SET holder_id = NULL, caller = false, version = n.version + 1 FROM did WHERE n.holder_id = did.obj)"""
TAKEN_BACK = _TAKEN_BACK.replace("{also}", "")
# The same of people who leave: the history waits for them with the phone.
PUT_AWAY = _TAKEN_BACK.replace("{also}", ", 'keeps', true")
# The same of people whose packages go with it, and come back when an undo gives the seat back.
FORGOTTEN = _TAKEN_BACK.replace("{also}", f", 'packages', {PEOPLE.packages('h.id')}")
KEEPS = """'{"keeps": true}'::jsonb"""
# After CTEs with `packed`: which packages each phone l of those gets back, and which it misses.
GOT_BACK = """LATERAL (SELECT coalesce(string_agg(' ' || p.product, '' ORDER BY p.product) FILTER (WHERE p.fits), '') AS gets,
  coalesce(jsonb_agg(p.product ORDER BY p.product) FILTER (WHERE NOT p.fits), '[]') AS misses FROM packed p WHERE p.id = l.id) g"""
# A phone that comes back with its history: as it says itself, or because an undo gave the seat back since, whichever change had taken it: by an add-on, as
# one of what a file says. Of phone_user.
WITH_HISTORY = """(phone_user.had ? 'keeps' OR EXISTS (SELECT 1 FROM journal_effect e JOIN journal_change c ON c.id = e.change_id
      LEFT JOIN journal_run r ON r.change_id = c.id WHERE e.obj = phone_user.id AND e.result = 'done' AND c.undoes IS NOT NULL
      AND (r.state = 'running' OR coalesce(r.ended_at, c.at) >= phone_user.away_at)
      AND (e.after->>'add_on' = 'phone' OR e.after->'add_ons' ? 'phone' AND NOT coalesce(e.before->'add_ons' ? 'phone', false))))"""
CHANGED_SINCE = """(h.extension <> {told}->>'extension' OR EXISTS (SELECT 1 FROM phone_number n WHERE n.holder_id = h.id AND NOT coalesce({told}->'numbers', '[]') ? n.number))"""


def packed(phones: str) -> str:
    """The CTE `packed`: each package (product) that `phones`, a SELECT of n (the order), id and had, had, and whether it is free and active (fits)."""
    return f"""packed AS MATERIALIZED (SELECT l.id, p.product, row_number() OVER (PARTITION BY p.product ORDER BY l.n) <= {SEATS_FREE.format(product="p.product")}
    AND NOT EXISTS (SELECT 1 FROM phone_package o WHERE o.account_id = %(account)s AND o.product = p.product) AS fits
  FROM ({phones}) l CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(l.had->'packages', '[]')) p(product))"""


class PhoneSeats(Part):
    """The seat of Phone, and that of a calling package when one is chosen. Parameters: subjects; package, a product or null.

    Whoever holds Phone already and waits for their extension needs no second seat.
    """

    def __init__(self, of: Holders = PEOPLE) -> None:
        self.of, self.lock = of, of.lock
        seats_now, standing = of.phone_seats("ok.obj"), of.standing.format(id="ok.obj")
        self.write = f"""
did AS (SELECT ok.obj, ok.takes FROM ok {standing}
  WHERE {of.status} = 'active' AND {seats_now} IS NOT DISTINCT FROM ok.before->>'phone_seats'
  AND NOT EXISTS (SELECT 1 FROM phone_user h WHERE h.id = ok.obj AND h.state <> 'away')),
{of.take("held")}"""
        self.back_write = f"""
did AS (SELECT ok.obj, ok.gives FROM ok WHERE {seats_now} IS NOT DISTINCT FROM ok.before->>'phone_seats'),
freed AS (DELETE FROM {of.seats} a USING did WHERE a.{of.column} = did.obj AND a.product = ANY (string_to_array(did.gives, ' ')))"""

    def rows(self, params: Mapping[str, Any]) -> str:
        of = self.of
        return f"""SELECT NULL::int AS subj, r.id AS obj, r.version, jsonb_build_object({of.called("r.name", "r.email")}, 'phone_seats', r.seats) AS before,
                   jsonb_build_object('name', r.name, 'phone_seats',
                     CASE WHEN r.seats IS NULL THEN nullif(r.takes, '') ELSE {SORTED.format(seats="concat_ws(' ', r.seats, r.takes)")} END) AS after,
                   CASE WHEN r.status <> 'active' THEN '{NOT_ACTIVE}' WHEN r.state = 'active' THEN 'already' WHEN r.state = 'trash' THEN '{IN_TRASH}' END AS skip,
                   nullif(r.takes, '') AS takes, NULL::text AS gives
                   FROM (SELECT u.id, {of.version} AS version, {of.status} AS status, h.state, {of.name} AS name, {of.email} AS email, held.seats,
                           concat_ws(' ', CASE WHEN held.seats IS NULL OR strpos(held.seats, 'calling:') = 0 THEN %(package)s::text END,
                             CASE WHEN 'phone' = ANY (string_to_array(held.seats, ' ')) IS NOT TRUE THEN 'phone' END) AS takes
                         FROM {of.chosen(params)}
                         LEFT JOIN phone_user h ON h.id = who.id CROSS JOIN LATERAL (SELECT {of.phone_seats("u.id")} AS seats) held
                         {of.order(params)}) r"""

    def back(self, params: Mapping[str, Any]) -> str:
        """The seats that were given, as long as the phone is as it was made (Made.back asks the same) and they are still held."""
        of = self.of
        given = """(SELECT string_agg(x, ' ') FROM unnest(string_to_array(e.after->>'phone_seats', ' ')) x
                    WHERE x = ANY (string_to_array(coalesce(e.before->>'phone_seats', ''), ' ')) IS NOT TRUE)"""
        return f"""SELECT NULL::int AS subj, e.obj, {of.version} AS version, e.after AS before, e.before AS after,
                   CASE WHEN {of.status} <> 'active' OR {of.phone_seats("e.obj")} IS DISTINCT FROM e.after->>'phone_seats' THEN 'changed'
                        WHEN EXISTS (SELECT 1 FROM journal_effect m JOIN phone_user h ON h.id = m.obj WHERE m.change_id = e.change_id AND m.phase = 1 AND m.obj = e.obj
                          AND m.result = 'done' AND {CHANGED_SINCE.format(told="m.after")}) THEN 'changed' END AS skip,
                   NULL::text AS takes, {given} AS gives
                   FROM journal_effect e {of.standing.format(id="e.obj")} WHERE {DONE} ORDER BY e.obj"""


AGAIN = """SELECT ok.ord AS n, ok.obj AS id, (ok.after->>'site_id')::uuid AS site_id, ok.after->>'extension' AS wish, {wants} AS wants_number,
  (ok.after->>'template_id')::uuid AS template_id, ok.after->'numbers' AS numbers FROM ok"""


class Made(Part):
    """The phone itself: extension, site, template, and a number where one is wanted. Parameter: wants_number.

    `who` makes, from the journaled parameters, a SELECT of subj, id, site_id and template_id, in the order in which extensions are given. Who had a
    phone before gets its extension and numbers back as far as they are free; what is not is told (`lost`). One that was deactivated is so again only
    where it comes back with its history: given anew it may be used.
    """

    lock, locked = LOCK, LOCKED
    # Of a row l of `who` and the phone h they had: the extension and the numbers they want, and whether it is any free number; asked again, of an `ok`.
    wish: ClassVar[str] = "h.extension"
    had: ClassVar[str] = "coalesce(h.had->'numbers', '[]')"
    wants: ClassVar[str] = "%(wants_number)s::boolean"
    wants_still: ClassVar[str] = wants
    # Who became what was planned is told by the planned row, which need not be made again.
    became: ClassVar[str] = """
      CASE WHEN d.extension = c.after->>'extension' AND d.numbers = c.after->'numbers' AND d.site_id::text IS NOT DISTINCT FROM c.after->>'site_id'
      THEN c.after ELSE c.after || jsonb_build_object('extension', d.extension, 'numbers', d.numbers, 'site_id', d.site_id,
        'site', (SELECT x.name FROM accounts_site x WHERE x.id = d.site_id)) END"""

    def __init__(self, who: Callable[[Mapping[str, Any]], str], of: Holders = PEOPLE) -> None:
        self.who, self.of = who, of
        # The seat is asked again: the person may have left since. An extension taken meanwhile is replaced by the next free one, a site that is gone by the
        # main one: whoever deletes a site locks the account too.
        # What must hold of each is asked so that it never becomes a join: the planner takes a chunk of thousands for a handful of rows and
        # would compare everybody with everybody. `(SELECT …)` looks each up by the index, `IN … IS TRUE` in a hash (docs/decisions/0098).
        self.write = f"""{allotted(AGAIN.format(wants=self.wants_still))},
made AS (INSERT INTO phone_user (id, account_id, {of.column}, extension, site_id, template_id, policy, state, had, since, version)
  SELECT g.id, %(account)s, g.id, g.extension, CASE WHEN g.site_id IN (SELECT x.id FROM accounts_site x WHERE x.account_id = %(account)s) THEN g.site_id
      ELSE (SELECT x.id FROM accounts_site x WHERE x.account_id = %(account)s AND x.main) END, t.id, coalesce(t.policy, '{{}}'), 'active', '{{}}', %(now)s, 1
  FROM given g LEFT JOIN phone_template t ON t.id = g.template_id WHERE g.extension IS NOT NULL AND {of.may_have("g.id")}
  ON CONFLICT (id) DO UPDATE SET extension = excluded.extension, site_id = excluded.site_id, template_id = excluded.template_id,
    policy = phone_user.policy || excluded.policy, since = CASE WHEN {WITH_HISTORY} THEN phone_user.since ELSE excluded.since END,
    deactivated_at = CASE WHEN {WITH_HISTORY} THEN phone_user.deactivated_at END,
    state = 'active', had = '{{}}', away_at = NULL, purge_at = NULL, version = phone_user.version + 1
    WHERE phone_user.state <> 'active' RETURNING id AS obj, extension, site_id, version),
numbered AS (UPDATE phone_number n SET holder_id = x.id, caller = x.first, since = %(now)s, version = n.version + 1
  FROM (SELECT DISTINCT ON (number) * FROM (
      SELECT g.id, g.number, true AS first FROM given g WHERE g.number IS NOT NULL
      UNION ALL SELECT g.id, v, v = g.numbers->>0 FROM given g CROSS JOIN LATERAL jsonb_array_elements_text(g.numbers) v WHERE NOT g.wants_number) y ORDER BY number, id) x
  WHERE n.account_id = %(account)s AND n.number = x.number AND n.holder_id IS NULL AND (x.id IN (SELECT obj FROM made)) IS TRUE AND {of.has_plan("x.id")}
  RETURNING n.holder_id, n.number),
told AS MATERIALIZED (SELECT coalesce(jsonb_object_agg(holder_id, numbers), '{{}}') AS who FROM (SELECT holder_id, jsonb_agg(number ORDER BY number) AS numbers
  FROM numbered GROUP BY 1) t),
did AS (SELECT made.*, coalesce((SELECT who FROM told)->made.obj::text, '[]') AS numbers FROM made){of.greeting}"""

    def rows(self, params: Mapping[str, Any]) -> str:
        of = self.of
        wanted = f"""SELECT l.n, l.subj, l.id, coalesce(l.site_id, h.site_id, {SITE_OF}) AS site_id, {self.wish} AS wish,
                       {self.wants} AS wants_number, coalesce(l.template_id, h.template_id) AS template_id, h.version, h.state, {of.name} AS name, {of.email} AS email,
                       CASE WHEN {self.wants} THEN '[]' ELSE {self.had} END AS had
                     FROM (SELECT row_number() OVER () AS n, who.* FROM ({self.who(params)}) who) l JOIN {of.table} u ON u.id = l.id LEFT JOIN phone_user h ON h.id = l.id"""
        return f"""WITH {allotted(wanted)}
                   SELECT g.subj, g.id AS obj, g.version, jsonb_build_object({of.called("g.name", "g.email")}, 'extension', NULL) AS before,
                   jsonb_build_object('user', g.id, 'extension', g.extension, 'site', s.name, 'site_id', g.site_id, 'template_id', g.template_id,
                     'numbers', CASE WHEN g.number IS NOT NULL THEN jsonb_build_array(g.number) ELSE back.numbers END,
                     'lost', CASE WHEN g.wish <> g.extension THEN jsonb_build_array(g.wish) || back.lost ELSE back.lost END) AS after,
                   CASE WHEN g.state = 'active' THEN 'already' WHEN g.extension IS NULL THEN '{NO_EXTENSION}' END AS skip, {NO_SEATS}
                   FROM given g LEFT JOIN accounts_site s ON s.id = g.site_id LEFT JOIN LATERAL (SELECT
                     coalesce(jsonb_agg(n.number ORDER BY n.number) FILTER (WHERE n.id IS NOT NULL), '[]') AS numbers,
                     coalesce(jsonb_agg(v.number ORDER BY v.nth) FILTER (WHERE n.id IS NULL), '[]') AS lost
                     FROM jsonb_array_elements_text(g.had) WITH ORDINALITY v(number, nth)
                     LEFT JOIN phone_number n ON n.account_id = %(account)s AND n.number = v.number AND n.holder_id IS NULL WHERE g.had <> '[]') back ON true
                   ORDER BY g.n"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, h.version, e.after AS before, e.before AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' OR {CHANGED_SINCE.format(told="e.after")} THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_user h ON h.id = e.obj WHERE {DONE} ORDER BY e.obj"""

    back_write = f"""did AS (SELECT h.id AS obj FROM ok JOIN phone_user h ON h.id = ok.obj AND h.state = 'active' AND h.extension = ok.before->>'extension'),
{TAKEN_BACK}"""


def staged(first: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    """`SELECT ord, obj, after` of whom the first phase does something to: as it is planned while nothing is started, then the rows that were staged."""

    def rows(params: Mapping[str, Any]) -> str:
        return f"""SELECT p.ord, p.obj, p.after FROM journal_planrow p WHERE p.change_id = %(change)s::uuid AND p.phase = 0 AND p.skip IS NULL
                   UNION ALL SELECT n.ord, n.obj, n.after FROM (SELECT row_number() OVER ()::int AS ord, r.obj, r.after, r.skip FROM ({first(params)}) r
                     WHERE %(change)s::uuid IS NULL AND r.skip IS DISTINCT FROM 'already') n WHERE n.skip IS NULL"""

    return rows
