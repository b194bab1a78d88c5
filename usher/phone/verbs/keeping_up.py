"""The rule that holds for every door: whoever is active and holds Phone has an extension, and whoever does not hold it has none (R9, docs/decisions/0076).

Seats come and go by many verbs that know nothing of phones. The clock follows, and a verb that may have moved one asks it to hurry (tasks.keep_up).
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, register
from usher.phone.holders import PEOPLE
from usher.phone.parts import FORGOTTEN, GOT_BACK, NAME, TOLD, WITH_HISTORY, Made, packed

AT_ONCE = 5_000
LACKS = f"""SELECT NULL::int AS subj, a.user_id AS id, NULL::uuid AS site_id, NULL::uuid AS template_id FROM licenses_seat a JOIN people_standing s ON s.user_id = a.user_id
  LEFT JOIN phone_user h ON h.id = a.user_id WHERE a.account_id = %(account)s AND a.product = 'phone' AND s.status = 'active'
  AND (h.id IS NULL OR h.state = 'away') ORDER BY a.since, a.user_id LIMIT {AT_ONCE}"""
NO_SEAT_ANY_MORE = """h.state = 'active' AND h.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = h.user_id AND a.product = 'phone')"""
# Packages stay behind where Phone was taken back alone.
LEFT_OVER = """(SELECT string_agg(a.product, ' ' ORDER BY a.product) FROM licenses_seat a WHERE a.user_id = h.user_id AND starts_with(a.product, 'calling'))"""


def lacking(params: Mapping[str, Any]) -> str:
    return LACKS


class Forgotten(Part):
    """Phones whose seat was taken back: they rest, their numbers and packages are free. Both are remembered, in case an undo gives the seat back."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, h.id AS obj, h.version, jsonb_build_object('name', {NAME}, 'email', u.email) || {TOLD} AS before,
                   jsonb_build_object('extension', NULL, 'numbers', '[]'::jsonb) AS after, NULL::text AS skip, NULL::text AS takes, {LEFT_OVER} AS gives
                   FROM phone_user h JOIN people_user u ON u.id = h.user_id WHERE h.account_id = %(account)s AND {NO_SEAT_ANY_MORE} ORDER BY h.id LIMIT {AT_ONCE}"""

    write = f"""
did AS (SELECT ok.obj FROM ok JOIN phone_user h ON h.id = ok.obj WHERE {NO_SEAT_ANY_MORE} AND {LEFT_OVER} IS NOT DISTINCT FROM ok.gives),
{FORGOTTEN},
freed AS (DELETE FROM licenses_seat a USING did WHERE a.user_id = did.obj AND starts_with(a.product, 'calling'))"""


class PackagesBack(Part):
    """The packages of phones whose seat an undo gave back, as far as they are free and active, by who got the seat first."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""WITH resting AS MATERIALIZED (SELECT row_number() OVER () AS n, l.id, phone_user.had FROM ({LACKS}) l JOIN phone_user ON phone_user.id = l.id
                     WHERE phone_user.had ? 'packages' AND {WITH_HISTORY}
                     AND NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = l.id AND starts_with(a.product, 'calling'))),
                   {packed("SELECT n, id, had FROM resting")}
                   SELECT NULL::int AS subj, l.id AS obj, s.version, jsonb_build_object('name', {NAME}, 'email', u.email, 'packages', '[]'::jsonb) AS before,
                   jsonb_build_object('packages', to_jsonb(string_to_array(ltrim(g.gets), ' ')), 'not_back', g.misses) AS after, NULL::text AS skip,
                   ltrim(g.gets) AS takes, NULL::text AS gives
                   FROM resting l JOIN people_user u ON u.id = l.id JOIN people_standing s ON s.user_id = l.id CROSS JOIN {GOT_BACK} WHERE g.gets <> '' ORDER BY l.n"""

    write = f"""
did AS (SELECT ok.obj, ok.takes FROM ok JOIN phone_user h ON h.id = ok.obj AND h.state = 'away' AND h.had ? 'packages'
  WHERE {PEOPLE.may_have("ok.obj")} AND {PEOPLE.packages("ok.obj")} = ok.before->'packages'),
{PEOPLE.take("held")}"""


class OfTheClock(Verb):
    """What the two halves share: only the clock does it."""

    privilege = "phone:user:manage"
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "system":
            raise Refused("forbidden", "clock_only", _("Only the clock does this, after a seat was given or taken back."))
        return {}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False


@register
class SetUp(OfTheClock):
    """Give an extension to whoever is active and holds Phone without one (R9, S3-33). Who had a phone before gets it back as far as it is free, and with it
    their packages where it is an undo that gave the seat back."""

    name = "phone.set_up"
    parts = (PackagesBack(), Made(lacking))
    main = 1

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"wants_number": False}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0person will get an extension.", "%(n)s\u00a0people will get an extension.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0person got an extension", "%(n)s\u00a0people got an extension", done) % {"n": figure(done)}


@register
class PutAway(OfTheClock):
    """Put the phones to rest whose seat was taken back: extension, numbers and packages are free, and remembered for when the seat comes back."""

    name = "phone.put_away"
    parts = (Forgotten(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0phone will rest.", "%(n)s\u00a0phones will rest.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0phone rests without a seat", "%(n)s\u00a0phones rest without a seat", done) % {"n": figure(done)}
