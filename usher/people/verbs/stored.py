"""Settings of a person or a group that programs keep here and nothing acts on (accounts/stored.py)."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from usher.accounts import stored
from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Verb, register
from usher.people import inherited, selection
from usher.people.named import group_named
from usher.people.of_people import OfPeople
from usher.people.rank import is_higher
from usher.people.stored_settings import GROUPS, USERS
from usher.people.verbs.own import OWN


class UserStored(stored.StoredPart):
    """Of one person. Who is above the actor is left alone (AUTHZ-05): among the settings are passwords of their meetings."""

    lock = ("people_standing", "user_id")
    table: ClassVar[str] = USERS[0]
    key: ClassVar[str] = USERS[1]
    hinders: ClassVar[
        str
    ] = f"""WHEN NOT EXISTS (SELECT 1 FROM people_standing s WHERE s.user_id = e.obj AND s.status <> 'gone') THEN 'changed'
        WHEN EXISTS (SELECT 1 FROM people_standing s WHERE s.user_id = e.obj AND {is_higher()}) THEN 'higher_rank'"""

    def owner(self, params: Mapping[str, Any]) -> str:
        return f"""SELECT s.user_id AS obj, '{{}}'::jsonb AS told, CASE WHEN {is_higher()} THEN 'higher_rank' END AS barred
                   FROM ({selection.sql_of(params["subjects"])}) who JOIN people_standing s ON s.user_id = who.id"""


class GroupStored(stored.StoredPart):
    lock = ("people_group", "id")
    table: ClassVar[str] = GROUPS[0]
    key: ClassVar[str] = GROUPS[1]
    hinders: ClassVar[str] = "WHEN NOT EXISTS (SELECT 1 FROM people_group g WHERE g.id = e.obj) THEN 'group_gone'"

    def owner(self, params: Mapping[str, Any]) -> str:
        return """SELECT g.id AS obj, jsonb_build_object('name', g.name) AS told, NULL::text AS barred
                  FROM people_group g WHERE g.account_id = %(account)s AND g.id = %(group)s::uuid"""


@register
class StoreSettings(OfPeople):
    """Keep settings of one person that nothing here acts on. Parameters: subjects (one id), part, settings (an object of objects), gone (dotted names).

    Objects are merged, lists replaced. Refuses (invalid) what is no setting, (locked) what the account or a group of theirs has locked otherwise,
    (settings_full) more than there is room for, and who is above the actor.
    """

    name = "people.store_settings"
    privilege = "people:user:manage"
    parts = (UserStored(),)
    spares_marked = False  # one person by construction
    by_rank = True

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        ids = (params.get("subjects") or {}).get("ids", ())
        if len(ids) != 1:
            raise Refused("invalid", "one_person", _("Settings are kept for one person at a time."))
        subjects = selection.checked(actor, params["subjects"])
        (person,) = subjects["ids"]
        part, now = params.get("part"), stored.rows_of(*USERS, person)
        kept = stored.checked(params.get("settings", {}), part, params.get("gone") or (), now.get(str(part), {}), person)
        if part == stored.LOCKS:
            raise Refused("invalid", "unknown_setting", _("The account and groups lock settings, people do not."), field="part")
        if part == stored.SETTINGS:
            levels = [level for level in inherited.of_person(actor.account_id, UUID(str(person))) if level.kind != "person"]
            kept["settings"] = inherited.unlocked(levels, kept["settings"])
        return kept

    def terms(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return stored.terms(params)

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        n = len(params["settings"])
        told = ngettext("%(n)s setting of a person will be kept.", "%(n)s settings of a person will be kept.", n)
        return told % {"n": figure(n)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        n = len(params["settings"])
        told = ngettext("%(n)s setting of a person was kept", "%(n)s settings of a person were kept", n)
        return told % {"n": figure(n)}


@register
class StoreOwnSettings(StoreSettings):
    """The same for oneself: what everybody may. Refuses (forbidden, oneself) anybody else's. Taken back by whoever changes people's settings."""

    name = "people.store_own_settings"
    privilege, undo_privilege = OWN, StoreSettings.privilege
    by_rank = False

    def wish(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if [str(id) for id in (params.get("subjects") or {}).get("ids", ())] != [str(actor.user_id)]:
            raise Refused("forbidden", "oneself", _("Only people themselves change their own settings."))
        return super().wish(actor, params)


@register
class StoreGroupSettings(Verb):
    """The same for a user group; with `locks` as its part, which settings its people cannot say otherwise. Parameters: group, part, settings, gone."""

    name = "people.store_group_settings"
    privilege = "people:group:manage"
    parts = (GroupStored(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        told = group_named(actor, "user", params.get("group"))
        part, now = params.get("part"), stored.rows_of(*GROUPS, told["group"])
        kept = stored.checked(params.get("settings", {}), part, params.get("gone") or (), now.get(str(part), {}), told["group"])
        if part == stored.SETTINGS:
            kept["settings"] = inherited.unlocked(inherited.of_account(actor.account_id), kept["settings"])
        return {**told, **kept}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"group": params["group"], **stored.terms(params)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        n = len(params["settings"])
        told = ngettext("%(n)s setting of the group %(group)s will be kept.", "%(n)s settings of the group %(group)s will be kept.", n)
        if params["part"] == stored.LOCKS:
            told = ngettext("%(n)s lock of the group %(group)s will change.", "%(n)s locks of the group %(group)s will change.", n)
        return told % {"n": figure(n), "group": params["group_name"]}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        n = len(params["settings"])
        told = ngettext("%(n)s setting of the group %(group)s was kept", "%(n)s settings of the group %(group)s were kept", n)
        if params["part"] == stored.LOCKS:
            told = ngettext("%(n)s lock of the group %(group)s changed", "%(n)s locks of the group %(group)s changed", n)
        return told % {"n": figure(n), "group": params["group_name"]}
