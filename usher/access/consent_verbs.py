"""That somebody lets an app work for them, and the end of that: by themselves, or by who manages apps (OAUTH-21, ASVS 10.7)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import NO_SEATS, Part, Verb, register

from .app_verbs import LISTED, OfApp
from .own import OWN

HELD = "jsonb_build_object('name', {app}, 'scopes', to_jsonb({scopes}::text[]), 'epoch', {epoch})"
NAME = "(SELECT a.name FROM access_app a WHERE a.id = k.app_id)"


class Agreed(Part):
    """The consent of the actor with an app that is on: what they agreed to before is kept with it, unless it ended with their access.

    Parameters: app, consent (the id of a new one), called, scopes.
    """

    def rows(self, params: Mapping[str, Any]) -> str:
        both = """ARRAY(SELECT DISTINCT x FROM unnest(%(scopes)s::text[] || CASE WHEN k.epoch = s.access_epoch THEN k.scopes ELSE '{}' END) x ORDER BY x)"""
        after = HELD.format(app="%(called)s::text", scopes=both, epoch="s.access_epoch")
        return f"""SELECT NULL::int AS subj, coalesce(k.id, %(consent)s::uuid) AS obj, NULL::int AS version,
                   CASE WHEN k.id IS NOT NULL THEN {HELD.format(app="%(called)s::text", scopes="k.scopes", epoch="k.epoch")} END AS before, {after} AS after,
                   CASE WHEN k.epoch = s.access_epoch AND k.scopes @> %(scopes)s::text[] THEN 'already' END AS skip, {NO_SEATS}
                   FROM people_standing s LEFT JOIN access_consent k ON k.app_id = %(app)s::uuid AND k.user_id = s.user_id
                   WHERE s.account_id = %(account)s AND s.user_id = %(actor)s AND s.status = 'active'"""

    write = f"""did AS (INSERT INTO access_consent AS t (id, account_id, app_id, user_id, scopes, epoch, given_at)
                  SELECT ok.obj, %(account)s, %(app)s::uuid, %(actor)s, {LISTED.format(key="scopes")}, (ok.after->>'epoch')::int, %(now)s FROM ok
                  ON CONFLICT (app_id, user_id) DO UPDATE SET scopes = excluded.scopes, epoch = excluded.epoch, given_at = excluded.given_at
                  RETURNING t.id AS obj)"""


class Ended(Part):
    """A consent, with every code and token that came of it. Parameters: consent; own, whether it must be the actor's."""

    lock = ("access_consent", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        held = f"jsonb_build_object('user', k.user_id) || {HELD.format(app=NAME, scopes='k.scopes', epoch='k.epoch')}"
        return f"""SELECT NULL::int AS subj, k.id AS obj, NULL::int AS version, {held} AS before,
                   NULL::jsonb AS after, NULL::text AS skip, {NO_SEATS}
                   FROM access_consent k WHERE k.account_id = %(account)s AND k.id = %(consent)s::uuid AND (NOT %(own)s OR k.user_id = %(actor)s)"""

    write = "did AS (DELETE FROM access_consent t USING ok WHERE t.id = ok.obj RETURNING t.id AS obj)"


@register
class GiveConsent(OfApp):
    """Let an app for people work for the actor. Parameters: app, consent (the id of a new one), scopes; consents.give says which those can be."""

    name = "access.give_consent"
    privilege = OWN
    keeps_scope = True
    parts = (Agreed(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = sql.value(
            "SELECT name FROM access_app WHERE account_id = %(a)s AND id = %(i)s AND for_people AND is_on",
            {"a": actor.account_id, "i": params["app"]},
        )
        if found is None:
            raise Refused("missing", "no_app", _("There is no such app, or it is switched off."))
        return {"app": str(params["app"]), "consent": str(params["consent"]), "called": found, "scopes": list(params["scopes"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The API app %(app)s will work for you.") % {"app": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The API app %(app)s was agreed to") % {"app": params["called"]}


class _End(Verb):
    """What ending one's own consent and somebody else's share."""

    parts = (Ended(),)
    undoable = False
    own = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = sql.row(
            """SELECT k.id::text AS consent, k.user_id, a.id::text AS app, a.name AS called FROM access_consent k JOIN access_app a ON a.id = k.app_id
               WHERE k.account_id = %(a)s AND k.id::text = %(i)s""",
            {"a": actor.account_id, "i": str(params.get("consent")).replace("\x00", "")},
        )
        if found is None or (self.own and found["user_id"] != actor.user_id):
            raise Refused("missing", "no_consent", _("This app does not work for them any more."))
        return {"consent": found["consent"], "app": found["app"], "called": found["called"], "own": self.own}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The API app %(app)s will not work for them any more.") % {"app": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The consent with the API app %(app)s was ended") % {"app": params["called"]}


@register
class WithdrawConsent(_End):
    """Take back one's own consent: the tokens that came of it are worth nothing from the next request on. Parameter: consent."""

    name = "access.withdraw_consent"
    privilege = OWN
    keeps_scope = True
    own = True


@register
class EndConsent(_End):
    """End the consent of anybody with an app of the account. Parameter: consent."""

    name = "access.end_consent"
    privilege = "access:app:manage"
