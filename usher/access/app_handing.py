"""Handing an app to somebody else who manages apps, so that it does not stop when who created it leaves (issue 6).

Whoever holds the secret works with the new holder's rights from then on. So nobody hands an app to somebody who may more than they do themselves
(AUTHZ-04), and an app of somebody active is handed on by them or the owner only; of somebody who is gone, by everybody who manages apps.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from usher.core import sql
from usher.core.actor import Actor
from usher.core.address import looked_up
from usher.core.refusals import Refused
from usher.journal.verb import NO_SEATS, Part, register
from usher.people.named import bare, id_of

from .actors import name_of, person
from .app_verbs import OfApp, app_of, refuse_anothers
from .roles import people_to_ask
from .verbs import NOT_ACTIVE

MOST_SHOWN = 500
HOLDER = "jsonb_build_object('name', p.name, 'creator_id', p.creator_id, 'creator', {name})"


class HandedApp(Part):
    """Whose rights an app works with; the tokens it has were given for the rights of who had it. Parameters: app, to, to_name, from_name."""

    lock = ("access_app", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT NULL::int AS subj, p.id AS obj, p.version, {HOLDER.format(name="%(from_name)s::text")} AS before,
                   {HOLDER.format(name="%(to_name)s::text")} || jsonb_build_object('creator_id', %(to)s::uuid) AS after,
                   CASE WHEN p.creator_id = %(to)s::uuid THEN 'already' WHEN s.status <> 'active' THEN '{NOT_ACTIVE}' END AS skip, {NO_SEATS}
                   FROM access_app p JOIN people_standing s ON s.account_id = p.account_id AND s.user_id = %(to)s::uuid
                   WHERE p.account_id = %(account)s AND p.id = %(app)s::uuid"""

    write = """tokens AS (DELETE FROM access_token x USING ok WHERE x.app_id = ok.obj AND x.consent_id IS NULL),
               did AS (UPDATE access_app t SET creator_id = (ok.after->>'creator_id')::uuid, version = t.version + 1 FROM ok
                 WHERE t.id = ok.obj AND t.creator_id = (ok.before->>'creator_id')::uuid RETURNING t.id AS obj)"""


@register
class HandOverApp(OfApp):
    """Hand an app to an active person who manages apps. Parameters: app; to, an id or address. Its secrets stay good, the tokens it has end.

    Refuses (forbidden, anothers_app) for the app of somebody else who is active, (forbidden, more_than_own) a person who may more than the actor,
    (invalid, no_heir) who is not here or manages no apps.
    """

    name = "access.hand_over_app"
    parts = (HandedApp(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        found = app_of(actor, params.get("app"))
        status = sql.value("SELECT status FROM people_standing WHERE user_id = %(u)s", {"u": found["creator_id"]})
        if status == "active":
            refuse_anothers(actor, found)
        heir = heir_meant(actor, params.get("to"))
        before = sql.row("SELECT first_name, last_name, display_name, email FROM people_user WHERE id = %(u)s", {"u": found["creator_id"]})
        names = {"from_name": name_of(before) if before else "", "to_name": heir.name}
        return {"app": found["app"], "called": found["name"], "to": str(heir.user_id), "for_people": found["for_people"], **names}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {key: params[key] for key in ("app", "to", "to_name", "from_name")}

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        told = {"app": params["called"], "name": params["to_name"]}
        if params["for_people"]:
            return _("%(name)s will answer for the API app %(app)s.") % told
        return _("The API app %(app)s will work with the rights of %(name)s.") % told

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return _("The API app %(app)s was handed to %(name)s") % {"app": params["called"], "name": params["to_name"]}


def heir_meant(actor: Actor, given: Any) -> Actor:
    """Somebody here by id or address, as they are now. Refused (invalid, no_heir) for nobody, and who manages no apps; (forbidden) who may more."""
    text = bare(given)
    clause, key = ("u.id = %(k)s", str(id)) if (id := id_of(text)) else ("u.canonical = %(k)s", looked_up(text))
    found = sql.value(
        f"""SELECT u.id FROM people_user u JOIN people_standing s ON s.user_id = u.id
            WHERE u.account_id = %(a)s AND u.left_at IS NULL AND s.status = 'active' AND {clause}""",
        {"a": actor.account_id, "k": key},
    )
    heir = person(found, "portal") if found else None
    if heir is None or not heir.may("access:app:manage"):
        words = _("An app is handed to somebody active here who manages API apps. Nobody like that is meant by this.")
        raise Refused("invalid", "no_heir", words, field="to")
    fits = heir.privileges <= actor.privileges and (actor.most is None or (heir.most is not None and heir.most <= actor.most))
    if heir.user_id != actor.user_id and not fits:
        words = _("%(name)s may more than you do. The app would work with those rights; only the owner can hand it to them.")
        raise Refused("forbidden", "more_than_own", words % {"name": heir.name})
    return heir


def who_may_take(actor: Actor, holder: UUID) -> list[dict[str, Any]]:
    """id, first_name, last_name and email of those who manage apps, but for whoever has the app now; whom the verb would refuse is left to it."""
    actor.require("access:app:view")
    found = people_to_ask(actor.account_id, "access:app:manage", MOST_SHOWN)
    return [p for p in found if p["id"] != holder and (actor.is_owner or p["role"] != "owner" or p["id"] == actor.user_id)]
