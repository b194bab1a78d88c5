"""A phone that nobody may use for now, though it keeps seat, package, extension and numbers: prepared before its day, or stopped (behaviour.md L)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from usher.journal.names import figure
from usher.journal.verb import DONE, NO_SEATS, Part, register
from usher.people.of_people import OfPeople
from usher.phone.holders import PEOPLE
from usher.phone.parts import NO_PHONE


class InUse(Part):
    """Whether phones may be used. Parameters: subjects; in_use. Who has not set theirs up gets the mail about it when it may be used, also by an
    undo: the mail of before was dropped if it was not delivered by then (S3-19)."""

    lock = PEOPLE.lock

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, u.id AS obj, s.version, {PEOPLE.told} || jsonb_build_object('in_use', h.deactivated_at IS NULL) AS before,
                   jsonb_build_object('in_use', %(in_use)s::boolean) AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' THEN '{NO_PHONE}' WHEN (h.deactivated_at IS NULL) = %(in_use)s::boolean THEN 'already' END AS skip, {NO_SEATS}
                   FROM {PEOPLE.chosen(params)} LEFT JOIN phone_user h ON h.id = who.id {PEOPLE.order(params)}"""

    write = """
did AS (UPDATE phone_user h SET deactivated_at = CASE WHEN NOT (ok.after->>'in_use')::boolean THEN %(now)s::timestamptz END, version = h.version + 1 FROM ok
  WHERE h.id = ok.obj AND h.state = 'active' AND (h.deactivated_at IS NULL) = (ok.before->>'in_use')::boolean RETURNING h.id AS obj, h.deactivated_at, h.set_up_at),
mails AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), %(account)s, 'phone', u.id, u.email, '{}', %(now)s, %(now)s FROM did JOIN people_user u ON u.id = did.obj
  WHERE did.deactivated_at IS NULL AND did.set_up_at IS NULL AND coalesce((SELECT o.welcome_mail FROM phone_settings o WHERE o.account_id = %(account)s), true))"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, h.version, e.after AS before, e.before AS after,
                   CASE WHEN h.state IS DISTINCT FROM 'active' OR (h.deactivated_at IS NULL) <> (e.after->>'in_use')::boolean THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN phone_user h ON h.id = e.obj WHERE {DONE} ORDER BY e.obj"""


class _Using(OfPeople):
    privilege = "phone:user:manage"
    parts = (InUse(),)
    in_use: ClassVar[bool]

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"in_use": self.in_use}


@register
class Deactivate(_Using):
    """Stop the phones of a set of people for now: they keep seat, package, extension and numbers, and nobody uses them. Skipped: who has none (no_phone)."""

    name = "phone.deactivate"
    in_use = False

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0phone cannot be used until it is activated. It keeps its extension and its numbers.",
            "%(n)s\u00a0phones cannot be used until they are activated. They keep their extensions and their numbers.",
            will,
        )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0phone was deactivated", "%(n)s\u00a0phones were deactivated", done) % {"n": figure(done)}


@register
class Activate(_Using):
    """Let phones that were deactivated be used. Who has not set theirs up gets the mail with the extension (S3-19). Skipped: who has none (no_phone)."""

    name = "phone.activate"
    lost: ClassVar[str | Promise] = gettext_lazy("Mails that were sent stay sent.")
    in_use = True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0phone can be used.", "%(n)s\u00a0phones can be used.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0phone was activated", "%(n)s\u00a0phones were activated", done) % {"n": figure(done)}
