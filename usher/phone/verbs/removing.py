"""Taking a phone away: for good, or into the trash first where the account wants it so (S3-37 … S3-48, S3-56; R10)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import DONE, Part, reason, register
from usher.people.of_people import OfPeople
from usher.phone import reads
from usher.phone.holders import PEOPLE, Holders
from usher.phone.parts import KEEPS, NO_PHONE, NOT_ACTIVE, NUMBERS, TOLD

DAYS = 30  # S3-49
KEPT_TOO = gettext_lazy(
    "An extension or a number that somebody else gets meanwhile does not come back, nor what programs kept with the phone."
)
TRASH_FIRST = reason("trash_first", gettext_lazy("the account wants a phone in the trash before it is removed"))
# How much of the account log is the person's own until then. Of phone_user h.
HISTORY = """(SELECT jsonb_strip_nulls(jsonb_build_object('calls', nullif(count(DISTINCT c.id), 0),
    'recordings', nullif(count(*) FILTER (WHERE x.kind = 'recording'), 0), 'voicemails', nullif(count(*) FILTER (WHERE x.kind = 'voicemail'), 0)))
  FROM phone_call c LEFT JOIN phone_recording x ON x.account_id = c.account_id AND x.call_id = c.id WHERE c.user_id = h.user_id AND c.started_at >= h.since)"""


class _Phones(Part):
    """What the two ways share: the phones of holders, with the seats that come free. `why_not` goes on a CASE over h and the settings o."""

    why_not: ClassVar[str] = ""
    before: ClassVar[str] = "'{}'::jsonb"  # what it is told to be beside what a phone is
    after: ClassVar[str]

    def __init__(self, of: Holders = PEOPLE) -> None:
        self.of, self.lock = of, of.lock

    def rows(self, params: Mapping[str, Any]) -> str:
        of = self.of
        return f"""SELECT NULL::int AS subj, u.id AS obj, {of.version} AS version, {of.told} || jsonb_build_object('phone_seats', held.seats, 'state', h.state)
                     || CASE WHEN h.id IS NULL THEN '{{}}' ELSE {TOLD} || {self.before} END AS before, {self.after} AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' AND h.state IS DISTINCT FROM 'trash' AND held.seats IS NULL THEN '{NO_PHONE}'
                        WHEN {of.status} <> 'active' THEN '{NOT_ACTIVE}' {self.why_not} END AS skip, NULL::text AS takes, held.seats AS gives
                   FROM {of.chosen(params)} LEFT JOIN phone_user h ON h.id = who.id LEFT JOIN phone_settings o ON o.account_id = %(account)s
                   CROSS JOIN LATERAL (SELECT {of.phone_seats("u.id")} AS seats) held {of.order(params)}"""

    def back(self, params: Mapping[str, Any]) -> str:
        of = self.of
        return f"""SELECT NULL::int AS subj, e.obj, {of.version} AS version, e.after AS before, e.before AS after,
                   CASE WHEN {of.status} <> 'active' THEN '{NOT_ACTIVE}' WHEN {of.phone_seats("e.obj")} IS NOT NULL OR h.state = 'active'
                     OR h.state IS DISTINCT FROM e.after->>'state' THEN 'changed' END AS skip, nullif(e.before->>'phone_seats', '') AS takes, NULL::text AS gives
                   FROM journal_effect e {of.standing.format(id="e.obj")} LEFT JOIN phone_user h ON h.id = e.obj WHERE {DONE} ORDER BY e.ord"""

    def seats_gone(self) -> str:
        """CTEs after `did` (obj): seats and numbers are free."""
        of = self.of
        return f"""seats AS (DELETE FROM {of.seats} a USING did WHERE a.{of.column} = did.obj AND (a.product = 'phone' OR starts_with(a.product, 'calling'))),
numbers AS (UPDATE phone_number n SET holder_id = NULL, caller = false, version = n.version + 1 FROM did WHERE n.holder_id = did.obj)"""


class Gone(_Phones):
    """The phone and its seats are gone, and with it the history of calls, which stays in the account log alone (S3-43 … S3-45).

    Undone, the seats are back, and the clock makes the phone again as it was, with its history, and as far as it is free.

    A room has no trash: it is never asked for one first.
    """

    before = HISTORY
    after = "jsonb_build_object('extension', NULL, 'numbers', '[]'::jsonb, 'state', NULL)"
    why_not = f"WHEN h.state = 'active' AND h.user_id IS NOT NULL AND o.soft_delete THEN '{TRASH_FIRST}'"

    def __init__(self, of: Holders = PEOPLE) -> None:
        super().__init__(of)
        self.write = f"""
did AS (SELECT ok.obj FROM ok LEFT JOIN phone_user h ON h.id = ok.obj WHERE {of.phone_seats("ok.obj")} IS NOT DISTINCT FROM ok.gives
  AND h.state IS NOT DISTINCT FROM ok.before->>'state'),
{self.seats_gone()},
phones AS (DELETE FROM phone_user h USING did WHERE h.id = did.obj)"""
        self.back_write = f"""
did AS (SELECT ok.obj, ok.takes, ok.after FROM ok {of.standing.format(id="ok.obj")} WHERE {of.status} = 'active' AND {of.phone_seats("ok.obj")} IS NULL),
{of.take("held")},
phones AS (INSERT INTO phone_user (id, account_id, {of.column}, extension, site_id, template_id, policy, state, had, set_up_at, since, away_at, purge_at, deactivated_at)
  SELECT did.obj, %(account)s, did.obj, did.after->>'extension', (SELECT g.id FROM accounts_site g WHERE g.id = (did.after->>'site_id')::uuid),
    (SELECT t.id FROM phone_template t WHERE t.id = (did.after->>'template_id')::uuid), did.after->'policy', CASE did.after->>'state' WHEN 'trash' THEN 'trash' ELSE 'away' END,
    jsonb_build_object('numbers', did.after->'numbers') || {KEEPS}, (did.after->>'set_up_at')::timestamptz,
    coalesce((did.after->>'since')::timestamptz, %(now)s), %(now)s,
    CASE did.after->>'state' WHEN 'trash' THEN %(now)s::timestamptz + interval '{DAYS} days' END, (did.after->>'deactivated_at')::timestamptz
  FROM did WHERE did.after->>'extension' IS NOT NULL ON CONFLICT (id) DO NOTHING)"""


class Trashed(_Phones):
    """The phone lies in the trash; its seats, packages and numbers are free at once (R10)."""

    after = "jsonb_build_object('state', 'trash', 'numbers', '[]'::jsonb)"
    why_not = f"WHEN h.state = 'trash' THEN 'already' WHEN h.state IS DISTINCT FROM 'active' THEN '{NO_PHONE}'"

    def __init__(self, of: Holders = PEOPLE) -> None:
        super().__init__(of)
        self.write = f"""
did AS (UPDATE phone_user h SET state = 'trash', away_at = %(now)s, purge_at = %(now)s::timestamptz + interval '{DAYS} days', version = h.version + 1,
    had = jsonb_build_object('numbers', {NUMBERS.format(id="h.id")}, 'packages', {of.packages("h.id")})
  FROM ok WHERE h.id = ok.obj AND h.state = 'active' AND {of.phone_seats("ok.obj")} IS NOT DISTINCT FROM ok.gives RETURNING h.id AS obj),
{self.seats_gone()}"""
        self.back_write = f"""
did AS (UPDATE phone_user h SET state = 'away', purge_at = NULL, had = h.had || {KEEPS}, version = h.version + 1 FROM ok {of.standing.format(id="ok.obj")}
  WHERE h.id = ok.obj AND h.state = 'trash' AND {of.status} = 'active' AND {of.phone_seats("ok.obj")} IS NULL RETURNING h.id AS obj, ok.takes),
{of.take("held")}"""


class Away(OfPeople):
    """What both verbs share."""

    privilege = "phone:user:manage"
    then = ("phone.hurry",)
    lost = gettext_lazy("An extension or a number that somebody else gets meanwhile does not come back.")

    def undo_words(self, done: int) -> str:
        return _("Seats and packages come back as far as they are free, and extension, numbers and the history of calls with them.")


@register
class Remove(Away):
    """Take the phone from each of a set of people: their seat, package, extension and numbers are free at once (S3-37 … S3-39, S3-42), and their history
    of calls, recordings and voicemails stays in the account log alone (S3-43 … S3-45).

    Skipped: who has no phone (no_phone), and where the account wants it so, whose phone is not in the trash yet (trash_first; S3-46).
    """

    name = "phone.remove"
    lost = KEPT_TOO
    parts = (Gone(),)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will lose their phone.", "%(n)s\u00a0people will lose their phones.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0person lost their phone", "%(n)s\u00a0people lost their phones", done) % {"n": figure(done)}


@register
class PutInTrash(Away):
    """Move the phones of a set of people to the trash for 30 days (S3-47, S3-48). Refuses (conflict, no_trash) while the account has no trash for phones."""

    name = "phone.put_in_trash"
    parts = (Trashed(),)

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if not reads.settings(actor)["soft_delete"]:
            raise Refused("conflict", "no_trash", _("Soft delete is off in this account: phones are removed at once."))
        return {}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0phone goes to the trash.", "%(n)s\u00a0phones go to the trash.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0phone went to the trash", "%(n)s\u00a0phones went to the trash", done) % {"n": figure(done)}
