"""Direct numbers that come with a calling plan, in the change that assigns it (S3-27, S3-28; docs/decisions/0094)."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from usher.journal.verb import NO_SEATS, reason
from usher.people import marks

from .extensions import COUNTRY
from .holders import PEOPLE, Holders
from .number_parts import HOLDER, MOST_OF_ONE, NEEDS_PLAN, NUMBER_TAKEN, TOO_MANY, Held
from .parts import staged

NO_FREE_NUMBER = reason("no_free_number", _("no number of the site’s country is free"), "later")
OF_NUMBER = """LEFT JOIN phone_number n ON n.id = c.number AND n.account_id = %(account)s LEFT JOIN phone_user nh ON nh.id = n.holder_id
  LEFT JOIN people_user hu ON hu.id = nh.user_id LEFT JOIN accounts_room hr ON hr.id = nh.room_id"""


class NumbersToo(Held):
    """The chosen numbers for one phone, or the lowest free one of the site's country for each that has none. Parameters: subjects; give, the package;
    number_ids; next_number. `first` makes the rows of the packages. Without numbers there is no row."""

    beside = True

    def __init__(self, first: Callable[[Mapping[str, Any]], str], of: Holders = PEOPLE) -> None:
        self.first, self.of = first, of

    def rows(self, params: Mapping[str, Any]) -> str:
        of = self.of
        meant = f" AND {marks.why_spared('u.id')} IS NULL" if of is PEOPLE and marks.of_many(params["subjects"]) else ""
        return f"""WITH w AS MATERIALIZED (SELECT row_number() OVER () AS place, x.* FROM (SELECT u.id, {of.name} AS name, {COUNTRY} AS country, l.ord AS subj,
                     (SELECT count(*) FROM phone_number m WHERE m.holder_id = h.id) AS has, starts_with(%(give)s::text, 'calling:') OR {of.has_plan("u.id")} AS plan
                     FROM {of.chosen(params)} JOIN phone_user h ON h.id = who.id AND h.state = 'active' LEFT JOIN ({staged(self.first)(params)}) l ON l.obj = who.id
                     WHERE (%(next_number)s::boolean OR cardinality(%(number_ids)s::uuid[]) > 0){meant} {of.order(params)}) x),
                   asked AS (SELECT w.*, row_number() OVER (PARTITION BY w.country ORDER BY w.place) AS nth FROM w WHERE %(next_number)s::boolean AND w.has = 0),
                   stock AS (SELECT c.country, f.id, row_number() OVER (PARTITION BY c.country ORDER BY f.number) AS nth
                     FROM (SELECT country, count(*) AS many FROM asked GROUP BY 1) c CROSS JOIN LATERAL (SELECT n.id, n.number FROM phone_number n
                       WHERE n.account_id = %(account)s AND n.country = c.country AND n.holder_id IS NULL ORDER BY n.number LIMIT c.many) f),
                   c AS (SELECT a.place, a.id, k.id AS number FROM asked a LEFT JOIN stock k ON k.country = a.country AND k.nth = a.nth
                     UNION ALL SELECT w.place, w.id, i FROM w CROSS JOIN unnest(%(number_ids)s::uuid[]) i WHERE NOT %(next_number)s::boolean)
                   SELECT w.subj, coalesce(n.id, w.id) AS obj, n.version, jsonb_build_object('name', w.name, 'numbers', '[]'::jsonb, 'holder_id', n.holder_id,
                     'caller', n.caller) AS before,
                   jsonb_build_object('user', w.id, 'numbers', jsonb_build_array(n.number), 'holder_id', w.id,
                     'caller', w.has = 0 AND row_number() OVER (PARTITION BY w.id ORDER BY n.number) = 1) AS after,
                   CASE WHEN n.id IS NULL THEN '{NO_FREE_NUMBER}' WHEN n.holder_id = w.id THEN 'already' WHEN n.holder_id IS NOT NULL THEN '{NUMBER_TAKEN}:' || {HOLDER}
                        WHEN NOT w.plan THEN '{NEEDS_PLAN}'
                        WHEN w.has + row_number() OVER (PARTITION BY w.id ORDER BY n.holder_id IS NOT DISTINCT FROM w.id, n.number) > {MOST_OF_ONE} THEN '{TOO_MANY}'
                   END AS skip, {NO_SEATS} FROM c JOIN w ON w.id = c.id {OF_NUMBER} ORDER BY c.place, n.number"""
