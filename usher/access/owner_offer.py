"""Asking somebody to own the account, and the answer (KB-OWNER): the owner asks an active admin, who becomes the owner only by saying yes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import clock, sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import DONE, NO_SEATS, Part, Plan, Verb, plan, reason, register
from usher.mail.kinds import Kind
from usher.mail.kinds import register as register_mail
from usher.people.verbs.profile import name_of

from .own import OWN
from .owner_transfer import NOT_OWNER, WHY_NOT, HandOn, NewOwner, OldOwner, mailed, noticed, owner_now, person_meant

ASKED_ALREADY = reason("owner_asked", gettext_lazy("somebody is asked already: take that back first"))
DAYS = 7
# An offer o counts until its moment, and as long as whoever made it owns the account. Parameters: account, now.
OPEN = """o.account_id = %(account)s AND o.until > coalesce(%(now)s::timestamptz, now())
  AND EXISTS (SELECT 1 FROM people_standing b WHERE b.user_id = o.owner_id AND b.role = 'owner' AND b.status <> 'gone')"""


class Asked(Part):
    """The question to one person; an account asks one at a time. Parameters: to, was."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, n.user_id AS obj, n.version, NULL::jsonb AS before,
                   jsonb_build_object('name', {name_of("u")}, 'expires_at', %(now)s::timestamptz + make_interval(days => {DAYS})) AS after,
                   CASE WHEN EXISTS (SELECT 1 FROM access_owneroffer o WHERE {OPEN}) THEN '{ASKED_ALREADY}' ELSE {WHY_NOT} END AS skip, {NO_SEATS}
                   FROM people_standing n JOIN people_user u ON u.id = n.user_id WHERE n.account_id = %(account)s AND n.user_id = %(to)s::uuid"""

    write = f"""did AS (INSERT INTO access_owneroffer AS o (account_id, user_id, owner_id, until, change_id)
                  SELECT %(account)s, ok.obj, %(was)s::uuid, (ok.after->>'expires_at')::timestamptz, %(change)s FROM ok
                  ON CONFLICT (account_id) DO UPDATE SET user_id = excluded.user_id, owner_id = excluded.owner_id, until = excluded.until,
                    change_id = excluded.change_id WHERE NOT ({OPEN}) RETURNING o.user_id AS obj),
                told AS ({mailed("ownership_offered", "%(was)s")})"""
    back_write = """did AS (DELETE FROM access_owneroffer t USING ok
                      WHERE t.account_id = %(account)s AND t.user_id = ok.obj AND t.change_id = %(undoes)s RETURNING t.user_id AS obj)"""

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, NULL::int AS version, e.after AS before, NULL::jsonb AS after,
                   CASE WHEN o.user_id IS NULL THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN access_owneroffer o ON o.account_id = %(account)s AND o.change_id = e.change_id WHERE {DONE}"""


@register
class OfferOwnership(Verb):
    """Ask somebody to own the account. Parameter: to, an active admin by id or address, who gets a mail and seven days to answer; until then nothing changes.

    Refuses (invalid, no_new_owner) who is not here, (conflict, owner_asked) a second question, (conflict, not_owner) when the account has another owner by now.
    """

    name = "access.offer_ownership"
    privilege = "access:owner:manage"
    parts = (Asked(),)
    lost = gettext_lazy("The mail that was sent cannot be called back; its link leads to nothing then.")
    then = ("mail.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found, was = person_meant(actor, params.get("to")), owner_now(actor)
        if was is None or was != str(actor.user_id):
            raise Refused("conflict", NOT_OWNER, _("You are not the owner any more. Nothing was done."))
        return {"to": found["id"], "to_name": found["name"], "was": was}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"to": params["to"], "was": params["was"], "anybody": False}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(name)s will be asked to own this account.") % {"name": params["to_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(name)s was asked to own the account") % {"name": params["to_name"]}

    def undo_words(self, done: int) -> str:
        return _("The question is taken back, and can be answered no more.")


class Answered(Part):
    """The question is over. Parameter: to."""

    lock = ("access_owneroffer", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, o.user_id AS obj, NULL::int AS version,
                   jsonb_build_object('name', {name_of("u")}, 'until', o.until) AS before, NULL::jsonb AS after, NULL::text AS skip, {NO_SEATS}
                   FROM access_owneroffer o JOIN people_user u ON u.id = o.user_id WHERE {OPEN} AND o.user_id = %(to)s::uuid"""

    write = "did AS (DELETE FROM access_owneroffer t USING ok WHERE t.user_id = ok.obj RETURNING t.user_id AS obj)"


class Declined(Answered):
    """The same, and who asked is told. Parameters: to, was."""

    write = f"{Answered.write}, told AS ({mailed('ownership_declined', 'did.obj', to='%(was)s')})"


class OwnerWhoAsked(OldOwner):
    """The same, where the question was still open."""

    subj = "1"


@register
class AcceptOwnership(HandOn):
    """Say yes: whoever is asked becomes the owner, and who asked an admin. Refuses (missing, no_offer) everybody else."""

    name = "access.accept_ownership"
    privilege = OWN
    parts = (Answered(), OwnerWhoAsked(), NewOwner())
    main = 2

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = question_to(actor)
        return {"to": str(actor.user_id), "to_name": found["name"], "was": str(found["owner_id"]), "anybody": False}


@register
class DeclineOwnership(Verb):
    """Say no: the owner stays the owner, and gets a mail. Refuses (missing, no_offer) who is not asked."""

    name = "access.decline_ownership"
    privilege = OWN
    parts = (Declined(),)
    undoable = False
    then = ("mail.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = question_to(actor)
        return {"to": str(actor.user_id), "to_name": found["name"], "was": str(found["owner_id"])}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(name)s will not own this account.") % {"name": params["to_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("%(name)s did not want to own the account") % {"name": params["to_name"]}


def open_question(actor: Actor) -> dict[str, Any] | None:
    """Whom the owner has asked (user_id, name), who asked (owner_id, owner), until when, and by which change (number). None when nobody is asked."""
    return sql.row(
        f"""SELECT o.user_id, o.owner_id, o.until, {name_of("u")} AS name, {name_of("w")} AS owner, c.number
            FROM access_owneroffer o JOIN people_user u ON u.id = o.user_id JOIN people_user w ON w.id = o.owner_id
            LEFT JOIN journal_change c ON c.id = o.change_id WHERE {OPEN}""",
        {"account": actor.account_id, "now": clock.travelled()},
    )


def question_to(actor: Actor) -> dict[str, Any]:
    """The same, when it is the actor who is asked. Refused (missing, no_offer) else."""
    found = open_question(actor)
    if found is None or found["user_id"] != actor.user_id:
        raise Refused("missing", "no_offer", _("Nobody asks you to own this account, or not any more."))
    return found


def answer(actor: Actor, verb: str) -> Plan:
    """The plan of saying yes or no: everybody may who is asked, whatever their role gives them."""
    return plan(replace(actor, privileges=actor.privileges | {OWN}), verb, {})


def sweep() -> int:
    """Drop questions that are over."""
    return sql.execute("DELETE FROM access_owneroffer WHERE until < %(now)s", {"now": clock.now()})


OFFER = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email, false AS admin,
  coalesce(m.params->>'other', '') AS other, coalesce(o.until, m.created_at) AS until, coalesce(o.until > %(now)s, false) AS alive
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN accounts_account a ON a.id = m.account_id
LEFT JOIN access_owneroffer o ON o.user_id = m.to_user WHERE m.id = ANY(%(ids)s)"""


def offered(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """Who asks, and until when; a question that is over is not sent."""
    return {r["id"]: r for r in sql.rows(OFFER, {"ids": [m["id"] for m in messages], "now": clock.now()})}


def where_to_answer(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, str]:
    """Where it is answered. It is no key: whoever opens it signs in."""
    return {m["id"]: f"{settings.BASE_URL}/me/ownership" for m in messages}


register_mail(Kind("ownership_offered", gettext_lazy("%(other)s asks you to own %(account)s"), offered, where_to_answer))
register_mail(Kind("ownership_declined", gettext_lazy("%(other)s did not want to own %(account)s"), noticed))
