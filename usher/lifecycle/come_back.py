"""Coming back: reactivate the deactivated, restore from the trash (S4-22, S4-53, S4-55; behaviour.md R2, R15)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import NotAnAddress, parse
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, reason, register
from usher.people import selection
from usher.people.of_people import OfPeople
from usher.phone.parts import PUT_AWAY

from .allotting import ALLOTTED, NOT_GOT, carrying
from .leave import AS_SEATS, FREE_AGAIN, FULL_NAME, HELD, NOT_PURGED, WHY_NOT_FREE

NOT_AWAY = reason("not_away", gettext_lazy("is not deactivated"))
NO_LICENSE = reason("no_license", gettext_lazy("not even a Basic or Unassigned seat is free"), "seat_free")


class Back(Part):
    """Somebody is here again: access comes first, then what was held, as far as seats are free (R2). Parameters: subjects; `how` deactivated or deleted; carrying().

    Who was deactivated before they were deleted comes back deactivated. An undo sends them away again, with what they were to get back.
    """

    lock = ("people_standing", "user_id")

    def people(self, params: Mapping[str, Any]) -> str:
        raise NotImplementedError

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""{ALLOTTED.format(people=self.people(params))}
            SELECT NULL::int AS subj, id AS obj, version,
              jsonb_build_object('name', name, 'email', email, 'status', status, 'held', jsonb_build_object('license', license, 'add_ons', add_ons)) AS before,
              jsonb_build_object('status', becomes, 'email', new_email, 'license', three, 'add_ons', gets, 'not_back', {NOT_GOT}) AS after,
              CASE WHEN skip IS NULL AND becomes = 'active' AND three IS NULL THEN 'no_license' ELSE nullif(skip, 'stays_away') END AS skip,
              {AS_SEATS.format(license="three", add_ons="gets")} AS takes, NULL::text AS gives FROM (SELECT * FROM got ORDER BY n) o"""

    write = f"""
did AS (UPDATE people_standing t SET status = ok.after->>'status', license = ok.after->>'license', version = t.version + 1
  FROM ok JOIN people_user o ON o.id = ok.obj
    CROSS JOIN LATERAL (SELECT o.id, o.account_id, o.login_id, CASE WHEN ok.after->>'email' = o.email THEN o.canonical ELSE %(canonical)s::text END AS canonical) u
  WHERE t.user_id = ok.obj AND t.status = ok.before->>'status' AND {NOT_PURGED} AND (ok.after->>'email' <> o.email OR {FREE_AGAIN})
  AND NOT EXISTS (SELECT 1 FROM people_user x WHERE x.account_id = u.account_id AND x.canonical = u.canonical AND x.left_at IS NULL AND x.id <> u.id)
  RETURNING t.user_id AS obj, ok.after),
login AS (INSERT INTO people_login (id, email, canonical, password, created_at)
  SELECT usher_uuid7(), did.after->>'email', %(canonical)s::text, '!' || gen_random_uuid()::text, %(now)s FROM did JOIN people_user u ON u.id = did.obj
  WHERE did.after->>'email' <> u.email RETURNING id),
here AS (UPDATE people_user u SET left_at = NULL, left_how = '', email = did.after->>'email',
  canonical = CASE WHEN did.after->>'email' = u.email THEN u.canonical ELSE %(canonical)s::text END,
  login_id = coalesce((SELECT id FROM login), u.login_id) FROM did WHERE u.id = did.obj AND (u.left_at IS NOT NULL OR did.after->>'email' <> u.email)),
held AS (INSERT INTO licenses_seat (id, account_id, user_id, product, since)
  SELECT usher_uuid7(), %(account)s, did.obj, x, %(now)s FROM did, jsonb_array_elements_text(did.after->'add_ons') x),
home AS (DELETE FROM lifecycle_departure d USING did WHERE d.user_id = did.obj AND did.after->>'status' = 'active'),
still AS (UPDATE lifecycle_departure d SET how = 'deactivated', was = 'active', purge_at = NULL, change_id = NULL FROM did
  WHERE d.user_id = did.obj AND did.after->>'status' = 'inactive')"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN s.status <> e.after->>'status' OR s.license IS DISTINCT FROM e.after->>'license' OR s.role <> 'member'
                          OR {HELD.format(user="s.user_id")} <> e.after->'add_ons' THEN 'changed' END AS skip,
                   NULL::text AS takes, {AS_SEATS.format(license="e.after->>'license'", add_ons="e.after->'add_ons'")} AS gives
                   FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""

    back_write = f"""
did AS (UPDATE people_standing t SET status = ok.after->>'status', license = NULL, access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.status = ok.before->>'status' AND t.role = 'member' AND t.license IS NOT DISTINCT FROM ok.before->>'license'
  AND {HELD.format(user="t.user_id")} = ok.before->'add_ons' RETURNING t.user_id AS obj, ok.before, ok.after),
freed AS (DELETE FROM licenses_seat a USING did WHERE a.user_id = did.obj),
{PUT_AWAY},
noted AS (INSERT INTO lifecycle_departure (user_id, account_id, how, was, at, change_id, license, add_ons, purge_at)
  SELECT did.obj, %(account)s, %(how)s, CASE WHEN %(how)s = 'deleted' THEN did.before->>'status' ELSE 'active' END, %(now)s, %(change)s,
         did.after->'held'->>'license', ARRAY(SELECT jsonb_array_elements_text(did.after->'held'->'add_ons')),
         CASE WHEN %(how)s = 'deleted' THEN %(now)s::timestamptz + make_interval(days => (SELECT trash_days FROM accounts_account WHERE id = %(account)s)) END
  FROM did
  ON CONFLICT (user_id) DO UPDATE SET how = excluded.how, was = excluded.was, at = excluded.at, change_id = excluded.change_id, purge_at = excluded.purge_at),
gone AS (UPDATE people_user u SET left_at = %(now)s, left_how = %(how)s FROM did WHERE u.id = did.obj AND %(how)s = 'deleted')"""


class Reactivated(Back):
    """The deactivated people among the subjects."""

    def people(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT row_number() OVER ({selection.order_by(params["subjects"])}) AS n, s.user_id AS id, s.version, s.status, {FULL_NAME} AS name, u.email,
                   u.email AS new_email, 'active' AS becomes, d.license, coalesce(d.add_ons, '{{}}') AS add_ons,
                   CASE WHEN s.status = 'active' THEN 'already' WHEN s.status <> 'inactive' THEN 'not_away' END AS skip
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = who.id
                   LEFT JOIN lifecycle_departure d ON d.user_id = who.id"""


class Restored(Back):
    """People in the trash: by their ids, or all of it."""

    def people(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT row_number() OVER (ORDER BY d.at, d.user_id) AS n, s.user_id AS id, s.version, s.status, {FULL_NAME} AS name, u.email,
                   coalesce(%(email)s::text, u.email) AS new_email, CASE WHEN d.was = 'inactive' THEN 'inactive' ELSE 'active' END AS becomes,
                   CASE WHEN d.was = 'active' THEN d.license END AS license, CASE WHEN d.was = 'active' THEN d.add_ons ELSE '{{}}' END AS add_ons,
                   CASE WHEN d.purge_at <= %(now)s THEN 'purged' WHEN %(email)s::text IS NULL THEN coalesce({WHY_NOT_FREE}, {STAYS_AWAY}) ELSE {STAYS_AWAY} END AS skip
                   FROM lifecycle_departure d JOIN people_standing s ON s.user_id = d.user_id JOIN people_user u ON u.id = d.user_id
                   WHERE d.account_id = %(account)s AND d.how = 'deleted' AND (%(ids)s::uuid[] IS NULL OR d.user_id = ANY(%(ids)s::uuid[]))"""


STAYS_AWAY = "CASE WHEN d.was = 'inactive' THEN 'stays_away' END"  # they take no seat; it is no reason to skip them


class _ComeBack(Verb):
    """What both ways back share."""

    privilege = "people:user:manage"
    then = ("phone.hurry",)  # extension and numbers follow the seat
    how: str

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"how": self.how, **carrying(), "canonical": None}


@register
class Reactivate(_ComeBack, OfPeople):
    """Bring deactivated people back: they may sign in again, and get the seats they held as far as they are free (R2, S4-55).

    A license that is not free falls back to Basic, then Unassigned; what did not fit is listed with each person. Refuses (no_license) one person
    for whom not even those fit. Old sessions and links stay dead (SESSION-06).
    """

    name = "lifecycle.reactivate"
    parts = (Reactivated(),)
    how = "deactivated"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        return {"subjects": selection.checked(actor, params.get("subjects"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().sql_params(params), **selection.params_of(params["subjects"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext(
            "%(n)s person will be reactivated and may sign in again.", "%(n)s people will be reactivated and may sign in again.", will
        ) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s person was reactivated", "%(n)s people were reactivated", done) % {"n": figure(done)}


@register
class Restore(_ComeBack):
    """Bring people back from the trash with everything they had, seats as far as they are free. Parameters: ids, or all; email for one person.

    Skipped: whose address somebody else has now (address_taken; R15: restore that one with another `email`), whose login lives in another account
    (login_elsewhere), whose days are over (purged). Refuses (invalid) an e-mail for several, and one that is no address (bad_email).
    """

    name = "lifecycle.restore"
    parts = (Restored(),)
    how = "deleted"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("all"):
            return {"all": True}
        ids = selection.checked(actor, {"ids": params.get("ids")})["ids"]
        if not params.get("email"):
            return {"ids": ids}
        if len(ids) > 1:
            raise Refused("invalid", "one_email", _("An address belongs to one person. Restore them one by one."), field="email")
        return {"ids": ids, **another_address(params["email"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return len(params.get("ids", ())) == 1

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().sql_params(params), "ids": params.get("ids"), "email": params.get("email"), "canonical": params.get("canonical")}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s person will come back from the trash.", "%(n)s people will come back from the trash.", will) % {
            "n": figure(will)
        }

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s person was restored from the trash", "%(n)s people were restored from the trash", done) % {"n": figure(done)}


def another_address(text: Any) -> dict[str, str]:
    """An address nobody signs in with yet, as it is journaled. Refuses (invalid) no address, and (conflict, address_taken) one in use."""
    try:
        new = parse(str(text))
    except NotAnAddress as wrong:
        raise Refused("invalid", wrong.code, wrong.words, field="email") from None
    if sql.value("SELECT 1 FROM people_login WHERE canonical = %(c)s", {"c": new.canonical}):
        raise Refused("conflict", "address_taken", _("Somebody has this address already. Choose another."), field="email")
    return {"email": new.shown, "canonical": new.canonical}
