"""What may be done to the account itself."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.names import figure
from usher.journal.verb import Part, Verb, register

SETTINGS: dict[str, str | Promise] = {
    "name": gettext_lazy("name"),
    "language": gettext_lazy("language"),
    "country": gettext_lazy("country"),
    "meeting_connector": gettext_lazy("Meeting Connector"),
    "trash_days": gettext_lazy("days in the trash"),
    "delete_after_days": gettext_lazy("automatic deletion"),
}
MOST_DAYS = {"trash_days": 365, "delete_after_days": 3_650}
LONGEST_NAME = 200
LANGUAGE, COUNTRY = re.compile(r"^[a-z]{2,3}(-[A-Za-z]{2,8})?$"), re.compile(r"^[A-Z]{2}$")


class SettingsPart(Part):
    """The columns of the account that are wished; the others are not looked at."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, obj, version, before, %(wanted)s::jsonb AS after,
                  CASE WHEN before = %(wanted)s::jsonb THEN 'already' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM (SELECT a.id AS obj, a.version, (SELECT jsonb_object_agg(k, to_jsonb(a) -> k) FROM jsonb_object_keys(%(wanted)s::jsonb) k) AS before
                        FROM accounts_account a WHERE a.id = %(account)s) x"""

    write = """did AS (UPDATE accounts_account t SET name = coalesce(ok.after->>'name', t.name), language = coalesce(ok.after->>'language', t.language),
               country = coalesce(ok.after->>'country', t.country),
               meeting_connector = coalesce((ok.after->>'meeting_connector')::boolean, t.meeting_connector),
               trash_days = coalesce((ok.after->>'trash_days')::int, t.trash_days),
               delete_after_days = coalesce((ok.after->>'delete_after_days')::int, t.delete_after_days), version = t.version + 1
               FROM ok WHERE t.id = ok.obj AND to_jsonb(t) @> ok.before RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, a.version, e.after AS before, e.before AS after,
                  CASE WHEN NOT to_jsonb(a) @> e.after THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN accounts_account a ON a.id = e.obj WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


@register
class ChangeSettings(Verb):
    """Change any of the account's settings. Refuses an unknown one (unknown_setting), and a value that makes no sense.

    name, language, country, meeting_connector; trash_days, how long somebody deleted can be restored from then on (0: not at all);
    delete_after_days, after which deactivated people are deleted by the clock (0: never).
    """

    name = "accounts.change_settings"
    privilege = "accounts:settings:manage"
    parts = (SettingsPart(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if not params or not set(params) <= set(SETTINGS):
            raise Refused("invalid", "unknown_setting", _("Known settings: %(settings)s.") % {"settings": in_words(SETTINGS)})
        return {key: checked_setting(key, value) for key, value in params.items()}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"wanted": dict(params)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if set(params) == {"meeting_connector"}:
            return _("Meeting Connector will be on.") if params["meeting_connector"] else _("Meeting Connector will be off.")
        return _("Settings will change: %(settings)s.") % {"settings": in_words(params)}

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if set(params) == {"meeting_connector"}:
            return _("Meeting Connector was turned on") if params["meeting_connector"] else _("Meeting Connector was turned off")
        return _("Settings were changed: %(settings)s") % {"settings": in_words(params)}


def in_words(settings: Mapping[str, Any]) -> str:
    return ", ".join(str(words) for key, words in SETTINGS.items() if key in settings)


def checked_setting(key: str, value: Any) -> Any:
    """A value this setting can have, or Refused with its field."""
    if key == "meeting_connector":
        if not isinstance(value, bool):
            raise Refused("invalid", "bad_value", _("Meeting Connector is on or off."), field=key)
        return value
    if key in MOST_DAYS:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_DAYS[key]:
            raise Refused(
                "invalid", "bad_days", _("A whole number of days from 0 to %(most)s.") % {"most": figure(MOST_DAYS[key])}, field=key
            )
        return value
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if key == "name" and not (0 < len(text) <= LONGEST_NAME and text.isprintable()):
        words = _("The account needs a name of at most %(n)s characters.") % {"n": LONGEST_NAME}
        raise Refused("invalid", "bad_name", words, field=key)
    if key == "language" and not LANGUAGE.match(text):
        raise Refused("invalid", "bad_language", _("A language is a code such as en or de."), field=key)
    if key == "country" and not COUNTRY.match(text):
        raise Refused("invalid", "bad_country", _("A country is a code of two capital letters, such as NO."), field=key)
    return text


class FactorSwitchPart(Part):
    """Whether administrators of the account need a second factor."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, a.id AS obj, a.version, jsonb_build_object('admins_need_factor', a.admins_need_factor) AS before,
                  jsonb_build_object('admins_need_factor', %(on)s::boolean) AS after,
                  CASE WHEN a.admins_need_factor = %(on)s::boolean THEN 'already' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM accounts_account a WHERE a.id = %(account)s"""

    write = """did AS (UPDATE accounts_account t SET admins_need_factor = (ok.after->>'admins_need_factor')::boolean, version = t.version + 1 FROM ok
               WHERE t.id = ok.obj AND t.admins_need_factor = (ok.before->>'admins_need_factor')::boolean RETURNING t.id AS obj)"""


@register
class RequireFactor(Verb):
    """Ask a second factor of every administrator, the owner too, or no longer (ASVS 6.3.3). Only the owner may.

    Not undone from the journal: what an admin may not do, an admin must not undo.
    """

    name = "accounts.require_factor"
    privilege = "accounts:sign_in:manage"
    parts = (FactorSwitchPart(),)
    undoable = False

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if set(params) != {"on"} or not isinstance(params["on"], bool):
            raise Refused("invalid", "unknown_setting", _("A second factor for administrators is on or off."))
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return _("Administrators will need a second factor.") if params["on"] else _("Administrators will need no second factor any more.")

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return (
            _("A second factor was made a must for administrators")
            if params["on"]
            else _("A second factor is no longer a must for administrators")
        )
