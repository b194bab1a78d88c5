"""The account gets another owner (behaviour.md I, KB-OWNER). One statement order, one transaction: there is never none, and never two.

Who is asked and says yes is told in owner_offer.py; here stands what both ways share, and the operator's, who asks nobody.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, reason, register
from usher.mail.kinds import Kind
from usher.mail.kinds import register as register_mail
from usher.people.named import bare, id_of
from usher.people.verbs.profile import name_of

NOT_OWNER = reason("not_owner", gettext_lazy("is not the owner any more"))
NOT_ADMIN = reason("not_admin", gettext_lazy("not an admin: the new owner must be one first"))

# Both rows are locked; neither is written unless the other can be. The operator may choose anybody active, because the owner may be the only admin.
HAS_LOGIN = "(SELECT l.login_id FROM people_user l WHERE l.id = n.user_id) IS NOT NULL"
READY = f"n.status = 'active' AND {HAS_LOGIN} AND (n.role = 'admin' OR %(anybody)s AND n.role <> 'owner')"
WHY_NOT = f"""CASE WHEN n.role = 'owner' THEN 'already' WHEN n.status <> 'active' THEN 'not_active'
  WHEN NOT {HAS_LOGIN} THEN 'no_login' WHEN NOT ({READY}) THEN 'not_admin' END"""


def mailed(kind: str, other: str, to: str = "did.obj") -> str:
    """SQL that writes a mail of this kind to whoever was done, or another, which names the other one; both are a person's id as SQL."""
    return f"""INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), u.account_id, '{kind}', u.id, u.email, jsonb_build_object('other', {name_of("o")}), %(now)s, %(now)s
  FROM did JOIN people_user u ON u.id = {to}::uuid LEFT JOIN people_user o ON o.id = {other}::uuid"""


class OldOwner(Part):
    """Whoever was the owner becomes an admin; who never came in, or is deactivated, a member. Parameters: to, was (null where there is none)."""

    lock = ("people_standing", "user_id")
    subj: ClassVar[str] = "NULL::int"  # the row of the first phase it depends on

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT {self.subj} AS subj, s.user_id AS obj, s.version, jsonb_build_object('role', s.role, 'name', {name_of("u")}) AS before,
                   jsonb_build_object('role', CASE WHEN s.status = 'active' THEN 'admin' ELSE 'member' END) AS after,
                   CASE WHEN s.role <> 'owner' THEN 'not_owner' ELSE {WHY_NOT} END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM people_standing s JOIN people_user u ON u.id = s.user_id JOIN people_standing n ON n.user_id = %(to)s::uuid AND n.account_id = s.account_id
                   WHERE s.account_id = %(account)s AND s.user_id = %(was)s::uuid"""

    write = f"""did AS (UPDATE people_standing t SET role = ok.after->>'role', version = t.version + 1 FROM ok, people_standing n
                WHERE t.user_id = ok.obj AND t.role = 'owner' AND n.user_id = %(to)s::uuid AND {READY} RETURNING t.user_id AS obj),
              told AS ({mailed("ownership_given", "%(to)s")})"""


class NewOwner(Part):
    """One who can take it becomes the owner, for the whole account; the same parameters."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT CASE WHEN %(was)s::uuid IS NOT NULL THEN 1 END AS subj, n.user_id AS obj, n.version,
                   jsonb_build_object('role', n.role, 'name', {name_of("u")}) AS before, jsonb_build_object('role', 'owner') AS after,
                   {WHY_NOT} AS skip,
                   NULL::text AS takes, NULL::text AS gives
                   FROM people_standing n JOIN people_user u ON u.id = n.user_id WHERE n.account_id = %(account)s AND n.user_id = %(to)s::uuid"""

    write = f"""did AS (UPDATE people_standing n SET role = 'owner', version = n.version + 1 FROM ok
                WHERE n.user_id = ok.obj AND n.role = ok.before->>'role' AND {READY}
                AND NOT EXISTS (SELECT 1 FROM people_standing o WHERE o.account_id = %(account)s AND o.role = 'owner' AND o.status <> 'gone') RETURNING n.user_id AS obj),
              whole AS (DELETE FROM access_scope x USING did WHERE x.user_id = did.obj),
              told AS ({mailed("ownership_received", "%(was)s")})"""


class HandOn(Verb):
    """What both ways share. Sessions go on, because every request reads the role. Not undone from the journal: what an admin may not do, an admin does not undo."""

    parts: ClassVar[tuple[Part, ...]] = (OldOwner(), NewOwner())
    main = 1
    undoable = False
    for_good = True
    lost = gettext_lazy("Whoever was the owner is an admin then, and cannot take it back: only the new owner can hand the account on.")
    then = ("mail.deliver",)

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {key: params[key] for key in ("to", "was", "anybody")}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(name)s will own this account.") % {"name": params["to_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The account was handed to %(name)s") % {"name": params["to_name"]}


@register
class TransferOwnership(HandOn):
    """Hand the account to anybody active, where its owner is gone or never came in. Parameter: to, by id or address. Only the operator of the machine may.

    Refuses (forbidden, ask_first) the owner, who asks instead, and (invalid, no_new_owner) who is not here.
    """

    name = "access.transfer_ownership"
    privilege = "access:owner:manage"

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if actor.kind != "operator":
            raise Refused("forbidden", "ask_first", _("The new owner says yes first. Ask them, under Account, Owner."))
        found = person_meant(actor, params.get("to"))
        return {"to": found["id"], "to_name": found["name"], "was": owner_now(actor), "anybody": True}


def owner_now(actor: Actor) -> str | None:
    """Who owns the account; None when nobody does."""
    query = "SELECT user_id::text FROM people_standing WHERE account_id = %(a)s AND role = 'owner' AND status <> 'gone'"
    found: str | None = sql.value(query, {"a": actor.account_id})
    return found


def person_meant(actor: Actor, given: Any) -> dict[str, Any]:
    """Id and name of somebody here, by id or address. Refused (invalid, no_new_owner) otherwise."""
    text = bare(given)
    clause, key = ("u.id = %(k)s", str(id)) if (id := id_of(text)) else ("u.canonical = %(k)s", looked_up(text))
    found = sql.row(
        f"SELECT u.id::text AS id, {name_of('u')} AS name FROM people_user u WHERE u.account_id = %(a)s AND u.left_at IS NULL AND {clause}",
        {"a": actor.account_id, "k": key},
    )
    if found is None:
        raise Refused("invalid", "no_new_owner", _("Nobody here is meant by that. Choose an active admin."), field="to")
    return found


def who_may_own(actor: Actor) -> list[dict[str, Any]]:
    """The active admins who can sign in, by name: whom the owner can ask."""
    actor.require(TransferOwnership.privilege)
    return sql.rows(
        f"""SELECT u.id, {name_of("u")} AS name, u.email FROM people_standing s JOIN people_user u ON u.id = s.user_id
            WHERE s.account_id = %(a)s AND s.role = 'admin' AND s.status = 'active' AND u.login_id IS NOT NULL ORDER BY u.name_key, u.id LIMIT 500""",
        {"a": actor.account_id},
    )


NOTICE = """
SELECT m.id, a.name AS account, coalesce(nullif(u.language, ''), a.language) AS language, u.time_zone, u.first_name, u.email, false AS admin, m.created_at AS at, true AS alive,
  coalesce(m.params->>'other', '') AS other
FROM mail_message m JOIN people_user u ON u.id = m.to_user JOIN accounts_account a ON a.id = m.account_id WHERE m.id = ANY(%(ids)s)"""


def noticed(messages: Sequence[Mapping[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """When, and who the other one is."""
    return {r["id"]: r for r in sql.rows(NOTICE, {"ids": [m["id"] for m in messages]})}


register_mail(Kind("ownership_given", gettext_lazy("%(account)s has a new owner"), noticed))
register_mail(Kind("ownership_received", gettext_lazy("You own %(account)s now"), noticed))
