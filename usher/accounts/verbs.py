"""What may be done to the account itself."""

from collections.abc import Mapping
from typing import Any

from usher.core.actor import Actor
from usher.core.refusals import Refused
from usher.journal.verb import Part, Verb, register

SWITCHES = {"meeting_connector": "Meeting Connector"}


class SettingsPart(Part):
    """The columns of the account that are switches."""

    lock = ("accounts_account", "id")

    def rows(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, a.id AS obj, a.version, jsonb_build_object('meeting_connector', a.meeting_connector) AS before,
                  jsonb_build_object('meeting_connector', %(meeting_connector)s::boolean) AS after,
                  CASE WHEN a.meeting_connector = %(meeting_connector)s::boolean THEN 'already' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM accounts_account a WHERE a.id = %(account)s"""

    write = """did AS (UPDATE accounts_account t SET meeting_connector = (ok.after->>'meeting_connector')::boolean, version = t.version + 1 FROM ok
               WHERE t.id = ok.obj AND t.meeting_connector = (ok.before->>'meeting_connector')::boolean RETURNING t.id AS obj)"""
    back_write = write

    def back(self, params: Mapping[str, Any]) -> str:
        return """SELECT NULL::int AS subj, e.obj, a.version, e.after AS before, e.before AS after,
                  CASE WHEN a.meeting_connector <> (e.after->>'meeting_connector')::boolean THEN 'changed' END AS skip, NULL::text AS takes, NULL::text AS gives
                  FROM journal_effect e JOIN accounts_account a ON a.id = e.obj WHERE e.change_id = %(undoes)s AND e.phase = %(of_phase)s AND e.result = 'done'"""


@register
class ChangeSettings(Verb):
    """Turn account switches on or off. Refuses an unknown switch."""

    name = "accounts.change_settings"
    privilege = "accounts:settings:manage"
    parts = (SettingsPart(),)

    def check(self, actor: Actor, params: dict[str, Any]) -> dict[str, Any]:
        if set(params) != set(SWITCHES) or not isinstance(params["meeting_connector"], bool):
            raise Refused("invalid", "unknown_setting", f"Known settings: {', '.join(SWITCHES)}; on or off.")
        return params

    def is_one(self, params: Mapping[str, Any]) -> bool:
        return True

    def headline(self, params: Mapping[str, Any], will: int) -> str:
        return f"Meeting Connector will be {'on' if params['meeting_connector'] else 'off'}."

    def sentence(self, params: Mapping[str, Any], done: int) -> str:
        return f"Meeting Connector was turned {'on' if params['meeting_connector'] else 'off'}"
