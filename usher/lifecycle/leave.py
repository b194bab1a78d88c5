"""Leaving: deactivate, unlink, delete (S0-2, S4-1 … S4-20, S4-44 … S4-55; behaviour.md E, R1). Access is cut for everybody before the first item moves."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.access.administrators import left_alone
from usher.accounts.domains import DOMAIN_OF, MANAGED_HERE
from usher.content.parts import HandOver, checked_kinds, kinds_of
from usher.content.verbs.hand_over import MANAGER, checked_heir
from usher.core import sql
from usher.core.actor import Actor
from usher.core.clock import now
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, reason, register
from usher.people import marks, selection
from usher.people.of_people import OfPeople
from usher.people.verbs.profile import name_of
from usher.phone.parts import PUT_AWAY, TOLD

STILL_PENDING = reason("still_pending", gettext_lazy("still pending: withdraw the invitation instead"))
IS_ADMIN = reason("is_admin", gettext_lazy("an admin: the owner must make them a member first"))
HOLDS_ROLE = reason("holds_role", gettext_lazy("has the role %(name)s: they must be made a member first"))
ONESELF = reason("oneself", gettext_lazy("that is you"))
ELSEWHERE = reason("login_elsewhere", gettext_lazy("belongs to another account meanwhile"))
PURGED = reason("purged", gettext_lazy("the days in the trash are over"))

FULL_NAME = name_of("u")
HELD = "(SELECT coalesce(jsonb_agg(a.product ORDER BY a.product), '[]') FROM licenses_seat a WHERE a.user_id = {user})"
# The extension and the numbers that come free; the clock gives them back with the seat, as far as they are free then (usher/phone/verbs/keeping_up.py).
PHONE = f"(SELECT {TOLD} FROM phone_user h WHERE h.id = {{user}} AND h.state = 'active')"
AS_SEATS = "nullif(concat_ws(' ', {license}, (SELECT string_agg(x, ' ') FROM jsonb_array_elements_text({add_ons}) x)), '')"
NOT_PURGED = "NOT EXISTS (SELECT 1 FROM lifecycle_departure p WHERE p.user_id = u.id AND p.how = 'purging')"
# Somebody who left can only be here again while nobody else has the address, and the login lives nowhere else.
WHY_NOT_FREE = """CASE WHEN EXISTS (SELECT 1 FROM people_user x WHERE x.account_id = u.account_id AND x.canonical = u.canonical AND x.left_at IS NULL AND x.id <> u.id)
       THEN 'address_taken' WHEN EXISTS (SELECT 1 FROM people_user x WHERE x.login_id = u.login_id AND x.left_at IS NULL AND x.id <> u.id) THEN 'login_elsewhere' END"""
FREE_AGAIN = f"{NOT_PURGED} AND {WHY_NOT_FREE} IS NULL"


class Away(Part):
    """Somebody is not here any more: no access from the next request on, every seat free, one row that knows how they may come back.

    Parameters: subjects; `how` deactivated, unlinked or deleted; `becomes` the status inactive or gone.
    Sessions end by the access_epoch; links that let them in, and mails that wait for them, end here.
    """

    lock = ("people_standing", "user_id")

    def who(self, params: Mapping[str, Any]) -> str:
        """`SELECT id` of the people meant."""
        return selection.sql_of(params["subjects"])

    def order(self, params: Mapping[str, Any]) -> str:
        return selection.order_by(params["subjects"])

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, r.id AS obj, r.version,
                   jsonb_build_object('name', r.name, 'email', r.email, 'status', r.status, 'license', r.license, 'add_ons', r.add_ons)
                     || jsonb_strip_nulls(jsonb_build_object('phone', {PHONE.format(user="r.id")})) AS before,
                   jsonb_build_object('status', %(becomes)s::text) AS after,
                   CASE WHEN r.status = %(becomes)s THEN 'already' WHEN r.status = 'pending' THEN 'still_pending'
                        {left_alone("is_owner", IS_ADMIN, HOLDS_ROLE, "r")} WHEN r.id = %(actor)s::uuid THEN 'oneself'
                        WHEN %(how)s::text = 'unlinked' AND {DOMAIN_OF.format(canonical="r.canonical")} = ANY ({MANAGED_HERE}) THEN 'managed_domain'
                        WHEN %(how)s::text = 'unlinked' AND r.login_id IS NULL THEN 'no_login' END AS skip,
                   NULL::text AS takes, {AS_SEATS.format(license="r.license", add_ons="r.add_ons")} AS gives
                   FROM (SELECT s.user_id AS id, s.version, s.status, s.role, s.license, {FULL_NAME} AS name, u.email, u.canonical, u.login_id,
                                {HELD.format(user="s.user_id")} AS add_ons
                         FROM ({self.who(params)}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = who.id {self.order(params)}) r"""

    write = f"""
did AS (UPDATE people_standing t SET status = %(becomes)s, license = NULL, access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.status = ok.before->>'status' AND t.role = 'member' AND t.license IS NOT DISTINCT FROM ok.before->>'license'
  AND {HELD.format(user="t.user_id")} = ok.before->'add_ons'
  AND (%(how)s::text <> 'unlinked' OR (SELECT {DOMAIN_OF.format(canonical="m.canonical")} FROM people_user m WHERE m.id = t.user_id) <> ALL ({MANAGED_HERE}))
  RETURNING t.user_id AS obj, ok.before),
freed AS (DELETE FROM licenses_seat a USING did WHERE a.user_id = did.obj),
{PUT_AWAY},
noted AS (INSERT INTO lifecycle_departure (user_id, account_id, how, was, at, change_id, license, add_ons, purge_at)
  SELECT did.obj, %(account)s, %(how)s, did.before->>'status', %(now)s, %(change)s, did.before->>'license', ARRAY(SELECT jsonb_array_elements_text(did.before->'add_ons')),
         CASE WHEN %(how)s = 'deleted' THEN %(now)s::timestamptz + make_interval(days => (SELECT trash_days FROM accounts_account WHERE id = %(account)s)) END
  FROM did
  ON CONFLICT (user_id) DO UPDATE SET how = excluded.how, was = excluded.was, at = excluded.at, change_id = excluded.change_id, purge_at = excluded.purge_at, warned_at = NULL),
gone AS (UPDATE people_user u SET left_at = %(now)s, left_how = %(how)s FROM did WHERE u.id = did.obj AND %(becomes)s = 'gone'),
shut AS (UPDATE access_link l SET used_at = %(now)s FROM did JOIN people_user u ON u.id = did.obj WHERE l.login_id = u.login_id AND l.used_at IS NULL),
unsent AS (UPDATE mail_message m SET state = 'cancelled' FROM did WHERE m.to_user = did.obj AND m.state = 'waiting')"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, s.version, e.after AS before, e.before AS after,
                   CASE WHEN u.id IS NULL OR d.how = 'purging' OR d.purge_at <= %(now)s THEN 'purged' WHEN u.left_how = 'moved' THEN 'login_elsewhere'
                        WHEN d.change_id IS DISTINCT FROM %(undoes)s::uuid OR s.status <> e.after->>'status' THEN 'changed'
                        ELSE {WHY_NOT_FREE} END AS skip,
                   {AS_SEATS.format(license="e.before->>'license'", add_ons="e.before->'add_ons'")} AS takes, NULL::text AS gives
                   FROM journal_effect e LEFT JOIN people_standing s ON s.user_id = e.obj LEFT JOIN people_user u ON u.id = e.obj
                   LEFT JOIN lifecycle_departure d ON d.user_id = e.obj
                   WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done' ORDER BY e.ord"""

    back_write = f"""
did AS (UPDATE people_standing t SET status = ok.after->>'status', license = ok.after->>'license', version = t.version + 1 FROM ok JOIN people_user u ON u.id = ok.obj
  WHERE t.user_id = ok.obj AND t.status = ok.before->>'status' AND {FREE_AGAIN} RETURNING t.user_id AS obj, ok.after),
here AS (UPDATE people_user u SET left_at = NULL, left_how = '' FROM did WHERE u.id = did.obj AND u.left_at IS NOT NULL),
held AS (INSERT INTO licenses_seat (id, account_id, user_id, product, since)
  SELECT usher_uuid7(), %(account)s, did.obj, x, %(now)s FROM did, jsonb_array_elements_text(did.after->'add_ons') x),
home AS (DELETE FROM lifecycle_departure d USING did WHERE d.user_id = did.obj AND did.after->>'status' = 'active'),
still AS (UPDATE lifecycle_departure d SET how = 'deactivated', was = 'active', change_id = NULL, purge_at = NULL FROM did
  WHERE d.user_id = did.obj AND did.after->>'status' = 'inactive')"""


def leavers(params: Mapping[str, Any]) -> str:
    """Who leaves, for the hand-over: while it is planned by the same SELECT, afterwards by the rows that were staged, because nobody finds the gone."""
    if params["content"].get("heir") == MANAGER:
        heir, why_not = "u.manager_id", "CASE WHEN u.manager_id IS NULL THEN 'no_manager' END"
    else:
        heir, why_not = "%(heir)s::uuid", "CASE WHEN u.id = %(heir)s::uuid THEN 'heir_leaves' END"
    away = Away().rows(params)
    if marks.of_many(params["subjects"]):
        away = marks.sparing(away, "obj")
    return f"""SELECT l.ord, l.id AS user_id, {heir} AS heir, {why_not} AS why_not
               FROM (SELECT p.ord, p.obj AS id FROM journal_planrow p WHERE p.change_id = %(change)s::uuid AND p.phase = 0 AND p.skip IS NULL
                     UNION ALL SELECT n.ord, n.obj FROM (SELECT row_number() OVER ()::int AS ord, r.obj, r.skip FROM ({away}) r
                       WHERE %(change)s::uuid IS NULL AND r.skip IS DISTINCT FROM 'already') n WHERE n.skip IS NULL) l
               JOIN people_user u ON u.id = l.id"""


# A change that went on with another moved content of people whom that one let go; they are not purged yet.
MOVED_FOR_OTHERS = """SELECT EXISTS (SELECT 1 FROM journal_effect e JOIN people_standing o ON o.user_id = (e.before->>'owner_id')::uuid
  WHERE e.change_id = %(c)s AND e.phase = 1 AND e.result = 'done' AND NOT EXISTS (SELECT 1 FROM journal_effect l
    WHERE l.change_id = e.change_id AND l.phase = 0 AND l.obj = o.user_id AND l.result = 'done'))"""


class TheirContent(HandOver):
    """The hand-over of a leaving verb, which has nothing to read when everything stays as it is (S4-16)."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return super().rows(params) if params["content"] else NOTHING


NOTHING = """SELECT NULL::int AS subj, NULL::uuid AS obj, NULL::int AS version, NULL::jsonb AS before, NULL::jsonb AS after, NULL::text AS skip,
             NULL::text AS takes, NULL::text AS gives WHERE false"""


class _Leave(OfPeople):
    """What the three ways of leaving share. Parameters: subjects; content: {"kinds": [names of content.MOVABLE], "heir": id or "manager"}, or nothing
    to leave everything as it is.

    Skipped: administrators (is_owner, is_admin, holds_role; R12), pending people (still_pending), oneself; of unlinking people at a managed domain
    too (managed_domain; R6).
    """

    privilege = "people:user:manage"
    parts = (Away(), TheirContent(leavers))
    lost = gettext_lazy("Sessions, sign-in links and waiting mails end for good; people sign in again.")
    then = ("phone.hurry",)
    how: ClassVar[str]
    becomes: ClassVar[str]

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if set(params) - {"subjects", "content"}:
            raise Refused("invalid", "unknown_field", _("There is no such choice."))
        return {"subjects": selection.checked(actor, params.get("subjects")), "content": checked_content(actor, params.get("content"))}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        content = params["content"]
        heir = content.get("heir")
        return {
            "how": self.how,
            "becomes": self.becomes,
            "kinds": kinds_of(content.get("kinds", [])),
            "heir": heir if heir != MANAGER else None,
            **selection.params_of(params["subjects"]),
        }

    def is_one(self, params: Mapping[str, Any]) -> bool:
        """One person whose content stays where it is: the hand-over would be several rows."""
        return super().is_one(params) and not params["content"]


def checked_content(actor: Actor, content: Any) -> dict[str, Any]:
    """What moves to whom, as it is journaled; empty when everything stays (S4-16). Refuses unknown kinds and an heir who is not here and active (S4-17)."""
    if not content or not content.get("kinds"):
        return {}
    to = {"heir": MANAGER} if content.get("heir") == MANAGER else checked_heir(actor, content.get("heir"))
    return {"kinds": checked_kinds(content["kinds"]), **to}


@register
class Deactivate(_Leave):
    """Deactivate each of a set of people: they cannot sign in, their seats come free, everything else stays (S4-3, S4-4, S4-46). Reactivate brings them back."""

    name = "lifecycle.deactivate"
    how, becomes = "deactivated", "inactive"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext(
            "%(n)s person will be deactivated and lose access at once.", "%(n)s people will be deactivated and lose access at once.", will
        ) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s person was deactivated", "%(n)s people were deactivated", done) % {"n": figure(done)}

    def undo_words(self, done: int) -> str:
        return _("They are active again with the seats they had, as far as those are free, and get back what was handed over.")


@register
class Unlink(_Leave):
    """Unlink each of a set of people: they leave this account and keep their login, with a free account of their own at their next sign-in (behaviour.md E)."""

    name = "lifecycle.unlink"
    how, becomes = "unlinked", "gone"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext(
            "%(n)s person will leave this account and lose access to it at once.",
            "%(n)s people will leave this account and lose access to it at once.",
            will,
        ) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s person was unlinked", "%(n)s people were unlinked", done) % {"n": figure(done)}

    def undo_words(self, done: int) -> str:
        return _("They belong to this account again, unless they have opened one of their own meanwhile.")


@register
class Delete(_Leave):
    """Delete each of a set of people: into the trash for the days the account has chosen, with everything they have; then they are purged by the clock.

    The address is free at once (R15). With a trash of 0 days they are purged within minutes and nothing brings them back.
    """

    name = "lifecycle.delete"
    how, becomes = "deleted", "gone"

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s person will be deleted.", "%(n)s people will be deleted.", will)
        if params["subjects"].get("query", {}).get("status") != ["inactive"]:  # they have none to lose
            told = ngettext(
                "%(n)s person will be deleted and lose access at once.", "%(n)s people will be deleted and lose access at once.", will
            )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s person was deleted", "%(n)s people were deleted", done) % {"n": figure(done)}

    def why_no_undo(self, change: Mapping[str, Any]) -> str:
        there = """SELECT EXISTS (SELECT 1 FROM lifecycle_departure WHERE account_id = %(a)s AND change_id = %(c)s AND how = 'deleted'
          AND (purge_at IS NULL OR purge_at > %(now)s))"""
        wish = {"a": change["account_id"], "c": change["id"], "now": now()}
        if sql.value(there, wish) or ("rest_of" in change["params"]["subjects"] and sql.value(MOVED_FOR_OTHERS, wish)):
            return ""
        return _("Nobody of them is in the trash any more.")

    def undo_words(self, done: int) -> str:
        return _("They are here again with everything they had, as far as seats and addresses are free, until the trash is emptied.")


def trash_days(actor: Actor) -> int:
    """How many days a deleted person of this account can be restored; 0 when deleting is for good."""
    found: int = sql.value("SELECT trash_days FROM accounts_account WHERE id = %(a)s", {"a": actor.account_id})
    return found
