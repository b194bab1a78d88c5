"""Which extension somebody gets: the lowest free one of their site's range, past what is reserved (S3-2, S3-18; docs/decisions/0077).

One piece of SQL for the plan and for the write, over any number of people. Whoever writes extensions or gives numbers holds the row of the account
(LOCK), so two changes at once never choose the same; the unique index is the second line.
"""

from django.utils.translation import gettext_lazy as _

from usher.journal.verb import reason

from .models import HIGHEST, LOWEST

LOCK, LOCKED = ("accounts_account", "id"), "%(account)s::uuid"
NO_EXTENSION = reason("no_extension", _("no extension of the site’s range is free"), "later")
EXTENSION_TAKEN = reason("extension_taken", _("%(name)s has this extension"), "later", refused=True)
EXTENSION_RESERVED = reason("extension_reserved", _("this number belongs to an emergency or public service of the country"), refused=True)

TAKEN = "EXISTS (SELECT 1 FROM phone_user x WHERE x.account_id = %(account)s AND x.extension = {extension} AND x.state = 'active')"
RESERVED = "EXISTS (SELECT 1 FROM phone_reserved x WHERE x.country = ANY ({countries}) AND x.extension IN ({extensions}))"
# The site of somebody for whom none was chosen: where they are, else the main one. Of people_user u.
SITE_OF = "coalesce(u.site_id, (SELECT g.id FROM accounts_site g WHERE g.account_id = %(account)s AND g.main))"
# The country of the site of phone_user h, else of the account.
COUNTRY = "(SELECT coalesce(nullif(s.country, ''), a.country) FROM accounts_account a LEFT JOIN phone_site s ON s.site_id = h.site_id WHERE a.id = h.account_id)"
# Every site of the account with its range, also one of which nothing was said yet.
RANGES = f"""SELECT n.id, n.name, coalesce(s.code, '') AS code, coalesce(s.lowest, {LOWEST}) AS lowest, coalesce(s.highest, {HIGHEST}) AS highest
  FROM accounts_site n LEFT JOIN phone_site s ON s.site_id = n.id WHERE n.account_id = %(account)s"""
# Of a range d: numbers of a range inside it are for the site with the smaller range, and which services of its countries stand in no range at all. Each is
# found once, and not asked of each number.
SMALLER = f"""(SELECT coalesce(range_agg(int4range(s.lowest, s.highest, '[]')), '{{}}') AS others FROM ({RANGES}) s
  WHERE NOT coalesce((SELECT o.site_codes FROM phone_settings o WHERE o.account_id = %(account)s) AND s.code <> '', false)
  AND s.lowest >= d.lowest AND s.highest <= d.highest AND s.highest - s.lowest < d.highest - d.lowest)"""
SERVICES = "(SELECT coalesce(array_agg(x.extension), '{}') AS services FROM phone_reserved x WHERE x.country = ANY (d.countries))"


def allotted(wanted: str) -> str:
    """CTEs that end with `given`: every row of `wanted` with its `extension`, null when the range is full, and its `number`, null unless one is wanted.

    `wanted` is a SELECT of n (the order), id, site_id, wish (an extension to be had if it is free) and wants_number, and whatever else `given` shall carry.
    The free ones of a range go by their place in an array: joined by rank, 10,000 people would be compared with 10,000 extensions. It is an array of
    integers, also of numbers, because the last of 10,000 texts is found by passing all others. What is
    taken is found by set operations, because they are quick whatever is known of the table: asked one by one, a thousand phones of a moment ago cost seconds.
    """
    return f"""
wanted AS MATERIALIZED ({wanted}),
pool AS MATERIALIZED (SELECT w.site_id, CASE WHEN o.site_codes THEN coalesce(s.code, '') ELSE '' END AS code, coalesce(s.lowest, {LOWEST}) AS lowest,
    coalesce(s.highest, {HIGHEST}) AS highest, coalesce(nullif(s.country, ''), a.country) AS country
  FROM (SELECT DISTINCT site_id FROM wanted) w JOIN accounts_account a ON a.id = %(account)s LEFT JOIN phone_settings o ON o.account_id = a.id
  LEFT JOIN phone_site s ON s.site_id = w.site_id),
taken AS MATERIALIZED (SELECT wish FROM wanted WHERE wish IS NOT NULL
  INTERSECT SELECT x.extension FROM phone_user x WHERE x.account_id = %(account)s AND x.state = 'active'
    AND x.extension BETWEEN (SELECT min(wish) FROM wanted) AND (SELECT max(wish) FROM wanted)),
asked AS MATERIALIZED (SELECT w.*, p.code, p.lowest, p.highest, p.country, w.wish IS NOT NULL
    AND w.n IN (SELECT min(v.n) FROM wanted v WHERE v.wish IS NOT NULL GROUP BY v.wish) AND w.wish NOT IN (SELECT wish FROM taken)
    AND (p.country, w.wish) NOT IN (SELECT x.country, x.extension FROM phone_reserved x WHERE x.country IN (SELECT country FROM pool)) AS keeps
  FROM wanted w JOIN pool p ON p.site_id IS NOT DISTINCT FROM w.site_id),
need AS MATERIALIZED (SELECT code, lowest, highest, array_agg(DISTINCT country) AS countries, count(*) AS n FROM asked WHERE NOT keeps GROUP BY 1, 2, 3),
spoken AS MATERIALIZED (SELECT (SELECT count(*) FROM phone_user x WHERE x.account_id = %(account)s AND x.state = 'active') + (SELECT count(*) FROM asked)
    + (SELECT count(*) FROM phone_reserved x WHERE x.country IN (SELECT country FROM pool)) AS n),
free AS MATERIALIZED (SELECT d.code, d.lowest, d.highest, array_agg(g.n ORDER BY g.n) AS numbers FROM need d CROSS JOIN spoken
  CROSS JOIN LATERAL {SMALLER} w CROSS JOIN LATERAL {SERVICES} r CROSS JOIN LATERAL (SELECT substr(e.extension, length(d.code) + 1)::int AS n FROM (
      SELECT d.code || x AS extension FROM generate_series(d.lowest, least(d.highest, d.lowest + spoken.n
        + (SELECT coalesce(sum(upper(s) - lower(s)), 0) FROM unnest(w.others) s))::int) x
      EXCEPT SELECT x.extension FROM phone_user x WHERE x.account_id = %(account)s AND x.state = 'active'
      EXCEPT SELECT wish FROM asked WHERE keeps) e) g
  WHERE length(d.code || g.n) BETWEEN 3 AND 6 AND g.n::text <> ALL (r.services) AND d.code || g.n <> ALL (r.services) AND NOT (d.code = '' AND g.n <@ w.others)
  GROUP BY 1, 2, 3),
stock AS MATERIALIZED (SELECT c.country, ARRAY(SELECT x.number::bigint FROM phone_number x WHERE x.account_id = %(account)s AND x.country = c.country
    AND x.holder_id IS NULL ORDER BY x.number LIMIT (SELECT count(*) FROM asked)) AS numbers FROM (SELECT DISTINCT country FROM asked WHERE wants_number) c),
given AS MATERIALIZED (SELECT q.*, CASE WHEN q.keeps THEN q.wish ELSE q.code || f.numbers[q.nth] END AS extension,
    CASE WHEN q.wants_number THEN '+' || k.numbers[q.number_nth] END AS number
  FROM (SELECT a.*, (row_number() OVER (PARTITION BY a.code, a.lowest, a.highest, a.keeps ORDER BY a.n))::int AS nth,
          (row_number() OVER (PARTITION BY a.country, a.wants_number ORDER BY a.n))::int AS number_nth FROM asked a) q
  LEFT JOIN free f ON f.code = q.code AND f.lowest = q.lowest AND f.highest = q.highest LEFT JOIN stock k ON k.country = q.country)"""
