"""The part of an update by file: each line says what one person shall have, and everything it says is done together or not at all.

S0-10, S0-37, S1-15; behaviour.md C, R13. A cell that says nothing leaves things as they are.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from usher.accounts.places import SITE_GONE
from usher.journal.verb import Part, reason
from usher.people import selection
from usher.people.rank import is_higher
from usher.people.verbs.profile import LONGEST, chain_above, name_of, wrong_manager
from usher.people.verbs.site import IS_THERE, THERE

AMBIGUOUS = reason("ambiguous", _("several people have this employee id"), refused=True)

PROFILE = [name for name in LONGEST if name != "time_zone"]
IDENTITY = f"ARRAY[{', '.join(repr(name) for name in (*PROFILE, 'manager_id'))}]"  # what rank is about (usher/people/rank.py)
WIDE = f"{IDENTITY[:-1]}, 'im_group_id', 'site_id']"  # what stands in people_user
NO_PACKAGE = "NOT starts_with(a.product, 'calling')"  # packages are given and taken on the pages of Phone
# Everything an update can change, as it is now: what the plan compares, and the write is guarded by. Needs people_user as u and people_standing as s.
NOW = f"""jsonb_build_object({", ".join(f"'{name}', u.{name}" for name in PROFILE)}, 'manager_id', u.manager_id, 'im_group_id', u.im_group_id, 'site_id', u.site_id,
  'license', s.license,
  'add_ons', (SELECT coalesce(jsonb_agg(a.product ORDER BY a.product COLLATE "C"), '[]') FROM licenses_seat a WHERE a.user_id = u.id AND {NO_PACKAGE}),
  'user_group_id', (SELECT p.group_id FROM people_membership p WHERE p.user_id = u.id AND p."primary"))"""
# Whoever has no primary group any more has the one they joined next.
NEXT_GROUP = """(SELECT x.group_id FROM people_membership x WHERE x.user_id = u.id AND NOT x."primary" ORDER BY x.id LIMIT 1)"""
BESIDE = """({values} || CASE WHEN {values} ? 'user_group_id' THEN jsonb_build_object('user_group',
    (SELECT g.name FROM people_group g WHERE g.id = ({values}->>'user_group_id')::uuid)) ELSE '{{}}' END
  || CASE WHEN {values} ? 'im_group_id' THEN jsonb_build_object('im_group_name',
    (SELECT g.name FROM people_group g WHERE g.id = ({values}->>'im_group_id')::uuid)) ELSE '{{}}' END
  || CASE WHEN {values} ? 'site_id' THEN jsonb_build_object('site',
    (SELECT g.name FROM accounts_site g WHERE g.id = ({values}->>'site_id')::uuid)) ELSE '{{}}' END
  || CASE WHEN {values} ? 'manager_id' THEN jsonb_build_object('manager',
    (SELECT {name} FROM people_user b WHERE b.id = ({values}->>'manager_id')::uuid)) ELSE '{{}}' END)""".replace("{name}", name_of("b"))
MOVED = "NOT EXISTS (SELECT 1 FROM jsonb_each({before}) b WHERE {now} ? b.key AND b.value IS DISTINCT FROM {now}->b.key)"
PRODUCTS = "ARRAY['license', 'add_ons']"
# The products of somebody after the change cannot be held together.
CLASH = """({after} ?| ARRAY['license', 'add_ons'] AND EXISTS (SELECT 1 FROM jsonb_array_elements_text(coalesce({after}->'add_ons', {now}->'add_ons')) a
  WHERE %(clashes)s::jsonb->a ? coalesce({after}->>'license', {now}->>'license')
     OR EXISTS (SELECT 1 FROM jsonb_array_elements_text(coalesce({after}->'add_ons', {now}->'add_ons')) b WHERE %(clashes)s::jsonb->a ? b)))"""
SEATS = """nullif(concat_ws(' ', {new}->>'license' || {suffix}, (SELECT string_agg(p || {suffix}, ' ') FROM jsonb_array_elements_text({new}->'add_ons') p
  WHERE NOT coalesce({old}->'add_ons' ? p, false))), '')"""
SUFFIX = "CASE WHEN s.status = 'pending' THEN '@pending' ELSE '' END"

BY_EMPLOYEE = """LEFT JOIN (SELECT employee_id, min(id::text)::uuid AS id, count(*) AS n FROM people_user
  WHERE account_id = %(account)s AND left_at IS NULL AND employee_id <> '' GROUP BY 1) e ON l.problem IS NULL AND l.canonical IS NULL AND e.employee_id = l.more->>'employee_id'"""
# Whose line it is. The first good line of a person counts. Parameters: subjects (a stage), columns (those the file has).
WHOSE = """SELECT l.id AS line_id, l.line, l.email, l.problem, l.field, l.said, l.places, l.more, coalesce(a.id, {employee}) AS found, {several} AS several
FROM lifecycle_stagedline l
LEFT JOIN people_user a ON l.problem IS NULL AND a.account_id = %(account)s AND a.canonical = l.canonical AND a.left_at IS NULL {by_employee}
WHERE l.stage_id = %(sel_stage)s::uuid"""
# What the line wants, in the keys of NOW, of what is different from now; and which of its names nobody has.
WANTED = f"""
SELECT w.*, s.user_id, s.version, s.status, s.role, g.id AS group_id, i.id AS im_group_id, m.id AS manager_id, t.id AS site_id, now.now,
  row_number() OVER (PARTITION BY s.user_id, w.problem IS NULL ORDER BY w.line) AS nth, d.before, d.after
FROM ({{whose}}) w
LEFT JOIN ({{who}}) who ON who.id = w.found LEFT JOIN people_standing s ON s.user_id = who.id LEFT JOIN people_user u ON u.id = who.id
LEFT JOIN people_group g ON w.problem IS NULL AND w.more->>'user_group' <> '' AND g.account_id = %(account)s AND g.kind = 'user' AND g.name_key = usher_fold(w.more->>'user_group')
LEFT JOIN people_group i ON w.problem IS NULL AND w.more->>'im_group' <> '' AND i.account_id = %(account)s AND i.kind = 'im' AND i.name_key = usher_fold(w.more->>'im_group')
LEFT JOIN people_user m ON w.problem IS NULL AND w.more->>'manager' <> '' AND m.account_id = %(account)s AND m.canonical = w.more->>'manager' AND m.left_at IS NULL
LEFT JOIN accounts_site t ON w.problem IS NULL AND w.more->>'site' <> '' AND t.account_id = %(account)s AND t.name_key = usher_fold(w.more->>'site')
CROSS JOIN LATERAL (SELECT CASE WHEN s.user_id IS NOT NULL THEN {NOW} END AS now) now
CROSS JOIN LATERAL (SELECT coalesce(jsonb_object_agg(k.key, now.now->k.key), '{{{{}}}}') AS before, coalesce(jsonb_object_agg(k.key, k.value), '{{{{}}}}') AS after
  FROM jsonb_each(CASE WHEN s.user_id IS NOT NULL AND w.problem IS NULL THEN w.more - ARRAY['user_group', 'im_group', 'manager', 'site']
    || CASE WHEN w.more ? 'user_group' THEN jsonb_build_object('user_group_id', coalesce(g.id, {NEXT_GROUP})) ELSE '{{{{}}}}' END
    || CASE WHEN w.more ? 'im_group' THEN jsonb_build_object('im_group_id', i.id) ELSE '{{{{}}}}' END
    || CASE WHEN w.more ? 'site' THEN jsonb_build_object('site_id', t.id) ELSE '{{{{}}}}' END
    || CASE WHEN w.more ? 'manager' THEN jsonb_build_object('manager_id', m.id) ELSE '{{{{}}}}' END END) k
  WHERE now.now->k.key IS DISTINCT FROM k.value) d"""
# Whoever would report to themselves, directly or through others, with every manager the file names. These are looked up in one object: a join with
# rows that have no statistics would be comparisons of all with all.
RINGS = """WITH RECURSIVE new(id, manager_id) AS MATERIALIZED (SELECT DISTINCT ON (w.found) w.found, m.id FROM ({whose}) w
    LEFT JOIN people_user m ON m.account_id = %(account)s AND m.canonical = w.more->>'manager' AND m.left_at IS NULL
    WHERE w.problem IS NULL AND w.found IS NOT NULL AND w.more ? 'manager' ORDER BY w.found, w.line),
  known AS MATERIALIZED (SELECT coalesce(jsonb_object_agg(id, manager_id), '{{}}') AS who FROM new),
  up(start, at) AS (SELECT id, manager_id FROM new UNION SELECT up.start, CASE WHEN (SELECT who FROM known) ? up.at::text
      THEN ((SELECT who FROM known)->>up.at::text)::uuid ELSE u.manager_id END FROM up JOIN people_user u ON u.id = up.at WHERE up.at <> up.start)
  SELECT start FROM up WHERE at = start"""
WHY = f"""CASE WHEN x.problem IS NOT NULL THEN x.problem WHEN x.user_id IS NULL THEN CASE WHEN x.several THEN 'ambiguous' ELSE 'nobody_here' END
  WHEN x.nth > 1 THEN 'twice' WHEN x.more->>'user_group' <> '' AND x.group_id IS NULL THEN 'no_group'
  WHEN x.more->>'im_group' <> '' AND x.im_group_id IS NULL THEN 'no_im_group' WHEN x.more->>'manager' <> '' AND x.manager_id IS NULL THEN 'unknown_manager'
  WHEN x.more->>'site' <> '' AND x.site_id IS NULL THEN 'no_site'
  WHEN x.after = '{{{{}}}}' THEN 'already' WHEN x.after ?| {IDENTITY} AND {is_higher("x")} THEN 'higher_rank'
  WHEN x.after ?| {PRODUCTS} AND x.status NOT IN ('active', 'pending') THEN 'inactive'
  WHEN x.after->>'license' = ANY(%(off)s::text[]) THEN 'switched_off' WHEN {CLASH.format(after="x.after", now="x.now")} THEN 'wrong_products' {{ring}} END"""
LINE_SAID = """jsonb_build_object('email', x.email, 'line', x.line, 'field', x.field, 'said', x.said, 'places', x.places, 'named', CASE x.skip
  WHEN 'no_group' THEN x.more->>'user_group' WHEN 'no_im_group' THEN x.more->>'im_group' WHEN 'unknown_manager' THEN x.more->>'manager' WHEN 'ambiguous' THEN x.more->>'employee_id'
  WHEN 'no_site' THEN x.more->>'site'   WHEN 'wrong_products' THEN concat_ws(' ', coalesce(x.after->>'license', x.now->>'license'),
    (SELECT string_agg(a, ' ') FROM jsonb_array_elements_text(coalesce(x.after->'add_ons', x.now->'add_ons')) a)) END)"""


class Updated(Part):
    """One row for each line. Parameters: subjects (a stage), columns, off (licenses that are switched off), clashes (product -> what it cannot be held with)."""

    lock = ("people_standing", "user_id")
    # Everybody above a new manager is held too, or two changes at once could close a ring that neither sees.
    locked = f"""unnest(CASE WHEN after ? 'manager_id' THEN array_append(ARRAY({chain_above("(after->>'manager_id')::uuid")}), obj) ELSE ARRAY[obj] END)"""

    def rows(self, params: Mapping[str, Any]) -> str:
        by_employee = "employee_id" in params["columns"]
        whose = WHOSE.format(
            employee="e.id" if by_employee else "NULL",
            several="coalesce(e.n > 1, false)" if by_employee else "false",
            by_employee=BY_EMPLOYEE if by_employee else "",
        )
        whose = whose.replace("coalesce(a.id, e.id)", "coalesce(a.id, CASE WHEN e.n = 1 THEN e.id END)")
        wanted = WANTED.format(whose=whose, who=selection.sql_of(params["subjects"]))
        ring = (
            f"WHEN x.after ? 'manager_id' AND x.user_id IN ({RINGS.format(whose=whose)}) THEN 'manager_loop'"
            if "manager" in params["columns"]
            else ""
        )
        return f"""SELECT NULL::int AS subj, CASE WHEN x.nth = 1 AND x.problem IS NULL THEN coalesce(x.user_id, x.line_id) ELSE x.line_id END AS obj, x.version,
                   CASE WHEN x.skip IS NULL THEN {BESIDE.format(values="x.before")} || CASE WHEN x.after ? 'user_group_id' THEN jsonb_build_object('member',
                     EXISTS (SELECT 1 FROM people_membership n WHERE n.user_id = x.user_id AND n.group_id = (x.after->>'user_group_id')::uuid)) ELSE '{{}}' END END AS before,
                   CASE WHEN x.skip IS NULL THEN {BESIDE.format(values="x.after")} || jsonb_build_object('line', x.line) ELSE {LINE_SAID} END AS after, x.skip,
                   {SEATS.format(new="x.after", old="x.before", suffix="x.suffix")} AS takes, {SEATS.format(new="x.before", old="x.after", suffix="x.suffix")} AS gives
                   FROM (SELECT x.*, CASE WHEN x.status = 'pending' THEN '@pending' ELSE '' END AS suffix, {WHY.format(ring=ring)} AS skip FROM ({wanted}) x) x ORDER BY x.line"""

    # Whoever is still as the plan saw them, may still have it, and closes no ring together with the others of this chunk.
    write = f"""
{THERE},
fit AS MATERIALIZED (SELECT ok.obj, ok.before, ok.after FROM ok JOIN people_user u ON u.id = ok.obj AND u.left_at IS NULL JOIN people_standing s ON s.user_id = u.id
    CROSS JOIN LATERAL (SELECT {NOW} AS now) now
  WHERE {MOVED.format(before="ok.before", now="now.now")} AND {IS_THERE} AND NOT (ok.after ?| {IDENTITY} AND {is_higher()}) AND NOT {CLASH.format(after="ok.after", now="now.now")}
  AND (coalesce(ok.takes, ok.gives) IS NULL OR s.status = CASE WHEN coalesce(ok.takes, ok.gives) LIKE '%%@pending%%' THEN 'pending' ELSE 'active' END)
  AND (NOT ok.after ? 'manager_id' OR ok.after->>'manager_id' IS NULL OR ({wrong_manager("(ok.after->>'manager_id')::uuid", "ok.obj")} IS NULL
    AND ok.obj NOT IN (WITH RECURSIVE up(start, at) AS (SELECT n.obj, (n.after->>'manager_id')::uuid FROM ok n WHERE n.after ? 'manager_id'
      UNION SELECT up.start, CASE WHEN n.after ? 'manager_id' THEN (n.after->>'manager_id')::uuid ELSE b.manager_id END
      FROM up JOIN people_user b ON b.id = up.at LEFT JOIN ok n ON n.obj = up.at WHERE up.at <> up.start) SELECT start FROM up WHERE at = start)))),
did AS (UPDATE people_standing t SET license = coalesce(fit.after->>'license', t.license), version = t.version + 1 FROM fit WHERE t.user_id = fit.obj RETURNING t.user_id AS obj),
profile AS (UPDATE people_user t SET {", ".join(f"{name} = coalesce(fit.after->>'{name}', t.{name})" for name in PROFILE)},
    manager_id = CASE WHEN fit.after ? 'manager_id' THEN (fit.after->>'manager_id')::uuid ELSE t.manager_id END,
    im_group_id = CASE WHEN fit.after ? 'im_group_id' THEN (fit.after->>'im_group_id')::uuid ELSE t.im_group_id END,
    site_id = CASE WHEN fit.after ? 'site_id' THEN (fit.after->>'site_id')::uuid ELSE t.site_id END
  FROM fit WHERE t.id = fit.obj AND fit.after ?| {WIDE}),
freed AS (DELETE FROM licenses_seat a USING fit WHERE a.user_id = fit.obj AND fit.after ? 'add_ons' AND NOT fit.after->'add_ons' ? a.product AND {NO_PACKAGE}),
held AS (INSERT INTO licenses_seat (id, account_id, user_id, product, since)
  SELECT usher_uuid7(), %(account)s, fit.obj, x, %(now)s FROM fit, jsonb_array_elements_text(fit.after->'add_ons') x WHERE NOT fit.before->'add_ons' ? x),
away AS (DELETE FROM people_membership m USING fit WHERE m.user_id = fit.obj AND m."primary" AND fit.after ? 'user_group_id'
  AND NOT coalesce((fit.after->>'member')::boolean, false) RETURNING m.user_id),
beside AS (UPDATE people_membership m SET "primary" = false FROM fit WHERE m.user_id = fit.obj AND m."primary" AND fit.after ? 'user_group_id'
  AND (fit.after->>'member')::boolean RETURNING m.user_id),
joined AS (INSERT INTO people_membership (account_id, group_id, user_id, "primary")
  SELECT %(account)s, (fit.after->>'user_group_id')::uuid, fit.obj, true FROM fit LEFT JOIN (SELECT user_id FROM away UNION ALL SELECT user_id FROM beside) o ON o.user_id = fit.obj
  WHERE fit.after->>'user_group_id' IS NOT NULL ON CONFLICT (group_id, user_id) DO UPDATE SET "primary" = true)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        gone = "({key}->>'{name}') IS NOT NULL AND NOT EXISTS (SELECT 1 FROM people_group g WHERE g.id = ({key}->>'{name}')::uuid)"
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN u.left_at IS NOT NULL OR NOT {MOVED.format(before="e.after", now="now.now")} THEN 'changed'
                        WHEN e.before ?| {IDENTITY} AND {is_higher()} THEN 'higher_rank'
                        WHEN e.before ?| {PRODUCTS} AND s.status NOT IN ('active', 'pending') THEN 'inactive'
                        WHEN {gone.format(key="e.before", name="user_group_id")} OR {gone.format(key="e.before", name="im_group_id")} THEN 'group_gone'
                        WHEN (e.before->>'site_id') IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts_site g WHERE g.id = (e.before->>'site_id')::uuid) THEN '{SITE_GONE}'
                        WHEN {CLASH.format(after="e.before", now="now.now")} THEN 'wrong_products'
                        ELSE {wrong_manager("(e.before->>'manager_id')::uuid", "e.obj")} END AS skip,
                   {SEATS.format(new="e.before", old="e.after", suffix=SUFFIX)} AS takes, {SEATS.format(new="e.after", old="e.before", suffix=SUFFIX)} AS gives
                   FROM journal_effect e JOIN people_user u ON u.id = e.obj JOIN people_standing s ON s.user_id = e.obj CROSS JOIN LATERAL (SELECT {NOW} AS now) now
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""
