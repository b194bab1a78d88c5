"""For people who have lost every second factor: somebody above them takes them away, and a password is enough again (ASVS 6.4.4)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.core import sql
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.names import figure
from usher.journal.verb import Part, plan, reason, register
from usher.people import selection
from usher.people.of_people import OfPeople
from usher.people.rank import is_higher
from usher.people.verbs.profile import name_of

from .actors import operator
from .way_in import canonical_of

NO_FACTOR = reason("no_factor", gettext_lazy("without a second factor already"))
OWN_FACTORS = reason("own_factors", gettext_lazy("your own, which you remove under Sign-in and security"))


def remove_all(email: str) -> None:
    """Take every second factor of this person away, with their recovery codes, and end their sessions; a mail tells them.

    Refused (missing) for an address nobody active has, (conflict) when there is none.
    """
    person = sql.row(
        """SELECT u.id, u.account_id FROM people_user u JOIN people_standing s ON s.user_id = u.id
           WHERE u.canonical = %(c)s AND u.left_at IS NULL AND s.status = 'active' AND u.login_id IS NOT NULL ORDER BY u.created_at LIMIT 1""",
        {"c": canonical_of(email)},
    )
    if person is None:
        raise Refused("missing", "no_person", _("Nobody active has the address %(email)s.") % {"email": email}, field="email")
    engine.start(plan(operator(person["account_id"]), RemoveFactors.name, {"subjects": {"ids": [str(person["id"])]}}), f"factors:{uuid7()}")


class FactorsGone(Part):
    """Every factor of each person with their recovery codes, and the epoch of their sessions; a mail tells them by whom."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('access_epoch', s.access_epoch, 'factors', f.n) AS before,
                   jsonb_build_object('access_epoch', s.access_epoch + 1, 'factors', 0) AS after,
                   CASE WHEN s.user_id = %(actor)s::uuid THEN 'own_factors' WHEN {is_higher()} THEN 'higher_rank' WHEN f.n = 0 THEN 'no_factor' END AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id CROSS JOIN LATERAL (
                     SELECT count(*)::int AS n FROM people_user u JOIN mfa_authenticator m ON m.user_id = u.login_id
                     WHERE u.id = s.user_id AND m.type IN ('totp', 'webauthn')) f ORDER BY s.user_id"""

    write = f"""did AS (UPDATE people_standing s SET access_epoch = s.access_epoch + 1, version = s.version + 1 FROM ok
  WHERE s.user_id = ok.obj AND s.access_epoch = (ok.before->>'access_epoch')::int AND NOT {is_higher()} RETURNING s.user_id AS obj),
gone AS (DELETE FROM mfa_authenticator m USING people_user u, did WHERE u.id = did.obj AND m.user_id = u.login_id RETURNING m.id),
told AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), u.account_id, 'factor_removed', u.id, u.email, jsonb_build_object(
    'what', CASE WHEN a.id IS NULL THEN 'all_by_operator' ELSE 'all_by' END, 'name', {name_of("a")}), %(now)s, %(now)s
  FROM did JOIN people_user u ON u.id = did.obj LEFT JOIN people_user a ON a.id = %(actor)s::uuid RETURNING id)"""


@register
class RemoveFactors(OfPeople):
    """Take every second factor of each of a set of people away, with their recovery codes, and end their sessions; a mail tells them.

    An admin does not touch another admin or the owner (higher_rank, AUTHZ-05), and nobody themselves: who loses the phone shows who they are to
    somebody above them. The owner's go by the operator of the machine. A face asks for a fresh sign-in first (SESSION-12).
    """

    name = "access.remove_factors"
    privilege = "people:user:manage"
    parts = (FactorsGone(),)
    by_rank = True
    undoable = False
    lost = gettext_lazy("Removed factors do not come back; people set up new ones.")
    then = ("mail.deliver",)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext(
            "%(n)s\u00a0person will have no second factor any more.", "%(n)s\u00a0people will have no second factor any more.", will
        )
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        told = ngettext("Second factors of %(n)s\u00a0person were removed", "Second factors of %(n)s\u00a0people were removed", done)
        return told % {"n": figure(done)}
