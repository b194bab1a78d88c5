"""What becomes of an invitation: sent again, withdrawn before acceptance, expired by the clock (S0-47 … S0-52)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.journal.names import figure
from usher.journal.verb import Part, register
from usher.people import selection
from usher.people.of_people import OfPeople

from .parts import DAYS, PERSON_OF_SEAT


class NewLink(Part):
    """The 30 days start again, the old link is dead, a new mail is queued; whoever sends it again has sent it from then on (INVITE-09)."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('sent_at', i.sent_at, 'expires_at', i.expires_at) AS before,
                   jsonb_build_object('sent_at', %(now)s::timestamptz, 'expires_at', %(now)s::timestamptz + interval '{DAYS} days') AS after,
                   CASE WHEN s.status <> 'pending' OR i.state <> 'open' THEN 'not_pending'
                        WHEN i.sent_at > %(now)s::timestamptz - interval '1 minute' THEN 'too_soon' END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id
                   LEFT JOIN people_invitation i ON i.user_id = s.user_id {selection.order_by(params["subjects"])}"""

    write = f"""
did AS (UPDATE people_invitation t SET nonce = gen_random_uuid(), token_hash = NULL, invited_by = %(actor)s::uuid,
  sent_at = %(now)s, expires_at = %(now)s::timestamptz + interval '{DAYS} days'
  FROM ok WHERE t.user_id = ok.obj AND t.state = 'open' RETURNING t.user_id AS obj),
unsent AS (UPDATE mail_message m SET state = 'cancelled' FROM did WHERE m.to_user = did.obj AND m.state = 'waiting'),
mail AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), %(account)s, CASE WHEN s.role = 'owner' THEN 'owner_setup' ELSE 'invitation' END, u.id, u.email, '{{}}'::jsonb, %(now)s, %(now)s
  FROM did JOIN people_user u ON u.id = did.obj JOIN people_standing s ON s.user_id = u.id)"""


@register
class Resend(OfPeople):
    """Send the invitation again: the clock starts anew and the old link stops working (S0-48, S0-51). At most once a minute for one person."""

    name = "lifecycle.resend_invitation"
    privilege = "people:user:manage"
    parts = (NewLink(),)
    undoable = False
    then = ("mail.deliver",)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will get a new invitation; the old links stop working.",
            "%(n)s\u00a0people will get a new invitation; the old links stop working.",
            will,
        )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0person invited again", "%(n)s\u00a0people invited again", done) % {"n": figure(done)}


class AddOnsOfPending(Part):
    """The add-on seats that pending people hold."""

    lock, locked = PERSON_OF_SEAT

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, a.id AS obj, NULL::int AS version, jsonb_build_object('user', a.user_id, 'add_on', a.product) AS before, NULL::jsonb AS after,
                   NULL::text AS skip, NULL::text AS takes, a.product || '@pending' AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id AND s.status = 'pending' AND s.role <> 'owner'
                   JOIN licenses_seat a ON a.user_id = s.user_id ORDER BY a.id"""

    write = """did AS (DELETE FROM licenses_seat t USING ok, people_standing s WHERE t.id = ok.obj AND s.user_id = t.user_id AND s.status = 'pending' RETURNING t.id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        """In the order of the people: when seats lack, the first add-ons are those of the first people."""
        return """SELECT NULL::int AS subj, e.obj, NULL::int AS version, NULL::jsonb AS before, e.before AS after,
                  CASE WHEN u.left_at IS NULL THEN 'changed' WHEN taken.id IS NOT NULL THEN 'address_taken' END AS skip,
                  e.before->>'add_on' || '@pending' AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN people_user u ON u.id = (e.before->>'user')::uuid
                  LEFT JOIN people_user taken ON taken.account_id = u.account_id AND taken.canonical = u.canonical AND taken.left_at IS NULL
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY u.canonical, e.obj"""

    back_write = """did AS (INSERT INTO licenses_seat (id, account_id, user_id, product, since)
                    SELECT ok.obj, %(account)s, s.user_id, ok.after->>'add_on', %(now)s FROM ok JOIN people_standing s ON s.user_id = (ok.after->>'user')::uuid
                    WHERE s.status = 'pending' ON CONFLICT DO NOTHING RETURNING id AS obj)"""


class PendingAway(Part):
    """The person leaves the list, the link is dead, the pending seat comes free, the address too. `how` is withdrawn, expired or declined."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version,
                   jsonb_build_object('license', s.license, 'email', u.email, 'name', btrim(u.first_name || ' ' || u.last_name)) AS before, NULL::jsonb AS after,
                   CASE WHEN s.status <> 'pending' OR s.role = 'owner' THEN 'not_pending'
                        WHEN %(how)s = 'expired' AND i.expires_at > %(now)s THEN 'changed' END AS skip, NULL::text AS takes, s.license || '@pending' AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = s.user_id
                   LEFT JOIN people_invitation i ON i.user_id = s.user_id {selection.order_by(params["subjects"])}"""

    write = """
did AS (UPDATE people_standing t SET status = 'gone', license = NULL, access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.status = 'pending' AND t.license = ok.before->>'license'
  AND NOT EXISTS (SELECT 1 FROM licenses_seat a WHERE a.user_id = t.user_id)
  AND (%(how)s <> 'expired' OR EXISTS (SELECT 1 FROM people_invitation i WHERE i.user_id = t.user_id AND i.expires_at <= %(now)s)) RETURNING t.user_id AS obj),
gone AS (UPDATE people_user u SET left_at = %(now)s, left_how = %(how)s FROM did WHERE u.id = did.obj),
closed AS (UPDATE people_invitation i SET state = %(how)s, token_hash = NULL, nonce = gen_random_uuid() FROM did WHERE i.user_id = did.obj),
unsent AS (UPDATE mail_message m SET state = 'cancelled' FROM did WHERE m.to_user = did.obj AND m.state = 'waiting')"""

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, s.version, NULL::jsonb AS before, e.before AS after,
                  CASE WHEN s.status <> 'gone' THEN 'changed' WHEN taken.id IS NOT NULL THEN 'address_taken' END AS skip,
                  (e.before->>'license') || '@pending' AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN people_standing s ON s.user_id = e.obj JOIN people_user u ON u.id = e.obj
                  LEFT JOIN people_user taken ON taken.account_id = u.account_id AND taken.canonical = u.canonical AND taken.left_at IS NULL
                  WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY u.canonical"""

    # The address may be taken between reading and writing: whoever is here first keeps it, the unique index says so by failing the row.
    back_write = f"""
did AS (UPDATE people_user u SET left_at = NULL, left_how = '' FROM ok, people_standing s WHERE u.id = ok.obj AND s.user_id = u.id AND s.status = 'gone'
  AND NOT EXISTS (SELECT 1 FROM people_user x WHERE x.account_id = u.account_id AND x.canonical = u.canonical AND x.left_at IS NULL)
  RETURNING u.id AS obj, u.email),
back AS (UPDATE people_standing t SET status = 'pending', license = ok.after->>'license', version = t.version + 1 FROM ok JOIN did ON did.obj = ok.obj WHERE t.user_id = ok.obj),
open AS (UPDATE people_invitation i SET state = 'open', token_hash = NULL, nonce = gen_random_uuid(), sent_at = %(now)s,
  expires_at = %(now)s::timestamptz + interval '{DAYS} days' FROM did WHERE i.user_id = did.obj),
mail AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), %(account)s, 'invitation', obj, email, '{{}}'::jsonb, %(now)s, %(now)s FROM did)"""


class PendingLeave(OfPeople):
    """The shared half of withdrawing, expiring and declining."""

    privilege = "people:user:manage"
    parts = (AddOnsOfPending(), PendingAway())  # nobody gone may hold a seat for a moment, nor may an undo leave one with somebody gone
    main = 1
    how: ClassVar[str]
    lost = gettext_lazy("The old link stays dead; a new mail is sent instead.")
    then = ("mail.deliver",)

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"how": self.how}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        """Never: the add-ons of one person are several rows, and the second phase reads what the first left."""
        return False

    def undo_words(self, done: int) -> str:
        return _("They are invited again with a new link, if their address and a seat are still free.")


@register
class Withdraw(PendingLeave):
    """Delete pending entries before acceptance: the person cannot join, the seats come free (S0-49, S0-50)."""

    name = "lifecycle.withdraw_invitation"
    how = "withdrawn"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "The invitations of %(n)s\u00a0person will be withdrawn; their links stop working.",
            "The invitations of %(n)s\u00a0people will be withdrawn; their links stop working.",
            will,
        )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("The invitations of %(n)s\u00a0person were withdrawn", "The invitations of %(n)s\u00a0people were withdrawn", done)
        return told % {"n": figure(done)}


@register
class Expire(PendingLeave):
    """Invitations older than 30 days disappear by themselves (S0-51, S0-52). One that was sent again meanwhile stays."""

    name = "lifecycle.expire_invitation"
    how = "expired"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("The invitations of %(n)s\u00a0person expire.", "The invitations of %(n)s\u00a0people expire.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("The invitations of %(n)s\u00a0person expired", "The invitations of %(n)s\u00a0people expired", done)
        return told % {"n": figure(done)}
