"""For somebody who has lost every second factor: the operator of the machine takes them away, and a password is enough again (ASVS 6.4.4)."""

from collections.abc import Mapping
from typing import Any

from usher.core import sql
from usher.core.actor import Actor
from usher.core.ids import uuid7
from usher.core.refusals import Refused
from usher.journal import engine
from usher.journal.verb import Part, Verb, plan, reason, register

from .actors import operator
from .way_in import canonical_of

NO_FACTOR = reason("no_factor", "without a second factor already")


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
        raise Refused("missing", "no_person", f"Nobody active has the address {email}.", field="email")
    engine.start(plan(operator(person["account_id"]), RemoveFactors.name, {"user": str(person["id"])}), f"factors:{uuid7()}")


class FactorsGone(Part):
    """Every factor of one person, and the epoch of their sessions. Parameter: user."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('access_epoch', s.access_epoch) AS before,
                  jsonb_build_object('access_epoch', s.access_epoch + 1) AS after, CASE WHEN NOT EXISTS (
                    SELECT 1 FROM people_user u JOIN mfa_authenticator m ON m.user_id = u.login_id WHERE u.id = s.user_id) THEN 'no_factor' END AS skip,
                  NULL::text AS takes, NULL::text AS gives
                  FROM people_standing s WHERE s.account_id = %(account)s AND s.user_id = %(user)s::uuid AND s.status = 'active'"""

    write = """gone AS (DELETE FROM mfa_authenticator m USING people_user u, ok WHERE u.id = ok.obj AND m.user_id = u.login_id RETURNING m.id),
told AS (INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), u.account_id, 'factor_removed', u.id, u.email, jsonb_build_object('what', 'all of them, by whoever runs Usher'), %(now)s, %(now)s
  FROM ok JOIN people_user u ON u.id = ok.obj WHERE EXISTS (SELECT 1 FROM gone) RETURNING id),
did AS (UPDATE people_standing t SET access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.access_epoch = (ok.before->>'access_epoch')::int AND EXISTS (SELECT 1 FROM told) RETURNING t.user_id AS obj)"""


@register
class RemoveFactors(Verb):
    """Take every second factor of a person away. Only from the command line of the machine itself."""

    name = "access.remove_factors"
    privilege = "access:admin:manage"
    parts = (FactorsGone(),)
    undoable = False
    then = ("mail.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "operator":
            raise Refused(
                "forbidden", "operator_only", "Second factors are taken away on the machine itself: `usher remove-factors EMAIL`."
            )
        if set(params) != {"user"}:
            raise Refused("invalid", "no_person", "Say whose second factors shall go.", field="user")
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return "Every second factor of one person will be taken away."

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return "Every second factor of a person was taken away"
