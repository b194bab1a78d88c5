"""Out of the trash for good: by the clock when the days are over, or at once by somebody who may (behaviour.md E, R15)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from usher.content.verbs.trash import Purged
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, register
from usher.people import selection

from .leave import FULL_NAME

# Who was taken by a purge that was stopped halfway cannot be restored any more; the next purge goes on with them.
IN_TRASH = """d.account_id = %(account)s AND (d.how = 'deleted'
  OR d.how = 'purging' AND NOT EXISTS (SELECT 1 FROM journal_run r WHERE r.change_id = d.change_id AND r.state = 'running'))"""


class Taken(Part):
    """Nobody can restore them from now on. Parameters: ids, or null for the whole trash; until, for those whose days are over then."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, d.user_id AS obj, s.version, jsonb_build_object('name', {FULL_NAME}, 'email', u.email) AS before,
                   '{{}}'::jsonb AS after, NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM lifecycle_departure d JOIN people_standing s ON s.user_id = d.user_id JOIN people_user u ON u.id = d.user_id
                   WHERE {IN_TRASH} AND (%(ids)s::uuid[] IS NULL OR d.user_id = ANY(%(ids)s::uuid[]))
                   AND (%(until)s::timestamptz IS NULL OR d.purge_at <= %(until)s::timestamptz) ORDER BY d.user_id"""

    write = """did AS (UPDATE lifecycle_departure t SET how = 'purging', change_id = %(change)s FROM ok
               WHERE t.user_id = ok.obj AND t.how IN ('deleted', 'purging') RETURNING t.user_id AS obj)"""


def taken(params: Mapping[str, Any]) -> str:
    """`SELECT ord, obj` of who is purged: while it is planned by the same SELECT, afterwards by the rows that were staged."""
    return f"""SELECT p.ord, p.obj FROM journal_planrow p WHERE p.change_id = %(change)s::uuid AND p.phase = 0
               UNION ALL SELECT n.ord, n.obj FROM (SELECT row_number() OVER ()::int AS ord, r.obj FROM ({Taken().rows(params)}) r WHERE %(change)s::uuid IS NULL) n"""


def their_items(params: Mapping[str, Any]) -> str:
    """Everything they had, what lies in the trash of content too."""
    return (
        f"""SELECT l.ord, s.item_id FROM ({taken(params)}) l JOIN content_standing s ON s.account_id = %(account)s AND s.owner_id = l.obj"""
    )


class Removed(Part):
    """The person's row goes, and with it all that is theirs alone; a login goes that nobody else has. What the journal tells of them stays."""

    lock = ("people_standing", "user_id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT l.ord AS subj, u.id AS obj, NULL::int AS version, jsonb_build_object('name', {FULL_NAME}, 'email', u.email) AS before,
                   NULL::jsonb AS after, NULL::text AS skip, NULL::text AS takes, NULL::text AS gives
                   FROM ({taken(params)}) l JOIN people_user u ON u.id = l.obj ORDER BY l.ord"""

    # Django's own foreign keys do not cascade in the database; the others carry the account and do.
    write = """
did AS (DELETE FROM people_user u USING ok, lifecycle_departure d WHERE u.id = ok.obj AND d.user_id = u.id AND d.how = 'purging'
  AND NOT EXISTS (SELECT 1 FROM content_standing c WHERE c.account_id = u.account_id AND c.owner_id = u.id) RETURNING u.id AS obj, u.login_id),
sign_ins AS (DELETE FROM people_signin x USING did WHERE x.user_id = did.obj),
browsers AS (DELETE FROM django_session x USING access_session a, did WHERE a.user_id = did.obj AND x.session_key = a.session_key),
sessions AS (DELETE FROM access_session x USING did WHERE x.user_id = did.obj),
pieces AS (DELETE FROM people_exportpiece x USING people_export e, did WHERE e.user_id = did.obj AND x.export_id = e.id),
picked AS (DELETE FROM people_picked x USING people_selection p, did WHERE p.user_id = did.obj AND x.selection_id = p.id),
mails AS (DELETE FROM mail_message x USING did WHERE x.to_user = did.obj),
managed AS (UPDATE people_user m SET manager_id = NULL FROM did WHERE m.manager_id = did.obj AND m.id NOT IN (SELECT obj FROM ok)),
logins AS (DELETE FROM people_login l USING did WHERE l.id = did.login_id
  AND NOT EXISTS (SELECT 1 FROM people_user x WHERE x.login_id = l.id AND x.id NOT IN (SELECT obj FROM did)) RETURNING l.id),
links AS (DELETE FROM access_link x USING logins WHERE x.login_id = logins.id),
factors AS (DELETE FROM mfa_authenticator x USING logins WHERE x.user_id = logins.id),
addresses AS (DELETE FROM account_emailaddress x USING logins WHERE x.user_id = logins.id)"""


@register
class Purge(Verb):
    """Delete people for good who are in the trash, with everything they had. Parameters: ids, or all; the clock gives until (ISO 8601).

    What stays is what the journal told of them. Refuses (forbidden, clock_only) `until` by anybody but the clock.
    """

    name = "lifecycle.purge"
    privilege = "people:user:manage"
    parts = (Taken(), Purged(their_items), Removed())
    undoable = False
    for_good = True
    lost = gettext_lazy("Nobody can bring them back: their profile, their content and their way to sign in here are gone for good.")

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if "until" in params:
            if actor.kind != "system":
                raise Refused("forbidden", "clock_only", _("Only the clock purges by date. Choose whom to delete for good."))
            return {"until": str(params["until"])}
        return {"all": True} if params.get("all") else {"ids": selection.checked(actor, {"ids": params.get("ids")})["ids"]}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return False  # the later phases count the rows of the first

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"ids": params.get("ids"), "until": params.get("until")}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = ngettext("%(n)s\u00a0person will be deleted for good.", "%(n)s\u00a0people will be deleted for good.", will)
        return told % {"n": figure(will)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return ngettext("%(n)s\u00a0person deleted for good", "%(n)s\u00a0people deleted for good", done) % {"n": figure(done)}
