"""Out of the trash of phones: back to their people, or gone for good when the 30 days are over (S3-49 … S3-53)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, Verb, reason, register, words_of
from usher.people import selection
from usher.people.of_people import OfPeople
from usher.phone.holders import PEOPLE
from usher.phone.numbering import checked_extension
from usher.phone.parts import CHANGED_SINCE, GOT_BACK, KEEPS, NAME, NOT_ACTIVE, SORTED, TOLD, Made, packed, staged
from usher.phone.verbs.extension import hindrance

HINDERED = f"SELECT {hindrance('%(extension)s::text')} FROM phone_user h WHERE h.account_id = %(account)s AND h.id = %(id)s::uuid"
HAS_SEAT = reason("has_phone_seat", gettext_lazy("holds Phone already: take that back first"))


class SeatsBack(Part):
    """The seat of Phone, and the packages as far as they are free and active, by who was put away first. Parameter: subjects."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""WITH lying AS MATERIALIZED (SELECT row_number() OVER (ORDER BY h.away_at, h.id) AS n, h.id, h.purge_at, h.had, {NAME} AS name, u.email, s.version, s.status,
                     {PEOPLE.phone_seats("h.id")} AS seats
                     FROM phone_user h JOIN people_user u ON u.id = h.user_id JOIN people_standing s ON s.user_id = h.user_id
                     WHERE h.account_id = %(account)s AND h.state = 'trash' AND h.id IN (SELECT who.id FROM ({selection.sql_of(params["subjects"])}) who)),
                   {packed("SELECT n, id, had FROM lying WHERE status = 'active'")}
                   SELECT NULL::int AS subj, l.id AS obj, l.version, jsonb_build_object('name', l.name, 'email', l.email, 'state', 'trash', 'purge_at', l.purge_at,
                     'had', l.had) AS before,
                   jsonb_build_object('state', 'active', 'phone_seats', 'phone' || g.gets, 'not_back', g.misses) AS after,
                   CASE WHEN l.status <> 'active' THEN '{NOT_ACTIVE}' WHEN l.seats IS NOT NULL THEN '{HAS_SEAT}' END AS skip, 'phone' || g.gets AS takes, NULL::text AS gives
                   FROM lying l CROSS JOIN {GOT_BACK} ORDER BY l.n"""

    write = f"""
did AS (UPDATE phone_user h SET state = 'away', purge_at = NULL, had = h.had || {KEEPS}, version = h.version + 1 FROM ok JOIN people_standing s ON s.user_id = ok.obj
  WHERE h.id = ok.obj AND h.state = 'trash' AND s.status = 'active' AND {PEOPLE.phone_seats("ok.obj")} IS NULL RETURNING h.id AS obj, ok.takes),
{PEOPLE.take("held")}"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN s.status <> 'active' OR {PEOPLE.phone_seats("e.obj")} IS DISTINCT FROM {SORTED.format(seats="e.after->>'phone_seats'")} THEN 'changed'
                        WHEN EXISTS (SELECT 1 FROM journal_effect m JOIN phone_user h ON h.id = m.obj WHERE m.change_id = e.change_id AND m.phase = 1 AND m.obj = e.obj
                          AND m.result = 'done' AND {CHANGED_SINCE.format(told="m.after")}) THEN 'changed' END AS skip, NULL::text AS takes, e.after->>'phone_seats' AS gives
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj WHERE {DONE} ORDER BY e.ord"""

    back_write = f"""
did AS (UPDATE phone_user h SET state = 'trash', purge_at = (ok.after->>'purge_at')::timestamptz, had = ok.after->'had', version = h.version + 1 FROM ok
  WHERE h.id = ok.obj AND h.state = 'away' AND {PEOPLE.phone_seats("ok.obj")} IS NOT DISTINCT
    FROM {SORTED.format(seats="ok.gives")}
  RETURNING h.id AS obj),
seats AS (DELETE FROM licenses_seat a USING did WHERE a.user_id = did.obj AND (a.product = 'phone' OR starts_with(a.product, 'calling')))"""


def first(params: Mapping[str, Any]) -> str:
    return SeatsBack().rows(params)


def who(params: Mapping[str, Any]) -> str:
    """Whose phones come back."""
    return f"SELECT l.ord AS subj, l.obj AS id, NULL::uuid AS site_id, NULL::uuid AS template_id FROM ({staged(first)(params)}) l ORDER BY l.ord"


class MadeAgain(Made):
    """The phones as they were. Parameters: extension and numbers, what one phone shall have instead, or null."""

    wish = "coalesce(%(extension)s::text, h.extension)"
    had = "coalesce(%(numbers)s::jsonb, h.had->'numbers', '[]')"


@register
class Restore(OfPeople):
    """Bring the phones of a set of people back from the trash (S3-49, S3-53). Parameters: subjects; of one person also extension and numbers, which it
    shall have instead of what it had.

    Extension and numbers come back as far as they are free: who lost theirs gets the next free extension, and what is gone is told with each. A package
    that is taken or inactive by now is told too. Skipped: who finds no Phone seat (no_seat), who is not active, who holds Phone again. Refuses (invalid)
    another extension that is taken or reserved, another number that is not free (number_not_free), and either for more than one person (one_person).
    Other numbers than it had need the right to manage numbers, too.
    """

    name = "phone.restore"
    privilege = "phone:user:manage"
    parts = (SeatsBack(), MadeAgain(who))
    spares_marked = False

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if not params.get("extension") and params.get("numbers") is None:
            return {"extension": None, "numbers": None}
        ids = selection.checked(actor, params.get("subjects")).get("ids", ())
        if len(ids) != 1:
            raise Refused("invalid", "one_person", _("Another extension or number is chosen for one phone at a time."))
        extension = checked_extension(params["extension"]) if params.get("extension") else None
        if extension and (code := sql.value(HINDERED, {"account": actor.account_id, "id": ids[0], "extension": extension})):
            words = _("%(extension)s cannot be had: %(why)s.") % {"extension": extension, "why": words_of(code)}
            raise Refused("invalid", code.partition(":")[0], words, field="extension")
        return {
            "extension": extension,
            "numbers": None if params.get("numbers") is None else numbers_instead(actor, ids[0], params["numbers"]),
        }

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # the second phase goes by the rows of the first

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        numbers = params.get("numbers")  # changes of before know neither
        return {"wants_number": False, "extension": params.get("extension"), "numbers": None if numbers is None else sql.Jsonb(numbers)}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0phone comes back from the trash.", "%(n)s\u00a0phones come back from the trash.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0phone came back from the trash", "%(n)s\u00a0phones came back from the trash", done) % {
            "n": figure(done)
        }


def numbers_instead(actor: Actor, id: str, given: Any) -> list[str]:
    """Numbers of the inventory that nobody has, as they are kept; Refused (invalid, number_not_free) with the first that is none, and (forbidden) others
    than this phone had without the right to manage numbers."""
    numbers = [str(n).replace("\x00", "") for n in given]
    free = {
        r["number"]: r["its_own"]
        for r in sql.rows(
            """SELECT n.number, coalesce(h.had->'numbers' ? n.number, false) AS its_own FROM phone_number n
               LEFT JOIN phone_user h ON h.account_id = n.account_id AND h.id = %(i)s::uuid
               WHERE n.account_id = %(a)s AND n.number = ANY(%(n)s) AND n.holder_id IS NULL""",
            {"a": actor.account_id, "i": id, "n": numbers},
        )
    }
    if wrong := [n for n in numbers if n not in free]:
        raise Refused("invalid", "number_not_free", _("%(number)s is not free here.") % {"number": wrong[0][:40]}, field="numbers")
    if not all(free[n] for n in numbers):
        actor.require("phone:number:manage")
    return numbers


class Purged(Part):
    """The phones are gone for good. Parameters: ids, or null; until, for those whose days are over then."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, h.id AS obj, h.version, jsonb_build_object('name', {NAME}, 'email', u.email) || {TOLD} AS before, '{{}}'::jsonb AS after,
                   NULL::text AS skip, {NO_SEATS} FROM phone_user h JOIN people_user u ON u.id = h.user_id
                   WHERE h.account_id = %(account)s AND h.state = 'trash' AND h.purge_at <= %(until)s::timestamptz ORDER BY h.id"""

    write = "did AS (DELETE FROM phone_user h USING ok WHERE h.id = ok.obj AND h.state = 'trash' AND h.purge_at <= %(until)s::timestamptz RETURNING h.id AS obj)"


@register
class Purge(Verb):
    """Remove the phones for good whose days in the trash are over `until` (ISO 8601). Only the clock does it (forbidden, clock_only); an
    administrator removes one at once by phone.remove."""

    name = "phone.purge"
    privilege = "phone:user:manage"
    parts = (Purged(),)
    undoable = False
    lost = gettext_lazy("What was purged cannot come back.")

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "system":
            raise Refused("forbidden", "clock_only", _("Only the clock empties the trash. Remove a phone instead."))
        return {"until": str(params["until"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0phone will be gone for good.", "%(n)s\u00a0phones will be gone for good.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0phone gone for good", "%(n)s\u00a0phones gone for good", done) % {"n": figure(done)}
