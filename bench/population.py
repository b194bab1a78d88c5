"""A large account made by set statements, the same every time: for reading only, so the verbs need not have made it."""

from uuid import UUID

from django.db import connection, transaction

from .people import FIRST

SYLLABLES = "ba ber car den dor el fin gra hal ing jor kas lin mar nor ol pet qui ros sand tor ul vik wes".split()  # noqa: SIM905
DRAW = "(hashint8extended(n, {seed}) & 2147483647)"  # 0 … 2^31-1, the same on every machine

PEOPLE = f"""
INSERT INTO people_user (id, account_id, email, canonical, first_name, last_name, department, came_in, created_at, activated_at)
SELECT usher_uuid7(), %(account)s, mail, mail, first, last,
  CASE WHEN n %% 100000 = 0 THEN 'Glass Workshop' WHEN d %% 10 < 8 THEN 'Department ' || d %% 40 ELSE '' END, 'import',
  timestamptz '2020-01-01 00:00:00+00' + make_interval(secs => {DRAW.format(seed=4)} / 10), NULL
FROM (SELECT n, first, last, {DRAW.format(seed=3)} AS d, usher_fold(first || '.' || last || n || '@' || %(domain)s) AS mail FROM (
  SELECT n, (%(first)s::text[])[1 + {DRAW.format(seed=1)} %% %(firsts)s] AS first,
    initcap(s[1 + {DRAW.format(seed=2)} %% k] || s[1 + {DRAW.format(seed=2)} / 100 %% k] || s[1 + {DRAW.format(seed=2)} / 10000 %% k]) AS last
  FROM generate_series(%(low)s, %(high)s) n, (SELECT %(syllables)s::text[] AS s, cardinality(%(syllables)s::text[]) AS k) y) a) b"""

# One in 20 pending, one in 20 deactivated, one in 5,000 an administrator, one in 10,000 On-Prem; a fifth never signed in.
STANDINGS = f"""
INSERT INTO people_standing (user_id, account_id, status, license, role, access_epoch, version, last_sign_in)
SELECT id, account_id, status, CASE WHEN status = 'inactive' THEN NULL WHEN n %% 10000 = 1 THEN 'meetings:on_prem' WHEN l %% 10 < 3 THEN 'meetings:licensed' ELSE 'meetings:basic' END,
  CASE WHEN n %% 5000 = 2 THEN 'admin' ELSE 'member' END, 1, 1,
  CASE WHEN l %% 5 > 0 AND status <> 'pending' THEN timestamptz '2024-01-01 00:00:00+00' + make_interval(secs => l / 40) END
FROM (SELECT id, account_id, n, {DRAW.format(seed=6)} AS l, CASE {DRAW.format(seed=5)} %% 20 WHEN 0 THEN 'pending' WHEN 1 THEN 'inactive' ELSE 'active' END AS status
  FROM (SELECT id, account_id, row_number() OVER (ORDER BY id) AS n FROM people_user WHERE account_id = %(account)s AND came_in = 'import') u) x"""

SEATS = f"""
INSERT INTO licenses_seat (id, account_id, user_id, product, since)
SELECT usher_uuid7(), account_id, user_id, CASE WHEN n %% 2000 = 0 THEN 'webinar:500' ELSE 'phone' END, now()
FROM (SELECT *, row_number() OVER (ORDER BY user_id) AS n FROM people_standing WHERE account_id = %(account)s AND status = 'active') s
WHERE n %% 2000 = 0 OR {DRAW.format(seed=8)} %% 5 = 0"""

GROUPS = "INSERT INTO people_group (id, account_id, kind, name) SELECT usher_uuid7(), %(account)s, 'user', 'Group ' || g FROM generate_series(1, 40) g"
MEMBERSHIPS = f"""
INSERT INTO people_membership (account_id, group_id, user_id, "primary")
SELECT u.account_id, g.id, u.id, true FROM (SELECT id, account_id, row_number() OVER (ORDER BY id) AS n FROM people_user WHERE account_id = %(account)s AND came_in = 'import') u
JOIN (SELECT id, row_number() OVER (ORDER BY name_key) AS g FROM people_group WHERE account_id = %(account)s) g
  ON g.g = CASE WHEN n %% 25000 = 0 THEN 40 WHEN {DRAW.format(seed=9)} %% 2 = 0 THEN 1 + {DRAW.format(seed=10)} %% 39 END"""
LEDGER = """
UPDATE licenses_license l SET used = r.used, pending = r.pending FROM (
  SELECT product, count(*) FILTER (WHERE status = 'active') AS used, count(*) FILTER (WHERE status = 'pending') AS pending
  FROM (SELECT license AS product, status FROM people_standing WHERE account_id = %(account)s AND license IS NOT NULL
        UNION ALL SELECT a.product, s.status FROM licenses_seat a JOIN people_standing s USING (user_id) WHERE a.account_id = %(account)s) x GROUP BY 1) r
WHERE l.account_id = %(account)s AND l.product = r.product"""


def fill(account: UUID, people: int, domain: str) -> None:
    """Put `people` people with seats and groups into an account, then VACUUM and ANALYZE as autovacuum would."""
    params = {"account": account, "domain": domain, "first": FIRST, "firsts": len(FIRST), "syllables": SYLLABLES}
    with connection.cursor() as cursor:
        for low in range(1, people + 1, 100_000):
            cursor.execute(PEOPLE, {**params, "low": low, "high": min(low + 99_999, people)})
        with transaction.atomic():
            for statement in (STANDINGS, SEATS, GROUPS, MEMBERSHIPS, LEDGER):
                cursor.execute(statement, params)
        for table in ("people_user", "people_standing", "licenses_seat", "people_membership"):
            cursor.execute(f"VACUUM ANALYZE {table}")
