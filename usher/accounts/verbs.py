"""What may be done to the account itself."""

import re
from collections.abc import Mapping
from typing import Any

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, register

SETTINGS = {"name": "name", "language": "language", "country": "country", "meeting_connector": "Meeting Connector"}
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
               meeting_connector = coalesce((ok.after->>'meeting_connector')::boolean, t.meeting_connector), version = t.version + 1
               FROM ok WHERE t.id = ok.obj AND to_jsonb(t) @> ok.before RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, a.version, e.after AS before, e.before AS after,
                  CASE WHEN NOT to_jsonb(a) @> e.after THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN accounts_account a ON a.id = e.obj WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


@register
class ChangeSettings(Verb):
    """Change any of the account's settings: name, language, country, Meeting Connector. Refuses an unknown one, and a value that makes no sense."""

    name = "accounts.change_settings"
    privilege = "accounts:settings:manage"
    parts = (SettingsPart(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if not params or not set(params) <= set(SETTINGS):
            raise Refused("invalid", "unknown_setting", f"Known settings: {', '.join(SETTINGS.values())}.")
        return {key: checked_setting(key, value) for key, value in params.items()}

    def sql_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"wanted": dict(params)}

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        if set(params) == {"meeting_connector"}:
            return f"Meeting Connector will be {'on' if params['meeting_connector'] else 'off'}."
        return f"Settings will change: {', '.join(SETTINGS[k] for k in SETTINGS if k in params)}."

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        if set(params) == {"meeting_connector"}:
            return f"Meeting Connector was turned {'on' if params['meeting_connector'] else 'off'}"
        return f"Settings were changed: {', '.join(SETTINGS[k] for k in SETTINGS if k in params)}"


def checked_setting(key: str, value: Any) -> Any:
    """A value this setting can have, or Refused with its field."""
    if key == "meeting_connector":
        if not isinstance(value, bool):
            raise Refused("invalid", "bad_value", "Meeting Connector is on or off.", field=key)
        return value
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if key == "name" and not (0 < len(text) <= LONGEST_NAME and text.isprintable()):
        raise Refused("invalid", "bad_name", f"The account needs a name of at most {LONGEST_NAME} characters.", field=key)
    if key == "language" and not LANGUAGE.match(text):
        raise Refused("invalid", "bad_language", "A language is a code such as en or de.", field=key)
    if key == "country" and not COUNTRY.match(text):
        raise Refused("invalid", "bad_country", "A country is a code of two capital letters, such as NO.", field=key)
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
            raise Refused("invalid", "unknown_setting", "A second factor for administrators is on or off.")
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return "Administrators will need a second factor." if params["on"] else "Administrators will need no second factor any more."

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return (
            "A second factor was made a must for administrators"
            if params["on"]
            else "A second factor is no longer a must for administrators"
        )
