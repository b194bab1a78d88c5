"""Activating a set of pending people without their links: the operator's way for people who are known already, such as those of another system."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import Part, reason, register
from usher.people import selection
from usher.people.of_people import OfPeople

from .parts import PERSON_OF_SEAT

reason("elsewhere", gettext_lazy("this address belongs to a login already; only the person can bring it along"))


# A login that somebody made at this very moment is not ours to take: its person stays pending. A new login has its person's id, so that
# nothing is joined back: the planner thinks these CTEs are tiny and compared 1,000 logins with 1,000 people, 5 s a chunk.
LOGINS = """
login AS (INSERT INTO people_login (id, email, canonical, password, created_at)
  SELECT u.id, u.email, u.canonical, '!' || gen_random_uuid()::text, %(now)s FROM ok JOIN people_standing s ON s.user_id = ok.obj
  JOIN people_user u ON u.id = ok.obj WHERE s.status = 'pending' AND s.license = ok.takes{still} ON CONFLICT (canonical) DO NOTHING RETURNING id),
mine AS (SELECT id AS person, id AS login FROM login),"""
ACTIVE = """
did AS (UPDATE people_standing t SET status = 'active', access_epoch = t.access_epoch + 1, version = t.version + 1 FROM mine
  WHERE t.user_id = mine.person AND t.status = 'pending' RETURNING t.user_id AS obj),
named AS (UPDATE people_user u SET login_id = mine.login, activated_at = %(now)s, personal_meeting_id = usher_meeting_id() FROM mine WHERE u.id = mine.person),
closed AS (UPDATE people_invitation i SET state = 'accepted', accepted_at = %(now)s FROM mine WHERE i.user_id = mine.person)"""


class PeopleActivated(Part):
    """Pending becomes active with a login that has no password yet; the pending seat becomes a used one. Parameter: subjects."""

    lock = ("people_standing", "user_id")
    barred: ClassVar[str] = (
        "WHEN l.id IS NOT NULL THEN 'elsewhere'"  # WHEN … THEN of who is left alone, about u and the login l of their address
    )

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('status', s.status) AS before,
                   jsonb_build_object('status', 'active', 'email', u.email) AS after,
                   CASE WHEN s.status <> 'pending' THEN 'not_pending' {self.barred} END AS skip,
                   s.license AS takes, s.license || '@pending' AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id JOIN people_user u ON u.id = who.id
                   LEFT JOIN people_login l ON l.canonical = u.canonical ORDER BY s.user_id"""

    write = f"{LOGINS.format(still='')}{ACTIVE}"


class TheirAddOnsActivated(Part):
    """The pending add-on seats of the same people become used ones; `n` counts the people as the first phase does."""

    lock, locked = PERSON_OF_SEAT

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT p.n AS subj, a.id AS obj, NULL::int AS version, jsonb_build_object('user', p.id, 'seat', 'pending') AS before,
                   jsonb_build_object('user', p.id, 'seat', 'used') AS after,
                   NULL::text AS skip, a.product AS takes, a.product || '@pending' AS gives
                   FROM (SELECT row_number() OVER (ORDER BY who.id)::int AS n, who.id FROM ({selection.sql_of(params["subjects"])}) who) p
                   JOIN licenses_seat a ON a.user_id = p.id ORDER BY p.n, a.id"""

    write = "did AS (UPDATE licenses_seat t SET since = %(now)s FROM ok WHERE t.id = ok.obj RETURNING t.id AS obj)"


@register
class Activate(OfPeople):
    """Make pending people active at once. Only the operator of the machine may (forbidden): nobody is brought into an account by its administrators.

    Skipped: who is not pending (not_pending), whose address has a login already (elsewhere). They sign in by a link or choose a password by mail.
    Refuses (too_many_add_ons) more than a few hundred people who hold add-ons.
    """

    name = "lifecycle.activate"
    privilege = "people:user:manage"
    parts = (PeopleActivated(), TheirAddOnsActivated())
    then = ("phone.hurry",)  # a phone follows its seat
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "operator":
            raise Refused("forbidden", "operator_only", _("Only the operator of this machine can activate people without their links."))
        subjects = selection.checked(actor, params.get("subjects"))
        refuse_too_many_add_ons(actor, subjects)
        return {"subjects": subjects}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # the second phase counts the rows of the first

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return selection.params_of(params["subjects"])

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return ngettext("%(n)s\u00a0person will be active.", "%(n)s\u00a0people will be active.", will) % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0person activated", "%(n)s\u00a0people activated", done) % {"n": figure(done)}


def refuse_too_many_add_ons(actor: Actor, subjects: Mapping[str, Any]) -> None:
    """Between two chunks somebody would be active while their add-on still counts as pending (I1): people with add-ons are done in one transaction."""
    found = sql.row(
        f"""SELECT count(*)::int AS people, (SELECT count(*)::int FROM licenses_seat a WHERE a.user_id = ANY(array_agg(who.id))) AS seats
            FROM ({selection.sql_of(subjects)}) who JOIN people_standing s ON s.user_id = who.id AND s.status = 'pending'""",
        {"account": actor.account_id, "actor": actor.user_id, **selection.params_of(subjects)},
    )
    if found and found["seats"] and found["people"] + found["seats"] > engine.INLINE:
        words = _("People who hold add-ons can be activated by the few hundred: %(n)s people and add-ons at once.") % {"n": engine.INLINE}
        raise Refused("invalid", "too_many_add_ons", words)
