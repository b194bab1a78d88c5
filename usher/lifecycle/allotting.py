"""Which seats people get of those that are free, when they come in or come back, and what they wait for or do without (R2, S0-57)."""

from functools import cache
from typing import Any

from usher.licenses.catalog import ADD_ONS, BASIC, ON_PREM, UNASSIGNED

# The Workplace license, else Basic, else Unassigned; then the add-ons that this license carries: by the order of the people (n, one of its own for each).
# Needs n, skip, license, add_ons of them; `got` has all of theirs, `three`, the license they get, and `gets`, the add-ons.
# What the same people give back is nothing, so what is free can be counted on.
ALLOTTED = f"""
WITH p AS ({{people}}),
free AS MATERIALIZED (SELECT l.product, l.bought - l.used - l.pending - l.held AS n FROM licenses_license l JOIN accounts_account c ON c.id = l.account_id
  WHERE l.account_id = %(account)s AND (l.product <> '{ON_PREM}' OR c.meeting_connector)),
first AS (SELECT p.*, CASE WHEN skip IS NULL AND row_number() OVER (PARTITION BY skip IS NULL, p.license ORDER BY p.n)
  <= coalesce((SELECT n FROM free WHERE product = p.license), 0) THEN p.license END AS one FROM p),
second AS (SELECT f.*, coalesce(one, CASE WHEN skip IS NULL AND row_number() OVER (PARTITION BY skip IS NULL, one IS NULL ORDER BY f.n)
  <= coalesce((SELECT n FROM free WHERE product = '{BASIC}'), 0) - (SELECT count(*) FROM first x WHERE x.one = '{BASIC}') THEN '{BASIC}' END) AS two FROM first f),
third AS (SELECT s.*, coalesce(two, CASE WHEN skip IS NULL AND row_number() OVER (PARTITION BY skip IS NULL, two IS NULL ORDER BY s.n)
  <= coalesce((SELECT n FROM free WHERE product = '{UNASSIGNED}'), 0) - (SELECT count(*) FROM second x WHERE x.two = '{UNASSIGNED}')
  THEN '{UNASSIGNED}' END) AS three FROM second s),
more AS (SELECT t.n, x.product, t.three IS NOT NULL
    AND (NOT x.product = ANY(%(needing)s::text[]) OR t.three || x.product = ANY(%(carries)s::text[])) AS may FROM third t CROSS JOIN LATERAL unnest(t.add_ons) x(product)),
fit AS (SELECT m.*, may AND row_number() OVER (PARTITION BY m.product, may ORDER BY m.n) <= coalesce((SELECT n FROM free WHERE free.product = m.product), 0) AS fits FROM more m),
-- A calling package comes back with Phone or not at all.
whole AS (SELECT n, product, fits AND (NOT starts_with(product, 'calling') OR bool_or(fits AND product = 'phone') OVER (PARTITION BY n)) AS fits FROM fit),
got AS (SELECT t.*, coalesce(g.gets, '[]') AS gets
  FROM third t LEFT JOIN (SELECT n, jsonb_agg(product ORDER BY product) AS gets FROM whole WHERE fits GROUP BY n) g ON g.n = t.n)"""
# Of a row of `got`: what they do not get.
NOT_GOT = "to_jsonb(ARRAY(SELECT license WHERE license <> three UNION ALL SELECT x FROM unnest(add_ons) x WHERE NOT gets ? x))"


@cache
def carrying() -> dict[str, Any]:
    """The parameters of ALLOTTED: `needing` are the add-ons that need a license, `carries` each license that carries one, both in one word."""
    return {
        "needing": [p.code for p in ADD_ONS if p.needs],
        "carries": [base + p.code for p in ADD_ONS for base in sorted(p.needs)],
    }
