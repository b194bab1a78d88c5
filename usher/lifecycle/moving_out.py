"""The side of the account that somebody leaves for another: its only person is gone from it, and it is closed (behaviour.md D, R11)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, register
from usher.phone.parts import PUT_AWAY

from .leave import AS_SEATS, FULL_NAME, HELD


class MovedOut(Part):
    """The owner is not here any more: no access from the next request on, every seat free, no date and no mail waits for them. Parameter: user.

    What they made stays theirs under this id until it is taken along; their meeting ID is free for where they go.
    """

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, r.id AS obj, r.version,
                   jsonb_build_object('name', r.name, 'email', r.email, 'status', r.status, 'license', r.license, 'add_ons', r.add_ons) AS before,
                   jsonb_build_object('status', 'gone') AS after, CASE WHEN r.status <> 'active' OR r.role <> 'owner' THEN 'changed' END AS skip,
                   NULL::text AS takes, {AS_SEATS.format(license="r.license", add_ons="r.add_ons")} AS gives
                   FROM (SELECT s.user_id AS id, s.version, s.status, s.role, s.license, {FULL_NAME} AS name, u.email, {HELD.format(user="s.user_id")} AS add_ons
                         FROM people_standing s JOIN people_user u ON u.id = s.user_id WHERE s.account_id = %(account)s AND s.user_id = %(user)s::uuid) r"""

    write = f"""
did AS (UPDATE people_standing t SET status = 'gone', license = NULL, access_epoch = t.access_epoch + 1, version = t.version + 1 FROM ok
  WHERE t.user_id = ok.obj AND t.status = 'active' AND t.role = 'owner' AND t.license IS NOT DISTINCT FROM ok.before->>'license'
  AND {HELD.format(user="t.user_id")} = ok.before->'add_ons' RETURNING t.user_id AS obj),
freed AS (DELETE FROM licenses_seat a USING did WHERE a.user_id = did.obj),
{PUT_AWAY},
gone AS (UPDATE people_user u SET left_at = %(now)s, left_how = 'moved', personal_meeting_id = NULL FROM did WHERE u.id = did.obj),
shut AS (UPDATE access_link l SET used_at = %(now)s FROM did JOIN people_user u ON u.id = did.obj WHERE l.login_id = u.login_id AND l.used_at IS NULL),
undated AS (UPDATE lifecycle_dated d SET state = 'cancelled' FROM did WHERE d.user_id = did.obj AND d.state IN ('waiting', 'held_back', 'failed')),
unsent AS (UPDATE mail_message m SET state = 'cancelled' FROM did WHERE m.to_user = did.obj AND m.state = 'waiting')"""


class Closed(Part):
    """The account is closed. Nobody is in it, its content has gone, what was done in it stays and is shown to nobody."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT 1 AS subj, a.id AS obj, a.version, '{"closed": false}'::jsonb AS before, '{"closed": true}'::jsonb AS after,
                  NULL::text AS skip, NULL::text AS takes, NULL::text AS gives FROM accounts_account a WHERE a.id = %(account)s"""

    write = """did AS (UPDATE accounts_account t SET closed_at = %(now)s, version = t.version + 1 FROM ok
               WHERE t.id = ok.obj AND t.closed_at IS NULL RETURNING t.id AS obj)"""


@register
class MoveOut(Verb):
    """The only person of an account goes to another one, and it is closed. Only transfer.accept starts it, which asks whether they may. Parameter: user."""

    name = "lifecycle.move_out"
    privilege = "people:self:manage"
    parts = (MovedOut(), Closed())
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if str(actor.user_id) != params["user"]:
            raise Refused("forbidden", "oneself", _("Only the person themselves moves to another account."))
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # the person and the account

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("You leave this account, and it is closed.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("Its only person moved to another account, and this one was closed")
