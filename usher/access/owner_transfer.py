"""Handing the account to another owner (behaviour.md I, KB-OWNER). One statement order, one transaction: there is never none, and never two."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core import sql
from usher.core.actor import Actor
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
MAIL = """INSERT INTO mail_message (id, account_id, kind, to_user, address, params, created_at, next_try)
  SELECT usher_uuid7(), u.account_id, '{kind}', u.id, u.email, jsonb_build_object('other', {other}), %(now)s, %(now)s
  FROM did JOIN people_user u ON u.id = did.obj LEFT JOIN people_user o ON o.id = {id}::uuid"""


class OldOwner(Part):
    """Whoever was the owner becomes an admin; who never came in, or is deactivated, a member. Parameters: to, was (null where there is none)."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, s.user_id AS obj, s.version, jsonb_build_object('role', s.role, 'name', {name_of("u")}) AS before,
                   jsonb_build_object('role', CASE WHEN s.status = 'active' THEN 'admin' ELSE 'member' END) AS after,
                   CASE WHEN s.role <> 'owner' THEN 'not_owner' ELSE {WHY_NOT} END AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM people_standing s JOIN people_user u ON u.id = s.user_id JOIN people_standing n ON n.user_id = %(to)s::uuid AND n.account_id = s.account_id
                   WHERE s.account_id = %(account)s AND s.user_id = %(was)s::uuid"""

    write = f"""did AS (UPDATE people_standing t SET role = ok.after->>'role', version = t.version + 1 FROM ok, people_standing n
                WHERE t.user_id = ok.obj AND t.role = 'owner' AND n.user_id = %(to)s::uuid AND {READY} RETURNING t.user_id AS obj),
              told AS ({MAIL.format(kind="ownership_given", other=name_of("o"), id="%(to)s")})"""


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
              told AS ({MAIL.format(kind="ownership_received", other=name_of("o"), id="%(was)s")})"""


@register
class TransferOwnership(Verb):
    """Hand the account to another owner. Parameter: to, an active admin by id or address; the old owner becomes an admin. Only the owner may.

    Where the owner is gone or never came in, the operator of the machine does it, to anybody active. Both get a mail; sessions go on, because every
    request reads the role. Not undone from the journal: the old owner alone must not take it back, and the new one hands it on like this.
    Refuses (invalid, no_new_owner) who is not here, (conflict, not_owner) when somebody else was quicker.
    """

    name = "access.transfer_ownership"
    privilege = "access:owner:manage"
    parts = (OldOwner(), NewOwner())
    main = 1
    undoable = False
    for_good = True
    lost = gettext_lazy("Whoever was the owner is an admin then, and cannot take it back: only the new owner can hand the account on.")
    then = ("mail.deliver",)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if not actor.is_owner:
            raise Refused("forbidden", "owner_only", _("Only the owner hands the account on."))
        found = person_meant(actor, params.get("to"))
        was = sql.value(
            "SELECT user_id::text FROM people_standing WHERE account_id = %(a)s AND role = 'owner' AND status <> 'gone'",
            {"a": actor.account_id},
        )
        if actor.kind == "person" and was != str(actor.user_id):
            raise Refused("conflict", NOT_OWNER, _("You are not the owner any more. Nothing was done."))
        return {"to": found["id"], "to_name": found["name"], "was": was, "anybody": actor.kind == "operator"}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {key: params[key] for key in ("to", "was", "anybody")}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("%(name)s will own this account.") % {"name": params["to_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The account was handed to %(name)s") % {"name": params["to_name"]}


def person_meant(actor: Actor, given: Any) -> dict[str, Any]:
    """Id and name of somebody here, by id or address. Refused (invalid, no_new_owner) otherwise."""
    text = bare(given)
    clause, key = ("u.id = %(k)s", str(id)) if (id := id_of(text)) else ("u.canonical = %(k)s", text.lower())
    found = sql.row(
        f"SELECT u.id::text AS id, {name_of('u')} AS name FROM people_user u WHERE u.account_id = %(a)s AND u.left_at IS NULL AND {clause}",
        {"a": actor.account_id, "k": key},
    )
    if found is None:
        raise Refused("invalid", "no_new_owner", _("Nobody here is meant by that. Choose an active admin."), field="to")
    return found


def who_may_own(actor: Actor) -> list[dict[str, Any]]:
    """The active admins, by name: to whom the owner can hand the account."""
    actor.require(TransferOwnership.privilege)
    return sql.rows(
        f"""SELECT u.id, {name_of("u")} AS name, u.email FROM people_standing s JOIN people_user u ON u.id = s.user_id
            WHERE s.account_id = %(a)s AND s.role = 'admin' AND s.status = 'active' ORDER BY u.name_key, u.id LIMIT 500""",
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
