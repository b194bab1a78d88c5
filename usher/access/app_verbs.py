"""What may be done to API apps (issue 6): made, changed, given another secret, deleted. No secret and no hash of one is ever journaled (AUDIT-07).

Whoever holds an app's secret works with its creator's rights, so only its creator and the owner give it scopes, secrets and life (AUTHZ-04). The same
holds for the redirect addresses of an app for people: whoever chooses them gets the codes of everybody who agrees.
Switching one off, naming and deleting it is open to everybody who manages apps.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.refusals import Refused, not_found
from usher.journal.verb import NO_SEATS, Part, Verb, register

from . import redirects, scopes
from .verbs import NOT_ACTIVE

LONGEST_NAME = 64
FIELDS = ("name", "scopes", "redirects", "is_on")
VALUES = (
    "jsonb_build_object('name', {row}.name, 'scopes', to_jsonb({row}.scopes), 'redirects', to_jsonb({row}.redirects), 'is_on', {row}.is_on)"
)
LISTED = "ARRAY(SELECT jsonb_array_elements_text(coalesce(ok.after->'{key}', '[]')))"
SET = f"""name = ok.after->>'name', scopes = {LISTED.format(key="scopes")}, redirects = {LISTED.format(key="redirects")},
  is_on = (ok.after->>'is_on')::boolean"""


class NewApp(Part):
    """An app under the id its key made. Parameters: app, fields, creator. Its client id is that id as the wire writes ids."""

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, %(app)s::uuid AS obj, NULL::int AS version, NULL::jsonb AS before, %(fields)s::jsonb AS after,
                   CASE WHEN NOT EXISTS (SELECT 1 FROM people_standing s WHERE s.account_id = %(account)s AND s.user_id = %(creator)s::uuid AND s.status = 'active')
                        THEN '{NOT_ACTIVE}' END AS skip, {NO_SEATS}"""

    write = f"""did AS (INSERT INTO access_app AS t (id, account_id, name, client_id, scopes, creator_id, for_people, is_public, redirects, is_on, version, created_at)
               SELECT ok.obj, %(account)s, ok.after->>'name', %(client_id)s::text, {LISTED.format(key="scopes")}, %(creator)s::uuid,
                 coalesce((ok.after->>'for_people')::boolean, false), coalesce((ok.after->>'is_public')::boolean, false), {LISTED.format(key="redirects")}, true, 1, %(now)s
               FROM ok ON CONFLICT DO NOTHING RETURNING t.id AS obj)"""


class EditedApp(Part):
    """What an app is called, which scopes it has, whether it is on. Parameters: app, fields."""

    lock = ("access_app", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        now = VALUES.format(row="p")
        return f"""SELECT NULL::int AS subj, p.id AS obj, p.version, {now} AS before, {now} || %(fields)s::jsonb AS after,
                   CASE WHEN {now} || %(fields)s::jsonb = {now} THEN 'already' END AS skip, {NO_SEATS}
                   FROM access_app p WHERE p.account_id = %(account)s AND p.id = %(app)s::uuid"""

    write = f"""did AS (UPDATE access_app t SET {SET}, version = t.version + 1 FROM ok
                WHERE t.id = ok.obj AND {VALUES.format(row="t")} = ok.before RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, e.obj, p.version, e.after AS before, e.before AS after,
                   CASE WHEN p.id IS NULL OR {VALUES.format(row="p")} <> e.after THEN 'changed' END AS skip, {NO_SEATS}
                   FROM journal_effect e LEFT JOIN access_app p ON p.id = e.obj WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


class OtherSecret(Part):
    """That an app has another secret; the secret itself is written beside it (api_apps.py, webhooks/subscriptions.py), in the same transaction. Parameter: app."""

    lock = ("access_app", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, p.id AS obj, p.version, jsonb_build_object('name', p.name, 'version', p.version) AS before,
                   jsonb_build_object('name', p.name, 'version', p.version + 1) AS after, NULL::text AS skip, {NO_SEATS}
                   FROM access_app p WHERE p.account_id = %(account)s AND p.id = %(app)s::uuid"""

    write = """did AS (UPDATE access_app t SET version = t.version + 1 FROM ok
               WHERE t.id = ok.obj AND t.version = (ok.before->>'version')::int RETURNING t.id AS obj)"""


class AppGone(Part):
    """An app with all that is part of it: secrets, consents, tokens. Parameter: app."""

    lock = ("access_app", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, p.id AS obj, p.version, {VALUES.format(row="p")} AS before, NULL::jsonb AS after, NULL::text AS skip, {NO_SEATS}
                   FROM access_app p WHERE p.account_id = %(account)s AND p.id = %(app)s::uuid"""

    write = "did AS (DELETE FROM access_app t USING ok WHERE t.id = ok.obj RETURNING t.id AS obj)"


class OfApp(Verb):
    """What the verbs about one app share."""

    privilege = "access:app:manage"
    undoable = False

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True


@register
class CreateApp(OfApp):
    """Make an app of the actor's own, or of `creator`, when the operator does it. Parameters: app (its id), name, scopes, creator.

    With redirects it is one for people, who agree to it one by one (RFC 6749, 4.1); is_public, when it runs where no secret is safe.
    """

    name = "access.create_app"
    parts = (NewApp(),)
    makes_new = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        creator = actor.user_id or params.get("creator")
        if creator is None:
            raise Refused("invalid", "creator", _("An app works with somebody's rights. Say whose."), field="creator")
        fields = {"name": checked_name(params.get("name")), "scopes": scopes.checked(params.get("scopes")), "is_on": True}
        if params.get("redirects") is not None or params.get("is_public"):
            fields |= {
                "redirects": redirects.checked(params.get("redirects")),
                "for_people": True,
                "is_public": bool(params.get("is_public")),
            }
        return {"app": str(params["app"]), "client_id": str(params["client_id"]), "fields": fields, "creator": str(creator)}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "fields": sql.Jsonb(params["fields"])}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("1\u00a0API app will be created: %(app)s.") % {"app": params["fields"]["name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The API app %(app)s was created") % {"app": params["fields"]["name"]}


@register
class EditApp(OfApp):
    """Change what an app is called, its scopes or redirect addresses, or switch it off or on. Parameters: app, and any of name, scopes, redirects, is_on.

    Refuses (invalid, redirects) addresses of an app that is not for people.
    """

    name = "access.edit_app"
    parts = (EditedApp(),)
    undoable = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        checks: dict[str, Callable[[Any], Any]] = {
            "name": checked_name,
            "scopes": scopes.checked,
            "redirects": redirects.checked,
            "is_on": bool,
        }
        fields = {key: checks[key](params[key]) for key in FIELDS if key in params}
        found = app_of(actor, params.get("app"))
        if fields.keys() & {"scopes", "redirects"} or fields.get("is_on"):
            refuse_anothers(actor, found)
        if "redirects" in fields and not found["for_people"]:
            words = _("This app works for who created it and gets no codes. Make one for people instead.")
            raise Refused("invalid", "redirects", words, field="redirects")
        return {"app": found["app"], "called": found["name"], "fields": fields}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"app": params["app"], "fields": sql.Jsonb(params["fields"])}

    def check_undo(self, actor: Actor, change: Mapping[str, Any]) -> None:
        refuse_anothers(actor, app_of(actor, change["params"]["app"]))

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The API app %(app)s will change.") % {"app": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if params["fields"] == {"is_on": False}:
            return _("The API app %(app)s was switched off") % {"app": params["called"]}
        return _("The API app %(app)s was changed") % {"app": params["called"]}


@register
class RotateSecret(OfApp):
    """Give an app another secret; the one before is good for a day. Parameter: app. Refuses (conflict, no_secret) a public app."""

    name = "access.rotate_secret"
    parts = (OtherSecret(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = app_of(actor, params.get("app"))
        refuse_anothers(actor, found)
        if found["is_public"]:
            raise Refused("conflict", "no_secret", _("A public app has no secret: it runs where none is safe."))
        return {"app": found["app"], "called": found["name"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The API app %(app)s will have a new secret.") % {"app": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The API app %(app)s was given a new secret") % {"app": params["called"]}


@register
class DeleteApp(OfApp):
    """Delete an app: its secrets and tokens are worth nothing from then on. Parameter: app."""

    name = "access.delete_app"
    parts = (AppGone(),)
    for_good = True

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = app_of(actor, params.get("app"))
        return {"app": found["app"], "called": found["name"]}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("The API app %(app)s will be deleted. Whatever works with its secret stops at once.") % {"app": params["called"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The API app %(app)s was deleted") % {"app": params["called"]}


def app_of(actor: Actor, id: Any) -> dict[str, Any]:
    """app (its id as text), name, creator and kind of an app of the actor's account. Refused (missing) for any other."""
    found = sql.row(
        "SELECT id::text AS app, name, creator_id, for_people, is_public FROM access_app WHERE account_id = %(a)s AND id::text = %(i)s",
        {"a": actor.account_id, "i": str(id).replace("\x00", "")},
    )
    if found is None:
        raise not_found(_("This app"))
    return found


def refuse_anothers(actor: Actor, app: Mapping[str, Any]) -> None:
    """Refuse (forbidden, anothers_app) what would lend the actor the rights of somebody else."""
    if not actor.is_owner and actor.user_id != app["creator_id"]:
        words = _("This app works with the rights of who created it. Only they and the owner can do this; you can switch it off.")
        raise Refused("forbidden", "anothers_app", words)


def checked_name(given: Any) -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        words = _("An app needs a name of at most %(n)s characters, on one line.") % {"n": LONGEST_NAME}
        raise Refused("invalid", "name", words, field="name")
    return name
